"""Cells that hang together, and cuts through what is too large to be patrolled in one go."""

from collections.abc import Iterator

import numpy as np
from scipy.ndimage import label

from geodata.cast import FloatArray, IntArray
from geodata.grid import Grid


def pieces_of(cells: IntArray, grid: Grid) -> Iterator[IntArray]:
    """Yield the parts of `cells` that hang together by their sides, each in ascending order if `cells` is."""
    if cells.size == 0:
        return
    rows, columns = np.divmod(cells, grid.columns)
    box = np.zeros((np.ptp(rows) + 1, np.ptp(columns) + 1), dtype=np.bool_)
    box[rows - rows.min(), columns - columns.min()] = True
    pieces, count = label(box)
    number = pieces[rows - rows.min(), columns - columns.min()]
    for piece in range(1, count + 1):
        yield cells[number == piece]


def cut(cells: IntArray, grid: Grid, size: FloatArray, most: float) -> Iterator[IntArray]:
    """
    Yield pieces of `cells` of at most `most` in size: halves across the longer side, and what hangs together of each.

    A single cell is never cut.

    Parameters
    ----------
    cells : cells of one piece, in ascending order
    grid : Grid
    size : at least 0, one per cell of `grid`
        1 each to count cells, or metres of street.
    most : greatest sum of `size` of a piece
    """
    total = float(size[cells].sum())
    if cells.size < 2 or total <= most:
        yield cells
        return
    rows, columns = np.divmod(cells, grid.columns)
    across, along = (columns, rows) if np.ptp(columns) >= np.ptp(rows) else (rows, columns)
    order = np.lexsort((along, across))
    # As many parts as the size asks for, so that a spot of two and a half times the most makes three and not four.
    parts = int(np.ceil(total / most))
    held = np.cumsum(size[cells[order]])
    half = int(np.searchsorted(held, total * (parts // 2) / parts, side="right"))
    half = min(max(half, 1), cells.size - 1)
    for part in (order[:half], order[half:]):
        for piece in pieces_of(np.sort(cells[part]), grid):
            yield from cut(piece, grid, size, most)
