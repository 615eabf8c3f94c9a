"""Sums over all pairs of places that are near each other: exact, in one order whatever the rows or the threads."""

from typing import Final, NamedTuple

import numpy as np
from numba import get_num_threads, njit, prange

from geodata.cast import FloatArray, IntArray
from hotspots._kernels.tiles import Sheet, Tiling, sort_into_tiles

A_REACH: Final = 3  # squares; fewer meet more places out of reach, more hold too few places to work on at once
MOST_SQUARES: Final = 512  # along either side: one stray place must not make millions of empty squares
SHARES: Final = 8  # of the work on pairs: a fixed number, so that the threads at hand change no sum


class Places(NamedTuple):
    """Distinct places in squares, row by row from the south-west; square s holds `first[s]` up to `first[s + 1]`."""

    x: FloatArray  # metres from the south-west corner of all places
    y: FloatArray
    weights: FloatArray
    first: IntArray
    across: int
    up: int
    side: float
    west: float
    south: float


def places_of(x: FloatArray, y: FloatArray, weights: FloatArray, reach: float) -> Places:
    """Return the distinct places of one point or more, those at one place summed, ready for pairs within `reach`."""
    west, south = float(x.min()), float(y.min())
    extent = float(max(x.max() - west, y.max() - south))
    side = max(reach / A_REACH, extent / MOST_SQUARES)
    across, up = int((x.max() - west) // side) + 2, int((y.max() - south) // side) + 2
    tiles = Tiling(west, south, 1.0 / side, across, up, 1)
    points, start, stop = sort_into_tiles(x, y, weights, Sheet(west, south, side, across, up, reach), tiles)
    held = stop - start
    first = np.concatenate(([0], np.cumsum(held)))
    rows = np.arange(first[-1]) + np.repeat(start - first[:-1], held)
    columns = np.ascontiguousarray(points[rows].T)
    return Places(columns[1], columns[0], columns[2], first, across, up, side, west, south)


def quartic_at_places(places: Places, reach: float) -> FloatArray:
    """Return sum of w (3 / (pi b^2)) (1 - d^2/b^2)^2 at each place, itself included, per square metre."""
    sums = np.zeros(places.x.size)
    busy = np.flatnonzero(np.diff(places.first))
    # In units of the reach from here on: two multiplications less for every pair, a tenth of the time.
    places = places._replace(x=places.x / reach, y=places.y / reach)
    _add_up(places, int(np.ceil(reach / places.side)), busy, max(1, min(get_num_threads(), busy.size)), sums)
    sums *= 3.0 / (np.pi * reach * reach)
    return sums


def separations(places: Places, reach: float, bins: int) -> tuple[FloatArray, FloatArray]:
    """Return by bin of distance, 0 up to `reach`: sum of w_i w_j over pairs of places, and of w_i w_j d."""
    found = np.zeros((SHARES, 2, bins))
    _separate(places, reach, found)
    total = found.sum(axis=0)
    return total[0], total[1]


@njit(cache=True)
def _span(place: int, squares: int, count: int) -> tuple[int, int]:
    return max(0, place - squares), min(count, place + squares + 1)


@njit(cache=True, parallel=True)
def _add_up(places: Places, squares: int, busy: IntArray, hands: int, sums: FloatArray) -> None:
    for hand in prange(hands):
        # Squares dealt out in turn: dense ones lie together, and each place's sum is made by one hand.
        for turn in range(hand, busy.size, hands):
            row, column = busy[turn] // places.across, busy[turn] % places.across
            near, far = places.first[busy[turn]], places.first[busy[turn] + 1]
            south, north = _span(row, squares, places.up)
            west, east = _span(column, squares, places.across)
            for other in range(south, north):
                start = places.first[other * places.across + west]
                stop = places.first[other * places.across + east]
                _add_strip(places, start, stop, near, far, sums)


@njit(cache=True)
def _add_strip(places: Places, start: int, stop: int, near: int, far: int, sums: FloatArray) -> None:
    x, y, held = places.x[near:far], places.y[near:far], sums[near:far]
    for j in range(start, stop):
        east, north, weight = places.x[j], places.y[j], places.weights[j]
        # One source onto all places of a square, without a branch: packed instructions and no sum across lanes.
        for i in range(held.size):
            across, up = x[i] - east, y[i] - north
            height = 1.0 - across * across - up * up
            height = height if height > 0.0 else 0.0
            held[i] += weight * height * height


@njit(cache=True, parallel=True)
def _separate(places: Places, reach: float, found: FloatArray) -> None:
    count = places.first.size - 1
    squares = int(np.ceil(reach / places.side))
    for share in prange(SHARES):
        for square in range(share, count, SHARES):
            row, column = square // places.across, square % places.across
            west, east = _span(column, squares, places.across)
            north = min(places.up, row + squares + 1)
            for i in range(places.first[square], places.first[square + 1]):
                for other in range(row, north):
                    start = places.first[other * places.across + west]
                    if other == row:
                        start = i + 1  # each pair once: later in this row, or in a row further north
                    stop = places.first[other * places.across + east]
                    _tally(places, reach, i, start, stop, found[share])


@njit(cache=True)
def _tally(places: Places, reach: float, i: int, start: int, stop: int, found: FloatArray) -> None:
    bins = found.shape[1]
    per_metre = bins / reach
    for j in range(start, stop):
        across, up = places.x[j] - places.x[i], places.y[j] - places.y[i]
        distance = np.sqrt(across * across + up * up)
        b = int(distance * per_metre)
        if b < bins:
            product = places.weights[i] * places.weights[j]
            found[0, b] += product
            found[1, b] += product * distance
