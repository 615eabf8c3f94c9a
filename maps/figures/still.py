"""
Still maps as SVG: sharp on paper, no script, the same bytes for the same findings.

Everything is placed in tenths of a millimetre of the printed sheet.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import numpy as np
import shapely

from geodata.cast import FloatArray, IntArray
from maps.escape import escape
from maps.style import INK

Window = tuple[float, float, float, float]
"""West, south, east and north edge in metres."""

FONT: Final = "Liberation Sans, Arial, Helvetica, sans-serif"
_THIN: Final = 1.5  # tenths of a millimetre, by which lines may be straightened


@dataclass(frozen=True)
class Sheet:
    """
    A window of the ground and the size that it is drawn at.

    Parameters
    ----------
    window : metres in the working CRS
    width, height : tenths of a millimetre
    """

    window: Window
    width: int
    height: int

    @classmethod
    def around(cls, shapes: Iterable[Any], *, width: int, height: int, least_m: float = 500.0) -> "Sheet":
        """Return the sheet that holds `shapes` with a margin about them."""
        west, south, east, north = shapely.total_bounds(list(shapes))
        wide = max(1.14 * (east - west), 1.2 * (north - south) * width / height, least_m)
        x, y, high = (west + east) / 2, (south + north) / 2, wide * height / width
        return cls((x - wide / 2, y - high / 2, x + wide / 2, y + high / 2), width, height)

    @cached_property
    def per_metre(self) -> float:
        """Tenths of a millimetre a metre."""
        return self.width / (self.window[2] - self.window[0])

    @cached_property
    def box(self) -> Any:
        """The window as a polygon."""
        return shapely.box(*self.window)

    def places(self, metres: FloatArray) -> IntArray:
        """Return where points lie on the sheet, from its upper left corner."""
        west, _, _, north = self.window
        placed: IntArray = np.rint((metres - (west, north)) * (self.per_metre, -self.per_metre)).astype(np.int64)
        return placed

    def path(self, shapes: Any) -> str:
        """Return lines and outlines as the `d` of an SVG path; polygons are closed."""
        clipped = shapely.get_parts(shapely.clip_by_rect(np.atleast_1d(shapes), *self._wider))
        lines = shapely.get_type_id(clipped) == shapely.GeometryType.LINESTRING
        joined = shapely.line_merge(shapely.multilinestrings(clipped[lines]))
        thin = _THIN / self.per_metre
        parts = shapely.get_parts(shapely.simplify(np.append(clipped[~lines], joined), thin, preserve_topology=False))
        polygons = shapely.get_type_id(parts) == shapely.GeometryType.POLYGON
        rings = shapely.get_rings(parts[polygons])
        return "".join((*self._drawn(rings, "z"), *self._drawn(parts[~polygons], "")))

    @property
    def _wider(self) -> Window:
        edge = 40 / self.per_metre
        west, south, east, north = self.window
        return west - edge, south - edge, east + edge, north + edge

    def _drawn(self, lines: Any, end: str) -> Iterator[str]:
        for line in lines:
            points = self.places(shapely.get_coordinates(line))
            steps = np.diff(points, axis=0)
            steps = steps[(steps != 0).any(axis=1)]
            if len(steps):
                moved = " ".join(f"{x} {y}" for x, y in steps.tolist())
                yield f"M{points[0, 0]} {points[0, 1]}l{moved}{end}"


def text(words: str, x: float, y: float, *, size: int, fill: str = INK, more: str = "", halo: int = 8) -> str:
    """Return a text about a middle, with a white rim; `words` passes `escape` here."""
    held = f'x="{x:.0f}" y="{y:.0f}" font-family="{FONT}" font-size="{size}" text-anchor="middle" {more}'
    rim = f'<text {held} fill="none" stroke="#fff" stroke-width="{halo}" stroke-linejoin="round">{escape(words)}</text>'
    return f'{rim if halo else ""}<text {held} fill="{fill}">{escape(words)}</text>'


def frame(sheet: Sheet, inside: str) -> str:
    """Return a whole SVG: what is inside, a scale bar and the north."""
    metres = max((m for m in (50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000) if m * sheet.per_metre < 420), default=50)
    long, low = metres * sheet.per_metre, sheet.height - 34
    named = f"{metres // 1000} km" if metres >= 1000 else f"{metres} m"
    north = sheet.width - 52
    mark = text("N", north, 116, size=32, more='font-weight="700"')
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {sheet.width} {sheet.height}" '
        f'width="{sheet.width / 10:g}mm" height="{sheet.height / 10:g}mm">'
        f'<path d="M0 0h{sheet.width}v{sheet.height}h-{sheet.width}z" fill="#fbfbf9"/>{inside}'
        f'<path d="M28 {low}h{long:.0f}" stroke="#fff" stroke-width="16"/>'
        f'<path d="M28 {low - 12}v12h{long:.0f}v-12" fill="none" stroke="{INK}" stroke-width="4"/>'
        f"{text(named, 28 + long / 2, low - 10, size=26)}"
        f'<path d="M{north} 22l20 62l-20 -14l-20 14z" fill="{INK}" stroke="#fff" stroke-width="4"/>'
        f"{mark}</svg>"
    )
