"""Knox counts when the times are dealt out anew: thirty-two dealings side by side, a pair at a time."""

from typing import Any, Final

import numpy as np
from numba import njit, prange
from numpy.typing import NDArray

from geodata.cast import IntArray
from geodata.compiled import inner
from hotspots._kernels.pairs import NumberArray
from hotspots._kernels.streams import shuffle, stream

LANES: Final = 32  # dealings side by side: adjacent short numbers, so that one pair is a few packed instructions
AT_ONCE: Final = 4  # edges counted in one pass over the pairs
FLUSH: Final = 32_000  # pairs after which 16-bit counters could overflow

Times = NDArray[Any]  # int16 or int32


def permuted(
    pairs: NumberArray, first: IntArray, times: Times, split: int, edges: IntArray, permutations: int, seed: int
) -> IntArray:
    """
    Return pairs by dealing, band of distance and edge: how many lie less than each edge apart in time.

    Times before `split` and those from it on are dealt out apart; a pair names the positions of its events.
    """
    below, found = _room_for(first, edges, times, -(-permutations // LANES))
    _permute(pairs, first, times, split, below, seed, found)
    return _by_dealing(found, edges)[:permutations]


def deal(times: Times, batches: range, seed: int) -> Times:
    """Return the times dealt out by batch, event and lane, as `permuted` deals them to one group."""
    dealt = np.empty((len(batches), times.size * LANES), dtype=times.dtype)
    _deal(times, batches.start, seed, dealt)
    return dealt


def met(pairs: NumberArray, first: IntArray, dealt: Times, edges: IntArray) -> IntArray:
    """Return what `permuted` returns, of some dealings: parts of all pairs add up to all of them."""
    below, found = _room_for(first, edges, dealt, len(dealt))
    _meet_batches(pairs, first, dealt, below, found)
    return _by_dealing(found, edges)


def _room_for(first: IntArray, edges: IntArray, times: Times, batches: int) -> tuple[Times, IntArray]:
    """Return the edges that are counted, by groups of those that share a pass, and noughts to count in."""
    counting = edges > 0  # no gap is below 0, and what an edge costs is a quarter of a pass over the pairs
    groups = -(-int(counting.sum()) // AT_ONCE)
    below = np.zeros((groups, AT_ONCE), dtype=times.dtype)
    below.ravel()[: counting.sum()] = np.minimum(edges[counting], np.iinfo(times.dtype).max)
    return below, np.zeros((batches, first.size - 1, groups * AT_ONCE, LANES), dtype=np.int64)


def _by_dealing(found: IntArray, edges: IntArray) -> IntArray:
    counting, (batches, bands, groups, lanes) = edges > 0, found.shape
    by_dealing = np.moveaxis(found, 3, 1).reshape(batches * lanes, bands, groups)
    closer = np.zeros((batches * lanes, bands, edges.size), dtype=np.int64)
    closer[:, :, counting] = by_dealing[:, :, : counting.sum()]
    return closer


@njit(cache=True, parallel=True)
def _permute(
    pairs: NumberArray, first: IntArray, times: Times, split: int, below: Times, seed: int, found: IntArray
) -> None:
    for batch in prange(found.shape[0]):
        _meet_bands(pairs, first, _dealt(times, split, seed, np.int64(batch)), below, found[batch])


@njit(cache=True, parallel=True)
def _deal(times: Times, start: int, seed: int, dealt: Times) -> None:
    for at in prange(len(dealt)):
        row = _dealt(times, times.size, seed, start + at)
        for i in range(row.size):
            dealt[at, i] = row[i]


@njit(cache=True, parallel=True)
def _meet_batches(pairs: NumberArray, first: IntArray, dealt: Times, below: Times, found: IntArray) -> None:
    for batch in prange(found.shape[0]):
        _meet_bands(pairs, first, dealt[batch], below, found[batch])


@inner
def _meet_bands(pairs: NumberArray, first: IntArray, dealt: Times, below: Times, found: IntArray) -> None:
    counts = np.zeros(AT_ONCE * LANES, dtype=dealt.dtype)
    for band in range(first.size - 1):
        for start in range(first[band], first[band + 1], FLUSH):
            some = pairs[start : min(start + FLUSH, first[band + 1])]
            for group in range(below.shape[0]):
                counts[:] = 0
                _meet(dealt, some, below[group], counts)
                for i in range(counts.size):
                    found[band, group * AT_ONCE + i // LANES, i % LANES] += counts[i]


@inner
def _dealt(times: Times, split: int, seed: int, batch: Any) -> Times:
    """Return the times by event and lane, end to end."""
    dealt = np.empty(times.size * LANES, dtype=times.dtype)
    for lane in range(LANES):
        items = times.copy()
        number = 2 * (batch * LANES + lane)
        shuffle(items[:split], stream(seed, number))
        shuffle(items[split:], stream(seed, number + 1))
        for at in range(items.size):
            dealt[at * LANES + lane] = items[at]
    return dealt


@njit(cache=True)
def _meet(dealt: Times, pairs: NumberArray, below: Times, counts: Times) -> None:
    first, second, third, fourth = below[0], below[1], below[2], below[3]
    lanes, short = np.uint64(LANES), dealt.dtype.type
    for pair in range(pairs.shape[0]):
        one, other = np.uint64(pairs[pair, 0]) * lanes, np.uint64(pairs[pair, 1]) * lanes
        # All in short numbers and at unsigned places: packed instructions, 4 ns a pair for 32 lanes where views of rows
        # and 64-bit numbers take 60.
        for at in range(LANES):
            lane = np.uint64(at)
            gap = short(abs(short(dealt[one + lane] - dealt[other + lane])))
            counts[lane] += gap < first
            counts[lane + lanes] += gap < second
            counts[lane + lanes + lanes] += gap < third
            counts[lane + lanes + lanes + lanes] += gap < fourth
