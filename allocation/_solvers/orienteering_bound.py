"""
A bound that no rounds exceed, by prices on places.

At prices of at least 0 the rounds together are worth no more than the prices of all places and, for each round, what
the best round earns above them [1]_. The prices come from a linear programme over the rounds met so far, smoothed
towards the best met [2]_; rounds come from walks at first, then from labels that remember their neighbourhood. Every
bound met holds, so that the search for better ones can end at any time.

References
----------
.. [1] Boussier, Feillet and Gendreau (2007). An exact algorithm for team orienteering problems. 4OR 5(3), 211-230.
.. [2] Wentges (1997). Weighted Dantzig-Wolfe decomposition for linear mixed-integer programming. International
   Transactions in Operational Research 4(2), 151-162.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from allocation._solvers.highs import Programme, columns
from allocation._solvers.orienteering_moves import Field
from allocation._solvers.orienteering_pricing import (
    NONE,
    Coarse,
    Memory,
    best_rounds,
    look_ahead,
    memory,
    relaxed_round,
)
from geodata.cast import FloatArray, IntArray

STEPS = 2000  # of time
MOST_STEPS = 12_000
REMEMBERED = 8  # neighbours
MOST_LABELS = 3_000_000
KEPT = 20  # rounds a pricing
MOST_TURNS = 400
SMOOTHING = 0.6
CLOSE = 1e-6


@dataclass
class Priced:
    """The least bound met, the prices that gave it, and the rounds met; changed in place within this module."""

    bound: float
    price: FloatArray
    met: set[tuple[int, ...]] = field(default_factory=set)
    walked: bool = False  # walks have given what they can


def knapsack(ground: Field, rounds: int) -> float:
    """Return the most that fits the time of all rounds if each place takes its least, the last in part."""
    inner = slice(1, -1)
    apart = ground.leg.astype(np.float64)
    np.fill_diagonal(apart, np.inf)
    cost = ground.service[inner] + (apart[:-1, inner].min(axis=0) + apart[inner, 1:].min(axis=1)) / 2
    prize = ground.prize[inner].astype(np.float64)
    room = rounds * float(ground.closes[-1] - ground.opens[0])
    order = np.argsort(-prize / np.maximum(cost, 1e-9), kind="stable")
    left = np.maximum(0.0, room - np.concatenate([[0.0], cost[order].cumsum()[:-1]]))
    share = np.minimum(1.0, left / np.maximum(cost[order], 1e-9))
    return float((prize[order] * share).sum())


def coarsened(ground: Field) -> Coarse | None:
    """Return the field in coarse steps, rounded down; None where places lie too close together for any."""
    whole = (ground.leg + ground.service[:, None]).astype(np.float64)
    inner = whole[1:-1, 1:-1].copy()
    np.fill_diagonal(inner, np.inf)
    last = float(ground.closes[-1])
    step = max(1.0, min(last / STEPS, float(inner.min(initial=np.inf))))
    if last / step > MOST_STEPS or inner.min(initial=np.inf) < step:
        return None
    legs = np.floor(whole / step).astype(np.int64)
    closes = np.minimum(np.floor(ground.closes / step), np.floor(last / step)).astype(np.int64)
    return Coarse(legs, np.floor(ground.opens / step).astype(np.int64), closes)


def bound_rounds(
    ground: Field, rounds: int, best: float, *, goes_on: Callable[[], bool], found: Priced | None = None
) -> Priced:
    """
    Return a bound on what `rounds` rounds are worth.

    Parameters
    ----------
    ground : the field
    rounds : how many
    best : what a plan is worth; the search ends where the bound comes near it
    goes_on : whether there is time for more
    found : where an earlier search ended, to go on from
    """
    if found is None:
        most = min(float(ground.prize[1:-1].sum()), knapsack(ground, rounds))
        singles: set[tuple[int, ...]] = {(place,) for place in range(1, len(ground.prize) - 1)}
        found = Priced(most, np.zeros(len(ground.prize)), singles)
    coarse = coarsened(ground) if len(ground.prize) > 2 and rounds else None
    if coarse is None or found.bound < best + 1.0:
        return found
    near = _near(ground)
    if not found.walked:
        found.walked = _lowered(ground, coarse, rounds, best, None, found, goes_on)
    if found.walked and found.bound >= best + 1.0 - CLOSE:
        _lowered(ground, coarse, rounds, best, memory(near), found, goes_on)
    return found


def _near(ground: Field) -> IntArray:
    """Return the nearest places of each, by legs there and back."""
    apart = (ground.leg + ground.leg.T).astype(np.float64)
    apart[:, [0, -1]] = np.inf
    np.fill_diagonal(apart, np.inf)
    nearest: IntArray = np.argsort(apart, axis=1, kind="stable")[:, : min(REMEMBERED, len(apart) - 3 or 1)]
    return nearest


def _lowered(
    ground: Field,
    coarse: Coarse,
    rounds: int,
    best: float,
    known: Memory | None,
    found: Priced,
    goes_on: Callable[[], bool],
) -> bool:
    """Lower the bound by prices as far as rounds of this kind let it; say whether it is as low, or was stopped."""
    if known is not None:  # walks that come back to a place would hold the bound up
        found.met = {stops for stops in found.met if len(set(stops)) == len(stops)}
    master = _master(ground, rounds, found.met)
    smoothing = SMOOTHING
    for _ in range(MOST_TURNS):
        answer = master.solve()
        if answer is None or found.bound - answer.value <= CLOSE * answer.value:
            return True
        if not goes_on():
            return False
        price = np.zeros(len(ground.prize))
        price[1:-1] = np.maximum(0.0, answer.prices[:-1])
        mixed = smoothing * found.price + (1 - smoothing) * price
        bound, drawn = _at(ground, coarse, rounds, mixed, float(max(0.0, answer.prices[-1])), known)
        if bound < found.bound - CLOSE:
            found.bound, found.price, smoothing = bound, mixed, SMOOTHING
            if bound < best + 1.0 - CLOSE:
                return True
        new = [stops for stops in drawn if stops and stops not in found.met]
        if not new and smoothing == 0.0:
            return True
        smoothing = smoothing if new else 0.0
        found.met.update(new)
        _add(master, ground, list(dict.fromkeys(new)))
    return True


def _at(
    ground: Field, coarse: Coarse, rounds: int, price: FloatArray, pays: float, known: Memory | None
) -> tuple[float, list[tuple[int, ...]]]:
    """Return the bound at these prices, and rounds that pay more than `pays`."""
    prize = ground.prize - price
    ahead = look_ahead(coarse, prize)
    most = max(0.0, float(ahead[0][0, coarse.opens[0]]))
    drawn = [tuple(relaxed_round(coarse, prize, ahead).tolist())]
    if known is not None and most > pays:
        most, table = best_rounds(coarse, prize, ahead, known, pays, MOST_LABELS, KEPT)
        drawn = [tuple(row[row != NONE].tolist()) for row in table]
    return float(price.sum()) + rounds * most, drawn


def _master(ground: Field, rounds: int, met: set[tuple[int, ...]]) -> Programme:
    """Return the linear programme: (1) each place once at most, (2) `rounds` rounds at most."""
    places = len(ground.prize) - 2
    rows = places + 1
    master = Programme(np.full(rows, -np.inf), np.concatenate([np.ones(places), [float(rounds)]]))
    _add(master, ground, sorted(met))
    return master


def _add(master: Programme, ground: Field, drawn: list[tuple[int, ...]]) -> None:
    if not drawn:
        return
    last = len(ground.prize) - 2
    worth = np.array([float(ground.prize[list(stops)].sum()) for stops in drawn])
    entries = [{place - 1: float(stops.count(place)) for place in stops} | {last: 1.0} for stops in drawn]
    master.add(columns(worth, np.full(len(drawn), np.inf), entries))
