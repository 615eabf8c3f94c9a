"""The share of a point's spread that falls on covered ground, by a sum over small squares."""

import math

import numpy as np
from numba import njit, prange

from geodata.cast import FloatArray
from geodata.compiled import inner
from hotspots._kernels.shapes import DECAY, EPANECHNIKOV, GAUSSIAN, QUARTIC, TRIANGULAR
from hotspots._kernels.tiles import Sheet


@inner
def _height(squared: float, shape: int) -> float:
    if squared >= 1.0:
        return 0.0
    if shape == QUARTIC:
        return (1.0 - squared) * (1.0 - squared)
    if shape == EPANECHNIKOV:
        return 1.0 - squared
    if shape == TRIANGULAR:
        return 1.0 - math.sqrt(squared)
    if shape == GAUSSIAN:
        return math.exp(-DECAY * squared)
    return 1.0


@inner
def _sum_of_box(sums: FloatArray, low: int, high: int, west: int, east: int) -> float:
    return float(sums[high, east] - sums[low, east] - sums[high, west] + sums[low, west])


@njit(cache=True, parallel=True)
def shares_covered(
    x: FloatArray, y: FloatArray, covered: FloatArray, sums: FloatArray, sheet: Sheet, shape: int, shares: FloatArray
) -> None:
    """Write for each point the spread over covered squares over that on all squares, those beyond the sheet too."""
    rows, columns = covered.shape
    squares = 2 * int(np.ceil(sheet.reach / sheet.cell)) + 1
    for i in prange(x.size):
        west = int(np.floor((x[i] - sheet.west - sheet.reach) / sheet.cell))
        south = int(np.floor((y[i] - sheet.south - sheet.reach) / sheet.cell))
        low, high = min(max(south, 0), rows), min(max(south + squares, 0), rows)
        left, right = min(max(west, 0), columns), min(max(west + squares, 0), columns)
        held = _sum_of_box(sums, low, high, left, right)
        if held == squares * squares:  # whole numbers, so exact: nearly all points are far from any border
            shares[i] = 1.0
        else:
            inside, total = 0.0, 0.0
            for row in range(south, south + squares):
                up = (sheet.south + (row + 0.5) * sheet.cell - y[i]) / sheet.reach
                for column in range(west, west + squares):
                    across = (sheet.west + (column + 0.5) * sheet.cell - x[i]) / sheet.reach
                    height = _height(up * up + across * across, shape)
                    total += height
                    if 0 <= row < rows and 0 <= column < columns:
                        inside += height * covered[row, column]
            shares[i] = inside / total
