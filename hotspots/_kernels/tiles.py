"""Weighted points in one canonical order: tile by tile, co-located ones summed, whatever the order of the rows."""

from typing import Final, NamedTuple

import numpy as np
from numba import get_num_threads, njit, prange
from numpy.typing import NDArray

from geodata.cast import FloatArray, IntArray

CodeArray = NDArray[np.int32]

SMALLEST_TILE: Final = 16  # cells; smaller tiles cost more to keep than they save
POINTS_A_BIN: Final = 4  # on average; fewer cost more to count, more cost longer to sort
FEW: Final = 12  # points that are inserted one by one rather than sorted in widening steps
TINY: Final = 1e-300  # metres: all points in one row need no strips
SMALL: Final = 20_000  # points; below this a second thread costs more than it saves
MOST_SHARES: Final = 8  # each share keeps a count for every bin


class Sheet(NamedTuple):
    """The grid to write on, and how far one point reaches; metres and numbers of cells."""

    west: float
    south: float
    cell: float
    columns: int
    rows: int
    reach: float


class Tiling(NamedTuple):
    """Square tiles over a sheet and the margin its points may lie in, each cut into slices from south to north."""

    west: float
    south: float
    per_metre: float
    across: int
    up: int
    slices: int

    @property
    def bins(self) -> int:
        """The number of slices of all tiles."""
        return self.across * self.up * self.slices


class Tiles(NamedTuple):
    """Rows of y, x (metres from the sheet's corner) and weight; bin b holds rows `start[b]` up to `stop[b]`."""

    points: FloatArray
    start: IntArray
    stop: IntArray


def tiling(sheet: Sheet, points: int) -> Tiling:
    """Return tiles so wide that points two bands of tiles apart never reach one row of cells."""
    side = max(2.0 * sheet.reach + 2.0 * sheet.cell, SMALLEST_TILE * sheet.cell)
    across = int((sheet.columns * sheet.cell + 2.0 * sheet.reach) // side) + 1
    up = int((sheet.rows * sheet.cell + 2.0 * sheet.reach) // side) + 1
    slices = max(1, points // (POINTS_A_BIN * across * up))
    return Tiling(sheet.west - sheet.reach, sheet.south - sheet.reach, 1.0 / side, across, up, slices)


def sort_into_tiles(x: FloatArray, y: FloatArray, weights: FloatArray, sheet: Sheet, tiles: Tiling) -> Tiles:
    """Return the points within reach of the sheet by bin, inside a bin by y, x and weight, co-located ones summed."""
    shares = min(get_num_threads(), MOST_SHARES) if x.size > SMALL else 1
    places = np.zeros((shares, tiles.bins + 1), dtype=np.int64)
    bins = np.empty(x.size, dtype=np.int32)
    _count(x, y, tiles, places, bins)
    edges = np.concatenate(([0], np.cumsum(places.sum(axis=0)[:-1])))
    _turn_into_places(places, edges)
    points = np.empty((int(edges[-1]), 3))
    _fill(x, y, weights, sheet, bins, places, points)
    stop = edges[1:].copy()
    _settle(points, edges[:-1], stop, shares)
    return Tiles(points, edges[:-1], stop)


@njit(cache=True)
def _bin(x: float, y: float, tiles: Tiling) -> int:
    across, up = (x - tiles.west) * tiles.per_metre, (y - tiles.south) * tiles.per_metre
    if not (0.0 <= across < tiles.across and 0.0 <= up < tiles.up):
        return tiles.across * tiles.up * tiles.slices
    column, row = int(across), int(up)
    return (row * tiles.across + column) * tiles.slices + int((up - row) * tiles.slices)


@njit(cache=True, parallel=True)
def _count(x: FloatArray, y: FloatArray, tiles: Tiling, counts: IntArray, bins: CodeArray) -> None:
    shares = counts.shape[0]
    for share in prange(shares):
        for i in range(x.size * share // shares, x.size * (share + 1) // shares):
            b = _bin(x[i], y[i], tiles)
            bins[i] = b
            counts[share, b] += 1


@njit(cache=True)
def _turn_into_places(counts: IntArray, edges: IntArray) -> None:
    """Replace the points counted per share and bin by the row where the first of them goes."""
    for b in range(edges.size - 1):
        place = edges[b]
        for share in range(counts.shape[0]):
            held = counts[share, b]
            counts[share, b] = place
            place += held


@njit(cache=True, parallel=True)
def _fill(
    x: FloatArray,
    y: FloatArray,
    weights: FloatArray,
    sheet: Sheet,
    bins: CodeArray,
    places: IntArray,
    points: FloatArray,
) -> None:
    # Rows of three rather than three arrays: one cache line a point, half the time.
    shares, outside = places.shape[0], places.shape[1] - 1
    for share in prange(shares):
        for i in range(x.size * share // shares, x.size * (share + 1) // shares):
            b = bins[i]
            if b != outside:
                place = places[share, b]
                places[share, b] = place + 1
                points[place, 0] = y[i] - sheet.south
                points[place, 1] = x[i] - sheet.west
                points[place, 2] = weights[i]


@njit(cache=True, parallel=True)
def _settle(points: FloatArray, start: IntArray, stop: IntArray, hands: int) -> None:
    # Bins are dealt out in turn: full ones lie side by side, and one thread would get them all.
    for hand in prange(hands):
        for b in range(hand, start.size, hands):
            if stop[b] - start[b] > 1:
                held = points[start[b] : stop[b]]
                if len(held) > FEW:
                    _part(held)
                else:
                    _sort(held)
                stop[b] = start[b] + _sum_duplicates(held)


@njit(cache=True)
def _part(points: FloatArray) -> None:
    """Sort the rows by way of as many strips from south to north: most then hold a point or two."""
    size = len(points)
    low, high = points[0, 0], points[0, 0]
    for i in range(size):
        low, high = min(low, points[i, 0]), max(high, points[i, 0])
    per_metre = (size - 1) / max(high - low, TINY)
    strips = np.empty(size, dtype=np.int32)
    first = np.zeros(size + 1, dtype=np.int32)
    for i in range(size):
        strips[i] = int((points[i, 0] - low) * per_metre)
        first[strips[i] + 1] += 1
    for strip in range(size):
        first[strip + 1] += first[strip]
    place, before = first[:-1].copy(), points.copy()
    for i in range(size):
        to = place[strips[i]]
        place[strips[i]] = to + 1
        _write(points, to, before[i, 0], before[i, 1], before[i, 2])
    for strip in range(size):
        if first[strip + 1] - first[strip] > FEW:
            _sort(points[first[strip] : first[strip + 1]])
    _insert(points)


@njit(cache=True)
def _insert(points: FloatArray) -> None:
    """Put each row in its place among those before it: one step where they are nearly sorted."""
    for i in range(1, len(points)):
        y, x, weight = points[i, 0], points[i, 1], points[i, 2]
        j = i - 1
        while j >= 0 and not points[j, 0] < y and (y, x, weight) < (points[j, 0], points[j, 1], points[j, 2]):
            _write(points, j + 1, points[j, 0], points[j, 1], points[j, 2])
            j -= 1
        if j < i - 1:
            _write(points, j + 1, y, x, weight)


@njit(cache=True)
def _write(points: FloatArray, row: int, y: float, x: float, weight: float) -> None:
    # Number by number: assigning a row as a slice doubled the time of the whole sort.
    points[row, 0], points[row, 1], points[row, 2] = y, x, weight


@njit(cache=True)
def _sort(points: FloatArray) -> None:
    """Shell sort of the rows: bins hold a few points, and thousands on one spot need no moves."""
    gap = len(points) if len(points) > FEW else 2
    while gap > 1:
        gap = max(1, gap * 4 // 9)
        for i in range(gap, len(points)):
            y, x, weight = points[i, 0], points[i, 1], points[i, 2]
            j = i - gap
            while j >= 0 and (y, x, weight) < (points[j, 0], points[j, 1], points[j, 2]):
                _write(points, j + gap, points[j, 0], points[j, 1], points[j, 2])
                j -= gap
            _write(points, j + gap, y, x, weight)


@njit(cache=True)
def _sum_duplicates(points: FloatArray) -> int:
    last = 0
    for i in range(1, len(points)):
        if points[i, 0] == points[last, 0] and points[i, 1] == points[last, 1]:
            points[last, 2] += points[i, 2]
        else:
            last += 1
            if last < i:
                _write(points, last, points[i, 0], points[i, 1], points[i, 2])
    return last + 1
