"""The exact quartic density of places that each have a bandwidth of their own."""

import math
from typing import Final, NamedTuple

import numpy as np
from numba import get_num_threads, njit, prange

from geodata.cast import FloatArray, IntArray
from geodata.compiled import inner
from hotspots._kernels.lanes import BATCH, LANES, Discs, add_discs
from hotspots._kernels.neighbours import Places
from hotspots._kernels.scatter import deal
from hotspots._kernels.tiles import SMALL, Sheet

BANDS: Final = 16  # of rows, dealt out among threads: a fixed number, and each cell's sum is made in one of them


class Bands(NamedTuple):
    """Bands of rows, the last maybe lower; to band b reach none but the places `begin[b]` up to `end[b]`."""

    rows: int
    stride: int
    begin: IntArray
    end: IntArray


class Batches(NamedTuple):
    """Discs that wait for as many others with windows as wide: by vectors, then by the fields of `Discs`."""

    held: IntArray
    whole: IntArray
    parts: FloatArray
    rising: FloatArray


def adaptive_quartic(places: Places, radii: FloatArray, sheet: Sheet) -> FloatArray:
    """Return sum of w (3 / (pi h_i^2)) (1 - d^2/h_i^2)^2 at the centres of the cells, per square metre."""
    surface = np.empty((sheet.rows, sheet.columns))
    widest = math.floor(2.0 * sheet.reach / sheet.cell) + 1
    vectors = -(-min(widest, sheet.columns) // LANES)
    bands = _bands(places, sheet, vectors)
    load = bands.end - bands.begin
    busiest = np.argsort(-load, kind="stable")
    hands = max(1, min(get_num_threads() if places.x.size > SMALL else 1, load.size))
    _scatter_bands(surface, places, radii, sheet, bands, vectors, deal(load, busiest, hands))
    return surface


def _bands(places: Places, sheet: Sheet, vectors: int) -> Bands:
    rows = -(-sheet.rows // BANDS)
    border = np.minimum(np.arange(-(-sheet.rows // rows) + 1) * rows, sheet.rows) * sheet.cell
    border += sheet.south - places.south
    strips = places.first.size - 1
    south = np.clip(np.floor((border[:-1] - sheet.reach) / places.height) - 1, 0, strips).astype(np.int64)
    north = np.clip(np.ceil((border[1:] + sheet.reach) / places.height) + 1, 0, strips).astype(np.int64)
    # An odd number of vectors: rows a power of two apart would share their places in the cache.
    stride = LANES * ((sheet.columns // LANES + 1 + vectors) | 1)
    return Bands(rows, stride, places.first[south], places.first[north])


@njit(cache=True, parallel=True)
def _scatter_bands(
    surface: FloatArray,
    places: Places,
    radii: FloatArray,
    sheet: Sheet,
    bands: Bands,
    vectors: int,
    dealt: IntArray,
) -> None:
    for hand in prange(len(dealt)):
        cells, waiting = np.zeros((bands.rows, bands.stride)), _batches(vectors, bands.rows)
        for band in dealt[hand][dealt[hand] >= 0]:
            low = band * bands.rows
            rows = min(bands.rows, sheet.rows - low)
            west, south = sheet.west - places.west, sheet.south - places.south + low * sheet.cell
            within = Sheet(west, south, sheet.cell, sheet.columns, rows, sheet.reach)
            for first in range(bands.begin[band], bands.end[band], BATCH):
                part = slice(first, min(first + BATCH, bands.end[band]))
                x, y, weights = places.x[part], places.y[part], places.weights[part]
                _add(cells, x, y, weights, radii[part], within, waiting)
            for wide in range(vectors):
                _write(cells, wide, waiting)
            for row in range(rows):
                for column in range(sheet.columns):
                    surface[low + row, column] = cells[row, column]
            cells[:] = 0.0


@inner
def _batches(vectors: int, rows: int) -> Batches:
    whole, parts = np.empty((vectors, 2, BATCH), dtype=np.int64), np.empty((vectors, 4, BATCH))
    return Batches(np.zeros(vectors, dtype=np.int64), whole, parts, np.empty(rows + LANES))


@inner
def _add(
    cells: FloatArray,
    x: FloatArray,
    y: FloatArray,
    weights: FloatArray,
    radii: FloatArray,
    sheet: Sheet,
    waiting: Batches,
) -> None:
    size, frames = x.size, np.empty((6, BATCH))
    _frame(x, sheet.west, radii, sheet.cell, sheet.columns, frames[0], frames[1], frames[2])
    _frame(y, sheet.south, radii, sheet.cell, sheet.rows, frames[3], frames[4], frames[5])
    for i in range(size):
        if frames[1, i] > 0.0 and frames[4, i] > 0.0:
            wide = (int(frames[1, i]) - 1) // LANES
            at = waiting.held[wide]
            waiting.whole[wide, 0, at] = int(frames[3, i]) * cells.shape[1] + int(frames[0, i])
            waiting.whole[wide, 1, at] = int(frames[4, i])
            waiting.parts[wide, 0, at], waiting.parts[wide, 1, at] = frames[5, i], frames[2, i]
            waiting.parts[wide, 2, at] = sheet.cell / radii[i]
            # Squared with the bracket, it gives back the weight.
            waiting.parts[wide, 3, at] = np.sqrt(weights[i] * 3.0 / np.pi) / radii[i]
            waiting.held[wide] = at + 1
            if at + 1 == BATCH:
                _write(cells, wide, waiting)


@njit(cache=True, error_model="numpy")
def _frame(
    along: FloatArray,
    start: float,
    radii: FloatArray,
    cell: float,
    count: int,
    first: FloatArray,
    held: FloatArray,
    away: FloatArray,
) -> None:
    """Write the first centre that each disc reaches, how many it does, and how far in radii the first is from it."""
    per_cell, last = 1.0 / cell, count - 1.0
    # No branch, not even to look for a radius of 0, and whole numbers kept as floats: packed instructions.
    for i in range(along.size):
        middle, reach = (along[i] - start) * per_cell - 0.5, radii[i] * per_cell
        begin = max(np.ceil(middle - reach), 0.0)
        first[i] = begin
        held[i] = min(np.floor(middle + reach), last) - begin + 1.0
        away[i] = (begin - middle) / reach


@inner
def _write(cells: FloatArray, wide: int, waiting: Batches) -> None:
    whole, parts = waiting.whole[wide], waiting.parts[wide]
    discs = Discs(whole[0], whole[1], parts[0], parts[1], parts[2], parts[3], waiting.rising)
    add_discs(cells.ravel(), cells.shape[1], wide + 1, discs, waiting.held[wide])
    waiting.held[wide] = 0
