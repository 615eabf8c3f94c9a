"""How far crime gathers in few places: "5 % of the streets hold half of it", and one number for a whole city."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from geodata import cast
from geodata.cast import FloatArray
from geodata.errors import InputError


@dataclass(frozen=True)
class Interval:
    """A number and the interval about it."""

    value: float
    low: float
    high: float


def top_share(values: ArrayLike, *, share: float) -> float:
    """
    Return the share of the whole that the top `share` of places holds.

    Parameters
    ----------
    values : at least 0, one per place, places without any included
        Crimes or harm.
    share : share of the places, above 0 to 1
        Part of a place counts in proportion.

    Returns
    -------
    top share : 0 to 1, NaN where there is nothing at all

    Raises
    ------
    InputError
        If `values` is empty or holds a number that is negative or not finite, or `share` is not in (0, 1].
    """
    held = _lorenz(values)
    share = cast.within(cast.above_zero(share, "share"), "share", 0, 1)
    return float(np.interp(share * (held.size - 1), np.arange(held.size), held))


def smallest_share(values: ArrayLike, *, holding: float = 0.5) -> float:
    """
    Return the smallest share of places that holds `holding` of the whole.

    Parameters
    ----------
    values : at least 0, one per place, places without any included
    holding : share of the whole, above 0 to 1

    Returns
    -------
    smallest share : 0 to 1, in whole places, NaN where there is nothing at all

    Raises
    ------
    InputError
        As for `top_share`.
    """
    held = _lorenz(values)
    holding = cast.within(cast.above_zero(holding, "holding"), "holding", 0, 1)
    if np.isnan(held[-1]):
        return float("nan")
    return float(np.searchsorted(held, holding - 1e-12) / (held.size - 1))


def gini(values: ArrayLike) -> float:
    """
    Return the Gini coefficient: 0 where all places hold alike, towards 1 where one holds all.

    Parameters
    ----------
    values : at least 0, one per place, places without any included

    Returns
    -------
    Gini : 0 to 1, NaN where there is nothing at all

    Raises
    ------
    InputError
        If `values` is empty or holds a number that is negative or not finite.
    """
    held = _lorenz(values)
    places = held.size - 1
    return float((2.0 * held[1:].sum() - 1.0) / places - 1.0)


def generalised_gini(counts: ArrayLike) -> float:
    """
    Return the Gini coefficient against the evenest spread that so few crimes allow: G' = max(n/c, 1) (G - 1) + 1.

    With c crimes on n > c places at least n - c stay empty however evenly crime falls; the plain coefficient calls
    that concentration, this one does not [1]_.

    Parameters
    ----------
    counts : whole crimes, one per place, places without any included

    Returns
    -------
    generalised Gini : 0 to 1, NaN where there is no crime at all

    Raises
    ------
    InputError
        If `counts` is empty or holds a number that is negative or not finite.

    References
    ----------
    .. [1] Bernasco, W. & Steenbeek, W. (2017). More places than crimes: implications for evaluating the law of
       crime concentration at place. Journal of Quantitative Criminology 33, 451-467.
    """
    crimes = _checked(counts)
    total = float(crimes.sum())
    return max(crimes.size / total, 1.0) * (gini(crimes) - 1.0) + 1.0 if total > 0 else float("nan")


def lorenz_curve(values: ArrayLike) -> pd.DataFrame:
    """
    Return what share of the whole the top places hold, for every number of them: the line from (0, 0) to (1, 1).

    The places with most come first, as the field draws it, so the line lies above the diagonal.

    Parameters
    ----------
    values : at least 0, one per place, places without any included

    Returns
    -------
    curve : places (share of them) and held (share of the whole, NaN where there is nothing at all)
        One row more than there are places.

    Raises
    ------
    InputError
        If `values` is empty or holds a number that is negative or not finite.
    """
    held = _lorenz(values)
    return pd.DataFrame({"places": np.arange(held.size) / (held.size - 1), "held": held})


def generalised_gini_interval(counts: ArrayLike, *, level: float = 0.9, samples: int = 500, seed: int = 0) -> Interval:
    """
    Return the generalised Gini coefficient with a bootstrap interval over places.

    Places are drawn again with replacement, and the percentiles taken. A sample of all places there are is no sample:
    the interval says how much rests on a few of them.

    Parameters
    ----------
    counts : whole crimes, one per place, places without any included
    level : of the interval, above 0 and below 1
    samples : number of bootstrap samples, at least 100
    seed : start of the random numbers

    Returns
    -------
    Interval
        NaN where there is no crime at all.

    Raises
    ------
    InputError
        If `counts` breaks the rules of `generalised_gini`, or a parameter is out of range.
    """
    crimes = _checked(counts)
    samples = cast.whole(samples, "samples", 100)
    if not 0 < cast.within(level, "level", 0, 1) < 1:
        raise InputError(f"`level` must be above 0 and below 1, got {level}.")
    rng = np.random.default_rng(cast.whole(seed, "seed"))
    if not crimes.any():
        return Interval(float("nan"), float("nan"), float("nan"))
    distinct, times = np.unique(crimes, return_counts=True)
    # Places that hold alike are exchangeable: drawing how many of each there are is the same and much quicker.
    drawn = rng.multinomial(crimes.size, times / crimes.size, size=samples)
    low, high = np.nanquantile(_generalised(distinct, drawn), [(1 - level) / 2, (1 + level) / 2])
    return Interval(generalised_gini(crimes), float(low), float(high))


def _generalised(distinct: FloatArray, times: Any) -> FloatArray:
    """Return the generalised Gini of each row of `times`: so many places hold each of the ascending `distinct`."""
    places = times[0].sum()
    total = times @ distinct
    # twice the mean rank-weighted sum: places below each value, and half of those at it
    below = np.cumsum(times, axis=1) - times
    weighted = (times * distinct * (2.0 * below + times + 1.0)).sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        plain = weighted / (places * total) - (places + 1.0) / places
        found: FloatArray = np.maximum(places / total, 1.0) * (plain - 1.0) + 1.0
    return found


def _lorenz(values: ArrayLike) -> FloatArray:
    """Return the share of the whole held by the top 0, 1, 2, ... places."""
    array = _checked(values)
    held = np.concatenate(([0.0], np.cumsum(np.sort(array)[::-1])))
    return held / held[-1] if held[-1] > 0 else np.full(held.size, np.nan)


def _checked(values: ArrayLike) -> FloatArray:
    array = np.asarray(values, dtype=np.float64)
    if array.ndim != 1 or array.size == 0:
        raise InputError("`values` must hold one number per place, for at least one place.")
    return cast.weights(array, array.size, "values")
