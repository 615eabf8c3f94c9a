"""Points of one bin in their one order, co-located ones summed: on a tray that stays in the cache."""

from typing import Final, NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from geodata.cast import FloatArray
from geodata.compiled import inner

CodeArray = NDArray[np.uint32]  # unsigned: a signed index is tested for being below 0 each time

FEW: Final = 12  # points that are inserted one by one rather than sorted in widening steps
TINY: Final = 1e-300  # metres: all points in one column need no strips


class Tray(NamedTuple):
    """Room for the points of a bin in three columns, and for sorting them."""

    y: FloatArray
    x: FloatArray
    weight: FloatArray
    strip: CodeArray
    place: CodeArray


@njit(cache=True)
def tray_for(most: int) -> Tray:
    """Return a tray for bins of at most so many points."""
    columns = np.empty((3, most))
    strip, place = np.empty(most, dtype=np.uint32), np.empty(2 * most + 1, dtype=np.uint32)
    return Tray(columns[0], columns[1], columns[2], strip, place)


@inner
def settle(points: FloatArray, each: float, tray: Tray) -> int:
    """
    Lay the points out by x, y and weight, sum those that are co-located, and return how many are left.

    `points` are rows of y, x and weight, or of y and x where all weigh `each`.
    """
    size = len(points)
    if size == 0:
        return 0
    strips, fullest = _strips(points, tray)
    _lay_out(points, each, tray)
    begin = 0
    for strip in range(strips if fullest > FEW else 0):
        end = int(tray.place[strip])
        if end - begin > FEW:
            _sort(tray, begin, end)
        begin = end
    return _sum_duplicates(tray, size) if _insert(tray, size) else size


@inner
def _strips(points: FloatArray, tray: Tray) -> tuple[int, int]:
    """Give each point its strip from west to east, twice as many as points; return their number and the most in one."""
    size = len(points)
    low, high = _extent(points)
    strips = 2 * size
    per_metre = (strips - 1) / max(high - low, TINY)
    strip, place = tray.strip, tray.place
    place[: strips + 1] = 0
    for i in range(size):
        s = np.uint32((points[i, 1] - low) * per_metre)
        strip[i] = s
        place[s + np.uint32(1)] += np.uint32(1)
    total, fullest = 0, int(place[strips])
    for i in range(strips):
        held = int(place[i])
        fullest = max(fullest, held)
        total += held
        place[i] = total
    return strips, fullest


@inner
def _extent(points: FloatArray) -> tuple[float, float]:
    """Return the least and the greatest x."""
    low, high = points[0, 1], points[0, 1]
    for i in range(0, len(points) - 3, 4):  # by fours: one after the other, each waits for the one before
        a, b, c, d = points[i, 1], points[i + 1, 1], points[i + 2, 1], points[i + 3, 1]
        low, high = min(low, min(min(a, b), min(c, d))), max(high, max(max(a, b), max(c, d)))
    for i in range(len(points) // 4 * 4, len(points)):
        low, high = min(low, points[i, 1]), max(high, points[i, 1])
    return low, high


@inner
def _lay_out(points: FloatArray, each: float, tray: Tray) -> None:
    y, x, weight, strip, place = tray
    weighted = points.shape[1] == 3
    for i in range(len(points)):
        s = strip[i]
        to = place[s]
        place[s] = to + np.uint32(1)
        y[to], x[to], weight[to] = points[i, 0], points[i, 1], points[i, 2] if weighted else each


@inner
def _insert(tray: Tray, size: int) -> bool:
    """Put each point in its place among those before it, mostly one step; return whether any share a column."""
    level = False
    for i in range(1, size):
        x = tray.x[i]
        if not tray.x[i - 1] < x:
            y, weight = tray.y[i], tray.weight[i]
            j = i - 1
            while j >= 0 and (x, y, weight) < (tray.x[j], tray.y[j], tray.weight[j]):
                tray.y[j + 1], tray.x[j + 1], tray.weight[j + 1] = tray.y[j], tray.x[j], tray.weight[j]
                j -= 1
            tray.y[j + 1], tray.x[j + 1], tray.weight[j + 1] = y, x, weight
            level |= j >= 0 and tray.x[j] == x
    return level


@inner
def _sort(tray: Tray, begin: int, end: int) -> None:
    """Shell sort: a strip holds a few points, and thousands on one spot need no moves."""
    gap = end - begin
    while gap > 1:
        gap = max(1, gap * 4 // 9)
        for i in range(begin + gap, end):
            y, x, weight = tray.y[i], tray.x[i], tray.weight[i]
            j = i - gap
            while j >= begin and (x, y, weight) < (tray.x[j], tray.y[j], tray.weight[j]):
                tray.y[j + gap], tray.x[j + gap], tray.weight[j + gap] = tray.y[j], tray.x[j], tray.weight[j]
                j -= gap
            tray.y[j + gap], tray.x[j + gap], tray.weight[j + gap] = y, x, weight


@inner
def _sum_duplicates(tray: Tray, size: int) -> int:
    y, x, weight = tray.y, tray.x, tray.weight
    last = 0
    for i in range(1, size):
        if y[i] == y[last] and x[i] == x[last]:
            weight[last] += weight[i]
        else:
            last += 1
            y[last], x[last], weight[last] = y[i], x[i], weight[i]
    return last + 1
