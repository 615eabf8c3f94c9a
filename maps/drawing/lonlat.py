"""Longitude and latitude: only here, at the edge, where a map or another program wants them."""

from functools import partial
from typing import Any, Final

import numpy as np
import shapely
from convertbng.cutil import convert_lonlat
from geopandas import GeoSeries
from pyproj import CRS, Transformer

from geodata.cast import FloatArray
from geodata.projection import BRITISH_NATIONAL_GRID

DECIMALS: Final = 6  # 0.1 m
_LONLAT: Final = "EPSG:4326"
_POLYGONS: Final = (3, 6)


def to_lonlat(x: FloatArray, y: FloatArray, crs: str | CRS) -> tuple[FloatArray, FloatArray]:
    """
    Return longitude and latitude of points in the working CRS: `geodata.projection.to_metres` the other way.

    British National Grid goes through Ordnance Survey's OSTN15 grid, which the pyproj wheel lacks; where OSTN15 does
    not reach (far out at sea), and in another CRS, through pyproj.

    Parameters
    ----------
    x, y : 1-d arrays, metres in `crs`
    crs : the working CRS

    Returns
    -------
    longitude, latitude : degrees
    """
    east, north = np.ascontiguousarray(x, dtype=np.float64), np.ascontiguousarray(y, dtype=np.float64)
    if CRS(crs) != BRITISH_NATIONAL_GRID:
        return _by_pyproj(east, north, crs)
    longitude, latitude = (np.array(found, dtype=np.float64) for found in convert_lonlat(east, north))
    beyond = np.isnan(longitude)
    if beyond.any():
        longitude[beyond], latitude[beyond] = _by_pyproj(east[beyond], north[beyond], crs)
    return longitude, latitude


def geometry_in_lonlat(geometry: GeoSeries, *, simplify: float = 0.0) -> GeoSeries:
    """
    Return `geometry` in longitude and latitude, rounded to six decimals.

    Parameters
    ----------
    geometry : shapes in the working CRS
    simplify : metres
        Shapes are first thinned by no more than this; borders that polygons share stay shared.
    """
    shapes, crs = geometry.to_numpy(), geometry.crs
    if simplify > 0:
        polygons = bool(np.isin(shapely.get_type_id(shapes), _POLYGONS).all())
        # Lines one by one: keeping them from crossing each other takes seconds a city and shows on no screen.
        thin = shapely.coverage_simplify if polygons else partial(shapely.simplify, preserve_topology=False)
        shapes = thin(shapes, simplify)
    moved = shapely.transform(shapes, lambda xy: _rounded(xy, crs))
    return GeoSeries(moved, index=geometry.index, crs=_LONLAT)


def middles(polygons: GeoSeries) -> tuple[FloatArray, FloatArray]:
    """Return the longitude and latitude of a point inside each polygon."""
    inside = polygons.representative_point()
    return to_lonlat(inside.x.to_numpy(), inside.y.to_numpy(), polygons.crs)


def _rounded(xy: FloatArray, crs: CRS) -> FloatArray:
    degrees: FloatArray = np.column_stack(to_lonlat(xy[:, 0], xy[:, 1], crs))
    return degrees.round(DECIMALS)


def _by_pyproj(x: FloatArray, y: FloatArray, crs: str | CRS) -> tuple[FloatArray, FloatArray]:
    found: Any = Transformer.from_crs(crs, _LONLAT, always_xy=True).transform(x, y)
    return found[0], found[1]
