"""Whether patrols hold up: drawn from what was known, judged by the harm of later periods where and when they stand."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Final

import numpy as np
import pandas as pd

from allocation._solvers.patrols import draw_patrols
from allocation._task import NEVER, Task, task_of
from allocation.compare import BY_CRIME, BY_HARM, EQUAL_VISITS, GREEDY, STATUS_QUO, THIS_PLAN
from allocation.outturn import PERFECT
from allocation.problem import Problem, Shift
from geodata.cast import FloatArray, IntArray

ROUNDS: Final = (
    0  # each patrol is drawn once and polished: within 3 % of the thorough search, in a hundredth of its time
)


def walked(
    problem: Problem,
    came: Mapping[str, pd.DataFrame],
    *,
    crimes: Mapping[str, float],
    today: Problem | None = None,
    seed: int = 0,
) -> pd.DataFrame:
    """
    Return what patrols made from what was known would have been exposed to in each later period.

    A visit is exposed to what came in its hot spot and shift, the second and third to the shares of it that rule P7
    gives. All plans have the same patrols, rules and hot spots, and none has meal breaks. "Perfect foresight" is drawn
    from what came in all the periods together; of the plans drawn it takes the best for them, as "this plan" takes the
    best for what was known.

    Parameters
    ----------
    problem : what was known: its visits are worth the harm expected a week
    came : by period, harm a week, hot spots x shifts
    crimes : expected a week by hot spot, for the plan in proportion to crime
    today : the same with the patrols of today's posts, for the status quo; None: there is none to compare
    seed : of the search

    Returns
    -------
    trials : columns period, plan, exposed (harm a week)
    """
    sums: dict[tuple[str, str], list[float]] = {}
    for shift in problem.shifts:
        then = {period: _came(table, problem, shift) for period, table in came.items()}
        plans = _plans(problem, shift, np.mean(list(then.values()), axis=0), crimes, today, seed)
        for plan, counts in plans.items():
            earned = _earned(problem, shift, counts)
            for period, harm in then.items():
                sums.setdefault((period, plan), []).extend((harm * earned).tolist())
    order = list(dict.fromkeys(plan for _, plan in sums))
    rows = [(period, plan, math.fsum(sums[period, plan])) for period in came for plan in order]
    return pd.DataFrame(rows, columns=["period", "plan", "exposed"])


def _came(table: pd.DataFrame, problem: Problem, shift: Shift) -> FloatArray:
    return table.reindex(_places(problem, shift))[shift.name].fillna(0.0).to_numpy(dtype=np.float64)


def _places(problem: Problem, shift: Shift) -> list[str]:
    """Return the hot spots of a shift, in the order of its task."""
    return sorted(problem.visits.loc[problem.visits["shift"] == shift.name, "hotspot_id"])


def _plans(
    problem: Problem, shift: Shift, mean: FloatArray, crimes: Mapping[str, float], today: Problem | None, seed: int
) -> dict[str, IntArray]:
    """Return the visits to each place under every plan, by what it is drawn from."""
    task = task_of(problem, shift.name)
    share = _shares(problem, shift)
    known, foreseen = task.worth, mean[:, None] * share
    nth = np.arange(1, share.shape[1] + 1)
    count = np.array([crimes[place] for place in task.places])
    wishes = {
        THIS_PLAN: known,
        EQUAL_VISITS: (share > 0) / nth,
        BY_CRIME: (share > 0) * count[:, None] / nth,
        BY_HARM: (share > 0) * (known[:, :1] / nth + (nth == 1) * known.max(initial=0.0)),
        PERFECT: foreseen,
    }
    found = {plan: _drawn(replace(task, worth=wish), seed) for plan, wish in wishes.items()} | {GREEDY: greedy(task)}
    # no plan is passed by a simple one on what it was drawn from; what came is known to foresight alone
    simple = [counts for plan, counts in found.items() if plan not in (PERFECT, THIS_PLAN)]
    found[THIS_PLAN] = _best(known, [found[THIS_PLAN], *simple])
    found[PERFECT] = _best(foreseen, [found[PERFECT], found[THIS_PLAN], *simple])
    if today is not None:
        own = task_of(today, shift.name)
        found[STATUS_QUO] = _drawn(replace(own, worth=wishes[EQUAL_VISITS]), seed)
    return found


def _best(worth: FloatArray, plans: list[IntArray]) -> IntArray:
    """Return the first of the plans whose visits are worth most."""
    value = [math.fsum(np.where(np.arange(worth.shape[1]) < each[:, None], worth, 0.0).ravel()) for each in plans]
    return plans[value.index(max(value))]


def _shares(problem: Problem, shift: Shift) -> FloatArray:
    """Return what the first, second, ... visit to each place is worth, as shares of the first, 0 beyond the most."""
    visits = problem.visits[problem.visits["shift"] == shift.name].set_index("hotspot_id").loc[_places(problem, shift)]
    decay = np.array(problem.rules.decay)
    return np.where(np.arange(len(decay)) < visits["most"].to_numpy()[:, None], decay, 0.0)


def _earned(problem: Problem, shift: Shift, counts: IntArray) -> FloatArray:
    share = _shares(problem, shift)
    earned: FloatArray = np.where(np.arange(share.shape[1]) < counts[:, None], share, 0.0).sum(axis=1)
    return earned


def _drawn(task: Task, seed: int) -> IntArray:
    patrols = draw_patrols(task, rounds=ROUNDS, seed=seed) if len(task.unit) and len(task.places) else ()
    stops = np.array([place for patrol in patrols for place in patrol.stops], dtype=np.int64)
    return np.bincount(stops, minlength=len(task.places)).astype(np.int64)


def greedy(task: Task) -> IntArray:
    """
    Return the visits to each place where whoever is free first goes to the visit worth most for its minutes.

    Parameters
    ----------
    task : one shift
    """
    counts = np.zeros(len(task.places), dtype=np.int64)
    free_from = np.full(len(task.places), -NEVER, dtype=np.int64)  # when the gap after the last visit is over
    clock = np.full(len(task.unit), task.first, dtype=np.int64)
    end = np.minimum(task.first + task.minutes, task.last)
    at = np.full(len(task.unit), -1, dtype=np.int64)
    next_worth = np.column_stack([task.worth, np.zeros(len(counts))])
    for unit in _in_turn(clock):
        way = task.out[task.base[unit]] if at[unit] < 0 else task.between[at[unit]]
        back = task.out[task.base[unit]]
        begin = np.maximum(clock[unit] + way, free_from)
        worth = next_worth[np.arange(len(counts)), counts]
        can = (begin + task.dwell + back <= end[unit]) & (way < NEVER) & (worth > 0)
        if not can.any():
            clock[unit] = NEVER
            continue
        place = int(np.where(can, worth / np.maximum(1, begin + task.dwell - clock[unit]), -1.0).argmax())
        counts[place] += 1
        clock[unit], at[unit] = begin[place] + task.dwell[place], place
        free_from[place] = clock[unit] + task.gap
    return counts


def _in_turn(clock: IntArray) -> Iterator[int]:
    """Yield the unit that is free first, until all have gone home."""
    while len(clock) and clock.min() < NEVER:
        yield int(clock.argmin())
