"""The exact quartic density of places that each have a bandwidth of their own."""

from typing import Final

import numpy as np
from numba import get_num_threads, njit, prange

from geodata.cast import BoolArray, FloatArray, IntArray
from hotspots._kernels.neighbours import Places
from hotspots._kernels.tiles import Sheet

BAND: Final = 64  # rows of cells written together: they stay in the cache, and dense rows are dealt out among threads
SMALL: Final = 5_000  # places; below this a second thread costs more than it saves
LANES: Final = 8


def adaptive_quartic(places: Places, radii: FloatArray, sheet: Sheet) -> FloatArray:
    """Return sum of w (3 / (pi h_i^2)) (1 - d^2/h_i^2)^2 at the centres of the cells, per square metre."""
    surface = np.zeros((sheet.rows, sheet.columns))
    touches = np.flatnonzero(_touches(places, radii, sheet))
    x, y = places.x[touches] + (places.west - sheet.west), places.y[touches] + (places.south - sheet.south)
    reach, weights = radii[touches], places.weights[touches]
    band, which = _bands(y, reach, sheet)
    hands = min(get_num_threads(), band.size - 1) if touches.size > SMALL else 1
    _scatter_bands(surface, x, y, weights, reach, band, which, sheet.cell, hands)
    return surface


def _touches(places: Places, radii: FloatArray, sheet: Sheet) -> BoolArray:
    x, y = places.x + (places.west - sheet.west), places.y + (places.south - sheet.south)
    wide, high = sheet.columns * sheet.cell, sheet.rows * sheet.cell
    inside: BoolArray = (x > -radii) & (x < wide + radii) & (y > -radii) & (y < high + radii)
    return inside


def _bands(y: FloatArray, reach: FloatArray, sheet: Sheet) -> tuple[IntArray, IntArray]:
    """Return the places that reach into each band of rows: those of band b are `which[edge[b]:edge[b + 1]]`."""
    last = (sheet.rows - 1) // BAND
    height = BAND * sheet.cell
    low = np.clip(np.floor((y - reach) / height), 0, last).astype(np.int64)
    high = np.clip(np.floor((y + reach) / height), 0, last).astype(np.int64)
    count = high - low + 1
    place = np.repeat(np.arange(y.size), count)
    number = np.arange(place.size) - np.repeat(np.cumsum(count) - count, count) + np.repeat(low, count)
    # A stable order keeps the places of a band in their one order: each cell's sum is the same on any thread.
    which = place[np.argsort(number, kind="stable")]
    edge = np.concatenate(([0], np.cumsum(np.bincount(number, minlength=last + 1))))
    return edge, which


@njit(cache=True, parallel=True)
def _scatter_bands(
    surface: FloatArray,
    x: FloatArray,
    y: FloatArray,
    weights: FloatArray,
    reach: FloatArray,
    edge: IntArray,
    which: IntArray,
    cell: float,
    hands: int,
) -> None:
    for hand in prange(hands):
        for band in range(hand, edge.size - 1, hands):
            first = band * BAND
            held = surface[first : min(first + BAND, surface.shape[0])]
            beside = np.empty(surface.shape[1])
            for i in which[edge[band] : edge[band + 1]]:
                _scatter(held, x[i], y[i] - first * cell, weights[i], reach[i], cell, beside)


@njit(cache=True)
def _scatter(
    held: FloatArray, x: float, y: float, weight: float, reach: float, cell: float, beside: FloatArray
) -> None:
    rows, columns = held.shape
    per_cell, per_reach = 1.0 / cell, 1.0 / reach
    step = cell * per_reach
    root = np.sqrt(weight * 3.0 / np.pi) * per_reach  # squared with the bracket, it gives back the weight
    west = max(0, int(np.ceil((x - reach) * per_cell - 0.5)))
    south = max(0, int(np.ceil((y - reach) * per_cell - 0.5)))
    span = int(2.0 * reach * per_cell) + 1
    width = min((span + LANES - 1) // LANES * LANES, columns - west)
    for j in range(width):
        across = (west + j + 0.5) * step - x * per_reach
        beside[j] = root * across * across
    for row in range(south, min(rows, south + span + 1)):
        up = (row + 0.5) * step - y * per_reach
        left = root * (1.0 - up * up)
        if left > 0.0:
            line = held[row, west : west + width]
            # No branch and one unit-stride store: packed instructions.
            for j in range(line.size):
                tall = left - beside[j]
                tall = tall if tall > 0.0 else 0.0
                line[j] += tall * tall
