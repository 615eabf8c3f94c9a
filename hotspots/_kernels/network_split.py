"""
The equal-split kernels on a network: all paths there are, each with the share that the junctions on it let through.

Edges are worked on in clusters. Events within a bandwidth of a cluster send packets to the ends of their edges; slab by
slab, the farthest-reaching first, packets meet at nodes, are split, lay mass on the cluster's edges and go on.
"""

from typing import Final, NamedTuple

import numpy as np
from numba import njit, prange

from geodata.cast import BoolArray, FloatArray, IntArray
from hotspots._kernels.network import (
    FAR,
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
from hotspots._kernels.network_packets import (
    LEAVING,
    MOMENT,
    REACH,
    TOTAL,
    Packets,
    add,
    copy,
    drop,
    lay_packet,
    make_packets,
    put,
    with_room,
)

DISCONTINUOUS: Final = 0
CONTINUOUS: Final = 1
# Of reach: twice as many make the sums over very many paths eight times as exact, and take twice as long.
SLABS: Final = 2_048


class Desk(NamedTuple):
    """What one thread works with: a search, the edges of its cluster, and the packet that has arrived by each side."""

    search: Search
    inside: BoolArray  # per edge
    arrived: NumberArray  # per side: place of its packet, -1 for none
    active: NumberArray  # sides by which packets arrived


@njit(cache=True)
def _desk(net: Network) -> Desk:
    return Desk(
        search_room(net),
        np.zeros(net.length.size, dtype=np.bool_),
        np.full(net.sides.size, -1, dtype=np.int32),
        np.empty(net.sides.size, dtype=np.int32),
    )


@njit(cache=True, parallel=True)
def equal_split(
    mass: FloatArray,
    net: Network,
    lixels: Lixels,
    events: Events,
    near: FloatArray,
    edges: IntArray,
    start: IntArray,
    rule: int,
    profile: Profile,
    slabs: int,
    hands: int,
) -> None:
    """Add to each lixel of `edges` the integral over it of the kernel; cluster c is `edges[start[c]:start[c + 1]]`."""
    # Each cluster gathers what reaches it and writes its own lixels: no two threads write one, each sum has one order.
    for hand in prange(hands):
        desk, packets = _desk(net), make_packets(slabs)
        for cluster in range(hand, start.size - 1, hands):
            own = edges[start[cluster] : start[cluster + 1]]
            found = _surround(net, near, own, desk)
            packets = _set_out(mass, net, lixels, events, found, own, desk, packets, profile)
            for slab in range(slabs - 1, -1, -1):
                while packets.first[slab] >= 0:
                    packets = _walk(mass, net, lixels, slab, desk, packets, rule, profile)
            _leave_off(desk, own, found)


@njit(cache=True)
def _surround(net: Network, near: FloatArray, own: IntArray, desk: Desk) -> int:
    """Find how far from the cluster's edges the nodes between them and events are, and return how many there are."""
    size = 0
    for edge in own:
        desk.inside[edge] = True
        for side in (2 * edge, 2 * edge + 1):
            if desk.search.distance[net.ends[side]] == FAR:
                size = push(desk.search, size, 0.0, net.ends[side])
    return spread(net, desk.search, size, near)


@njit(cache=True)
def _leave_off(desk: Desk, own: IntArray, found: int) -> None:
    clear(desk.search, found)
    for edge in own:
        desk.inside[edge] = False


@njit(cache=True)
def _set_out(
    mass: FloatArray,
    net: Network,
    lixels: Lixels,
    events: Events,
    found: int,
    own: IntArray,
    desk: Desk,
    packets: Packets,
    profile: Profile,
) -> Packets:
    """Send events to the ends of their edges, and lay what the cluster's own events spread before they get there."""
    for edge in own:
        length = net.length[edge]
        for i in range(events.start[edge], events.start[edge + 1]):
            at, weight = events.at[i], events.weight[i]
            lay(mass, lixels, 2 * edge, length, 1.0 + at, at, FAR, weight, profile)
            lay(mass, lixels, 2 * edge + 1, length, 1.0 + length - at, length - at, FAR, weight, profile)
    packets.rows[LEAVING] = 0.0
    for k in range(found):
        node = desk.search.reached[k]
        for j in range(net.start[node], net.start[node + 1]):
            side = net.sides[j]
            edge = side >> 1
            packets = with_room(packets, events.start[edge + 1] - events.start[edge])
            for i in range(events.start[edge], events.start[edge + 1]):
                reach = 1.0 - (net.length[edge] - events.at[i] if side & 1 else events.at[i])
                if reach > desk.search.distance[node]:
                    packets.rows[LEAVING, MOMENT] = events.weight[i]
                    put(packets, side ^ 1, reach, LEAVING)
    return packets


@njit(cache=True)
def _walk(
    mass: FloatArray,
    net: Network,
    lixels: Lixels,
    slab: int,
    desk: Desk,
    packets: Packets,
    rule: int,
    profile: Profile,
) -> Packets:
    """Let the packets of a slab pass the nodes at which they have arrived; short edges may bring some back into it."""
    active = 0
    place = packets.first[slab]
    packets.first[slab] = -1
    while place >= 0:
        after, side = packets.after[place], packets.side[place]
        if desk.arrived[side] < 0:
            desk.arrived[side] = place
            desk.active[active] = side
            active += 1
        else:
            add(packets.rows, desk.arrived[side], place, 1.0)
            drop(packets, place)
        place = after
    for i in range(active):
        side = desk.active[i]
        if desk.arrived[side] >= 0:
            node = net.ends[side]
            packets = with_room(packets, net.start[node + 1] - net.start[node])
            _meet(mass, net, lixels, node, desk, packets, rule, profile)
    return packets


@njit(cache=True)
def _meet(
    mass: FloatArray,
    net: Network,
    lixels: Lixels,
    node: int,
    desk: Desk,
    packets: Packets,
    rule: int,
    profile: Profile,
) -> None:
    """Split what has arrived at a node among the sides that leave it."""
    start, stop, came = net.start[node], net.start[node + 1], 0
    rows, arrived, sides = packets.rows, desk.arrived, net.sides
    for i in range(start, stop):
        place = arrived[sides[i] ^ 1]
        if place >= 0:
            if came == 0:
                copy(rows, TOTAL, place, 1.0)
            else:
                add(rows, TOTAL, place, 1.0)
            came += 1
    onward, back = _shares(rule, stop - start)
    for i in range(start, stop):
        side = sides[i]
        place = arrived[side ^ 1]
        copy(rows, LEAVING, TOTAL, onward)
        if place >= 0:
            add(rows, LEAVING, place, back)
            if came == 1 and onward + back == 0.0:
                continue
        length = net.length[side >> 1]
        if desk.inside[side >> 1]:
            lay_packet(mass, lixels, side, length, rows, LEAVING, profile)
        reach = rows[LEAVING, REACH] - length
        if reach > desk.search.distance[net.ends[side]]:
            put(packets, side, reach, LEAVING)
    for i in range(start, stop):
        side = sides[i] ^ 1
        place = arrived[side]
        if place >= 0:
            drop(packets, place)
            arrived[side] = -1


@njit(cache=True)
def _shares(rule: int, arms: int) -> tuple[float, float]:
    """Return the share of all that arrives which leaves by each arm, and what is added of that which came by it."""
    if rule == CONTINUOUS or arms == 1:
        return 2.0 / arms, -1.0
    return 1.0 / (arms - 1), -1.0 / (arms - 1)
