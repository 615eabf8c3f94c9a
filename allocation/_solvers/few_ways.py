"""
Patrols worth most at given prices, looked for among the few best ways to each minute and place.

A way is real: it keeps the gap to its own visits, and visits a place as often as is wanted at most. What is best need
not be found, since few ways are kept.
"""

import numba
import numpy as np
import numpy.typing as npt

from allocation._solvers.dominance import Walks
from geodata.cast import FloatArray, IntArray
from geodata.compiled import inner

Ends = npt.NDArray[np.int32]
NONE = -1
WIDTH = 3  # ways kept at each minute and place


@inner
def _stops(before: Ends, way: int, places: IntArray, ends: IntArray) -> int:
    """Write the places and ends of the visits of a way, the last first; return how many there are."""
    n, width = before.shape[1:]
    many = 0
    while way != NONE:
        minute, place = way // width // n, way // width % n
        places[many], ends[many] = place, minute
        many, way = many + 1, before[minute, place, way % width]
    return many


@inner
def _put(worth: FloatArray, before: Ends, end: int, place: int, value: float, way: int) -> None:
    """Keep a way in the place of the one worth least, if it is worth more."""
    low = worth[end, place].argmin()
    if value > worth[end, place, low]:
        worth[end, place, low], before[end, place, low] = value, way


@numba.njit(cache=True)
def few_ways(
    walks: Walks, prize: FloatArray, wanted: IntArray, near: IntArray, floor: float, keep: int
) -> tuple[FloatArray, IntArray, Ends]:
    """
    Return the worth of the `keep` best ways above `floor`, their numbers (NONE: none), and the table of ways.

    `prize` is of a visit, `wanted` how many there may be, and `near` the places that one may go on to, by place.
    """
    n, minutes = len(prize), walks.minutes
    worth = np.full((minutes + 1, n, WIDTH), -np.inf)
    before = np.full((minutes + 1, n, WIDTH), NONE, np.int32)
    seen = np.full((n, 2), -np.inf)  # the best of earlier minutes: what is worth less than both is not followed
    top, found = np.full(keep, floor), np.full(keep, NONE, np.int64)
    places, ends = np.empty(minutes + 2, np.int64), np.empty(minutes + 2, np.int64)
    for h in range(n):
        end = walks.out[h] + walks.dwell[h]
        if prize[h] > 0.0 and wanted[h] and end + walks.out[h] <= minutes:
            worth[end, h, 0] = prize[h]
    for t in range(minutes + 1):
        for h in range(n):
            for k in range(WIDTH):
                value = worth[t, h, k]
                if value <= seen[h, 1]:
                    continue
                seen[h, 0], seen[h, 1] = max(value, seen[h, 0]), min(value, seen[h, 0])
                way, low = (t * n + h) * WIDTH + k, top.argmin()
                if value > top[low]:
                    top[low], found[low] = value, way
                many = _stops(before, way, places, ends)
                for j in near[h]:
                    nth, start = 0, t + (walks.legs[h, j] if j != h else 0)
                    for m in range(many):
                        if places[m] == j:
                            start = max(start, ends[m] + walks.gap) if nth == 0 else start
                            nth += 1
                    end = start + walks.dwell[j]
                    if nth < wanted[j] and end + walks.out[j] <= minutes and value + prize[j] > seen[j, 1]:
                        _put(worth, before, end, j, value + prize[j], way)
    return top, found, before


@numba.njit(cache=True)
def traced(before: Ends, way: int) -> tuple[IntArray, IntArray]:
    """Return the places of a way in order, and the minutes since leaving at which the visits end."""
    places, ends = np.empty(len(before) + 1, np.int64), np.empty(len(before) + 1, np.int64)
    many = _stops(before, way, places, ends)
    return places[:many][::-1].copy(), ends[:many][::-1].copy()


def onward(between: IntArray, most: int) -> IntArray:
    """Return each place and its nearest others, `most` in all."""
    apart = between.copy()
    np.fill_diagonal(apart, -1)
    return np.ascontiguousarray(np.argsort(apart, axis=1, kind="stable")[:, :most])
