"""
Sites that leave nobody far away: the p-centre, and the most demand within a distance of one site, or of two.

    p-centre  minimise r: every place is within r of one of `count` sites
    coverage  maximise  sum over places i of (1 - backup) w[i] z[i] + backup w[i] u[i]
    C1  `count` sites are open
    C2  z[i] = 1 only if at least one open site is within the radius of i, u[i] = 1 only if at least two are
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from allocation._solvers.covering import fewest_sites, most_covered
from allocation._solvers.p_median_tree import locate
from allocation.p_median import chosen_of
from allocation.siting import Siting, costs, siting
from geodata.cast import FloatArray, IntArray, above_zero, weights, within

ROUNDING = 1e-6  # of a number of sites


@dataclass(frozen=True)
class Coverage:
    """
    Sites chosen and what lies within their radius.

    Parameters
    ----------
    sites : numbers of the sites chosen, ascending
    times : by place, how many of them are within the radius
    value : weight covered, the second cover counted by its share
    bound : no choice covers more
    gap : (bound - value) / bound; 0: proven
    """

    sites: tuple[int, ...]
    times: IntArray
    value: float
    bound: float
    gap: float


def p_centre(cost: ArrayLike, count: int) -> Siting:
    """
    Return the `count` sites whose farthest place is nearest, proven unless `gap` says otherwise.

    Radii are tried by halving: one is too small if even the fewest sites that cover all places within it are too many
    [1]_. Of the choices with that radius it returns one near the least sum.

    Parameters
    ----------
    cost : places x sites, at least 0
        Such as metres or minutes.
    count : sites to open, at most as many as there are

    Raises
    ------
    InputError
        If a cost is not finite or below 0, or `count` is below 1 or above the number of sites.

    References
    ----------
    .. [1] Minieka (1970). The m-center problem. SIAM Review 12(1), 138-139.
    """
    given = costs(cost)
    count = chosen_of(count, given.shape[1])
    radii = np.unique(given)
    start = _near_median(given, count)
    high = int(np.searchsorted(radii, given[:, start].min(axis=1).max()))
    low, best = int(np.searchsorted(radii, given.min(axis=1).max())), start
    proven = low
    while low < high:
        middle = (low + high) // 2
        answer = fewest_sites(given <= radii[middle])
        if answer is not None and round(-answer.value) <= count:
            best = np.flatnonzero(answer.amounts > 0.5)
            high = int(np.searchsorted(radii, given[:, best].min(axis=1).max()))
            continue
        low = middle + 1
        if answer is not None and -answer.bound > count + ROUNDING:
            proven = low
    sites = _filled(given, best, count)
    site_of = sites[given[:, sites].argmin(axis=1)]
    value = float(given[:, sites].min(axis=1).max())
    return siting(sites, site_of, value, min(value, float(radii[proven])))


def _near_median(cost: FloatArray, count: int) -> IntArray:
    """Return sites near the least sum of costs to the fourth power, which leaves few places far."""
    largest = float(cost.max()) or 1.0
    return locate(np.rint((cost / largest) ** 4 * 1e6).astype(np.int64), count, nodes=1).sites


def _filled(cost: FloatArray, sites: IntArray, count: int) -> IntArray:
    """Return the sites, and more up to `count`, each where it shortens the sum most."""
    chosen = sites.tolist()[:count]
    while len(chosen) < count:
        nearest = cost[:, chosen].min(axis=1)
        total = np.minimum(cost, nearest[:, None]).sum(axis=0)
        total[chosen] = np.inf
        chosen.append(int(total.argmin()))
    return np.sort(np.array(chosen, dtype=np.int64))


def maximal_coverage(cost: ArrayLike, count: int, *, radius: float, weight: ArrayLike | None = None) -> Coverage:
    """
    Return the `count` sites with most weight within `radius` of one of them [1]_.

    Parameters
    ----------
    cost : places x sites, at least 0
    count : sites to open, at most as many as there are
    radius : in the unit of `cost`
        Of a response within so many minutes, say.
    weight : of each place, by default 1

    Raises
    ------
    InputError
        If a cost or a weight is not finite or below 0, `radius` is not above 0, or `count` is out of range.

    References
    ----------
    .. [1] Church and ReVelle (1974). The maximal covering location problem. Papers of the Regional Science Association
       32(1), 101-118.
    """
    return _covered(cost, count, radius=radius, weight=weight, backup=0.0)


def backup_coverage(
    cost: ArrayLike, count: int, *, radius: float, weight: ArrayLike | None = None, backup: float = 0.5
) -> Coverage:
    """
    Return the `count` sites that cover most weight once and again, for when the first is busy [1]_.

    Parameters
    ----------
    cost, count, radius, weight : as for `maximal_coverage`
    backup : from 0 to 1
        Share of a place's weight that its second cover earns; its first earns the rest.

    Raises
    ------
    InputError
        As for `maximal_coverage`, and if `backup` is not between 0 and 1.

    References
    ----------
    .. [1] Hogan and ReVelle (1986). Concepts and applications of backup coverage. Management Science 32(11), 1434-1444.
    """
    return _covered(cost, count, radius=radius, weight=weight, backup=within(backup, "backup", 0.0, 1.0))


def _covered(cost: ArrayLike, count: int, *, radius: float, weight: ArrayLike | None, backup: float) -> Coverage:
    given = costs(cost)
    count = chosen_of(count, given.shape[1])
    demand = weights(weight, len(given), "weight")
    near = given <= above_zero(radius, "radius")
    answer = most_covered(near, (1.0 - backup) * demand, backup * demand, count)
    chosen = np.zeros(0, np.int64) if answer is None else np.flatnonzero(answer.amounts[: near.shape[1]] > 0.5)
    sites = _filled(given, chosen, count) if len(chosen) else np.arange(count)
    times = near[:, sites].sum(axis=1).astype(np.int64)
    value = float(((1.0 - backup) * demand)[times >= 1].sum() + (backup * demand)[times >= 2].sum())
    bound = max(value, float(demand.sum()) if answer is None else answer.bound)
    gap = (bound - value) / bound if bound > 0 else 0.0
    if gap <= 1e-8:
        bound, gap = value, 0.0
    return Coverage(tuple(sites.tolist()), times, value, bound, gap)


def check_coverage(
    found: Coverage,
    cost: FloatArray,
    *,
    count: int,
    radius: float,
    weight: FloatArray | None = None,
    backup: float = 0.0,
) -> list[str]:
    """Return which of the rules C1 and C2 a coverage breaks, and whether its value and bound are wrong."""
    faults = []
    if len(set(found.sites)) != count or not all(0 <= site < cost.shape[1] for site in found.sites):
        return [f"C1 {count} different sites are to be chosen, got {len(set(found.sites))}"]
    total = 0.0
    for place, row in enumerate(cost):
        within_reach = sum(row[site] <= radius for site in found.sites)
        own = 1.0 if weight is None else float(weight[place])
        total += own * ((1.0 - backup) * (within_reach >= 1) + backup * (within_reach >= 2))
        if within_reach != found.times[place]:
            faults.append(f"C2 a place is covered {within_reach} times, got {found.times[place]}")
    if abs(total - found.value) > 1e-8 * max(1.0, total) or found.bound < found.value * (1 - 1e-8):
        faults.append(f"the value is {total:.10g} and the bound no less, got {found.value:.10g} and {found.bound:.10g}")
    return faults
