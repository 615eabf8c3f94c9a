"""Pairs of events near each other along the streets: one search from either end of each edge that holds events."""

import numpy as np
from numba import njit, prange

from geodata.cast import BoolArray, FloatArray, IntArray
from geodata.compiled import inner
from hotspots._kernels.network import Network, Search, clear, push, search_room, spread
from hotspots._kernels.pairs import SHARES, NumberArray


def network_pairs(net: Network, start: IntArray, at: FloatArray) -> tuple[NumberArray, FloatArray]:
    """
    Return pairs of events less than a reach apart, and the length of the shortest way between them.

    Events are numbered edge by edge, those of edge e from `start[e]` up to `start[e + 1]`, and lie `at` so far from its
    tail; lengths are in reaches.
    """
    busy = np.flatnonzero(np.diff(start))
    counts = np.zeros(SHARES, dtype=np.int64)
    none, nothing = np.empty((0, 2), dtype=np.int32), np.empty(0)
    if busy.size == 0:
        return none, nothing
    _pairs(net, start, at, busy, counts, none, nothing, False)
    places, total = np.cumsum(counts) - counts, int(counts.sum())
    pairs, apart = np.empty((total, 2), dtype=np.int32), np.empty(total)
    _pairs(net, start, at, busy, places, pairs, apart, True)
    return pairs, apart


@njit(cache=True, parallel=True)
def _pairs(
    net: Network,
    start: IntArray,
    at: FloatArray,
    busy: IntArray,
    places: IntArray,
    pairs: NumberArray,
    apart: FloatArray,
    fill: bool,
) -> None:
    nothing = np.zeros(net.start.size - 1)
    for share in prange(SHARES):
        tail, head = search_room(net), search_room(net)
        met = np.zeros(net.length.size, dtype=np.bool_)
        edges = np.empty(net.length.size, dtype=np.int64)
        for turn in range(share, busy.size, SHARES):
            edge = busy[turn]
            by_tail = spread(net, tail, push(tail, 0, 0.0, net.ends[2 * edge + 1]), nothing)
            by_head = spread(net, head, push(head, 0, 0.0, net.ends[2 * edge]), nothing)
            met[edge], edges[0] = True, edge
            reached = _reached(net, start, tail, by_tail, edge, met, edges, 1)
            reached = _reached(net, start, head, by_head, edge, met, edges, reached)
            for i in range(reached):
                other = edges[i]
                met[other] = False
                ways = _ways(net, tail, head, other)
                for one in range(start[edge], start[edge + 1]):
                    for another in range(one + 1 if other == edge else start[other], start[other + 1]):
                        length = _shortest(ways, at[one], net.length[edge], at[another], net.length[other])
                        if other == edge:
                            length = min(length, abs(at[another] - at[one]))
                        if length < 1.0:
                            if fill:
                                pairs[places[share], 0], pairs[places[share], 1] = one, another
                                apart[places[share]] = length
                            places[share] += 1
            clear(tail, by_tail)
            clear(head, by_head)


@inner
def _reached(
    net: Network, start: IntArray, room: Search, found: int, edge: int, met: BoolArray, edges: IntArray, size: int
) -> int:
    """Add the edges after `edge` that hold events and begin or end at a node found; return how many there are now."""
    for i in range(found):
        node = room.reached[i]
        for k in range(net.start[node], net.start[node + 1]):
            other = net.sides[k] >> 1
            if other > edge and not met[other] and start[other + 1] > start[other]:
                met[other], edges[size] = True, other
                size += 1
    return size


@inner
def _ways(net: Network, tail: Search, head: Search, other: int) -> tuple[float, float, float, float]:
    first, last = net.ends[2 * other + 1], net.ends[2 * other]
    return tail.distance[first], tail.distance[last], head.distance[first], head.distance[last]


@inner
def _shortest(ways: tuple[float, float, float, float], one: float, length: float, other: float, far: float) -> float:
    by_tail = one + min(ways[0] + other, ways[1] + far - other)
    return min(by_tail, length - one + min(ways[2] + other, ways[3] + far - other))
