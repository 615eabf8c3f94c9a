"""
Longitude and latitude to metres: one transformation for points, areas and streets alike.

pyproj's wheel lacks the OSTN15 grid of Great Britain and falls back in silence to a shift that is 0.6 to 3.3 m off (and
answers differently on a machine that has the grid). Everything bound for British National Grid therefore goes through
convertbng, which carries the grid, so that points, borders and streets that coincide still coincide afterwards.
"""

from typing import Final

import numpy as np
import shapely
from convertbng import cutil
from geopandas import GeoDataFrame
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError

from geodata.cast import FloatArray
from geodata.errors import InputError

BRITISH_NATIONAL_GRID: Final = CRS("EPSG:27700")
_LONLAT: Final = CRS("EPSG:4326")
# Latitudes at which convertbng ends, and beyond which there is no land of ours.
_SOUTHMOST: Final = 49.9221
_SOUTH_OF_SCILLY: Final = 49.85
# WGS84 to OSGB36 and its projection, as the Ordnance Survey publishes them [1]_ in `to_metres`, section 6.6.
_HELMERT: Final = (
    "+proj=pipeline +step +proj=unitconvert +xy_in=deg +xy_out=rad +step +proj=cart +ellps=WGS84 "
    "+step +proj=helmert +x=-446.448 +y=125.157 +z=-542.060 +rx=-0.1502 +ry=-0.2470 +rz=-0.8421 +s=20.4894 "
    "+convention=position_vector +step +inv +proj=cart +ellps=airy "
    "+step +proj=tmerc +lat_0=49 +lon_0=-2 +k=0.9996012717 +x_0=400000 +y_0=-100000 +ellps=airy"
)
# Easting and northing to which OSTN15 reaches, metres.
GRID_BOUNDS: Final = (0.0, 0.0, 700_000.0, 1_250_000.0)


def as_crs(crs: str | int | CRS, name: str = "crs") -> CRS:
    """
    Return `crs` as a coordinate reference system.

    Raises
    ------
    InputError
        If it is not known.
    """
    try:
        return CRS(crs)
    except CRSError:
        raise InputError(f"`{name}` must be a known coordinate reference system such as EPSG:27700.") from None


def working_crs(crs: str | int | CRS) -> CRS:
    """
    Return `crs` as a working CRS, one in which distances are metres.

    Raises
    ------
    InputError
        If it is unknown, is not projected, or its unit is not the metre.
    """
    found = as_crs(crs)
    if not found.is_projected or any(axis.unit_name != "metre" for axis in found.axis_info):
        raise InputError(f"The working CRS must be projected, in metres; {found.to_string()} is not.")
    return found


def same(one: CRS, other: CRS) -> bool:
    """Return whether two CRS are one, though one was written down without its number, as in a shapefile's .prj."""
    return one == other or (one.to_epsg(min_confidence=25) or -1) == (other.to_epsg(min_confidence=25) or -2)


def to_metres(x: FloatArray, y: FloatArray, source: str | int | CRS, crs: str | CRS) -> tuple[FloatArray, FloatArray]:
    """
    Return coordinates in the working CRS; NaN where a coordinate is missing or cannot be converted.

    Results are rounded to the millimetre on British National Grid. Each coordinate is converted by itself: neither
    their order nor the number of threads changes an answer.

    Parameters
    ----------
    x, y : 1-d arrays in `source`
        Longitude and latitude in degrees (x is always the longitude), or easting and northing.
    source : CRS of `x` and `y`
    crs : the working CRS

    Returns
    -------
    x, y : metres in `crs`

    References
    ----------
    .. [1] Ordnance Survey (2016). Transformations and OSGM15 user guide: OSTN15, the definitive transformation
       between ETRS89 and British National Grid.
    """
    source, target = as_crs(source), as_crs(crs)
    if len(x) == 0:
        return np.empty(0), np.empty(0)
    if same(source, target):
        return np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)
    if target != BRITISH_NATIONAL_GRID or _on_airy(source):
        return _by_pyproj(x, y, source, target)
    longitude, latitude = (x, y) if source == _LONLAT else _by_pyproj(x, y, source, _LONLAT)
    return _to_british_grid(
        np.ascontiguousarray(longitude, dtype=np.float64), np.ascontiguousarray(latitude, dtype=np.float64)
    )


def project(table: GeoDataFrame, crs: str | CRS, name: str) -> GeoDataFrame:
    """
    Return `table` with every vertex in the working CRS, by the same transformation as `to_metres`.

    Raises
    ------
    InputError
        If a vertex of `name` lies where the working CRS does not reach.
    """
    source, target = as_crs(table.crs), as_crs(crs)
    flat = shapely.force_2d(table.geometry.to_numpy())
    vertices = shapely.get_coordinates(flat)
    x, y = to_metres(vertices[:, 0], vertices[:, 1], source, target)
    lost = ~(np.isfinite(x) & np.isfinite(y))
    if target == BRITISH_NATIONAL_GRID:
        west, south, east, north = GRID_BOUNDS
        lost |= ~((x >= west) & (x <= east) & (y >= south) & (y <= north))
    if lost.any():
        raise InputError(
            f"Coordinates must lie where the working CRS {target.to_string()} reaches; {int(lost.sum()):,} of the "
            f"{len(lost):,} vertices of `{name}` do not."
        )
    geometry = shapely.set_coordinates(flat, np.column_stack((x, y)))
    return table.set_geometry(geometry).set_crs(target, allow_override=True)


def _to_british_grid(longitude: FloatArray, latitude: FloatArray) -> tuple[FloatArray, FloatArray]:
    x, y = cutil.convert_bng(longitude, latitude)
    south = (latitude >= _SOUTH_OF_SCILLY) & (latitude < _SOUTHMOST) & np.isnan(x) & (np.abs(longitude + 3) < 4.7)
    if south.any():
        # most of Scilly lies just south of where convertbng ends: the grid's shift is taken from its edge, which
        # is right to a few centimetres there, and the rest from the seven-parameter transformation
        east, north = _seven_parameters(longitude[south], latitude[south])
        edge = np.full(int(south.sum()), _SOUTHMOST)
        near = _seven_parameters(longitude[south], edge)
        true = cutil.convert_bng(np.ascontiguousarray(longitude[south]), edge)
        x[south], y[south] = np.round(east + true[0] - near[0], 3), np.round(north + true[1] - near[1], 3)
    return x, y


def _seven_parameters(longitude: FloatArray, latitude: FloatArray) -> tuple[FloatArray, FloatArray]:
    """The transformation that needs no grid, spelt out so that no machine answers otherwise."""
    east, north = Transformer.from_pipeline(_HELMERT).transform(longitude, latitude)
    return east, north


def _by_pyproj(x: FloatArray, y: FloatArray, source: CRS, target: CRS) -> tuple[FloatArray, FloatArray]:
    east, north = Transformer.from_crs(source, target, always_xy=True).transform(np.asarray(x), np.asarray(y))
    lost = ~(np.isfinite(east) & np.isfinite(north))
    return np.where(lost, np.nan, east), np.where(lost, np.nan, north)


def _on_airy(crs: CRS) -> bool:
    """Whether a CRS is on the datum of British National Grid: then only the projection differs, and needs no grid."""
    return crs.geodetic_crs is not None and "OSGB" in crs.geodetic_crs.name.upper()
