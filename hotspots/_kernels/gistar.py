"""Sums over the cells about each cell, and how they compare with those of maps put into random order."""

from typing import NamedTuple

import numpy as np
from numba import get_num_threads, njit, prange

from geodata.cast import FloatArray, IntArray
from geodata.compiled import inner
from hotspots._kernels.streams import OrderArray, shuffle, stream


class Stencil(NamedTuple):
    """The cells about a cell, `halves[middle + d]` to either side of it d rows up, and the cells of the study area."""

    halves: IntArray
    cells: IntArray
    rows: int
    columns: int


class Lists(NamedTuple):
    """The neighbours of place i, itself left out: `indices[start[i]]` up to `indices[start[i + 1]]`."""

    start: IntArray
    indices: IntArray


def stencil_sums(values: FloatArray, stencil: Stencil) -> FloatArray:
    """Return the sum of the values of the study cells in the stencil about each study cell."""
    surface = np.zeros((stencil.rows, stencil.columns))
    surface.ravel()[stencil.cells] = values
    running, sums = _room(stencil)
    _sum_rows(surface, stencil.halves, running, sums)
    return sums.ravel()[stencil.cells]


@njit(cache=True)
def list_sums(values: FloatArray, lists: Lists) -> FloatArray:
    """Return the sum of the values of each place and its neighbours."""
    sums = values.copy()
    for i in range(values.size):
        for j in lists.indices[lists.start[i] : lists.start[i + 1]]:
            sums[i] += values[j]
    return sums


def _room(stencil: Stencil) -> tuple[FloatArray, FloatArray]:
    width = stencil.columns + 2 * int(stencil.halves.max()) + 1
    return np.zeros((stencil.rows, width)), np.empty((stencil.rows, stencil.columns))


@njit(cache=True)
def _sum_rows(surface: FloatArray, halves: IntArray, running: FloatArray, sums: FloatArray) -> None:
    for row in range(len(surface)):
        _run(surface[row], halves.max(), running[row])
    for row in range(len(surface)):
        _difference(running, halves, row, sums[row])


@inner
def _run(line: FloatArray, margin: int, running: FloatArray) -> None:
    """Write what lies west of each edge between cells, for as many cells beyond the map as the stencil reaches."""
    total = 0.0
    for column in range(line.size):
        total += line[column]
        running[margin + column + 1] = total
    running[margin + line.size + 1 :] = total


@njit(cache=True)
def _difference(running: FloatArray, halves: IntArray, row: int, sums: FloatArray) -> None:
    reach, margin = halves.size // 2, halves.max()
    sums[:] = 0.0
    for other in range(max(0, row - reach), min(len(running), row + reach + 1)):
        half = halves[other - row + reach]
        east = running[other, margin + half + 1 : margin + half + 1 + sums.size]
        west = running[other, margin - half : margin - half + sums.size]
        for column in range(sums.size):
            sums[column] += east[column] - west[column]


def permuted_maps(
    values: FloatArray, stencil: Stencil, around: FloatArray, permutations: int, seed: int
) -> tuple[IntArray, IntArray]:
    """Return in how many random maps the sum about a cell, itself left out, is at least, and at most, `around`."""
    hands = min(get_num_threads(), permutations)
    least = np.zeros((hands, values.size), np.int64)
    most = np.zeros_like(least)
    _permute_maps(values, stencil, around, permutations, seed, _slack(values), least, most)
    return least.sum(axis=0), most.sum(axis=0)


def permuted_lists(
    values: FloatArray, lists: Lists, around: FloatArray, permutations: int, seed: int
) -> tuple[IntArray, IntArray]:
    """Return the same counts for places with lists of neighbours."""
    hands = min(get_num_threads(), permutations)
    least = np.zeros((hands, values.size), np.int64)
    most = np.zeros_like(least)
    _permute_lists(values, lists, around, permutations, seed, _slack(values), least, most)
    return least.sum(axis=0), most.sum(axis=0)


def _slack(values: FloatArray) -> float:
    """Return what two sums of the same values may differ by, being taken in another order."""
    return 1e-12 * float(np.abs(values).sum())


@njit(cache=True, parallel=True)
def _permute_maps(
    values: FloatArray,
    stencil: Stencil,
    around: FloatArray,
    permutations: int,
    seed: int,
    slack: float,
    least: IntArray,
    most: IntArray,
) -> None:
    hands, cells, halves = len(least), stencil.cells, stencil.halves
    for hand in prange(hands):
        lines = np.zeros((stencil.rows, stencil.columns))
        summed = np.zeros_like(lines)
        surface, sums = lines.ravel(), summed.ravel()  # views; made inside the loops they took 20 times as long
        running = np.zeros((stencil.rows, stencil.columns + 2 * halves.max() + 1))
        order = np.empty(values.size, np.int32)
        for permutation in range(hand, permutations, hands):
            _order(order, seed, permutation)
            for i in range(order.size):
                surface[cells[i]] = values[order[i]]
            _sum_rows(lines, halves, running, summed)
            _put_back(values, order, stencil, sums)
            for i in range(order.size):
                total = sums[cells[i]] - values[order[i]]
                least[hand, i] += total >= around[i] - slack
                most[hand, i] += total <= around[i] + slack


@njit(cache=True)
def _order(order: OrderArray, seed: int, permutation: int) -> None:
    for i in range(order.size):
        order[i] = i
    shuffle(order, stream(seed, permutation))


@inner
def _put_back(values: FloatArray, order: OrderArray, stencil: Stencil, sums: FloatArray) -> None:
    """Mend the sums of the cells about which their own value came to lie."""
    # A random order in which cell i then changes places with its own value is a random order that leaves i alone: so
    # one map serves all cells, each conditional on its own value, at the cost of a map a permutation (1/20 of the time
    # of drawing neighbours cell by cell).
    reach = len(stencil.halves) // 2
    far = reach * stencil.columns + stencil.halves.max()
    for i in range(order.size):
        own = order[i]
        here, home = stencil.cells[i], stencil.cells[own]
        if own != i and abs(here - home) <= far:
            up = here // stencil.columns - home // stencil.columns
            across = here % stencil.columns - home % stencil.columns
            if abs(up) <= reach and abs(across) <= stencil.halves[up + reach]:
                sums[home] += values[order[own]] - values[own]


@njit(cache=True, parallel=True)
def _permute_lists(
    values: FloatArray,
    lists: Lists,
    around: FloatArray,
    permutations: int,
    seed: int,
    slack: float,
    least: IntArray,
    most: IntArray,
) -> None:
    hands = len(least)
    for hand in prange(hands):
        order = np.empty(values.size, np.int32)
        for permutation in range(hand, permutations, hands):
            _order(order, seed, permutation)
            for i in range(values.size):
                total = 0.0
                for j in lists.indices[lists.start[i] : lists.start[i + 1]]:
                    total += values[order[i]] if order[j] == i else values[order[j]]
                least[hand, i] += total >= around[i] - slack
                most[hand, i] += total <= around[i] + slack
