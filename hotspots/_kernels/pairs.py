"""Pairs of events near each other: counted by band without being kept, or listed by band; whole numbers throughout."""

from typing import Final, NamedTuple

import numpy as np
from numba import njit, prange
from numpy.typing import NDArray

from geodata.cast import FloatArray, IntArray
from geodata.compiled import inner

NumberArray = NDArray[np.int32]

A_REACH: Final = 3  # squares; fewer meet more events out of reach, more hold too few to work on at once
MOST_SQUARES: Final = 2048  # along either side: one stray event must not make millions of empty squares
SHARES: Final = 16  # of the work, interleaved, so that the dense squares are spread among them
STEPS: Final = 4096  # of distance up to the reach, in each of which the band is known or nearly so


class Sheet(NamedTuple):
    """Squares over all events, from the south-west corner."""

    west: float
    south: float
    side: float
    across: int
    up: int


class Spread(NamedTuple):
    """Events in squares, row by row from the south-west; square s holds `first[s]` up to `first[s + 1]`."""

    x: FloatArray
    y: FloatArray
    time: NumberArray
    first: IntArray
    order: IntArray  # the row of each event


class Rings(NamedTuple):
    """Distances at which bands begin; `step` is the band at the beginning of each of many equal steps up to `reach`."""

    edges: FloatArray  # rising, infinite at the end
    step: NumberArray
    per_metre: float
    reach: float
    manhattan: bool


class Count(NamedTuple):
    """What was counted over ordered pairs; `squares` are sums over events of their own counts, squared."""

    pairs: IntArray  # by band of distance and of time
    squares: IntArray
    places: IntArray  # by share of the work: the same of their counts by band of distance alone, and beyond all bands


def sheet_of(x: FloatArray, y: FloatArray, reach: float) -> Sheet:
    """Return squares that hold all events, for pairs within `reach`."""
    west, south = float(x.min()), float(y.min())
    extent = max(float(x.max()) - west, float(y.max()) - south)
    side = max(reach / A_REACH, extent / MOST_SQUARES, 1e-3)
    return Sheet(west, south, side, int((x.max() - west) / side) + 1, int((y.max() - south) / side) + 1)


def spread(x: FloatArray, y: FloatArray, time: NumberArray, sheet: Sheet) -> Spread:
    """Return the events in the squares of a sheet."""
    column = ((x - sheet.west) / sheet.side).astype(np.int64)
    row = ((y - sheet.south) / sheet.side).astype(np.int64)
    square = row * sheet.across + column
    order = np.argsort(square, kind="stable")
    first = np.concatenate(([0], np.cumsum(np.bincount(square, minlength=sheet.across * sheet.up))))
    return Spread(x[order], y[order], time[order], first, order)


def rings(edges: FloatArray, *, manhattan: bool) -> Rings:
    """Return the finite rising `edges` ready for looking up the band of a distance: how many edges it reaches."""
    reach = float(edges[-1])
    per_metre = STEPS / reach if reach > 0 else 0.0
    starts = np.arange(STEPS + 2) / per_metre if reach > 0 else np.zeros(STEPS + 2)
    # A step that rounding puts one too far would skip an edge: each looks from the beginning of the one before it.
    step = np.searchsorted(edges, np.concatenate(([0.0], starts[:-1])), side="right").astype(np.int32)
    step[:2] = int((edges <= 0.0).sum())
    return Rings(np.append(edges, np.inf), step, per_metre, reach, manhattan)


def count(
    askers: Spread,
    others: Spread,
    sheet: Sheet,
    bands: Rings,
    time_band: NumberArray,
    same: bool,
    most: int | None = None,
) -> Count:
    """
    Return ordered pairs of an asker and another by band, those beyond the last edge left out; none with itself.

    There are `most` others to each asker, those far away among them, as many as are given where it is not said.
    """
    shape = (SHARES, bands.edges.size, int(time_band[-1]) + 1)
    pairs, squares = np.zeros(shape, dtype=np.int64), np.zeros(shape, dtype=np.int64)
    places = np.zeros(shape[:2], dtype=np.int64)
    most = others.x.size - same if most is None else most
    _count(askers, others, sheet, bands, time_band, same, most, (pairs, squares, places))
    return Count(pairs.sum(axis=0)[:-1], squares.sum(axis=0)[:-1], places)


def listed(
    askers: Spread, others: Spread, sheet: Sheet, bands: Rings, same: bool, most: int
) -> tuple[NumberArray, IntArray]:
    """Return pairs as positions among askers and others by band, and where each band begins; none if above `most`."""
    counts = np.zeros((SHARES, bands.edges.size), dtype=np.int64)
    _fill(askers, others, sheet, bands, same, counts, np.empty((0, 2), dtype=np.int32), False)
    by_band = counts.T.ravel()
    places = np.ascontiguousarray((np.cumsum(by_band) - by_band).reshape(-1, SHARES).T)
    first = np.concatenate(([0], np.cumsum(counts.sum(axis=0)[:-1])))
    pairs = np.empty((int(first[-1]) if first[-1] <= most else 0, 2), dtype=np.int32)
    if pairs.size == 0:
        return pairs, first
    _fill(askers, others, sheet, bands, same, places, pairs, True)
    return pairs, first


def tallied(pairs: NumberArray, first: IntArray, time: IntArray, time_band: NumberArray) -> NumberArray:
    """Return how many pairs each event is in, by band of distance, band of time and event."""
    own = np.zeros((first.size - 1, int(time_band[-1]) + 1, time.size), dtype=np.int32)
    _tally(pairs, first, time, time_band, own)
    return own


@njit(cache=True, parallel=True)
def _tally(pairs: NumberArray, first: IntArray, time: IntArray, time_band: NumberArray, own: NumberArray) -> None:
    for band in prange(first.size - 1):
        for pair in range(first[band], first[band + 1]):
            one, other = pairs[pair, 0], pairs[pair, 1]
            gap = time_band[min(abs(time[one] - time[other]), time_band.size - 1)]
            own[band, gap, one] += 1
            own[band, gap, other] += 1


@njit(cache=True, inline="always")
def _span(place: int, squares: int, count: int) -> tuple[int, int]:
    return max(0, place - squares), min(count, place + squares + 1)


@inner
def _fullest(first: IntArray) -> int:
    most = 0
    for square in range(first.size - 1):
        most = max(most, first[square + 1] - first[square])
    return most


@inner
def _apart(x: float, y: float, others: Spread, start: int, stop: int, manhattan: bool, apart: FloatArray) -> None:
    east, north = others.x[start:stop], others.y[start:stop]
    if manhattan:
        for j in range(east.size):
            apart[j] = abs(east[j] - x) + abs(north[j] - y)
    else:
        for j in range(east.size):
            apart[j] = np.sqrt((east[j] - x) * (east[j] - x) + (north[j] - y) * (north[j] - y))


@njit(cache=True, inline="always")
def _band(distance: float, bands: Rings) -> int:
    step = int(min(distance, bands.reach) * bands.per_metre)
    band = int(bands.step[step])
    while distance >= bands.edges[band]:
        band += 1
    return band


@njit(cache=True, parallel=True)
def _count(
    askers: Spread,
    others: Spread,
    sheet: Sheet,
    bands: Rings,
    time_band: NumberArray,
    same: bool,
    most: int,
    found: tuple[IntArray, IntArray, IntArray],
) -> None:
    squares = int(np.ceil(bands.reach / sheet.side))
    widest = _fullest(others.first) * (2 * squares + 1)
    width = found[0].shape[2]
    for share in prange(SHARES):
        apart, own = np.empty(widest), np.zeros(found[0].shape[1] * width, dtype=np.int32)
        for square in range(share, askers.first.size - 1, SHARES):
            south, north = _span(square // sheet.across, squares, sheet.up)
            west, east = _span(square % sheet.across, squares, sheet.across)
            for i in range(askers.first[square], askers.first[square + 1]):
                own[:] = 0
                for row in range(south, north):
                    start, stop = others.first[row * sheet.across + west], others.first[row * sheet.across + east]
                    _apart(askers.x[i], askers.y[i], others, start, stop, bands.manhattan, apart)
                    for j in range(start, stop):
                        gap = time_band[min(abs(askers.time[i] - others.time[j]), time_band.size - 1)]
                        own[_band(apart[j - start], bands) * width + gap] += 1
                if same:
                    own[_band(0.0, bands) * width + time_band[0]] -= 1
                _add(own, width, most, found[0][share], found[1][share], found[2][share])


@inner
def _add(own: NumberArray, width: int, most: int, pairs: IntArray, squares: IntArray, places: IntArray) -> None:
    rest = np.int64(most)
    for band in range(pairs.shape[0] - 1):
        near = np.int64(0)
        for gap in range(width):
            number = np.int64(own[band * width + gap])
            pairs[band, gap] += number
            squares[band, gap] += number * number
            near += number
        places[band] += near * near
        rest -= near
    places[-1] += rest * rest


@njit(cache=True, parallel=True)
def _fill(
    askers: Spread,
    others: Spread,
    sheet: Sheet,
    bands: Rings,
    same: bool,
    places: IntArray,
    pairs: NumberArray,
    fill: bool,
) -> None:
    squares = int(np.ceil(bands.reach / sheet.side))
    widest, last = _fullest(others.first) * (2 * squares + 1), bands.edges.size - 1
    for share in prange(SHARES):
        apart = np.empty(widest)
        for square in range(share, askers.first.size - 1, SHARES):
            south, north = _span(square // sheet.across, squares, sheet.up)
            west, east = _span(square % sheet.across, squares, sheet.across)
            for row in range(square // sheet.across if same else south, north):
                begin, stop = others.first[row * sheet.across + west], others.first[row * sheet.across + east]
                for i in range(askers.first[square], askers.first[square + 1]):
                    # Among the same events each pair once: with those later in this row and in the rows to the north.
                    start = i + 1 if same and row == square // sheet.across else begin
                    _apart(askers.x[i], askers.y[i], others, start, stop, bands.manhattan, apart)
                    for j in range(start, stop):
                        band = _band(apart[j - start], bands)
                        if fill and band < last:
                            pairs[places[share, band], 0] = i
                            pairs[places[share, band], 1] = j
                        places[share, band] += 1
