"""The simple kernel on a network: crime thins out with the shortest way along the streets, the same on every arm."""

from typing import NamedTuple

import numpy as np
from numba import njit, prange

from geodata.cast import FloatArray, IntArray
from geodata.compiled import inner
from hotspots._kernels.network import (
    Events,
    Lixels,
    Network,
    NumberArray,
    Profile,
    Search,
    clear,
    lay,
    push,
    search_room,
    spread,
)


class Ends(NamedTuple):
    """The shortest ways from the two ends of one edge, and the edge for which each edge was last looked at."""

    tail: Search
    head: Search
    seen: NumberArray


@njit(cache=True, parallel=True)
def simple(
    mass: FloatArray,
    net: Network,
    lixels: Lixels,
    events: Events,
    near: FloatArray,
    edges: IntArray,
    profile: Profile,
    hands: int,
) -> None:
    """Add to each lixel of `edges` the integral of k(shortest way) over it, summed over the events."""
    # Each edge gathers what reaches it and writes its own lixels: no two threads write one, each sum has one order.
    for hand in prange(hands):
        ends = Ends(search_room(net), search_room(net), np.full(net.length.size, -1, dtype=np.int32))
        for turn in range(hand, edges.size, hands):
            _gather(mass, net, lixels, events, near, edges[turn], ends, profile)


@inner
def _gather(
    mass: FloatArray,
    net: Network,
    lixels: Lixels,
    events: Events,
    near: FloatArray,
    edge: int,
    ends: Ends,
    profile: Profile,
) -> None:
    from_tail = spread(net, ends.tail, push(ends.tail, 0, 0.0, net.ends[2 * edge + 1]), near)
    from_head = spread(net, ends.head, push(ends.head, 0, 0.0, net.ends[2 * edge]), near)
    ends.seen[edge] = edge
    _own(mass, net, lixels, events, edge, ends, profile)
    for room, found in ((ends.tail, from_tail), (ends.head, from_head)):
        for i in range(found):
            node = room.reached[i]
            for j in range(net.start[node], net.start[node + 1]):
                other = net.sides[j] >> 1
                if ends.seen[other] != edge:
                    ends.seen[other] = edge
                    _other(mass, net, lixels, events, edge, other, ends, profile)
    clear(ends.tail, from_tail)
    clear(ends.head, from_head)


@inner
def _other(
    mass: FloatArray,
    net: Network,
    lixels: Lixels,
    events: Events,
    edge: int,
    other: int,
    ends: Ends,
    profile: Profile,
) -> None:
    """Gather from the events of another edge: from either end as far as the point where both ways are as long."""
    length, span = net.length[edge], net.length[other]
    head, tail = net.ends[2 * other], net.ends[2 * other + 1]
    for i in range(events.start[other], events.start[other + 1]):
        at, weight = events.at[i], events.weight[i]
        to_tail = min(ends.tail.distance[tail] + at, ends.tail.distance[head] + span - at)
        to_head = min(ends.head.distance[tail] + at, ends.head.distance[head] + span - at)
        if min(to_tail, to_head) < 1.0:
            meet = min(length, max(0.0, 0.5 * (length + to_head - to_tail)))
            lay(mass, lixels, 2 * edge, length, 1.0 - to_tail, 0.0, meet, weight, profile)
            lay(mass, lixels, 2 * edge + 1, length, 1.0 - to_head, 0.0, length - meet, weight, profile)


@inner
def _own(
    mass: FloatArray, net: Network, lixels: Lixels, events: Events, edge: int, ends: Ends, profile: Profile
) -> None:
    """Gather from the edge's own events: along it, and round about where that is shorter."""
    length = net.length[edge]
    # From its head round about to its tail and the other way: either search leaves out what leads away from events.
    from_head = ends.head.distance[net.ends[2 * edge + 1]]
    from_tail = ends.tail.distance[net.ends[2 * edge]]
    for i in range(events.start[edge], events.start[edge + 1]):
        at, weight = events.at[i], events.weight[i]
        for side, begin, round_about in ((2 * edge, at, from_head), (2 * edge + 1, length - at, from_tail)):
            far = round_about + begin
            meet = min(length, 0.5 * (begin + length + far))
            lay(mass, lixels, side, length, 1.0 + begin, begin, meet, weight, profile)
            if meet < length:
                lay(mass, lixels, side ^ 1, length, 1.0 - far, 0.0, length - meet, weight, profile)
