"""
Which periods stand out of a series: control limits for counts that vary more than chance.

The u chart sets limits at three standard errors of a Poisson rate about the mean. With many crimes a period such limits
are far too narrow, as recorded crime varies by more than chance, and half of all months would be alarms. Laney's u'
chart measures that from the series itself [1]_: with u_i = c_i / w_i, u the rate of all periods, s_i = sqrt(u / w_i)
and z_i = (u_i - u) / s_i, the spread of z is the mean of |z_i - z_(i-1)| over 1.128, and the limits are

    u -+ 3 s_i x max(1, spread of z)

Neighbouring periods are compared, so that a slow trend or a season does not widen the limits: it shows as points
outside. 1.128 is the mean range of two from a normal law.

References
----------
.. [1] Laney, D. B. (2002). Improved control charts for attributes. Quality Engineering 14(4), 531-537.
"""

from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from geodata.errors import InputError
from hotspots.trend import FEWEST_PERIODS

REACH: Final = 3.0  # standard errors
LEAST_MEAN: Final = 5.0  # crimes a period: below it the normal law is no law for counts
_MEAN_RANGE: Final = 1.128


def control_limits(counts: ArrayLike, weeks: ArrayLike) -> pd.DataFrame:
    """
    Return the limits of each period's rate, and which rates lie outside.

    Parameters
    ----------
    counts : crimes of each period, in the order of time
    weeks : length of each period

    Returns
    -------
    chart : one row a period, numbered from 0
        crimes, weeks, rate (crimes a week), centre, low, high and outside: "above", "below" or empty. Below eight
        periods, or five crimes a period, low and high are missing and nothing is outside.

    Raises
    ------
    InputError
        If there are not as many counts as periods.
    """
    crimes, length = np.asarray(counts, dtype=np.float64), np.asarray(weeks, dtype=np.float64)
    if crimes.ndim != 1 or crimes.shape != length.shape:
        raise InputError(f"`counts` must hold one number for each of {length.size} periods, got another number.")
    rate = crimes / length
    chart = pd.DataFrame({"crimes": crimes.astype(np.int64), "weeks": length, "rate": rate})
    if crimes.size == 0:
        return chart.assign(centre=0.0, low=np.nan, high=np.nan, outside="")
    centre = float(crimes.sum() / length.sum())
    if crimes.size < FEWEST_PERIODS or crimes.mean() < LEAST_MEAN:
        return chart.assign(centre=centre, low=np.nan, high=np.nan, outside="")
    error = np.sqrt(centre / length)
    beyond = max(1.0, float(np.abs(np.diff((rate - centre) / error)).mean()) / _MEAN_RANGE)
    low, high = np.maximum(0.0, centre - REACH * beyond * error), centre + REACH * beyond * error
    outside = np.where(rate > high, "above", np.where(rate < low, "below", ""))
    return chart.assign(centre=centre, low=low, high=high, outside=outside)
