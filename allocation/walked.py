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
from allocation.met import exposed_to
from allocation.outturn import PERFECT
from allocation.problem import Problem, Shift
from geodata.cast import BoolArray, FloatArray, IntArray

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
    plans = drawn(problem, crimes=crimes, today=today, seed=seed)
    together = pd.concat(list(came.values())).groupby(level=0).sum() / len(came)
    plans[PERFECT] = foreseen(problem, together, plans, decay=problem.rules.decay, seed=seed)
    rows = [
        (period, plan, exposed_to(harm, visits, problem.rules.decay))
        for period, harm in came.items()
        for plan, visits in plans.items()
    ]
    return pd.DataFrame(rows, columns=["period", "plan", "exposed"])


def drawn(
    problem: Problem, *, crimes: Mapping[str, float], today: Problem | None = None, seed: int = 0
) -> dict[str, pd.DataFrame]:
    """
    Return the number of visits, hot spots x shifts, of this plan and of the simple ones beside it.

    Parameters
    ----------
    problem, crimes, today, seed : as for `walked`
    """
    parts = {shift.name: _known(problem, shift, crimes, seed) for shift in problem.shifts}
    plans = dict.fromkeys(plan for found in parts.values() for plan in found)
    tables = {plan: _table(problem, {name: found[plan] for name, found in parts.items()}) for plan in plans}
    return tables if today is None else tables | {STATUS_QUO: evenly(today, seed=seed)}


def evenly(problem: Problem, *, seed: int = 0) -> pd.DataFrame:
    """Return the number of visits, hot spots x shifts, where every hot spot is worth as much as any other."""
    counts = {}
    for shift in problem.shifts:
        wish = _by_turn(_shares(problem, shift, problem.rules.decay) > 0)
        counts[shift.name] = _drawn(replace(task_of(problem, shift.name), worth=wish), seed)
    return _table(problem, counts)


def foreseen(
    problem: Problem,
    came: pd.DataFrame,
    plans: Mapping[str, pd.DataFrame],
    *,
    decay: tuple[float, ...],
    seed: int = 0,
) -> pd.DataFrame:
    """
    Return the visits, hot spots x shifts, of the best plan for what came, of one drawn from it and of `plans`.

    Parameters
    ----------
    problem : what was planned
    came : hot spots x shifts, harm a week
    plans : visits of the plans made from what was known
    decay : what the first, second, ... visit is worth: rule P7's, or (1,) where only the first counts
    seed : of the search
    """
    best = {}
    for shift in problem.shifts:
        places, share = _places(problem, shift), _shares(problem, shift, decay)
        harm = came.reindex(places)[shift.name].fillna(0.0).to_numpy(dtype=np.float64)
        worth = harm[:, None] * share
        task = replace(task_of(problem, shift.name), worth=worth)
        others = [plans[plan].loc[places, shift.name].to_numpy() for plan in plans if plan != STATUS_QUO]
        best[shift.name] = _best(worth, [_drawn(task, seed), *others])
    return _table(problem, best)


def _table(problem: Problem, counts: Mapping[str, IntArray]) -> pd.DataFrame:
    by_shift = {
        shift.name: pd.Series(counts[shift.name], index=_places(problem, shift), dtype="int64")
        for shift in problem.shifts
    }
    return pd.DataFrame(by_shift).fillna(0).astype("int64").sort_index()


def _places(problem: Problem, shift: Shift) -> list[str]:
    """Return the hot spots of a shift, in the order of its task."""
    return sorted(problem.visits.loc[problem.visits["shift"] == shift.name, "hotspot_id"])


def _known(problem: Problem, shift: Shift, crimes: Mapping[str, float], seed: int) -> dict[str, IntArray]:
    """Return the visits to each place under every plan made from what was known, by what it is drawn from."""
    task = task_of(problem, shift.name)
    share = _shares(problem, shift, problem.rules.decay)
    known, count = task.worth, np.array([crimes[place] for place in task.places])
    wishes = {
        THIS_PLAN: known,
        EQUAL_VISITS: _by_turn(share > 0),
        BY_CRIME: _by_turn(share > 0) * count[:, None],
        BY_HARM: _by_turn(share > 0) * known[:, :1],
    }
    wishes[BY_HARM][:, :1] += (share[:, :1] > 0) * known.max(initial=0.0)
    found = {plan: _drawn(replace(task, worth=wish), seed) for plan, wish in wishes.items()} | {GREEDY: greedy(task)}
    # no plan is passed by a simple one on what it was drawn from
    found[THIS_PLAN] = _best(known, list(found.values()))
    return found


def _by_turn(wanted: BoolArray) -> FloatArray:
    """Return visits that are worth less each time, the same everywhere."""
    return np.asarray(wanted / np.arange(1, wanted.shape[1] + 1))


def _best(worth: FloatArray, plans: list[IntArray]) -> IntArray:
    """Return the first of the plans whose visits are worth most."""
    value = [math.fsum(np.where(np.arange(worth.shape[1]) < each[:, None], worth, 0.0).ravel()) for each in plans]
    return plans[value.index(max(value))]


def _shares(problem: Problem, shift: Shift, decay: tuple[float, ...]) -> FloatArray:
    """Return what each visit to each place is worth, as shares of the first, 0 beyond the most."""
    places = _places(problem, shift)
    most = problem.visits[problem.visits["shift"] == shift.name].set_index("hotspot_id").loc[places, "most"]
    worth = np.zeros(len(problem.rules.decay))
    worth[: len(decay)] = decay
    return np.where(np.arange(len(worth)) < most.to_numpy()[:, None], worth, 0.0)


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
