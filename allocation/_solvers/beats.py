"""
Contiguous beats by recombination: two that touch are put together and cut anew along a random spanning tree [1]_.

References
----------
.. [1] DeFord, Duchin and Solomon (2021). Recombination: a family of Markov chains for redistricting. Harvard Data
   Science Review 3(1).
"""

import numba
import numpy as np

from allocation._solvers.orienteering_moves import Chosen, chance
from geodata.cast import BoolArray, FloatArray, IntArray
from geodata.compiled import inner

NONE = -1
SLACK = 0.1  # above the best that is walked through, at first
SPELLS = 8  # each begins with some recombinations that are kept whatever they cost


@numba.njit(cache=True)
def cost_of(cost: FloatArray, areas: IntArray) -> float:
    """Return what some areas cost from the best centre among them; `cost` is by area and centre."""
    best = np.inf
    for centre in areas:
        total = 0.0
        for area in areas:
            total += cost[area, centre]
        best = min(best, total)
    return best


@inner
def _tree(touching: BoolArray, areas: IntArray, state: Chosen) -> tuple[IntArray, IntArray]:
    """Return the areas in the order in which a random spanning tree meets them, and the position of each one's root."""
    many = len(areas)
    order, root = np.empty(many, np.int64), np.full(many, NONE, np.int64)
    weight, reached, done = np.full(many, np.inf), np.full(many, NONE, np.int64), np.zeros(many, np.bool_)
    weight[int(chance(state) * many)] = -1.0
    for step in range(many):
        here = NONE
        for k in range(many):
            if not done[k] and weight[k] < np.inf and (here == NONE or weight[k] < weight[here]):
                here = k
        if here == NONE:
            return order[:step], root[:step]
        done[here], order[step], root[step] = True, areas[here], reached[here]
        for k in range(many):
            if not done[k] and touching[areas[here], areas[k]]:
                drawn = chance(state)
                if drawn < weight[k]:
                    weight[k], reached[k] = drawn, step
    return order, root


@inner
def _cut(
    cost: FloatArray, work: FloatArray, order: IntArray, root: IntArray, least: float, most: float, weight: float
) -> tuple[float, BoolArray]:
    """Return the least penalised cost of the two sides of a cut through a tree, and which areas are beyond it."""
    many = len(order)
    best, side = np.inf, np.zeros(many, np.bool_)
    load = work[order].copy()
    for k in range(many - 1, 0, -1):
        load[root[k]] += load[k]
    for cut in range(1, many):
        out = outside(load[cut], least, most) + outside(load[0] - load[cut], least, most)
        if out * weight >= best:
            continue
        beyond = np.zeros(many, np.bool_)
        beyond[cut] = True
        for k in range(cut + 1, many):
            beyond[k] = beyond[root[k]]
        value = out * weight + cost_of(cost, order[beyond]) + cost_of(cost, order[~beyond])
        if value < best:
            best, side = value, beyond
    return best, side


@numba.njit(cache=True)
def outside(load: float, least: float, most: float) -> float:
    """Return by how much a load is outside its band."""
    return max(0.0, least - load, load - most)


@numba.njit(cache=True)
def recombined(
    cost: FloatArray,
    work: FloatArray,
    touching: BoolArray,
    start: IntArray,
    band: tuple[float, float],
    weight: float,
    rounds: int,
    state: Chosen,
) -> IntArray:
    """Return the best beats met, from those of `start` on; a load outside the band costs `weight` for each unit."""
    n, beats = len(start), start.max() + 1
    beat, best = start.copy(), start.copy()
    each = np.empty(beats)
    for b in range(beats):
        inside = beat == b
        each[b] = cost_of(cost, np.flatnonzero(inside)) + weight * outside(work[inside].sum(), band[0], band[1])
    value = least = each.sum()
    for turn in range(rounds):
        one = int(chance(state) * n)
        two = int(chance(state) * n)
        for k in range(n):  # the next area that touches it from another beat
            other = (two + k) % n
            if touching[one, other] and beat[other] != beat[one]:
                two = other
                break
        if beat[one] == beat[two] or not touching[one, two]:
            continue
        a, b = beat[one], beat[two]
        order, root = _tree(touching, np.flatnonzero((beat == a) | (beat == b)), state)
        found, side = _cut(cost, work, order, root, band[0], band[1], weight)
        new = value - each[a] - each[b] + found
        shaken = turn % max(1, rounds // SPELLS) < 2 * beats and turn >= rounds // SPELLS
        if not shaken and new > value and new > least * (1.0 + SLACK * chance(state) * (1.0 - turn / rounds)):
            continue
        beat[order[side]], beat[order[~side]] = a, b
        for c in (a, b):
            inside = beat == c
            each[c] = cost_of(cost, np.flatnonzero(inside)) + weight * outside(work[inside].sum(), band[0], band[1])
        value = each.sum()
        if value < least * (1.0 - 1e-12):
            least, best = value, beat.copy()
    return best
