"""Streets as the kernels take them: chains of edges between junctions and dead ends, with lixels and events along."""

from dataclasses import dataclass
from functools import cached_property
from typing import Final, Literal, Self

import numpy as np
from numba import get_num_threads

from geodata.cast import BoolArray, FloatArray, IntArray
from hotspots._kernels.network import Events, Lixels, Network, Profile, near_events, network
from hotspots._kernels.network_chains import Chains, chains
from hotspots._kernels.network_simple import simple
from hotspots._kernels.network_split import CONTINUOUS, DISCONTINUOUS, SLABS, equal_split
from hotspots.lixels import CutStreets, Places

NetworkMethod = Literal["simple", "discontinuous", "continuous"]
NetworkKernel = Literal["quartic", "epanechnikov", "triangular", "uniform"]

AT_NODE_M: Final = 1e-6  # from the end of an edge within which an event lies at the node
CLUSTER_BANDWIDTHS: Final = 4.0  # side of the squares of streets worked on together
LEAST_CLUSTER_M: Final = 200.0
# Each kernel's integral from reach z before its end to that end, as the coefficients of 1, z, ..., z^5; z in
# bandwidths, so that half of the mass is still to come on either side at z = 1.
PROFILES: Final[dict[str, Profile]] = {
    "quartic": (0.0, 0.0, 0.0, 5 / 4, -15 / 16, 3 / 16),
    "epanechnikov": (0.0, 0.0, 3 / 4, -1 / 4, 0.0, 0.0),
    "triangular": (0.0, 0.0, 1 / 2, 0.0, 0.0, 0.0),
    "uniform": (0.0, 1 / 2, 0.0, 0.0, 0.0, 0.0),
}


@dataclass(frozen=True, eq=False)
class ChainedStreets:
    """
    Cut streets whose edges are joined end to end where nothing branches off, which changes no distance and no split.

    Parameters
    ----------
    cut : streets in lixels
    base : the network of their edges, in metres
    chains : which sides of edges each chain walks
    """

    cut: CutStreets
    base: Network
    chains: Chains

    @classmethod
    def of(cls, cut: CutStreets) -> Self:
        """Return the chains of `cut`."""
        base = network(cut.tail, cut.head, cut.length, cut.streets.size)
        return cls(cut, base, chains(base))

    @cached_property
    def edge(self) -> IntArray:
        """The edges in the order in which they are walked."""
        return (self.chains.sides >> 1).astype(np.int64)

    @cached_property
    def against(self) -> IntArray:
        """1 for each edge that is walked from its end, 0 from its beginning; in the order of `edge`."""
        return (self.chains.sides & 1).astype(np.int64)

    @cached_property
    def chain(self) -> IntArray:
        """The chain that walks each edge, in the order of `edge`."""
        return np.repeat(np.arange(self.chains.start.size - 1), np.diff(self.chains.start))

    @cached_property
    def begins_at(self) -> IntArray:
        """The node at which each chain begins."""
        return np.asarray(self.base.ends[self.chains.sides[self.chains.start[:-1]] ^ 1], dtype=np.int64)

    @cached_property
    def length(self) -> FloatArray:
        """Metres of each chain."""
        last = self.chains.start[1:] - 1
        return self.chains.offset[last] + self.cut.length[self.edge[last]]

    def network(self, bandwidth: float) -> Network:
        """Return the network of the chains, in bandwidths."""
        ends_at = self.base.ends[self.chains.sides[self.chains.start[1:] - 1]].astype(np.int64)
        return network(self.begins_at, ends_at, self.length / bandwidth, self.cut.streets.size)

    def lixels(self, bandwidth: float) -> Lixels:
        """Return the lixels chain by chain, in bandwidths."""
        pieces = self.cut.pieces[self.edge]
        many = np.add.reduceat(pieces, self.chains.start[:-1])
        walked = np.repeat(np.arange(pieces.size), pieces)
        nth = np.arange(walked.size) - np.repeat(np.cumsum(pieces) - pieces, pieces)
        share = (nth + 1) / pieces[walked]
        at = np.zeros(walked.size + many.size)
        at[np.arange(walked.size) + self.chain[walked] + 1] = (
            self.chains.offset[walked] + self.cut.length[self.edge[walked]] * share
        ) / bandwidth
        return Lixels(np.concatenate(([0], np.cumsum(many))), at)

    def in_order_of_edges(self, values: FloatArray) -> FloatArray:
        """Return what was found for the lixels chain by chain, edge by edge."""
        pieces = self.cut.pieces[self.edge]
        first, against = np.empty((2, pieces.size), dtype=np.int64)
        first[self.edge], against[self.edge] = np.cumsum(pieces) - pieces, self.against
        nth, edge = self.cut.nth, self.cut.edge
        return values[first[edge] + np.where(against[edge] == 1, self.cut.pieces[edge] - 1 - nth, nth)]

    def events(self, places: Places, weights: FloatArray, bandwidth: float) -> Events:
        """
        Return the events along the chains, in bandwidths, whatever the order of the rows; co-located ones summed.

        An event at a node lies on all its arms alike: each gets its share, whichever was found nearest.
        """
        edge, along, weights = self._shared_at_nodes(places, weights)
        walked = np.empty(self.edge.size, dtype=np.int64)
        walked[self.edge] = np.arange(self.edge.size)
        position = walked[edge]
        from_start = np.where(self.against[position] == 1, self.cut.length[edge] - along, along)
        chain, at = self.chain[position], self.chains.offset[position] + from_start
        order = np.lexsort((weights, at, chain))
        chain, at, weights = chain[order], at[order], weights[order]
        fresh = np.append(True, (chain[1:] != chain[:-1]) | (at[1:] != at[:-1]))[: chain.size]
        summed = np.add.reduceat(weights, np.flatnonzero(fresh)) if chain.size else weights
        start = np.concatenate(([0], np.cumsum(np.bincount(chain[fresh], minlength=self.length.size))))
        return Events(start, at[fresh] / bandwidth, summed)

    def _shared_at_nodes(self, places: Places, weights: FloatArray) -> tuple[IntArray, FloatArray, FloatArray]:
        on = places.edge >= 0
        edge, along, weights = places.edge[on], places.along[on], weights[on]
        at_tail, at_head = along <= AT_NODE_M, along >= self.cut.length[edge] - AT_NODE_M
        between = ~(at_tail | at_head)
        node = np.where(at_tail, self.cut.tail[edge], self.cut.head[edge])[~between]
        first, arms = self.base.start[node], np.diff(self.base.start)[node]
        nth = np.arange(arms.sum()) - np.repeat(np.cumsum(arms) - arms, arms)
        side = self.base.sides[np.repeat(first, arms) + nth].astype(np.int64)
        return (
            np.concatenate((edge[between], side >> 1)),
            np.concatenate((along[between], np.where(side & 1, self.cut.length[side >> 1], 0.0))),
            np.concatenate((weights[between], np.repeat(weights[~between] / arms, arms))),
        )


def lixel_mass(
    chained: ChainedStreets,
    events: Events,
    bandwidth: float,
    *,
    method: NetworkMethod,
    kernel: NetworkKernel,
    slabs: int = SLABS,
) -> FloatArray:
    """
    Return the integral of the density over each lixel, in the order of the lixels of the cut streets.

    Parameters
    ----------
    chained : streets in chains
    events : in bandwidths along the chains
    bandwidth : metres
    method, kernel : names
    slabs : parts of the bandwidth; paths whose reach left falls into one go on together
    """
    net, lixels = chained.network(bandwidth), chained.lixels(bandwidth)
    mass, near, hands = np.zeros(chained.cut.edge.size), near_events(net, events), get_num_threads()
    edges, profile = np.flatnonzero(_reached(net, events, near)), PROFILES[kernel]
    if method == "simple":
        simple(mass, net, lixels, events, near, edges, profile, hands)
    else:
        edges, start = _clusters(chained, edges, bandwidth)
        rule = CONTINUOUS if method == "continuous" else DISCONTINUOUS
        equal_split(mass, net, lixels, events, near, edges, start, rule, profile, slabs, hands)
    return chained.in_order_of_edges(mass)


def _reached(net: Network, events: Events, near: FloatArray) -> BoolArray:
    """Return which edges lie within a bandwidth of an event."""
    reached: BoolArray = near[net.ends].reshape(-1, 2).min(axis=1) < 1.0
    return reached | (np.diff(events.start) > 0)


def _clusters(chained: ChainedStreets, edges: IntArray, bandwidth: float) -> tuple[IntArray, IntArray]:
    """Return the edges square by square, the fullest square first, and the position of the first of each."""
    side = max(CLUSTER_BANDWIDTHS * bandwidth, LEAST_CLUSTER_M)
    node, streets = chained.begins_at[edges], chained.cut.streets
    square = np.column_stack((np.floor(streets.x[node] / side), np.floor(streets.y[node] / side)))
    _, number, many = np.unique(square, axis=0, return_inverse=True, return_counts=True)
    number = number.ravel()
    order = np.lexsort((number, -many[number]))
    return edges[order], np.concatenate(([0], np.sort(many)[::-1].cumsum()))
