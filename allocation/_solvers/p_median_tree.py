"""
The p-median problem to the end: sites opened or closed by their reduced costs, the rest by branch and bound.

Where a bound with a site opened (or closed) would come within 1 of the best plan, the site is closed (or opened) for
good. What is left is branched on, the least bound first, so that the bound holds whenever the search ends.
"""

import heapq
import time
from dataclasses import dataclass, field

import numpy as np

from allocation._solvers.p_median import Ranks, ascend, reduced, swapped
from geodata.cast import BoolArray, FloatArray, IntArray

ROUNDS = 1500  # of prices at the root
NODE_ROUNDS = 120  # and below it
MOST_NODES = 200_000


@dataclass(frozen=True)
class Located:
    """Sites in order, what they cost, a bound that no `p` sites go below, and the nodes of the tree."""

    sites: IntArray
    cost: int
    bound: int
    nodes: int


@dataclass(order=True)
class _Node:
    """Where a branch stands: its bound, prices, and the sites that are open and those that may be."""

    bound: float
    number: int
    price: FloatArray = field(compare=False)
    must: BoolArray = field(compare=False)
    may: BoolArray = field(compare=False)
    branch: int = field(compare=False, default=-1)


@dataclass
class _Search:
    """The best sites so far; changed in place within this module."""

    cost: IntArray
    p: int
    sites: IntArray
    value: int

    def offer(self, sites: IntArray) -> None:
        """Take sites, after swaps, if they are better."""
        value, sites = swapped(self.cost, sites)
        if value < self.value:
            self.value, self.sites = int(value), sites

    def solve(self, node: _Node, ranks: tuple[Ranks, IntArray], rounds: int, step: float) -> _Node | None:
        """Return the node with its bound raised and its sites fixed, or None where it holds nothing better."""
        free = np.flatnonzero(node.may)
        order, ranked = _among(*ranks, node.may)
        must = node.must[free]
        bound, price, chosen, share = ascend(order, ranked, node.price, must, self.p, float(self.value), rounds, step)
        if bound <= self.value - 1:
            self.offer(free[chosen])
        bound = max(bound, node.bound)
        if bound > self.value - 1:
            return None
        rho = reduced(order, ranked, price, len(free))
        open_, closed = _fixed(rho, must, self.p, price.sum(), self.value)
        fixed_must, fixed_may = node.must.copy(), node.may.copy()
        fixed_must[free[open_]], fixed_may[free[closed]] = True, False
        undecided = ~(open_ | closed)
        branch = -1
        if undecided.any():
            near = np.where(undecided, np.abs(share - 0.5), np.inf)
            branch = int(free[near.argmin()])
        return _Node(bound, node.number, price, fixed_must, fixed_may, branch)


def _among(order: Ranks, ranked: IntArray, may: BoolArray) -> tuple[Ranks, IntArray]:
    """Return the ranks of the sites that may be open, renumbered."""
    if may.all():
        return order, ranked
    kept = may[order]
    number = (np.cumsum(may) - 1).astype(np.int32)
    shape = len(order), int(may.sum())
    return number[order[kept]].reshape(shape), ranked[kept].reshape(shape)


def _fixed(rho: FloatArray, must: BoolArray, p: int, priced: float, value: int) -> tuple[BoolArray, BoolArray]:
    """Return which sites are in every better plan, and which in none."""
    rank = np.argsort(np.where(must, -np.inf, rho), kind="stable")
    bound = priced + rho[rank[:p]].sum()
    last, following = rho[rank[p - 1]], rho[rank[p]] if p < len(rho) else np.inf
    chosen = np.zeros(len(rho), dtype=bool)
    chosen[rank[:p]] = True
    open_ = must | (chosen & (bound + following - rho > value - 1))
    last = -np.inf if must[rank[p - 1]] else last  # all p are decided
    closed = ~chosen & (bound + rho - last > value - 1)
    return open_, closed


def locate(cost: IntArray, p: int, *, seconds: float | None = None, nodes: int = MOST_NODES) -> Located:
    """
    Return the `p` sites that serve all clients at least cost, with a bound.

    Parameters
    ----------
    cost : clients x sites, whole numbers of at least 0
    p : sites to open, at most as many as there are
    seconds, nodes : after which the best so far is taken; None: no clock, so that the answer is always the same
    """
    sites = cost.shape[1]
    order = np.argsort(cost, axis=1, kind="stable").astype(np.int32)
    ranked = np.take_along_axis(cost, order, axis=1)
    value, start = swapped(cost, _spread(ranked, order, p))
    search, until = _Search(cost, p, start, int(value)), None if seconds is None else time.monotonic() + seconds
    root = _Node(0.0, 0, ranked[:, min(sites - 1, sites // p)].astype(np.float64), *_any(sites))
    open_nodes: list[_Node] = []
    count = 1
    first = search.solve(root, (order, ranked), ROUNDS, 1.5)
    if first is not None:
        heapq.heappush(open_nodes, first)
    while open_nodes and open_nodes[0].bound <= search.value - 1:
        if count >= nodes or (until is not None and time.monotonic() > until):
            break
        parent = heapq.heappop(open_nodes)
        ranks = (order, ranked)
        for child in _children(parent, p, count):
            count += 1
            solved = search.solve(child, ranks, NODE_ROUNDS, 0.5)
            if solved is not None:
                heapq.heappush(open_nodes, solved)
    bound = min(float(search.value), open_nodes[0].bound if open_nodes else np.inf)
    return Located(np.sort(search.sites), search.value, int(np.ceil(bound)), count)


def _any(sites: int) -> tuple[BoolArray, BoolArray]:
    return np.zeros(sites, dtype=bool), np.ones(sites, dtype=bool)


def _spread(ranked: IntArray, order: Ranks, p: int) -> IntArray:
    """Return `p` sites to start from: the cheapest at prices that let each client take its share of the sites."""
    sites = order.shape[1]
    price = ranked[:, min(sites - 1, sites // p)].astype(np.float64)
    start: IntArray = np.argsort(reduced(order, ranked, price, sites), kind="stable")[:p]
    return start


def _children(parent: _Node, p: int, count: int) -> list[_Node]:
    """Return the node with its site opened and with it closed, those that leave `p` sites."""
    if parent.branch < 0:
        return []
    opened, closed = parent.must.copy(), parent.may.copy()
    opened[parent.branch], closed[parent.branch] = True, False
    children = [
        _Node(parent.bound, count, parent.price, opened, parent.may),
        _Node(parent.bound, count + 1, parent.price, parent.must, closed),
    ]
    return [child for child in children if child.must.sum() <= p <= child.may.sum()]
