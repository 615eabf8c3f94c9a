"""
Meal breaks: every patrol planned around one, at the base or where the officers stand.

    P9  a unit that patrols has one break of `minutes`, begun from `after` to `before` minutes into its shift: at the
        base after the briefing and before it leaves, or once it is back and before the debrief; or where it stands
        between two stops, and then it is part of its minutes on patrol

P1 to P8 hold besides (`allocation.problem`). Patrols are drawn for all of their minutes and for what the break leaves
of them; each takes its break where it is back soonest, gives up the stop worth least where none fits, and the better of
the two plans is kept.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import pandas as pd

from allocation._check_breaks import check_breaks
from allocation._solvers.patrols import draw_patrols
from allocation._task import Patrol, Task, task_of
from allocation.check import check_plan, plan_value
from allocation.problem import Problem, Shift
from allocation.routes import ROUNDS, TEXT, Routes, clock, patrols_of, stops
from geodata.cast import whole
from geodata.errors import InputError
from geodata.tables import PLAN, check

STEP: Final = 5  # minutes between the departures tried
COLUMNS: Final = ("unit", "shift", "start", "end", "hotspot_id")


@dataclass(frozen=True)
class MealBreak:
    """
    The knobs of rule P9.

    Parameters
    ----------
    minutes : of the break
    after, before : minutes into the shift: the earliest and the latest at which it may begin
    """

    minutes: int = 30
    after: int = 120
    before: int = 330

    def __post_init__(self) -> None:
        whole(self.minutes, "minutes", 1)
        if not whole(self.after, "after") <= whole(self.before, "before"):
            raise InputError(f"A break's earliest start must not be after its latest, got {self.after}, {self.before}.")


@dataclass(frozen=True)
class BreakPlan:
    """
    Patrols with their breaks.

    Parameters
    ----------
    plan : table of stops
    breaks : columns unit, shift, start, end ("12:05", local clock), hotspot_id: where they stand, missing at the base
    value : of the plan
    before : of the plan given, without breaks: the difference is their price
    """

    plan: pd.DataFrame
    breaks: pd.DataFrame
    value: float
    before: float


def with_breaks(
    problem: Problem, plan: pd.DataFrame, meal: MealBreak, *, rounds: int = ROUNDS, seed: int = 0
) -> BreakPlan:
    """
    Return patrols in which every unit has its meal break.

    Parameters
    ----------
    problem : what was planned
    plan : table of stops without breaks
    meal : the break
    rounds : how often patrols are torn up and drawn again for the minutes that the break leaves, in each shift
    seed : of the choice which

    Raises
    ------
    InputError
        If `plan` breaks a rule of the problem, or the break cannot be had in a shift of a unit.
    """
    faults = check_plan(problem, check(plan, PLAN))
    if faults:
        raise InputError(f"A plan must keep the rules of its problem to be given breaks, and it does not: {faults[0]}")
    tables, rests = [], []
    for shift in problem.shifts:
        task = task_of(problem, shift.name)
        _refuse_short(task, shift, meal)
        drawn = draw_patrols(_shortened(task, meal), rounds=rounds, seed=seed)
        made = [_rested(problem, task, each, meal) for each in (patrols_of(problem, task, plan), drawn)]
        best = max(made, key=lambda each: plan_value(problem, each[0]))
        tables.append(best[0])
        rests.append(best[1])
    table = pd.concat(tables, ignore_index=True).astype(TEXT)
    breaks = pd.concat(rests, ignore_index=True).astype("string")
    faults = (*check_plan(problem, table), *check_breaks(problem, table, breaks, meal))
    if faults:
        raise RuntimeError(f"The patrols break their own rules: {'; '.join(faults[:5])}")
    return BreakPlan(check(table, PLAN), breaks, plan_value(problem, table), plan_value(problem, plan))


def _refuse_short(task: Task, shift: Shift, meal: MealBreak) -> None:
    if task.unit and max(task.first, meal.after) + meal.minutes > task.last:
        raise InputError(
            f"A meal break must fit between briefing and debrief, and one of {meal.minutes} minutes that begins "
            f"{meal.after} minutes into the shift does not fit into {shift.name}."
        )


def _shortened(task: Task, meal: MealBreak) -> Task:
    return replace(task, minutes=np.maximum(task.minutes - meal.minutes, 1), last=task.last - meal.minutes)


Rested = tuple[Patrol, int, int]  # a patrol, the minute at which its break begins, how many stops it has made by then


def _rested(
    problem: Problem, task: Task, patrols: tuple[Patrol, ...], meal: MealBreak
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the stops and breaks of the patrols, each timed anew in turn."""
    made, rows, start = list(patrols), [], problem.shift(task.shift).start
    for unit, patrol in enumerate(patrols):
        others: dict[int, list[int]] = {}
        for other in made[:unit] + made[unit + 1 :]:
            for place, arrive in zip(other.stops, other.arrive, strict=True):
                others.setdefault(place, []).append(arrive)
        found = _best(task, patrol, meal, others)
        made[unit] = found[0] if found else Patrol(unit, task.first, (), ())
        if found:
            (kept, begin, done) = found
            where = task.places[kept.stops[done - 1]] if 0 < done < len(kept.stops) else None
            span = clock(start + begin), clock(start + begin + meal.minutes)
            rows.append((task.unit[unit], task.shift, *span, where))
    table = stops(problem, Routes(task, tuple(made), 0.0, 0.0, {}))
    return table, pd.DataFrame(rows, columns=list(COLUMNS)).astype("string")


def _best(task: Task, patrol: Patrol, meal: MealBreak, others: dict[int, list[int]]) -> Rested | None:
    """Return the patrol with its break, without the stops that leave no room for one; None: it is not made."""
    order = list(patrol.stops)
    while order:
        latest = max(task.first, task.last - 1)
        for leave in (patrol.leave, *range(task.first, latest + 1, STEP)):
            found = min(_ways(task, patrol.unit, order, leave, meal, others), default=None, key=lambda way: way[0])
            if found is not None:
                return found[1]
        worth = [float(task.worth[place, 0]) for place in order]
        order.pop(int(np.argmin(worth)))
    return None


def _ways(
    task: Task, unit: int, order: list[int], leave: int, meal: MealBreak, others: dict[int, list[int]]
) -> Iterator[tuple[int, Rested]]:
    """Yield when each way to have the break is back, and the patrol: before the first stop, after it, ..., the last."""
    out = task.out[task.base[unit]]
    for done in range(len(order) + 1):
        begin = max(task.first, meal.after)
        now = max(leave, begin + meal.minutes) if done == 0 else leave
        gone, here, arrive = now, -1, []
        booked = {place: list(times) for place, times in others.items()}
        for nth, place in enumerate(order, start=1):
            leg = int(out[place] if here < 0 else task.between[here, place])
            now = _free(booked.setdefault(place, []), now + leg, int(task.dwell[place]) + task.gap)
            booked[place].append(now)
            arrive.append(now)
            now, here = now + int(task.dwell[place]), place
            if nth == done < len(order):
                begin = max(now, meal.after)
                now = begin + meal.minutes
        back = now + int(out[here])
        if done == len(order):
            begin = max(back, meal.after)
        in_time = back <= task.last and back - gone <= task.minutes[unit] and begin + meal.minutes <= task.last
        if in_time and begin <= meal.before:
            yield back, (Patrol(unit, gone, tuple(order), tuple(arrive)), begin, done)


def _free(booked: list[int], earliest: int, apart: int) -> int:
    """Return the first minute from `earliest` at which a visit keeps its distance to those booked."""
    for other in sorted(booked):
        if abs(other - earliest) < apart:
            earliest = other + apart
    return earliest
