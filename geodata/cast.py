"""Tables and numbers as checked arrays: the one place where a parameter is doubted."""

from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
from geopandas import GeoDataFrame, GeoSeries
from pyproj import CRS

from geodata.errors import InputError

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]

_MISSING = -1  # the type that shapely gives to no geometry at all


def above_zero(value: float, name: str, unit: str = "") -> float:
    """Return `value` as a float, or raise InputError if it is not finite and above 0."""
    number = _number(value, name)
    if not number > 0:
        raise InputError(f"`{name}` must be above 0{' ' + unit if unit else ''}, got {value}.")
    return number


def within(value: float, name: str, low: float, high: float) -> float:
    """Return `value` as a float, or raise InputError if it is not between `low` and `high` inclusive."""
    number = _number(value, name)
    if not low <= number <= high:
        raise InputError(f"`{name}` must be between {low} and {high}, got {value}.")
    return number


def whole(value: float, name: str, least: int = 0) -> int:
    """Return `value` as an int, or raise InputError if it is not a whole number of at least `least`."""
    number = _number(value, name)
    if number != int(number) or number < least:
        raise InputError(f"`{name}` must be a whole number of at least {least}, got {value}.")
    return int(number)


def coordinates(points: GeoDataFrame | GeoSeries, crs: str | CRS) -> tuple[FloatArray, FloatArray]:
    """
    Return the x and y of `points` in metres.

    Raises
    ------
    InputError
        If `points` is in another CRS than `crs`, in none, or holds anything but finite points.
    """
    geometry = points.geometry
    if geometry.crs is None or CRS(geometry.crs) != CRS(crs):
        found = "none" if geometry.crs is None else CRS(geometry.crs).to_string()
        raise InputError(f"Points must be in the working CRS {CRS(crs).to_string()}, got {found}.")
    shapes = geometry.to_numpy()
    try:
        x, y = shapely.get_x(shapes), shapely.get_y(shapes)  # NaN for whatever is no point: no other look at each
    except shapely.errors.GEOSException:  # one is empty
        x = y = np.array([np.nan])
    if not (np.isfinite(x).all() and np.isfinite(y).all()):
        _refuse_all_but_points(geometry)
    return x, y


def weights(values: Any, size: int, name: str = "weights") -> FloatArray:
    """Return `size` finite weights of at least 0; `None` means 1 each."""
    if values is None:
        return np.ones(size)
    try:
        array = np.array(values, dtype=np.float64, order="C")  # our own: what may not be written is compiled for apart
    except (TypeError, ValueError):
        raise InputError(f"`{name}` must be numbers, got {type(values).__name__} that are not.") from None
    if array.shape != (size,):
        raise InputError(f"`{name}` must hold one number per event ({size}), got shape {array.shape}.")
    bad = int((~np.isfinite(array) | (array < 0)).sum())
    if bad:
        raise InputError(f"`{name}` must be finite and at least 0, got {bad} that are not.")
    return array


def _number(value: Any, name: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float | np.number):
        raise InputError(f"`{name}` must be a number, got {type(value).__name__}.")
    number = float(value)
    if not np.isfinite(number):
        raise InputError(f"`{name}` must be finite, got {value}.")
    return number


def _refuse_all_but_points(geometry: GeoSeries) -> None:
    """Say which of the geometries are no finite points."""
    shapes = geometry.to_numpy()
    kinds = shapely.get_type_id(shapes)
    absent = int((kinds == _MISSING).sum())
    if absent:
        raise InputError(f"Geometry must be points, got {absent} without a geometry.")
    if (kinds != shapely.GeometryType.POINT).any():
        raise InputError(f"Geometry must be points, got {sorted(set(geometry.geom_type))}.")
    empty = shapely.is_empty(shapes)
    x, y = (get(np.where(empty, None, shapes)) for get in (shapely.get_x, shapely.get_y))
    bad = int((~(np.isfinite(x) & np.isfinite(y))).sum())
    raise InputError(f"Coordinates must be finite, got {bad} that are not.")
