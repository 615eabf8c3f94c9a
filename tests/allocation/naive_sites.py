"""Slow and obviously right: every choice of sites, every way to serve from it."""

import itertools

import numpy as np


def choices(sites: int, count: int) -> list[tuple[int, ...]]:
    return list(itertools.combinations(range(sites), count))


def p_median(cost: np.ndarray, count: int) -> float:
    return min(sum(min(row[site] for site in chosen) for row in cost) for chosen in choices(cost.shape[1], count))


def p_centre(cost: np.ndarray, count: int) -> float:
    return min(max(min(row[site] for site in chosen) for row in cost) for chosen in choices(cost.shape[1], count))


def covered(near: np.ndarray, weight: np.ndarray, count: int, times: int = 1) -> float:
    """The most weight that `count` sites cover at least `times` times."""
    return max(
        sum(w for row, w in zip(near, weight, strict=True) if sum(row[site] for site in chosen) >= times)
        for chosen in choices(near.shape[1], count)
    )


def capacitated(cost: np.ndarray, load: np.ndarray, capacity: np.ndarray, count: int) -> float:
    """The least cost with whole places and no site beyond its capacity; inf where there is none."""
    best = np.inf
    for chosen in choices(cost.shape[1], count):
        for served in itertools.product(chosen, repeat=len(cost)):
            carried = dict.fromkeys(chosen, 0)
            for place, site in enumerate(served):
                carried[site] += load[place]
            if all(carried[site] <= capacity[site] for site in chosen):
                best = min(best, sum(cost[place, site] for place, site in enumerate(served)))
    return best
