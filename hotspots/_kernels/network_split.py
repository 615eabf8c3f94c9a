"""
The equal-split kernels on a network: all paths there are, each with the share that the junctions on it let through.

Edges are worked on in clusters. Events within a bandwidth of a cluster send packets to the ends of their edges; slab by
slab, the farthest-reaching first, packets meet at nodes, are split, lay mass on the cluster's edges and go on.
"""

from typing import Final, NamedTuple

import numpy as np
from numba import njit, prange

from geodata.cast import BoolArray, FloatArray, IntArray
from geodata.compiled import inner
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
    MIXED,
    MOMENT,
    REACH,
    TOTAL,
    Packets,
    add,
    copy,
    drop,
    lay_packet,
    make_packets,
    merge,
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


@inner
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
                    active, leaving = _arrive(net, slab, desk, packets)
                    if packets.empty[0] < leaving:
                        packets = with_room(packets, leaving)
                    _go_on(mass, net, lixels, active, desk, packets, rule, profile)
            _leave_off(desk, own, found)


@inner
def _surround(net: Network, near: FloatArray, own: IntArray, desk: Desk) -> int:
    """Find how far from the cluster's edges the nodes between them and events are, and return how many there are."""
    size = 0
    for edge in own:
        desk.inside[edge] = True
        for side in (2 * edge, 2 * edge + 1):
            if desk.search.distance[net.ends[side]] == FAR:
                size = push(desk.search, size, 0.0, net.ends[side])
    return spread(net, desk.search, size, near)


@inner
def _leave_off(desk: Desk, own: IntArray, found: int) -> None:
    clear(desk.search, found)
    for edge in own:
        desk.inside[edge] = False


@inner
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
    packets.rows[LEAVING, MIXED] = 0.0
    for k in range(found):
        node = desk.search.reached[k]
        for j in range(net.start[node], net.start[node + 1]):
            side = net.sides[j]
            edge = side >> 1
            if packets.empty[0] < events.start[edge + 1] - events.start[edge]:
                packets = with_room(packets, events.start[edge + 1] - events.start[edge])
            for i in range(events.start[edge], events.start[edge + 1]):
                reach = 1.0 - (net.length[edge] - events.at[i] if side & 1 else events.at[i])
                if reach > desk.search.distance[node]:
                    packets.rows[LEAVING, MOMENT] = events.weight[i]
                    put(packets, side ^ 1, reach, LEAVING)
    return packets


@inner
def _arrive(net: Network, slab: int, desk: Desk, packets: Packets) -> tuple[int, int]:
    """Take the packets of a slab to where they arrive, and return by how many sides, and how many may leave."""
    active, leaving = 0, 0
    place = packets.first[slab]
    packets.first[slab] = -1
    while place >= 0:
        after, side = packets.after[place], packets.side[place]
        if desk.arrived[side] < 0:
            desk.arrived[side] = place
            desk.active[active] = side
            node = net.ends[side]
            active, leaving = active + 1, leaving + net.start[node + 1] - net.start[node]
        else:
            merge(packets.rows, desk.arrived[side], place)
            drop(packets, place)
        place = after
    return active, leaving


@inner
def _go_on(
    mass: FloatArray,
    net: Network,
    lixels: Lixels,
    active: int,
    desk: Desk,
    packets: Packets,
    rule: int,
    profile: Profile,
) -> None:
    """Split what has arrived at each node among the sides that leave it; a short edge may bring it back to the slab."""
    # One function and plain names: counting references to the arrays of a tuple took two thirds of the time.
    start, sides, ends, lengths = net.start, net.sides, net.ends, net.length
    rows, arrived, came_by, inside, beyond = packets.rows, desk.arrived, desk.active, desk.inside, desk.search.distance
    for k in range(active):
        if arrived[came_by[k]] >= 0:
            node, came = ends[came_by[k]], 0
            for i in range(start[node], start[node + 1]):
                place = arrived[sides[i] ^ 1]
                if place >= 0:
                    if came == 0:
                        copy(rows, TOTAL, place, 1.0)
                    else:
                        merge(rows, TOTAL, place)
                    came += 1
            onward, back = _shares(rule, start[node + 1] - start[node])
            for i in range(start[node], start[node + 1]):
                side = sides[i]
                place, length = arrived[side ^ 1], lengths[side >> 1]
                if place < 0 or came > 1 or onward + back != 0.0:
                    copy(rows, LEAVING, TOTAL, onward)
                    if place >= 0:
                        add(rows, LEAVING, place, back)
                    if inside[side >> 1]:
                        lay_packet(mass, lixels, side, length, rows, LEAVING, profile)
                    reach = rows[LEAVING, REACH] - length
                    if reach > beyond[ends[side]]:
                        put(packets, side, reach, LEAVING)
                if place >= 0:
                    drop(packets, place)
                    arrived[side ^ 1] = -1


@inner
def _shares(rule: int, arms: int) -> tuple[float, float]:
    """Return the share of all that arrives which leaves by each arm, and what is added of that which came by it."""
    if rule == CONTINUOUS or arms == 1:
        return 2.0 / arms, -1.0
    return 1.0 / (arms - 1), -1.0 / (arms - 1)
