"""
What hot spots should be grown on: the forecast itself, or a smooth density, whichever would have caught more.

Raw counts on published map points make hot spots of single cells: best where every one of them can be visited, wasteful
where only the first eighty can. Which is the case is not a matter of taste: the same choice is made again as it would
have been before each of the last periods, and what then fell into the hot spots is counted.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final

import numpy as np
import pandas as pd
from geopandas import GeoDataFrame

from geodata import cast
from geodata.cast import BoolArray, FloatArray
from geodata.grid import Grid
from geodata.periods import Periods
from hotspots.choose import choose
from hotspots.forecast.history import History
from hotspots.forecast.methods import METHODS
from hotspots.spots import Spots

SMOOTH: Final = "density"
LEAST_HISTORY: Final = 2  # periods before the first one tested


@dataclass(frozen=True)
class Shape:
    """
    What hot spots grow on, and how much each way would have caught.

    Parameters
    ----------
    best : name of the method whose map they grow on
    caught : mean share of the weight that fell into the hot spots, by method; empty where nothing could be tested
    tests : number of periods tested
    ends : the least and the most of those shares, by method
    """

    best: str
    caught: Mapping[str, float]
    tests: int
    ends: Mapping[str, tuple[float, float]] = field(default_factory=dict)


def best_shape(
    crimes: GeoDataFrame,
    grid: Grid,
    periods: Periods,
    *,
    method: str,
    study: BoolArray,
    bandwidth: float,
    weights: Any = None,
    origins: int = 3,
    **rules: Any,
) -> Shape:
    """
    Return which map the hot spots should grow on.

    Parameters
    ----------
    crimes : table of crimes, points in the CRS of `grid`
    grid : Grid
    periods : Periods
    method : the forecast that ranks the hot spots
    study : True for each cell of the study area
    bandwidth : metres, of the density
    weights : at least 0, one per crime, by default 1 each
    origins : number of periods to test on, at most
    rules : share, min_area, max_area and most, as `choose` takes them

    Returns
    -------
    Shape
        The forecast itself where it catches at least as much; the density where nothing can be tested.

    Raises
    ------
    InputError
        If an argument breaks its rule.
    """
    history = History.of(crimes, grid, periods, bandwidth=bandwidth, weights=weights, study=study)
    first = max(LEAST_HISTORY, periods.size - cast.whole(origins, "origins", 1))
    shares = [share for period in range(first, periods.size) if (share := _caught(history, period, method, rules))]
    names = tuple(dict.fromkeys((method, SMOOTH)))
    if not shares:
        return Shape(SMOOTH, MappingProxyType({}), 0)
    caught = {name: float(np.mean([share[name] for share in shares])) for name in names}
    ends = {name: (min(held), max(held)) for name in names for held in [[share[name] for share in shares]]}
    best = max(names, key=lambda name: caught[name])
    return Shape(best, MappingProxyType(caught), len(shares), MappingProxyType(ends))


def _caught(history: History, period: int, method: str, rules: Mapping[str, Any]) -> dict[str, float]:
    """Return the share of one period's weight in hot spots chosen before it, by what they grow on."""
    past, future = history.before(period), history.during(period).per_cell()
    total = float(future[history.study].sum())
    if total == 0:
        return {}
    expected, smooth = METHODS[method](past), METHODS[SMOOTH](past)
    grown = {method: _spots(expected, expected, history, rules), SMOOTH: _spots(expected, smooth, history, rules)}
    return {name: float(future[spots.cells.index].sum()) / total for name, spots in grown.items()}


def _spots(expected: FloatArray, height: FloatArray, history: History, rules: Mapping[str, Any]) -> Spots:
    index = history.grid.index
    return choose(
        pd.Series(expected, index=index),
        history.grid,
        study=history.study,
        shaped_by=pd.Series(height, index=index),
        **rules,
    )
