"""Sums over all pairs of places that are near each other: exact, in one order whatever the rows or the threads."""

import math
from typing import Final, NamedTuple

import numpy as np
from numba import get_num_threads, njit, prange

from geodata.cast import FloatArray, IntArray
from geodata.compiled import inner
from hotspots._kernels.eights import add_heights
from hotspots._kernels.lanes import LANES
from hotspots._kernels.tiles import Sheet, Tiling, sort_into_tiles

A_REACH: Final = 2  # strips; fewer meet more places out of reach, more hold too few places to work on at once
A_TILE: Final = 6  # strips; wider tiles take longer to sort, narrower ones to count
MOST_STRIPS: Final = 3_072  # one stray place must not make millions of empty ones
SHARES: Final = 8  # of the work on pairs: a fixed number, so that the threads at hand change no sum


class Places(NamedTuple):
    """Distinct places in strips from south to north, in each from west to east: `first[s]` up to `first[s + 1]`."""

    x: FloatArray  # metres from the south-west corner of all places
    y: FloatArray
    weights: FloatArray
    first: IntArray
    height: float  # of a strip, in metres
    west: float
    south: float


def places_of(x: FloatArray, y: FloatArray, weights: FloatArray, reach: float) -> Places:
    """Return the distinct places of one point or more, those at one place summed, ready for pairs within `reach`."""
    west, south = float(x.min()), float(y.min())
    wide, high = float(x.max()) - west, float(y.max()) - south
    height = max(reach / A_REACH, max(wide, high) / MOST_STRIPS)
    side = A_TILE * height
    tiles = Tiling(west, south, 1.0 / side, int(wide // side) + 2, int(high // side) + 2, A_TILE)
    sorted_ = sort_into_tiles(x, y, weights, Sheet(west, south, side, tiles.across, tiles.up, reach), tiles)
    bins = np.arange(tiles.bins).reshape(tiles.up, tiles.across, A_TILE).transpose(0, 2, 1).ravel()
    start, held = sorted_.start[bins], (sorted_.stop - sorted_.start)[bins]
    to = np.concatenate(([0], np.cumsum(held)))
    columns = np.empty((3, int(to[-1])))
    _line_up(sorted_.points, start, to, columns)
    return Places(columns[1], columns[0], columns[2], to[:: tiles.across], height, west, south)


def quartic_at_places(places: Places, reach: float) -> FloatArray:
    """Return sum of w (3 / (pi b^2)) (1 - d^2/b^2)^2 at each place, itself included, per square metre."""
    size = places.x.size
    sums = np.empty(size)
    # In units of the reach: two multiplications less for every pair. Places are taken by eights: room for the last.
    x, y = np.zeros(size + LANES), np.zeros(size + LANES)
    np.divide(places.x, reach, out=x[:size])
    np.divide(places.y, reach, out=y[:size])
    busy = np.flatnonzero(np.diff(places.first))
    hands = max(1, min(get_num_threads(), busy.size))
    _add_up(x, y, places.weights, places.first, places.height / reach, busy, hands, sums)
    sums *= 3.0 / (np.pi * reach * reach)
    return sums


def separations(places: Places, reach: float, bins: int) -> tuple[FloatArray, FloatArray]:
    """Return by bin of distance, 0 up to `reach`: sum of w_i w_j over pairs of places, and of w_i w_j d."""
    found = np.zeros((SHARES, 2, bins))
    _separate(places, reach, found)
    total = found.sum(axis=0)
    return total[0], total[1]


@njit(cache=True, parallel=True)
def _line_up(points: FloatArray, start: IntArray, to: IntArray, columns: FloatArray) -> None:
    for b in prange(start.size):
        for i in range(to[b + 1] - to[b]):
            row = points[start[b] + i]
            columns[0, to[b] + i], columns[1, to[b] + i], columns[2, to[b] + i] = row[0], row[1], row[2]


@inner
def _chord(apart: int, height: float) -> float:
    """Return half the width of a disc of radius 1 at the near border of a strip so many strips away, or a bit more."""
    up = max(0.0, (abs(apart) - 1) * height)
    return math.sqrt(max(0.0, 1.0 - up * up)) + 1e-9


@njit(cache=True, parallel=True)
def _add_up(
    x: FloatArray,
    y: FloatArray,
    weights: FloatArray,
    first: IntArray,
    height: float,
    busy: IntArray,
    hands: int,
    sums: FloatArray,
) -> None:
    for hand in prange(hands):
        # Strips dealt out in turn: dense ones lie together, and each place's sum is made by one hand.
        for strip in busy[hand::hands]:
            _add_strip(x, y, weights, first, height, strip, sums)


@njit(cache=True)
def _add_strip(
    x: FloatArray, y: FloatArray, weights: FloatArray, first: IntArray, height: float, strip: int, sums: FloatArray
) -> None:
    most = int(np.ceil(1.0 / height))
    lowest, highest = max(0, strip - most), min(first.size - 1, strip + most + 1)
    begin, end, held = first[lowest:highest].copy(), first[lowest:highest].copy(), np.empty(LANES)
    for near in range(first[strip], first[strip + 1], LANES):
        far = min(near + LANES, first[strip + 1])
        held[:] = 0.0
        for other in range(lowest, highest):
            chord, stop = _chord(other - strip, height), first[other + 1]
            start = _further(x, begin[other - lowest], stop, x[near] - chord)
            after = _further(x, max(start, end[other - lowest]), stop, x[far - 1] + chord)
            begin[other - lowest], end[other - lowest] = start, after
            add_heights(held, x[near:], y[near:], x[start:after], y[start:after], weights[start:after])
        for i in range(far - near):
            sums[near + i] = held[i]


@inner
def _further(x: FloatArray, at: int, stop: int, least: float) -> int:
    """Return the first place from `at` on that lies no further west than `least`."""
    while at < stop and x[at] < least:
        at += 1
    return at


@njit(cache=True, parallel=True)
def _separate(places: Places, reach: float, found: FloatArray) -> None:
    first, height = places.first, places.height / reach
    most = int(np.ceil(1.0 / height))
    for share in prange(SHARES):
        for strip in range(share, first.size - 1, SHARES):
            highest = min(first.size - 1, strip + most + 1)
            begin = first[strip:highest].copy()
            for i in range(first[strip], first[strip + 1]):
                begin[0] = i + 1  # each pair once: further east in this strip, or in a strip further north
                for other in range(strip, highest):
                    chord, stop = _chord(other - strip, height) * reach, first[other + 1]
                    start = _further(places.x, begin[other - strip], stop, places.x[i] - chord)
                    begin[other - strip] = start
                    _tally(places, reach, i, start, stop, places.x[i] + chord, found[share])


@inner
def _tally(places: Places, reach: float, i: int, start: int, stop: int, east: float, found: FloatArray) -> None:
    bins = found.shape[1]
    per_metre = bins / reach
    for j in range(start, stop):
        if places.x[j] > east:
            break
        across, up = places.x[j] - places.x[i], places.y[j] - places.y[i]
        distance = np.sqrt(across * across + up * up)
        b = int(distance * per_metre)
        if b < bins:
            product = places.weights[i] * places.weights[j]
            found[0, b] += product
            found[1, b] += product * distance
