"""Wards, beats, neighbourhoods and LSOAs as one table of polygons in metres, and which of them holds a point."""

from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd
import shapely
from geopandas import GeoDataFrame, GeoSeries
from shapely.geometry.base import BaseGeometry

from geodata._columns import as_codes, code_column, edition_of, name_column
from geodata._features import read_features
from geodata.cast import coordinates
from geodata.errors import InputError
from geodata.projection import as_crs, project, working_crs
from geodata.tables import AREAS, WORKING_CRS, check

KINDS: Final = ("ward", "beat", "neighbourhood", "LSOA", "force")
_POLYGONS: Final = frozenset({"Polygon", "MultiPolygon"})


def read_areas(
    path: str | Path,
    *,
    code: str | None = None,
    name: str | None = None,
    kind: str = "ward",
    edition: int | None = None,
    crs: str = WORKING_CRS,
    population: pd.DataFrame | None = None,
    deprivation: pd.DataFrame | None = None,
    layer: str | None = None,
) -> GeoDataFrame:
    """
    Return the areas in a file, sorted by code.

    The columns of code and name are found by their published names, or by what they hold, unless they are named.
    Features of one code and one name are parts of one area and are merged. Rings that cross themselves are made valid.
    Vertices go through the same transformation as points, so that a crime on a border stays on it.

    Parameters
    ----------
    path : any file of polygons that GDAL reads, gzipped GeoJSON and zipped shapefiles among them
    code, name : columns, where they cannot be told
    kind : "ward", "beat", "neighbourhood", "LSOA" or "force"
    edition : year of the boundaries; by default the one that the name of the code's column tells (WD13CD is 2013)
    crs : the working CRS, projected, in metres
    population : table indexed by code with the column population, as `read_population` gives
    deprivation : table indexed by code with the column deprivation_decile, as `read_deprivation` gives
    layer : layer of the file, where several hold polygons

    Returns
    -------
    areas : table of areas in `crs`

    Raises
    ------
    InputError
        If the file is missing, damaged or only points at other data; has no features, no CRS, a CRS that its
        coordinates contradict, or anything but polygons; if a code is missing or used for two names, or a column
        cannot be told; or if a table given shares no code with the areas.
    """
    place, target = Path(path), working_crs(crs)
    if kind not in KINDS:
        raise InputError(f"`kind` must be one of {', '.join(KINDS)}, got {kind}.")
    features = read_features(place, layer)
    _require_polygons(features, place.name)
    _require_crs(features, place.name)
    attributes = pd.DataFrame(features.drop(columns=features.geometry.name))
    chosen = code_column(attributes, kind, code, place.name)
    called = name_column(attributes, chosen, name, place.name)
    shapes = _valid(project(features, target, place.name).geometry, place.name)
    table = GeoDataFrame(
        {"code": as_codes(attributes[chosen]), "name": as_codes(attributes[called])}, geometry=shapes, crs=target
    )
    areas = _merged(table, place.name)
    year = edition if edition is not None else edition_of(chosen)
    areas.insert(2, "kind", pd.array([kind] * len(areas), dtype="string"))
    areas.insert(3, "edition", pd.array([year] * len(areas), dtype="Int64"))
    areas.insert(4, "population", _joined(areas["code"], population, "population"))
    areas.insert(5, "deprivation_decile", _joined(areas["code"], deprivation, "deprivation_decile"))
    return check(areas.set_crs(target.to_string(), allow_override=True), AREAS)


def read_outline(path: str | Path, *, crs: str = WORKING_CRS, layer: str | None = None) -> GeoSeries:
    """
    Return the ground that all polygons of a file cover together: no codes are needed.

    Parameters
    ----------
    path : any file of polygons that GDAL reads
    crs : the working CRS, projected, in metres
    layer : layer of the file, where several hold polygons

    Returns
    -------
    outline : one polygon in `crs`, of several parts where the ground is

    Raises
    ------
    InputError
        As for `read_areas`, less what it asks of codes and names.
    """
    place, target = Path(path), working_crs(crs)
    features = read_features(place, layer)
    _require_polygons(features, place.name)
    _require_crs(features, place.name)
    shapes = _valid(project(features, target, place.name).geometry, place.name)
    return GeoSeries([shapely.union_all(shapes.to_numpy())], crs=target.to_string())


def locate(points: GeoDataFrame | GeoSeries, areas: GeoDataFrame, *, by: str = "code") -> pd.Series:
    """
    Return the code of the area that holds each point.

    A point on a border belongs to both areas and is given to the one of the lowest code, so that each point is counted
    once. Points at one place are looked up once.

    Parameters
    ----------
    points : points in the CRS of `areas`
    areas : table of areas, or of hot spots
    by : column with their codes

    Returns
    -------
    area : text, missing outside all areas; indexed as `points`

    Raises
    ------
    InputError
        If `points` is in another CRS than `areas`, or holds anything but finite points.
    """
    x, y = coordinates(points, areas.crs)
    place, distinct = pd.factorize(x + 1j * y)
    ranked = areas.sort_values(by)
    # polygons ask a tree of points, not the reverse: each polygon is prepared once
    tree = shapely.STRtree(np.asarray(shapely.points(distinct.real, distinct.imag)))
    area, point = tree.query(ranked.geometry.to_numpy(), predicate="intersects")
    lowest = np.full(len(distinct), len(ranked), dtype=np.int64)
    np.minimum.at(lowest, point, area)
    found = pd.array([*ranked[by], pd.NA], dtype="string")[lowest[place]]
    return pd.Series(found, index=points.index, name="area")


def _require_polygons(features: GeoDataFrame, file: str) -> None:
    if len(features) == 0:
        raise InputError(f"A file of areas must hold at least one area; `{file}` holds none.")
    empty = int((features.geometry.isna() | features.geometry.is_empty).sum())
    if empty:
        raise InputError(f"Every area must have a polygon; {empty:,} of {len(features):,} in `{file}` have none.")
    others = sorted(set(features.geom_type) - _POLYGONS)
    if others:
        raise InputError(f"Areas must be polygons; `{file}` also holds {', '.join(others)}.")


def _require_crs(features: GeoDataFrame, file: str) -> None:
    """Refuse a CRS that is missing, or that the coordinates contradict."""
    if features.crs is None:
        raise InputError(f"A file of areas must say its coordinate reference system; `{file}` does not.")
    said = as_crs(features.crs)
    west, south, east, north = features.total_bounds
    within = west >= -180.001 and east <= 180.001 and south >= -90.001 and north <= 90.001
    if said.is_geographic and not within:
        raise InputError(
            f"Coordinates must be degrees where the coordinate reference system is {said.to_string()}; those of "
            f"`{file}` run from {west:.0f} to {east:.0f} and from {south:.0f} to {north:.0f}."
        )
    if said.is_projected and within:
        raise InputError(
            f"Coordinates must be distances where the coordinate reference system is {said.to_string()}; those of "
            f"`{file}` look like longitude and latitude."
        )


def _valid(shapes: GeoSeries, file: str) -> GeoSeries:
    """Polygons that keep the rules of simple features."""
    broken = ~shapes.is_valid
    mended = shapes.where(~broken, GeoSeries([_mended(shape) for shape in shapes[broken]], shapes.index[broken]))
    flat = int((mended.area == 0).sum())
    if flat:
        raise InputError(f"Every area must have an extent; {flat:,} of {len(mended):,} in `{file}` have none.")
    return mended


def _mended(shape: BaseGeometry) -> BaseGeometry:
    """A polygon made valid, less the stray lines and points that this leaves."""
    parts = shapely.get_parts(shapely.get_parts(shapely.make_valid(shape)))
    return shapely.union_all(parts[shapely.get_dimensions(parts) == 2])


def _merged(table: GeoDataFrame, file: str) -> GeoDataFrame:
    """One row a code, sorted by code."""
    missing = int(table["code"].isna().sum())
    if missing:
        raise InputError(f"Every area must have a code; {missing:,} of {len(table):,} in `{file}` have none.")
    table = table.assign(name=table["name"].fillna(table["code"]))
    names = table.groupby("code")["name"].nunique()
    if (names > 1).any():
        raise InputError(
            f"A code must stand for one area; {int((names > 1).sum())} in `{file}` stand for several names."
        )
    if table["code"].is_unique:
        return table.sort_values("code", ignore_index=True)
    return table.dissolve(by="code", as_index=False)[["code", "name", "geometry"]]


def _joined(codes: pd.Series, table: pd.DataFrame | None, column: str) -> pd.Series:
    if table is None:
        return pd.Series(np.full(len(codes), np.nan), index=codes.index)
    if column not in table.columns or not table.index.is_unique:
        raise InputError(f"A table of {column} must have the column `{column}` and one row for each code.")
    found = codes.map(table[column].astype("float64")).astype("float64")
    if found.isna().all():
        raise InputError(
            f"A table of {column} must share codes with the areas; none of its {len(table):,} is among them."
        )
    return found
