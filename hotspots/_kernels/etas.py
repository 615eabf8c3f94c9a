"""Pairs of events near each other in space and time, and what a self-exciting process makes of them."""

import math
from collections.abc import Callable
from typing import Final, NamedTuple

import numpy as np
from numba import njit, prange
from numpy.typing import NDArray

from geodata.cast import BoolArray, FloatArray, IntArray
from geodata.compiled import inner

ShortArray = NDArray[np.float32]

FEW: Final = 300_000  # pairs; below this waking a second thread costs more than it saves
FEW_EVENTS: Final = 20_000
FAR: Final = 32.0  # what is fainter than exp(-32), a hundred-million-millionth, adds nothing


class Pairs(NamedTuple):
    """Earlier events within reach; those of the jth event asked are `first[j]` up to `first[j + 1]`."""

    first: IntArray
    days: ShortArray  # between the two
    squared: ShortArray  # square metres of the distance


class Parameters(NamedTuple):
    """Offspring of one event, decay a day, and square metres of the spread along either axis."""

    theta: float
    omega: float
    spread: float


class Placed(NamedTuple):
    """Events in squares as wide as the reach, by time; square s, row by row, holds `first[s]` up to `first[s + 1]`."""

    x: FloatArray
    y: FloatArray
    time: FloatArray
    first: IntArray
    columns: int
    rows: int
    asked: BoolArray  # what came before them


def earlier(events: Placed, reach: float, days: float) -> IntArray:
    """Return for each event asked how many came before it within `reach` and `days`; 0 for the others."""
    counts = np.zeros(events.x.size + 1, dtype=np.int64)
    none = np.empty(0, dtype=np.float32)
    _pairing(events)(events, reach, days, counts, Pairs(counts, none, none), False)
    return counts[1:]


def pairs_of(events: Placed, reach: float, days: float) -> Pairs:
    """Return for each event asked, in their order, its pairs with the earlier ones within `reach` and `days`."""
    first = np.append(0, np.cumsum(earlier(events, reach, days)))
    found = Pairs(first, np.empty(first[-1], dtype=np.float32), np.empty(first[-1], dtype=np.float32))
    _pairing(events)(events, reach, days, np.empty(first.size, dtype=np.int64), found, True)
    return found._replace(first=np.append(0, first[1:][events.asked]))


def _pairing(events: Placed) -> Callable[..., None]:
    return _pair_many if events.x.size > FEW_EVENTS else _pair_few


@inner
def _search(time: FloatArray, low: int, high: int, value: float) -> int:
    while low < high:
        middle = (low + high) // 2
        if time[middle] < value:
            low = middle + 1
        else:
            high = middle
    return low


@njit(cache=True, parallel=True)
def _pair_many(events: Placed, reach: float, days: float, counts: IntArray, found: Pairs, filling: bool) -> None:
    for square in prange(events.first.size - 1):
        _pair_square(events, square, reach, days, counts, found, filling)


@njit(cache=True)
def _pair_few(events: Placed, reach: float, days: float, counts: IntArray, found: Pairs, filling: bool) -> None:
    for square in range(events.first.size - 1):
        _pair_square(events, square, reach, days, counts, found, filling)


@inner
def _pair_square(
    events: Placed, square: int, reach: float, days: float, counts: IntArray, found: Pairs, filling: bool
) -> None:
    for j in range(events.first[square], events.first[square + 1]):
        if events.asked[j]:
            counts[j + 1] = _earlier(events, square, j, reach, days, found, filling)


@inner
def _earlier(events: Placed, square: int, j: int, reach: float, days: float, found: Pairs, filling: bool) -> int:
    """Return how many events came before event j within reach of it, and write them down where asked to."""
    x, y, time = events.x, events.y, events.time
    row, column = square // events.columns, square % events.columns
    held = 0
    for up in range(max(0, row - 1), min(events.rows, row + 2)):
        for across in range(max(0, column - 1), min(events.columns, column + 2)):
            other = up * events.columns + across
            stop = events.first[other + 1]
            i = _search(time, events.first[other], stop, time[j] - days)
            while i < stop and time[i] < time[j]:
                squared = (x[i] - x[j]) ** 2 + (y[i] - y[j]) ** 2
                if squared <= reach * reach:
                    if filling:
                        found.days[found.first[j] + held] = time[j] - time[i]
                        found.squared[found.first[j] + held] = squared
                    held += 1
                i += 1
    return held


def excitation(pairs: Pairs, given: Parameters) -> FloatArray:
    """Return by event what earlier ones add to its rate (a day and square metre), and that times their days and d^2."""
    sums = np.zeros((3, pairs.first.size - 1))
    (_excite_many if pairs.days.size > FEW else _excite_few)(pairs, given, sums)
    return sums


@njit(cache=True, parallel=True)
def _excite_many(pairs: Pairs, given: Parameters, sums: FloatArray) -> None:
    for j in prange(sums.shape[1]):
        _excite(pairs, given, sums, j)


@njit(cache=True)
def _excite_few(pairs: Pairs, given: Parameters, sums: FloatArray) -> None:
    for j in range(sums.shape[1]):
        _excite(pairs, given, sums, j)


@inner
def _excite(pairs: Pairs, given: Parameters, sums: FloatArray, j: int) -> None:
    height = given.theta * given.omega / (2.0 * math.pi * given.spread)
    per, rate, waited, apart = 0.5 / given.spread, 0.0, 0.0, 0.0
    for i in range(pairs.first[j], pairs.first[j + 1]):
        days, squared = float(pairs.days[i]), float(pairs.squared[i])
        fall = given.omega * days + per * squared
        if fall < FAR:
            part = math.exp(-fall)
            rate += part
            waited += part * days
            apart += part * squared
    sums[0, j], sums[1, j], sums[2, j] = height * rate, height * waited, height * apart


@njit(cache=True)
def spread_over_cells(
    x: FloatArray, y: FloatArray, weights: FloatArray, deviation: float, reach: float, surface: FloatArray
) -> None:
    """Add to rows x columns of unit cells what of each weight, spread as a Gaussian, falls into them; all in cells."""
    rows, columns = surface.shape
    span = math.ceil(reach)
    across = np.empty(2 * span + 1)
    scale = 1.0 / (deviation * math.sqrt(2.0))
    for i in range(x.size):
        west, south = math.floor(x[i]) - span, math.floor(y[i]) - span
        for j in range(across.size):
            across[j] = _between(west + j - x[i], scale)
        for k in range(across.size):
            row = south + k
            if 0 <= row < rows:
                part = weights[i] * _between(row - y[i], scale)
                for j in range(max(0, -west), min(across.size, columns - west)):
                    surface[row, west + j] += part * across[j]


@inner
def _between(low: float, scale: float) -> float:
    """Return the share of a Gaussian about 0 between `low` and `low` + 1."""
    return 0.5 * (math.erf((low + 1.0) * scale) - math.erf(low * scale))


@njit(cache=True)
def held_at(moments: FloatArray, time: FloatArray, omega: float) -> FloatArray:
    """Return the sum of exp(-omega (moment - t)) over earlier events at each moment; both in order of time."""
    found = np.zeros(moments.size)
    held, last, i = 0.0, 0.0, 0
    for k in range(moments.size):
        while i < time.size and time[i] < moments[k]:
            held = held * math.exp(-omega * (time[i] - last)) + 1.0
            last = time[i]
            i += 1
        found[k] = held * math.exp(-omega * (moments[k] - last)) if i > 0 else 0.0
    return found


def in_squares(
    x: FloatArray, y: FloatArray, time: FloatArray, sheet: tuple[float, float, float, float], reach: float
) -> tuple[IntArray, Placed]:
    """Return the order of events by square and time, and the events in it, over a sheet: west, south, east, north."""
    west, south, east, north = sheet
    columns, rows = int((east - west) // reach) + 1, int((north - south) // reach) + 1
    square = (((y - south) // reach) * columns + (x - west) // reach).astype(np.int64)
    order = np.lexsort((y, x, time, square)).astype(np.int64)
    first = np.searchsorted(square[order], np.arange(rows * columns + 1))
    asked = np.ones(order.size, dtype=np.bool_)
    return order, Placed(x[order], y[order], time[order], first, columns, rows, asked)
