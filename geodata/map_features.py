"""What a map's ground is drawn from: roads by class, railways, water, parks and names, from a street extract."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import shapely
from geopandas import GeoDataFrame

from geodata._osm import kind_of
from geodata.cast import BoolArray
from geodata.drafts import written_whole
from geodata.errors import InputError
from geodata.projection import to_metres, working_crs
from geodata.streets import _fingerprint, _slug
from geodata.tables import WORKING_CRS

__all__ = ["KINDS", "read_map_features"]

KINDS: Final = (
    *("water", "park", "wood", "stream", "railway"),
    *("path", "service", "street", "secondary", "main", "motorway"),
    *("hamlet", "village", "suburb", "town", "city", "station"),
)
_CACHE_FORMAT: Final = 1  # raise it whenever the kinds or their tags change
_DEGREES: Final = "EPSG:4326"
_ROADS: Final = {
    **dict.fromkeys(("motorway", "motorway_link"), "motorway"),
    **dict.fromkeys(("trunk", "trunk_link", "primary", "primary_link"), "main"),
    **dict.fromkeys(("secondary", "secondary_link", "tertiary", "tertiary_link"), "secondary"),
    **dict.fromkeys(("unclassified", "residential", "living_street", "pedestrian", "road", "busway"), "street"),
    **dict.fromkeys(("footway", "path", "cycleway", "steps", "bridleway", "track"), "path"),
    "service": "service",
}
_CLUTTER: Final = {"footway": {"sidewalk", "crossing"}, "service": {"parking_aisle", "driveway", "drive-through"}}
_RAILWAYS: Final = frozenset({"rail", "light_rail", "subway", "narrow_gauge", "preserved"})
_STREAMS: Final = frozenset({"river", "canal", "stream"})
_PLACES: Final = {
    **{kind: kind for kind in ("city", "town", "suburb", "village", "hamlet")},
    "quarter": "suburb",
    "neighbourhood": "hamlet",
}
_GROUND: Final = {
    "natural": {"water": "water", "wood": "wood", "heath": "park"},
    "waterway": {"riverbank": "water", "dock": "water"},
    "landuse": {
        **dict.fromkeys(("reservoir", "basin"), "water"),
        **dict.fromkeys(("recreation_ground", "village_green", "cemetery", "allotments"), "park"),
        "forest": "wood",
    },
    "leisure": dict.fromkeys(("park", "nature_reserve", "golf_course", "common"), "park"),
}


def read_map_features(path: str | Path, *, crs: str = WORKING_CRS, cache: str | Path | None = None) -> GeoDataFrame:
    """
    Return what a street extract says of the ground, for drawing only: nothing is measured on it.

    Pavements, parking aisles and what runs in tunnels are left out, and so is what the edge of the extract cuts. An
    extract of streets alone gives streets alone; a saved graph, which has lost its tags, gives none.

    Parameters
    ----------
    path : .osm, .osm.gz, .osm.bz2, .osm.pbf or .graphml
        Told by its content, not by its name.
    crs : projected CRS of the result
    cache : folder
        Keeps the features under the fingerprint of the extract; a damaged file in it is made again.

    Returns
    -------
    features : one row a way, an area or a place, in `crs`
        Columns kind (one of `KINDS`, and rows in that order), name (empty where there is none) and geometry.

    Raises
    ------
    InputError
        If the file cannot be read, is no street file or is damaged; if `cache` cannot be written.
    """
    path, crs = Path(path), working_crs(crs).to_string()
    kept = None
    if cache is not None:
        kept = Path(cache) / f"features-{_fingerprint(path)[:32]}-{_slug(crs)}-{_CACHE_FORMAT}.parquet"
        features = _restored(kept)
        if features is not None:
            return features
    features = _built(path, crs)
    if kept is not None:
        _store(features, kept)
    return features


def line_kind(tags: Mapping[str, str]) -> str | None:
    """Return the kind of the line that a way with these OpenStreetMap tags is drawn as, or None."""
    hidden = tags.get("tunnel", "no") not in ("no", "building_passage") or tags.get("area") == "yes"
    if hidden or any(tags.get(key) in values for key, values in _CLUTTER.items()):
        return None
    if tags.get("railway") in _RAILWAYS:
        return None if "service" in tags else "railway"
    if tags.get("waterway") in _STREAMS:
        return "stream"
    return _ROADS.get(tags.get("highway", ""))


def area_kind(tags: Mapping[str, str]) -> str | None:
    """Return the kind of ground that an area with these OpenStreetMap tags is drawn as, or None."""
    found = (kinds.get(tags.get(key, "")) for key, kinds in _GROUND.items())
    return next((kind for kind in found if kind), None)


def place_kind(tags: Mapping[str, str]) -> str | None:
    """Return the kind of place that a node with these OpenStreetMap tags names, or None."""
    if "name" not in tags:
        return None
    return "station" if tags.get("railway") in ("station", "halt") else _PLACES.get(tags.get("place", ""))


def _built(path: Path, crs: str) -> GeoDataFrame:
    kind = kind_of(path)
    rows = [] if kind.startswith("graphml") else _read(path, kind)
    table = pd.DataFrame(rows, columns=["kind", "name", "wkb", "number"])
    table["kind"] = pd.Categorical(table["kind"], categories=KINDS, ordered=True)
    table = table.sort_values(["kind", "number"], kind="stable", ignore_index=True)
    shapes, reached = _in_metres(shapely.from_wkb(table["wkb"].to_numpy(object)), crs)
    names, kinds = table["name"].astype("string"), table["kind"].astype("string")
    return GeoDataFrame({"kind": kinds[reached], "name": names[reached]}, geometry=shapes, crs=crs).reset_index(
        drop=True
    )


def _in_metres(shapes: Any, crs: str) -> tuple[Any, BoolArray]:
    """Return the shapes that `crs` reaches, and which of all these are."""
    degrees, owner = shapely.get_coordinates(shapes, return_index=True)
    metres = np.column_stack(to_metres(degrees[:, 0], degrees[:, 1], _DEGREES, crs))
    reached = np.ones(len(shapes), dtype=np.bool_)
    reached[owner[~np.isfinite(metres).all(axis=1)]] = False
    return shapely.set_coordinates(shapes[reached], metres[reached[owner]]), reached


def _read(path: Path, kind: str) -> list[tuple[str, str, bytes, int]]:
    import osmium

    wanted = osmium.filter.KeyFilter("highway", "railway", "waterway", "natural", "landuse", "leisure", "place")
    file = osmium.io.File(str(path), kind)
    try:
        return list(_rows(osmium.FileProcessor(file).with_areas(wanted).with_filter(wanted)))
    except RuntimeError as error:
        raise InputError(f"A street file must be whole, but `{path.name}` cannot be read ({error}).") from None


def _rows(found: Any) -> Iterator[tuple[str, str, bytes, int]]:
    """Return kind, name, shape and number of each object that is drawn; what has no whole shape is passed over."""
    import osmium

    shape = osmium.geom.WKBFactory()
    ways = (
        (osmium.osm.Way, line_kind, shape.create_linestring),
        (osmium.osm.Area, area_kind, shape.create_multipolygon),
        (osmium.osm.Node, place_kind, shape.create_point),
    )
    for each in found:
        tags = dict(each.tags)
        for type_of, kind_of_tags, drawn in ways:
            kind = kind_of_tags(tags) if isinstance(each, type_of) else None
            if kind is None:
                continue
            try:
                yield kind, tags.get("name", ""), bytes.fromhex(drawn(each)), each.id
            except (RuntimeError, osmium.InvalidLocationError):
                continue  # cut by the edge of the extract, or a ring that does not close


def _store(features: GeoDataFrame, path: Path) -> None:
    """Write the features so that a reader finds all of them or nothing."""
    try:
        with written_whole(path) as draft:
            features.to_parquet(draft)
    except OSError as error:
        raise InputError(f"The cache folder must be writable, got {error.strerror}.") from None


def _restored(path: Path) -> GeoDataFrame | None:
    """Return the features kept in `path`, or None if there are none that are whole."""
    try:
        return gpd.read_parquet(path)
    except (OSError, ValueError, KeyError, pa.ArrowException):
        return None
