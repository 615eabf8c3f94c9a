"""Where officers report in: today's bases beside the best 1 to n of them, by distance, by cover and by room."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

import numpy as np
import pandas as pd

from allocation.bases import compare_bases
from allocation.coverage import backup_coverage
from allocation.p_median import capacitated_p_median
from allocation.problem import Base
from geodata.areas import read_areas
from geodata.cast import FloatArray, above_zero, within
from geodata.errors import InputError
from service.deployment.allocate import Stage, records
from service.deployment.patrol_setup import own_bases, patrol_rules
from service.deployment.ways import ways
from service.plain_table import number, plain_table
from service.profile.force import Profile, read_profile
from service.reading.ward_tables import TABLES, read_ward_tables

MOST_SITES: Final = 1_000
UNITS: Final = 10_000  # of load that all demand is shared out in
CURRENT: Final = "current"
BACKUP: Final = "covered again"
ROOM: Final = "with room for all"
By = Literal["walk", "drive"]


@dataclass(frozen=True)
class BasesRequest:
    """
    What is to be sited.

    Parameters
    ----------
    wards : polygons; their middles are the places served, and sites beside the profile's bases
    demand : table of what is expected in each ward
    profile : force profile in TOML, for today's bases and for speeds, or None
    streets : travelled on; None: straight lines
    most : the best 1 to so many bases are looked for
    by : how officers travel
    minutes : within which a place counts as covered
    spare : room of a base beyond an equal share of the demand, as a share of it
    out : folder of `bases.csv` and `bases.json`, or None: nothing is written
    """

    wards: Path
    demand: Path
    profile: Path | None = None
    streets: Path | None = None
    most: int | None = None
    by: By = "drive"
    minutes: float = 10.0
    spare: float = 0.25
    out: Path | None = None


@dataclass(frozen=True)
class Sited:
    """Every choice of bases in a table, as JSON can hold it, and to print."""

    choices: pd.DataFrame
    figures: dict[str, Any]
    summary: str


@dataclass(frozen=True)
class _Ground:
    """Minutes from every site to every place, what each place asks for, and where sites are named."""

    minutes: FloatArray
    demand: FloatArray
    names: tuple[str, ...]
    current: tuple[int, ...]
    notes: tuple[str, ...]


def site_bases(request: BasesRequest, *, stage: Stage) -> Sited:
    """
    Lay today's bases beside the best of each number, by every measure.

    Parameters
    ----------
    request : what to read, and where to write
    stage : called with each stage's name as it begins; the stage runs inside what it returns

    Raises
    ------
    InputError, NotFoundError
        If anything given breaks a rule; nothing is written then.
    """
    above_zero(request.minutes, "within", "minutes")
    within(request.spare, "spare", 0.0, 10.0)
    with stage("read"):
        ground = _ground(request, read_profile(request.profile))
    usual = min(len(ground.names), max(3, len(ground.current) + 1))
    most = usual if request.most is None else request.most
    if not 1 <= most <= len(ground.names):
        raise InputError(f"`--most` must be from 1 to the number of sites, {len(ground.names)}, got {most}.")
    with stage("choose bases"):
        choices = _choices(ground, most, request)
    figures = {"choices": records(choices), "sites": list(ground.names), "notes": list(ground.notes)}
    if request.out is not None:
        request.out.mkdir(parents=True, exist_ok=True)
        choices.to_csv(request.out / "bases.csv", index=False, lineterminator="\n")
        (request.out / "bases.json").write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    return Sited(choices, figures, _summary(choices, ground, request))


def _ground(request: BasesRequest, profile: Profile) -> _Ground:
    own, crs = profile.areas, profile.analysis.crs
    if request.wards.name.lower().endswith(TABLES):
        raise InputError(f"Bases need wards with a shape, and {request.wards.name} is a table.")
    tables = read_ward_tables(request.wards, request.demand, profile)
    areas = read_areas(request.wards, code=own.code, name=own.name, kind=own.kind, edition=own.edition, crs=crs)
    bases = own_bases(profile)
    table = tables.demand.set_index("ward").reindex(areas["code"])
    middle = areas.geometry.representative_point()
    places = np.column_stack([middle.x, middle.y]).astype(np.float64)
    sites = np.vstack([_points(bases), places])
    if len(sites) > MOST_SITES:
        raise InputError(f"At most {MOST_SITES:,} sites can be compared, got {len(sites):,}.")
    outside = sum(not inside for inside in _near(bases, areas.total_bounds))
    if outside:
        raise InputError(f"A base must lie in or near the wards, got {outside} farther away than the wards are wide.")
    minutes, notes = _minutes(request, profile, (places, sites), areas)
    demand = (table["harm"] * table["priority"]).to_numpy(dtype=np.float64)
    names = (*(base.name for base in bases), *(f"in {name}" for name in areas["name"]))
    if not demand.any():
        notes = (*notes, "Nothing is expected in any ward: all count alike.")
        demand = np.ones(len(places))
    return _Ground(minutes, demand, names, tuple(range(len(bases))), (*tables.notes, *notes))


def _points(bases: tuple[Base, ...]) -> FloatArray:
    return np.array([(base.x, base.y) for base in bases], dtype=np.float64).reshape(-1, 2)


def _near(bases: tuple[Base, ...], bounds: FloatArray) -> Iterator[bool]:
    """Yield whether each base lies no farther from the wards than these are wide and high together."""
    reach = float(bounds[2] - bounds[0] + bounds[3] - bounds[1])
    for base in bases:
        yield (bounds[0] - reach <= base.x <= bounds[2] + reach and bounds[1] - reach <= base.y <= bounds[3] + reach)


def _minutes(
    request: BasesRequest, profile: Profile, ends: tuple[FloatArray, FloatArray], areas: Any
) -> tuple[FloatArray, tuple[str, ...]]:
    """Return minutes, places x sites, and what was taken."""
    rules = patrol_rules(profile)
    driven = request.by == "drive"
    if driven and rules.drive_kmh is None:
        raise InputError("Driving needs `driving_kmh` above 0 in the section `patrol` of the profile, and it is 0.")
    speed = (rules.drive_kmh or 0.0) if driven else rules.walk_kmh
    metres, notes = ways(ends, request.streets, areas, detour=rules.detour)
    return metres * 60 / (speed * 1000), notes


def _choices(ground: _Ground, most: int, request: BasesRequest) -> pd.DataFrame:
    """Return one row a number of bases and a measure; `twice` is the share of demand that two bases cover."""
    minutes, demand, radius = ground.minutes, ground.demand, request.minutes
    found = compare_bases(minutes, most, weight=demand, current=ground.current, radius=radius)
    rows: list[tuple[str, list[int], float, Any]]
    rows = [(plan, list(sites), gap, None) for plan, sites, gap in found[["plan", "sites", "gap"]].to_numpy()]
    load = np.rint(UNITS * demand / demand.sum())
    for count in range(1, most + 1):
        again = backup_coverage(minutes, count, radius=radius, weight=demand)
        rows.append((BACKUP, list(again.sites), again.gap, None))
        room = np.full(minutes.shape[1], np.ceil(load.sum() * (1 + request.spare) / count))
        held = capacitated_p_median(minutes * demand[:, None], count, load=load, capacity=room)
        if held is not None:
            rows.append((ROOM, list(held.sites), held.gap, held.site_of))
    order = {plan: at for at, plan in enumerate((CURRENT, *found["plan"].unique(), BACKUP, ROOM))}
    rows.sort(key=lambda row: (row[0] != CURRENT, len(row[1]), order[row[0]]))
    return pd.DataFrame([_row(ground, radius, *row) for row in rows])


def _row(ground: _Ground, radius: float, plan: str, sites: list[int], gap: float, site_of: Any) -> dict[str, Any]:
    minutes, share = ground.minutes, ground.demand / ground.demand.sum()
    at = minutes[:, sites].argmin(axis=1) if site_of is None else np.searchsorted(sites, site_of)
    here = minutes[np.arange(len(minutes)), np.array(sites)[at]]
    near = (minutes[:, sites] <= radius).sum(axis=1)
    return {
        "bases": len(sites),
        "plan": plan,
        "sites": "; ".join(ground.names[site] for site in sites),
        "mean_minutes": float(here @ share),
        "farthest_minutes": float(here.max()),
        "covered": float(share[near >= 1].sum()),
        "twice": float(share[near >= 2].sum()),
        "busiest": float(np.bincount(at, weights=share, minlength=len(sites)).max()),
        "gap": gap,
    }


def _summary(choices: pd.DataFrame, ground: _Ground, request: BasesRequest) -> str:
    percent = {"covered": f"within {request.minutes:g} min", "twice": "of two", "busiest": "of the busiest"}
    columns = {
        "plan": choices["plan"].tolist(),
        "bases": [str(count) for count in choices["bases"]],
        "mean min": [number(value, ".1f") for value in choices["mean_minutes"]],
        "farthest": [number(value, ".1f") for value in choices["farthest_minutes"]],
        **{words: [f"{100 * value:.1f} %" for value in choices[name]] for name, words in percent.items()},
        "gap": [number(value, ".1e") for value in choices["gap"]],
    }
    parts = [plain_table(columns), "", *(f"{row.bases} {row.plan}: {row.sites}" for row in choices.itertuples())]
    return "\n".join([*parts, *ground.notes, *([] if request.out is None else [f"Made in {request.out}"])])
