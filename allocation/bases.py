"""Where patrols might start from, where nobody has said: a choice of places near the demand."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from allocation.problem import Base
from geodata.cast import FloatArray, IntArray, weights, whole
from geodata.errors import InputError

MOST_SITES = 1000  # the heaviest places are considered
MOST_SWAPS = 200


def suggest_bases(
    x: ArrayLike, y: ArrayLike, *, count: int, weight: ArrayLike | None = None, names: Sequence[str] | None = None
) -> tuple[Base, ...]:
    """
    Return places to start from, close to the demand in the weighted mean of straight lines.

    Places are opened one by one, each where it shortens the mean most, then swapped while a swap shortens it [1]_: near
    the least mean, without a proof of it. A force's own stations replace them.

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
    .. [1] Teitz and Bart (1968). Heuristic methods for estimating the generalized vertex median of a weighted graph.
       Operations Research 16(5), 955-961.
    """
    places, demand, named = _distinct(np.column_stack([np.ravel(x), np.ravel(y)]).astype(np.float64), weight, names)
    count = min(whole(count, "count", 1), len(places))
    sites = np.sort(np.argsort(-demand, kind="stable")[: max(MOST_SITES, count)])
    metres = np.hypot(*(places[:, None, :] - places[sites][None, :, :]).transpose(2, 0, 1)) * demand[:, None]
    chosen = _swapped(metres, _opened(metres, count))
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


def _opened(metres: FloatArray, count: int) -> IntArray:
    nearest = np.full(len(metres), np.inf)
    chosen: list[int] = []
    for _ in range(count):
        total = np.minimum(metres, nearest[:, None]).sum(axis=0)
        total[chosen] = np.inf
        chosen.append(int(total.argmin()))
        nearest = np.minimum(nearest, metres[:, chosen[-1]])
    return np.array(chosen, dtype=np.int64)


def _swapped(metres: FloatArray, chosen: IntArray) -> IntArray:
    """Return the choice after swaps, each the one that shortens the sum most."""
    for _ in range(MOST_SWAPS):
        now, best, swap = float(metres[:, chosen].min(axis=1).sum()), np.inf, (0, 0)
        for position in range(len(chosen)):
            rest = np.delete(chosen, position)
            others = metres[:, rest].min(axis=1) if len(rest) else np.full(len(metres), np.inf)
            total = np.minimum(metres, others[:, None]).sum(axis=0)
            site = int(total.argmin())
            if total[site] < best:
                best, swap = float(total[site]), (position, site)
        if best >= now * (1 - 1e-9):
            break
        chosen = chosen.copy()
        chosen[swap[0]] = swap[1]
    return chosen
