"""
The ground of one force: its cells, the rim of its neighbours' that its statistics reach into, and the crimes on both.

Lines of the grid lie on whole multiples of its cell, so that the cells of neighbouring forces are the same squares, and
a cell belongs to the force in which its centre lies, with all the crime in it, whoever recorded it.
"""

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from geopandas import GeoDataFrame, GeoSeries

from geodata.cast import BoolArray
from geodata.errors import InputError
from geodata.grid import Grid
from geodata.tables import WORKING_CRS
from hotspots.gistar import stencil_of, sums_around
from service.national.force_areas import read_forces
from service.national.force_task import ForceTask
from service.national.segments import month_points

_WHEN = ("occurred_from", "occurred_to", "precision")


@dataclass(frozen=True, eq=False)
class Ground:
    """
    The cells of one force.

    Parameters
    ----------
    grid : cells over the force's area and a rim
    own : True for each cell whose centre lies in it
    rim : True for each cell of a neighbour that a neighbourhood of an own cell reaches
    """

    grid: Grid
    own: BoolArray
    rim: BoolArray


def ground_of(task: ForceTask) -> Ground:
    """
    Return the ground of a force.

    Raises
    ------
    InputError
        If no centre of a cell lies in its area.
    """
    forces, settings = areas_of(task), task.settings
    area = forces.loc[[task.force]]
    reach = max(settings.radius, settings.bandwidth)
    west, south, east, north = area.total_bounds
    box = gpd.GeoSeries([shapely.box(west - reach, south - reach, east + reach, north + reach)], crs=area.crs)
    grid = Grid.over(box, settings.cell)
    own = grid.mask(area)
    if not own.any():
        raise InputError(f"The centre of a cell must lie in {task.force}; none of {grid.cell:g} m does.")
    near = sums_around(own.astype(np.float64), stencil_of(grid, np.ones_like(own), settings.radius)) > 0
    others = grid.mask(forces.loc[list(task.neighbours)]) if task.neighbours else np.zeros_like(own)
    return Ground(grid, own, near & others & ~own)


def areas_of(task: ForceTask) -> GeoSeries:
    """Return the areas of all forces, by force."""
    return read_forces(task.areas[0]).set_index("force").geometry


def own_crimes(task: ForceTask, *columns: str) -> pd.DataFrame:
    """Return the force's own crimes with x, y and some columns of the table of crimes, whatever their offence."""
    return month_points(task.segments, task.own, ("x", "y", *columns))


def crimes_about(task: ForceTask, ground: Ground) -> GeoDataFrame:
    """Return the crimes, of any force, on the ground and within its reach: those of which a map of risk is made."""
    columns = ("x", "y", "offence", *_WHEN)
    held = pd.concat(
        [_near(month_points(task.segments, paths, columns), ground) for paths in (task.own, task.beside) if paths],
        ignore_index=True,
    )
    kept = held[~held["offence"].isin(task.settings.exclude)].reset_index(drop=True)
    points = gpd.points_from_xy(kept["x"], kept["y"], crs=WORKING_CRS)
    return GeoDataFrame(kept.drop(columns=["x", "y"]), geometry=points)


def _near(points: pd.DataFrame, ground: Ground) -> pd.DataFrame:
    west, south, east, north = ground.grid.bounds
    return points[points["x"].between(west, east) & points["y"].between(south, north)]
