"""The exact density in space and time: each event added to the cells its disc holds over the slices about it."""

from typing import Final, NamedTuple

import numpy as np
from numba import get_num_threads, njit, prange
from numpy.typing import NDArray

from geodata.cast import FloatArray, IntArray
from hotspots._kernels.settle import FEW
from hotspots._kernels.tiles import SMALL, Sheet, Tiling, tiling

CodeArray = NDArray[np.int32]
VoxelArray = NDArray[np.float32]

MOST_SHARES: Final = 8  # of the events, each counted apart from the others
BLOCK_ROWS: Final = 16  # cells; with a year of days a block is 750 kB, which a core's cache holds
BLOCK_COLUMNS: Final = 16


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


def space_time(
    x: FloatArray, y: FloatArray, t: FloatArray, weights: FloatArray, sheet: Sheet, times: Times
) -> VoxelArray:
    """Return the density in the unit of `times.scale`, the mean of each slice, rows x columns x slices."""
    voxels = np.empty((sheet.rows, sheet.columns, times.edges.size - 1), dtype=np.float32)
    tiles = tiling(sheet, x.size)
    events, start, stop = _sort_into_tiles(x, y, t, weights, sheet, tiles, times)
    _fill_blocks(voxels, events, start, stop, sheet, tiles, times, get_num_threads())
    return voxels


def _sort_into_tiles(
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


@njit(cache=True)
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


@njit(cache=True)
def _write(events: FloatArray, row: int, y: float, x: float, t: float, weight: float) -> None:
    events[row, 0], events[row, 1], events[row, 2], events[row, 3] = y, x, t, weight


@njit(cache=True)
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


@njit(cache=True)
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


@njit(cache=True, parallel=True)
def _fill_blocks(
    voxels: VoxelArray,
    events: FloatArray,
    start: IntArray,
    stop: IntArray,
    sheet: Sheet,
    tiles: Tiling,
    times: Times,
    hands: int,
) -> None:
    # Each block is summed in float64 where the cache holds it and written once: half the memory and half the time of
    # adding to a float64 result, of which touching the memory was most. Each voxel's sum has one order.
    rows, columns, slices = voxels.shape
    across, up = (columns + BLOCK_COLUMNS - 1) // BLOCK_COLUMNS, (rows + BLOCK_ROWS - 1) // BLOCK_ROWS
    for hand in prange(hands):
        block = np.empty((BLOCK_ROWS, BLOCK_COLUMNS, slices))
        profile = np.empty(slices + 1)
        for number in range(hand, across * up, hands):
            south, west = number // across * BLOCK_ROWS, number % across * BLOCK_COLUMNS
            block[:] = 0.0
            _fill_block(block, south, west, events, start, stop, sheet, tiles, times, profile)
            part = voxels[south : south + BLOCK_ROWS, west : west + BLOCK_COLUMNS]
            part[:] = block[: part.shape[0], : part.shape[1]]


@njit(cache=True)
def _fill_block(
    block: FloatArray,
    south: int,
    west: int,
    events: FloatArray,
    start: IntArray,
    stop: IntArray,
    sheet: Sheet,
    tiles: Tiling,
    times: Times,
    profile: FloatArray,
) -> None:
    """Add the events of all tiles in reach of the block; tiles begin a reach outside the sheet."""
    length, per_tile = block.shape[0] * sheet.cell, tiles.slices * tiles.per_metre
    low, high = south * sheet.cell, south * sheet.cell + length + 2.0 * sheet.reach
    left, right = west * sheet.cell, (west + block.shape[1]) * sheet.cell + 2.0 * sheet.reach
    for row in range(int(low * tiles.per_metre), min(tiles.up, int(high * tiles.per_metre) + 1)):
        base = row * tiles.slices
        first = max(0, int(low * per_tile) - 1 - base)
        last = min(tiles.slices, int(high * per_tile) + 2 - base)
        for column in range(int(left * tiles.per_metre), min(tiles.across, int(right * tiles.per_metre) + 1)):
            tile = (row * tiles.across + column) * tiles.slices
            for b in range(tile + first, tile + last):
                for i in range(start[b], stop[b]):
                    _scatter(block, south, west, events[i], sheet, times, profile)


@njit(cache=True)
def _scatter(
    block: FloatArray, south: int, west: int, event: FloatArray, sheet: Sheet, times: Times, profile: FloatArray
) -> None:
    y, x, t, weight = event[0] - south * sheet.cell, event[1] - west * sheet.cell, event[2], event[3]
    per_cell, per_reach = 1.0 / sheet.cell, 1.0 / sheet.reach
    step = sheet.cell * per_reach
    lowest, highest = _cells_about(y, sheet.reach, per_cell, block.shape[0])
    nearest, farthest = _cells_about(x, sheet.reach, per_cell, block.shape[1])
    if lowest >= highest or nearest >= farthest:
        return
    first, last = _slices_about(t, times)
    _fill_profile(t, weight * times.scale, first, last, times, profile)
    for row in range(lowest, highest):
        up = (row + 0.5) * step - y * per_reach
        for column in range(nearest, farthest):
            across = (column + 0.5) * step - x * per_reach
            left = 1.0 - up * up - across * across
            # Time is innermost: only cells inside the disc are touched, each by one unit-stride line.
            if left > 0.0:
                _add_scaled(block[row, column, first:last], left * left, profile)


@njit(cache=True)
def _cells_about(place: float, reach: float, per_cell: float, count: int) -> tuple[int, int]:
    first = int(np.ceil((place - reach) * per_cell - 0.5))
    last = int(np.floor((place + reach) * per_cell - 0.5)) + 1
    return max(0, first), min(count, last)


@njit(cache=True)
def _add_scaled(line: FloatArray, height: float, profile: FloatArray) -> None:
    for j in range(line.size):
        line[j] += height * profile[j]


@njit(cache=True)
def _slices_about(t: float, times: Times) -> tuple[int, int]:
    """Return the first slice that an event reaches and the one after the last."""
    first = int(np.searchsorted(times.edges, t - times.reach, side="right")) - 1
    last = int(np.searchsorted(times.edges, t + times.reach, side="left"))
    return max(0, first), min(times.edges.size - 1, last)


@njit(cache=True)
def _fill_profile(t: float, scale: float, first: int, last: int, times: Times, profile: FloatArray) -> None:
    """Write the mean of the kernel in time over each slice from `first` on, times `scale`."""
    edges, per_reach = times.edges[first : last + 1], 1.0 / times.reach
    per_length = times.per_length[first:last]
    # Two loops without branches run on packed numbers: half the time of the whole where slices are many.
    for j in range(edges.size):
        u = (edges[j] - t) * per_reach
        u = u if u > -1.0 else -1.0
        u = u if u < 1.0 else 1.0
        v = u * u
        profile[j] = scale * (u * (times.a + v * (times.b + v * times.c)))
    for j in range(per_length.size):
        profile[j] = (profile[j + 1] - profile[j]) * per_length[j]
