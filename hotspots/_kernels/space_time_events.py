"""Events in space and time in one canonical order: tile by tile, equal ones summed, whatever the order of the rows."""

from typing import Final, NamedTuple

import numpy as np
from numba import get_num_threads, njit, prange
from numpy.typing import NDArray

from geodata.cast import FloatArray, IntArray
from geodata.compiled import inner
from hotspots._kernels.settle import FEW
from hotspots._kernels.tiles import SMALL, Sheet, Tiling

CodeArray = NDArray[np.int32]

MOST_SHARES: Final = 8  # of the events, each counted apart from the others


class Times(NamedTuple):
    """
    Slices between `edges`, the inverse of their lengths, how far an event reaches in time, and its kernel.

    Of an event's mass, 1/2 + a u + b u^3 + c u^5 lies before u reaches after it, -1 <= u <= 1. The weights are
    multiplied by `scale`.
    """

    edges: FloatArray
    per_length: FloatArray
    reach: float
    a: float
    b: float
    c: float
    scale: float


def sort_events(
    x: FloatArray, y: FloatArray, t: FloatArray, weights: FloatArray, sheet: Sheet, tiles: Tiling, times: Times
) -> tuple[FloatArray, IntArray, IntArray]:
    """Return y, x, t and weight by bin in one canonical order, equal ones summed, and where bins start and stop."""
    shares = min(get_num_threads(), MOST_SHARES) if x.size > SMALL else 1
    counts = np.zeros((shares, tiles.bins + 1), dtype=np.int64)
    bins = np.empty(x.size, dtype=np.int32)
    _count(x, y, t, tiles, times, counts, bins)
    edges = np.concatenate(([0], np.cumsum(counts.sum(axis=0)[:-1])))
    places = np.cumsum(counts, axis=0) - counts
    places[:, :-1] += edges[:-1]
    events = np.empty((int(edges[-1]), 4))
    _fill(x, y, t, weights, sheet, bins, places, events)
    stop = edges[1:].copy()
    _settle(events, edges[:-1], stop)
    return events, edges[:-1], stop


@inner
def _bin(x: float, y: float, t: float, tiles: Tiling, times: Times) -> int:
    across, up = (x - tiles.west) * tiles.per_metre, (y - tiles.south) * tiles.per_metre
    inside = times.edges[0] - times.reach < t < times.edges[-1] + times.reach
    if not (inside and 0.0 <= across < tiles.across and 0.0 <= up < tiles.up):
        return tiles.across * tiles.up * tiles.slices
    column, row = int(across), int(up)
    return (row * tiles.across + column) * tiles.slices + int((up - row) * tiles.slices)


@njit(cache=True, parallel=True)
def _count(
    x: FloatArray, y: FloatArray, t: FloatArray, tiles: Tiling, times: Times, counts: IntArray, bins: CodeArray
) -> None:
    shares = counts.shape[0]
    for share in prange(shares):
        for i in range(x.size * share // shares, x.size * (share + 1) // shares):
            bins[i] = _bin(x[i], y[i], t[i], tiles, times)
            counts[share, bins[i]] += 1


@njit(cache=True, parallel=True)
def _fill(
    x: FloatArray,
    y: FloatArray,
    t: FloatArray,
    weights: FloatArray,
    sheet: Sheet,
    bins: CodeArray,
    places: IntArray,
    events: FloatArray,
) -> None:
    shares, outside = places.shape[0], places.shape[1] - 1
    for share in prange(shares):
        for i in range(x.size * share // shares, x.size * (share + 1) // shares):
            if bins[i] != outside:
                place = places[share, bins[i]]
                places[share, bins[i]] = place + 1
                _write(events, place, y[i] - sheet.south, x[i] - sheet.west, t[i], weights[i])


@njit(cache=True, parallel=True)
def _settle(events: FloatArray, start: IntArray, stop: IntArray) -> None:
    for b in prange(start.size):
        if stop[b] - start[b] > 1:
            held = events[start[b] : stop[b]]
            _sort(held)
            stop[b] = start[b] + _sum_duplicates(held)


@inner
def _write(events: FloatArray, row: int, y: float, x: float, t: float, weight: float) -> None:
    events[row, 0], events[row, 1], events[row, 2], events[row, 3] = y, x, t, weight


@inner
def _sort(events: FloatArray) -> None:
    """Shell sort of the rows: bins hold a few events."""
    gap = len(events) if len(events) > FEW else 2
    while gap > 1:
        gap = max(1, gap * 4 // 9)
        for i in range(gap, len(events)):
            y, x, t, weight = events[i, 0], events[i, 1], events[i, 2], events[i, 3]
            j = i - gap
            while j >= 0 and (y, x, t, weight) < (events[j, 0], events[j, 1], events[j, 2], events[j, 3]):
                _write(events, j + gap, events[j, 0], events[j, 1], events[j, 2], events[j, 3])
                j -= gap
            _write(events, j + gap, y, x, t, weight)


@inner
def _sum_duplicates(events: FloatArray) -> int:
    last = 0
    for i in range(1, len(events)):
        y, x, t = events[i, 0], events[i, 1], events[i, 2]
        if y == events[last, 0] and x == events[last, 1] and t == events[last, 2]:
            events[last, 3] += events[i, 3]
        else:
            last += 1
            _write(events, last, y, x, t, events[i, 3])
    return last + 1
