"""
The capacitated p-median problem to the end: what prices leave open is solved by HiGHS, in whole numbers.

A site or a pair of place and site is left out where the bound with it passes the best plan.
"""

from dataclasses import dataclass

import numpy as np

from allocation._solvers.capacitated import ascend, filled_sack, gains, kicked, repaired
from allocation._solvers.highs import Answer, Programme, columns
from geodata.cast import BoolArray, FloatArray, IntArray

ROUNDS = 400
KICKS = 400
BURSTS = 8  # of prices, a plan repaired after each
MOST_NODES = 1_000_000
MOST_PAIRS = 60_000


@dataclass(frozen=True)
class Served:
    """Sites, each place's site, the cost and a bound; `cost` is -1 where no plan was found."""

    sites: IntArray
    site_of: IntArray
    cost: int
    bound: int


def locate_within(
    cost: IntArray, load: IntArray, capacity: IntArray, p: int, *, seconds: float | None = None
) -> Served:
    """
    Return `p` sites that serve all places within their capacities, with a bound.

    Parameters
    ----------
    cost : places x sites, whole numbers of at least 0
    load, capacity : of each place and each site, whole numbers of at least 0
    seconds : after which HiGHS gives its best so far; None: no clock
    """
    by_site = np.ascontiguousarray(cost.T)
    nearby = np.sort(cost, axis=1)[:, min(cost.shape[1] - 1, 2 * cost.shape[1] // p)]
    price, step, best = nearby.astype(np.float64), 1.5, _begun(cost, load, capacity, p)
    bound, top = 0.0, float(cost.max(axis=1).sum()) + 1.0
    for _ in range(BURSTS):
        goal = float(best.cost) if best.cost >= 0 else top
        bound, price, chosen = ascend(by_site, load, capacity, p, price, goal, ROUNDS // BURSTS, step)
        best, step = _better(best, cost, load, capacity, chosen), step * 0.6
        if 0 <= best.cost < bound + 1.0:
            return Served(best.sites, best.site_of, best.cost, best.cost)
    best = _kicked(best, cost, load, capacity)
    goal = float(best.cost) if best.cost >= 0 else top
    bound, price, _ = ascend(by_site, load, capacity, p, price, goal, ROUNDS, 0.1)
    if 0 <= best.cost < bound + 1.0:
        return Served(best.sites, best.site_of, best.cost, best.cost)
    pairs, sites = _left(by_site, load, capacity, p, price, goal)
    exact = _solved(cost, load, capacity, p, pairs, sites, seconds) if pairs.sum() <= MOST_PAIRS else None
    return _closed(best, exact, pairs, np.flatnonzero(sites), cost, int(np.ceil(bound - 1e-9)))


def _begun(cost: IntArray, load: IntArray, capacity: IntArray, p: int) -> Served:
    """Return a first plan near sites spread one after another, each farthest from those before."""
    sites = [int(np.argmin(cost.sum(axis=0)))]
    while len(sites) < p:
        apart = cost[:, sites].min(axis=1)
        near = cost[int(apart.argmax())].copy()
        near[sites] = near.max() + 1
        sites.append(int(near.argmin()))
    none = Served(np.array(sites), np.full(len(cost), -1), -1, 0)
    return _better(none, cost, load, capacity, np.array(sites))


def _better(best: Served, cost: IntArray, load: IntArray, capacity: IntArray, sites: IntArray) -> Served:
    """Return the better of a plan and what is repaired from these sites."""
    total, moved, site_of = repaired(cost, load, capacity, sites)
    return Served(moved, site_of, int(total), 0) if total >= 0 and not 0 <= best.cost <= total else best


def _kicked(best: Served, cost: IntArray, load: IntArray, capacity: IntArray) -> Served:
    """Return the plan, or a better one that moves of its sites lead to."""
    kicks = np.random.default_rng(0).random((KICKS, 5))
    total, sites, site_of = kicked(cost, load, capacity, best.sites, best.cost, kicks)
    return Served(sites, site_of, int(total), 0) if total >= 0 else best


def _left(
    by_site: IntArray, load: IntArray, capacity: IntArray, p: int, price: FloatArray, goal: float
) -> tuple[BoolArray, BoolArray]:
    """Return which pairs of site and place, and which sites, a plan of at most `goal` may hold."""
    gain = gains(by_site, price, load, capacity)
    rank = np.argsort(-gain, kind="stable")
    bound, last = price.sum() - gain[rank[:p]].sum(), gain[rank[p - 1]]
    base = bound + np.maximum(0.0, last - gain)  # with the site open
    sites = base <= goal
    pairs = np.zeros(by_site.shape, dtype=bool)
    for j in np.flatnonzero(sites):
        sack = filled_sack(by_site[j], price, load, int(capacity[j]))
        fits = load <= capacity[j]
        forced = sack[np.where(fits, capacity[j] - load, 0)] + price - by_site[j]
        pairs[j] = fits & (base[j] + np.maximum(0.0, gain[j] - forced) <= goal)
    return pairs, sites


def _solved(
    cost: IntArray,
    load: IntArray,
    capacity: IntArray,
    p: int,
    pairs: BoolArray,
    sites: BoolArray,
    seconds: float | None,
) -> Answer | None:
    """Return the least cost over these pairs: one site a place, `p` sites, capacities, open sites only."""
    at, place = np.nonzero(pairs)
    open_ = np.flatnonzero(sites)
    number = np.full(len(sites), -1)
    number[open_] = np.arange(len(open_))
    n, m = len(cost), len(open_)
    rows = n + 1 + m + len(at)
    lower, upper = np.full(rows, -np.inf), np.zeros(rows)
    lower[:n] = upper[:n] = 1.0
    lower[n] = upper[n] = p
    programme = Programme(lower, upper)
    links: list[dict[int, float]] = [{n: 1.0, n + 1 + k: -float(capacity[j])} for k, j in enumerate(open_)]
    entries = []
    for pair, (j, i) in enumerate(zip(at.tolist(), place.tolist(), strict=True)):
        k, link = int(number[j]), n + 1 + m + pair
        links[k][link] = -1.0
        entries.append({i: 1.0, n + 1 + k: float(load[i]), link: 1.0})
    programme.add(columns(np.zeros(m), np.ones(m), links))
    programme.add(columns(-cost[place, at].astype(np.float64), np.ones(len(at)), entries))
    whole = np.arange(m + len(at), dtype=np.int32)
    return programme.solve_whole(whole, slack=0.9, nodes=MOST_NODES, seconds=seconds)


def _closed(
    best: Served, exact: Answer | None, pairs: BoolArray, sites: IntArray, cost: IntArray, bound: int
) -> Served:
    """Return the better plan with the better bound; the cost is added up again."""
    if exact is None:
        return Served(best.sites, best.site_of, best.cost, min(bound, best.cost) if best.cost >= 0 else bound)
    at, place = np.nonzero(pairs)
    taken = exact.amounts[len(sites) :] > 0.5
    site_of = np.full(len(cost), -1)
    site_of[place[taken]] = at[taken]
    total = int(cost[np.arange(len(cost)), site_of].sum())
    bound = max(bound, int(np.ceil(-exact.bound - 1e-6)))
    if best.cost < 0 or total < best.cost:
        best = Served(sites[exact.amounts[: len(sites)] > 0.5], site_of, total, bound)
    return Served(best.sites, best.site_of, best.cost, min(bound, best.cost))
