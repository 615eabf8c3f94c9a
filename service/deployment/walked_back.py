"""Whether the patrols hold up: hot spots and routes made as if the last months were not known, judged by them."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

import numpy as np
import pandas as pd

from allocation.outturn import Outturn
from allocation.problem import Problem, Unit
from allocation.times import fell_into, shift_shares
from allocation.units import csos_by_base
from allocation.walked import walked
from geodata.cast import coordinates
from geodata.errors import InputError
from geodata.periods import Periods
from hotspots.choose import choose
from hotspots.forecast import SLOW, forecast
from hotspots.forecast.methods import BASELINE
from hotspots.shape import SMOOTH
from hotspots.spots import Spots
from hotspots.walkable import split_by_walking
from service.analysis.scene import Outlook, Scene, long_periods
from service.deployment.held_back import FEWEST_TRIALS, told
from service.deployment.patrol_setup import patrol_rules, units_of
from service.deployment.plan import Patrols, Teams
from service.reading.inputs import Inputs

AHEAD: Final = 3  # periods that each plan is judged by
PLANS: Final = 2  # made, one after the other
LARGE: Final = 2_000  # patrols x hot spots of all shifts: beyond it one plan is made, since each takes its time


def walk_back(given: Inputs, scene: Scene, outlook: Outlook, teams: Teams, patrols: Patrols) -> Outturn | None:
    """
    Return how each way of sending the same patrols out would have done in the last periods.

    Parameters
    ----------
    given, scene, outlook : of this run
    teams, patrols : as they are planned now; their bases, shifts and units are taken for those of then

    Returns
    -------
    outturn : None where there are no streets, or too few periods to hold any back
    """
    periods = long_periods(scene.periods)
    size = len(patrols.problem.units) * len(set(patrols.problem.visits["hotspot_id"]))
    plans = PLANS if size <= LARGE and periods.size >= 2 * PLANS * AHEAD else 1
    if given.streets is None or periods.size < 2 * FEWEST_TRIALS or not len(patrols.schedule.plan):
        return None
    tables = [
        _trial(given, scene, outlook, teams, patrols, first=periods.size - AHEAD * back, periods=periods)
        for back in range(plans, 0, -1)
    ]
    found = [table for table in tables if table is not None]
    if not found:
        return None
    judges = f"the {AHEAD} {periods.unit}s that they are judged by"
    opening = f"Routes planned only from what was known before {judges}, hot spots included,"
    return told(pd.concat(found, ignore_index=True), opening, seed=given.seed)


def _trial(
    given: Inputs, scene: Scene, outlook: Outlook, teams: Teams, patrols: Patrols, *, first: int, periods: Periods
) -> pd.DataFrame | None:
    """Return what each plan made before a period would have been exposed to in it and the ones after it."""
    known = _known(scene, periods.edges[first])
    spots = _spots(given, known, outlook)
    if not len(spots.table):
        return None
    names = [f"H{rank:02d}" for rank in spots.table["rank"]]
    number = pd.Series(periods.number(scene.crimes), index=scene.crimes.index)
    hotspot, weight = _hotspot(scene, spots), _weight(given, scene)
    weeks = periods.weeks.to_numpy(dtype=np.float64)
    shifts, before = patrols.problem.shifts, scene.crimes.index.isin(known.crimes.index)
    came = {
        periods.labels[each]: fell_into(
            scene.crimes[number == each], shifts, hotspot=hotspot[number == each], hotspots=names,
            weight=weight[number == each],
        ) / weeks[each]
        for each in range(first, first + AHEAD)
    }  # fmt: skip
    shares = shift_shares(known.crimes, shifts, hotspot=hotspot[before], hotspots=names, weight=known.harm).table
    visits = pd.concat(_visits(given, spots, names, shares), ignore_index=True)
    problem = Problem.of(
        patrols.problem.units, patrols.problem.bases, shifts, visits=visits, streets=given.streets,
        rules=patrol_rules(given.profile),
    )  # fmt: skip
    crimes = hotspot[before].value_counts().reindex(names, fill_value=0).astype("float64").to_dict()
    units = _units_of_today(given, teams, patrols)
    today = None if units is None else replace(problem, units=units)
    return walked(problem, came, crimes=crimes, today=today, seed=given.seed)


def _known(scene: Scene, moment: pd.Timestamp) -> Scene:
    """Return the scene as it was known at a moment."""
    edges = scene.periods.edges[scene.periods.edges <= moment]
    periods = Periods(edges, scene.periods.unit)
    crimes = periods.within(scene.crimes)
    return replace(
        scene, crimes=crimes, ward=scene.ward.loc[crimes.index], harm=scene.harm.loc[crimes.index], periods=periods
    )


def _spots(given: Inputs, known: Scene, outlook: Outlook) -> Spots:
    """Return the hot spots that would have been chosen then, by the methods of now."""
    method = BASELINE if outlook.backtest.best in SLOW else outlook.backtest.best
    weights = known.harm if given.profile.analysis.rank_by == "harm" else None

    def expected(name: str) -> pd.Series:
        return forecast(
            known.crimes, known.grid, known.periods, method=name, bandwidth=known.bandwidth, weights=weights,
            study=known.study,
        )  # fmt: skip

    risk = expected(method)
    height = expected(SMOOTH) if outlook.shape.best == SMOOTH and method != SMOOTH else risk
    found = choose(risk, known.grid, study=known.study, shaped_by=height, **outlook.rules)
    if given.streets is None:
        return found
    return split_by_walking(found, risk, known.grid, given.streets, least_area=given.profile.analysis.smallest_hotspot)


def _hotspot(scene: Scene, spots: Spots) -> pd.Series:
    """Return the hot spot that holds each crime, by its cell, or missing."""
    cell = scene.grid.cell_of(*coordinates(scene.crimes, scene.grid.crs))
    rank = spots.cells.reindex(cell)
    names = [pd.NA if pd.isna(each) else f"H{int(each):02d}" for each in rank]
    return pd.Series(names, index=scene.crimes.index, dtype="string")


def _weight(given: Inputs, scene: Scene) -> pd.Series:
    return scene.harm if given.profile.analysis.rank_by == "harm" else pd.Series(1.0, index=scene.crimes.index)


def _visits(given: Inputs, spots: Spots, names: list[str], shares: pd.DataFrame) -> Iterator[pd.DataFrame]:
    """Yield the visits asked for in each shift, as `allocation.demand.visit_demand` values them."""
    points, settings = spots.table.geometry.representative_point(), given.profile.patrol
    for shift in map(str, shares.columns):
        yield pd.DataFrame(
            {
                "hotspot_id": pd.array(names, dtype="string"),
                "shift": pd.array([shift] * len(names), dtype="string"),
                "x": points.x.to_numpy(dtype=np.float64),
                "y": points.y.to_numpy(dtype=np.float64),
                "minutes": settings.visit_minutes,
                "most": settings.most_visits,
                "value": spots.table["expected"].to_numpy(dtype=np.float64) * shares[shift].to_numpy(),
            }
        )


def _units_of_today(given: Inputs, teams: Teams, patrols: Patrols) -> tuple[Unit, ...] | None:
    """Return the patrols that today's CSOs make, or None where today's posts are not known or units are given."""
    problem, profile = teams.staffing.problem, given.profile
    if problem is None or problem.current is None or profile.units:
        return None
    csos = csos_by_base(problem.current, given.wards, patrols.problem.bases)
    try:
        units, _ = units_of(profile, csos, patrols.problem.shifts, patrol_rules(profile))
    except InputError:  # too few for the rules of the patrols
        return None
    return units or None
