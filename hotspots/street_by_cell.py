"""How many metres of street lie in each cell."""

from typing import Final

import numpy as np
from pyproj import CRS

from geodata.cast import FloatArray
from geodata.errors import InputError
from geodata.grid import Grid
from geodata.streets import Streets

PIECE_M: Final = 5.0  # a piece of street counts for the cell that holds its middle


def street_by_cell(streets: Streets, grid: Grid) -> FloatArray:
    """
    Return the metres of street in each cell.

    Streets are cut into pieces of at most 5 metres, and each counts for the cell of its middle.

    Parameters
    ----------
    streets : network in the CRS of `grid`
    grid : Grid

    Returns
    -------
    metres : one per cell, in the order of `grid.index`

    Raises
    ------
    InputError
        If `streets` is in another CRS.
    """
    if CRS(streets.crs) != CRS(grid.crs):
        raise InputError(f"`streets` must be in the CRS of the grid, {grid.crs}, got {streets.crs}.")
    last = np.zeros(len(streets.vertices), dtype=np.bool_)
    last[streets.offsets[1:] - 1] = True
    first = np.flatnonzero(~last)
    start, step = streets.vertices[first], streets.vertices[first + 1] - streets.vertices[first]
    length = np.hypot(*step.T)
    pieces = np.maximum(1, np.ceil(length / PIECE_M)).astype(np.int64)
    of = np.repeat(np.arange(pieces.size), pieces)
    nth = np.arange(of.size) - np.repeat(np.cumsum(pieces) - pieces, pieces)
    middle = start[of] + step[of] * ((nth + 0.5) / pieces[of])[:, None]
    cell = grid.cell_of(*middle.T)
    held = np.bincount(cell[cell >= 0], weights=(length / pieces)[of][cell >= 0], minlength=grid.size)
    return held.astype(np.float64, copy=False)
