"""The exact quartic kernel density on a grid: each point scattered over the rows that its disc touches."""

from typing import Final

import numpy as np
from numba import get_num_threads, njit, prange

from geodata.cast import FloatArray, IntArray
from hotspots._kernels.tiles import SMALL, Sheet, sort_into_tiles, tiling

LANES: Final = 8  # rows are written in multiples of this many cells: a shorter tail would run one cell at a time


def quartic(x: FloatArray, y: FloatArray, weights: FloatArray, sheet: Sheet) -> FloatArray:
    """Return sum of w (3 / (pi b^2)) (1 - d^2/b^2)^2 at the centres of the cells, per square metre, rows x columns."""
    surface = np.zeros((sheet.rows, sheet.columns))
    tiles = tiling(sheet, x.size)
    points, start, stop = sort_into_tiles(x, y, weights, sheet, tiles)
    hands = get_num_threads() if x.size > SMALL else 1
    per_band = tiles.across * tiles.slices
    load = np.add.reduceat(stop - start, np.arange(0, tiles.bins, per_band))
    for colour in (0, 1):
        _scatter_bands(surface, points, start, stop, sheet, _deal(load, colour), per_band, hands)
    return surface


def _deal(load: IntArray, colour: int) -> IntArray:
    """Return every second band, the fullest first: dealt out in turn, each thread gets about the same load."""
    bands = np.arange(colour, load.size, 2)
    return bands[np.argsort(-load[bands], kind="stable")]


@njit(cache=True, parallel=True)
def _scatter_bands(
    surface: FloatArray,
    points: FloatArray,
    start: IntArray,
    stop: IntArray,
    sheet: Sheet,
    bands: IntArray,
    per_band: int,
    hands: int,
) -> None:
    # Bands of one colour are over two reaches apart: no two threads write one row, each cell's sum has one order.
    for hand in prange(hands):
        for turn in range(hand, bands.size, hands):
            bins = slice(bands[turn] * per_band, (bands[turn] + 1) * per_band)
            _scatter(surface, points, start[bins], stop[bins], sheet)


@njit(cache=True)
def _scatter(surface: FloatArray, points: FloatArray, start: IntArray, stop: IntArray, sheet: Sheet) -> None:
    rows, columns = surface.shape
    reach, per_cell, per_reach = sheet.reach, 1.0 / sheet.cell, 1.0 / sheet.reach
    step = sheet.cell * per_reach
    peak = 3.0 / (np.pi * reach * reach)
    span = int(2.0 * reach * per_cell) + 1
    beside = np.empty(min((span + LANES - 1) // LANES * LANES, columns))
    for b in range(start.size):
        for i in range(start[b], stop[b]):
            y, x = points[i, 0], points[i, 1]
            root = np.sqrt(points[i, 2] * peak)  # squared with the bracket, it gives back the weight
            west = max(0, int(np.ceil((x - reach) * per_cell - 0.5)))
            south = int(np.ceil((y - reach) * per_cell - 0.5))
            width = min(beside.size, columns - west)
            for j in range(width):
                across = (west + j + 0.5) * step - x * per_reach
                beside[j] = root * across * across
            for row in range(max(0, south), min(rows, south + span)):
                up = (row + 0.5) * step - y * per_reach
                left = root * (1.0 - up * up)
                line = surface[row, west : west + width]
                # No branch and one unit-stride store: packed instructions, 3 times as fast as testing each cell.
                for j in range(line.size):
                    height = left - beside[j]
                    height = height if height > 0.0 else 0.0
                    line[j] += height * height
