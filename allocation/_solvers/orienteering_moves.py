"""
Rounds of an orienteering plan: places put in where they pay for their time, taken out again, and put in better order.

A plan is `stops[round, position]` from the start to the end, `size[round]` stops each; `begin` is when each stop's
service begins and `latest` when it could begin without making a later one late, so that whether a place fits between
two stops is known at once [1]_.

References
----------
.. [1] Vansteenwegen, Souffriau, Vanden Berghe and Van Oudheusden (2009). Iterated local search for the team
   orienteering problem with time windows. Computers and Operations Research 36(12), 3281-3290.
"""

from typing import NamedTuple

import numba
import numpy as np
import numpy.typing as npt

from geodata.cast import BoolArray, FloatArray, IntArray
from geodata.compiled import inner

FREE = -1


class Field(NamedTuple):
    """Legs, service, opening and closing by place, in whole steps of time; prizes. The first and last are the ends."""

    leg: IntArray
    service: IntArray
    opens: IntArray
    closes: IntArray
    prize: IntArray


class Rounds(NamedTuple):
    """The stops of each round and how many, when they begin, how late they could, and each place's round or FREE."""

    stops: IntArray
    size: IntArray
    begin: IntArray
    latest: IntArray
    at: IntArray


@numba.njit(cache=True)
def blank(field: Field, rounds: int) -> Rounds:
    """Return rounds that go from the start to the end at once."""
    n = len(field.prize)
    plan = Rounds(
        np.zeros((rounds, n), np.int64),
        np.full(rounds, 2, np.int64),
        np.zeros((rounds, n), np.int64),
        np.zeros((rounds, n), np.int64),
        np.full(n, FREE, np.int64),
    )
    for r in range(rounds):
        plan.stops[r, 1] = n - 1
        timed(field, plan, r)
    return plan


@numba.njit(cache=True)
def timed(field: Field, plan: Rounds, r: int) -> bool:
    """Write when the stops of a round begin and how late they could; say whether none is late."""
    stops, size, begin, latest = plan.stops[r], plan.size[r], plan.begin[r], plan.latest[r]
    begin[0] = field.opens[stops[0]]
    kept = True
    for k in range(1, size):
        before, here = stops[k - 1], stops[k]
        begin[k] = max(field.opens[here], begin[k - 1] + field.service[before] + field.leg[before, here])
        kept = kept and begin[k] <= field.closes[here]
    latest[size - 1] = field.closes[stops[size - 1]]
    for k in range(size - 2, -1, -1):
        here, after = stops[k], stops[k + 1]
        latest[k] = min(field.closes[here], latest[k + 1] - field.leg[here, after] - field.service[here])
    return kept


@inner
def cheapest(field: Field, plan: Rounds, r: int, place: int) -> tuple[int, int]:
    """Return the least time that a place adds to a round and its position there, or -1, -1 where it does not fit."""
    best, position = -1, -1
    stops, begin, latest = plan.stops[r], plan.begin[r], plan.latest[r]
    for k in range(1, plan.size[r]):
        before, after = stops[k - 1], stops[k]
        start = begin[k - 1] + field.service[before] + field.leg[before, place]
        if start > field.closes[place]:
            if field.opens[place] <= begin[k - 1]:
                break
            continue
        start = max(start, field.opens[place])
        there = start + field.service[place] + field.leg[place, after]
        if there > latest[k]:
            continue
        detour = field.leg[before, place] + field.leg[place, after] - field.leg[before, after]
        extra = max(there - begin[k], 0) + max(detour, 0)  # rounded legs can break the triangle
        if position < 0 or extra < best:
            best, position = extra, k
    return best, position


@numba.njit(cache=True)
def put(field: Field, plan: Rounds, r: int, position: int, place: int) -> None:
    """Put a place into a round."""
    for k in range(plan.size[r], position, -1):
        plan.stops[r, k] = plan.stops[r, k - 1]
    plan.stops[r, position] = place
    plan.size[r] += 1
    plan.at[place] = r
    timed(field, plan, r)


@numba.njit(cache=True)
def take(field: Field, plan: Rounds, gone: BoolArray) -> None:
    """Take the places `gone` out of all rounds."""
    for r in range(len(plan.size)):
        kept = 0
        for k in range(plan.size[r]):
            place = plan.stops[r, k]
            if gone[place]:
                plan.at[place] = FREE
            else:
                plan.stops[r, kept] = place
                kept += 1
        if kept < plan.size[r]:
            plan.size[r] = kept
            timed(field, plan, r)


@numba.njit(cache=True)
def fill(field: Field, plan: Rounds, keen: FloatArray, power: float) -> None:
    """Put places in until none fits, the one with most of `keen` for its extra time (to a power) first."""
    n, rounds = len(field.prize), len(plan.size)
    extra = np.full((n, rounds), -1, np.int64)
    where = np.full((n, rounds), -1, np.int64)
    open_ = np.flatnonzero((plan.at == FREE) & (keen > 0))
    for place in open_:
        for r in range(rounds):
            extra[place, r], where[place, r] = cheapest(field, plan, r, int(place))
    while True:
        best, chosen, at = -1.0, -1, -1
        for place in open_:
            if plan.at[place] != FREE:
                continue
            for r in range(rounds):
                if where[place, r] >= 0:
                    rate = keen[place] / (extra[place, r] + 1.0) ** power
                    if rate > best:
                        best, chosen, at = rate, int(place), r
        if chosen < 0:
            return
        put(field, plan, at, where[chosen, at], chosen)
        for place in open_:
            if plan.at[place] == FREE and where[place, at] >= 0:  # what did not fit does not fit a fuller round
                extra[place, at], where[place, at] = cheapest(field, plan, at, int(place))


@inner
def _reverse(stops: IntArray, i: int, j: int) -> None:
    while i < j:
        stops[i], stops[j] = stops[j], stops[i]
        i, j = i + 1, j - 1


@inner
def _turned(field: Field, plan: Rounds, r: int, i: int, j: int) -> bool:
    """Turn the stops i to j of a round about, and back again if one is late or nothing is saved."""
    stops, size = plan.stops[r], plan.size[r]
    end = plan.begin[r, size - 1]
    _reverse(stops, i, j)
    if timed(field, plan, r) and plan.begin[r, size - 1] <= end:
        return True
    _reverse(stops, i, j)
    timed(field, plan, r)
    return False


@inner
def straighten(field: Field, plan: Rounds, r: int) -> None:
    """Turn parts of a round about while that shortens it."""
    leg, stops = field.leg, plan.stops[r]
    found = True
    while found:
        found = False
        for i in range(1, plan.size[r] - 2):
            for j in range(i + 1, plan.size[r] - 1):
                a, b, c, d = stops[i - 1], stops[i], stops[j], stops[j + 1]
                if leg[a, c] + leg[b, d] < leg[a, b] + leg[c, d] and _turned(field, plan, r, i, j):
                    found = True


@numba.njit(cache=True)
def shift(field: Field, plan: Rounds) -> bool:
    """Move single stops to where, in any round, they take less of the way; say whether one was moved."""
    leg, moved = field.leg, False
    gone = np.zeros(len(field.prize), np.bool_)
    for place in range(1, len(field.prize) - 1):
        r = plan.at[place]
        if r == FREE:
            continue
        k = 1
        while plan.stops[r, k] != place:
            k += 1
        before, after = plan.stops[r, k - 1], plan.stops[r, k + 1]
        saved = leg[before, place] + leg[place, after] - leg[before, after]
        gone[place] = True
        take(field, plan, gone)
        gone[place] = False
        best, to, position = saved, r, k
        for other in range(len(plan.size)):
            extra, there = _nearest_gap(field, plan, other, place)
            if there >= 0 and extra < best:
                best, to, position = extra, other, there
        put(field, plan, to, position, place)
        moved = moved or best < saved
    return moved


@inner
def _nearest_gap(field: Field, plan: Rounds, r: int, place: int) -> tuple[int, int]:
    """Return the least way that a place adds to a round and its position there, or -1, -1 where it does not fit."""
    best, position = -1, -1
    for k in range(1, plan.size[r]):
        before, after = plan.stops[r, k - 1], plan.stops[r, k]
        extra = field.leg[before, place] + field.leg[place, after] - field.leg[before, after]
        if position >= 0 and extra >= best:
            continue
        start = plan.begin[r, k - 1] + field.service[before] + field.leg[before, place]
        if start > field.closes[place]:
            continue
        start = max(start, field.opens[place])
        if start + field.service[place] + field.leg[place, after] <= plan.latest[r, k]:
            best, position = extra, k
    return best, position


Chosen = npt.NDArray[np.uint64]


@numba.njit(cache=True)
def chance(state: Chosen) -> float:
    """Return a number from 0 to 1 and move the state on (splitmix64)."""
    state[0] += np.uint64(0x9E3779B97F4A7C15)
    z = state[0]
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    z = z ^ (z >> np.uint64(31))
    return float(z >> np.uint64(11)) / 9007199254740992.0
