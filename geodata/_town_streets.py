"""
The made-up force's streets: roads on the borders of quarters, streets within them, bridges, dead ends and greens.

Each quarter has streets of its own direction and spacing: close in the middle of a town, wide at its edge, none in the
country but for a hamlet here and there. All lines are cut where they cross on a lattice of 10 cm, so that what looks
joined is joined.
"""

from itertools import pairwise
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import shapely
from numpy.random import Generator
from scipy.sparse import coo_array
from scipy.sparse.csgraph import minimum_spanning_tree
from scipy.spatial import cKDTree
from shapely.geometry.base import BaseGeometry

from geodata._network import Streets
from geodata._town_land import RIVER_HALF_WIDTH_M, Border, Land
from geodata._town_names import road_names, street_names
from geodata.cast import BoolArray, FloatArray, IntArray
from geodata.tables import WORKING_CRS

Lines = npt.NDArray[Any]  # of shapely geometries

_LATTICE_M: Final = 0.1
_COUNTRY: Final = 1.1  # remoteness beyond which there are no streets, only lanes and hamlets
_GREEN_SHARE: Final = 0.06  # of the quarters in town, without streets
_HAMLET_SHARE: Final = 0.75  # of the quarters in the country
_BRIDGES_M: Final = (600.0, 2_200.0)  # apart, in town and in the country
_VERTEX_M: Final = 35.0
_SPUR_M: Final = 30.0
_CLOSED_SHARE: Final = 0.1  # of the streets without which all places can still be reached


def make_streets(rng: Generator, land: Land) -> Streets:
    """Return the streets of `land`, in one piece."""
    water = shapely.buffer(land.river, RIVER_HALF_WIDTH_M)
    shapely.prepare(water)
    roads = _roads(land, water)
    laid = [_laid(rng, land, quarter, water) for quarter in range(len(land.quarters))]
    streets, lanes = (
        np.array([line for lines in kind for line in lines], dtype=object) for kind in zip(*laid, strict=True)
    )
    lines = np.concatenate((roads, lanes, streets))
    pieces = shapely.get_parts(shapely.union_all(lines, grid_size=_LATTICE_M))
    middle = shapely.line_interpolate_point(pieces, 0.5, normalized=True)
    _, origin = shapely.STRtree(lines).query_nearest(middle, all_matches=False)
    street = origin >= len(roads) + len(lanes)
    built_up = land.towns.remoteness(shapely.get_coordinates(middle)) <= _COUNTRY
    kept = _thinned(rng, pieces, street, ~street | built_up)
    called = np.concatenate((road_names(rng, len(roads)), street_names(rng, len(lanes) + len(streets))))
    return _network(pieces[kept], called[origin[kept]])


def _roads(land: Land, water: BaseGeometry) -> Lines:
    """Return the roads between quarters, ended on the river's banks, and the bridges that join them."""
    inner = [border for border in land.borders if border.right >= 0 and not border.river]
    lines: Lines = np.array([shapely.LineString(border.line) for border in inner], dtype=object)
    if land.river.is_empty:
        return lines
    wet = shapely.intersects(water, lines)
    dry = shapely.get_parts(shapely.difference(lines[wet], water))
    return np.concatenate((lines[~wet], dry, _bridges(land, inner)))


def _bridges(land: Land, inner: list[Border]) -> Lines:
    """Return bridges between roads that come to the river on either bank: in town first, none too near another."""
    shore = {tuple(end) for border in land.borders if border.river for end in border.line[[0, -1]]}
    landings: dict[bool, list[tuple[FloatArray, FloatArray]]] = {False: [], True: []}
    for border in inner:
        for line in (border.line, border.line[::-1]):
            if tuple(line[0]) in shore:
                inland = shapely.LineString(line).interpolate(min(1.8 * RIVER_HALF_WIDTH_M, 60))
                landings[bool(land.left_bank[border.left])].append((line[0], np.array(inland.coords[0])))
    if not landings[False] or not landings[True]:
        return np.empty(0, dtype=object)
    ends = {bank: np.array([end for end, _ in landings[bank]]) for bank in landings}
    nearest = cKDTree(ends[True]).query(ends[False])
    metres, opposite = np.asarray(nearest[0]), np.asarray(nearest[1])
    remote = land.towns.remoteness(ends[False])
    taken: list[int] = []
    for landing in np.lexsort((metres, remote > 1, metres > 200)):
        apart = _BRIDGES_M[int(remote[landing] > 1)]
        others = np.hypot(*(ends[False][taken] - ends[False][landing]).T)
        if not taken or (metres[landing] <= 200 and (others > apart).all()):
            taken.append(int(landing))
    pairs = [(landings[False][near][1], landings[True][opposite[near]][1]) for near in taken]
    return np.array([shapely.LineString(np.round(pair, 1)) for pair in pairs], dtype=object)


def _laid(rng: Generator, land: Land, quarter: int, water: BaseGeometry) -> tuple[Lines, Lines]:
    """Return the streets of a quarter, and its country lanes."""
    none = np.empty(0, dtype=object)
    seed = land.seeds[quarter]
    ground: BaseGeometry = land.quarters[quarter]
    remote = float(land.towns.remoteness(seed[None, :])[0])
    if shapely.intersects(water, ground):
        ground = shapely.difference(ground, water)
    if remote <= _COUNTRY:
        green = remote > 0.15 and rng.uniform() < _GREEN_SHARE
        layout = _layout(rng, ground, seed, 58 + 30 * remote, 110 + 80 * remote)
        return (none if green else _clipped(layout, ground)), none
    if rng.uniform() > _HAMLET_SHARE:
        return none, none
    hamlet = shapely.intersection(ground, shapely.Point(seed).buffer(rng.uniform(150, 330)))
    layout = _layout(rng, ground, seed, rng.uniform(80, 110), 140)
    through = shapely.get_parts(shapely.intersection(layout[:1], ground))
    return none, np.concatenate((_clipped(layout, hamlet), through))


def _layout(rng: Generator, ground: BaseGeometry, seed: FloatArray, across: float, along: float) -> Lines:
    """Return streets along the ground's longer side, the first through the seed, and short ones that join them."""
    frame = shapely.get_coordinates(shapely.oriented_envelope(ground))
    sides = np.diff(frame, axis=0)
    turn = np.arctan2(*sides[np.argmax(np.hypot(*sides.T))][::-1]) + rng.normal(0, 0.05)
    reach = float(np.hypot(*(frame - seed).T).max()) + 50
    rows = np.concatenate((_steps(rng, across, reach), -_steps(rng, across, reach)[1:]))
    order = np.sort(rows)
    joins = {low: (high, _steps(rng, along, 2 * reach) - reach) for low, high in pairwise(order)}
    lines = [_row(row, reach, joins) for row in rows if row == 0 or rng.uniform() > 0.06]
    for low, (high, places) in joins.items():
        through = np.where(rng.uniform(size=len(places)) > 0.12, high, low + 0.6 * (high - low))
        lines.extend(
            np.stack((np.column_stack((places, np.full(len(places), low))), np.column_stack((places, through))), 1)
        )
    cos, sin = np.cos(turn), np.sin(turn)
    bent = seed + _bent(np.concatenate(lines), rng.uniform(0, 2 * np.pi, 4)) @ [[cos, sin], [-sin, cos]]
    return np.asarray(
        shapely.linestrings(bent, indices=np.repeat(np.arange(len(lines)), [len(line) for line in lines]))
    )


def _steps(rng: Generator, step: float, reach: float) -> FloatArray:
    """Return 0 and uneven steps from there to `reach`."""
    steps = step * rng.uniform(0.7, 1.35, int(reach / step) + 2)
    places = np.concatenate(([0.0], np.cumsum(steps)))
    return places[places <= reach]


def _row(row: float, reach: float, joins: dict[float, tuple[float, FloatArray]]) -> FloatArray:
    """Return a street at `row` with a vertex wherever another joins it."""
    meet = [places for low, (high, places) in joins.items() if row in (low, high)]
    along = np.unique(np.concatenate((np.arange(-reach, reach, _VERTEX_M), *meet)))
    return np.column_stack((along, np.full(len(along), row)))


def _bent(line: FloatArray, swing: FloatArray) -> FloatArray:
    along, across = line.T
    return np.column_stack(
        (
            along + 12 * np.sin(across / 90 + swing[0]) + 6 * np.sin(along / 70 + swing[1]),
            across + 16 * np.sin(along / 130 + swing[2]) + 5 * np.sin(along / 47 + swing[3]),
        )
    )


def _clipped(lines: Lines, ground: BaseGeometry) -> Lines:
    """Return the lines on `ground`, less those that run beside its border."""
    pieces: Lines = shapely.get_parts(shapely.intersection(lines, ground))
    pieces = pieces[(shapely.get_dimensions(pieces) == 1) & (shapely.length(pieces) > _SPUR_M)]
    well_within = shapely.length(shapely.intersection(pieces, shapely.buffer(ground, -24)))
    kept: Lines = pieces[well_within > 0.55 * shapely.length(pieces)]
    return kept


def _thinned(rng: Generator, pieces: Lines, street: BoolArray, kept: BoolArray) -> IntArray:
    """Return which pieces stay: some streets are closed, but none that is the only way, and spurs go."""
    tail, head, count = _ends(pieces)
    chance = rng.uniform(1, 2, len(pieces))
    weight = np.where(street, chance, 1e-3)
    chosen = np.flatnonzero(kept)
    graph = coo_array((weight[chosen], (tail[chosen], head[chosen])), shape=(count, count)).tocsr()
    tree = minimum_spanning_tree(graph).tocoo()
    row, column = tree.row.astype(np.int64), tree.col.astype(np.int64)
    needed = np.isin(tail * count + head, np.minimum(row, column) * count + np.maximum(row, column))
    kept = kept & (needed | ~street | (rng.uniform(size=len(pieces)) > _CLOSED_SHARE))
    for _ in range(3):
        degree = np.bincount(np.concatenate((tail[kept], head[kept])), minlength=count)
        spur = (shapely.length(pieces) < _SPUR_M) & ((degree[tail] == 1) | (degree[head] == 1))
        kept = kept & ~spur
    return np.flatnonzero(kept)


def _ends(pieces: Lines) -> tuple[IntArray, IntArray, int]:
    """Return the number of the node at either end of each piece, the lower first, and how many there are."""
    ends = [shapely.get_coordinates(shapely.get_point(pieces, at)) for at in (0, -1)]
    number = _numbered(np.concatenate(ends))
    tail, head = number[: len(pieces)], number[len(pieces) :]
    return np.minimum(tail, head), np.maximum(tail, head), int(number.max()) + 1


def _numbered(xy: FloatArray) -> IntArray:
    lattice = np.round(xy / _LATTICE_M).astype(np.int64)
    _, number = np.unique(lattice[:, 0] * 100_000_000 + lattice[:, 1], return_inverse=True)
    return np.asarray(number, dtype=np.int64)


def _network(pieces: Lines, called: npt.NDArray[np.object_]) -> Streets:
    xy = np.round(shapely.get_coordinates(pieces), 1)
    starts = np.concatenate(([0], np.cumsum(shapely.get_num_coordinates(pieces)))).astype(np.int64)
    return Streets.of_ways(_numbered(xy), (xy[:, 0], xy[:, 1]), starts, names=list(called), crs=WORKING_CRS, sha256="")
