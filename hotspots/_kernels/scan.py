"""The space-time permutation scan: every cylinder's likelihood ratio, and the greatest of each random calendar."""

from typing import Any, Final, NamedTuple

import numpy as np
from numba import njit, prange
from numpy.typing import NDArray

from geodata.cast import FloatArray, IntArray
from geodata.compiled import inner
from hotspots._kernels.streams import shuffle, stream

CountArray = NDArray[np.int32]

LANES: Final = 16  # random calendars side by side, so that their counts are added up in packed numbers: 5 times as fast
FEWEST: Final = 2  # crimes in a cluster: one crime is not one
_BELOW: Final = 1 - 1e-9  # so that no rounding passes over a window


class Zones(NamedTuple):
    """The places about place i that radius k of K adds: `members[edges[i K + k]]` up to `members[edges[i K + k + 1]]`.

    `crimes[i, k]` is the number of crimes within the radius in all periods.
    """

    edges: IntArray
    members: IntArray
    crimes: IntArray


class Calendar(NamedTuple):
    """The crimes up to each edge between periods, the longest window in periods, and whether it must end last."""

    before: IntArray
    longest: int
    to_the_end: bool


class Cylinders(NamedTuple):
    """Of each place and radius the greatest log likelihood ratio, its window, `stop` excluded, and the crimes in it."""

    ratio: FloatArray
    start: IntArray
    stop: IntArray
    observed: IntArray


def rings(one: IntArray, other: IntArray, ring: IntArray, crimes: IntArray, sizes: int) -> Zones:
    """Return the zones of pairs of places, each pair named once with the number of its radius, of `sizes` radii."""
    edges = np.zeros(crimes.size * sizes + 1, np.int64)
    members = np.empty(crimes.size + 2 * one.size, np.int64)
    totals = np.zeros((crimes.size, sizes), np.int64)
    _fill(one, other, ring, crimes, edges, members, totals)
    return Zones(edges, members, totals.cumsum(axis=1))


@njit(cache=True)
def _fill(
    one: IntArray,
    other: IntArray,
    ring: IntArray,
    crimes: IntArray,
    edges: IntArray,
    members: IntArray,
    totals: IntArray,
) -> None:
    sizes = totals.shape[1]
    for i in range(crimes.size):
        edges[i * sizes + 1] += 1
        totals[i, 0] += crimes[i]
    for pair in range(one.size):
        a, b, k = one[pair], other[pair], ring[pair]
        edges[a * sizes + k + 1] += 1
        edges[b * sizes + k + 1] += 1
        totals[a, k] += crimes[b]
        totals[b, k] += crimes[a]
    for zone in range(edges.size - 1):
        edges[zone + 1] += edges[zone]
    place = edges[:-1].copy()
    for i in range(crimes.size):
        members[place[i * sizes]] = i
        place[i * sizes] += 1
    for pair in range(one.size):
        for a, b in ((one[pair], other[pair]), (other[pair], one[pair])):
            zone = a * sizes + ring[pair]
            members[place[zone]] = b
            place[zone] += 1


def cylinders(zones: Zones, period: IntArray, first: IntArray, calendar: Calendar) -> Cylinders:
    """Return the likeliest window of each zone.

    `period` holds the periods of the crimes place by place, those of place i from `first[i]` up to `first[i + 1]`.
    """
    found = Cylinders(np.zeros(zones.crimes.shape), *(np.zeros(zones.crimes.shape, np.int64) for _ in range(3)))
    counts = _counts(first.size - 1, calendar, 1)
    _tally(period, first, _opening(calendar), counts, 0, 1)
    _scan(counts, zones, calendar, _logarithms(period.size), found)
    return found


def greatest(
    zones: Zones, period: IntArray, first: IntArray, calendar: Calendar, seed: int, numbers: range
) -> FloatArray:
    """Return the greatest log likelihood ratio of any cylinder for each of some random orders, by their numbers."""
    found = np.zeros(len(numbers))
    logs = _logarithms(period.size)
    _permute(zones, period.astype(np.int32), first, calendar, logs, seed, numbers.start, found)
    return found


def _logarithms(most: int) -> FloatArray:
    return np.log(np.maximum(np.arange(most + 1), 1))


@njit(cache=True)
def _opening(calendar: Calendar) -> int:
    """Return the first period that any window can hold."""
    return calendar.before.size - 1 - calendar.longest if calendar.to_the_end else 0


@njit(cache=True)
def _counts(places: int, calendar: Calendar, lanes: int) -> CountArray:
    """Return room for the crimes of each place: those before any window, then period by period, lane beside lane."""
    return np.zeros((places, (calendar.before.size - _opening(calendar)) * lanes), np.int32)


@njit(cache=True)
def _tally(period: Any, first: IntArray, opening: int, counts: CountArray, lane: int, lanes: int) -> None:
    for i in range(first.size - 1):
        line = counts[i]
        for crime in range(first[i], first[i + 1]):
            # The crimes before any window are counted too: leaving them out is a branch at random, and twice as slow.
            line[max(period[crime] - opening + 1, 0) * lanes + lane] += 1


@njit(cache=True)
def _add(counts: CountArray, members: IntArray, held: CountArray, lanes: int) -> None:
    for other in members:
        line = counts[other]
        for t in range(held.size):
            held[t] += line[lanes + t]


@njit(cache=True)
def _scan(counts: CountArray, zones: Zones, calendar: Calendar, logs: FloatArray, found: Cylinders) -> None:
    places, sizes = found.ratio.shape
    held = np.empty(counts.shape[1] - 1, np.int32)
    for i in range(places):
        held[:] = 0
        for k in range(sizes):
            zone = i * sizes + k
            if zones.edges[zone + 1] > zones.edges[zone]:
                _add(counts, zones.members[zones.edges[zone] : zones.edges[zone + 1]], held, 1)
                best = _window(held, zones.crimes[i, k], calendar, logs)
                found.ratio[i, k], found.start[i, k], found.stop[i, k], found.observed[i, k] = best


@njit(cache=True, parallel=True)
def _permute(
    zones: Zones,
    period: CountArray,
    first: IntArray,
    calendar: Calendar,
    logs: FloatArray,
    seed: int,
    start: int,
    found: FloatArray,
) -> None:
    sizes, opening = zones.crimes.shape[1], _opening(calendar)
    for block in prange((found.size + LANES - 1) // LANES):
        counts = _counts(first.size - 1, calendar, LANES)
        for lane in range(min(LANES, found.size - block * LANES)):
            order = period.copy()
            shuffle(order, stream(seed, start + block * LANES + lane))
            _tally(order, first, opening, counts, lane, LANES)
        held = np.empty(counts.shape[1] - LANES, np.int32)
        best, root, count = np.zeros(LANES), np.zeros(LANES), np.empty(LANES, np.int32)
        for zone in range(zones.edges.size - 1):
            if zone % sizes == 0:
                held[:] = 0
            if zones.edges[zone + 1] > zones.edges[zone]:
                _add(counts, zones.members[zones.edges[zone] : zones.edges[zone + 1]], held, LANES)
                _raise(held, zones.crimes[zone // sizes, zone % sizes], calendar, logs, best, root, count)
        for lane in range(min(LANES, found.size - block * LANES)):
            found[block * LANES + lane] = best[lane]


@inner
def _raise(
    held: CountArray,
    inside: int,
    calendar: Calendar,
    logs: FloatArray,
    best: FloatArray,
    root: FloatArray,
    count: CountArray,
) -> None:
    """Raise the `best` ratio of each lane, and its square root, by the windows on a zone of `inside` crimes."""
    before, opening = calendar.before, _opening(calendar)
    periods, total = before.size - 1, before[-1]
    for last in range(periods if calendar.to_the_end else opening + 1, periods + 1):
        count[:] = 0
        for begin in range(last - 1, max(opening, last - calendar.longest) - 1, -1):
            line = held[(begin - opening) * LANES : (begin - opening + 1) * LANES]
            during = before[last] - before[begin]
            # The ratio is at most (c - E)^2 / (E (1 - E/C)): all lanes are passed over at once where none can be more.
            expected = inside * during / total
            spread = np.sqrt(expected * max(0.0, 1 - expected / total))
            greater = 0
            for lane in range(LANES):
                count[lane] += line[lane]
                greater |= count[lane] > expected + spread * root[lane]
            if greater:
                for lane in range(LANES):
                    if count[lane] * total > inside * during and count[lane] >= FEWEST:
                        value = _ratio(count[lane], inside, during, total, logs, best[lane])
                        if value > best[lane]:
                            best[lane], root[lane] = value, np.sqrt(value) * _BELOW


@inner
def _window(held: CountArray, inside: int, calendar: Calendar, logs: FloatArray) -> tuple[float, int, int, int]:
    """Return the greatest ratio of a window on a zone of `inside` crimes, the window and its crimes."""
    before, opening = calendar.before, _opening(calendar)
    periods, total = before.size - 1, before[-1]
    best, start, stop, observed = 0.0, 0, 0, 0
    for last in range(periods if calendar.to_the_end else opening + 1, periods + 1):
        count = 0
        for begin in range(last - 1, max(opening, last - calendar.longest) - 1, -1):
            count += held[begin - opening]
            during = before[last] - before[begin]
            if count * total > inside * during and count >= FEWEST:
                value = _ratio(count, inside, during, total, logs, best)
                if value > best:
                    best, start, stop, observed = value, begin, last, count
    return best, start, stop, observed


@njit(cache=True)
def _ratio(count: int, inside: int, during: int, total: int, logs: FloatArray, least: float) -> Any:
    """Return c ln(c/E) + (C - c) ln((C - c)/(C - E)) with E = inside x during / C, or 0 where it is below `least`."""
    expected = inside * during / total
    near = count * (logs[count] - logs[inside] - logs[during] + logs[total])
    rest, beyond = total - count, total - expected
    # ln x >= 1 - 1/x bounds the second term: most windows need no logarithm of a number that is not whole.
    if near - rest * (count - expected) / beyond <= least:
        return 0.0
    return near + rest * (logs[rest] - np.log(beyond))
