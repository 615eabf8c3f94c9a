"""Square cells over the study area: the sheet of paper on which every surface is drawn."""

from dataclasses import dataclass
from functools import cached_property
from typing import Final, Self

import numpy as np
import pandas as pd
import shapely
from geopandas import GeoDataFrame, GeoSeries
from numpy.typing import ArrayLike

from geodata.cast import BoolArray, FloatArray, IntArray, above_zero
from geodata.errors import InputError
from geodata.tables import WORKING_CRS

SQUARE_METRES_PER_KM2: Final = 1_000_000.0
MOST_CELLS: Final = 50_000_000


@dataclass(frozen=True)
class Grid:
    """
    Square cells in the working CRS, numbered row by row from the south-west.

    Parameters
    ----------
    west, south : metres
        The south-west corner.
    cell : metres
        The side of a cell.
    columns, rows : number of cells
    crs : the working CRS
    """

    west: float
    south: float
    cell: float
    columns: int
    rows: int
    crs: str = WORKING_CRS

    @classmethod
    def over(cls, areas: GeoDataFrame | GeoSeries, cell: float) -> Self:
        """
        Return the grid that covers `areas`, its lines on whole multiples of `cell`.

        The grid follows the areas, never the points: a stray crime cannot blow it up.

        Parameters
        ----------
        areas : polygons in the working CRS
        cell : metres

        Raises
        ------
        InputError
            If `cell` is not above 0, `areas` is empty or not in metres, or the grid would exceed 50 million cells.
        """
        cell = above_zero(cell, "cell", "metres")
        if len(areas) == 0:
            raise InputError("`areas` must hold at least one polygon, got none.")
        if areas.crs is None or not areas.crs.is_projected:
            raise InputError("`areas` must be in a projected CRS, in metres.")
        with np.errstate(over="ignore", invalid="ignore"):  # cells too small to count are refused below
            west, south, east, north = areas.total_bounds / cell
            columns = np.maximum(1.0, np.ceil(east) - np.floor(west))
            rows = np.maximum(1.0, np.ceil(north) - np.floor(south))
        if not columns * rows <= MOST_CELLS:
            raise InputError(
                f"A grid must have at most {MOST_CELLS:,} cells; cells of {cell:g} metres over these areas "
                f"would make {columns * rows:,.0f}."
            )
        corner = float(np.floor(west) * cell), float(np.floor(south) * cell)
        return cls(*corner, cell, int(columns), int(rows), areas.crs.to_string())

    @property
    def size(self) -> int:
        """The number of cells."""
        return self.columns * self.rows

    @property
    def cell_area(self) -> float:
        """Square metres of one cell."""
        return self.cell * self.cell

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """West, south, east and north edge in metres."""
        return (
            self.west,
            self.south,
            self.west + self.columns * self.cell,
            self.south + self.rows * self.cell,
        )

    @cached_property
    def index(self) -> pd.RangeIndex:
        """The cell numbers: row * columns + column, from the south-west."""
        return pd.RangeIndex(self.size, name="cell")

    def cell_of(self, x: ArrayLike, y: ArrayLike) -> IntArray:
        """Return the number of the cell that holds each point, -1 outside; a cell owns its west and south edge."""
        column = np.floor((np.asarray(x, dtype=np.float64) - self.west) / self.cell)
        row = np.floor((np.asarray(y, dtype=np.float64) - self.south) / self.cell)
        inside = (column >= 0) & (column < self.columns) & (row >= 0) & (row < self.rows)
        return np.where(inside, row * self.columns + column, -1).astype(np.int64)

    def centres(self, cells: ArrayLike | None = None) -> tuple[FloatArray, FloatArray]:
        """Return x and y of the centres of `cells` (all of them by default), in metres."""
        numbers = np.arange(self.size) if cells is None else np.asarray(cells, dtype=np.int64)
        row, column = np.divmod(numbers, self.columns)
        return self.west + (column + 0.5) * self.cell, self.south + (row + 0.5) * self.cell

    def polygons(self, cells: ArrayLike) -> GeoSeries:
        """Return the squares of `cells`, indexed by cell number."""
        numbers = np.asarray(cells, dtype=np.int64)
        row, column = np.divmod(numbers, self.columns)
        west, south = self.west + column * self.cell, self.south + row * self.cell
        squares = shapely.box(west, south, west + self.cell, south + self.cell)
        return GeoSeries(squares, index=pd.Index(numbers, name="cell"), crs=self.crs)

    def mask(self, areas: GeoDataFrame | GeoSeries) -> BoolArray:
        """Return True for each cell whose centre lies in one of `areas`, their borders included."""
        inside = np.zeros(self.size, dtype=np.bool_)
        for polygon in areas.geometry:
            cells = self._cells_in_box(polygon.bounds)
            x, y = self.centres(cells)
            shapely.prepare(polygon)
            inside[cells[shapely.intersects_xy(polygon, x, y)]] = True
        return inside

    def _cells_in_box(self, bounds: tuple[float, float, float, float]) -> IntArray:
        west, south, east, north = bounds
        first_column, last_column = self._span(west, east, self.west, self.columns)
        first_row, last_row = self._span(south, north, self.south, self.rows)
        columns = np.arange(first_column, last_column, dtype=np.int64)
        rows = np.arange(first_row, last_row, dtype=np.int64)
        return (rows[:, None] * self.columns + columns[None, :]).ravel()

    def _span(self, low: float, high: float, origin: float, count: int) -> tuple[int, int]:
        first = int(np.floor((low - origin) / self.cell))
        last = int(np.floor((high - origin) / self.cell)) + 1
        return max(0, first), min(count, last)
