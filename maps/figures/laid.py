"""The ground of drawn figures: borders of wards, and what the street extract shows, paler than what lies on it."""

from typing import Final

import numpy as np
import pandas as pd
import shapely
from geopandas import GeoDataFrame, GeoSeries
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection, PolyCollection

from maps.pack import Pack
from maps.style import GROUND, LINE, WAYS

Window = tuple[float, float, float, float]
"""West, south, east and north edge of what is drawn, in metres."""

_FINE: Final = 3_000  # parts of what is drawn: nothing smaller is seen
# Points.
_WIDTHS: Final = {"stream": 1.0, "street": 0.5, "secondary": 0.9, "main": 1.2, "motorway": 1.5, "railway": 0.9}
_STREETS_M: Final = 6_000.0  # across: in a wider window the small streets would be a blur
_MOST_STREETS: Final = 60_000
_CLOSE_M: Final = 1_500.0  # across: in a narrower one ways are wide, and named


def borders(axes: Axes, wards: GeoSeries, across: float, *, width: float = 0.6, colour: str = LINE) -> None:
    """Draw the borders of the wards on a map that is `across` metres from edge to edge."""
    lines = wards.simplify(across / _FINE).boundary
    axes.add_collection(LineCollection(paths(lines), colors=colour, linewidths=width, zorder=2))


def features(axes: Axes, pack: Pack, window: Window) -> None:
    """Draw water, parks, railways and roads in a window; where nothing has classes, the streets that are walked."""
    if pack.features is None or pack.features.empty:
        lines = None if pack.streets is None else pack.streets.lines()
        if lines is not None and len(lines) <= _MOST_STREETS:
            axes.add_collection(LineCollection(paths(lines), colors=WAYS["street"][0], linewidths=0.35, zorder=0))
        return
    held = pack.features
    here = held.iloc[np.sort(shapely.STRtree(held.geometry.to_numpy()).query(shapely.box(*window)))]
    across = max(window[2] - window[0], window[3] - window[1])
    for kind, fill in reversed(GROUND.items()):
        areas = here.geometry[(here["kind"] == kind).to_numpy()]
        rings = paths(GeoSeries(shapely.get_parts(areas.to_numpy())).exterior)
        axes.add_collection(PolyCollection(rings, facecolors=fill, linewidths=0, zorder=0))
    wide = 4.0 if across < _CLOSE_M else 1.0
    for kind, width in _WIDTHS.items():
        if kind == "street" and across > _STREETS_M:
            continue
        lines = here.geometry[(here["kind"] == kind).to_numpy()]
        axes.add_collection(LineCollection(paths(lines), colors=WAYS[kind][0], linewidths=wide * width, zorder=0.5))


def longest_streets(pack: Pack, window: Window, most: int) -> GeoDataFrame:
    """Return the longest stretch of each street with a name in a window, the longest first: name, geometry."""
    if pack.features is None or pack.features.empty:
        return GeoDataFrame({"name": []}, geometry=[])
    named = pack.features[pack.features["kind"].isin(_WIDTHS) & (pack.features["name"] != "")]
    inside = shapely.clip_by_rect(named.geometry.to_numpy(), *window)
    table = pd.DataFrame({"name": named["name"].to_numpy(), "line": inside})[~shapely.is_empty(inside)]
    joined = table.groupby("name", sort=True)["line"].agg(lambda lines: _longest(lines.to_numpy()))
    metres = shapely.length(joined.to_numpy())
    order = np.argsort(-metres, kind="stable")[:most]
    return GeoDataFrame({"name": joined.index[order]}, geometry=joined.to_numpy()[order], crs=pack.features.crs)


def paths(shapes: GeoSeries) -> list[np.ndarray]:
    """Return the points of each part of lines, for a collection of lines."""
    parts = shapely.get_parts(shapes.to_numpy())
    return [shapely.get_coordinates(part) for part in parts if not part.is_empty]


def _longest(lines: np.ndarray) -> shapely.LineString:
    parts: list[shapely.LineString] = shapely.get_parts(shapely.line_merge(shapely.union_all(lines))).tolist()
    return max(parts, key=lambda part: part.length)
