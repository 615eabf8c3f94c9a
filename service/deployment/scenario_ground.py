"""What scenarios are planned on, the same for all: areas, hot spots and streets, of a finished run or from crimes."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import geopandas as gpd
import pandas as pd
import pyogrio
from geopandas import GeoDataFrame
from pandera.pandas import DataFrameSchema
from pyogrio.errors import DataLayerError, DataSourceError

from geodata.areas import locate
from geodata.crimes import CrimeRead
from geodata.errors import InputError, NotFoundError
from geodata.harm import read_harm
from geodata.streets import Streets, covers, read_streets
from geodata.tables import AREAS, HOTSPOTS, check
from service.analysis import scene as analysis
from service.analysis.places import choose_hotspots
from service.deployment.past import Past, past_from, past_of
from service.profile.force import Profile
from service.reading import inputs
from service.reading.given import read_given
from service.reading.inputs import Request
from service.reading.last_run import HOT_SPOTS, MANIFEST, read_last_run

NAMES: Final = {"wards": AREAS, "hot_spots": HOTSPOTS}
EXPECTED: Final = ["expected_crimes", "expected_harm"]
PERIODS: Final = "ward_periods"


@dataclass(frozen=True, eq=False)
class Times:
    """
    When the crimes of the hot spots happen.

    Parameters
    ----------
    crimes : table of crimes of the areas
    harm : of each, as the base's control strategy weighs it
    hotspot : hot spot that holds each, or missing
    ward : code of the area that holds each
    """

    crimes: pd.DataFrame
    harm: pd.Series
    hotspot: pd.Series
    ward: pd.Series


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
    strategy : the base's control strategy
    past : of the areas, that the teams are held against; None: they are the best for what is expected
    """

    areas: GeoDataFrame
    expected: pd.DataFrame
    hotspots: GeoDataFrame
    streets: Streets | None = None
    times: Times | None = None
    seed: int = 0
    notes: tuple[str, ...] = ()
    strategy: Mapping[str, float] = field(default_factory=dict)
    past: Past | None = None


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
    crimes: tuple[str, ...] | CrimeRead = (),
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
    crimes : folders, files or globs, or what was read of them, for the times of day; none: harm is spread by the
        length of the shifts
    seed : in place of the run's
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
    past = _past(folder, areas)
    if past is None:
        notes.append(
            "The run does not hold what its wards suffered in each period: teams are those best for what is expected, "
            "and can differ by posts from those that its report offers."
        )
    by_code = expected.set_index(areas["code"])
    own = _seed_of_run(folder, profile.analysis.seed) if seed is None else seed
    return Ground(areas, by_code, hotspots, ways, times, own, tuple(notes), profile.control_strategy, past)


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


def _past(folder: Path, areas: GeoDataFrame) -> Past | None:
    """Return what the run kept of its wards' past; runs made before any was kept have none."""
    path = folder / HOT_SPOTS
    if PERIODS not in pyogrio.list_layers(path)[:, 0]:
        return None
    return past_from(pyogrio.read_dataframe(path, layer=PERIODS, read_geometry=False), areas["code"])


def _seed_of_run(folder: Path, other: int) -> int:
    """Return the seed that a run was made with, the other one where its manifest says none."""
    found = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))["settings"].get("seed")
    return found if isinstance(found, int) else other


def _times(crimes: tuple[str, ...] | CrimeRead, profile: Profile, areas: GeoDataFrame, hotspots: GeoDataFrame) -> Times:
    table = crimes.crimes if isinstance(crimes, CrimeRead) else read_given(None, crimes, profile).crimes
    ward = locate(table, areas)
    kept = ward.notna() & ~table["offence"].isin(profile.analysis.exclude)
    inside = table[kept]
    strategy = inside["offence"].map(profile.control_strategy).astype("float64").fillna(1.0)
    harm = read_harm(profile.harm.table).of(inside["offence"]) * strategy
    return Times(inside, harm, locate(inside, hotspots, by="hotspot_id"), ward[kept])


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
    inside = locate(scene.crimes, hotspots, by="hotspot_id")
    times = Times(scene.crimes, scene.harm, inside, scene.ward)
    return Ground(
        given.wards, expected, hotspots, given.streets, times, given.seed, strategy=given.profile.control_strategy,
        past=past_of(scene, given.wards["code"]),
    )  # fmt: skip
