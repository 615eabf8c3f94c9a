"""What scenarios are planned on, the same for all: areas, hot spots and streets, of a finished run or from crimes."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import geopandas as gpd
import pandas as pd
from geopandas import GeoDataFrame
from pandera.pandas import DataFrameSchema
from pyogrio.errors import DataLayerError, DataSourceError

from allocation.demand import ward_demand
from allocation.team_problem import TeamProblem
from geodata.areas import locate
from geodata.errors import InputError, NotFoundError
from geodata.harm import read_harm
from geodata.streets import Streets, covers, read_streets
from geodata.tables import AREAS, HOTSPOTS, check
from service.analysis import scene as analysis
from service.analysis.places import choose_hotspots
from service.deployment.patrol_setup import bases_of
from service.deployment.staffing import deprived, posts_note, team_problem
from service.profile.force import Profile
from service.reading import inputs
from service.reading.given import read_given
from service.reading.inputs import Request
from service.reading.last_run import HOT_SPOTS, MANIFEST, read_last_run

NAMES: Final = {"wards": AREAS, "hot_spots": HOTSPOTS}
EXPECTED: Final = ["expected_crimes", "expected_harm"]


@dataclass(frozen=True, eq=False)
class Times:
    """
    When the crimes of the hot spots happen.

    Parameters
    ----------
    crimes : table of crimes of the areas
    harm : of each
    hotspot : hot spot that holds each, or missing
    """

    crimes: pd.DataFrame
    harm: pd.Series
    hotspot: pd.Series


@dataclass(frozen=True, eq=False)
class Ground:
    """
    What every scenario is planned on.

    Parameters
    ----------
    areas : table of areas
    expected : by area's code, crimes and harm expected a week
    hotspots : table of hot spots, as the base finds them
    streets : walked on, or None: straight lines
    times : of the crimes, or None: harm is spread by the length of the shifts
    seed : of everything random
    notes : what was taken, each a sentence
    """

    areas: GeoDataFrame
    expected: pd.DataFrame
    hotspots: GeoDataFrame
    streets: Streets | None = None
    times: Times | None = None
    seed: int = 0
    notes: tuple[str, ...] = ()


def profile_of_run(folder: Path) -> dict[str, Any]:
    """
    Return the settings of the profile that a finished run was made with.

    Raises
    ------
    NotFoundError, InputError
        If there is no manifest, or it names none.
    """
    try:
        found = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))["settings"]["profile"]
    except (FileNotFoundError, NotADirectoryError):
        raise NotFoundError(f"A run must be a folder with {MANIFEST}, and there is none in {folder.name}.") from None
    except (UnicodeDecodeError, ValueError, KeyError, TypeError):
        found = None
    if not isinstance(found, dict):
        raise InputError(f"The manifest of a run must hold its profile; that in {folder.name} has none.")
    return found


def ground_of_run(
    folder: Path,
    profile: Profile,
    *,
    streets: Path | None = None,
    crimes: tuple[str, ...] = (),
    seed: int | None = None,
    file: Path | None = None,
) -> Ground:
    """
    Return what a finished run found, as the ground of scenarios.

    Parameters
    ----------
    folder : of its products, as `beatplan report` wrote them
    profile : of the base; of the same force and CRS
    streets : that patrols walk on, or None
    crimes : folders, files or globs, for the times of day; none: harm is spread by the length of the shifts
    seed : in place of the profile's
    file : of the profile, beside which a harm table of its own lies

    Raises
    ------
    NotFoundError, InputError
        If the folder is none of a run, or a file breaks a rule.
    """
    read_last_run(folder, profile, None, None)  # refuses what was not written by a run of this force
    areas, expected = _layer(folder, "wards", EXPECTED)
    hotspots, _ = _layer(folder, "hot_spots", [])
    ways = None if streets is None else read_streets(streets, crs=profile.analysis.crs)
    if ways is not None and streets is not None and not covers(ways, areas):
        raise InputError(f"The streets must overlap the wards, and those in {streets.name} do not.")
    times = _times(crimes, _beside(profile, file), areas, hotspots) if crimes else None
    notes = [f"Hot spots and what is expected of them are those of the run in {folder.name}."]
    if ways is None:
        notes.append("No streets were given: patrols are planned in straight lines.")
    own = profile.analysis.seed if seed is None else seed
    return Ground(areas, expected.set_index(areas["code"]), hotspots, ways, times, own, tuple(notes))


def _layer(folder: Path, layer: str, more: list[str]) -> tuple[GeoDataFrame, pd.DataFrame]:
    """Return a table that a run wrote as a layer, and further columns of it."""
    schema: DataFrameSchema = NAMES[layer]
    kinds: dict[str, Any] = {
        name: str(column.dtype) for name, column in schema.columns.items() if column.dtype is not None
    }
    try:
        table = gpd.read_file(folder / HOT_SPOTS, layer=layer)
        found = GeoDataFrame(table[[*kinds, "geometry"]].astype(kinds), geometry="geometry", crs=table.crs)
        return check(found[list(schema.columns)], schema), table[more].astype("float64")
    except (DataSourceError, DataLayerError, KeyError, ValueError):
        raise InputError(f"The run must have the layer {layer} in its {HOT_SPOTS}, whole, and has not.") from None


def _times(crimes: tuple[str, ...], profile: Profile, areas: GeoDataFrame, hotspots: GeoDataFrame) -> Times:
    table = read_given(None, crimes, profile).crimes
    kept = locate(table, areas).notna() & ~table["offence"].isin(profile.analysis.exclude)
    inside = table[kept]
    strategy = inside["offence"].map(profile.control_strategy).astype("float64").fillna(1.0)
    harm = read_harm(profile.harm.table).of(inside["offence"]) * strategy
    return Times(inside, harm, locate(inside, hotspots.rename(columns={"hotspot_id": "code"})))


def problem_of(profile: Profile, ground: Ground) -> tuple[TeamProblem, tuple[str, ...]]:
    """Return the staffing that a profile asks for on this ground, and what was taken because it does not say."""
    expected = ground.expected
    demand = ward_demand(
        ground.areas,
        crimes=expected["expected_crimes"],
        harm=expected["expected_harm"],
        priorities=profile.community_priorities,
    )
    weights = deprived(profile, dict(zip(ground.areas["code"], ground.areas["deprivation_decile"], strict=True)))
    demand = demand.assign(priority=demand["priority"] * demand["ward"].map(weights).fillna(1.0).astype("float64"))
    note = posts_note(profile, len(demand))
    return team_problem(profile, demand), (note,) if note else ()


def settled_bases(values: dict[str, Any], profile: Profile, ground: Ground) -> dict[str, Any]:
    """Return the base's settings with the bases that are taken where it names none, so that one can be closed."""
    if profile.bases:
        return values
    problem, _ = problem_of(
        profile.model_copy(update={"staff": profile.staff.model_copy(update={"surge": {}})}), ground
    )
    bases, _ = bases_of(profile, ground.areas, problem.demand)
    return values | {"bases": [{"name": base.name, "easting": base.x, "northing": base.y} for base in bases]}


def _beside(profile: Profile, file: Path | None) -> Profile:
    """Return the profile with the path of its own harm table, where it has one, which lies beside its file."""
    table = profile.harm.table
    if file is None or not table.endswith(".csv"):
        return profile
    return profile.model_copy(update={"harm": profile.harm.model_copy(update={"table": str(file.parent / table)})})


def ground_of_crimes(request: Request) -> Ground:
    """
    Return what a run of the working cycle finds on the way, as the ground of scenarios.

    Parameters
    ----------
    request : what to read, with the base's profile

    Raises
    ------
    NotFoundError, InputError
        As a run of the working cycle does.
    """
    if request.profile is None:
        raise InputError("Hot spots are found from crimes by a base profile in a file, and it is none.")
    given = inputs.read(request)
    scene = analysis.set_scene(given)
    outlook = analysis.look_ahead(given, scene)
    hotspots = choose_hotspots(given, scene, outlook).table
    expected = analysis.by_ward(scene, given.wards["code"])[EXPECTED]
    times = Times(scene.crimes, scene.harm, locate(scene.crimes, hotspots.rename(columns={"hotspot_id": "code"})))
    return Ground(given.wards, expected, hotspots, given.streets, times, given.seed)
