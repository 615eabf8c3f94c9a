"""A closer look at the hot spots: when in the week, what an hour of patrol meets, how far crime gathers, and news."""

from collections.abc import Mapping
from typing import Final

import numpy as np
import pandas as pd

from geodata import cast
from geodata.errors import InputError
from geodata.fitness import Fitness
from hotspots.concentration import lorenz_curve
from hotspots.concentration_table import concentration_table
from hotspots.patrol_yield import patrol_yield
from hotspots.ranking import weight_by_period
from hotspots.scan import Scan, space_time_scan
from hotspots.time_of_week import DAY, SHIFTS, TimeOfWeek, time_of_week
from hotspots.walkable import street_metres
from maps.pack.insight import Insight
from service.analysis.places import Chosen
from service.analysis.scene import Scene, with_crime
from service.reading.inputs import Inputs

HOURS_CLAIM: Final = "Time of day"
CURVE_POINTS: Final = 200
FIRST_LOOK: Final = 199  # random calendars; where nothing stands out among them, more would say the same
PERMUTATIONS: Final = 999
LONGEST_WEEKS: Final = 12  # what has gone on for longer is a trend
MOST_POINTS: Final = 5_000  # distinct places above which true positions are scanned by cell


def look_closer(given: Inputs, scene: Scene, chosen: Chosen, fitness: Fitness) -> Insight:
    """
    Return what can be said of the hot spots beyond where they are.

    Parameters
    ----------
    given : what the run works from
    scene : the crimes analysed
    chosen : the hot spots
    fitness : what the data can bear: without times of day there is no week
    """
    week, week_note = _week(scene, chosen, fitness)
    scan, scan_note = _scan(scene, given.seed)
    return Insight(
        week=week,
        week_note=week_note,
        hours=_hours(given, scene, chosen),
        concentration=_concentration(scene, given.seed),
        curve=_curve(scene),
        scan=scan,
        scan_note=scan_note,
        spots_by_period=_spots_by_period(scene, chosen),
        wards_by_period=_wards_by_period(given, scene),
        shifts=own_shifts(given),
    )


def own_shifts(given: Inputs) -> Mapping[str, tuple[int, int]]:
    """Return the force's own shifts in minutes after midnight, or early, late and night."""
    own = {}
    for shift in given.profile.shifts:
        start, end = (int(clock[:2]) * 60 + int(clock[3:]) for clock in (shift.start, shift.end))
        own[shift.name] = (start, end if end > start else end + DAY)
    return own or dict(SHIFTS)


def times_bear(fitness: Fitness) -> str:
    """Return why nothing can be said of the time of day, or nothing where it can."""
    row = fitness.claims.loc[fitness.claims["claim"] == HOURS_CLAIM].iloc[0]
    return "" if row["allowed"] else f"Times of day cannot be told: {str(row['reason'])[:1].lower()}{row['reason'][1:]}"


def _week(scene: Scene, chosen: Chosen, fitness: Fitness) -> tuple[TimeOfWeek | None, str]:
    reason = times_bear(fitness)
    if reason:
        return None, reason
    dated = scene.crimes["precision"] != "month"
    crimes = scene.crimes[dated]
    if crimes.empty:
        return None, "Times of day cannot be told: every crime analysed is dated by month only."
    cell = pd.Series(_cells(scene), index=scene.crimes.index)[dated]
    names = pd.Series(chosen.table["hotspot_id"].to_numpy(), index=chosen.table["rank"].to_numpy())
    spot = cell.map(chosen.spots.cells).map(names).rename("hotspot_id")
    found = time_of_week(crimes, by=spot, groups=chosen.table["hotspot_id"].tolist())
    left_out = int((~dated).sum())
    more = f" {left_out:,} crimes dated by month only are left out." if left_out else ""
    return found, found.note + more


def _hours(given: Inputs, scene: Scene, chosen: Chosen) -> pd.DataFrame | None:
    if given.streets is None:
        return None
    by_harm = given.profile.analysis.rank_by == "harm"
    held = weight_by_period(
        chosen.spots, scene.crimes, scene.grid, scene.periods, weights=scene.harm if by_harm else None
    )
    names = pd.Index(chosen.table["hotspot_id"], name="hotspot_id")
    expected = chosen.table["expected_harm" if by_harm else "expected_crimes"].set_axis(names)
    metres = street_metres(chosen.spots, scene.grid, given.streets)
    found = patrol_yield(
        expected, metres.to_numpy(), held.set_axis(names), weeks=scene.periods.weeks.to_numpy(), seed=given.seed
    )
    return found.reset_index()


def _spots_by_period(scene: Scene, chosen: Chosen) -> pd.DataFrame:
    names = pd.Index(chosen.table["hotspot_id"], name="hotspot_id")
    return weight_by_period(chosen.spots, scene.crimes, scene.grid, scene.periods).set_axis(names).astype("int64")


def _wards_by_period(given: Inputs, scene: Scene) -> pd.DataFrame:
    period = pd.Categorical.from_codes(scene.periods.number(scene.crimes), categories=pd.Index(scene.periods.labels))
    counts = pd.crosstab(scene.ward.astype("object").to_numpy(), period, dropna=False)
    return counts.reindex(index=given.wards["code"], columns=scene.periods.labels, fill_value=0).rename_axis("code")


def _concentration(scene: Scene, seed: int) -> pd.DataFrame:
    """Return how far each offence, in each year, gathers in few of the cells where it could be recorded."""
    cell = _cells(scene)
    where = pd.Series(cell, index=scene.crimes.index).where(cell >= 0).astype("Int64")
    return concentration_table(scene.crimes, where, places=int(_ground(scene).sum()), weights=scene.harm, seed=seed)


def _curve(scene: Scene) -> pd.DataFrame:
    """Return the Lorenz curve of the cells in a few hundred points, of which none is lost where it bends most."""
    cell = _cells(scene)
    counts = np.bincount(cell[cell >= 0], minlength=scene.grid.size)[_ground(scene)].astype(np.float64)
    curve = lorenz_curve(counts)
    steps = np.unique(np.geomspace(1, len(curve), min(CURVE_POINTS, len(curve))).astype(np.int64)) - 1
    return curve.iloc[steps].reset_index(drop=True)


def _ground(scene: Scene) -> cast.BoolArray:
    return scene.study | with_crime(scene)


def _cells(scene: Scene) -> cast.IntArray:
    return scene.grid.cell_of(*cast.coordinates(scene.crimes, scene.grid.crs))


def _scan(scene: Scene, seed: int) -> tuple[Scan | None, str]:
    periods = scene.periods
    if periods.size < 2:
        return None, f"There is no earlier {periods.unit} to compare the newest with."
    points = len(np.unique(np.column_stack(cast.coordinates(scene.crimes, scene.grid.crs)), axis=0))
    snapped = bool((scene.crimes["place_kind"] == "map point").mean() > 0.5)
    grid = None if snapped or points <= MOST_POINTS else scene.grid
    longest = min(LONGEST_WEEKS, periods.size // 2) if periods.unit == "week" else periods.size // 2
    try:
        found = space_time_scan(
            scene.crimes,
            periods,
            grid=grid,
            longest=longest,
            permutations=PERMUTATIONS,
            first_look=FIRST_LOOK,
            seed=seed,
        )
        return found, ""
    except InputError as reason:
        return None, str(reason)
