"""Is it rising? A test of the periods' rates that asks only for order, not for a straight line or a distribution."""

from itertools import combinations
from typing import Final, NamedTuple

import numpy as np
from scipy.special import ndtr

from geodata.cast import FloatArray

FEWEST_PERIODS: Final = 8  # below this the normal approximation of S is poor
FEWEST_CRIMES: Final = 20
LEVEL: Final = 0.05  # two-sided
TOO_FEW: Final = "too few to say"


class MannKendall(NamedTuple):
    """S, tau-b, standard normal score and two-sided p of each row's trend."""

    s: FloatArray
    tau: FloatArray
    z: FloatArray
    p: FloatArray


def mann_kendall(series: FloatArray) -> MannKendall:
    """
    Return the Mann-Kendall test of each row.

    S counts the pairs that rise in time less those that fall; its variance is corrected for ties and the normal
    approximation for continuity [1]_. It takes the periods to be independent, and knows nothing of seasons: over less
    than two years a seasonal rise looks like a trend.

    Parameters
    ----------
    series : places x periods, any unit, finite

    Returns
    -------
    MannKendall
        One number per row; where all values are equal tau and z are 0 and p is 1.

    References
    ----------
    .. [1] Kendall, M. G. (1975). Rank Correlation Methods, 4th ed. Griffin, chapter 4; Gilbert, R. O. (1987).
       Statistical Methods for Environmental Pollution Monitoring. Van Nostrand Reinhold, section 16.4.
    """
    size = series.shape[1]
    s, tied = np.zeros(len(series)), np.ones(series.T.shape)
    for early, late in combinations(range(size), 2):
        sign = np.sign(series[:, late] - series[:, early])
        s += sign
        tied[early] += sign == 0
        tied[late] += sign == 0
    # Each of a group of t alike counts t: summed over its t members, (t - 1)(2t + 5) is the group's t (t - 1)(2t + 5).
    variance = (size * (size - 1) * (2 * size + 5) - ((tied - 1) * (2 * tied + 5)).sum(axis=0)) / 18.0
    pairs = size * (size - 1) / 2.0
    with np.errstate(divide="ignore", invalid="ignore"):
        tau = np.where(variance > 0, s / np.sqrt(pairs * (pairs - (tied - 1).sum(axis=0) / 2.0)), 0.0)
        z = np.where(variance > 0, (s - np.sign(s)) / np.sqrt(variance), 0.0)
    return MannKendall(s, tau, z, 2.0 * ndtr(-np.abs(z)))


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
    found = mann_kendall(counts / weeks)
    words = np.where(found.p > LEVEL, "steady", np.where(found.s > 0, "rising", "falling"))
    return [TOO_FEW if few else str(word) for few, word in zip(counts.sum(axis=1) < FEWEST_CRIMES, words, strict=True)]
