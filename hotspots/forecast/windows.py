"""What of the week to come falls into each shift: by the hours of the crimes about a cell, and of all of them."""

from collections.abc import Mapping
from typing import Final

import numpy as np
import pandas as pd
from geopandas import GeoDataFrame

from geodata import cast
from geodata.cast import FloatArray
from geodata.grid import Grid
from hotspots.density import density_at_centres
from hotspots.time_of_week import SHIFTS, known_within, window_weights

STEADY: Final = 5.0  # crimes of the whole area's pattern that each cell's own is mixed with


def lacks_hours(crimes: pd.DataFrame) -> str:
    """Return why crimes cannot be shared out among shifts."""
    if (crimes["precision"] == "month").any():
        return "days are not known, only months"
    return "" if float(known_within(crimes, [12.0]).iloc[0]) > 0 else "no crime is known to within less than a day"


def window_shares(
    crimes: GeoDataFrame, grid: Grid, *, bandwidth: float, shifts: Mapping[str, tuple[int, int]] = SHIFTS
) -> pd.DataFrame:
    """
    Return the share of each cell's week that falls into each shift.

    A crime counts in a shift for the part of its span that lies in it. A cell's shares are those of the crimes within
    the bandwidth, by their quartic, and of five crimes with the pattern of the whole area, so that where little is
    known the whole area's holds [1]_. Where the shifts share out the day, a cell's shares add up to 1.

    Parameters
    ----------
    crimes : table of crimes, points in the CRS of `grid`, none known by month only
    grid : Grid
    bandwidth : metres
    shifts : start and end of each in minutes after midnight

    Returns
    -------
    share : 0 to 1, cells x shifts

    References
    ----------
    .. [1] Efron, B. & Morris, C. (1975). Data analysis using Stein's estimator and its generalizations. Journal of the
       American Statistical Association 70(350), 311-319.
    """
    x, y = cast.coordinates(crimes, grid.crs)
    parts = {name: window_weights(crimes, *window).to_numpy(dtype=np.float64) for name, window in shifts.items()}
    # The quartic is 3 / (pi b^2) in the middle: divided by that, a sum of crimes each counted by how near it is.
    a_crime = 3.0e6 / (np.pi * bandwidth**2)

    def near(weights: FloatArray) -> FloatArray:
        return density_at_centres(x, y, weights, grid, bandwidth) / a_crime

    about = near(np.ones(x.size)) + STEADY
    overall = {name: float(part.mean()) if part.size else 0.0 for name, part in parts.items()}
    shares = {name: (near(part) + STEADY * overall[name]) / about for name, part in parts.items()}
    return pd.DataFrame(shares, index=grid.index)
