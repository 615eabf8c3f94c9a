"""Weighted points in one canonical order: tile by tile, co-located ones summed, whatever the order of the rows."""

from typing import Final, NamedTuple

import numpy as np
from numba import get_num_threads, njit, prange

from geodata.cast import FloatArray, IntArray
from geodata.compiled import inner
from hotspots._kernels.settle import CodeArray, settle, tray_for

SMALLEST_TILE: Final = 16  # cells; smaller tiles cost more to keep than they save
POINTS_A_BIN: Final = 4  # on average; fewer cost more to count, more cost longer to sort
SMALL: Final = 20_000  # points; below this a second thread costs more than it saves
IN_CACHE: Final = 4_096  # points whose bins are found before they are counted
MOST_SHARES: Final = 8  # each share keeps a count for every bin


class Sheet(NamedTuple):
    """The grid to write on, and how far one point reaches; metres and numbers of cells."""

    west: float
    south: float
    cell: float
    columns: int
    rows: int
    reach: float


class Part(NamedTuple):
    """The rows and the columns of a sheet that are asked for."""

    row: int
    column: int
    rows: int
    columns: int


class Tiling(NamedTuple):
    """
    Square tiles over a sheet and the margin its points may lie in, each cut into slices from south to north.

    Of `row` and `column` is the first of them, counted from `south` and `west`.
    """

    west: float
    south: float
    per_metre: float
    across: int
    up: int
    slices: int
    row: int = 0
    column: int = 0

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


def whole_of(sheet: Sheet) -> Part:
    """Return all of a sheet as a part of it."""
    return Part(0, 0, sheet.rows, sheet.columns)


def tiles_about(part: Part, sheet: Sheet) -> Tiling:
    """Return, uncut, those tiles of a sheet whose points may reach a part of it."""
    tiles = tiling(sheet, 0)
    row, up = _span(part.row, part.rows, sheet, tiles.per_metre, tiles.up)
    column, across = _span(part.column, part.columns, sheet, tiles.per_metre, tiles.across)
    return tiles._replace(across=across, up=up, row=row, column=column)


def _span(first: int, cells: int, sheet: Sheet, per_metre: float, most: int) -> tuple[int, int]:
    """Return the first tile along an axis and how many there are: the margin is twice the reach before a tile's row."""
    low = int(first * sheet.cell * per_metre)
    high = int(((first + cells) * sheet.cell + 2.0 * sheet.reach) * per_metre) + 1
    return low, min(high, most) - low


def sort_into_tiles(x: FloatArray, y: FloatArray, weights: FloatArray, sheet: Sheet, tiles: Tiling) -> Tiles:
    """Return the points within reach of the sheet by bin, inside a bin by x, y and weight, co-located ones summed."""
    points, edges = deal_into_bins(x, y, weights, sheet, tiles, columns=3)
    stop = edges[1:].copy()
    _settle(points, edges[:-1], stop, _shares(x.size))
    return Tiles(points, edges[:-1], stop)


def deal_into_bins(
    x: FloatArray, y: FloatArray, weights: FloatArray, sheet: Sheet, tiles: Tiling, *, columns: int
) -> tuple[FloatArray, IntArray]:
    """Return y, x and with 3 columns the weight, within reach of the sheet, bin by bin, and the edges of the bins."""
    places = np.zeros((_shares(x.size), tiles.bins + 1), dtype=np.uint32)
    bins = np.empty(x.size, dtype=np.uint32)
    _count(x, y, tiles, places, bins)
    edges = np.concatenate(([0], np.cumsum(places.sum(axis=0, dtype=np.int64)[:-1])))
    turn_into_places(places, edges)
    points = np.empty((int(edges[-1]), columns))
    _fill(x, y, weights, sheet, bins, places, points)
    return points, edges


def _shares(points: int) -> int:
    return min(get_num_threads(), MOST_SHARES) if points > SMALL else 1


@njit(cache=True, parallel=True)
def _count(x: FloatArray, y: FloatArray, tiles: Tiling, counts: CodeArray, bins: CodeArray) -> None:
    shares = counts.shape[0]
    for share in prange(shares):
        part = slice(x.size * share // shares, x.size * (share + 1) // shares)
        count_share(x[part], y[part], tiles, counts[share], bins[part])


@inner
def count_share(x: FloatArray, y: FloatArray, tiles: Tiling, counts: CodeArray, bins: CodeArray) -> None:
    for begin in range(0, x.size, IN_CACHE):
        part = slice(begin, min(begin + IN_CACHE, x.size))
        _find_bins(x[part], y[part], tiles, bins[part])
        for b in bins[part]:
            counts[b] += np.uint32(1)


@inner
def _find_bins(x: FloatArray, y: FloatArray, tiles: Tiling, bins: CodeArray) -> None:
    columns, rows, slices = float(tiles.across), float(tiles.up), float(tiles.slices)
    first_column, first_row = float(tiles.column), float(tiles.row)
    # No branch, and whole numbers kept as floats: packed instructions.
    for i in range(x.size):
        across, up = (x[i] - tiles.west) * tiles.per_metre, (y[i] - tiles.south) * tiles.per_metre
        slice_ = np.floor((up - np.floor(up)) * slices)
        row, column = np.floor(up) - first_row, np.floor(across) - first_column
        found = (row * columns + column) * slices + slice_
        inside = (column >= 0.0) & (column < columns) & (row >= 0.0) & (row < rows)
        bins[i] = np.uint32(found if inside else rows * columns * slices)


@njit(cache=True)
def turn_into_places(counts: CodeArray, edges: IntArray) -> None:
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
    places: CodeArray,
    points: FloatArray,
) -> None:
    shares = places.shape[0]
    for share in prange(shares):
        part = slice(x.size * share // shares, x.size * (share + 1) // shares)
        fill_share(x[part], y[part], weights[part], sheet.west, sheet.south, bins[part], places[share], points)


@inner
def fill_share(
    x: FloatArray,
    y: FloatArray,
    weights: FloatArray,
    west: float,
    south: float,
    bins: CodeArray,
    places: CodeArray,
    points: FloatArray,
) -> None:
    # Rows of three rather than three arrays: one cache line a point, half the time.
    outside, weighted = places.size - 1, points.shape[1] == 3
    for i in range(x.size):
        b = bins[i]
        if b != outside:
            place = places[b]
            places[b] = place + 1
            points[place, 0], points[place, 1] = y[i] - south, x[i] - west
            if weighted:
                points[place, 2] = weights[i]


@njit(cache=True, parallel=True)
def _settle(points: FloatArray, start: IntArray, stop: IntArray, hands: int) -> None:
    most = np.max(stop - start)
    # Bins are dealt out in turn: full ones lie side by side, and one thread would get them all.
    for hand in prange(hands):
        tray = tray_for(most)
        for b in range(hand, start.size, hands):
            held = settle(points[start[b] : stop[b]], 0.0, tray)
            stop[b] = start[b] + held
            for i in range(held):
                row = start[b] + i
                points[row, 0], points[row, 1], points[row, 2] = tray.y[i], tray.x[i], tray.weight[i]
