"""The hot spots chosen: which cells each holds, how they are outlined, and how they are kept apart."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import shapely
from geopandas import GeoDataFrame
from numpy.typing import NDArray

from geodata import cast
from geodata.cast import FloatArray, IntArray
from geodata.grid import Grid


@dataclass(frozen=True)
class Spots:
    """
    The hot spots chosen.

    Parameters
    ----------
    cells : number of the hot spot (its rank), indexed by cell, for the cells of all spots
    table : one row per hot spot, by rank: rank (from 1), geometry, area_m2, expected (weight a week)
    expected_total : weight expected a week in the whole study area
    study_area_m2 : area of the cells of the study area
    """

    cells: pd.Series
    table: GeoDataFrame
    expected_total: float
    study_area_m2: float

    @property
    def area_share(self) -> float:
        """The share of the study area that the spots take up."""
        return float(self.table["area_m2"].sum() / self.study_area_m2)


def spots_of(ranked: Sequence[IntArray], risk: FloatArray, grid: Grid, study_area_m2: float) -> Spots:
    """
    Return the hot spots that hold these cells.

    Parameters
    ----------
    ranked : the cells of each hot spot in ascending order, the first in rank first
    risk : weight a week, one per cell of `grid`
    grid : Grid
    study_area_m2 : square metres of the study area
    """
    table = GeoDataFrame(
        {
            "rank": np.arange(1, len(ranked) + 1, dtype=np.int64),
            "area_m2": np.array([cells.size * grid.cell_area for cells in ranked], dtype=np.float64),
            "expected": np.array([risk[cells].sum() for cells in ranked], dtype=np.float64),
        },
        geometry=_outlines(ranked, grid),
        crs=grid.crs,
    )[["rank", "geometry", "area_m2", "expected"]]
    cells = np.concatenate([np.empty(0, dtype=np.int64), *ranked])
    ranks = np.repeat(table["rank"].to_numpy(), [spot.size for spot in ranked])
    numbers = pd.Series(ranks, index=pd.Index(cells, name="cell"), name="hotspot", dtype=np.int64).sort_index()
    return Spots(numbers, table, float(risk.sum()), study_area_m2)


def ranked_by(spots: Spots, expected: pd.Series, grid: Grid, *, most: int | None = None) -> Spots:
    """
    Return the hot spots ranked by the weight expected in them.

    Parameters
    ----------
    spots : Spots
    expected : weight a week, one per cell of `grid`
    grid : the grid that they were chosen on
    most : number of hot spots to keep, those with the greatest weight; None for all

    Returns
    -------
    Spots

    Raises
    ------
    InputError
        If `expected` is not one finite number of at least 0 per cell, or `most` is below 1.
    """
    risk = cast.weights(expected, grid.size, "expected")
    held = [cells.index.to_numpy() for _, cells in spots.cells.groupby(spots.cells, sort=True)]
    kept = heaviest(held, risk)[: None if most is None else cast.whole(most, "most", 1)]
    made = spots_of(kept, risk, grid, spots.study_area_m2)
    return Spots(made.cells, made.table, float(risk.sum()), spots.study_area_m2)


def heaviest(held: Sequence[IntArray], risk: FloatArray) -> list[IntArray]:
    """Return cells of hot spots in the order of their rank: most weight first, then the lowest number of a cell."""
    return sorted(held, key=lambda cells: (-float(risk[cells].sum()), int(cells[0])))


def keep_apart(spots: Spots, metres: float) -> Spots:
    """
    Return the hot spots at least so far from every greater one that is kept, ranked anew.

    Parameters
    ----------
    spots : Spots
        From a surface or from clusters.
    metres : metres from border to border, 0 to keep all

    Returns
    -------
    Spots

    Raises
    ------
    InputError
        If `metres` is below 0 or not finite.
    """
    metres = cast.within(metres, "metres", 0, 1e6)
    if metres == 0 or len(spots.table) == 0:
        return spots
    shapes = spots.table.geometry.to_numpy()
    kept: list[int] = []
    for number, shape in enumerate(shapes):
        if not kept or shapely.distance(shapes[kept], shape).min() >= metres:
            kept.append(number)
    table = spots.table.iloc[kept].reset_index(drop=True)
    table["rank"] = np.arange(1, len(table) + 1, dtype=np.int64)
    renamed = pd.Series(table["rank"].to_numpy(), index=spots.table["rank"].to_numpy()[kept])
    cells = spots.cells[spots.cells.isin(renamed.index)]
    return Spots(cells.map(renamed).astype(np.int64), table, spots.expected_total, spots.study_area_m2)


def _outlines(spots: Sequence[IntArray], grid: Grid) -> NDArray[np.object_]:
    """Return the outline of each spot: its cells joined, corners only where the line turns."""
    squares = grid.polygons(np.concatenate([np.empty(0, dtype=np.int64), *spots])).to_numpy()
    ends = np.cumsum([cells.size for cells in spots], dtype=np.int64)
    joined = [shapely.union_all(squares[end - cells.size : end]) for end, cells in zip(ends, spots, strict=True)]
    outlines: NDArray[np.object_] = np.empty(len(joined), dtype=object)
    outlines[:] = [shapely.normalize(shapely.simplify(shape, 0.0)) for shape in joined]
    return outlines
