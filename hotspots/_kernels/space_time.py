"""The exact density in space and time: each event added to the cells its disc holds over the slices about it."""

from typing import Final

import numpy as np
from numba import get_num_threads, njit, prange
from numpy.typing import NDArray

from geodata.cast import FloatArray, IntArray
from geodata.compiled import inner
from hotspots._kernels.space_time_events import Times, sort_events
from hotspots._kernels.tiles import Sheet, Tiling, tiling

VoxelArray = NDArray[np.float32]

BLOCK_ROWS: Final = 16  # cells; with a year of days a block is 750 kB, which a core's cache holds
BLOCK_COLUMNS: Final = 16


def space_time(
    x: FloatArray, y: FloatArray, t: FloatArray, weights: FloatArray, sheet: Sheet, times: Times
) -> VoxelArray:
    """Return the density in the unit of `times.scale`, the mean of each slice, rows x columns x slices."""
    voxels = np.empty((sheet.rows, sheet.columns, times.edges.size - 1), dtype=np.float32)
    tiles = tiling(sheet, x.size)
    events, start, stop = sort_events(x, y, t, weights, sheet, tiles, times)
    _fill_blocks(voxels, events, start, stop, sheet, tiles, times, get_num_threads())
    return voxels


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
            for place in np.ndindex(part.shape):
                part[place] = block[place]


@inner
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


@inner
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


@inner
def _cells_about(place: float, reach: float, per_cell: float, count: int) -> tuple[int, int]:
    first = int(np.ceil((place - reach) * per_cell - 0.5))
    last = int(np.floor((place + reach) * per_cell - 0.5)) + 1
    return max(0, first), min(count, last)


@inner
def _add_scaled(line: FloatArray, height: float, profile: FloatArray) -> None:
    for j in range(line.size):
        line[j] += height * profile[j]


@inner
def _slices_about(t: float, times: Times) -> tuple[int, int]:
    """Return the first slice that an event reaches and the one after the last."""
    first = int(np.searchsorted(times.edges, t - times.reach, side="right")) - 1
    last = int(np.searchsorted(times.edges, t + times.reach, side="left"))
    return max(0, first), min(times.edges.size - 1, last)


@inner
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
