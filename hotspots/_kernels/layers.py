"""The densities of many layers of points on one part of a sheet, kept as the cells that have any."""

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from geodata.cast import FloatArray, IntArray
from geodata.compiled import inner
from hotspots._kernels.desk import Room, room_for
from hotspots._kernels.scatter import scatter_band
from hotspots._kernels.settle import CodeArray, tray_for
from hotspots._kernels.shapes import peak
from hotspots._kernels.tiles import Part, Sheet, count_share, fill_share, turn_into_places

NumberArray = NDArray[np.int32]


class Layers(NamedTuple):
    """Cells of a part above 0, by their number in it, layer l from `first[l]` up to `first[l + 1]`."""

    first: IntArray
    cell: NumberArray
    density: FloatArray


def scatter_layers(
    x: FloatArray,
    y: FloatArray,
    weights: FloatArray,
    first: IntArray,
    sheet: Sheet,
    part: Part,
    *,
    shape: int,
    scale: float,
) -> Layers:
    """Return for points `first[l]` up to `first[l + 1]` what `scatter_part` returns: one call, one thread, one desk."""
    room = room_for(part, sheet)
    most = np.minimum(np.diff(first) * room.desk.span**2, part.rows * part.columns).sum()
    found, cell, density = np.zeros_like(first), np.empty(most, dtype=np.int32), np.empty(most)
    _scatter_layers(x, y, weights, first, room, shape, scale * peak(shape, sheet.reach), found, cell, density)
    return Layers(found, cell[: found[-1]], density[: found[-1]])


@njit(cache=True)
def _scatter_layers(
    x: FloatArray,
    y: FloatArray,
    weights: FloatArray,
    first: IntArray,
    room: Room,
    shape: int,
    height: float,
    found: IntArray,
    cell: NumberArray,
    density: FloatArray,
) -> None:
    tiles, most = room.tiles, np.max(first[1:] - first[:-1])
    surface, desk = np.zeros((room.part.rows, room.part.columns)), np.zeros(room.desk.rows * room.desk.stride)
    tray, points, bins = tray_for(most), np.empty((most, 3)), np.empty(most, dtype=np.uint32)
    for layer in range(first.size - 1):
        some = slice(first[layer], first[layer + 1])
        edges = _deal(x[some], y[some], weights[some], room, bins, points)
        for colour in range(2):
            for band in range((tiles.row + colour) % 2, tiles.up, 2):
                scatter_band(surface, points, 0.0, edges, room, band, desk, tray, shape, height)
        found[layer + 1] = _gather(surface.ravel(), cell, density, found[layer])


@inner
def _deal(
    x: FloatArray, y: FloatArray, weights: FloatArray, room: Room, bins: CodeArray, points: FloatArray
) -> IntArray:
    """Lay the points out tile by tile, and return where each tile begins."""
    sheet, tiles = room.sheet, room.tiles
    held = tiles.across * tiles.up
    places, edges = np.zeros((1, held + 1), dtype=np.uint32), np.zeros(held + 1, dtype=np.int64)
    count_share(x, y, tiles, places[0], bins[: x.size])
    for tile in range(held):
        edges[tile + 1] = edges[tile] + places[0, tile]
    turn_into_places(places, edges)
    fill_share(x, y, weights, sheet.west, sheet.south, bins[: x.size], places[0], points)
    return edges


@inner
def _gather(surface: FloatArray, cell: NumberArray, density: FloatArray, at: int) -> int:
    """Move what is above 0 off the surface to the end of what was found, and return where that then ends."""
    for i in range(surface.size):
        if surface[i] > 0.0:
            cell[at], density[at] = i, surface[i]
            at += 1
    surface[:] = 0.0
    return at
