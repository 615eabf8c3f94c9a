"""The independent verdict on patrols: whether a plan keeps the rules P1 to P8 and P10, and what it is worth."""

import math
from collections import Counter, defaultdict
from collections.abc import Mapping
from itertools import pairwise
from typing import Any

import pandas as pd

from allocation.problem import Problem, Unit

TOLERANCE = 1e-9  # relative, between two ways to add up the same figures


def check_plan(problem: Problem, plan: pd.DataFrame) -> tuple[str, ...]:
    """
    Return each broken rule of a patrol plan in words, none where it keeps them all.

    Parameters
    ----------
    problem : what was to be planned
    plan : table of stops
    """
    units = {unit.name: unit for unit in problem.units}
    unknown = sorted(set(plan["unit"]) - set(units))
    if unknown:
        return tuple(f"P1: the unit {name} is not one of the problem's." for name in unknown)
    demand = {(row.hotspot_id, row.shift): row for row in _rows(problem.visits)}
    strangers = sorted({(row.hotspot_id, row.shift) for row in _rows(plan)} - set(demand))
    if strangers:
        return tuple(f"P2: {place} has no demand in the shift {shift}." for place, shift in strangers)
    patrols: dict[str, list[Any]] = defaultdict(list)
    for stop in _rows(plan):
        patrols[stop.unit].append(stop)
    faults = [fault for name, stops in patrols.items() for fault in _patrol(problem, units[name], stops, demand)]
    return (*faults, *_visits(problem, plan, demand))


def plan_value(problem: Problem, plan: pd.DataFrame) -> float:
    """Return the value of a patrol plan by rule P7, from its stops alone."""
    worth = {(row.hotspot_id, row.shift): row.value for row in _rows(problem.visits)}
    visits = Counter(zip(plan["hotspot_id"], plan["shift"], strict=True))
    return math.fsum(worth[key] * sum(problem.rules.decay[:count]) for key, count in sorted(visits.items()))


def _rows(table: pd.DataFrame) -> list[Any]:
    return list(table.itertuples(index=False))


def _patrol(problem: Problem, unit: Unit, stops: list[Any], demand: Mapping[tuple[str, str], Any]) -> list[str]:
    """Return the broken rules P1 to P4, P8 and P10 of one unit's patrol."""
    stops = sorted(stops, key=lambda stop: stop.stop)
    home = (unit.role, unit.base, unit.shift)
    faults = []
    if [stop.stop for stop in stops] != list(range(1, len(stops) + 1)):
        faults.append(f"P1: the stops of {unit.name} are not numbered 1, 2, 3.")
    if any((stop.role, stop.base, stop.shift) != home for stop in stops):
        return [*faults, f"P1: {unit.name} patrols another role, base or shift than its own."]
    times = [_times(problem, stop) for stop in stops]
    for stop, (arrive, leave) in zip(stops, times, strict=True):
        if leave - arrive != stop.minutes or stop.minutes != demand[stop.hotspot_id, stop.shift].minutes:
            faults.append(f"P2: {unit.name} stays at {stop.hotspot_id} for another time than a visit lasts.")
    legs = [_leg(problem, unit, None, stops[0].hotspot_id)]
    legs += [_leg(problem, unit, one.hotspot_id, other.hotspot_id) for one, other in pairwise(stops)]
    for (_, leave), (arrive, _), (minutes, _), stop in zip(times, times[1:], legs[1:], stops[1:], strict=False):
        if arrive - leave < minutes - 1e-6:
            faults.append(f"P3: {unit.name} cannot be at {stop.hotspot_id} by then.")
    for stop, (_, metres) in zip(stops, legs, strict=True):
        if not math.isclose(stop.metres, metres, rel_tol=TOLERANCE, abs_tol=1e-6):
            faults.append(f"P8: {unit.name} walks another way to {stop.hotspot_id} than it says.")
    return faults + _away(problem, unit, stops, times)


def _away(problem: Problem, unit: Unit, stops: list[Any], times: list[tuple[int, int]]) -> list[str]:
    rules, shift = problem.rules, next(shift for shift in problem.shifts if shift.name == unit.shift)
    out, _ = _leg(problem, unit, None, stops[0].hotspot_id)
    home, _ = _leg(problem, unit, None, stops[-1].hotspot_id)
    if not (math.isfinite(out) and math.isfinite(home)):
        return [f"P3: {unit.name} cannot reach its first stop or come back from its last."]
    left, back = times[0][0] - math.ceil(out - 1e-6), times[-1][1] + math.ceil(home - 1e-6)
    faults = []
    if left < rules.briefing or back > shift.end - shift.start - rules.debrief:
        faults.append(f"P4: {unit.name} is away during its briefing or debrief.")
    if back - left > unit.minutes:
        faults.append(f"P4: {unit.name} is away for {back - left} minutes of {unit.minutes}.")
    if unit.officers == 1 and rules.pairs_from is not None:
        away = {minute % 1440 for minute in range(shift.start + left, shift.start + back)}
        if any(minute >= rules.pairs_from or minute < rules.pairs_until for minute in away):
            faults.append(f"P10: {unit.name} is out alone when nobody may be.")
    return faults


def _visits(problem: Problem, plan: pd.DataFrame, demand: Mapping[tuple[str, str], Any]) -> list[str]:
    """Return the broken rules P5 to P7, over all units."""
    by_place: dict[tuple[str, str], list[Any]] = defaultdict(list)
    for stop in _rows(plan):
        by_place[stop.hotspot_id, stop.shift].append((*_times(problem, stop), stop))
    faults = []
    for (place, shift), visits in sorted(by_place.items(), key=lambda item: item[0]):
        visits.sort(key=lambda visit: visit[:2])
        wanted = demand[place, shift]
        if len(visits) > min(wanted.most, len(problem.rules.decay)):
            faults.append(f"P5: {place} has {len(visits)} visits in the shift {shift}.")
            continue
        if any(later[0] - earlier[1] < problem.rules.gap for earlier, later in pairwise(visits)):
            faults.append(f"P6: visits to {place} in the shift {shift} are too close together.")
        for (_, _, stop), share in zip(visits, problem.rules.decay, strict=False):
            if not math.isclose(stop.value, share * wanted.value, rel_tol=TOLERANCE):
                faults.append(f"P7: a visit to {place} in the shift {shift} has another value than it is worth.")
    return faults


def _times(problem: Problem, stop: Any) -> tuple[int, int]:
    """Return minutes from the start of the shift to arriving and leaving; a clock is read once round."""
    start = next(shift for shift in problem.shifts if shift.name == stop.shift).start
    arrive, leave = ((int(clock[:2]) * 60 + int(clock[3:]) - start) % 1440 for clock in (stop.arrive, stop.leave))
    return arrive, leave if leave > arrive else leave + 1440


def _leg(problem: Problem, unit: Unit, here: str | None, there: str) -> tuple[float, float]:
    """Return the minutes that rule P3 gives a leg (inf: it is not made) and the metres walked; None is the base."""
    travel, rules = problem.travel, problem.rules
    column = travel.places.index(there)
    if here is None:
        row = [base.name for base in problem.bases].index(unit.base)
        walk, line = travel.from_base[row, column], travel.line_from_base[row, column]
    else:
        row = travel.places.index(here)
        walk, line = travel.between[row, column], travel.line_between[row, column]
    if walk <= rules.longest_walk:
        return float(walk) * 60 / (rules.walk_kmh * 1000), float(walk)
    if rules.drive_kmh is None:
        return math.inf, 0.0
    driven = float(line) * rules.detour * 60 / (rules.drive_kmh * 1000) + rules.handover
    return max(driven, rules.longest_walk * 60 / (rules.walk_kmh * 1000)), 0.0
