"""The independent verdict on meal breaks: rule P9, as `allocation.breaks` states it."""

import math
from collections.abc import Iterator
from typing import Any, Protocol

import pandas as pd

from allocation._check_plans import _leg, _times
from allocation.problem import DAY, Problem


class Meal(Protocol):
    """What is asked of a break."""

    @property
    def minutes(self) -> int:
        """Its length."""

    @property
    def after(self) -> int:
        """Minutes into the shift: the earliest at which it begins."""

    @property
    def before(self) -> int:
        """The latest."""


def check_breaks(problem: Problem, plan: pd.DataFrame, breaks: pd.DataFrame, meal: Meal) -> tuple[str, ...]:
    """
    Return each way in which a plan that keeps P1 to P8 breaks P9, in words.

    Parameters
    ----------
    problem : what was to be planned
    plan : table of stops
    breaks : columns unit, shift, start, end, hotspot_id
    meal : the break that every unit has
    """
    faults = []
    patrols, rests = _by_unit(plan.sort_values("stop")), _by_unit(breaks)
    for unit, stops in sorted(patrols.items()):
        own = rests.get(unit, [])
        if len(own) != 1 or own[0].shift != stops[0].shift:
            faults.append(f"P9: {unit} must have one break in its shift.")
            continue
        faults += [f"P9: {unit} {wrong}." for wrong in _wrong(problem, stops, own[0], meal)]
    strangers = sorted(rests.keys() - patrols.keys())
    return (*faults, *(f"P9: {unit} has a break and no patrol." for unit in strangers))


def _by_unit(table: pd.DataFrame) -> dict[str, list[Any]]:
    """Return the rows of each unit; a table for each takes twenty times as long."""
    rows: dict[str, list[Any]] = {}
    for row in table.itertuples():
        rows.setdefault(str(row.unit), []).append(row)
    return rows


def _wrong(problem: Problem, stops: list[Any], rest: Any, meal: Meal) -> Iterator[str]:
    shift = problem.shift(rest.shift)
    begin, end = ((int(time[:2]) * 60 + int(time[3:]) - shift.start) % DAY for time in (rest.start, rest.end))
    if end - begin != meal.minutes or not meal.after <= begin <= meal.before:
        yield "has its break at another time or for longer or shorter than is asked"
    times = [_times(problem, stop) for stop in stops]
    crew = next(each for each in problem.units if each.name == stops[0].unit)
    if pd.isna(rest.hotspot_id):
        out = math.ceil(_leg(problem, crew, None, stops[0].hotspot_id)[0] - 1e-6)
        home = math.ceil(_leg(problem, crew, None, stops[-1].hotspot_id)[0] - 1e-6)
        rules, last = problem.rules, shift.minutes - problem.rules.debrief
        before = rules.briefing <= begin and end <= times[0][0] - out
        if not before and not (times[-1][1] + home <= begin and end <= last):
            yield "cannot be at its base for its break"
        return
    for here, there, (_, leave), (arrive, _) in zip(stops, stops[1:], times, times[1:], strict=False):
        leg = _leg(problem, crew, here.hotspot_id, there.hotspot_id)[0]
        if here.hotspot_id == rest.hotspot_id and leave <= begin and end + leg <= arrive + 1e-6:
            return
    yield "cannot stand there for its break"
