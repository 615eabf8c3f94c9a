"""The made-up force's streets and ground as OpenStreetMap XML."""

from collections.abc import Iterator
from html import escape

import numpy as np
import pandas as pd
import shapely
from convertbng import cutil
from geopandas import GeoDataFrame

from geodata._network import Streets
from geodata._town_names import is_main_road
from geodata.cast import FloatArray


def osm_xml(streets: Streets, ground: GeoDataFrame) -> str:
    """Return one way per edge, joined where they share a node; then what lies between, and points by themselves."""
    point = ground.geometry.geom_type.to_numpy() == "Point"
    shapes = ground.geometry.to_numpy()[~point]
    lattice = np.round(np.concatenate((streets.vertices, shapely.get_coordinates(shapes))) * 10).astype(np.int64)
    places, node = np.unique(lattice, axis=0, return_inverse=True)
    refs = [f'<nd ref="{n + 1}"/>' for n in node.ravel().tolist()]
    ends = np.cumsum([len(streets.vertices), *shapely.get_num_coordinates(shapes)])
    starts = [*streets.offsets[:-1].tolist(), *ends.tolist()]
    tags = [*_street_tags(streets), *_ground_tags(ground[~point])]
    ways = [
        f'<way id="{number}">{"".join(refs[first:last])}{tag}</way>'
        for number, (first, last, tag) in enumerate(zip(starts[:-1], starts[1:], tags, strict=True), start=1)
    ]
    alone = shapely.get_coordinates(ground.geometry.to_numpy()[point])
    named = [*[""] * len(places), *_ground_tags(ground[point])]
    nodes = _nodes(np.concatenate((places / 10, alone)), named)
    return "\n".join(
        [
            '<?xml version="1.0" encoding="UTF-8"?>',
            '<osm version="0.6" generator="beatplan">',
            *nodes,
            *ways,
            "</osm>",
            "",
        ]
    )


def degrees(xy: FloatArray, decimals: int) -> tuple[FloatArray, FloatArray]:
    """Return longitude and latitude of places in metres."""
    lon, lat = cutil.convert_osgb36_to_ll(np.ascontiguousarray(xy[:, 0]), np.ascontiguousarray(xy[:, 1]))
    return np.round(lon, decimals), np.round(lat, decimals)


def _nodes(places: FloatArray, tags: list[str]) -> Iterator[str]:
    lon, lat = degrees(places, 7)
    for number, (a, o, tag) in enumerate(zip(lat.tolist(), lon.tolist(), tags, strict=True), start=1):
        node = f'<node id="{number}" lat="{a:.7f}" lon="{o:.7f}"'
        yield f"{node}>{tag}</node>" if tag else f"{node}/>"


def _street_tags(streets: Streets) -> Iterator[str]:
    for name in streets.names.astype(object):
        called = "" if pd.isna(name) else str(name)
        yield _tags("highway", "tertiary" if is_main_road(called) else "residential", called)


def _ground_tags(ground: GeoDataFrame) -> Iterator[str]:
    for key, value, name in zip(ground["key"], ground["value"], ground["name"], strict=True):
        yield _tags(key, value, name)


def _tags(key: str, value: str, name: str) -> str:
    called = f'<tag k="name" v="{escape(name)}"/>' if name else ""
    return f'<tag k="{key}" v="{value}"/>{called}'
