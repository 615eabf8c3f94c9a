"""Patrols: which unit is at which hot spot when, and what that is worth beside other ways."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from allocation._task import NEVER, Task, task_of
from allocation.breaks import checked_breaks, rested_routes
from allocation.check import check_plan, plan_value
from allocation.compare import BY_CRIME, EQUAL_VISITS, STATUS_QUO, THIS_PLAN, compared
from allocation.explain import patrol_rules
from allocation.problem import Problem
from allocation.routes import ROUNDS, TEXT, Routes, gains, route_patrols, stops
from allocation.rules import MealBreak
from geodata.cast import FloatArray, whole
from geodata.errors import InputError
from geodata.tables import PLAN, check


@dataclass(frozen=True)
class Schedule:
    """
    One day's pattern of patrols, with its proof and its alternatives.

    Parameters
    ----------
    plan : table of stops, by shift, unit and order
    objective : value of the visits planned, weighted harm a week
    bound : no plan under the rules is worth more; breaks are left out of it
    gap : (bound - objective) / bound
    unmet : columns hotspot_id, shift, value, reason: visits demanded and not planned, and what they are worth
    plus_one : columns base, shift, gain: what one more patrol there would add at least: the others stay as they are
    alternatives : columns plan, objective, share_of_best
    travel_basis : "street network" or "straight line"
    rules : the rules in plain words, numbered as in `allocation.problem`
    planned_minutes : minutes of presence at hot spots, all visits together
    breaks : columns unit, shift, start, end ("12:05", local clock), hotspot_id: where they stand, missing at the base;
        None where no break was asked for
    without_breaks : value of the patrols without their breaks, or None
    """

    plan: pd.DataFrame
    objective: float
    bound: float
    gap: float
    unmet: pd.DataFrame
    plus_one: pd.DataFrame
    alternatives: pd.DataFrame
    travel_basis: str
    rules: tuple[str, ...]
    planned_minutes: int
    breaks: pd.DataFrame | None = None
    without_breaks: float | None = None


def schedule_patrols(
    problem: Problem,
    *,
    crimes: Mapping[str, float] | None = None,
    current: pd.DataFrame | None = None,
    meal: MealBreak | None = None,
    rounds: int = ROUNDS,
    seed: int = 0,
) -> Schedule:
    """
    Return patrols for one day's pattern, their value beside a bound, and what simpler ways would be worth.

    Shifts are planned apart. The plan need not be the best: `gap` says how far it can be from it at most.

    Parameters
    ----------
    problem : what is to be planned
    crimes : expected crimes a week by hot spot
        For the plan in proportion to crime; None: it is left out.
    current : table of stops as they are walked today; None: there is no status quo to compare
    meal : break that every unit has, those of the simpler ways as well; None: none is planned
    rounds : how often some stops are taken out and others put in, in each shift
    seed : of the choice which

    Raises
    ------
    InputError
        If a break cannot be had in a unit's shift, `crimes` lacks a hot spot or is below 0, or `current` does not fit
        the problem.
    """
    rounds = whole(rounds, "rounds")
    wishes = {shift.name: _wishes(task_of(problem, shift.name), crimes) for shift in problem.shifts}
    wish_rounds = rounds if meal is None else 0  # with breaks, they are searched then
    routes = [
        route_patrols(problem, shift.name, wishes=wishes[shift.name], rounds=rounds, wish_rounds=wish_rounds, seed=seed)
        for shift in problem.shifts
    ]
    before, rests = math.fsum(each.value for each in routes), []
    for number, each in enumerate(routes):
        if meal is not None:
            routes[number], rest = rested_routes(problem, each, meal, rounds=rounds, seed=seed)
            rests.append(rest)
    plan = pd.concat([stops(problem, each) for each in routes], ignore_index=True).astype(TEXT)
    faults = check_plan(problem, plan)
    if faults:
        raise RuntimeError(f"The patrols break their own rules: {'; '.join(faults[:5])}")
    objective = plan_value(problem, plan)
    bound = max(objective, math.fsum(each.bound for each in routes))
    return Schedule(
        plan=check(plan, PLAN),
        objective=objective,
        bound=bound,
        gap=(bound - objective) / bound if bound > 0 else 0.0,
        unmet=_unmet(routes),
        plus_one=_plus_one(problem, routes),
        alternatives=_alternatives(problem, routes, objective, current),
        travel_basis=problem.travel.basis,
        rules=(*patrol_rules(problem), *(() if meal is None else (meal.rule,))),
        planned_minutes=int(plan["minutes"].sum()),
        breaks=None if meal is None else checked_breaks(problem, plan, rests, meal),
        without_breaks=None if meal is None else before,
    )


def _wishes(task: Task, crimes: Mapping[str, float] | None) -> dict[str, FloatArray]:
    """Return the worth of visits that leads to an equal split of visits, and to one in proportion to crime."""
    wanted = task.worth > 0
    nth = np.arange(1, task.worth.shape[1] + 1)
    wishes = {EQUAL_VISITS: np.where(wanted, 1.0 / nth, 0.0)}
    if crimes is None:
        return wishes
    lacking = sum(place not in crimes for place in task.places)
    if lacking:
        raise InputError(f"`crimes` must hold every hot spot of the visits, got {lacking} that are missing.")
    count = np.array([float(crimes[place]) for place in task.places])
    if not (np.isfinite(count).all() and (count >= 0).all()):
        raise InputError("`crimes` must be finite and at least 0, got some that are not.")
    return wishes | {BY_CRIME: np.where(wanted, count[:, None] / nth, 0.0)}


def _alternatives(
    problem: Problem, routes: list[Routes], objective: float, current: pd.DataFrame | None
) -> pd.DataFrame:
    values = {THIS_PLAN: objective}
    if current is not None:
        known = set(zip(problem.visits["hotspot_id"], problem.visits["shift"], strict=True))
        strangers = sum(key not in known for key in zip(*(check(current, PLAN)[c] for c in KEY), strict=True))
        if strangers:
            raise InputError(f"Stops in `current` must be at hot spots with a demand, got {strangers} that are not.")
        values[STATUS_QUO] = plan_value(problem, current)
    for plan in routes[0].simple:
        values[plan] = math.fsum(each.simple[plan] for each in routes)
    return compared(values)


KEY = ["hotspot_id", "shift"]


def _plus_one(problem: Problem, routes: list[Routes]) -> pd.DataFrame:
    rows = [
        {"base": base.name, "shift": each.task.shift, "gain": gain}
        for each in routes
        for base, gain in zip(problem.bases, gains(problem, each), strict=True)
    ]
    return pd.DataFrame(rows).astype({"base": "string", "shift": "string"})


def _unmet(routes: list[Routes]) -> pd.DataFrame:
    rows = []
    for each in routes:
        task = each.task
        planned = np.bincount(
            np.array([place for patrol in each.patrols for place in patrol.stops], dtype=np.int64),
            minlength=len(task.places),
        )
        for place, name in enumerate(task.places):
            value = math.fsum(task.worth[place, planned[place] :])
            if value > 0:
                reason = _reason(task, place, int(planned[place]))
                rows.append({"hotspot_id": name, "shift": task.shift, "value": value, "reason": reason})
    table = pd.DataFrame(rows, columns=["hotspot_id", "shift", "value", "reason"])
    table = table.astype({"hotspot_id": "string", "shift": "string", "value": "float64", "reason": "string"})
    return table.sort_values(["value", *KEY], ascending=[False, True, True], ignore_index=True)


def _reason(task: Task, place: int, planned: int) -> str:
    if not task.unit:
        return "No unit works this shift."
    legs = task.out[task.base, place]
    if legs.min() >= NEVER:
        return "It is beyond the longest walk from every base with a unit in this shift, and nobody drives."
    if (2 * legs + task.dwell[place] > task.minutes).all():
        return "No unit can go there, stay for a visit and be back within its minutes on patrol."
    wanted = int((task.worth[place] > 0).sum())
    return f"{planned} of {wanted} visits are planned: no unit has time for more beside its other stops."
