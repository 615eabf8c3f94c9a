"""The exact kernel density on a grid: each point scattered over the rows that it reaches."""

import math

import numpy as np
from numba import get_num_threads, njit, prange

from geodata.cast import FloatArray, IntArray
from geodata.compiled import inner
from hotspots._kernels.desk import Corner, Desk, Room, corner_of, fit, place, put_back, room_for, rows_reached
from hotspots._kernels.lanes import BATCH, LANES, add_discs, discs_for
from hotspots._kernels.settle import Tray, settle, tray_for
from hotspots._kernels.shapes import DECAY, EPANECHNIKOV, GAUSSIAN, QUARTIC, TRIANGULAR, peak
from hotspots._kernels.tally import tally, unit_for
from hotspots._kernels.tiles import SMALL, Part, Sheet, Tiling, deal_into_bins, whole_of


def scatter(
    x: FloatArray, y: FloatArray, weights: FloatArray, sheet: Sheet, *, shape: int, scale: float = 1.0
) -> FloatArray:
    """Return `scale` times the density per square metre at the centres of the cells, rows x columns."""
    unit = unit_for(weights, sheet) if shape == QUARTIC else 0.0
    return scatter_part(x, y, weights, sheet, whole_of(sheet), shape=shape, scale=scale, unit=unit)


def scatter_part(
    x: FloatArray,
    y: FloatArray,
    weights: FloatArray,
    sheet: Sheet,
    part: Part,
    *,
    shape: int,
    scale: float = 1.0,
    unit: float = 0.0,
) -> FloatArray:
    """Return what `scatter` returns of a part, to the bit, from the points that reach it and the `unit` of them all."""
    height = scale * peak(shape, sheet.reach)
    if unit:
        whole = tally(x, y, weights, sheet, height=height, unit=unit)
        return whole[part.row : part.row + part.rows, part.column : part.column + part.columns]
    surface = np.zeros((part.rows, part.columns))
    room = room_for(part, sheet)
    # Equal weights, which is none given, are not carried along: 5 % of the time.
    each = weights[0] if _all_equal(weights) else 0.0
    points, edges = deal_into_bins(x, y, weights, sheet, room.tiles, columns=2 if each else 3)
    hands = get_num_threads() if x.size > SMALL else 1
    load = np.diff(edges[:: room.tiles.across])
    for colour in (0, 1):
        # The colour of a band is that which it has in the whole.
        bands = np.arange((room.tiles.row + colour) % 2, load.size, 2)
        bands = bands[np.argsort(-load[bands], kind="stable")]
        busy = max(1, min(hands, int(np.count_nonzero(load[bands]))))
        _scatter_bands(surface, points, each, edges, *room, deal(load, bands, busy), shape, height)
    return surface


def _all_equal(weights: FloatArray) -> bool:
    return weights.size > 0 and weights.min() == weights.max()


@njit(cache=True)
def deal(load: IntArray, bands: IntArray, hands: int) -> IntArray:
    """Return each hand's bands, then -1: the fullest are dealt first, each to the hand that has least to do."""
    dealt, busy, held = np.full((hands, bands.size), -1), np.zeros(hands), np.zeros(hands, dtype=np.int64)
    for band in bands:
        hand = np.argmin(busy)
        dealt[hand, held[hand]] = band
        busy[hand] += load[band]
        held[hand] += 1
    return dealt


@njit(cache=True, parallel=True)
def _scatter_bands(
    surface: FloatArray,
    points: FloatArray,
    each: float,
    edges: IntArray,
    sheet: Sheet,
    part: Part,
    tiles: Tiling,
    desk: Desk,
    dealt: IntArray,
    shape: int,
    height: float,
) -> None:
    most = np.max(edges[1:] - edges[:-1])
    # Bands of one colour are over two reaches apart: no two threads write one row, each cell's sum has one order.
    for hand in prange(len(dealt)):
        # Put together here: a tuple of tuples cannot be handed to threads.
        room, cells, tray = Room(sheet, part, tiles, desk), np.zeros(desk.rows * desk.stride), tray_for(most)
        for band in dealt[hand][dealt[hand] >= 0]:
            scatter_band(surface, points, each, edges, room, band, cells, tray, shape, height)


@inner
def scatter_band(
    surface: FloatArray,
    points: FloatArray,
    each: float,
    edges: IntArray,
    room: Room,
    band: int,
    cells: FloatArray,
    tray: Tray,
    shape: int,
    height: float,
) -> None:
    """Add the points of a band of tiles, one tile after the other: `cells` is the desk, empty before and after."""
    sheet, tiles, desk = room.sheet, room.tiles, room.desk
    for column in range(tiles.across):
        tile = band * tiles.across + column
        if edges[tile] < edges[tile + 1]:
            held = settle(points[edges[tile] : edges[tile + 1]], each, tray)
            corner = corner_of(tiles.row + band, tiles.column + column, tiles, sheet, desk)
            if shape == QUARTIC:
                _add_quartic(cells, tray, held, sheet, desk, corner, height)
            elif shape == GAUSSIAN:
                _add_gaussian(cells, tray, held, sheet, desk, corner, height)
            else:
                _add_other(cells, tray, held, sheet, desk, corner, height, shape)
            put_back(surface, cells, room, corner, rows_reached(tiles.row + band, tiles, sheet))


@njit(cache=True)
def _add_quartic(
    cells: FloatArray, tray: Tray, held: int, sheet: Sheet, desk: Desk, corner: Corner, height: float
) -> None:
    per_cell, reach, step = 1.0 / sheet.cell, sheet.reach / sheet.cell, sheet.cell / sheet.reach
    discs, row, column = discs_for(desk.rows), np.empty(BATCH), np.empty(BATCH)
    discs.step[:] = step
    for begin in range(0, held, BATCH):
        batch = slice(begin, min(begin + BATCH, held))
        place(tray.y[batch], 0.0, per_cell, corner.row + 0.5 + reach, step, row, discs.up)
        place(tray.x[batch], 0.0, per_cell, corner.column + 0.5 + reach, step, column, discs.across)
        fit(discs, row, column, tray.weight[batch], height, desk)
        add_discs(cells, desk.stride, desk.vectors, discs, batch.stop - begin)


@inner
def _add_gaussian(
    cells: FloatArray, tray: Tray, held: int, sheet: Sheet, desk: Desk, corner: Corner, height: float
) -> None:
    per_cell, reach, step = 1.0 / sheet.cell, sheet.reach / sheet.cell, sheet.cell / sheet.reach
    width = LANES * desk.vectors
    beside, rising = np.empty(width), np.empty(desk.rows)
    for i in range(held):
        y = tray.y[i] * per_cell - (corner.row + 0.5 + reach)
        x = tray.x[i] * per_cell - (corner.column + 0.5 + reach)
        low, left = max(0, int(np.ceil(y))), max(0, int(np.ceil(x)))
        rows = min(desk.span, desk.rows - low)
        if rows > 0 and left < desk.columns:
            _bell((low - y) * step - 1.0, step, rising[:rows])
            _bell((left - x) * step - 1.0, step, beside)
            for row in range(rows):
                part = tray.weight[i] * height * rising[row]
                at = (low + row) * desk.stride + left
                line = cells[at : at + width]
                for j in range(width):
                    line[j] += part * beside[j]


@inner
def _bell(first: float, step: float, heights: FloatArray) -> None:
    """Write the Gaussian's height at `first`, `first` + `step`, ...; nothing from 1 on."""
    # Each height is the one before times a ratio that itself shrinks by a fixed ratio: three exponentials in all. Those
    # near the middle come first, for the rounding of a product is that of all its factors.
    size = heights.size
    middle = min(max(0, int(-first / step)), size - 1)
    away = first + middle * step
    top, shrinks = math.exp(-DECAY * away * away), math.exp(-2.0 * DECAY * step * step)
    height, ratio = top, math.exp(-DECAY * step * (2.0 * away + step))
    for j in range(middle, size):
        heights[j] = height if first + j * step < 1.0 else 0.0
        height *= ratio
        ratio *= shrinks
    height, ratio = top, math.exp(DECAY * step * (2.0 * away - step))
    for j in range(middle - 1, -1, -1):
        height *= ratio
        ratio *= shrinks
        heights[j] = height


@njit(cache=True)
def _add_other(
    cells: FloatArray, tray: Tray, held: int, sheet: Sheet, desk: Desk, corner: Corner, height: float, shape: int
) -> None:
    per_cell, reach, step = 1.0 / sheet.cell, sheet.reach / sheet.cell, sheet.cell / sheet.reach
    width = LANES * desk.vectors
    beside = np.empty(width)
    for i in range(held):
        y = tray.y[i] * per_cell - (corner.row + 0.5 + reach)
        x = tray.x[i] * per_cell - (corner.column + 0.5 + reach)
        weight = tray.weight[i] * height
        first, left = int(np.ceil(y)), max(0, int(np.ceil(x)))
        for j in range(width):
            across = (left + j - x) * step - 1.0
            beside[j] = across * across
        for row in range(max(0, first), min(desk.rows, first + desk.span) if left < desk.columns else 0):
            up = (row - y) * step - 1.0
            squared = up * up
            line = cells[row * desk.stride + left : row * desk.stride + left + width]
            if shape == EPANECHNIKOV:
                for j in range(width):
                    bracket = 1.0 - squared - beside[j]
                    line[j] += weight * (bracket if bracket > 0.0 else 0.0)
            elif shape == TRIANGULAR:
                for j in range(width):
                    bracket = 1.0 - np.sqrt(squared + beside[j])
                    line[j] += weight * (bracket if bracket > 0.0 else 0.0)
            else:
                for j in range(width):
                    line[j] += weight if squared + beside[j] < 1.0 else 0.0
