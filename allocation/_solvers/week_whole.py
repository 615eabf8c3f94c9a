"""
One base's week in whole numbers.

First among the columns that cost next to nothing against the bound. Where that leaves a gap, every visit chooses for
itself among the tours and mixtures that cost no more than the gap: any better plan is made of them. Each day's visits
are then worth no more than the mixtures chosen allow (`day_worth`, at no prices and at the last ones), which keeps this
programme as tight as the one with columns.
"""

from dataclasses import replace
from typing import Final

import numpy as np
import numpy.typing as npt

from allocation._solvers.day_worth import place_worth
from allocation._solvers.highs import Answer, Programme, columns
from allocation._solvers.manned import manned
from allocation._solvers.tours import DAYS, WeekAnswer
from allocation._solvers.week import DUST, EXACT, Day, Master
from geodata.cast import BoolArray, FloatArray, IntArray

CHEAP: Final = 1e-6  # relative: columns that cost no more than this against the bound are tried first
SLACKS: Final = (1e-3, 5e-3, 4e-2, np.inf)  # relative: then more and more, each visit by itself
NODES: Final = 2_000


def best_week(master: Master, csos: int) -> WeekAnswer:
    """Return the best week of `csos` officers, and a bound on any other that falls no shorter of the rules."""
    nothing = _nothing(master, csos)
    if csos == 0:
        return nothing
    days, prices, bound = master.solve(csos)
    best = _better(master, nothing, _among(master, csos, days, prices, CHEAP * abs(bound)))
    for slack in SLACKS:
        gap = bound - _total(master, best)
        if gap <= EXACT * abs(bound):
            break
        tried = min(slack * abs(bound), gap) if np.isfinite(slack) else gap
        found, limit = _close(master, csos, prices, tried)
        best = _better(master, best, found)
        if bound - _total(master, best) <= tried:  # whatever is better is made of what was tried
            bound = min(bound, max(limit, _total(master, best)))
            break
    return replace(best, bound=max(best.value, bound + master.penalty * float(best.short.sum())))


def _nothing(master: Master, csos: int) -> WeekAnswer:
    """Return the week in which everybody is on duty and nobody makes a visit."""
    short = np.append(np.maximum(master.week.least, 0.0), float(master.needed_off(csos)))
    return WeekAnswer(np.zeros(csos, dtype=np.int64), np.zeros((0, 4), dtype=np.int64), 0.0, 0.0, short)


def _better(master: Master, one: WeekAnswer, other: WeekAnswer | None) -> WeekAnswer:
    return one if other is None or _total(master, one) >= _total(master, other) else other


def _total(master: Master, answer: WeekAnswer) -> float:
    return answer.value - master.penalty * float(answer.short.sum())


def _among(master: Master, csos: int, days: list[Day], prices: FloatArray, slack: float) -> WeekAnswer | None:
    """Return the best plan among the columns that cost no more than `slack`, or None where they make none."""
    tours = np.flatnonzero(_tour_cost(master, prices) <= slack)
    days = _undominated(master, [day for day in days if master.cost(day, prices) <= slack])
    programme = master.programme(csos, tours)
    programme.add(master.day_columns(days))
    found = _manned(master, csos, programme, tours, days, len(days), slack / 2)
    if found is None:
        return None
    _, worked, taken = found
    chosen = [days[at] for at in np.flatnonzero(taken)]
    made = [
        (hotspot, day.day, shift, number)
        for day in chosen
        for hotspot, shift in np.argwhere(day.made)
        for number in range(day.made[hotspot, shift])
    ]
    return _answer(master, csos, worked, np.array(made, dtype=np.int64).reshape(-1, 4))


def _undominated(master: Master, days: list[Day]) -> list[Day]:
    """Return the columns without those beside which another of the day takes no more officers and does no less."""
    kept = []
    for number in range(DAYS):
        here = [day for day in days if day.day == number]
        good = [np.append(-master.duty[day.mixture], [day.value, *day.counts]) for day in here]
        order = sorted(range(len(here)), key=lambda at: tuple(good[at]), reverse=True)
        best: list[int] = []
        for at in order:  # whatever dominates a column comes before it
            if not (best and (np.array([good[other] for other in best]) >= good[at] - DUST).all(axis=1).any()):
                best.append(at)
        kept += [here[at] for at in best]
    return kept


def _manned(
    master: Master, csos: int, programme: Programme, tours: IntArray, mixtures: list[Day], columns: int, slack: float
) -> tuple[Answer, IntArray, BoolArray] | None:
    """
    Return the answer in whole mixtures and visits, whole tours that man it, and which of the columns it takes.

    Officers are first let be in part on one tour and in part on another, which takes a third of the time of whole ones;
    tours that man the days are found by themselves, and all is solved together only where there are none.
    """
    spare = len(tours) + len(master.week.least) + 1
    answer = programme.solve_whole(_numbers(spare, columns), slack=slack, nodes=NODES, presolve=False)
    if answer is None:
        return None
    worked = _worked(master, csos, tours, mixtures, answer)
    if worked is None:
        answer = programme.solve_whole(_numbers(0, len(tours)), slack=slack, nodes=NODES, presolve=False)
        if answer is None:
            return None
        worked = np.repeat(tours, np.rint(answer.amounts[: len(tours)]).astype(np.int64))
    return answer, worked, answer.amounts[spare : spare + columns] > 0.5


def _worked(master: Master, csos: int, tours: IntArray, mixtures: list[Day], answer: Answer) -> IntArray | None:
    """Return whole tours of as many officers on duty, and off at the weekend, as an answer asks for; None: none are."""
    spare = len(tours) + len(master.week.least) + 1
    duty = np.zeros((DAYS, master.shifts), dtype=np.int64)
    for mixture, amount in zip(mixtures, answer.amounts[spare:], strict=False):
        duty[mixture.day] += master.duty[mixture.mixture] * (amount > 0.5)
    off = int(np.floor(master.needed_off(csos) - answer.amounts[spare - 1] + DUST))
    sure = np.floor(answer.amounts[: len(tours)] + DUST).astype(np.int64)
    short = np.maximum(duty.ravel() - sure @ master.on[tours], 0)
    on, free = master.on[tours].astype(np.int64), master.off[tours].astype(np.int64)
    rest = manned(on, free, short, csos - int(sure.sum()), off=off - int(sure @ free))
    if rest is None and sure.any():  # what is sure may stand in the way
        sure, rest = 0 * sure, manned(on, free, duty.ravel(), csos, off=off)
    return None if rest is None else np.append(np.repeat(tours, sure), tours[rest])


def _numbers(first: int, count: int) -> npt.NDArray[np.int32]:
    return np.arange(first, first + count, dtype=np.int32)


def _answer(master: Master, csos: int, tours: IntArray, made: IntArray) -> WeekAnswer:
    """Return the plan in which `made` (rows of hot spot, day, shift, number in the shift) are the visits."""
    week, (hotspot, day, shift, number) = master.week, made.T
    used = np.zeros((DAYS, len(week.value)), dtype=np.int64)
    np.add.at(used, (day, hotspot), 1)
    counted = master.counts(used).sum(axis=0)
    off = master.needed_off(csos) - float(master.off[tours].sum())
    short = np.maximum(np.append(week.least - counted, off), 0.0)
    value = float((week.value[hotspot, day, shift] * week.decay[number]).sum())
    return WeekAnswer(tours, made[np.lexsort(made.T[::-1])], value, value, short)


def _tour_cost(master: Master, prices: FloatArray) -> FloatArray:
    worth = master.tour_worth(prices)
    return np.asarray(worth.max() - worth)


def _close(master: Master, csos: int, prices: FloatArray, gap: float) -> tuple[WeekAnswer | None, float]:
    """Return the best plan of tours, mixtures and visits that cost no more than `gap`, and a bound on all such."""
    offered, gains, limit = master.price(prices, csos)
    tours = np.flatnonzero(_tour_cost(master, prices) <= gap)
    by_day = gains.reshape(DAYS, -1)
    cost = (by_day.max(axis=1, keepdims=True) - by_day).ravel()
    mixtures = [offered[at] for at in np.flatnonzero(cost <= gap)]
    made = _worth_trying(master, mixtures, cost[cost <= gap], prices, gap)
    programme = _free_visits(master, csos, tours, mixtures, made, prices)
    found = _manned(master, csos, programme, tours, mixtures, len(mixtures) + len(made), EXACT * abs(limit) / 2)
    if found is None:
        return None, limit
    answer, worked, taken = found
    return _answer(master, csos, worked, made[taken[len(mixtures) :]]), answer.bound


def _worth_trying(master: Master, mixtures: list[Day], cost: FloatArray, prices: FloatArray, gap: float) -> IntArray:
    """Return hot spot, day, shift, number of the visits that cost no more than `gap`: their place, less their worth."""
    week = master.week
    least = np.full((*week.value.shape, len(week.decay)), np.inf)
    for day in range(DAYS):
        task = master.task(day, prices)
        worth = task.worth[:, :, None] * task.decay + (task.each + np.maximum(task.first, 0.0))[:, None, None]
        here = [at for at, mixture in enumerate(mixtures) if mixture.day == day]
        patrols = master.grid[0][[mixtures[at].mixture for at in here]]
        lost = place_worth(task, patrols, np.array([mixtures[at].made for at in here]))
        for at, place, held in zip(here, lost, patrols, strict=True):
            costs = np.where(held > 0, place, np.inf)[:, None] - worth + cost[at]
            least[:, day] = np.minimum(least[:, day], costs)
    return np.argwhere(least <= gap)


def _free_visits(
    master: Master, csos: int, tours: IntArray, mixtures: list[Day], made: IntArray, prices: FloatArray
) -> Programme:
    """Return the programme in which each visit of `made` is a column, and after them the days with a first visit."""
    week, shifts = master.week, master.shifts
    watched = [int(at) for at in np.flatnonzero(week.amount[week.first].any(axis=0))]
    room_row = master.rule_row + len(week.least)
    cap_row = room_row + DAYS * shifts
    seen_row = cap_row + DAYS * len(week.value)
    tight_row = seen_row + DAYS * len(watched)
    rows = (DAYS * shifts, DAYS * len(week.value), DAYS * len(watched), 2 * DAYS)
    most = np.concatenate([np.full(count, each) for count, each in zip(rows, (0.0, week.most, 0.0, 0.0), strict=True)])
    programme = master.programme(csos, tours, more=most)
    entries = [
        master.duty_entries(mixture)
        | {
            room_row + mixture.day * shifts + shift: -float(week.room * patrols)
            for shift, patrols in enumerate(master.grid[0][mixture.mixture])
        }
        for mixture in mixtures
    ]
    priced = [master.best(day, prices)[0] for day in range(DAYS)]
    each_day = [
        (tight_row, master.unpriced, master.bonus(master.free)),
        (tight_row + DAYS, priced, master.bonus(prices)),
    ]
    for entry, mixture in zip(entries, mixtures, strict=True):
        entry.update({row + mixture.day: -float(best[mixture.day][mixture.mixture]) for row, best, _ in each_day})
    programme.add(columns(np.zeros(len(mixtures)), np.ones(len(mixtures)), entries))
    hotspot, day, shift, number = made.T
    worth = week.value[hotspot, day, shift] * week.decay[number]
    entries = []
    for (h, d, s, _), value in zip(made.tolist(), worth, strict=True):
        counted = {master.rule_row + int(rule): float(week.amount[rule, h]) for rule in np.flatnonzero(~week.first)}
        entry = {room_row + d * shifts + s: 1.0, cap_row + d * len(week.value) + h: 1.0} | counted
        if h in watched:
            entry[seen_row + d * len(watched) + watched.index(h)] = -1.0
        entries.append(entry | {row + d: float(value + each[h]) for row, _, (each, _) in each_day})
    programme.add(columns(worth, np.ones(len(made)), entries))
    seen = [
        {seen_row + d * len(watched) + at: 1.0}
        | {master.rule_row + int(rule): float(week.amount[rule, h]) for rule in np.flatnonzero(week.first)}
        | {row + d: float(first[h]) for row, _, (_, first) in each_day}
        for at, h in enumerate(watched)
        for d in range(DAYS)
    ]
    programme.add(columns(np.zeros(len(seen)), np.ones(len(seen)), seen))
    return programme
