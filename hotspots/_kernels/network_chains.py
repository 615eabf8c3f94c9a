"""Edges joined end to end where nothing branches off: what passes a node of two arms passes it unchanged."""

from typing import NamedTuple

import numpy as np
from numba import njit

from geodata.cast import BoolArray, FloatArray, IntArray
from geodata.compiled import inner
from hotspots._kernels.network import Network, NumberArray


class Chains(NamedTuple):
    """The sides walked, chain after chain, how far along its chain each begins, and where each chain begins."""

    sides: NumberArray
    offset: FloatArray
    start: IntArray


@njit(cache=True)
def chains(net: Network) -> Chains:
    """Return the chains between junctions and dead ends, each edge in one; a ring of its own starts anywhere."""
    edges = net.length.size
    walked, sides, offset = np.zeros(edges, dtype=np.bool_), np.empty(edges, dtype=np.int32), np.empty(edges)
    start = np.zeros(edges + 1, dtype=np.int64)
    count, at = 0, 0
    for rings in (False, True):
        for node in range(net.start.size - 1):
            if rings or net.start[node + 1] - net.start[node] != 2:
                for i in range(net.start[node], net.start[node + 1]):
                    if not walked[net.sides[i] >> 1]:
                        at = _walk(net, net.sides[i], walked, sides, offset, at)
                        count += 1
                        start[count] = at
    return Chains(sides, offset, start[: count + 1])


@inner
def _walk(net: Network, side: int, walked: BoolArray, sides: NumberArray, offset: FloatArray, at: int) -> int:
    """Walk on from a side to the next junction, dead end or edge already walked, and return how many are walked now."""
    metres = 0.0
    while not walked[side >> 1]:
        walked[side >> 1] = True
        sides[at], offset[at] = side, metres
        metres += net.length[side >> 1]
        at += 1
        node = net.ends[side]
        if net.start[node + 1] - net.start[node] != 2:
            break
        first = net.sides[net.start[node]]
        side = net.sides[net.start[node] + 1] if first == side ^ 1 else first
    return at
