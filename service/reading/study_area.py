"""The ground that is studied: areas, an outline, or, where neither is given, what the events themselves reach over."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import shapely
from geopandas import GeoDataFrame, GeoSeries

from geodata import cast
from geodata.areas import read_areas, read_outline
from geodata.cast import BoolArray
from geodata.errors import InputError
from geodata.grid import Grid


@dataclass(frozen=True)
class StudyArea:
    """
    The ground that is studied, the cells on it, and the crimes in it.

    Parameters
    ----------
    outline : one polygon in the working CRS
    grid : Grid
    study : True for each cell whose centre lies on the ground
    crimes : table of crimes, those on the ground
    outside : number of crimes left out
    note : which ground it is, a sentence
    """

    outline: GeoSeries
    grid: Grid
    study: BoolArray
    crimes: GeoDataFrame
    outside: int
    note: str


def study_area(
    crimes: GeoDataFrame, *, cell: float, areas: Path | None = None, polygon: Path | None = None
) -> StudyArea:
    """
    Return the ground that is studied, in cells.

    Where no file of areas is given, it is the convex hull of the crimes and a cell around it: that holds fields and
    water where no crime can be recorded, so that shares of the area flatter every forecast alike.

    Parameters
    ----------
    crimes : table of crimes in the working CRS
    cell : metres
    areas : file of wards, beats or neighbourhoods, taken together
    polygon : file of polygons of any kind, taken together; not both

    Raises
    ------
    InputError
        If both files are given, there are no crimes, none lies on the ground, or no cell does.
    """
    cell = cast.above_zero(cell, "--cell", "metres")
    if areas is not None and polygon is not None:
        raise InputError("One of `--areas` and `--area-polygon` may be given, got both.")
    if crimes.empty:
        raise InputError("At least one accepted crime is needed to analyse, got none.")
    outline, note = _outline(crimes, cell, areas, polygon)
    inside = _holds(outline, crimes)
    if not inside.any():
        raise InputError(f"Crimes and areas must overlap; none of {len(crimes):,} accepted crimes lies in an area.")
    grid = Grid.over(outline, cell)
    study = grid.mask(outline)
    if not study.any():
        raise InputError(f"Cells must be small enough that the centre of one lies in an area; none of {cell:g} m does.")
    return StudyArea(outline, grid, study, crimes.loc[inside], int((~inside).sum()), note)


def _outline(crimes: GeoDataFrame, cell: float, areas: Path | None, polygon: Path | None) -> tuple[GeoSeries, str]:
    crs = crimes.crs.to_string()
    if areas is not None:
        shapes = read_areas(areas, crs=crs).geometry
        return GeoSeries([shapely.union_all(shapes.to_numpy())], crs=crs), f"The {len(shapes):,} areas given."
    if polygon is not None:
        return read_outline(polygon, crs=crs), "The outline given."
    hull = shapely.convex_hull(shapely.multipoints(shapely.get_coordinates(crimes.geometry.to_numpy())))
    note = (
        f"No areas were given: the ground is the convex hull of the events and {cell:g} m about it, with whatever "
        "fields and water that holds."
    )
    return GeoSeries([shapely.buffer(hull, cell)], crs=crs), note


def _holds(outline: GeoSeries, crimes: GeoDataFrame) -> BoolArray:
    shape = outline.iloc[0]
    shapely.prepare(shape)
    return np.asarray(shapely.intersects_xy(shape, *cast.coordinates(crimes, outline.crs)), dtype=np.bool_)
