"""
Where a rate will be if its trend goes on, and how sure that is.

A log-linear trend, ln(rate) = a + b t, is fitted to the amounts of the periods as quasi-Poisson: the variance is phi
times the mean, phi being Pearson's chi-squared over its degrees of freedom [1]_. Intervals are Student's t on the
logarithmic scale. It knows nothing of seasons, and takes periods as independent: where good months come in runs, its
intervals are too narrow.

References
----------
.. [1] McCullagh, P. & Nelder, J. A. (1989). Generalized Linear Models, 2nd edition. Chapman and Hall, chapters 4 and 9.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import stdtrit

from geodata import cast
from geodata.cast import FloatArray
from geodata.errors import InputError
from hotspots.trend import FEWEST_PERIODS

QUARTER: Final = 13.05  # weeks: a quarter of a year
LEVEL: Final = 0.9
_ROUNDS: Final = 100
_STEP: Final = 2.0  # of the logarithm of any rate, at most: a longer one overshoots


@dataclass(frozen=True)
class Course:
    """
    A rate now, and where its trend leads.

    Parameters
    ----------
    now, now_low, now_high : amount a week in the latest quarter, with its 90 % interval
    then, then_low, then_high : the same at the moment asked of, were the trend to go on
        Missing below eight periods, or where the moment lies farther ahead than the periods reach back. The interval is
        of the rate that the trend leads to, not of what will be counted in any one period.
    """

    now: float
    now_low: float
    now_high: float
    then: float
    then_low: float
    then_high: float


def course(amounts: ArrayLike, weeks: ArrayLike, *, ahead: float) -> Course:
    """
    Return the rate of the latest quarter, and where the trend over all periods leads.

    Parameters
    ----------
    amounts : crimes or harm of each period, at least 0, in the order of time
    weeks : length of each period
    ahead : weeks from the end of the last period to the moment asked of; below 0 where it is past

    Raises
    ------
    InputError
        If there is no period, or not one amount a period.
    """
    length = np.asarray(weeks, dtype=np.float64)
    if length.size == 0:
        raise InputError("A course needs at least one period, got none.")
    held = cast.weights(amounts, length.size, "amounts")
    edges = np.append(0.0, np.cumsum(length))
    latest = edges[:-1] >= edges[-1] - QUARTER - length[-1] / 2
    now = float(held[latest].sum() / length[latest].sum())
    fit = _fitted(held, length, (edges[:-1] + edges[1:]) / 2)
    if fit is None:
        return Course(now, *[float("nan")] * 5)
    middle, found, covariance, phi = fit
    reach = float(stdtrit(length.size - 2, 0.5 + LEVEL / 2))
    error = reach * np.sqrt(phi / held[latest].sum()) if held[latest].sum() > 0 else np.inf
    ends = (now * np.exp(-error), now * np.exp(error)) if now > 0 else (0.0, float("nan"))
    if not -edges[-1] <= ahead <= edges[-1]:
        return Course(now, *map(float, ends), *[float("nan")] * 3)
    at = np.array([1.0, edges[-1] + ahead - middle])
    log, spread = float(at @ found), reach * float(np.sqrt(at @ covariance @ at))
    return Course(now, *map(float, ends), *(float(np.exp(each)) for each in (log, log - spread, log + spread)))


def _fitted(
    amounts: FloatArray, weeks: FloatArray, time: FloatArray
) -> tuple[float, FloatArray, FloatArray, float] | None:
    """Return the middle of time, both coefficients, their covariance and phi; None where there is no fit."""
    if amounts.size < FEWEST_PERIODS or (amounts > 0).sum() < 2:
        return None
    middle = float(time.mean())
    design = np.column_stack((np.ones_like(time), time - middle))
    found = np.array([np.log(amounts.sum() / weeks.sum()), 0.0])
    for _ in range(_ROUNDS):
        mean = weeks * np.exp(design @ found)
        information = design.T @ (design * mean[:, None])
        step = np.linalg.solve(information, design.T @ (amounts - mean))
        step *= min(1.0, _STEP / max(_STEP, float(np.abs(design @ step).max())))
        found = found + step
        if np.abs(step).max() < 1e-12:
            break
    mean = weeks * np.exp(design @ found)
    phi = float(((amounts - mean) ** 2 / mean).sum()) / (amounts.size - 2)
    information = design.T @ (design * mean[:, None])
    return middle, found, phi * np.linalg.inv(information), phi
