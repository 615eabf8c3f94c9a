"""
Sites from which all places are served at least cost: the p-median problem, with and without limits on sites.

    minimise  sum over places i of cost[i, site of i]
    S1  `count` sites are open
    S2  every place is served by one open site
    S3  no site serves more than its capacity (where capacities are given)
"""

import numpy as np
from numpy.typing import ArrayLike

from allocation._solvers.capacitated_core import locate_within
from allocation._solvers.p_median_tree import locate
from allocation.siting import Siting, costs, siting, whole_costs
from geodata.cast import FloatArray, IntArray, weights, whole
from geodata.errors import InputError


def p_median(cost: ArrayLike, count: int, *, seconds: float | None = None) -> Siting:
    """
    Return the `count` sites that serve all places at least cost, proven unless `gap` says otherwise.

    Prices on places give a bound and close most sites for good [1]_; what is left is branched on. Costs that are not
    whole numbers are rounded to about 32 bits for the search; the value is that of the costs given.

    Parameters
    ----------
    cost : places x sites, at least 0
        What serving the place from the site costs, such as metres walked times visits.
    count : sites to open, at most as many as there are
    seconds : after which the best so far is taken; None: no clock, so that the answer is always the same

    Raises
    ------
    InputError
        If a cost is not finite or below 0, or `count` is below 1 or above the number of sites.

    References
    ----------
    .. [1] Beasley (1993). Lagrangean heuristics for location problems. European Journal of Operational Research 65(3),
       383-399.
    """
    given = costs(cost)
    count = chosen_of(count, given.shape[1])
    scaled, scale = whole_costs(given)
    found = locate(scaled, count, seconds=seconds)
    site_of = found.sites[given[:, found.sites].argmin(axis=1)]
    value = float(given[np.arange(len(given)), site_of].sum())
    lost = 0.0 if scale == 1.0 else 0.5 * len(given)  # by rounding, at most
    return siting(found.sites, site_of, value, min(value, (found.bound - lost) / scale))


def capacitated_p_median(
    cost: ArrayLike, count: int, *, load: ArrayLike, capacity: ArrayLike, seconds: float | None = None
) -> Siting | None:
    """
    Return the `count` sites that serve all places at least cost, none beyond its capacity; None where none was found.

    Prices on places give a bound by a knapsack for each site [1]_ and close most pairs of place and site; HiGHS solves
    what is left in whole numbers.

    Parameters
    ----------
    cost : places x sites, at least 0
    count : sites to open, at most as many as there are
    load : whole numbers, one for each place
        What the place takes of its site's capacity.
    capacity : whole numbers, one for each site
    seconds : after which HiGHS gives its best so far; None: no clock, so that the answer is always the same

    Raises
    ------
    InputError
        If a cost is not finite or below 0, a load or a capacity is not a whole number of at least 0, or `count` is
        below 1 or above the number of sites.

    References
    ----------
    .. [1] Lorena and Senne (2004). A column generation approach to capacitated p-median problems. Computers and
       Operations Research 31(6), 863-876.
    """
    given = costs(cost)
    count = chosen_of(count, given.shape[1])
    loads, room = _whole(load, len(given), "load"), _whole(capacity, given.shape[1], "capacity")
    scaled, scale = whole_costs(given)
    found = locate_within(scaled, loads, room, count, seconds=seconds)
    if found.cost < 0:
        return None
    value = float(given[np.arange(len(given)), found.site_of].sum())
    lost = 0.0 if scale == 1.0 else 0.5 * len(given)
    return siting(found.sites, found.site_of, value, min(value, (found.bound - lost) / scale))


def _whole(values: ArrayLike, size: int, name: str) -> IntArray:
    """Return whole numbers, or raise InputError if some are not."""
    given: FloatArray = weights(values, size, name)
    bad = int((given != np.rint(given)).sum())
    if bad:
        raise InputError(f"`{name}` must hold whole numbers, got {bad} that are not.")
    return given.astype(np.int64)


def chosen_of(count: int, sites: int) -> int:
    """Return how many sites to open, or raise InputError if there are not as many."""
    count = whole(count, "count", 1)
    if count > sites:
        raise InputError(f"`count` must be at most the number of sites, got {count} of {sites}.")
    return count
