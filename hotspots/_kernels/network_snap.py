"""The place on a network nearest to each point, found among the pieces of street in the cells about it."""

from typing import NamedTuple

import numpy as np
from numba import njit, prange

from geodata.cast import FloatArray, IntArray
from geodata.compiled import inner


class Pieces(NamedTuple):
    """Straight pieces of street: where each begins and ends, the edge it is of, and how far along that it begins."""

    x: FloatArray
    y: FloatArray
    end_x: FloatArray
    end_y: FloatArray
    edge: IntArray
    along: FloatArray


class Cells(NamedTuple):
    """Square cells, row by row from the south-west, and the pieces whose box touches each."""

    west: float
    south: float
    side: float
    columns: int
    rows: int
    start: IntArray
    piece: IntArray


def cells_of(pieces: Pieces, side: float) -> Cells:
    """Return cells of about `side` metres, no more than a few for each piece."""
    west, south = (min(a.min(), b.min()) for a, b in ((pieces.x, pieces.end_x), (pieces.y, pieces.end_y)))
    wide, high = max(pieces.x.max(), pieces.end_x.max()) - west, max(pieces.y.max(), pieces.end_y.max()) - south
    side = max(side, float(np.sqrt(wide * high / pieces.x.size)), max(wide, high) / 30_000)
    columns, rows = int(wide // side) + 1, int(high // side) + 1
    start, piece = _fill(pieces, west, south, side, columns, rows)
    return Cells(west, south, side, columns, rows, start, piece)


@njit(cache=True)
def _fill(pieces: Pieces, west: float, south: float, side: float, columns: int, rows: int) -> tuple[IntArray, IntArray]:
    start = np.zeros(columns * rows + 1, dtype=np.int64)
    for fill in (False, True):
        held = np.empty(start[-1] if fill else 0, dtype=np.int64)
        for i in range(pieces.x.size):
            left, right = min(pieces.x[i], pieces.end_x[i]), max(pieces.x[i], pieces.end_x[i])
            low, high = min(pieces.y[i], pieces.end_y[i]), max(pieces.y[i], pieces.end_y[i])
            for row in range(int((low - south) / side), int((high - south) / side) + 1):
                for column in range(int((left - west) / side), int((right - west) / side) + 1):
                    cell = row * columns + column
                    if fill:
                        start[cell] -= 1
                        held[start[cell]] = i
                    else:
                        start[cell] += 1
        if not fill:
            start = np.cumsum(start)
    return start, held


@njit(cache=True, parallel=True)
def snap(x: FloatArray, y: FloatArray, pieces: Pieces, cells: Cells, limit: float) -> tuple[IntArray, FloatArray]:
    """Return for each point the edge nearest to it (-1 beyond `limit`), and the metres along it."""
    edge, along = np.empty(x.size, dtype=np.int64), np.empty(x.size)
    for i in prange(x.size):
        edge[i], along[i] = _nearest(x[i], y[i], pieces, cells, limit)
    return edge, along


@inner
def _nearest(x: float, y: float, pieces: Pieces, cells: Cells, limit: float) -> tuple[int, float]:
    column, row = int(np.floor((x - cells.west) / cells.side)), int(np.floor((y - cells.south) / cells.side))
    best, along, least = -1, 0.0, limit * limit
    ring = max(0, -column, column - cells.columns + 1, -row, row - cells.rows + 1)
    # The cells of ring r are at least r - 1 sides away.
    while (ring - 1) * cells.side <= np.sqrt(least):
        for j in range(max(0, row - ring), min(cells.rows - 1, row + ring) + 1):
            step = 1 if abs(j - row) == ring else max(1, 2 * ring)
            for i in range(column - ring, column + ring + 1, step):
                if 0 <= i < cells.columns:
                    cell = j * cells.columns + i
                    for k in range(cells.start[cell], cells.start[cell + 1]):
                        piece = cells.piece[k]
                        square, part = _to_piece(x, y, pieces, piece)
                        edge = pieces.edge[piece]
                        if square < least or (square == least and (best < 0 or edge < best)):
                            best, along, least = edge, pieces.along[piece] + part, square
        ring += 1
    return best, along


@inner
def _to_piece(x: float, y: float, pieces: Pieces, piece: int) -> tuple[float, float]:
    """Return the squared metres from a place to a piece, and the metres along the piece to the nearest place on it."""
    across, up = pieces.end_x[piece] - pieces.x[piece], pieces.end_y[piece] - pieces.y[piece]
    length = np.sqrt(across * across + up * up)
    from_x, from_y = x - pieces.x[piece], y - pieces.y[piece]
    part = (from_x * across + from_y * up) / length if length > 0.0 else 0.0
    if part <= 0.0:
        return from_x * from_x + from_y * from_y, 0.0
    if part >= length:
        return (x - pieces.end_x[piece]) ** 2 + (y - pieces.end_y[piece]) ** 2, length
    aside = (from_x * up - from_y * across) / length
    return aside * aside, part
