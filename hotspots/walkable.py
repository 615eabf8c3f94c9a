"""
Hot spots that can be walked: split where the streets say that a river or a railway divides them, and not too long.

Two cells side by side may be far apart on foot. In each cell the node of the streets nearest to its centre is taken.
Two adjacent cells belong together unless the walk between their nodes is over five minutes, 400 metres, and over three
times the straight line; a hot spot falls into the parts that hang together so. A cell without a node goes with the
first neighbour that has one: a river bank reached by no street divides nothing. What still holds more street than a
patrol is to walk is cut across.
"""

from typing import Final

import numpy as np
import pandas as pd
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components, dijkstra

from geodata import cast
from geodata.cast import BoolArray, FloatArray, IntArray
from geodata.errors import InputError
from geodata.grid import Grid
from geodata.streets import Streets
from hotspots.pieces import cut, pieces_of
from hotspots.spots import Spots, heaviest, spots_of

AROUND_M: Final = 400.0  # five minutes on foot
DETOUR: Final = 3.0  # times the straight line


def street_metres(spots: Spots, grid: Grid, streets: Streets) -> pd.Series:
    """
    Return the metres of street in each hot spot.

    Parameters
    ----------
    spots : Spots
    grid : the grid that they were chosen on
    streets : network, in the CRS of `grid`

    Returns
    -------
    street_m : metres, indexed by rank

    Raises
    ------
    InputError
        If the streets are in another CRS.
    """
    cells = spots.cells.index.to_numpy()
    metres = np.bincount(spots.cells, weights=_metres(cells, grid, streets), minlength=len(spots.table) + 1)[1:]
    return pd.Series(metres, index=pd.Index(spots.table["rank"], name="hotspot"), name="street_m")


def split_by_walking(
    spots: Spots,
    expected: pd.Series,
    grid: Grid,
    streets: Streets,
    *,
    least_area: float = 0.0,
    most_street: float | None = None,
) -> Spots:
    """
    Return the hot spots in parts that can each be walked, ranked anew by the weight expected in them.

    Parameters
    ----------
    spots : Spots
    expected : weight a week, one per cell of `grid`
    grid : the grid that they were chosen on
    streets : network, in the CRS of `grid`
    least_area : square metres
        Smaller parts are given up, but for the one of each hot spot that holds most.
    most_street : metres of street in one hot spot, None for no rule; a single cell is never cut

    Returns
    -------
    Spots

    Raises
    ------
    InputError
        If the streets are in another CRS, `expected` is not one finite number of at least 0 per cell, or a parameter is
        out of range.
    """
    risk = cast.weights(expected, grid.size, "expected")
    least = cast.within(least_area, "least_area", 0, 1e12) / grid.cell_area - 1e-9
    most = np.inf if most_street is None else cast.above_zero(most_street, "most_street", "metres")
    cells = spots.cells.index.to_numpy()
    metres = np.zeros(grid.size)
    metres[cells] = _metres(cells, grid, streets)

    kept: list[IntArray] = []
    for _, held in spots.cells.groupby(spots.cells, sort=True):
        parts = _walkable_parts(held.index.to_numpy(), grid, streets)
        pieces = heaviest([piece for part in parts for piece in cut(part, grid, metres, most)], risk)
        kept += pieces[:1] + [piece for piece in pieces[1:] if piece.size >= least]
    made = spots_of(heaviest(kept, risk), risk, grid, spots.study_area_m2)
    return Spots(made.cells, made.table, spots.expected_total, spots.study_area_m2)


def _metres(cells: IntArray, grid: Grid, streets: Streets) -> FloatArray:
    """Return the metres of street in each cell."""
    if streets.crs != grid.crs:
        raise InputError(f"`streets` must be in the working CRS {grid.crs}, got {streets.crs}.")
    squares, lines = grid.polygons(cells).to_numpy(), streets.lines().to_numpy()
    at, edge = shapely.STRtree(lines).query(squares, predicate="intersects")
    order = np.lexsort((edge, at))
    held = shapely.length(shapely.intersection(lines[edge[order]], squares[at[order]]))
    return np.bincount(at[order], weights=held, minlength=cells.size).astype(np.float64)


def _walkable_parts(cells: IntArray, grid: Grid, streets: Streets) -> list[IntArray]:
    """Return the parts of one hot spot's cells, each in ascending order."""
    one, other = _side_by_side(cells, grid)
    node = _nodes(cells, grid, streets)
    known = node >= 0
    if known.sum() < 2:
        return [cells]
    both = known[one] & known[other]
    joined = np.zeros(one.size, dtype=np.bool_)
    joined[both] = _near_on_foot(node[one[both]], node[other[both]], streets)
    for cell in np.flatnonzero(~known):  # a cell without a street goes with one neighbour
        beside = np.flatnonzero((one == cell) | (other == cell))
        first = beside[np.argsort(~(known[one[beside]] | known[other[beside]]), kind="stable")[:1]]
        joined[first] = True
    links = (one[joined], other[joined])
    graph = coo_array((np.ones(links[0].size), links), shape=(cells.size, cells.size))
    label = connected_components(graph, directed=False)[1]
    return [piece for part in range(label.max() + 1) for piece in pieces_of(cells[label == part], grid)]


def _side_by_side(cells: IntArray, grid: Grid) -> tuple[IntArray, IntArray]:
    """Return the positions in `cells` of each two that share a side."""
    at = pd.Index(cells)
    east = at.get_indexer(pd.Index(np.where((cells + 1) % grid.columns > 0, cells + 1, -1)))
    north = at.get_indexer(pd.Index(cells + grid.columns))
    one = np.concatenate((np.flatnonzero(east >= 0), np.flatnonzero(north >= 0)))
    return one, np.concatenate((east[east >= 0], north[north >= 0])).astype(np.int64)


def _nodes(cells: IntArray, grid: Grid, streets: Streets) -> IntArray:
    """Return the node in each cell that is nearest to its centre, -1 where there is none."""
    centres = np.column_stack(grid.centres(cells))
    found = np.full(cells.size, -1, dtype=np.int64)
    for position, inside in enumerate(streets.tree.query_ball_point(centres, grid.cell, return_sorted=True)):
        near = np.array(inside, dtype=np.int64)
        near = near[grid.cell_of(streets.x[near], streets.y[near]) == cells[position]]
        if near.size:
            away = np.hypot(streets.x[near] - centres[position, 0], streets.y[near] - centres[position, 1])
            found[position] = near[np.argmin(away)]
    return found


def _near_on_foot(one: IntArray, other: IntArray, streets: Streets) -> BoolArray:
    """Return True for each two nodes unless the walk between them is a detour."""
    ends = np.unique(np.concatenate((one, other)))
    if one.size == 0:
        return np.zeros(0, dtype=np.bool_)
    straight = np.hypot(streets.x[one] - streets.x[other], streets.y[one] - streets.y[other])
    limit = np.maximum(AROUND_M, DETOUR * straight)
    x, y = streets.x[ends], streets.y[ends]
    # A walk no longer than the limit leaves the box of the nodes by half of it at most.
    margin = float(limit.max()) / 2 + 1.0
    inside = (streets.x >= x.min() - margin) & (streets.x <= x.max() + margin)
    inside &= (streets.y >= y.min() - margin) & (streets.y <= y.max() + margin)
    nodes = np.flatnonzero(inside)
    graph = streets.graph[nodes][:, nodes]
    walk = dijkstra(graph, indices=np.searchsorted(nodes, ends), limit=float(limit.max()))
    found: BoolArray = walk[np.searchsorted(ends, one), np.searchsorted(nodes, other)] <= limit
    return found
