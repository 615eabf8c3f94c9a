"""Other tests of the same question, beside the Knox test: Mantel, modified Knox, Jacquez, and Knox event by event."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd
from geopandas import GeoDataFrame
from scipy.sparse import csr_array
from scipy.spatial import cKDTree
from scipy.spatial.distance import pdist

from geodata import cast
from geodata.cast import FloatArray, IntArray
from geodata.errors import InputError
from hotspots.dated import Dated
from hotspots.significance import benjamini_hochberg, pseudo_p

MOST_EVENTS: Final = 5_000  # each test works on all pairs at once: 100 MB


@dataclass(frozen=True)
class Tested:
    """
    What a test found.

    Parameters
    ----------
    statistic : its value
    p : share of the dealings of the times, this one among them, with as great a value
    permutations : dealings
    """

    statistic: float
    p: float
    permutations: int


def mantel(
    crimes: GeoDataFrame,
    *,
    space_constant: float = 1.0,
    time_constant: float = 1.0,
    power: float = -1.0,
    permutations: int = 999,
    seed: int = 0,
) -> Tested:
    """
    Return the correlation over all pairs of (distance + constant)^power with (days + constant)^power [1]_.

    It has no bands to choose, and is moved by far pairs as well as near ones.

    Parameters
    ----------
    crimes : table of crimes, in a projected CRS
    space_constant, time_constant : metres, and days
    power : by which both are taken; -1 makes near pairs weigh most
    permutations, seed : dealings of the times

    Raises
    ------
    InputError
        If crimes are fewer than 3 or more than 5,000, or a parameter is out of range.

    References
    ----------
    .. [1] Mantel, N. (1967). The detection of disease clustering and a generalized regression approach. Cancer
       Research 27, 209-220.
    """
    space_constant = cast.above_zero(space_constant, "space_constant", "metres")
    time_constant = cast.above_zero(time_constant, "time_constant", "days")
    events = _few(crimes)
    near = (pdist(np.column_stack((events.x, events.y))) + space_constant) ** power

    def correlation(time: IntArray) -> float:
        soon = (pdist(time[:, None].astype(np.float64)) + time_constant) ** power
        if np.ptp(near) == 0 or np.ptp(soon) == 0:
            return 0.0
        return float(np.corrcoef(near, soon)[0, 1])

    return _tested(correlation, events.time, permutations, seed)


def modified_knox(
    crimes: GeoDataFrame, *, metres: float, days: float, permutations: int = 999, seed: int = 0
) -> Tested:
    """
    Return by how many pairs Knox's count exceeds what each event's own number of neighbours leads to expect [1]_.

    Of an event with s others within `metres` and t within `days`, s t / (n - 1) are expected to be both. Both ends
    belong to the distance and to the days.

    Parameters
    ----------
    crimes : table of crimes, in a projected CRS
    metres, days : within which two events are near
    permutations, seed : dealings of the times

    Raises
    ------
    InputError
        As in `mantel`.

    References
    ----------
    .. [1] Baker, R. D. (2004). Identifying space-time disease clusters. Acta Tropica 91, 291-299.
    """
    events = _few(crimes)
    one, other = _near_in_space(events, cast.above_zero(metres, "metres", "metres"))
    held = np.bincount(np.concatenate((one, other)), minlength=events.size)
    span = cast.within(days, "days", 0, np.finfo(np.float64).max)

    def excess(time: IntArray) -> float:
        both = int((np.abs(time[one] - time[other]) <= span).sum())
        return both - float((held * _soon(time, span)).sum()) / (events.size - 1) / 2

    return _tested(excess, events.time, permutations, seed)


def jacquez(crimes: GeoDataFrame, *, neighbours: int, permutations: int = 999, seed: int = 0) -> Tested:
    """
    Return how many of all events' `neighbours` nearest in space are among their as many nearest in time too [1]_.

    It asks no distance and no days, and so suits places with unlike density. Of several events as near as the last that
    counts, each counts for its share of the places left, whatever the order of the rows.

    Parameters
    ----------
    crimes : table of crimes, in a projected CRS
    neighbours : of each event, at least 1
    permutations, seed : dealings of the times

    Raises
    ------
    InputError
        As in `mantel`, or if `neighbours` is not below the number of events.

    References
    ----------
    .. [1] Jacquez, G. M. (1996). A k nearest neighbour test for space-time interaction. Statistics in Medicine 15,
       1935-1949.
    """
    events, count = _few(crimes), cast.whole(neighbours, "neighbours", least=1)
    if count >= events.size:
        raise InputError(f"`neighbours` must be below the number of events ({events.size}), got {count}.")
    near = _nearest(np.column_stack((events.x, events.y)), count)
    soon = _nearest(events.time[:, None].astype(np.float64), count)

    def both(order: IntArray) -> float:
        return float(near.multiply(soon[order][:, order]).sum())

    return _tested(both, np.arange(events.size), permutations, seed)


def local_knox(crimes: GeoDataFrame, *, metres: float, days: float) -> pd.DataFrame:
    """
    Return of each event how many others are near it in space, in time and in both, and how likely so many are.

    With the event's own date kept and all others dealt out, the number near in both is hypergeometric: p is exact.

    Parameters
    ----------
    crimes : table of crimes, in a projected CRS
    metres, days : within which two events are near, both ends included

    Returns
    -------
    table : columns near, soon, both, expected, p and q, on the index of the crimes

    Raises
    ------
    InputError
        As in `mantel`.

    References
    ----------
    .. [1] Rogerson, P. A. (2001). Monitoring point patterns for the development of space-time clusters. Journal of
       the Royal Statistical Society A 164, 87-96.
    """
    events = _few(crimes)
    from scipy.stats import hypergeom  # a third of a second to import, and few runs need it

    one, other = _near_in_space(events, cast.above_zero(metres, "metres", "metres"))
    span = cast.within(days, "days", 0, np.finfo(np.float64).max)
    soon_too = np.abs(events.time[one] - events.time[other]) <= span
    near = np.bincount(np.concatenate((one, other)), minlength=events.size)
    both = np.bincount(np.concatenate((one[soon_too], other[soon_too])), minlength=events.size)
    soon, rest = _soon(events.time, span), events.size - 1
    p = np.clip(hypergeom.sf(both - 1, rest, soon, near), 0.0, 1.0)
    columns = {"near": near, "soon": soon, "both": both, "expected": near * soon / rest, "p": p}
    return pd.DataFrame({**columns, "q": benjamini_hochberg(p)}, index=crimes.index)


def _few(crimes: GeoDataFrame) -> Dated:
    events = Dated.of(crimes)
    if not 3 <= events.size <= MOST_EVENTS:
        raise InputError(f"This test takes 3 to {MOST_EVENTS:,} events, as it works on all pairs, got {events.size:,}.")
    return events


def _near_in_space(events: Dated, metres: float) -> tuple[IntArray, IntArray]:
    pairs = cKDTree(np.column_stack((events.x, events.y))).query_pairs(metres, output_type="ndarray")
    return pairs[:, 0].astype(np.int64), pairs[:, 1].astype(np.int64)


def _soon(time: IntArray, span: float) -> IntArray:
    there = np.sort(time)
    late, early = there.searchsorted(time + span, side="right"), there.searchsorted(time - span, side="left")
    return np.asarray(late - early - 1, dtype=np.int64)


def _nearest(points: FloatArray, count: int) -> csr_array:
    """Return each event's nearest others with weights that sum to `count`, equals sharing what is left for them."""
    rows, columns, weights = [], [], []
    for number, point in enumerate(points):
        apart = np.hypot.reduce(points - point, axis=1)
        apart[number] = np.inf
        last = np.partition(apart, count - 1)[count - 1]
        inside, at_last = np.flatnonzero(apart < last), np.flatnonzero(apart == last)
        rows += [number] * (inside.size + at_last.size)
        columns += [*inside.tolist(), *at_last.tolist()]
        weights += [1.0] * inside.size + [(count - inside.size) / at_last.size] * at_last.size
    return csr_array((weights, (rows, columns)), shape=(len(points), len(points)))


def _tested(statistic: Callable[[IntArray], float], items: IntArray, permutations: int, seed: int) -> Tested:
    permutations = cast.whole(permutations, "permutations", least=1)
    rng = np.random.default_rng(cast.whole(seed, "seed"))
    value = statistic(items)
    dealt = [statistic(rng.permutation(items)) for _ in range(permutations)]
    # Sums in another order differ in their last digits, and a dealing that changes nothing must count as equal.
    as_great = sum(other >= value - 1e-12 * max(1.0, abs(value)) for other in dealt)
    return Tested(float(value), float(pseudo_p(as_great, permutations)), permutations)
