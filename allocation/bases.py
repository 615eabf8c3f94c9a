"""Where patrols might start from, where nobody has said, and how today's bases compare with the best for 1 to n."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from allocation._solvers.p_median_tree import locate
from allocation.coverage import maximal_coverage, p_centre
from allocation.p_median import p_median
from allocation.problem import Base
from allocation.siting import costs, whole_costs
from geodata.cast import FloatArray, above_zero, weights, whole
from geodata.errors import InputError

MOST_SITES = 1000  # the heaviest places are considered
BRANCHES = 40


def suggest_bases(
    x: ArrayLike, y: ArrayLike, *, count: int, weight: ArrayLike | None = None, names: Sequence[str] | None = None
) -> tuple[Base, ...]:
    """
    Return places to start from, close to the demand in the weighted mean of straight lines.

    The p-median of the places [1]_, proven up to the number of branches that a suggestion is worth. A force's own
    stations replace them; `compare_bases` says how they compare.

    Parameters
    ----------
    x, y : metres in the working CRS
        Centres of wards or hot spots; a base stands on one of them.
    count : how many to choose; fewer come back where there are fewer places
    weight : demand of each place, by default 1
    names : of each place, which its base takes; by default "Base 1" and so on

    Returns
    -------
    bases : in the order in which they serve most demand

    Raises
    ------
    InputError
        If there is no place, a coordinate is not finite, a weight is below 0, or `count` is below 1.

    References
    ----------
    .. [1] Hakimi (1964). Optimum locations of switching centers and the absolute centers and medians of a graph.
       Operations Research 12(3), 450-459.
    """
    places, demand, named = _distinct(np.column_stack([np.ravel(x), np.ravel(y)]).astype(np.float64), weight, names)
    count = min(whole(count, "count", 1), len(places))
    sites = np.sort(np.argsort(-demand, kind="stable")[: max(MOST_SITES, count)])
    metres = np.hypot(*(places[:, None, :] - places[sites][None, :, :]).transpose(2, 0, 1)) * demand[:, None]
    chosen = locate(whole_costs(metres)[0], count, nodes=BRANCHES).sites
    served = np.bincount(metres[:, chosen].argmin(axis=1), weights=demand, minlength=len(chosen))
    order = sites[chosen][np.argsort(-served, kind="stable")]
    return tuple(
        Base(f"Base {number}" if named is None else named[site], *map(float, places[site]))
        for number, site in enumerate(order, start=1)
    )


def _distinct(
    xy: FloatArray, weight: ArrayLike | None, names: Sequence[str] | None
) -> tuple[FloatArray, FloatArray, list[str] | None]:
    """Return places without doubles, what they weigh together, and the name of the first at each, told apart."""
    if not len(xy):
        raise InputError("At least one place is needed to suggest bases, got none.")
    bad = int((~np.isfinite(xy).all(axis=1)).sum())
    if bad:
        raise InputError(f"Places must have finite coordinates, got {bad} that have not.")
    demand = weights(weight, len(xy), "weight")
    places, first, group = np.unique(xy, axis=0, return_index=True, return_inverse=True)
    together: FloatArray = np.bincount(group.ravel(), weights=demand, minlength=len(places)).astype(np.float64)
    if not together.any():
        together = np.ones(len(places))
    if names is None:
        return places, together, None
    own = [str(names[index]) for index in first]
    return (
        places,
        together,
        [name if own.count(name) == 1 else f"{name} ({own[:index].count(name) + 1})" for index, name in enumerate(own)],
    )


def compare_bases(
    metres: ArrayLike,
    most: int,
    *,
    weight: ArrayLike | None = None,
    current: Sequence[int] = (),
    radius: float = 1000.0,
    seconds: float | None = None,
) -> pd.DataFrame:
    """
    Return how far demand is from its nearest base, today and with the best 1 to `most` bases by three measures.

    Parameters
    ----------
    metres : places x sites, at least 0
        Walked or driven; every site is one where officers could report in.
    most : bases, at most as many as there are sites
    weight : demand of each place, by default 1
    current : numbers of the sites in use today; none: there is nothing to compare with
    radius : metres within which a place counts as covered
    seconds : for each p-median; None: no clock

    Returns
    -------
    choices : columns bases, plan, sites, mean_metres, farthest_metres, covered, gap
        `plan` is "current", "nearest on average" (p-median), "least far" (p-centre) or "most covered"; `sites` are
        numbers; `covered` is the share of demand within the radius; `gap` is that of the plan's own measure.

    Raises
    ------
    InputError
        If a distance or weight is not finite or below 0, `radius` is not above 0, `most` is out of range, or a current
        base is no site.
    """
    given, reach = costs(metres, "metres"), above_zero(radius, "radius")
    demand = weights(weight, len(given), "weight")
    strangers = sum(not 0 <= site < given.shape[1] for site in current)
    if strangers:
        raise InputError(f"`current` must hold numbers of sites below {given.shape[1]}, got {strangers} that are not.")
    plans = [("current", sorted(set(current)), float("nan"))] if current else []
    for count in range(1, whole(most, "most", 1) + 1):
        median = p_median(given * demand[:, None], count, seconds=seconds)
        centre = p_centre(given, count)
        covered = maximal_coverage(given, count, radius=reach, weight=demand)
        plans += [
            ("nearest on average", list(median.sites), median.gap),
            ("least far", list(centre.sites), centre.gap),
            ("most covered", list(covered.sites), covered.gap),
        ]
    rows = [_measured(given, demand, reach, plan) for plan in plans]
    return pd.DataFrame(rows, columns=CHOICES).astype({"plan": "string"})


CHOICES = ["bases", "plan", "sites", "mean_metres", "farthest_metres", "covered", "gap"]


def _measured(
    metres: FloatArray, demand: FloatArray, radius: float, plan: tuple[str, list[int], float]
) -> tuple[int, str, tuple[int, ...], float, float, float, float]:
    name, sites, gap = plan
    nearest = metres[:, sites].min(axis=1)
    total = float(demand.sum()) or 1.0
    mean, covered = float((nearest * demand).sum()) / total, float(demand[nearest <= radius].sum()) / total
    return len(sites), name, tuple(sites), mean, float(nearest.max()), covered, gap
