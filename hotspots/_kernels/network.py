"""A network as arrays: edges with two sides, events and lixels along them, and how far things are from one another."""

from typing import Final, NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from geodata.cast import FloatArray, IntArray
from geodata.compiled import inner

NumberArray = NDArray[np.int32]
Profile = tuple[float, float, float, float, float, float]

FAR: Final = np.inf


class Network(NamedTuple):
    """
    Undirected edges, loops and parallel ones among them; all lengths are in bandwidths.

    Edge e is side 2e seen from its tail and side 2e + 1 seen from its head; `side ^ 1` is the other direction. The
    sides that leave node v are `sides[start[v]:start[v + 1]]`: a loop leaves its node twice.
    """

    ends: NumberArray  # node at which each side arrives
    length: FloatArray  # of each edge
    start: IntArray
    sides: NumberArray


class Events(NamedTuple):
    """Weighted events by edge, in the order of their distance from its tail, no two at one place."""

    start: IntArray  # position of the first of each edge, and how many there are
    at: FloatArray
    weight: FloatArray


class Lixels(NamedTuple):
    """Pieces of edges; those of edge e lie between `at[start[e] + e]`, ..., `at[start[e + 1] + e]` from its tail."""

    start: IntArray  # number of the first lixel of each edge, and how many there are
    at: FloatArray


class Search(NamedTuple):
    """Room for shortest ways: all distances infinite between searches."""

    distance: FloatArray
    reached: NumberArray
    keys: FloatArray  # a binary heap
    nodes: NumberArray


def network(tail: IntArray, head: IntArray, length: FloatArray, nodes: int) -> Network:
    """Return the network of edges from `tail` to `head`."""
    ends = np.column_stack((head, tail)).astype(np.int32).ravel()
    leaves = ends.reshape(-1, 2)[:, ::-1].ravel()
    sides = np.argsort(leaves, kind="stable").astype(np.int32)
    start = np.concatenate(([0], np.cumsum(np.bincount(leaves, minlength=nodes)))).astype(np.int64)
    return Network(ends, np.ascontiguousarray(length, dtype=np.float64), start, sides)


@inner
def search_room(net: Network) -> Search:
    """Return room for a search; the heap is as large as it can ever get, and untouched memory costs nothing."""
    nodes = net.start.size - 1
    return Search(
        np.full(nodes, FAR),
        np.empty(nodes, dtype=np.int32),
        np.empty(net.sides.size + nodes),
        np.empty(net.sides.size + nodes, dtype=np.int32),
    )


@inner
def push(room: Search, size: int, key: float, node: int) -> int:
    """Put a node, found at distance `key`, on the heap of `size` nodes and return how many it holds."""
    room.distance[node] = key
    at = size
    while at > 0:
        above = (at - 1) // 2
        if room.keys[above] <= key:
            break
        room.keys[at], room.nodes[at] = room.keys[above], room.nodes[above]
        at = above
    room.keys[at], room.nodes[at] = key, node
    return size + 1


@inner
def drop_first(room: Search, size: int) -> int:
    """Take the nearest node off the heap of `size` nodes and return how many are left."""
    size -= 1
    key, node = room.keys[size], room.nodes[size]
    at = 0
    while True:
        below = 2 * at + 1
        if below >= size:
            break
        if below + 1 < size and room.keys[below + 1] < room.keys[below]:
            below += 1
        if room.keys[below] >= key:
            break
        room.keys[at], room.nodes[at] = room.keys[below], room.nodes[below]
        at = below
    room.keys[at], room.nodes[at] = key, node
    return size


@njit(cache=True)
def spread(net: Network, room: Search, size: int, beyond: FloatArray) -> int:
    """
    Carry on from the `size` nodes on the heap to all within reach, and return how many there are.

    Reach is 1 less what still lies `beyond` each node: no way that comes to nothing is followed.
    """
    found = 0
    while size > 0:
        here, node = room.keys[0], room.nodes[0]
        size = drop_first(room, size)
        if here > room.distance[node]:
            continue
        room.reached[found] = node
        found += 1
        for i in range(net.start[node], net.start[node + 1]):
            side = net.sides[i]
            other = net.ends[side]
            there = here + net.length[side >> 1]
            if there < room.distance[other] and there + beyond[other] < 1.0:
                size = push(room, size, there, other)
    return found


@njit(cache=True)
def clear(room: Search, found: int) -> None:
    """Make the room ready for another search."""
    for i in range(found):
        room.distance[room.reached[i]] = FAR


@njit(cache=True)
def near_events(net: Network, events: Events) -> FloatArray:
    """Return how far it is from each node to the nearest event, infinite where there is none within a bandwidth."""
    room, nothing, size = search_room(net), np.zeros(net.start.size - 1), 0
    for edge in range(net.length.size):
        first, last = events.start[edge], events.start[edge + 1] - 1
        if first <= last:
            size = _push_if_nearer(room, size, events.at[first], net.ends[2 * edge + 1])
            size = _push_if_nearer(room, size, net.length[edge] - events.at[last], net.ends[2 * edge])
    spread(net, room, size, nothing)
    return room.distance


@inner
def _push_if_nearer(room: Search, size: int, key: float, node: int) -> int:
    return push(room, size, key, node) if key < min(room.distance[node], 1.0) else size


@inner
def farther_than(profile: Profile, reach: float) -> float:
    """Return the mass that an event sends along an endless way and that is still under way `reach` before its end."""
    a, b, c, d, e, f = profile
    return a + reach * (b + reach * (c + reach * (d + reach * (e + reach * f)))) if reach > 0.0 else 0.0


# Put into its callers, so that they need not count references to its arrays: the simple kernel twice as fast.
@njit(cache=True, forceinline=True)
def lay(
    mass: FloatArray,
    lixels: Lixels,
    side: int,
    length: float,
    reach: float,
    begin: float,
    stop: float,
    weight: float,
    profile: Profile,
) -> None:
    """Lay mass on an edge from `begin` to `stop` along a side, `reach` being what is left of the kernel at its end."""
    edge = side >> 1
    first, last = lixels.start[edge], lixels.start[edge + 1] - 1
    before = farther_than(profile, reach - begin)
    for j in range(last - first + 1):
        if side & 1:
            lixel, bound = last - j, length - lixels.at[last + edge - j]
        else:
            lixel, bound = first + j, lixels.at[first + edge + j + 1]
        if bound > begin:
            after = farther_than(profile, reach - min(bound, stop))
            mass[lixel] += weight * (before - after)
            if after == 0.0 or bound >= stop:
                break
            before = after
