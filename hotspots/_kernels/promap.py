"""What few cells hold, spread over a whole grid by weights that depend on the cells between alone."""

from typing import Final

import numpy as np
from numba import njit, prange

from geodata.cast import FloatArray, IntArray
from geodata.compiled import inner

FEW: Final = 8_000_000  # products; below this waking a second thread costs more than it saves


def spread(cells: IntArray, values: FloatArray, rows: int, columns: int, stencil: FloatArray) -> FloatArray:
    """
    Return the sum of `values` times the stencil about their cells, rows x columns.

    `cells` are numbers in rising order. The stencil is square, of odd side, with 0 where it does not reach.
    """
    surface = np.zeros((rows, columns))
    first = np.searchsorted(cells, np.arange(rows + 1) * columns)
    spreading = _spread_many if cells.size * stencil.size > FEW else _spread_few
    spreading(first, cells % columns, values, stencil, surface)
    return surface


@inner
def _spread_row(
    row: int, first: IntArray, column: IntArray, values: FloatArray, stencil: FloatArray, line: FloatArray, rows: int
) -> None:
    reach = stencil.shape[0] // 2
    for source in range(max(0, row - reach), min(rows, row + reach + 1)):
        weights = stencil[row - source + reach]
        for i in range(first[source], first[source + 1]):
            west = max(0, column[i] - reach)
            start = west - column[i] + reach
            value = values[i]
            for j in range(min(line.size, column[i] + reach + 1) - west):
                line[west + j] += value * weights[start + j]


@njit(cache=True)
def _spread_few(
    first: IntArray, column: IntArray, values: FloatArray, stencil: FloatArray, surface: FloatArray
) -> None:
    for row in range(surface.shape[0]):
        _spread_row(row, first, column, values, stencil, surface[row], surface.shape[0])


@njit(cache=True, parallel=True)
def _spread_many(
    first: IntArray, column: IntArray, values: FloatArray, stencil: FloatArray, surface: FloatArray
) -> None:
    # Each row of the surface gathers from the rows about it: one thread writes it, in one order.
    for row in prange(surface.shape[0]):
        _spread_row(row, first, column, values, stencil, surface[row], surface.shape[0])
