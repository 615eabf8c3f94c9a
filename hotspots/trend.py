"""Is it rising? A test of the periods' rates that asks only for order, not for a straight line or a distribution."""

from typing import Final

import numpy as np
from scipy.special import ndtr

from geodata.cast import FloatArray

FEWEST_PERIODS: Final = 8  # below this the normal approximation of S is poor
FEWEST_CRIMES: Final = 20
LEVEL: Final = 0.05  # two-sided
TOO_FEW: Final = "too few to say"


def mann_kendall(series: FloatArray) -> tuple[FloatArray, FloatArray]:
    """
    Return S and the two-sided p of the Mann-Kendall test for each row.

    S counts the pairs that rise in time less those that fall; its variance is corrected for ties and the normal
    approximation for continuity [1]_. It takes the periods to be independent, and knows nothing of seasons: over less
    than two years a seasonal rise looks like a trend.

    Parameters
    ----------
    series : places x periods, any unit, finite

    Returns
    -------
    S, p : one number per row
        p is 1 where all values are equal.

    References
    ----------
    .. [1] Kendall, M. G. (1975). Rank Correlation Methods, 4th ed. Griffin, chapter 4; Gilbert, R. O. (1987).
       Statistical Methods for Environmental Pollution Monitoring. Van Nostrand Reinhold, section 16.4.
    """
    periods = series.shape[1]
    signs = np.sign(series[:, None, :] - series[:, :, None])  # places x earlier x later
    s = np.triu(signs, 1).sum(axis=(1, 2))
    tied = (signs == 0).sum(axis=2)  # each value's ties, itself included: summed over values, t per group of t
    groups = (tied - 1) * (2 * tied + 5)
    variance = (periods * (periods - 1) * (2 * periods + 5) - groups.sum(axis=1)) / 18.0
    with np.errstate(divide="ignore", invalid="ignore"):
        z = np.where(variance > 0, (s - np.sign(s)) / np.sqrt(variance), 0.0)
    return s, 2.0 * ndtr(-np.abs(z))


def trend(counts: FloatArray, weeks: FloatArray) -> list[str]:
    """
    Return "rising", "steady", "falling" or "too few to say" for each row of counts.

    Months differ in length, so rates a week are tested, by Mann-Kendall at 5 % (two-sided); fewer than 8 periods or
    20 crimes are too few to say.

    Parameters
    ----------
    counts : places x periods, crimes
    weeks : length of each period in weeks
    """
    if counts.shape[1] < FEWEST_PERIODS:
        return [TOO_FEW] * len(counts)
    s, p = mann_kendall(counts / weeks)
    words = np.where(p > LEVEL, "steady", np.where(s > 0, "rising", "falling"))
    return [TOO_FEW if few else str(word) for few, word in zip(counts.sum(axis=1) < FEWEST_CRIMES, words, strict=True)]
