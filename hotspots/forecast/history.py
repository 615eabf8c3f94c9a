"""What a forecast may know: the crimes of complete periods, and nothing later."""

from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np
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
    weights : what it counts for: 1, or its harm
    weeks : length of each period in weeks
    grid : the cells
    study : True for each cell of the study area
    bandwidth : metres, for methods that smooth
    """

    x: FloatArray
    y: FloatArray
    cell: IntArray
    period: IntArray
    weights: FloatArray
    weeks: FloatArray
    grid: Grid
    study: BoolArray
    bandwidth: float

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
    ) -> Self:
        """
        Return the history of `crimes` over `periods`; crimes in none of them are left out.

        Raises
        ------
        InputError
            If `bandwidth`, `weights`, `study` or the CRS of `crimes` break their rule.
        """
        bandwidth = cast.above_zero(bandwidth, "bandwidth", "metres")
        number = periods.number(crimes)
        known = number >= 0
        x, y = cast.coordinates(crimes, grid.crs)
        x, y, harm = x[known], y[known], weights_of(weights, crimes)[known]
        weeks = periods.weeks.to_numpy(dtype=np.float64)
        area = study_of(study, grid)
        return cls(x, y, grid.cell_of(x, y), number[known], harm, weeks, grid, area, bandwidth)

    def before(self, period: int) -> Self:
        """Return what was known at the start of `period`."""
        known = self.period < period
        return replace(self._only(known), weeks=self.weeks[:period])

    def during(self, period: int) -> Self:
        """Return the crimes of `period` alone, as a history of that one period."""
        alone = self._only(self.period == period)
        return replace(alone, period=np.zeros_like(alone.period), weeks=self.weeks[period : period + 1])

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

    def _only(self, kept: BoolArray) -> Self:
        return replace(
            self,
            x=self.x[kept],
            y=self.y[kept],
            cell=self.cell[kept],
            period=self.period[kept],
            weights=self.weights[kept],
        )


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
