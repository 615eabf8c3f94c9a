"""
How wide to smooth, at most: a rule of thumb, and what every choice of a bandwidth returns.

The normal reference blurs where crime gathers in more than one place. Better answers are the two cross-validations
(`cross_validation.py`) and the bandwidth that would have caught most of what came next (`bandwidth_backtest.py`).

References
----------
.. [1] Scott, D. W. (1992). Multivariate Density Estimation. Wiley, equations 6.42 and 6.44.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd
from geopandas import GeoDataFrame

from geodata import cast
from geodata.cast import FloatArray
from geodata.errors import InputError
from geodata.tables import WORKING_CRS

GAUSSIAN_RULE: Final = 1.06  # Silverman (1986), equation 3.28, made robust by the quartiles in 3.30
QUARTIC_RADII: Final = 4.0  # radius of the quartic disc for each standard deviation of the normal kernel
QUARTILES_OF_NORMAL: Final = 1.34


@dataclass(frozen=True)
class Bandwidth:
    """
    A bandwidth and what it was chosen from.

    Parameters
    ----------
    metres : the bandwidth chosen: radius of the quartic disc
    method : "normal reference", "likelihood cross-validation", "least-squares cross-validation"
    curve : one row per candidate: bandwidth (metres), score (the greater the better; NaN where there is no score)
    crimes : number of crimes used
    places : number of distinct places that they lie on
    note : what limits the choice, empty if nothing does
    """

    metres: float
    method: str
    curve: pd.DataFrame
    crimes: int
    places: int
    note: str


def normal_reference(crimes: GeoDataFrame, *, crs: str = WORKING_CRS) -> Bandwidth:
    """
    Return the bandwidth that would be right if all crime lay about one centre: 4 x 1.06 min(sd, IQR / 1.34) n^(-1/5).

    Worked out for each axis, both averaged. Where over half of the crimes share a coordinate, so that the quartiles are
    equal, the standard deviation alone counts. It blurs wherever there is more than one centre: take it as the
    widest bandwidth worth trying (Terrell 1990), not as the answer.

    Parameters
    ----------
    crimes : points in `crs`
    crs : working CRS, in metres

    Returns
    -------
    Bandwidth
        The curve holds this one candidate, without a score.

    Raises
    ------
    InputError
        If there are fewer than two crimes, all lie on one point, or they are in another CRS.

    References
    ----------
    .. [1] Silverman, B. W. (1986). Density Estimation for Statistics and Data Analysis. Chapman and Hall, section
       3.4.2; Terrell, G. R. (1990). The maximal smoothing principle in density estimation. JASA 85, 470-477.
    """
    x, y = positions(crimes, crs)
    metres = rule_of_thumb(x, y)
    curve = pd.DataFrame({"bandwidth": [metres], "score": [np.nan]})
    return Bandwidth(metres, "normal reference", curve, x.size, count_places(x, y), "")


def positions(crimes: GeoDataFrame, crs: str) -> tuple[FloatArray, FloatArray]:
    """Return x and y of the crimes, or refuse those on fewer than two places."""
    x, y = cast.coordinates(crimes, crs)
    if x.size < 2:
        raise InputError(f"At least two crimes are needed to choose a bandwidth, got {x.size}.")
    if np.ptp(x) == 0 and np.ptp(y) == 0:
        raise InputError(f"Crimes on at least two places are needed to choose a bandwidth, got {x.size} on one point.")
    return x, y


def rule_of_thumb(x: FloatArray, y: FloatArray) -> float:
    """Return the bandwidth of the normal reference in metres."""
    spread = 0.5 * (_spread(x) + _spread(y))
    return float(QUARTIC_RADII * GAUSSIAN_RULE * spread * x.size**-0.2)


def _spread(values: FloatArray) -> float:
    # Sorted first: a sum in the order of the rows would differ from another order's in the last digit.
    ordered = np.sort(values)
    deviation = float(np.std(ordered - ordered[0], ddof=1))
    low, high = np.quantile(ordered, [0.25, 0.75])
    quartiles = float(high - low) / QUARTILES_OF_NORMAL
    return min(deviation, quartiles) if quartiles > 0 else deviation


def count_places(x: FloatArray, y: FloatArray) -> int:
    """Return the number of distinct places."""
    return len(np.unique(x + 1j * y))
