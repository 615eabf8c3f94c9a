"""
The Knox test by tiles and by blocks of dealings: the counts, the ratios and the p of the whole, to the bit.

Events are numbered once, in the order in which times are dealt out among them. A tile counts all neighbours of the
events that lie in it, and lists the pairs of which the lower number lies in it, so that each pair is in one tile's
list, across whichever borders it lies. All of that are whole numbers: sums of those of the tiles are those of the
whole. A dealing has its own stream of random numbers, spawned from the seed by the dealing's number alone: it is the
same in whichever block it is made.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from geodata import cast
from geodata.cast import BoolArray, IntArray
from geodata.errors import InputError
from hotspots._kernels.knox import LANES, deal, met
from hotspots._kernels.pairs import Count, NumberArray, count, listed, rings, sheet_of, spread
from hotspots.bands import Bands
from hotspots.dated import Dated
from hotspots.knox import Knox, as_many, knox_found, short_times
from hotspots.nearness import MOST_LISTED, Metric, Nearness, bands_of, completed, in_time, refuse_crowds, refuse_many
from hotspots.tiles import TILE_M

__all__ = [
    "A_BLOCK",
    "Count",
    "Square",
    "TilePairs",
    "as_many_in",
    "blocks",
    "knox_by_tiles",
    "numbered",
    "squares_of",
    "tile_pairs",
    "whole_of_tiles",
]

A_BLOCK: Final = 4 * LANES  # dealings: their times, dealt out, are 256 bytes an event
_HAIR: Final = 1e-6  # metres, so that a neighbour at exactly the reach is in the halo, whatever the rounding


@dataclass(frozen=True)
class Square:
    """
    A tile of the plane.

    Parameters
    ----------
    row, column : of it, those from nought on to the north and east of the origin
    side : metres
    """

    row: int
    column: int
    side: float = TILE_M


@dataclass(frozen=True, eq=False)
class TilePairs:
    """
    What a tile adds to the whole.

    Parameters
    ----------
    count : of all neighbours of the events in it
    pairs : numbers of the events of each pair whose lower one lies in it, by band of distance; none if not asked for
    first : where each band begins
    """

    count: Count
    pairs: NumberArray
    first: IntArray


def numbered(events: Dated, bands: Bands) -> Dated:
    """Return the events in the order in which times are dealt out, as the test of the whole has them."""
    x, y = events.x, events.y
    laid = spread(x, y, np.zeros(x.size, dtype=np.int32), sheet_of(x, y, _reach(bands)))
    return events.take(laid.order)


def squares_of(events: Dated, side: float = TILE_M) -> Iterator[Square]:
    """Return the tiles in which events lie, row by row from the south-west."""
    side = cast.above_zero(side, "side", "metres")
    for row, column in np.unique(_square(events, side), axis=1).T.tolist():
        yield Square(row, column, side)


def tile_pairs(events: Dated, tile: Square, bands: Bands, *, metric: Metric = "euclidean", listing: bool) -> TilePairs:
    """
    Return what a tile adds.

    Parameters
    ----------
    events : all of them, `numbered`; only those within the last distance of the tile are looked at
    tile : Square
    bands : Bands
    metric : "euclidean" or "manhattan"
    listing : whether pairs are to be dealt out anew

    Raises
    ------
    InputError
        If there are more pairs to compare, or to list, than can be.
    """
    row, column = _square(events, tile.side)
    own = (row == tile.row) & (column == tile.column)
    near = np.flatnonzero(_within(events, tile, _reach(bands)))
    edges = rings(bands.metres(), manhattan=metric == "manhattan")
    x, y, time = events.x[near], events.y[near], (events.time[near] - events.time.min()).astype(np.int32)
    sheet = sheet_of(x, y, edges.reach)
    others = spread(x, y, time, sheet)
    mine = own[near]
    askers = spread(x[mine], y[mine], time[mine], sheet)
    refuse_crowds([askers, others], sheet, edges.reach)
    times = bands_of(bands.moments(events.a_day))
    found = count(askers, others, sheet, edges, times, True, events.size - 1)
    if not listing:
        return TilePairs(found, np.empty((0, 2), dtype=np.int32), np.zeros(edges.edges.size, dtype=np.int64))
    pairs, first = listed(others, others, sheet, edges, True, MOST_LISTED)
    refuse_many(int(first[-1]))
    return TilePairs(found, *_owned(near.astype(np.int32)[others.order][pairs], first, own))


def whole_of_tiles(events: Dated, bands: Bands, counts: Iterable[Count]) -> Nearness:
    """Return the pairs of the whole from those that its tiles count."""
    pairs, squares, places = (sum(part) for part in zip(*counts, strict=True))
    return completed(
        (events,), (Count(pairs, squares, places),), None, *in_time((events,), bands.moments(events.a_day))
    )


def blocks(permutations: int, size: int = A_BLOCK) -> list[range]:
    """
    Return the numbers of the dealings in blocks that can be made apart.

    Raises
    ------
    InputError
        If `size` is no multiple of 32, which are made side by side.
    """
    if cast.whole(size, "size", LANES) % LANES:
        raise InputError(f"`size` must be a multiple of {LANES} dealings, got {size}.")
    return [range(start, min(start + size, permutations)) for start in range(0, permutations, size)]


def as_many_in(
    events: Dated, near: Nearness, bands: Bands, tiles: Iterable[tuple[NumberArray, IntArray]], block: range, seed: int
) -> IntArray:
    """
    Return for each band how many dealings of a block have as many pairs as were observed.

    Parameters
    ----------
    events : `numbered`
    near : the pairs of the whole
    bands : Bands
    tiles : pairs of each tile, and where each band of distance begins; taken one at a time
    block : of `blocks`
    seed : of all dealings
    """
    moments = bands.moments(events.a_day)
    times = short_times(events.time - events.time.min(), moments)
    dealt = deal(times, range(block.start // LANES, -(-block.stop // LANES)), seed)
    closer: IntArray = np.zeros((len(dealt) * LANES, near.pairs.shape[0] - 1, moments.size), dtype=np.int64)
    for pairs, first in tiles:
        closer += met(pairs, first, dealt, moments)
    return as_many(near, bands, closer[: len(block)])


def knox_by_tiles(
    events: Dated,
    bands: Bands,
    *,
    metric: Metric = "euclidean",
    side: float = TILE_M,
    permutations: int = 999,
    seed: int = 0,
    size: int = A_BLOCK,
) -> Knox:
    """
    Return what `knox` returns of one group of events, to the bit, by tiles and blocks.

    Parameters
    ----------
    events : one or more
    bands : Bands
    metric : "euclidean" or "manhattan"
    side : of a tile, metres
    permutations, seed : as of `knox`
    size : of a block, a multiple of 32
    """
    events = numbered(events, bands)
    parts = [
        tile_pairs(events, tile, bands, metric=metric, listing=permutations > 0) for tile in squares_of(events, side)
    ]
    near = whole_of_tiles(events, bands, [part.count for part in parts])
    lists = [(part.pairs, part.first) for part in parts]
    found = [as_many_in(events, near, bands, lists, block, seed) for block in blocks(permutations, size)]
    many = np.sum(found, axis=0) if found else None
    return knox_found(near, bands, many, metric=metric, permutations=permutations, seed=seed)


def _reach(bands: Bands) -> float:
    return float(bands.metres()[-1])


def _square(events: Dated, side: float) -> IntArray:
    return np.floor(np.stack((events.y, events.x)) / side).astype(np.int64)


def _within(events: Dated, tile: Square, reach: float) -> BoolArray:
    south, west, halo = tile.row * tile.side, tile.column * tile.side, reach + _HAIR
    along, across = events.y - south, events.x - west
    return (along >= -halo) & (along <= tile.side + halo) & (across >= -halo) & (across <= tile.side + halo)


def _owned(pairs: NumberArray, first: IntArray, own: BoolArray) -> tuple[NumberArray, IntArray]:
    """Return the pairs whose lower number is a tile's own, the bands kept."""
    kept = own[pairs.min(axis=1)] if len(pairs) else np.zeros(0, dtype=np.bool_)
    before = np.concatenate(([0], np.cumsum(kept)))
    return pairs[kept], before[first]
