"""What a forecast may know: the crimes of complete periods, and nothing later."""

from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np
import pandas as pd
from geopandas import GeoDataFrame

from geodata import cast
from geodata.cast import BoolArray, FloatArray, IntArray
from geodata.errors import InputError
from geodata.grid import Grid
from geodata.periods import Periods
from hotspots.density import weights_of


@dataclass(frozen=True)
class History:
    """
    Crimes of consecutive periods, as arrays of one length.

    Parameters
    ----------
    x, y : metres in the CRS of `grid`
    cell : number of the cell that holds the crime, -1 outside the grid
    period : number of the period in which it began, from 0
    time : days on the clock from the start of the first period, NaN where only the month is known
    weights : what it counts for: 1, or its harm
    weeks : length of each period in weeks
    grid : the cells
    study : True for each cell of the study area
    bandwidth : metres, for methods that smooth
    start : the first moment, on the clock
    features : what is known of each cell whatever happens there, cells x features; no column by default
    """

    x: FloatArray
    y: FloatArray
    cell: IntArray
    period: IntArray
    time: FloatArray
    weights: FloatArray
    weeks: FloatArray
    grid: Grid
    study: BoolArray
    bandwidth: float
    start: pd.Timestamp
    features: FloatArray

    @classmethod
    def of(
        cls,
        crimes: GeoDataFrame,
        grid: Grid,
        periods: Periods,
        *,
        bandwidth: float,
        weights: Any = None,
        study: BoolArray | None = None,
        features: FloatArray | None = None,
    ) -> Self:
        """
        Return the history of `crimes` over `periods`; crimes in none of them are left out.

        `features` are one row per cell: metres of street, residents, whatever lasts.

        Raises
        ------
        InputError
            If `bandwidth`, `weights`, `study`, `features` or the CRS of `crimes` break their rule.
        """
        bandwidth = cast.above_zero(bandwidth, "bandwidth", "metres")
        number = periods.number(crimes)
        known = number >= 0
        x, y = cast.coordinates(crimes, grid.crs)
        x, y, harm = x[known], y[known], weights_of(weights, crimes)[known]
        start = periods.start.tz_localize(None)
        return cls(
            x=x,
            y=y,
            cell=grid.cell_of(x, y),
            period=number[known],
            time=_days(crimes[known], start),
            weights=harm,
            weeks=periods.weeks.to_numpy(dtype=np.float64),
            grid=grid,
            study=study_of(study, grid),
            bandwidth=bandwidth,
            start=start,
            features=_features(features, grid),
        )

    @property
    def days(self) -> float:
        """The days from the start of the first period to the end of the last."""
        return 7.0 * float(self.weeks.sum())

    @property
    def horizon(self) -> float:
        """The days forecast: the length of the last period."""
        return 7.0 * float(self.weeks[-1])

    def chosen(self, kept: BoolArray | IntArray) -> Self:
        """Return some of the crimes, by True or False or in the order of their numbers."""
        return replace(
            self,
            x=self.x[kept],
            y=self.y[kept],
            cell=self.cell[kept],
            period=self.period[kept],
            time=self.time[kept],
            weights=self.weights[kept],
        )

    def before(self, period: int) -> Self:
        """Return what was known at the start of `period`."""
        known = self.period < period
        return replace(self.chosen(known), weeks=self.weeks[:period])

    def during(self, period: int) -> Self:
        """Return the crimes of `period` alone, as a history of that one period."""
        alone = self.chosen(self.period == period)
        passed = 7.0 * float(self.weeks[:period].sum())
        return replace(
            alone,
            period=np.zeros_like(alone.period),
            time=alone.time - passed,
            weeks=self.weeks[period : period + 1],
            start=self.start + pd.Timedelta(days=passed),
        )

    def weighing(self, weights: FloatArray) -> Self:
        """Return the same crimes with other `weights`."""
        return replace(self, weights=weights)

    def per_cell(self) -> FloatArray:
        """Return the weight recorded in each cell."""
        inside = self.cell >= 0
        held = np.bincount(self.cell[inside], weights=self.weights[inside], minlength=self.grid.size)
        return held.astype(np.float64, copy=False)

    def weekly_total(self) -> float:
        """Return the mean weight a week inside the study area."""
        return float(self.per_cell()[self.study].sum() / self.weeks.sum())


def _days(crimes: GeoDataFrame, start: pd.Timestamp) -> FloatArray:
    """Return when each crime began, in days on the clock from `start`; NaN where only the month is known."""
    clock = crimes["occurred_from"].dt.tz_localize(None)
    days = ((clock - start) / pd.Timedelta(days=1)).to_numpy(dtype=np.float64)
    return np.where((crimes["precision"] == "month").to_numpy(), np.nan, days)


def _features(features: FloatArray | None, grid: Grid) -> FloatArray:
    if features is None:
        return np.empty((grid.size, 0))
    known = np.asarray(features, dtype=np.float64)
    if known.ndim != 2 or known.shape[0] != grid.size or not np.isfinite(known).all():
        raise InputError(f"`features` must hold a row of finite numbers for each of the {grid.size} cells.")
    return known


def study_of(study: BoolArray | None, grid: Grid) -> BoolArray:
    """Return the cells of the study area, all of them by default."""
    if study is None:
        return np.ones(grid.size, dtype=np.bool_)
    area = np.asarray(study)
    if area.dtype != np.bool_ or area.shape != (grid.size,):
        raise InputError(f"`study` must hold True or False for each of the {grid.size} cells, got shape {area.shape}.")
    if not area.any():
        raise InputError("`study` must hold at least one cell, got none; are the cells larger than the areas?")
    return area
