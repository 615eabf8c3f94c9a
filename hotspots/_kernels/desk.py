"""The part of a grid that the points of one tile reach, copied out for writing so that it stays in the cache."""

import math
from typing import Final, NamedTuple

import numpy as np
from numba import njit

from geodata.cast import FloatArray
from geodata.compiled import inner
from hotspots._kernels.lanes import LANES, Discs
from hotspots._kernels.tiles import Part, Sheet, Tiling, tiles_about

SPARE: Final = 3  # cells: one for each rounding of a point's reach and of a tile's border


class Desk(NamedTuple):
    """
    The cells that the points of one tile reach, copied out for writing: they stay in the cache, whatever the grid.

    Parameters
    ----------
    rows, columns : cells, at most those of the grid
    stride : cells from row to row; one row's last vector may go beyond `columns`
    span : the most centres along an axis that one point reaches
    vectors : the most that a row of a point's window has
    """

    rows: int
    columns: int
    stride: int
    span: int
    vectors: int


class Room(NamedTuple):
    """Where to write: the whole sheet, the part of it that is asked for, the tiles that reach it, and their desk."""

    sheet: Sheet
    part: Part
    tiles: Tiling
    desk: Desk


class Corner(NamedTuple):
    """The row and the column of the grid that are the first on the desk."""

    row: int
    column: int


def room_for(part: Part, sheet: Sheet) -> Room:
    """Return all that is known of a part before its points are."""
    tiles = tiles_about(part, sheet)
    return Room(sheet, part, tiles, desk_for(sheet, tiles))


def desk_for(sheet: Sheet, tiles: Tiling) -> Desk:
    """Return the size of the desk that the points of any tile need."""
    span = math.ceil(2.0 * sheet.reach / sheet.cell)  # no more centres lie nearer than a reach
    most = math.ceil(1.0 / (tiles.per_metre * sheet.cell)) + span + SPARE
    rows, columns = min(most, sheet.rows), min(most, sheet.columns)
    vectors = -(-min(span, columns) // LANES)
    # An odd number of vectors: rows a power of two apart would share their places in the cache, 3 times the time.
    stride = LANES * ((columns // LANES + 1 + vectors) | 1)
    return Desk(rows, columns, stride, span, vectors)


@njit(cache=True)
def rows_reached(band: int, tiles: Tiling, sheet: Sheet) -> tuple[int, int]:
    """Return the first row that the points of a band may reach, and the one after the last: bands' own, two apart."""
    side = 1.0 / tiles.per_metre
    first = np.floor((band * side - 2.0 * sheet.reach) / sheet.cell - 0.5)
    return int(first), int(np.ceil((band + 1) * side / sheet.cell - 0.5))


@inner
def corner_of(row: int, column: int, tiles: Tiling, sheet: Sheet, desk: Desk) -> Corner:
    """Return where the desk lies for the points of one tile."""
    south = _first(row, tiles, sheet, desk.rows, sheet.rows)
    return Corner(south, _first(column, tiles, sheet, desk.columns, sheet.columns))


@inner
def _first(tile: int, tiles: Tiling, sheet: Sheet, held: int, cells: int) -> int:
    """Return the first row, or column, that a tile's points reach and the desk holds."""
    from_border = tile / tiles.per_metre - 2.0 * sheet.reach
    return max(0, min(int(np.floor(from_border / sheet.cell - 0.5)), cells - held))


@inner
def put_back(surface: FloatArray, cells: FloatArray, room: Room, corner: Corner, reached: tuple[int, int]) -> None:
    """Add what was asked for of the rows reached, no others: another thread may be at them; and clear the desk."""
    desk, part = room.desk, room.part
    low, high = max(reached[0], part.row, corner.row), min(reached[1], part.row + part.rows, corner.row + desk.rows)
    left = max(part.column, corner.column)
    width = min(part.column + part.columns, corner.column + desk.columns) - left
    for row in range(low, high if width > 0 else low):
        line = surface[row - part.row, left - part.column : left - part.column + width]
        at = (row - corner.row) * desk.stride + left - corner.column
        held = cells[at : at + width]
        for j in range(line.size):
            line[j] += held[j]
    cells[:] = 0.0


@njit(cache=True)
def place(
    along: FloatArray, start: float, per_cell: float, border: float, step: float, first: FloatArray, away: FloatArray
) -> None:
    """Write the first centre on the desk that each point may reach, and how far it is from the point."""
    for i in range(along.size):
        place = (along[i] - start) * per_cell - border
        first[i] = max(np.ceil(place), 0.0)
        away[i] = (first[i] - place) * step - 1.0


@njit(cache=True)
def fit(discs: Discs, row: FloatArray, column: FloatArray, weight: FloatArray, height: float, desk: Desk) -> None:
    """Write the windows; those of points that reach no cell of the desk are one row, to which they add nothing."""
    rows, columns, span, stride = float(desk.rows), float(desk.columns), float(desk.span), float(desk.stride)
    # No branch, and whole numbers kept as floats: packed instructions.
    for i in range(weight.size):
        reaches = row[i] < rows and column[i] < columns
        discs.at[i] = int(row[i] * stride + column[i] if reaches else 0.0)
        discs.rows[i] = int(min(span, rows - row[i]) if reaches else 1.0)
        discs.root[i] = np.sqrt(weight[i] * height if reaches else 0.0)  # with the bracket squared: the weight again
