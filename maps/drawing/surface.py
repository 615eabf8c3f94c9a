"""A surface as one picture: cells of the working CRS laid exactly where a web map shows them."""

import base64
import io
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from PIL import Image

from geodata.cast import FloatArray, IntArray
from geodata.grid import Grid
from geodata.projection import to_metres
from maps.drawing.lonlat import to_lonlat
from maps.style import CHANGE_OPACITIES, CHANGES, HOURS, OPACITIES, SHADES

_EARTH_M: Final = 6_378_137.0  # the sphere of web maps
_PIXELS_PER_CELL: Final = 3
_MOST_PIXELS: Final = 3_000_000
_ROWS_AT_ONCE: Final = 256
_APART: Final = 16  # pixels between those that are all worked out by themselves
_HAIR_M: Final = 0.1
_LONLAT: Final = "EPSG:4326"
_STRIPE: Final = 3  # rows of pixels, of which one is left out

Palette = tuple[tuple[str, float], ...]
RISK: Final[Palette] = tuple(zip(SHADES, OPACITIES, strict=True))
CHANGE: Final[Palette] = tuple(zip(CHANGES, CHANGE_OPACITIES, strict=True))
WEEK: Final[Palette] = tuple((colour, 1.0) for colour in HOURS)


@dataclass(frozen=True)
class Picture:
    """
    A picture and where it lies.

    Parameters
    ----------
    pixels : class of each pixel, shape (height, width), first row in the north; 0 is transparent
    bounds : south, west, north, east in degrees, the outer edges of the outer pixels
    palette : colour and opacity of classes 1, 2, ...
    """

    pixels: IntArray
    bounds: tuple[float, float, float, float]
    palette: Palette = RISK

    @property
    def url(self) -> str:
        """The picture as a PNG inside a data address."""
        return png(self.pixels, self.palette)


def png(pixels: IntArray, palette: Sequence[tuple[str, float]]) -> str:
    """
    Return classes as a PNG inside a data address, one colour and opacity a class.

    Parameters
    ----------
    pixels : class of each pixel, shape (height, width); 0 is transparent
    palette : colour and opacity of classes 1, 2, ...
    """
    height, width = pixels.shape
    drawn = Image.frombytes("P", (width, height), pixels.astype(np.uint8).tobytes())
    drawn.putpalette([0, 0, 0, *(int(colour[at : at + 2], 16) for colour, _ in palette for at in (1, 3, 5))])
    file = io.BytesIO()
    see_through = bytes([0, *(round(255 * opacity) for _, opacity in palette)])
    drawn.save(file, format="PNG", optimize=True, transparency=see_through)
    return f"data:image/png;base64,{base64.b64encode(file.getvalue()).decode()}"


def picture(classes: IntArray, grid: Grid, *, palette: Palette = RISK, striped: Collection[int] = ()) -> Picture | None:
    """
    Return the classes of the cells as a picture for a web map (spherical Mercator), or None if all are 0.

    Each pixel shows the cell of the working grid that holds the pixel's centre, so a border lies within a pixel, a
    third of a cell where the size allows, of where it is.

    Parameters
    ----------
    classes : class of every cell of `grid`, 0 where nothing is painted
    grid : cells in the working CRS
    palette : colour and opacity of classes 1, 2, ...
    striped : classes that are told by stripes as well as by colour
    """
    shown = np.flatnonzero(classes)
    if len(shown) == 0:
        return None
    west, south, east, north = _mercator_bounds(shown, grid)
    step = _pixel(grid, (west, south, east, north))
    width, height = int(np.ceil((east - west) / step)), int(np.ceil((north - south) / step))
    x = west + (np.arange(width, dtype=np.float64) + 0.5) * step
    y = north - (np.arange(height, dtype=np.float64) + 0.5) * step
    strips = [_cells(x, y[first : first + _ROWS_AT_ONCE], step, grid) for first in range(0, height, _ROWS_AT_ONCE)]
    cells = np.concatenate(strips)
    longitude, latitude = _degrees(np.array([west, west + width * step]), np.array([north - height * step, north]))
    bounds = (float(latitude[0]), float(longitude[0]), float(latitude[1]), float(longitude[1]))
    pixels = np.where(cells >= 0, classes[cells], 0)
    pixels[::_STRIPE][np.isin(pixels[::_STRIPE], list(striped))] = 0
    return Picture(pixels, bounds, palette)


def _cells(x: FloatArray, y: FloatArray, step: float, grid: Grid) -> IntArray:
    """Return the cell that holds each pixel's centre."""
    # Over sixteen pixels the way to metres is straight to a hair. Only pixels within that hair of a line of the grid
    # are worked out by themselves: a quarter of the time, and the same cells.
    columns, rows = (np.arange(2 * ((len(axis) - 1) // _APART) + 3) * (step * _APART / 2) for axis in (x, y))
    nodes = _metres(x[0] + columns, y[0] - rows, grid)
    east, north = (_between(found[::2, ::2], len(y), len(x)) for found in nodes)
    hair = _HAIR_M + 2 * sum(_bend(found) + _bend(found.T) for found in nodes)
    # not near, rather than near: where the working CRS does not reach everywhere, nothing is known to be far
    far = (_to_line(east - grid.west, grid.cell) > hair) & (_to_line(north - grid.south, grid.cell) > hair)
    row, column = np.nonzero(~far)
    longitude, latitude = _degrees(x[column], y[row])
    east[row, column], north[row, column] = to_metres(longitude, latitude, _LONLAT, grid.crs)
    return grid.cell_of(east, north)


def _metres(x: FloatArray, y: FloatArray, grid: Grid) -> tuple[FloatArray, FloatArray]:
    """Return where the crossings of lines of the web map lie in the working CRS, rows by columns."""
    longitude, latitude = _degrees(*(axis.ravel() for axis in np.meshgrid(x, y)))
    east, north = to_metres(longitude, latitude, _LONLAT, grid.crs)
    return east.reshape(len(y), len(x)), north.reshape(len(y), len(x))


def _between(nodes: FloatArray, height: int, width: int) -> FloatArray:
    """Return the values of all pixels from those of every sixteenth, along straight lines."""
    row, down = np.divmod(np.arange(height), _APART)
    column, along = np.divmod(np.arange(width), _APART)
    lines = nodes[row] + (nodes[row + 1] - nodes[row]) * (down / _APART)[:, None]
    return np.asarray(lines[:, column] + (lines[:, column + 1] - lines[:, column]) * (along / _APART))


def _bend(lines: FloatArray) -> float:
    """Return how far the middles lie from straight lines between their neighbours, at most."""
    return float(np.abs((lines[:, :-2:2] + lines[:, 2::2]) / 2 - lines[:, 1::2]).max())


def _to_line(metres: FloatArray, cell: float) -> FloatArray:
    """Return how far each place is from the nearest line of a grid."""
    return np.asarray(np.abs(metres - np.rint(metres / cell) * cell))


def _mercator_bounds(cells: IntArray, grid: Grid) -> tuple[float, float, float, float]:
    row, column = np.divmod(cells, grid.columns)
    west, east = grid.west + column.min() * grid.cell, grid.west + (column.max() + 1) * grid.cell
    south, north = grid.south + row.min() * grid.cell, grid.south + (row.max() + 1) * grid.cell
    along, up = np.linspace(west, east, 33), np.linspace(south, north, 33)
    x = np.concatenate((along, along, np.full(33, west), np.full(33, east)))
    y = np.concatenate((np.full(33, south), np.full(33, north), up, up))
    longitude, latitude = np.radians(to_lonlat(x, y, grid.crs))
    east_m, north_m = _EARTH_M * longitude, _EARTH_M * np.log(np.tan(np.pi / 4 + latitude / 2))
    return float(east_m.min()), float(north_m.min()), float(east_m.max()), float(north_m.max())


def _pixel(grid: Grid, bounds: tuple[float, float, float, float]) -> float:
    """Return the side of a pixel in Mercator metres, which are longer than metres on the ground."""
    west, south, east, north = bounds
    stretch = np.cosh((south + north) / 2 / _EARTH_M)
    wanted = grid.cell * stretch / _PIXELS_PER_CELL
    return float(max(wanted, np.sqrt((east - west) * (north - south) / _MOST_PIXELS)))


def _degrees(x: FloatArray, y: FloatArray) -> tuple[FloatArray, FloatArray]:
    return np.degrees(x / _EARTH_M), np.degrees(2 * np.arctan(np.exp(y / _EARTH_M)) - np.pi / 2)
