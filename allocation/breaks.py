"""
Meal breaks: every patrol planned around one, at the base or where the officers stand.

    P9  a unit that patrols has one break of `minutes`, begun from `after` to `before` minutes into its shift: at the
        base after the briefing and before it leaves, or once it is back and before the debrief; or where it stands
        between two stops, and then it is part of its minutes on patrol

P1 to P8 hold besides (`allocation.problem`). Patrols drawn without breaks each take theirs where they are back soonest,
and give up the stop worth least where none fits; from there they are searched again, each break on the clock, and the
best is kept.
"""

from dataclasses import dataclass, replace

import pandas as pd

from allocation._check_breaks import check_breaks
from allocation._rested import rested
from allocation._solvers.patrols import worth_of
from allocation._solvers.renewed import renewed
from allocation._task import Patrol, Task, task_of
from allocation.check import check_plan, plan_value
from allocation.problem import Problem, Shift
from allocation.routes import ROUNDS, TEXT, Routes, patrols_of, stops
from allocation.rules import MealBreak
from geodata.cast import FloatArray
from geodata.errors import InputError
from geodata.tables import PLAN, check

Rest = tuple[tuple[Patrol, ...], pd.DataFrame]


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
    rounds : how often stops are taken out and put in for the minutes that the break leaves, in each shift
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
        given = Routes(task, patrols_of(problem, task, plan), 0.0, 0.0, {})
        found, rest = rested_routes(problem, given, meal, rounds=rounds, seed=seed)
        tables.append(stops(problem, found))
        rests.append(rest)
    table = pd.concat(tables, ignore_index=True).astype(TEXT)
    breaks = checked_breaks(problem, table, rests, meal)
    return BreakPlan(check(table, PLAN), breaks, plan_value(problem, table), plan_value(problem, plan))


def rested_routes(
    problem: Problem, routes: Routes, meal: MealBreak, *, rounds: int = ROUNDS, seed: int = 0
) -> tuple[Routes, pd.DataFrame]:
    """
    Return one shift's patrols with their breaks, and when these are; what they are shown beside has breaks, too.

    Parameters
    ----------
    problem : what is planned
    routes : patrols without breaks
    meal, rounds, seed : as for `with_breaks`

    Raises
    ------
    InputError
        If the break cannot be had in the shift.
    """
    task, shift = routes.task, problem.shift(routes.task.shift)
    _refuse_short(task, shift, meal)

    def drawn(worth: FloatArray, patrols: tuple[Patrol, ...]) -> Rest:
        begun = rested(shift, task, patrols, meal)[0]
        found = renewed(replace(task, worth=worth), begun, turns=rounds, seed=seed, meal=meal)
        return rested(shift, task, found, meal)

    wished = {name: drawn(routes.wishes[name], patrols) for name, patrols in routes.wished.items()}
    ways = [drawn(task.worth, routes.patrols), rested(shift, task, routes.patrols, meal), *wished.values()]
    patrols, rests = max(ways, key=lambda way: worth_of(task, way[0]))
    simple = {name: worth_of(task, way[0]) for name, way in wished.items()}
    kept = {name: way[0] for name, way in wished.items()}
    return replace(routes, patrols=patrols, value=worth_of(task, patrols), simple=simple, wished=kept), rests


def checked_breaks(problem: Problem, plan: pd.DataFrame, rests: list[pd.DataFrame], meal: MealBreak) -> pd.DataFrame:
    """Return the breaks of all shifts together; it is a mistake of ours if they or the plan break a rule."""
    breaks = pd.concat(rests, ignore_index=True).astype("string")
    faults = (*check_plan(problem, plan), *check_breaks(problem, plan, breaks, meal))
    if faults:
        raise RuntimeError(f"The patrols break their own rules: {'; '.join(faults[:5])}")
    return breaks


def _refuse_short(task: Task, shift: Shift, meal: MealBreak) -> None:
    if task.unit and max(task.first, meal.after) + meal.minutes > task.last:
        raise InputError(
            f"A meal break must fit between briefing and debrief, and one of {meal.minutes} minutes that begins "
            f"{meal.after} minutes into the shift does not fit into {shift.name}."
        )
