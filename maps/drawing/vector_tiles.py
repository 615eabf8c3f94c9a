"""
Vector tiles of a street extract: streets by class, railways, water, parks and names, written as PMTiles [1]_ by GDAL.

There are two archives: "far" for the force as a whole, thinned, and "near", one zoom only, from which every closer view
is drawn.

References
----------
.. [1] Protomaps (2022). PMTiles specification, version 3.
"""

import tempfile
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd
import pyogrio
import shapely
from geopandas import GeoDataFrame, GeoSeries

from geodata.cast import BoolArray, FloatArray, IntArray
from geodata.map_features import KINDS
from maps.drawing.lonlat import geometry_in_lonlat
from maps.pack import Ground

FAR_ZOOMS: Final = (7, 11)
NEAR_ZOOM: Final = 13
MOST_POINTS: Final = 350_000  # of the near archive: about 2 MB, and 2.7 MB in the page
MARGIN_M: Final = 1_500.0  # drawn beyond the areas
_LEAST_M2: Final = {"water": 30_000.0, "park": 200_000.0, "wood": 400_000.0}  # drawn from afar
_FROM_AFAR: Final = frozenset(
    {"water", "park", "wood", "railway", "secondary", "main", "motorway", "village", "suburb", "town", "city"}
)
_ROADS: Final = ("secondary", "main", "motorway")
_BY_DISTANCE: Final = frozenset({"path", "service", "street", "stream"})  # left out far off where there is too much
_CELL_M: Final = {"near": 2_500.0, "far": 20_000.0}
_THIN_M: Final = {"near": 0.7, "far": 18.0}
_WRITTEN: Final = {"TYPE": "overlay", "NAME": "ground", "BUFFER": "64"}
_NOTHING_DROPPED: Final = {"MAX_SIZE": "50000000", "MAX_FEATURES": "999999"}  # of one tile


def lay_ground(
    features: GeoDataFrame,
    areas: GeoDataFrame,
    spots: GeoDataFrame,
    *,
    most_points: int = MOST_POINTS,
    margin: float = MARGIN_M,
) -> Ground | None:
    """
    Return the base map of some areas, or None where there is nothing to draw.

    Parameters
    ----------
    features : what `geodata.map_features.read_map_features` returns
    areas, spots : the ground that is to be drawn, and the places near which it matters most, in the CRS of `features`
    most_points : of the near archive
        Where there are more, the smallest streets are drawn only near `spots`.
    margin : metres drawn beyond the areas
    """
    here = _within(features, areas, margin)
    if here.empty:
        return None
    kept, within_m = _nearest(_thinned(here, _THIN_M["near"]), spots, most_points)
    # Where no road has a class, as in a saved graph, the streets themselves are what shows from afar.
    classed = kept["kind"].isin(_ROADS).any()
    far = kept.loc[kept["kind"].isin(_FROM_AFAR if classed else _FROM_AFAR | {"street"}).to_numpy() & _large(kept)]
    corners = GeoSeries([shapely.box(*kept.total_bounds)], crs=kept.crs)
    west, south, east, north = geometry_in_lonlat(corners).total_bounds
    return Ground(
        far=_tiles(_joined(_thinned(far, _THIN_M["far"]), _CELL_M["far"]), FAR_ZOOMS, extent=1_024, thin=1),
        near=_tiles(_joined(kept, _CELL_M["near"]), (NEAR_ZOOM, NEAR_ZOOM), extent=4_096, thin=0),
        bounds=(float(south), float(west), float(north), float(east)),
        within_m=within_m,
    )


def _within(features: GeoDataFrame, areas: GeoDataFrame, margin: float) -> GeoDataFrame:
    west, south, east, north = areas.total_bounds
    window = shapely.box(west - margin, south - margin, east + margin, north + margin)
    return features.loc[shapely.intersects(features.geometry.to_numpy(), window)]


def _nearest(features: GeoDataFrame, spots: GeoDataFrame, most_points: int) -> tuple[GeoDataFrame, float | None]:
    """Return what is drawn: all but the smallest streets, and these from the nearest to a hot spot outwards."""
    points = np.maximum(1, shapely.get_num_coordinates(features.geometry.to_numpy()) - 1)  # ways share their ends
    if points.sum() <= most_points:
        return features, None
    small = features["kind"].isin(_BY_DISTANCE).to_numpy()
    if spots.empty:
        return features.loc[~small], None
    room = max(most_points - points[~small].sum(), most_points // 2)
    far = np.where(small, _distance(features, spots), -1.0)
    order = np.argsort(far, kind="stable")
    kept = ~small
    kept[order] |= np.cumsum((points * small)[order]) <= room
    return features.loc[kept], float(far[kept & small].max(initial=0.0)) if (small & ~kept).any() else None


def _thinned(features: GeoDataFrame, metres: float) -> GeoDataFrame:
    thin = shapely.simplify(features.geometry.to_numpy(), metres, preserve_topology=True)
    return features.set_geometry(thin, crs=features.crs)


def _distance(features: GeoDataFrame, spots: GeoDataFrame) -> FloatArray:
    tree = shapely.STRtree(spots.geometry.to_numpy())
    (asked, _), metres = tree.query_nearest(features.geometry.to_numpy(), return_distance=True, all_matches=False)
    found = np.zeros(len(features))
    found[asked] = metres
    return found


def _large(features: GeoDataFrame) -> BoolArray:
    least = features["kind"].map(_LEAST_M2).fillna(0.0).to_numpy(np.float64)
    large: BoolArray = features.area.to_numpy() >= least
    return large


def _joined(features: GeoDataFrame, cell: float) -> GeoDataFrame:
    """Return lines of one kind and name as one, cell by cell: fewer features, and names that have room to stand on."""
    shapes = features.geometry.to_numpy()
    table = pd.DataFrame({"kind": features["kind"].to_numpy(), "name": features["name"].to_numpy()})
    lines = shapely.get_type_id(shapes) == shapely.GeometryType.LINESTRING
    group = _groups(table.loc[lines], shapes[lines], cell)
    first = np.unique(group, return_index=True)[1]
    order = np.argsort(group, kind="stable")
    merged = shapely.line_merge(shapely.multilinestrings(shapes[lines][order], indices=group[order]))
    whole = pd.concat([table.loc[~lines], table.loc[lines].iloc[first]], ignore_index=True)
    found = GeoDataFrame(whole, geometry=np.concatenate((shapes[~lines], merged)), crs=features.crs)
    rank = found["kind"].map({kind: at for at, kind in enumerate(KINDS)}).to_numpy(np.int64)
    return found.iloc[np.argsort(rank, kind="stable")]


def _groups(table: pd.DataFrame, lines: Any, cell: float) -> IntArray:
    start = shapely.get_coordinates(shapely.get_point(lines, 0)) // cell
    key = pd.MultiIndex.from_arrays([table["kind"], table["name"], start[:, 0], start[:, 1]])
    numbers: IntArray = pd.factorize(key)[0].astype(np.int64)
    return numbers


def _tiles(features: GeoDataFrame, zooms: tuple[int, int], *, extent: int, thin: int) -> bytes:
    """Return PMTiles, or nothing where there is nothing to draw."""
    if features.empty:
        return b""
    table = GeoDataFrame(
        {name: features[name].astype(object).where(features[name] != "", None).to_numpy() for name in ("kind", "name")},
        geometry=geometry_in_lonlat(features.geometry).to_numpy(),
        crs="EPSG:4326",
    )
    options = {"MINZOOM": zooms[0], "MAXZOOM": zooms[1], "EXTENT": extent, "SIMPLIFICATION": thin}
    written = _WRITTEN | _NOTHING_DROPPED | {name: str(value) for name, value in options.items()}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "ground.pmtiles"
        pyogrio.write_dataframe(table, path, layer="ground", driver="PMTiles", dataset_options=written)
        return path.read_bytes()
