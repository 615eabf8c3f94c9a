"""What an hour of patrol meets: the time that a hot spot takes on foot, and the harm expected in it for each hour."""

from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from geodata import cast
from geodata.cast import FloatArray
from geodata.errors import InputError
from hotspots.ranking import LEAST_PERIODS, rank_intervals

KOPER_MINUTES: Final = 15.0  # of a visit: beyond 14 to 15 minutes more of it adds little (Koper 1995)
WALKING_KMH: Final = 4.8


def patrol_hours(street_metres: ArrayLike, *, visits: int = 1, speed_kmh: float = WALKING_KMH) -> FloatArray:
    """
    Return the hours of patrol that so many visits take: each walks all streets once and lasts 15 minutes at least.

    Parameters
    ----------
    street_metres : metres of street in each hot spot, at least 0
    visits : number of visits
    speed_kmh : kilometres an hour

    Returns
    -------
    hours : above 0, one per hot spot

    Raises
    ------
    InputError
        If a number is below 0 or not finite, or a parameter is not above 0.

    References
    ----------
    .. [1] Koper, C. S. (1995). Just enough police presence: reducing crime and disorderly behavior by optimizing
       patrol time in crime hot spots. Justice Quarterly 12(4), 649-672.
    """
    metres = np.asarray(street_metres, dtype=np.float64)
    minutes = cast.weights(metres, metres.size, "street_metres") / (cast.above_zero(speed_kmh, "speed_kmh") * 1000 / 60)
    return np.maximum(minutes, KOPER_MINUTES) / 60.0 * cast.whole(visits, "visits", 1)


def harm_per_patrol_hour(expected: pd.Series, hours: ArrayLike) -> pd.DataFrame:
    """
    Return what an hour of patrol meets in each hot spot, and the order by it.

    A large hot spot may hold more harm and yet be worth less of an officer's hour than a small one.

    Parameters
    ----------
    expected : weight expected a week, at least 0, one per hot spot
    hours : of patrol that the hot spot takes a week, above 0, one per hot spot
        From `patrol_hours`, or a force's own.

    Returns
    -------
    yield : expected, hours, per_hour, rank (from 1, the first among equals)
        Indexed like `expected`.

    Raises
    ------
    InputError
        If a number is out of its range or there is not one per hot spot.
    """
    weight = cast.weights(expected, len(expected), "expected")
    taken = cast.weights(hours, len(expected), "hours")
    if (taken <= 0).any():
        raise InputError(f"`hours` must be above 0, got {int((taken <= 0).sum())} that are not.")
    per_hour = weight / taken
    rank = np.empty(len(expected), dtype=np.int64)
    rank[np.argsort(-per_hour, kind="stable")] = np.arange(1, len(expected) + 1)
    columns = {"expected": weight, "hours": taken, "per_hour": per_hour, "rank": rank}
    return pd.DataFrame(columns, index=expected.index)


def patrol_yield(
    expected: pd.Series,
    street_metres: ArrayLike,
    by_period: pd.DataFrame,
    *,
    weeks: ArrayLike | None = None,
    visits: int = 1,
    seed: int = 0,
) -> pd.DataFrame:
    """
    Return what an hour of patrol meets in each hot spot, with an interval on the order by it.

    Parameters
    ----------
    expected : weight expected a week, at least 0, one per hot spot
    street_metres : metres of street in each hot spot
    by_period : at least 0, hot spots x periods, indexed like `expected`
        As from `weight_by_period`.
    weeks : length of each period, by default all alike
    visits : to each hot spot a week
    seed : of the bootstrap over periods

    Returns
    -------
    yield : street_m, hours, per_hour, rank, rank_low and rank_high (90 % interval of the rank by the mean of the
        periods for each hour; missing below 6 periods)
        Indexed like `expected`.

    Raises
    ------
    InputError
        If a number is out of its range or there is not one per hot spot.
    """
    metres = cast.weights(street_metres, len(expected), "street_metres")
    hours = patrol_hours(metres, visits=visits)
    found = harm_per_patrol_hour(expected, hours)
    table = found.assign(street_m=metres)[["street_m", "hours", "per_hour", "rank"]]
    if by_period.shape[1] < LEAST_PERIODS or len(table) == 0:
        return table.assign(rank_low=np.nan, rank_high=np.nan)
    ranks = rank_intervals(by_period.div(hours, axis=0), weeks=weeks, seed=seed)
    low, high = (ranks[name].to_numpy(dtype=np.float64) for name in ("low", "high"))
    return table.assign(rank_low=low, rank_high=high)
