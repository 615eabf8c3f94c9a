"""
The capacitated p-median problem: prices on places, a knapsack for each site, and a plan repaired from them.

With "every place has one site" relaxed by prices u, a site takes the places that fit its capacity and lie most below
their prices: a knapsack, solved exactly over whole loads, which bounds no worse than all columns of whole sites do
[1]_. Prices are kept on multiples of 1/1024 and costs are whole, so that every sum here is exact.

References
----------
.. [1] Lorena and Senne (2004). A column generation approach to capacitated p-median problems. Computers and Operations
   Research 31(6), 863-876.
"""

import numba
import numpy as np

from geodata.cast import BoolArray, FloatArray, IntArray
from geodata.compiled import inner

GRID = 1024.0
PATIENCE = 20  # rounds without a better bound
LEAST_STEP = 2e-3
TRIES = 30  # of medians moved to the middle of what they serve


@numba.njit(cache=True)
def filled_sack(cost: IntArray, price: FloatArray, load: IntArray, capacity: int) -> FloatArray:
    """Return by room used at most what a site gains from the places that it takes."""
    best = np.zeros(capacity + 1)
    for i in range(len(cost)):
        gain = price[i] - cost[i]
        if gain <= 0.0 or load[i] > capacity:
            continue
        for room in range(capacity, load[i] - 1, -1):
            value = best[room - load[i]] + gain
            if value > best[room]:
                best[room] = value
    return best


@numba.njit(cache=True)
def packed(cost: IntArray, price: FloatArray, load: IntArray, capacity: int) -> BoolArray:
    """Return which places a site takes."""
    items = np.flatnonzero((price > cost) & (load <= capacity))
    best = np.zeros(capacity + 1)
    taken = np.zeros((len(items), capacity + 1), np.bool_)
    for k in range(len(items)):
        i = items[k]
        for room in range(capacity, load[i] - 1, -1):
            value = best[room - load[i]] + price[i] - cost[i]
            if value > best[room]:
                best[room], taken[k, room] = value, True
    chosen, room = np.zeros(len(cost), np.bool_), capacity
    for k in range(len(items) - 1, -1, -1):
        if taken[k, room]:
            chosen[items[k]] = True
            room -= load[items[k]]
    return chosen


@numba.njit(cache=True)
def gains(cost_by_site: IntArray, price: FloatArray, load: IntArray, capacity: IntArray) -> FloatArray:
    """Return what each site gains at these prices."""
    gain = np.empty(len(capacity))
    for j in range(len(capacity)):
        gain[j] = filled_sack(cost_by_site[j], price, load, capacity[j])[-1]
    return gain


@numba.njit(cache=True)
def ascend(
    cost_by_site: IntArray,
    load: IntArray,
    capacity: IntArray,
    p: int,
    price: FloatArray,
    goal: float,
    rounds: int,
    step: float,
) -> tuple[float, FloatArray, IntArray]:
    """Return the best bound met, its prices and the sites that it chose, by subgradients."""
    price = price.copy()
    best, best_price, best_sites = -np.inf, price, np.zeros(p, np.int64)
    slope, stale = np.zeros(len(price)), 0
    for _ in range(rounds):
        gain = gains(cost_by_site, price, load, capacity)
        chosen = np.argsort(-gain, kind="mergesort")[:p]
        bound = price.sum() - gain[chosen].sum()
        stale = 0 if bound > best + 1e-4 * (goal - best) else stale + 1
        if bound > best:
            best, best_price, best_sites = bound, price, chosen
        if best > goal - 1.0:
            break
        if stale >= PATIENCE:
            step, stale = step / 2.0, 0
            price = best_price
        served = np.zeros(len(price))
        for j in chosen:
            served += packed(cost_by_site[j], price, load, capacity[j])
        slope = 0.7 * (1.0 - served) + 0.3 * slope
        norm = (slope * slope).sum()
        if norm < 1e-9 or step < LEAST_STEP:
            break
        price = np.round((price + step * max(goal - bound, 1.0) / norm * slope) * GRID) / GRID
    return best, best_price, best_sites


@inner
def _assigned(cost: IntArray, load: IntArray, capacity: IntArray, sites: IntArray) -> tuple[bool, IntArray, IntArray]:
    """Return whether all places found room, the position of each one's site, and the room left: most to lose first."""
    at, room = np.full(len(load), -1, np.int64), capacity[sites].copy()
    for _ in range(len(load)):
        worst, chosen, to = -1.0, -1, -1
        for i in range(len(load)):
            if at[i] >= 0:
                continue
            first, second, best = np.inf, np.inf, -1
            for s in range(len(sites)):
                if room[s] >= load[i]:
                    value = cost[i, sites[s]]
                    if value < first:
                        first, second, best = value, first, s
                    elif value < second:
                        second = value
            if best < 0:
                return False, at, room
            regret = second - first if second < np.inf else 1e15 + load[i]
            if regret > worst:
                worst, chosen, to = regret, i, best
        at[chosen] = to
        room[to] -= load[chosen]
    return True, at, room


@inner
def _traded(cost: IntArray, load: IntArray, sites: IntArray, at: IntArray, room: IntArray) -> None:
    """Move places to cheaper sites with room, and exchange two where that is cheaper, until neither helps."""
    moved = True
    while moved:
        moved = False
        for i in range(len(load)):
            for s in range(len(sites)):
                if room[s] >= load[i] and cost[i, sites[s]] < cost[i, sites[at[i]]]:
                    room[at[i]] += load[i]
                    room[s] -= load[i]
                    at[i], moved = s, True
            for k in range(i):
                a, b = at[i], at[k]
                change = cost[i, sites[b]] + cost[k, sites[a]] - cost[i, sites[a]] - cost[k, sites[b]]
                extra = load[i] - load[k]
                if a != b and change < 0 and room[b] >= extra and room[a] >= -extra:
                    room[a] += extra
                    room[b] -= extra
                    at[i], at[k], moved = b, a, True


@inner
def _centred(cost: IntArray, load: IntArray, capacity: IntArray, sites: IntArray, at: IntArray) -> bool:
    """Move each site to where it serves its places at least cost; say whether one was moved."""
    moved, used = False, np.zeros(cost.shape[1], np.bool_)
    used[sites] = True
    for s in range(len(sites)):
        own = np.flatnonzero(at == s)
        carried = load[own].sum()
        best, to = cost[own, sites[s]].sum() if len(own) else 0, sites[s]
        for j in range(cost.shape[1]):
            if not used[j] and capacity[j] >= carried:
                total = 0
                for i in own:
                    total += cost[i, j]
                    if total >= best:
                        break
                if total < best:
                    best, to = total, j
        if to != sites[s]:
            used[sites[s]], used[to], sites[s], moved = False, True, to, True
    return moved


@numba.njit(cache=True)
def repaired(cost: IntArray, load: IntArray, capacity: IntArray, sites: IntArray) -> tuple[int, IntArray, IntArray]:
    """Return the cost, the sites and each place's site of a plan near these sites; -1 where one finds no room."""
    sites = sites.copy()
    best, best_sites, best_of = -1, sites.copy(), np.full(len(load), -1, np.int64)
    for _ in range(TRIES):
        whole, at, room = _assigned(cost, load, capacity, sites)
        if not whole:
            break
        _traded(cost, load, sites, at, room)
        moved = _centred(cost, load, capacity, sites, at)
        total = 0
        for i in range(len(load)):
            total += cost[i, sites[at[i]]]
        if best < 0 or total < best:
            best, best_sites, best_of = total, sites.copy(), sites[at]
        if not moved:
            break
    return best, best_sites, best_of


@numba.njit(cache=True)
def kicked(
    cost: IntArray, load: IntArray, capacity: IntArray, start: IntArray, best: int, kicks: FloatArray
) -> tuple[int, IntArray, IntArray]:
    """Return the best plan met by moving one or two of its sites elsewhere and repairing, once a row of `kicks`."""
    sites, site_of = start.copy(), np.full(len(load), -1, np.int64)
    found = -1
    for k in range(len(kicks)):
        trial = sites.copy()
        for again in range(1 + (kicks[k, 4] < 0.5)):
            go = int(kicks[k, 2 * again] * len(sites))
            come = int(kicks[k, 2 * again + 1] * cost.shape[1])
            if not (trial == come).any():
                trial[go] = come
        total, moved, served = repaired(cost, load, capacity, trial)
        if total >= 0 and (best < 0 or total < best):
            best, found = total, total
            sites, site_of = moved, served
    return found, sites, site_of
