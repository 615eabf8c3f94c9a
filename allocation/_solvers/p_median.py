"""
The p-median problem: prices on clients for a bound, swaps of sites for a plan, and what neither leaves open.

Relaxing "every client has one site" by prices u leaves sites that are chosen by their reduced costs alone [1]_. Prices
are kept on multiples of 1/1024 and costs are whole, so that every sum here is exact. Swaps are those of Teitz and Bart
in the time of one pass over the clients a site [2]_.

References
----------
.. [1] Beasley (1993). Lagrangean heuristics for location problems. European Journal of Operational Research 65(3),
   383-399.
.. [2] Whitaker (1983). A fast algorithm for the greedy interchange for large-scale clustering and median location
   problems. INFOR 21(2), 95-108.
"""

import numba
import numpy as np
import numpy.typing as npt

from geodata.cast import BoolArray, FloatArray, IntArray
from geodata.compiled import inner

GRID = 1024.0
PATIENCE = 25  # rounds without a better bound
LEAST_STEP = 1e-3

Ranks = npt.NDArray[np.int32]


@inner
def _two_nearest(cost: IntArray, sites: IntArray) -> tuple[IntArray, IntArray, IntArray]:
    """Return each client's nearest site by its position in `sites`, its cost and that of the second nearest."""
    clients = cost.shape[0]
    at = np.zeros(clients, np.int64)
    first = np.full(clients, 1 << 60, np.int64)
    second = np.full(clients, 1 << 60, np.int64)
    for i in range(clients):
        for s in range(len(sites)):
            value = cost[i, sites[s]]
            if value < first[i]:
                at[i], first[i], second[i] = s, value, first[i]
            elif value < second[i]:
                second[i] = value
    return at, first, second


@inner
def _best_swap(
    cost: IntArray, sites: IntArray, at: IntArray, first: IntArray, second: IntArray
) -> tuple[int, int, int]:
    """Return the change of the cost by the best swap, the site that comes in and the position that it takes."""
    best, come, go = 0, -1, -1
    chosen = np.zeros(cost.shape[1], np.bool_)
    chosen[sites] = True
    base = np.zeros(len(sites), np.int64)
    for i in range(cost.shape[0]):
        base[at[i]] += second[i] - first[i]
    loss = np.empty(len(sites), np.int64)
    for j in range(cost.shape[1]):
        if chosen[j]:
            continue
        gain = 0
        for position in range(len(base)):
            loss[position] = base[position]
        for i in range(cost.shape[0]):
            value = cost[i, j]
            if value < first[i]:
                gain += first[i] - value
                loss[at[i]] -= second[i] - first[i]
            elif value < second[i]:
                loss[at[i]] -= second[i] - value
        least = int(np.argmin(loss))
        if loss[least] - gain < best:
            best, come, go = loss[least] - gain, j, least
    return best, come, go


@numba.njit(cache=True)
def swapped(cost: IntArray, sites: IntArray) -> tuple[int, IntArray]:
    """Return the cost and the sites after the best swaps, one at a time, until none helps."""
    sites = sites.copy()
    while True:
        at, first, second = _two_nearest(cost, sites)
        if len(sites) == 1:
            totals = np.zeros(cost.shape[1], cost.dtype)
            for i in range(cost.shape[0]):
                totals += cost[i]
            sites[0] = np.argmin(totals)
            return totals[sites[0]], sites
        _, come, go = _best_swap(cost, sites, at, first, second)
        if come < 0:
            return first.sum(), sites
        sites[go] = come


@numba.njit(cache=True)
def reduced(order: Ranks, ranked: IntArray, price: FloatArray, sites: int) -> FloatArray:
    """Return what each site costs at these prices: the sum of cost below price less price."""
    rho = np.zeros(sites)
    for i in range(order.shape[0]):
        for k in range(order.shape[1]):
            if ranked[i, k] >= price[i]:
                break
            rho[order[i, k]] += ranked[i, k] - price[i]
    return rho


@inner
def _slope(order: Ranks, ranked: IntArray, price: FloatArray, opened: BoolArray, slope: FloatArray) -> float:
    """Turn each client's slope towards 1 less the sites that it takes at these prices; return its squared length."""
    norm = 0.0
    for i in range(len(price)):
        taken = 0
        for k in range(order.shape[1]):
            if ranked[i, k] >= price[i]:
                break
            taken += opened[order[i, k]]
        slope[i] = 0.7 * (1.0 - taken) + 0.3 * slope[i]
        norm += slope[i] * slope[i]
    return norm


@numba.njit(cache=True)
def ascend(
    order: Ranks, ranked: IntArray, price: FloatArray, must: BoolArray, p: int, goal: float, rounds: int, step: float
) -> tuple[float, FloatArray, IntArray, FloatArray]:
    """
    Return the best bound met, its prices, the sites it chose, and how often each was chosen of late.

    `order` are each client's sites by cost and `ranked` those costs; `must` sites are open. It ends where the bound
    comes within 1 of `goal`, since costs are whole.
    """
    price = price.copy()
    best, best_price, best_sites = -np.inf, price, np.zeros(p, np.int64)
    slope, share = np.zeros(len(price)), must.astype(np.float64)
    stale = 0
    for _ in range(rounds):
        rho = reduced(order, ranked, price, len(must))
        rank = rho.copy()
        rank[must] = -np.inf
        chosen = np.argsort(rank, kind="mergesort")[:p]
        opened = np.zeros(len(must), np.bool_)
        opened[chosen] = True
        share = 0.95 * share + 0.05 * opened
        bound = price.sum() + rho[chosen].sum()
        stale = 0 if bound > best + 1e-4 * (goal - best) else stale + 1
        if bound > best:
            best, best_price, best_sites = bound, price, chosen
        if best > goal - 1.0:
            break
        if stale >= PATIENCE:
            step, stale = step / 2.0, 0
            price = best_price
        norm = _slope(order, ranked, price, opened, slope)
        if norm < 1e-9 or step < LEAST_STEP:
            break
        length = step * max(goal - bound, 1.0) / norm
        price = np.round((price + length * slope) * GRID) / GRID
    return best, best_price, best_sites, share
