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

from allocation._solvers.day_worth import NOT_MADE, place_worth
from allocation._solvers.highs import Answer, Programme, columns
from allocation._solvers.tours import DAYS, WeekAnswer
from allocation._solvers.week import EXACT, Day, Master
from geodata.cast import FloatArray, IntArray

CHEAP: Final = 1e-6  # relative: columns that cost no more than this against the bound are tried first
SLACKS: Final = (5e-3, 4e-2, np.inf)  # relative: then tours, mixtures and visits of their own, more and more of them
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
    days = [day for day in days if master.cost(day, prices) <= slack]
    programme = master.programme(csos, tours)
    programme.add(master.day_columns(days))
    spare = len(tours) + len(master.week.least) + 1
    whole = np.array([*range(len(tours)), *range(spare, spare + len(days))], dtype=np.int32)
    answer = programme.solve_whole(whole, slack=slack / 2, nodes=NODES, presolve=False)
    if answer is None:
        return None
    chosen = [days[at] for at in np.flatnonzero(answer.amounts[spare:] > 0.5)]
    made = [(visit, day.day, day.made[visit]) for day in chosen for visit in np.flatnonzero(day.made != NOT_MADE)]
    return _answer(master, csos, _worked(tours, answer), np.array(made, dtype=np.int64).reshape(-1, 3))


def _worked(tours: IntArray, answer: Answer) -> IntArray:
    return np.repeat(tours, np.rint(answer.amounts[: len(tours)]).astype(np.int64))


def _answer(master: Master, csos: int, tours: IntArray, made: IntArray) -> WeekAnswer:
    """Return the plan in which `made` (rows of visit, day, shift) are the visits."""
    visit, day, shift = made.T
    counted = master.amount[:, visit].sum(axis=1)
    off = master.needed_off(csos) - float(master.off[tours].sum())
    short = np.maximum(np.append(master.week.least - counted, off), 0.0)
    most = len(master.week.decay)
    rows = np.stack([visit // most, day, shift, visit % most], axis=1)
    value = float(master.worth[day, visit, shift].sum())
    return WeekAnswer(tours, rows[np.lexsort(rows.T[::-1])], value, value, short)


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
    programme = _free_visits(master, csos, tours, mixtures, made, master.bonus(prices))
    spare = len(tours) + len(master.week.least) + 1
    whole = np.array([*range(len(tours)), *range(spare, spare + len(mixtures) + len(made))], dtype=np.int32)
    answer = programme.solve_whole(whole, slack=EXACT * abs(limit) / 2, nodes=NODES, presolve=False)
    if answer is None:
        return None, limit
    chosen = made[answer.amounts[spare + len(mixtures) :] > 0.5]
    return _answer(master, csos, _worked(tours, answer), chosen), answer.bound


def _worth_trying(master: Master, mixtures: list[Day], cost: FloatArray, prices: FloatArray, gap: float) -> IntArray:
    """Return visit, day, shift of the visits that cost no more than `gap` somewhere: their place, less their worth."""
    worth = master.worth + master.bonus(prices)[:, None]
    least = np.full(worth.shape, np.inf)
    for day in range(DAYS):
        here = [at for at, mixture in enumerate(mixtures) if mixture.day == day]
        patrols = master.grid[0][[mixtures[at].mixture for at in here]]
        made = np.array([mixtures[at].made for at in here])
        lost = place_worth(worth[day], patrols, made, master.week.room)
        for at, each, held in zip(here, lost, patrols, strict=True):
            costs = np.where(held > 0, each - worth[day] + cost[at], np.inf)
            least[day] = np.minimum(least[day], costs)
    tried = np.argwhere(least <= gap)  # day, visit, shift
    return np.asarray(tried[:, [1, 0, 2]])


def _free_visits(
    master: Master, csos: int, tours: IntArray, mixtures: list[Day], made: IntArray, bonus: FloatArray
) -> Programme:
    """Return the programme in which each visit (of `made`: visit, day, shift) is a column of its own."""
    visits, shifts = master.worth.shape[1:]
    room_row = master.rule_row + len(master.week.least)
    once_row = room_row + DAYS * shifts
    tight_row = once_row + DAYS * visits
    added = [np.zeros(visits), bonus] if bonus.any() else [np.zeros(visits)]
    most = np.concatenate([np.zeros(DAYS * shifts), np.ones(DAYS * visits), np.zeros(DAYS * len(added))])
    programme = master.programme(csos, tours, more=most)
    best = np.array([[master.best(worth + each[:, None])[0] for worth in master.worth] for each in added])
    tight = [tight_row + DAYS * at for at in range(len(added))]
    entries = [
        master.duty_entries(mixture)
        | {
            room_row + mixture.day * shifts + shift: -float(master.week.room * patrols)
            for shift, patrols in enumerate(master.grid[0][mixture.mixture])
        }
        | {row + mixture.day: -float(each[mixture.day][mixture.mixture]) for row, each in zip(tight, best, strict=True)}
        for mixture in mixtures
    ]
    programme.add(columns(np.zeros(len(mixtures)), np.ones(len(mixtures)), entries))
    entries = [
        {room_row + d * shifts + s: 1.0, once_row + d * visits + v: 1.0}
        | {master.rule_row + int(rule): float(master.amount[rule, v]) for rule in np.flatnonzero(master.amount[:, v])}
        | {row + d: float(master.worth[d, v, s] + each[v]) for row, each in zip(tight, added, strict=True)}
        for v, d, s in made.tolist()
    ]
    programme.add(columns(master.worth[made[:, 1], made[:, 0], made[:, 2]], np.ones(len(made)), entries))
    return programme
