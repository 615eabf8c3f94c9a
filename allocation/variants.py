"""Patrols that are not the same every day: plans worth nearly as much as the best, drawn by seed; and their spread."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from allocation._rested import rested
from allocation._solvers.patrols import worth_of
from allocation._solvers.varied import Patrols, alike, retimed
from allocation._task import Task, task_of
from allocation.breaks import checked_breaks
from allocation.check import check_plan, plan_value
from allocation.problem import Problem, Shift
from allocation.routes import TEXT, Routes, patrols_of, stops
from allocation.rules import MealBreak
from geodata.cast import whole, within
from geodata.errors import InputError
from geodata.tables import PLAN, check

ROUNDS = 600
TRIES = 3  # other times for one day's patrols of a shift


@dataclass(frozen=True)
class Variants:
    """
    A plan for each of some days.

    Parameters
    ----------
    plans : table of stops of each day
    values : of each day's plan
    best : value of the best plan known: the one given, or a better one that was drawn
    apart : how many different plans of visits, apart from their times, were there to draw from, by shift
    entropy : columns hotspot_id, visits, fixed, varied, most: visits over all days, and the Shannon entropy in bits of
        the hour of a visit under the one plan repeated and under the variants; `most` is that of hours all alike
    breaks : of each day, as `schedule.Schedule.breaks`; none where no break was asked for
    """

    plans: tuple[pd.DataFrame, ...]
    values: tuple[float, ...]
    best: float
    apart: dict[str, int]
    entropy: pd.DataFrame
    breaks: tuple[pd.DataFrame, ...] = ()


def daily_variants(
    problem: Problem,
    plan: pd.DataFrame,
    *,
    days: int = 14,
    share: float = 0.02,
    draws: int = 12,
    meal: MealBreak | None = None,
    seed: int = 0,
) -> Variants:
    """
    Return a plan for each day, each worth at least 1 - `share` of the best known in every shift.

    Each day one of the plans that good is drawn, and each of its patrols is walked forwards or backwards from a minute
    drawn as well, where the visits of others allow it [1]_. Every plan keeps the numbered rules.

    Parameters
    ----------
    problem : what was planned
    plan : table of stops: the plan that is varied
    days : how many plans are drawn
    share : of the best value that a day may lose
    draws : how often other patrols are looked for, in each shift
    meal : break that every unit has, every day; None: none is planned
    seed : of everything drawn; a first number of days is the same whatever comes after them

    Raises
    ------
    InputError
        If `plan` breaks a rule of the problem, or a figure is out of its range.

    References
    ----------
    .. [1] Shannon, C. E. (1948). A mathematical theory of communication. Bell System Technical Journal 27, 379-423.
    """
    days, share = whole(days, "days", 1), within(share, "share", 0.0, 1.0)
    faults = check_plan(problem, check(plan, PLAN))
    if faults:
        raise InputError(f"A plan must keep the rules of its problem to be varied, and it does not: {faults[0]}")
    pools = []
    for number, shift in enumerate(problem.shifts):
        task = task_of(problem, shift.name)
        patrols = patrols_of(problem, task, plan)
        draw = {"draws": whole(draws, "draws"), "rounds": ROUNDS, "seed": seed + number}
        pools.append(_Pool.of(shift, task, alike(task, patrols, within=share, **draw), meal, share))
    rng = np.random.default_rng(seed)
    made = [_day(problem, pools, meal, rng) for _ in range(days)]
    plans = tuple(plan for plan, _ in made)
    return Variants(
        plans=plans,
        values=tuple(plan_value(problem, each) for each in plans),
        best=sum(pool.best for pool in pools),
        apart={pool.shift.name: len({_visits(each) for each in pool.plans}) for pool in pools},
        entropy=visit_entropy(plan, plans),
        breaks=tuple(breaks for _, breaks in made if breaks is not None),
    )


@dataclass(frozen=True)
class _Pool:
    """The plans of a shift that are good enough to be drawn, and the value of the best of them."""

    shift: Shift
    task: Task
    plans: list[Patrols]
    best: float
    least: float

    @classmethod
    def of(cls, shift: Shift, task: Task, plans: list[Patrols], meal: MealBreak | None, share: float) -> "_Pool":
        """Return the pool; plans that lose too much by their breaks are not in it."""
        if meal is not None:
            plans = [rested(shift, task, each, meal)[0] for each in plans]
        best = max(worth_of(task, each) for each in plans)
        least = (1 - share) * best * (1 - 1e-12)
        return cls(shift, task, [each for each in plans if worth_of(task, each) >= least], best, least)

    def draw(self, meal: MealBreak | None, rng: np.random.Generator) -> tuple[Patrols, pd.DataFrame | None]:
        """Return a plan at other times, and its breaks; at its own times where others leave no room for breaks."""
        own = self.plans[int(rng.integers(len(self.plans)))]
        for _ in range(TRIES):
            patrols = retimed(self.task, own, rng, meal)
            if meal is None:
                return patrols, None
            patrols, breaks = rested(self.shift, self.task, patrols, meal)
            if worth_of(self.task, patrols) >= self.least:
                return patrols, breaks
        return rested(self.shift, self.task, own, meal)  # type: ignore[arg-type] # without a break, it has returned


def visit_entropy(fixed: pd.DataFrame, plans: tuple[pd.DataFrame, ...]) -> pd.DataFrame:
    """
    Return how hard the hour of a visit is to foretell: its Shannon entropy in bits, by hot spot.

    Parameters
    ----------
    fixed : table of stops: the one plan, repeated every day
    plans : tables of stops, one a day

    Returns
    -------
    entropy : columns hotspot_id, visits, fixed, varied, most, as `Variants` says
        A hot spot that the one plan does not visit has no `fixed`.
    """
    varied = pd.concat(plans, ignore_index=True)
    table = varied.groupby("hotspot_id").size().rename("visits").to_frame()
    table["fixed"] = fixed.groupby("hotspot_id")["arrive"].agg(_bits).reindex(table.index)
    table["varied"] = varied.groupby("hotspot_id")["arrive"].agg(_bits)
    table["most"] = np.log2(np.minimum(table["visits"], varied["arrive"].str[:2].nunique()))
    return table.reset_index().astype({"hotspot_id": "string", "visits": "int64"})


def _bits(arrive: pd.Series) -> float:
    share = arrive.str[:2].value_counts(normalize=True).sort_index().to_numpy(dtype=np.float64)
    return float(-(share * np.log2(share)).sum()) + 0.0


def _day(
    problem: Problem, pools: list[_Pool], meal: MealBreak | None, rng: np.random.Generator
) -> tuple[pd.DataFrame, pd.DataFrame | None]:
    tables, rests = [], []
    for pool in pools:
        patrols, breaks = pool.draw(meal, rng)
        tables.append(stops(problem, Routes(pool.task, patrols, 0.0, 0.0, {})))
        if breaks is not None:
            rests.append(breaks)
    plan = pd.concat(tables, ignore_index=True).astype(TEXT)
    faults = check_plan(problem, plan)
    if faults:
        raise RuntimeError(f"A variant breaks the rules: {'; '.join(faults[:5])}")
    return check(plan, PLAN), None if meal is None else checked_breaks(problem, plan, rests, meal)


def _visits(patrols: Patrols) -> tuple[tuple[int, ...], ...]:
    return tuple(patrol.stops for patrol in patrols)
