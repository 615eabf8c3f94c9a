"""The Gaussian density on cells that are fine beside its width: spread on a coarse lattice first, then from there."""

import math
from typing import Final

import numpy as np
from numba import njit, prange

from geodata.cast import FloatArray, IntArray
from hotspots._kernels.scatter import scatter_part
from hotspots._kernels.shapes import DEVIATIONS, GAUSSIAN
from hotspots._kernels.tiles import Part, Sheet, whole_of

# A Gaussian spread by a Gaussian is a Gaussian, and the integral between the two may be a sum over a lattice: with the
# first of deviation s / 2 and nodes s / 2.66 apart it is off by 2 exp(-2 pi^2 (3/16) 2.66^2) = 9e-12 of the height.
FIRST: Final = 0.5  # deviation of the first spread, of the whole
SECOND: Final = math.sqrt(1.0 - FIRST * FIRST)
NODES: Final = 2.66  # a deviation; the first spread then reaches two vectors of nodes


def gaussian(x: FloatArray, y: FloatArray, weights: FloatArray, sheet: Sheet, *, scale: float = 1.0) -> FloatArray:
    """Return `scale` times the density per square metre at the centres of the cells, within 1e-8 of each peak."""
    return gaussian_part(x, y, weights, sheet, whole_of(sheet), scale=scale)


def gaussian_part(
    x: FloatArray, y: FloatArray, weights: FloatArray, sheet: Sheet, part: Part, *, scale: float = 1.0
) -> FloatArray:
    """Return what `gaussian` returns of a part, to the bit, from the points within `gaussian_reach` of it."""
    deviation = sheet.reach / DEVIATIONS
    apart = deviation / NODES
    if apart < sheet.cell:
        return scatter_part(x, y, weights, sheet, part, shape=GAUSSIAN, scale=scale)
    margin = DEVIATIONS * SECOND * deviation
    columns, rows = (math.ceil((cells * sheet.cell + 2.0 * margin) / apart) for cells in (sheet.columns, sheet.rows))
    reach = DEVIATIONS * FIRST * deviation
    lattice = Sheet(sheet.west - margin, sheet.south - margin, apart, columns, rows, reach)
    beside, above = (
        _shares(first, cells, sheet.cell, margin, apart)
        for first, cells in ((part.column, part.columns), (part.row, part.rows))
    )
    (west, width), (south, height) = (_nodes(*shares, most) for shares, most in ((beside, columns), (above, rows)))
    given = Part(south, west, height, width)
    nodes = scatter_part(x, y, weights, lattice, given, shape=GAUSSIAN, scale=scale)
    for start, (first, shares) in ((west, beside), (south, above)):
        nodes = _blend(first - start, shares, np.ascontiguousarray(nodes.T))
    return nodes


def gaussian_reach(sheet: Sheet) -> float:
    """Return how far from a part a point may lie and add to it: the two spreads, one after the other, and a node."""
    deviation = sheet.reach / DEVIATIONS
    apart = deviation / NODES
    return sheet.reach if apart < sheet.cell else DEVIATIONS * (FIRST + SECOND) * deviation + apart


def _shares(begin: int, cells: int, cell: float, margin: float, apart: float) -> tuple[IntArray, FloatArray]:
    """Return the first node within the margin of each centre along an axis, and what it takes from each node there."""
    place = ((np.arange(begin, begin + cells) + 0.5) * cell + margin) / apart - 0.5
    reach, deviation = margin / apart, SECOND * NODES
    first = np.ceil(place - reach).astype(np.int64)
    away = first[:, None] + np.arange(math.ceil(2.0 * reach)) - place[:, None]
    heights = np.exp(-0.5 * (away / deviation) ** 2) / (math.sqrt(2.0 * math.pi) * deviation)
    return np.maximum(first, 0), np.where(np.abs(away) < reach, heights, 0.0)


def _nodes(first: IntArray, shares: FloatArray, most: int) -> tuple[int, int]:
    """Return the first node along an axis that is taken from, and how many there are."""
    start = int(first[0])
    return start, min(int(first[-1]) + shares.shape[1], most) - start


@njit(cache=True, parallel=True)
def _blend(first: IntArray, shares: FloatArray, source: FloatArray) -> FloatArray:
    """Return rows that are sums of rows of `source`, from the `first` on, by the shares."""
    blended = np.zeros((first.size, source.shape[1]))
    for row in prange(first.size):
        line = blended[row]
        for i in range(min(shares.shape[1], source.shape[0] - first[row])):
            held, share = source[first[row] + i], shares[row, i]
            for j in range(line.size):
                line[j] += share * held[j]
    return blended
