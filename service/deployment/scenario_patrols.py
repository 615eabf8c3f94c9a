"""The patrols of one scenario: planned on the ground that all share, by the profile's own units, shifts and rules."""

from collections.abc import Iterable, Mapping
from typing import Final

import numpy as np
import pandas as pd
from geopandas import GeoDataFrame

from allocation.demand import visit_demand
from allocation.exposure import Patrolled
from allocation.problem import Problem, Shift
from allocation.schedule import schedule_patrols
from allocation.teams import Staffing
from allocation.times import shift_shares
from allocation.units import csos_by_base
from geodata.cast import FloatArray
from service.deployment.patrol_setup import bases_of, meal_break, patrol_rules, shifts_of, units_of, ward_weights
from service.deployment.scenario_ground import Ground
from service.deployment.scenario_teams import strategy_factors
from service.profile.force import Profile

WORTH: Final = ["expected_crimes", "expected_harm"]


def patrols_of(profile: Profile, ground: Ground, staffing: Staffing, before: Iterable[Patrolled] = ()) -> Patrolled:
    """
    Return a scenario's patrols: what they are exposed to is told in plain harm, what they seek is weighed as it asks.

    Parameters
    ----------
    profile : of the scenario
    ground : what all scenarios share
    staffing : the scenario's teams, whose CSOs patrol where the profile names no units
    before : the patrols of other scenarios: where the same is asked, they are the same, and not planned anew

    Raises
    ------
    InputError
        If the units or shifts cannot patrol by the profile's rules.
    """
    rules = patrol_rules(profile)
    shifts, _ = shifts_of(profile)
    plain = _visits(profile, ground, shifts, _events(profile, ground))
    homes = ground.hotspots.set_index("hotspot_id")["ward"].dropna().to_dict()
    nobody = Patrolled(plain, rules, homes)
    if not len(ground.hotspots) or staffing.problem is None:
        return nobody
    demand = staffing.problem.demand
    asked = _visits(profile, ground, shifts, _events(profile, ground) * _weights(profile, ground, demand))
    bases, _ = bases_of(profile, ground.areas, demand)
    csos = csos_by_base(staffing.table, ground.areas, bases)
    units, _ = units_of(profile, csos, shifts, rules) if profile.units or any(csos.values()) else ((), None)
    if not units:
        return nobody
    problem = Problem.of(units, bases, shifts, visits=asked, streets=ground.streets, rules=rules)
    meal = meal_break(profile)
    known = next((each for each in before if each.meal == meal and _alike(each.problem, problem)), None)
    schedule = known.schedule if known else schedule_patrols(problem, meal=meal, seed=ground.seed)
    return Patrolled(plain, rules, homes, problem, schedule, meal)


def _events(profile: Profile, ground: Ground) -> FloatArray:
    """Return what an event multiplies each hot spot's demand by: that of its ward."""
    return _of_ward(ground, profile.staff.surge)


def _weights(profile: Profile, ground: Ground, demand: pd.DataFrame) -> FloatArray:
    """Return what makes each hot spot count for more: its ward, by priority and deprivation, and the strategy."""
    strategy = strategy_factors(profile, ground, "hotspot")
    offences = np.array([strategy.get(spot, 1.0) for spot in ground.hotspots["hotspot_id"]], dtype=np.float64)
    return offences * ward_weights(demand, ground.hotspots)


def _of_ward(ground: Ground, factors: Mapping[str, float]) -> FloatArray:
    """Return for each hot spot the factor of its ward, 1 where there is none."""
    return np.array([factors.get(ward, 1.0) for ward in ground.hotspots["ward"].fillna("")], dtype=np.float64)


def _visits(profile: Profile, ground: Ground, shifts: tuple[Shift, ...], factor: FloatArray) -> pd.DataFrame:
    spots: GeoDataFrame = ground.hotspots
    heavy = {name: spots[name] * factor for column in WORTH for name in (column, f"{column}_low", f"{column}_high")}
    return visit_demand(
        spots.assign(**heavy),
        shifts,
        share_by_shift=_shares(ground, shifts),
        measure="expected_harm" if profile.analysis.rank_by == "harm" else "expected_crimes",
        minutes=profile.patrol.visit_minutes,
        most=profile.patrol.most_visits,
    )


def _shares(ground: Ground, shifts: tuple[Shift, ...]) -> pd.DataFrame | None:
    times = ground.times
    if times is None:
        return None
    found = shift_shares(
        times.crimes, shifts, hotspot=times.hotspot, hotspots=ground.hotspots["hotspot_id"], weight=times.harm
    )
    return found.table


def _alike(one: Problem | None, other: Problem) -> bool:
    """Whether two problems ask the same."""
    if one is None or (one.units, one.bases, one.shifts, one.rules) != (
        other.units, other.bases, other.shifts, other.rules,
    ):  # fmt: skip
        return False
    return bool(one.visits.equals(other.visits))
