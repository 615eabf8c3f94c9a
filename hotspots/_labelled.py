"""Crimes and their reference as one set of events with labels, and the relative risk of any labelling of them."""

from dataclasses import dataclass

import numpy as np
from geopandas import GeoDataFrame

from geodata import cast
from geodata.cast import BoolArray, FloatArray
from geodata.grid import SQUARE_METRES_PER_KM2, Grid
from hotspots.density import density_at_centres, warn_if_coarse
from hotspots.dual import log_relative_risk, refuse_nothing
from hotspots.forecast.history import study_of


@dataclass(frozen=True)
class Labelled:
    """Every event near the map, in one order, and what their densities are taken with."""

    x: FloatArray
    y: FloatArray
    is_crime: BoolArray
    grid: Grid
    bandwidth: float
    floor: float
    area: BoolArray


def labelled(
    crimes: GeoDataFrame,
    reference: GeoDataFrame,
    grid: Grid,
    bandwidth: float,
    floor: float,
    study: BoolArray | None,
) -> Labelled:
    """Return the events of both kinds; refuse where either does not reach the study area."""
    radius = cast.above_zero(bandwidth, "bandwidth", "metres")
    share = cast.within(cast.above_zero(floor, "floor"), "floor", 0, 1)
    warn_if_coarse(grid, radius)
    (x, y), (u, v) = cast.coordinates(crimes, grid.crs), cast.coordinates(reference, grid.crs)
    is_crime = np.repeat([True, False], [x.size, u.size])
    x, y = np.concatenate((x, u)), np.concatenate((y, v))
    near = _near(x, y, grid, radius)  # strays outside the map must not swap labels with events on it
    x, y, is_crime = x[near], y[near], is_crime[near]
    order = np.lexsort((is_crime, x, y))
    events = Labelled(x[order], y[order], is_crime[order], grid, radius, share, study_of(study, grid))
    refuse_nothing(density(events, events.is_crime), events.area, "crimes")
    refuse_nothing(density(events, ~events.is_crime), events.area, "reference")
    return events


def _near(x: FloatArray, y: FloatArray, grid: Grid, radius: float) -> BoolArray:
    west, south, east, north = grid.bounds
    near: BoolArray = (x > west - radius) & (x < east + radius) & (y > south - radius) & (y < north + radius)
    return near


def density(events: Labelled, kept: BoolArray) -> FloatArray:
    """Return the density of the events kept, per square metre."""
    x, y = events.x[kept], events.y[kept]
    surface = density_at_centres(x, y, np.ones_like(x), events.grid, events.bandwidth)
    return surface / SQUARE_METRES_PER_KM2


def relative_risk(events: Labelled, label: BoolArray) -> tuple[FloatArray, BoolArray]:
    """Return the log relative risk, and the cells of the study area that any event reaches."""
    f, g = density(events, label), density(events, ~label)
    return log_relative_risk(f, g, events.area, events.floor), events.area & ((f > 0) | (g > 0))


def thin_reference(events: Labelled) -> float:
    """Return the floor of the reference as it is, for one event of it."""
    reference = ~events.is_crime
    return events.floor * float(density(events, reference)[events.area].max()) / int(reference.sum())


def contrast(events: Labelled, label: BoolArray, thin: float) -> FloatArray:
    """
    Return the log relative risk of events labelled so, on one scale and with one floor for all labellings.

    With those of each labelling a cell that one event alone reaches would differ by them from map to map, and seem
    rare.
    """
    f, g = density(events, label) / int(label.sum()), density(events, ~label) / int((~label).sum())
    compared: FloatArray = np.log((f + thin) / (g + thin))
    return compared
