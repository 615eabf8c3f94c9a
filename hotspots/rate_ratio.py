"""
Did it change: two rates side by side, with an interval that allows for how much such rates vary by themselves.

With x0 crimes in w0 weeks and x1 in w1, x1 given n = x0 + x1 is binomial with probability r w1 / (w0 + r w1), r being
the ratio of the two rates: the interval of r is Clopper and Pearson's of that probability, and exact [1]_.

It is exact for crimes that come one by one. Recorded crime comes in runs, with weather, terms and events, so that rates
a month apart differ by more than that where nothing has changed. `spread` measures by how much, from earlier pairs of
neighbouring times: with v = n w0 w1 / (w0 + w1)^2 and z^2 = (x1 - n w1 / (w0 + w1))^2 / v,

    tau^2 = max(0, sum(z^2 - 1) / sum(v))

is the variance of ln r beyond chance, by the method of moments, and 1 + tau^2 v the factor by which x1 varies more than
a binomial (additive overdispersion [2]_). Both counts are divided by that factor before the interval is taken.

References
----------
.. [1] Clopper, C. J. & Pearson, E. S. (1934). The use of confidence or fiducial limits illustrated in the case of the
   binomial. Biometrika 26(4), 404-413; Przyborowski, J. & Wilenski, H. (1940). Homogeneity of results in testing
   samples from Poisson series. Biometrika 31, 313-323.
.. [2] Spiegelhalter, D. J. (2005). Handling over-dispersion of performance indicators. Quality and Safety in Health
   Care 14(5), 347-351.
"""

from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.special import betainc, betaincinv

from geodata import cast
from geodata.cast import FloatArray
from geodata.errors import InputError
from hotspots.significance import benjamini_hochberg
from hotspots.trend import TOO_FEW

LEVEL: Final = 0.9
FEWEST_COMPARED: Final = 10  # crimes, before and after together: below it next to no change could be told
_LEAST: Final = 1e-300  # in place of 0 in the first argument of the incomplete beta function


def rate_ratios(
    before: ArrayLike, after: ArrayLike, *, weeks: tuple[float, float], spread: float = 0.0, level: float = LEVEL
) -> pd.DataFrame:
    """
    Return what changed in each of some places, with the false discovery rate over all of them.

    Parameters
    ----------
    before, after : crimes, at least 0, one number a place
    weeks : length of the one time and of the other
    spread : standard deviation of the logarithm of the ratio beyond chance, as `spread` measures it
    level : of the interval

    Returns
    -------
    changes : one row a place, numbered from 0
        crimes_before, crimes_after, before, after (crimes a week), ratio (missing where there was none before), low and
        high (of the ratio), p (two-sided, by the same law as the interval), q (Benjamini and Hochberg), verdict:
        "rose" or "fell" at a q of at most 1 - `level`, "no clear change", or "too few to say" below ten crimes

    Raises
    ------
    InputError
        If the counts are below 0 or not as many before as after, or another argument breaks its rule.
    """
    size = int(np.size(before))
    x0, x1 = cast.weights(before, size, "before"), cast.weights(after, size, "after")
    w0, w1 = (cast.above_zero(each, "weeks") for each in weeks)
    excess = cast.within(spread, "spread", 0, np.inf) ** 2
    tail = (1 - cast.within(level, "level", 0, 1)) / 2
    share = w1 / (w0 + w1)
    factor = 1 + excess * (x0 + x1) * share * (1 - share)
    low, high = _interval(x0 / factor, x1 / factor, tail)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(x0 > 0, x1 / x0 * w0 / w1, np.nan)
        ends = {"low": low / (1 - low) * w0 / w1, "high": np.where(high < 1, high / (1 - high) * w0 / w1, np.inf)}
    p = _two_sided(x0 / factor, x1 / factor, share)
    q = benjamini_hochberg(p)
    counts = {"crimes_before": x0.astype(np.int64), "crimes_after": x1.astype(np.int64)}
    rates: dict[str, Any] = {"before": x0 / w0, "after": x1 / w1, "ratio": ratio, **ends, "p": p, "q": q}
    return pd.DataFrame(counts | rates).assign(verdict=_verdict(x0 + x1, x1 / w1 > x0 / w0, q <= 2 * tail))


def spread(counts: ArrayLike, weeks: ArrayLike) -> float:
    """
    Return by how much the rates of neighbouring times differ beyond chance.

    Parameters
    ----------
    counts : places x times, crimes
        In the order of time; the pair to be judged is best left out.
    weeks : length of each time

    Returns
    -------
    spread : standard deviation of the logarithm of the ratio of two neighbouring rates
        0 with fewer than two times: nothing is known of it then.

    Raises
    ------
    InputError
        If the counts have not one column a time.
    """
    lengths = np.asarray(weeks, dtype=np.float64)
    held = np.asarray(counts, dtype=np.float64)
    if held.ndim != 2 or held.shape[1] != lengths.size:
        raise InputError(f"`counts` must have one column for each of {lengths.size} times, got another table.")
    total = held[:, :-1] + held[:, 1:]
    share = lengths[1:] / (lengths[:-1] + lengths[1:])
    chance = total * share * (1 - share)
    known = chance > 0
    if not known.any():
        return 0.0
    beyond = (held[:, 1:] - total * share)[known] ** 2 / chance[known] - 1
    return float(np.sqrt(max(0.0, beyond.sum() / chance[known].sum())))


def _interval(x0: FloatArray, x1: FloatArray, tail: float) -> tuple[FloatArray, FloatArray]:
    """Return the ends of the probability that a crime came after, by Clopper and Pearson."""
    low = np.where(x1 > 0, betaincinv(np.maximum(x1, _LEAST), x0 + 1, tail), 0.0)
    high = np.where(x0 > 0, betaincinv(x1 + 1, np.maximum(x0, _LEAST), 1 - tail), 1.0)
    return low, high


def _two_sided(x0: FloatArray, x1: FloatArray, share: float) -> FloatArray:
    """Return twice the smaller tail, at most 1."""
    many = np.where(x1 > 0, betainc(np.maximum(x1, _LEAST), x0 + 1, share), 1.0)
    few = np.where(x0 > 0, betainc(np.maximum(x0, _LEAST), x1 + 1, 1 - share), 1.0)
    p: FloatArray = np.minimum(1.0, 2 * np.minimum(many, few))
    return p


def _verdict(crimes: FloatArray, more: Any, clear: Any) -> pd.Series:
    words = np.where(clear, np.where(more, "rose", "fell"), "no clear change")
    return pd.Series(np.where(crimes < FEWEST_COMPARED, TOO_FEW, words), dtype="string")
