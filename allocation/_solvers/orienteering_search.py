"""
Orienteering by ruin and recreate: some places are taken out of the rounds, others are put in, the better plan is kept.

What is taken out is chosen at random, along the rounds, around a place, or by how little it pays for its time; plans a
little worse than the best are walked through, ever fewer [1]_.

References
----------
.. [1] Schrimpf, Schneider, Stamm-Wilbrandt and Dueck (2000). Record breaking optimization results using the ruin and
   recreate principle. Journal of Computational Physics 159(2), 139-171.
"""

import numba
import numpy as np

from allocation._solvers.orienteering_moves import (
    FREE,
    Chosen,
    Field,
    Rounds,
    chance,
    cheapest,
    fill,
    put,
    shift,
    straighten,
    take,
)
from geodata.cast import BoolArray, FloatArray, IntArray
from geodata.compiled import inner

SHARE = 0.6  # of the stops that is taken out at most
NOISE = 0.8  # in prizes
PULL = 3.0  # e-fold, from one place to another: lets rounds leave what is merely near
POOLED = 0.97  # of the best: from then on the rounds of a plan are worth keeping
WHOLE = 0.05  # chance that a whole round is emptied


@inner
def _copy(source: Rounds, target: Rounds) -> None:
    for r in range(len(source.size)):
        target.size[r] = source.size[r]
        for i in range(source.stops.shape[1]):
            target.stops[r, i], target.begin[r, i] = source.stops[r, i], source.begin[r, i]
            target.latest[r, i] = source.latest[r, i]
    for place in range(len(source.at)):
        target.at[place] = source.at[place]


@numba.njit(cache=True)
def worth(field: Field, plan: Rounds) -> int:
    """Return the prizes of a plan."""
    total = 0
    for place in range(len(field.prize)):
        if plan.at[place] != FREE:
            total += field.prize[place]
    return total


@numba.njit(cache=True)
def way(field: Field, plan: Rounds) -> int:
    """Return the time spent between stops, all rounds together."""
    total = 0
    for r in range(len(plan.size)):
        for k in range(1, plan.size[r]):
            total += field.leg[plan.stops[r, k - 1], plan.stops[r, k]]
    return total


@inner
def _along(plan: Rounds, share: float, state: Chosen, gone: BoolArray) -> None:
    """Choose a run of stops in each of some rounds."""
    for r in range(len(plan.size)):
        inner = plan.size[r] - 2
        if inner > 0 and (len(plan.size) == 1 or chance(state) < 0.75):
            many = 1 + int(chance(state) * (share * inner + 1))
            first = 1 + int(chance(state) * inner)
            for k in range(first, min(first + many, plan.size[r] - 1)):
                gone[plan.stops[r, k]] = True


@inner
def _around(field: Field, plan: Rounds, many: int, state: Chosen, gone: BoolArray) -> None:
    """Choose the stops nearest to some place."""
    centre = 1 + int(chance(state) * (len(field.prize) - 2))
    for place in np.argsort(field.leg[centre]):
        if plan.at[place] != FREE and many > 0 and chance(state) < 0.8:
            gone[place] = True
            many -= 1


@inner
def _meagre(field: Field, plan: Rounds, many: int, state: Chosen, gone: BoolArray) -> None:
    """Choose the stops that pay least for their way, by and large."""
    rate = np.full(len(field.prize), np.inf)
    for r in range(len(plan.size)):
        for k in range(1, plan.size[r] - 1):
            before, place, after = plan.stops[r, k - 1], plan.stops[r, k], plan.stops[r, k + 1]
            saved = field.leg[before, place] + field.leg[place, after] - field.leg[before, after]
            rate[place] = field.prize[place] / (saved + field.service[place] + 1.0) * (0.3 + chance(state))
    for place in np.argsort(rate)[:many]:
        if plan.at[place] != FREE:
            gone[place] = True


@inner
def _ruin(field: Field, plan: Rounds, share: float, state: Chosen) -> None:
    """Take some stops out."""
    gone = np.zeros(len(field.prize), np.bool_)
    planned = plan.size.sum() - 2 * len(plan.size)
    share *= chance(state)
    many = 1 + int(chance(state) * share * planned)
    kind = chance(state)
    if kind < 0.4:
        _along(plan, share, state, gone)
    elif kind < 0.6:
        _around(field, plan, many, state, gone)
    elif kind < 0.8:
        _meagre(field, plan, many, state, gone)
    else:
        for place in range(len(field.prize)):
            if plan.at[place] != FREE and chance(state) < share / 2:
                gone[place] = True
    if chance(state) < WHOLE:
        r = int(chance(state) * len(plan.size))
        gone[plan.stops[r, 1 : plan.size[r] - 1]] = True
    take(field, plan, gone)


@inner
def _keen(field: Field, state: Chosen) -> FloatArray:
    """Return the prizes, some larger and some smaller by chance, at times drawn towards one place and off another."""
    n = len(field.prize)
    noise = NOISE * chance(state)
    pull = PULL * chance(state) if chance(state) < 0.5 else 0.0
    to, off = int(chance(state) * n), int(chance(state) * n)
    apart = field.leg[to, off] + 1.0
    keen = np.empty(n)
    for place in range(n):
        keen[place] = field.prize[place] * (1.0 + noise * (2.0 * chance(state) - 1.0))
        if pull > 0.0:
            keen[place] *= np.exp(pull * (field.leg[off, place] - field.leg[to, place]) / apart)
    return keen


@inner
def _sown(field: Field, plan: Rounds, state: Chosen) -> None:
    """Put some places in wherever they are, so that a round goes that way."""
    for _ in range(len(plan.size)):
        place, r = int(chance(state) * len(field.prize)), int(chance(state) * len(plan.size))
        if plan.at[place] == FREE and field.prize[place] > 0:
            position = cheapest(field, plan, r, place)[1]
            if position >= 0:
                put(field, plan, r, position, place)


@inner
def _recreate(field: Field, plan: Rounds, state: Chosen) -> None:
    """Put places in until none fits, then straighten the rounds, and again if that made room."""
    if chance(state) < 0.5:
        _sown(field, plan, state)
    keen, power = _keen(field, state), 0.5 + chance(state)
    fill(field, plan, keen, power)
    before = way(field, plan)
    for r in range(len(plan.size)):
        straighten(field, plan, r)
    shift(field, plan)
    if way(field, plan) < before:
        fill(field, plan, keen, power)


@numba.njit(cache=True)
def search(field: Field, plan: Rounds, best: Rounds, turns: int, slack: float, state: Chosen, pool: IntArray) -> int:
    """
    Ruin and recreate `turns` times, changing `plan` and `best`; return how many rounds stand in `pool`.

    A plan is kept while it is worth at least 1 - `slack` of the best; rounds of plans kept are written to `pool`.
    """
    trial = Rounds(plan.stops.copy(), plan.size.copy(), plan.begin.copy(), plan.latest.copy(), plan.at.copy())
    value, length = worth(field, plan), way(field, plan)
    best_value, best_length = worth(field, best), way(field, best)
    pooled = 0
    for _ in range(turns):
        _copy(plan, trial)
        _ruin(field, trial, SHARE, state)
        _recreate(field, trial, state)
        new, new_length = worth(field, trial), way(field, trial)
        if new > value or (new == value and new_length <= length) or new >= best_value * (1.0 - slack * chance(state)):
            _copy(trial, plan)
            value, length = new, new_length
            for r in range(len(plan.size)):
                if pooled < len(pool) and value >= POOLED * best_value:
                    pool[pooled, : plan.size[r]] = plan.stops[r, : plan.size[r]]
                    pool[pooled, plan.size[r] :] = FREE
                    pooled += 1
        if new > best_value or (new == best_value and new_length < best_length):
            _copy(trial, best)
            best_value, best_length = new, new_length
    return pooled
