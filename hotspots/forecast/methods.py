"""The forecasts by name: each a function from what is known to the weight expected in each cell in one week."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final

import numpy as np
import pandas as pd
from geopandas import GeoDataFrame

from geodata.cast import BoolArray, FloatArray
from geodata.errors import InputError
from geodata.grid import Grid
from geodata.periods import Periods
from hotspots.density import warn_if_coarse
from hotspots.forecast.baselines import density, lacks_a_year, last_period, raw_count, same_weeks_last_year
from hotspots.forecast.etas import fitted_self_exciting, self_exciting
from hotspots.forecast.etas_grid import fitted_self_exciting_grid, self_exciting_grid
from hotspots.forecast.excitation import Expect
from hotspots.forecast.history import History
from hotspots.forecast.learned import learned, too_short
from hotspots.forecast.promap import promap, promap_later

Method = Callable[[History], FloatArray]

BASELINE: Final = "raw count"
METHODS: Final[Mapping[str, Method]] = MappingProxyType(
    {
        BASELINE: raw_count,
        "last period": last_period,
        "same weeks last year": same_weeks_last_year,
        "density": density,
        "ProMap": promap,
        "ProMap 2007": promap_later,
        "self-exciting by cell": self_exciting_grid,
        "self-exciting": self_exciting,
        "learned": learned,
    }
)
# Methods whose fit asks where and when crimes were, not what they weigh: one fit serves counts and harm.
_FITTED: Final[Mapping[str, Callable[[History], Expect]]] = MappingProxyType(
    {"self-exciting by cell": fitted_self_exciting_grid, "self-exciting": fitted_self_exciting}
)
SLOW: Final = ("self-exciting", "learned")  # seconds for each period tried, where the others take tenths of one


def _lacks_days(history: History) -> str:
    """Return why methods that look at the days between crimes cannot run."""
    by_month = int(np.isnan(history.time).sum())
    known = f"{by_month:,} of {history.time.size:,} are known by month only"
    return f"it needs the day of each crime, and {known}" if by_month else ""


# What each method asks of the history; one that is not here runs on any.
_NEEDS: Final[Mapping[str, Callable[[History], str]]] = MappingProxyType(
    {
        "same weeks last year": lacks_a_year,
        "ProMap": _lacks_days,
        "ProMap 2007": _lacks_days,
        "self-exciting by cell": _lacks_days,
        "self-exciting": _lacks_days,
        "learned": too_short,
    }
)


def bears(name: str, history: History) -> str:
    """Return why the method `name` cannot run on `history`, in words that follow a colon; "" where it can."""
    return _NEEDS[name](history) if name in _NEEDS else ""


def expected(name: str, history: History, *weights: FloatArray) -> tuple[FloatArray, ...]:
    """Return what the method `name` expects in each cell and week for each way to weigh the crimes of `history`."""
    if name in _FITTED:
        return tuple(map(_FITTED[name](history), weights))
    return tuple(METHODS[name](history.weighing(each)) for each in weights)


def forecast(
    crimes: GeoDataFrame,
    grid: Grid,
    periods: Periods,
    *,
    method: str,
    bandwidth: float,
    weights: Any = None,
    study: BoolArray | None = None,
) -> pd.Series:
    """
    Return the weight expected in each cell in the week after the last period.

    "raw count" is the mean week of all periods, "last period" that of the last one, "same weeks last year" that of the
    weeks a year before the one forecast, and "density" the kernel density of all of them scaled to the mean weekly
    total inside the study area. The others are described where they are: `promap`, `etas_grid`, `etas` and `learned`.

    Parameters
    ----------
    crimes : table of crimes, points in the CRS of `grid`
        Those outside `periods` are left out.
    grid : Grid
    periods : Periods
        The history; none of it is held back.
    method : a name in `METHODS`
    bandwidth : metres
        For the methods that smooth.
    weights : at least 0, one per crime, by default 1 each
        Harm, for a forecast of harm. A Series must have the index of `crimes`.
    study : True for each cell of the study area, by default all

    Returns
    -------
    expected : weight per cell and week
        Indexed by cell, in the order of `grid.index`.

    Raises
    ------
    InputError
        If `method` is not a name in `METHODS` or cannot run on this history (`bears`), or another argument breaks its
        rule.

    Warns
    -----
    CoarseGridWarning
        If a method that smooths is given a `bandwidth` below the side of a cell.
    """
    if method not in METHODS:
        raise InputError(f"`method` must be one of {', '.join(METHODS)}; got {method!r}.")
    history = History.of(crimes, grid, periods, bandwidth=bandwidth, weights=weights, study=study)
    if reason := bears(method, history):
        raise InputError(f"The forecast `{method}` cannot be made: {reason}.")
    if method == "density":
        warn_if_coarse(grid, history.bandwidth)
    return pd.Series(METHODS[method](history), index=grid.index, name="expected")
