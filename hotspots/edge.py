"""Edge correction: what the border of the force's area takes from a density, given back."""

from dataclasses import dataclass
from typing import Final, Literal, Self

import numpy as np
import shapely
from geopandas import GeoDataFrame, GeoSeries
from pyproj import CRS

from geodata.cast import BoolArray, FloatArray
from geodata.errors import InputError
from geodata.grid import Grid
from hotspots._kernels.coverage import shares_covered
from hotspots._kernels.tiles import Sheet

Edge = Literal["uniform", "diggle"]
EDGES: Final[tuple[Edge, ...]] = ("uniform", "diggle")
SQUARES_A_REACH: Final = 16  # at least: the squares over which shares of a spread are summed
PARTS: Final = 8  # along each side, into which a square on the border is cut to see how much of it is covered
MOST_SQUARES: Final = 16_000_000
LEAST_SHARE: Final = 0.05  # a crime on a spit of land counts at most 20 times


@dataclass(frozen=True)
class Ground:
    """
    How much of each small square belongs to the study area.

    Parameters
    ----------
    study : polygons in the working CRS
    squares : Grid
        The small squares that cover it.
    covered : 0 to 1, rows x columns of `squares`
    border : rows x columns of `squares`
        True where the border of the study area may run.
    """

    study: GeoSeries
    squares: Grid
    covered: FloatArray
    border: BoolArray

    @classmethod
    def of(cls, study: GeoSeries, cell: float, reach: float) -> Self:
        """
        Return the ground of `study` in squares no wider than a cell and a sixteenth of `reach`.

        Squares on the border are cut into 8 x 8 parts, and a part belongs to the study area if its centre does.
        Where there would be more than 16 million squares they are made wider.
        """
        west, south, east, north = study.total_bounds
        finest = float(np.sqrt((east - west) * (north - south) / MOST_SQUARES))
        squares = Grid.over(study, max(min(cell, reach / SQUARES_A_REACH), finest))
        whole = squares.mask(study).reshape(squares.rows, squares.columns)
        border = _changes(whole)
        covered = whole.astype(np.float64)
        row, column = np.nonzero(border)
        inside = np.zeros(row.size)
        for part in range(PARTS * PARTS):
            up, across = (np.array(divmod(part, PARTS)) + 0.5) / PARTS
            x, y = squares.west + (column + across) * squares.cell, squares.south + (row + up) * squares.cell
            inside += _in_any(study, x, y)
        covered[row, column] = inside / PARTS**2
        return cls(study, squares, covered, border)

    def holds(self, x: FloatArray, y: FloatArray) -> BoolArray:
        """Return True for each place in the study area, its border included."""
        found = np.zeros(x.size, dtype=np.bool_)
        number = self.squares.cell_of(x, y)
        near = number >= 0
        found[near] = self.covered.ravel()[number[near]] > 0
        doubtful = ~near
        doubtful[near] = self.border.ravel()[number[near]]
        found[doubtful] = _in_any(self.study, x[doubtful], y[doubtful])
        return found

    def shares(self, x: FloatArray, y: FloatArray, reach: float, shape: int) -> FloatArray:
        """Return the share of the spread of a crime at each place that falls on the study area, at least 0.05."""
        squares = self.squares
        sums = np.zeros((squares.rows + 1, squares.columns + 1))
        # A square partly covered counts as none: sums of whole numbers are exact, so a full box is known for certain.
        np.cumsum(np.cumsum(np.floor(self.covered), axis=0), axis=1, out=sums[1:, 1:])
        sheet = Sheet(squares.west, squares.south, squares.cell, squares.columns, squares.rows, reach)
        found = np.empty(x.size)
        shares_covered(x, y, self.covered, sums, sheet, shape, found)
        return np.maximum(found, LEAST_SHARE)


def study_of(study: GeoDataFrame | GeoSeries | None, grid: Grid) -> GeoSeries:
    """
    Return the polygons of `study`.

    Raises
    ------
    InputError
        If there are none, they are not polygons, or in another CRS than `grid`.
    """
    if study is None or len(study) == 0:
        raise InputError("`study` must hold the polygons of the area where an edge is corrected, got none.")
    shapes = study.geometry
    if shapes.crs is None or CRS(shapes.crs) != CRS(grid.crs):
        found = "none" if shapes.crs is None else CRS(shapes.crs).to_string()
        raise InputError(f"`study` must be in the working CRS {CRS(grid.crs).to_string()}, got {found}.")
    wrong = int((~shapes.geom_type.isin(["Polygon", "MultiPolygon"]) | shapes.is_empty).sum())
    if wrong:
        raise InputError(f"`study` must be polygons, got {wrong} that are not.")
    return shapes


def _changes(whole: BoolArray) -> BoolArray:
    """Return True where a square or one of the eight around it differs from another of the nine."""
    padded = np.pad(whole, 1)
    nine = [padded[up : up + whole.shape[0], by : by + whole.shape[1]] for up in range(3) for by in range(3)]
    return np.asarray(np.logical_or.reduce(nine) & ~np.logical_and.reduce(nine), dtype=np.bool_)


def _in_any(study: GeoSeries, x: FloatArray, y: FloatArray) -> BoolArray:
    inside = np.zeros(x.size, dtype=np.bool_)
    for polygon in study:
        west, south, east, north = polygon.bounds
        near = np.flatnonzero((x >= west) & (x <= east) & (y >= south) & (y <= north) & ~inside)
        shapely.prepare(polygon)
        inside[near] = shapely.intersects_xy(polygon, x[near], y[near])
    return inside
