"""
Which hot spots survive another choice of bandwidth, cell and place of the grid's lines, and which were made by it.

Nobody knows the right setting to the metre. A place that is a hot spot under every reasonable one is a finding; a place
that is one at 250 metres and not at 300 is an accident of the map.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
import pandas as pd
import shapely
from geopandas import GeoDataFrame
from shapely.geometry.base import BaseGeometry

from geodata import cast
from geodata.cast import BoolArray, FloatArray
from geodata.errors import InputError
from geodata.grid import SQUARE_METRES_PER_KM2, Grid
from hotspots.choose import choose
from hotspots.density import density_at_centres, weights_of

AROUND: Final = (2.0 / 3.0, 1.0, 1.5)
OFFSETS: Final = (0.0, 0.5)
SURVIVES: Final = 0.5  # of a hot spot's area inside the hot spots of another setting


@dataclass(frozen=True)
class Sensitivity:
    """
    The hot spots under every setting, held against those under the reference setting.

    Parameters
    ----------
    settings : one row per setting, the reference first
        setting (number, 0 the reference), bandwidth, cell (metres), offset (of the grid's lines to the north and east,
        in cells), hotspots (number), area_m2, jaccard (area shared with the reference over area of either; NaN where
        both have none).
    hotspots : one row per hot spot under the reference setting
        rank, geometry, area_m2, survival (share of the other settings under which at least half of it is hot), covered
        (mean share of its area that is hot under the others); NaN where there are no others.
    spots : one row per setting and hot spot: setting, rank, geometry; what small multiples draw
    sentence : what was found, in plain English
    """

    settings: pd.DataFrame
    hotspots: GeoDataFrame
    spots: GeoDataFrame
    sentence: str


@dataclass(frozen=True)
class _Case:
    bandwidth: float
    cell: float
    offset: float


def sensitivity(
    crimes: GeoDataFrame,
    areas: GeoDataFrame,
    *,
    bandwidth: float,
    cell: float,
    share: float,
    min_area: float,
    max_area: float,
    most: int | None = 80,
    weights: Any = None,
    bandwidths: Sequence[float] | None = None,
    cells: Sequence[float] | None = None,
    offsets: Sequence[float] = OFFSETS,
) -> Sensitivity:
    """
    Return how far the hot spots depend on the bandwidth, the cell and where the lines of the grid lie.

    Under each setting the density is made anew and hot spots are chosen from it by the same rules. Settings whose
    bandwidth is below their cell are left out: such a map is of the cells, not of crime.

    Parameters
    ----------
    crimes : points in the CRS of `areas`
    areas : polygons of the study area
    bandwidth, cell : metres, of the reference setting, its grid on whole multiples of `cell`
    share, min_area, max_area, most : as `choose` takes them
    weights : at least 0, one per crime, by default 1 each
    bandwidths, cells : metres to try beside, by default two thirds of the reference's, the same, and one and a half
    offsets : shifts of the grid's lines to try, in cells, each from 0 to below 1

    Returns
    -------
    Sensitivity

    Raises
    ------
    InputError
        If the reference bandwidth is below its cell, no centre of a cell lies in the areas under some setting, or an
        argument breaks its rule.
    """
    cases = _cases(bandwidth, cell, bandwidths, cells, offsets)
    first = Grid.over(areas, cases[0].cell)
    x, y = cast.coordinates(crimes, first.crs)
    held = weights_of(weights, crimes)
    rules = {"share": share, "min_area": min_area, "max_area": max_area, "most": most}
    found = list(_spots(cases, areas, (x, y, held), rules))
    unions = [shapely.union_all(table.geometry.to_numpy()) for table in found]
    settings = _settings(cases, found, unions)
    hotspots = _survival(found[0], unions[1:])
    return Sensitivity(settings, hotspots, _together(found, first.crs), _sentence(settings, hotspots))


def _cases(
    bandwidth: float,
    cell: float,
    bandwidths: Sequence[float] | None,
    cells: Sequence[float] | None,
    offsets: Sequence[float],
) -> list[_Case]:
    """Return the settings, the reference first, then by bandwidth, cell and offset."""
    radius, side = cast.above_zero(bandwidth, "bandwidth", "metres"), cast.above_zero(cell, "cell", "metres")
    if radius < side:
        raise InputError(f"`bandwidth` must be at least the side of a cell ({side:g} metres), got {radius:g}.")
    radii = _lengths([factor * radius for factor in AROUND] if bandwidths is None else bandwidths, "bandwidths")
    sides = _lengths([factor * side for factor in AROUND] if cells is None else cells, "cells")
    shifts = sorted({cast.within(offset, "offsets", 0, 1) % 1.0 for offset in offsets} | {0.0})
    reference = _Case(radius, side, 0.0)
    every = [_Case(r, s, o) for r in radii for s in sides for o in shifts if r >= s]
    return [reference, *(case for case in every if case != reference)]


def _lengths(values: Sequence[float], name: str) -> list[float]:
    return sorted({cast.above_zero(value, name, "metres") for value in values})


def _spots(
    cases: list[_Case],
    areas: GeoDataFrame,
    points: tuple[FloatArray, FloatArray, FloatArray],
    rules: dict[str, Any],
) -> Iterator[GeoDataFrame]:
    """Yield the hot spots under each setting; each grid is laid over the areas once."""
    grids: dict[tuple[float, float], tuple[Grid, BoolArray]] = {}
    for case in cases:
        where = (case.cell, case.offset)
        if where not in grids:
            grid = shifted(Grid.over(areas, case.cell), case.offset)
            grids[where] = grid, grid.mask(areas)
        grid, study = grids[where]
        surface = density_at_centres(*points, grid, case.bandwidth) * (grid.cell_area / SQUARE_METRES_PER_KM2)
        yield choose(pd.Series(surface, index=grid.index), grid, study=study, **rules).table


def shifted(grid: Grid, offset: float) -> Grid:
    """Return a grid over the same land whose lines lie `offset` of a cell further north and east, 0 to below 1."""
    if offset == 0:
        return grid
    back = (1.0 - offset) * grid.cell
    return replace(grid, west=grid.west - back, south=grid.south - back, columns=grid.columns + 1, rows=grid.rows + 1)


def covered_elsewhere(places: GeoDataFrame, found: Sensitivity) -> pd.Series:
    """
    Return the mean share of each place's area that is hot under the other settings.

    Parameters
    ----------
    places : polygons in the CRS of the areas, of hot spots chosen in whatever way
    found : Sensitivity

    Returns
    -------
    covered : 0 to 1, indexed like `places`; NaN where no other setting was tried
    """
    shapes = places.geometry.to_numpy()
    others = found.spots[found.spots["setting"] > 0]
    parts = [
        shapely.area(shapely.intersection(shapes, shapely.union_all(group.geometry.to_numpy()))) / shapely.area(shapes)
        for _, group in others.groupby("setting", sort=True)
    ]
    tried = len(found.settings) - 1
    share = np.sum(parts, axis=0) / tried if parts else np.full(len(places), 0.0 if tried else np.nan)
    return pd.Series(share, index=places.index, name="covered")


def _settings(cases: list[_Case], found: list[GeoDataFrame], unions: list[BaseGeometry]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "setting": np.arange(len(cases)),
            "bandwidth": [case.bandwidth for case in cases],
            "cell": [case.cell for case in cases],
            "offset": [case.offset for case in cases],
            "hotspots": [len(table) for table in found],
            "area_m2": [float(union.area) for union in unions],
            "jaccard": [jaccard(unions[0], union) for union in unions],
        }
    )


def jaccard(one: BaseGeometry, other: BaseGeometry) -> float:
    """Return the area that two shapes share over the area of either, NaN where neither has any."""
    either = shapely.union(one, other).area
    return float(shapely.intersection(one, other).area / either) if either > 0 else float("nan")


def _survival(reference: GeoDataFrame, others: list[BaseGeometry]) -> GeoDataFrame:
    """Return the reference hot spots with the share of settings that they survive."""
    table = reference[["rank", "geometry", "area_m2"]].copy()
    shapes = table.geometry.to_numpy()
    parts = [shapely.area(shapely.intersection(shapes, other)) / shapely.area(shapes) for other in others]
    covered = np.array(parts).reshape(len(others), len(table))
    nothing = np.full(len(table), np.nan)
    table["survival"] = (covered >= SURVIVES - 1e-9).mean(axis=0) if others else nothing
    table["covered"] = covered.mean(axis=0) if others else nothing
    return table


def _together(found: list[GeoDataFrame], crs: str) -> GeoDataFrame:
    """Return the hot spots of all settings in one table."""
    numbers = np.repeat(np.arange(len(found)), [len(table) for table in found])
    ranks = np.concatenate([table["rank"].to_numpy(dtype=np.int64) for table in found])
    shapes = np.concatenate([table.geometry.to_numpy() for table in found])
    return GeoDataFrame({"setting": numbers, "rank": ranks}, geometry=shapes, crs=crs)


def _sentence(settings: pd.DataFrame, hotspots: GeoDataFrame) -> str:
    others, spots = len(settings) - 1, len(hotspots)
    if others == 0 or spots == 0:
        return "There is nothing to compare: no hot spot was found, or no other setting could be tried."
    every = int((hotspots["survival"] == 1).sum())
    most = int((hotspots["survival"] >= 0.8).sum())
    middle = settings["jaccard"].iloc[1:].median()
    return (
        f"Of {spots} hot spot{'' if spots == 1 else 's'} of the density map, {every} stay hot under every one of "
        f"{others} other settings of bandwidth, cell and grid, and {most} under four in five; the typical setting "
        f"shares {100 * middle:.0f} % of the area."
    )
