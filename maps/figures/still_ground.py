"""
The ground of still maps: what the street extract shows, or the streets that patrols walk on where there is none.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import numpy as np
import pandas as pd
import shapely
from geopandas import GeoDataFrame, GeoSeries

from geodata.cast import IntArray
from maps.figures.still import Sheet, text
from maps.pack import Pack
from maps.style import GROUND, WAYS

Box = tuple[int, int, int, int]
"""Left, top, right and bottom on the sheet."""

# Widths on paper of the edge and the surface of each kind of line, in tenths of a millimetre.
_WIDTHS: Final = {
    "stream": (6, 0),
    "path": (2, 0),
    "service": (6, 3),
    "street": (11, 7),
    "secondary": (15, 11),
    "main": (19, 14),
    "motorway": (22, 16),
    "railway": (4, 0),
}
_SMALL: Final = frozenset({"path", "service", "stream"})
_WHOLE_WIDTH_M: Final = 2_600.0  # of a window in which streets have their full width on paper
_NO_SMALL_M: Final = 6_000.0  # width of a window in which the smallest ways would be a blur
_NAME: Final = 23  # height of a street's name
_LETTER: Final = 0.53  # mean width of a letter, of its height
_MOST_NAMES: Final = 40


@dataclass(frozen=True, eq=False)
class Atlas:
    """
    What still maps of one run are drawn on, ready to be searched by place.

    Parameters
    ----------
    features : kind, name and geometry, as `geodata.map_features` has them
    wards : borders
    """

    features: GeoDataFrame
    wards: GeoSeries

    @classmethod
    def of(cls, pack: Pack) -> "Atlas":
        """Return the ground of a run: of its street extract, or the streets that patrols walk on."""
        features = pack.features
        if features is None or features.empty:
            features = _walked(pack)
        return cls(features, pack.wards.geometry)

    @cached_property
    def tree(self) -> shapely.STRtree:
        """The features, ready to be searched."""
        return shapely.STRtree(self.features.geometry.to_numpy())

    def within(self, box: Any) -> GeoDataFrame:
        """Return the features whose bounds meet those of a shape, in their order."""
        return self.features.iloc[np.sort(self.tree.query(box))]

    @cached_property
    def borders(self) -> Any:
        """The borders of the wards, each once."""
        return shapely.line_merge(shapely.union_all(shapely.boundary(self.wards.to_numpy())))

    def ground(self, sheet: Sheet, *, clear: Sequence[Box]) -> str:
        """
        Return the ground of a sheet as SVG.

        Parameters
        ----------
        sheet : what is drawn
        clear : boxes (left, top, right, bottom) that no street's name may cover
        """
        here = self.within(sheet.box)
        if sheet.window[2] - sheet.window[0] > _NO_SMALL_M:
            here = here.loc[~here["kind"].isin(_SMALL)]
        borders = sheet.path(self.borders)
        return "".join(
            (
                *_areas(here, sheet),
                *_lines(here, sheet),
                f'<path d="{borders}" fill="none" stroke="#8a96a2" stroke-width="3" stroke-dasharray="12 8"/>',
                *_names(here, sheet, list(clear)),
            )
        )


def _walked(pack: Pack) -> GeoDataFrame:
    if pack.streets is None:
        return GeoDataFrame({"kind": [], "name": []}, geometry=[], crs=pack.wards.crs)
    names = pd.Series(np.asarray(pack.streets.names)).fillna("").astype("string")
    return GeoDataFrame({"kind": "street", "name": names}, geometry=pack.streets.lines().to_numpy(), crs=pack.wards.crs)


def _areas(here: GeoDataFrame, sheet: Sheet) -> Iterator[str]:
    for kind, fill in reversed(GROUND.items()):
        drawn = sheet.path(here.geometry.to_numpy()[(here["kind"] == kind).to_numpy()])
        if drawn:
            yield f'<path d="{drawn}" fill="{fill}" fill-rule="evenodd"/>'


def _lines(here: GeoDataFrame, sheet: Sheet) -> Iterator[str]:
    """Draw the edges of all roads, then their surfaces, so that crossings are open."""
    thin = float(np.clip(_WHOLE_WIDTH_M / (sheet.window[2] - sheet.window[0]), 0.3, 1.0))
    round_ends = 'fill="none" stroke-linecap="round" stroke-linejoin="round"'
    paths = {
        kind: sheet.path(here.geometry.to_numpy()[(here["kind"] == kind).to_numpy()])
        for kind in _WIDTHS
        if (here["kind"] == kind).any()
    }
    for side in (0, 1):
        for kind, path in paths.items():
            colour = WAYS[kind][side]
            if colour:
                wide = max(1.0, float(_WIDTHS[kind][side]) * thin)
                yield f'<path d="{path}" {round_ends} stroke="{colour}" stroke-width="{wide:.1f}"/>'


def _names(here: GeoDataFrame, sheet: Sheet, taken: list[Box]) -> Iterator[str]:
    """Name the longest streets, each once, on its straightest stretch, where nothing else stands."""
    roads = here.loc[here["kind"].isin(_WIDTHS) & (here["name"] != "")]
    whole = shapely.clip_by_rect(roads.geometry.to_numpy(), *sheet.window)
    length = pd.Series(shapely.length(whole), index=roads["name"].to_numpy()).groupby(level=0).sum()
    longest = length.reset_index().set_axis(["name", "metres"], axis=1)
    longest = longest.sort_values(["metres", "name"], ascending=[False, True]).head(_MOST_NAMES)
    for name in longest["name"]:
        merged = shapely.line_merge(shapely.union_all(whole[(roads["name"] == name).to_numpy()]))
        line = max(shapely.get_parts(merged), key=shapely.length)
        placed = _stretch(sheet.places(shapely.get_coordinates(line)), _LETTER * _NAME * len(name), taken)
        if placed is not None:
            x, y, turn = placed
            more = f'transform="rotate({turn:.0f} {x:.0f} {y:.0f})" dominant-baseline="central"'
            yield text(name, x, y, size=_NAME, fill="#3f4b56", more=more)


def _stretch(points: IntArray, width: float, taken: list[Box]) -> tuple[float, float, float] | None:
    """Return middle and turn of the straightest stretch of a line that is free, and take it."""
    line = shapely.LineString(points) if len(points) > 1 else None
    if line is None or line.length < width:
        return None
    starts = np.arange(0.0, line.length - width + 1, max(_NAME, (line.length - width) / 20))
    starts = starts[np.argsort(np.abs(starts - (line.length - width) / 2), kind="stable")]
    for start in starts:
        (x1, y1), (x2, y2) = line.interpolate(start).coords[0], line.interpolate(start + width).coords[0]
        if np.hypot(x2 - x1, y2 - y1) < 0.96 * width:
            continue
        boxes = [
            (int(x - _NAME / 2), int(y - _NAME / 2), int(x + _NAME / 2), int(y + _NAME / 2))
            for x, y in zip(np.linspace(x1, x2, 9), np.linspace(y1, y2, 9), strict=True)
        ]
        if not any(_meet(box, other) for box in boxes for other in taken):
            taken.extend(boxes)
            turn = (np.degrees(np.arctan2(y2 - y1, x2 - x1)) + 90) % 180 - 90
            return (x1 + x2) / 2, (y1 + y2) / 2, float(turn)
    return None


def _meet(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
