"""What a choice of sites comes to, and whether it keeps its rules: checked without the solvers that found it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from geodata.cast import FloatArray, IntArray
from geodata.errors import InputError

EXACT = 2.0**42  # whole costs add up to at most; with prices on 1/1024 their sums stay exact
SLACK = 1e-8  # relative: sums of fractions


@dataclass(frozen=True)
class Siting:
    """
    Sites chosen, who is served from where, and how good that is at least.

    Parameters
    ----------
    sites : numbers of the sites chosen, ascending
    site_of : the site that serves each place; -1: none does
    value : of the objective
    bound : no choice under the same rules passes it
    gap : between value and bound, relative to the larger; 0: proven
    """

    sites: tuple[int, ...]
    site_of: IntArray
    value: float
    bound: float
    gap: float


def siting(sites: IntArray, site_of: IntArray, value: float, bound: float) -> Siting:
    """Return the result with its gap; a bound within rounding of the value is the value."""
    larger = max(abs(value), abs(bound))
    gap = abs(value - bound) / larger if larger > 0 else 0.0
    if gap <= SLACK:
        bound, gap = value, 0.0
    return Siting(tuple(np.sort(sites).tolist()), site_of, value, bound, gap)


def costs(values: Any, name: str = "cost") -> FloatArray:
    """
    Return a matrix of costs, places x sites.

    Raises
    ------
    InputError
        If it has no row or no column, or a cost is not finite or below 0.
    """
    array = np.ascontiguousarray(values, dtype=np.float64)
    if array.ndim != 2 or 0 in array.shape:
        raise InputError(f"`{name}` must have a row for each place and a column for each site, got {array.shape}.")
    bad = int((~np.isfinite(array) | (array < 0)).sum())
    if bad:
        raise InputError(f"`{name}` must be finite and at least 0, got {bad} that are not.")
    return array


def whole_costs(cost: FloatArray) -> tuple[IntArray, float]:
    """Return costs as whole numbers, and how many of them make one of the given: 1 where these are whole already."""
    most, largest = EXACT / len(cost), float(cost.max())
    if largest <= most and (cost == np.rint(cost)).all():
        return cost.astype(np.int64), 1.0
    scale = most / largest
    return np.rint(cost * scale).astype(np.int64), scale


def check_siting(
    found: Siting,
    cost: FloatArray,
    *,
    count: int,
    load: Sequence[float] | None = None,
    capacity: Sequence[float] | None = None,
) -> list[str]:
    """
    Return which rules a choice breaks: S1 to S4, and the value and the bound.

    Parameters
    ----------
    found : the choice
    cost : places x sites
    count : sites to choose
    load, capacity : of each place and each site; None: no limit

    Notes
    -----
    S1 `count` different sites are chosen. S2 every place is served by one of them. S3 no site serves more than its
    capacity. S4 the value is the sum of the costs of serving each place, and no less than the bound.
    """
    faults = []
    chosen = list(found.sites)
    if len(set(chosen)) != count or len(chosen) != count or not all(0 <= site < cost.shape[1] for site in chosen):
        faults.append(f"S1 {count} different sites are to be chosen, got {len(set(chosen))}")
    served = found.site_of.tolist()
    strangers = sum(site not in set(chosen) for site in served)
    if strangers or len(served) != len(cost):
        faults.append(f"S2 every place is served by a chosen site, got {strangers} that are not")
        return faults
    if load is not None and capacity is not None:
        carried = dict.fromkeys(chosen, 0.0)
        for place, site in enumerate(served):
            carried[site] += load[place]
        over = sum(carried[site] > capacity[site] * (1 + SLACK) for site in chosen)
        if over:
            faults.append(f"S3 no site serves more than its capacity, got {over} that do")
    total = sum(float(cost[place, site]) for place, site in enumerate(served))
    if abs(total - found.value) > SLACK * max(1.0, total):
        faults.append(f"S4 the value is {total:.10g}, got {found.value:.10g}")
    if found.bound > found.value * (1 + SLACK):
        faults.append("S4 the bound passes the value")
    return faults
