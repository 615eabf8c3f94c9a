"""The hit-rate curve: how much of what came lay in the top share of the area, for every share up to a fifth."""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import pandas as pd
from geopandas import GeoDataFrame

from geodata.cast import BoolArray, FloatArray
from geodata.errors import InputError
from geodata.grid import Grid
from geodata.periods import Periods
from hotspots.backtest import LEAST_HISTORY
from hotspots.evaluate import places_in
from hotspots.forecast.history import History
from hotspots.forecast.methods import METHODS
from hotspots.intervals import mean_interval

SHARES: Final = (0.001, 0.0025, 0.005, 0.0075, 0.01, 0.015, 0.02, 0.03, 0.04, 0.05, 0.075, 0.1, 0.15, 0.2)
_COLUMNS: Final = ("method", "share", "hit_rate", "low", "high")


def hit_rate_curve(
    crimes: GeoDataFrame,
    grid: Grid,
    periods: Periods,
    *,
    methods: Sequence[str],
    study: BoolArray,
    bandwidth: float,
    weights: Any = None,
    origins: int = 6,
    seed: int = 0,
) -> pd.DataFrame:
    """
    Return the hit rate of each method at growing shares of the study area [1]_.

    Each of the last periods is forecast from those before it. Of places forecast alike the worst are taken, so that a
    flat forecast never looks better than it is; the curve may therefore dip below the diagonal.

    Parameters
    ----------
    crimes : table of crimes, points in the CRS of `grid`
    grid : Grid
    periods : Periods
    methods : names in `METHODS`
    study : True for each cell of the study area
    bandwidth : metres, for methods that smooth
    weights : at least 0, one per crime; None where each counts alike
    origins : periods to forecast, at most
    seed : of the bootstrap

    Returns
    -------
    curve : method, share (of the study area, whole cells), hit_rate (mean over periods), low, high (its 90 % interval;
        missing under 3 periods); starts at (0, 0); empty where there is no period to forecast with any crime in it

    Raises
    ------
    InputError
        If a method is not known, or `bandwidth` or `weights` break their rule.

    References
    ----------
    .. [1] Bowers, K. J., Johnson, S. D. and Pease, K. (2004). Prospective hot-spotting: the future of crime mapping?
       British Journal of Criminology 44(5), 641-658; the hit rate over all shares.
    """
    unknown = [name for name in methods if name not in METHODS]
    if unknown:
        raise InputError(f"`methods` must be among {', '.join(METHODS)}; got {unknown[0]!r}.")
    history = History.of(crimes, grid, periods, bandwidth=bandwidth, weights=weights, study=study)
    first = max(LEAST_HISTORY, periods.size - origins)
    pairs = [(history.before(period), history.during(period)) for period in range(first, periods.size)]
    tested = [(past, came) for past, future in pairs if (came := future.per_cell()[study]).sum() > 0]
    if not tested:
        return pd.DataFrame(columns=list(_COLUMNS))
    places = np.unique([places_in(share, int(study.sum())) for share in SHARES])
    curves = [_curve(name, [_caught(METHODS[name](past)[study], came, places) for past, came in tested],
                     places / study.sum(), seed) for name in methods]  # fmt: skip
    return pd.concat(curves, ignore_index=True)


def _caught(expected: FloatArray, came: FloatArray, places: np.ndarray) -> FloatArray:
    """Return the share of `came` in the top `places` of `expected`."""
    held = np.cumsum(came[np.lexsort((came, -expected))])
    caught: FloatArray = held[places - 1] / held[-1]
    return caught


def _curve(method: str, rates: list[FloatArray], shares: FloatArray, seed: int) -> pd.DataFrame:
    table = np.vstack(rates)
    low, high = mean_interval(table, seed=seed)
    start = pd.DataFrame({"method": [method], "share": 0.0, "hit_rate": 0.0, "low": 0.0, "high": 0.0})
    rest = {"method": method, "share": shares, "hit_rate": table.mean(axis=0), "low": low, "high": high}
    return pd.concat([start, pd.DataFrame(rest)], ignore_index=True)
