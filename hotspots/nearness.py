"""Which events are near which, in space and in time: counted over all pairs by band, and listed where that is asked."""

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from geodata.cast import FloatArray, IntArray
from geodata.errors import InputError
from hotspots._kernels.network import network
from hotspots._kernels.pairs import (
    Count,
    NumberArray,
    Sheet,
    Spread,
    count,
    listed,
    rings,
    sheet_of,
    spread,
    tallied,
)
from hotspots._kernels.pairs_network import network_pairs
from hotspots.bands import Bands
from hotspots.dated import Dated, together
from hotspots.lixels import CutStreets

Metric = Literal["euclidean", "manhattan", "network"]
MOST_COMPARED: Final = 100_000_000_000  # pairs of events in squares near each other: some minutes
MOST_LISTED: Final = 250_000_000  # pairs: 2 GB
SNAP_M: Final = 100.0  # from an event to a street, at most
LIXEL_M: Final = 50.0
_HAIR: Final = 1e-9  # so that a way of exactly the reach is found, whatever the rounding

Tally = list[int]


@dataclass(frozen=True, eq=False)
class Listed:
    """Pairs as positions in `time` and `rows` (of the events given), by band of distance, and where each begins."""

    pairs: NumberArray
    first: IntArray
    time: IntArray
    rows: IntArray


@dataclass(frozen=True, eq=False)
class Nearness:
    """
    Pairs of events by band of distance (below the first edge, between edges, beyond the last) and of time.

    Parameters
    ----------
    sizes : events in the one group, or in each of two
    pairs : pairs of events, shape (bands of distance, bands of time)
    squares : sums over events of their own counts squared, nought where the distance is beyond the last edge
    space, time : pairs by band of distance, and of time
    space_squares, time_squares : for each group, sums over its events of their own counts by band, squared
    listed : the pairs themselves, if they were asked for
    """

    sizes: tuple[int, ...]
    pairs: IntArray
    squares: IntArray
    space: Tally
    time: Tally
    space_squares: tuple[Tally, ...]
    time_squares: tuple[Tally, ...]
    listed: Listed | None


def nearness(
    groups: tuple[Dated, ...], bands: Bands, *, metric: Metric, cut: CutStreets | None, listing: bool
) -> Nearness:
    """
    Return how many events are near how many, in one group or between two.

    Raises
    ------
    InputError
        If there are more pairs to compare, or to list, than can be.
    """
    events = together(groups)
    moments = bands.moments(events.a_day)
    bands_of_time = bands_of(moments)
    if cut is None:
        found = _across_country(groups, bands, metric, bands_of_time, listing)
    else:
        found = _along_streets(events, groups, bands, cut, bands_of_time)
    return completed(groups, *found, *in_time(groups, moments))


def bands_of(moments: IntArray) -> NumberArray:
    """Return the band of each time apart, up to the last edge and beyond it."""
    return np.searchsorted(moments, np.arange(int(moments[-1]) + 2), side="right").astype(np.int32)


def _across_country(
    groups: tuple[Dated, ...], bands: Bands, metric: Metric, bands_of_time: NumberArray, listing: bool
) -> tuple[tuple[Count, ...], Listed | None]:
    everywhere = together(groups)
    edges = rings(bands.metres(), manhattan=metric == "manhattan")
    sheet = sheet_of(everywhere.x, everywhere.y, edges.reach)
    since = everywhere.time.min()
    laid = [spread(group.x, group.y, (group.time - since).astype(np.int32), sheet) for group in groups]
    refuse_crowds(laid, sheet, edges.reach)
    same = len(laid) == 1
    if not listing:
        ways = ((0, 0),) if same else ((0, 1), (1, 0))
        return tuple(count(laid[i], laid[j], sheet, edges, bands_of_time, same) for i, j in ways), None
    pairs, first = listed(laid[0], laid[-1], sheet, edges, same, MOST_LISTED)
    refuse_many(int(first[-1]))
    time, rows = np.concatenate([part.time for part in laid]), np.concatenate([part.order for part in laid])
    if not same:
        pairs[:, 1] += laid[0].x.size
        rows[laid[0].x.size :] += laid[0].x.size
    held = Listed(pairs, first, time, rows)
    return _counts(held, bands_of_time, tuple(part.x.size for part in laid)), held


def refuse_many(pairs: int) -> None:
    """Refuse more pairs than can be kept."""
    if pairs > MOST_LISTED:
        raise InputError(
            f"At most {MOST_LISTED:,} pairs of events may be near each other to be dealt out anew, got {pairs:,}; "
            "give shorter distances, or no permutations: the expectation and z need none."
        )


def refuse_crowds(laid: list[Spread], sheet: Sheet, reach: float) -> None:
    """Refuse what would take hours: events on one place, or distances as wide as the land."""
    squares = int(np.ceil(reach / sheet.side))
    held = np.diff(laid[-1].first).reshape(sheet.up, sheet.across)
    sums = np.pad(held.cumsum(axis=0).cumsum(axis=1), ((1, 0), (1, 0)))
    low = [np.maximum(np.arange(size) - squares, 0) for size in held.shape]
    high = [np.minimum(np.arange(size) + squares + 1, size) for size in held.shape]
    around = sums[np.ix_(high[0], high[1])] - sums[np.ix_(low[0], high[1])]
    around += sums[np.ix_(low[0], low[1])] - sums[np.ix_(high[0], low[1])]
    compared = int((around.ravel().astype(np.float64) * np.diff(laid[0].first)).sum())
    if compared > MOST_COMPARED:
        raise InputError(
            f"At most {MOST_COMPARED:,} pairs of events may lie in squares near each other, got about {compared:.1e} "
            f"within {reach:g} metres; give shorter distances."
        )


def _along_streets(
    events: Dated, groups: tuple[Dated, ...], bands: Bands, cut: CutStreets, bands_of_time: NumberArray
) -> tuple[tuple[Count, ...], Listed | None]:
    edges = bands.metres()
    one, other, apart = street_pairs(events, cut, float(edges[-1]))
    border = groups[0].size
    if len(groups) > 1:
        crossing = (one < border) != (other < border)
        one, other = np.minimum(one, other)[crossing], np.maximum(one, other)[crossing]
        apart = apart[crossing]
    band = np.searchsorted(edges, apart, side="right")
    kept = np.flatnonzero(band < edges.size)
    order = kept[np.argsort(band[kept], kind="stable")]
    first = np.concatenate(([0], np.cumsum(np.bincount(band[kept], minlength=edges.size))))
    pairs = np.column_stack((one, other))[order].astype(np.int32)
    held = Listed(pairs, first, events.time - events.time.min(), np.arange(events.size))
    return _counts(held, bands_of_time, tuple(group.size for group in groups)), held


def street_pairs(events: Dated, cut: CutStreets, reach: float) -> tuple[IntArray, IntArray, FloatArray]:
    """Return pairs of events within `reach` of each other along the streets, and the metres between them."""
    places = cut.nearest(events.x, events.y, SNAP_M)
    order = np.lexsort((places.along, places.edge))
    start = np.concatenate(([0], np.cumsum(np.bincount(places.edge, minlength=cut.length.size))))
    scale = max(reach, 1e-3) * (1.0 + _HAIR)
    net = network(cut.tail, cut.head, cut.length / scale, cut.streets.size)
    pairs, apart = network_pairs(net, start, places.along[order] / scale)
    return order[pairs[:, 0]], order[pairs[:, 1]], apart * scale


def _counts(held: Listed, bands_of_time: NumberArray, sizes: tuple[int, ...]) -> tuple[Count, ...]:
    """Return the counts of each group, from the pairs listed."""
    own, begin, found = tallied(held.pairs, held.first, held.time, bands_of_time), 0, []
    for size, others in zip(sizes, sizes[::-1], strict=True):
        part = own[:, :, begin : begin + size].astype(np.int64)
        near = part.sum(axis=1)
        rest = others - (len(sizes) == 1) - near.sum(axis=0)
        places = np.append((near * near).sum(axis=1), (rest * rest).sum())
        found.append(Count(part.sum(axis=2), (part * part).sum(axis=2), places[None, :]))
        begin += size
    return tuple(found)


def in_time(groups: tuple[Dated, ...], moments: IntArray) -> tuple[Tally, tuple[Tally, ...]]:
    """Return pairs by band of time, and for each group the sums over its events of their counts squared."""
    pairs, squares = [], []
    for group, others in zip(groups, groups[::-1], strict=True):
        moment, times = np.unique(group.time, return_counts=True)
        there = np.sort(others.time)
        near = np.array([_closer(moment, there, int(edge)) - (len(groups) == 1 and edge > 0) for edge in moments])
        most = there.size - (1 if len(groups) == 1 else 0)
        held = np.diff(near, axis=0, prepend=0, append=most)
        pairs.append([int(total) for total in (held * times).sum(axis=1)])
        squares.append([int(total) for total in (held * held * times).sum(axis=1)])
    return [total // (2 if len(groups) == 1 else 1) for total in pairs[0]], tuple(squares)


def _closer(moment: IntArray, there: IntArray, edge: int) -> IntArray:
    if edge <= 0:
        return np.zeros(moment.size, dtype=np.int64)
    late, early = there.searchsorted(moment + edge, side="left"), there.searchsorted(moment - edge, side="right")
    return np.asarray(late - early, dtype=np.int64)


def completed(
    groups: tuple[Dated, ...],
    counts: tuple[Count, ...],
    held: Listed | None,
    time: Tally,
    time_squares: tuple[Tally, ...],
) -> Nearness:
    """Add the pairs beyond the last edge, which are all that are left."""
    near = counts[0].pairs // (2 if len(groups) == 1 else 1)
    beyond = np.array(time) - near.sum(axis=0)
    pairs = np.vstack((near, beyond[None, :]))
    squares = np.vstack((sum(part.squares for part in counts), np.zeros((1, near.shape[1]), dtype=np.int64)))
    return Nearness(
        sizes=tuple(group.size for group in groups),
        pairs=pairs,
        squares=squares,
        space=[int(total) for total in pairs.sum(axis=1)],
        time=time,
        space_squares=tuple([sum(map(int, band)) for band in part.places.T] for part in counts),
        time_squares=time_squares,
        listed=held,
    )
