"""From runs of points to a network that can be walked: cut where ways meet, kept in one piece, stored as CSR."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final, Self

import numpy as np
import pandas as pd
import shapely
from geopandas import GeoSeries
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

from geodata.cast import BoolArray, FloatArray, IntArray
from geodata.errors import InputError

NODE_SPACING_M: Final = 50.0


@dataclass(frozen=True, eq=False)
class Streets:
    """
    A network of walkable streets, in one piece, both ways.

    Nodes stand where ways meet, begin or end, and about every 50 metres between; no two streets join the same two
    nodes. Node `n` is joined to `indices[indptr[n]:indptr[n + 1]]` at the `lengths` of the same positions.

    Parameters
    ----------
    x, y : metres in `crs`, one per node
    indptr, indices : the symmetric network as compressed sparse rows
    lengths : metres along the street, one per entry of `indices`
    edge_of : one per entry of `indices`: the number `k` of the street edge walked along, or `-k - 1` walked against
    vertices : metres in `crs`, shape (points, 2): the courses of all edges, one after the other
    offsets : position in `vertices` of the first point of each edge, and the number of points at the end
    names : the street's name, one per edge; missing where it has none
    crs : the working CRS
    sha256 : of the extract
    outside_share : share of the length of walkable street left out because it is not joined to the rest
    """

    x: FloatArray
    y: FloatArray
    indptr: IntArray
    indices: IntArray
    lengths: FloatArray
    edge_of: IntArray
    vertices: FloatArray
    offsets: IntArray
    names: pd.Categorical
    crs: str
    sha256: str
    outside_share: float

    @classmethod
    def of_ways(
        cls,
        points: IntArray,
        xy: tuple[FloatArray, FloatArray],
        starts: IntArray,
        *,
        names: Sequence[str | None],
        crs: str,
        sha256: str,
    ) -> Self:
        """
        Return the largest connected piece of the network that ways make.

        Parameters
        ----------
        points : number of the place of each point; ways meet where they share a number
        xy : metres in `crs`, one per point; a way is cut where it is not finite
        starts : position of the first point of each way, and the number of points at the end
        names : of each way, None where it has none
        crs : the working CRS
        sha256 : of the extract

        Raises
        ------
        InputError
            If there is no way of two points.
        """
        runs = _Runs.of(points, xy, starts)
        edges = _distinct(runs, _cuts(runs))
        if not edges.size:
            raise InputError(f"A street file must hold walkable streets within reach of {crs}, got none.")
        kept, outside_share = _largest_piece(runs, edges)
        codes = pd.Categorical(pd.array(list(names), dtype="string"))
        return cls._of_edges(runs, edges.take(kept), codes, crs, sha256, outside_share)

    @classmethod
    def _of_edges(
        cls, runs: "_Runs", edges: "_Edges", names: pd.Categorical, crs: str, sha256: str, outside_share: float
    ) -> Self:
        ends = np.concatenate((edges.first, edges.last))
        _, at, node = np.unique(runs.point[ends], return_index=True, return_inverse=True)
        tail, head = node[: edges.size], node[edges.size :]
        number = np.arange(edges.size, dtype=np.int64)
        row, column = np.concatenate((tail, head)), np.concatenate((head, tail))
        order = np.lexsort((column, row))
        counts = edges.last - edges.first + 1
        offsets = np.concatenate(([0], np.cumsum(counts)))
        course = np.arange(offsets[-1]) + np.repeat(edges.first - offsets[:-1], counts)
        return cls(
            x=runs.x[ends[at]],
            y=runs.y[ends[at]],
            indptr=np.concatenate(([0], np.cumsum(np.bincount(row, minlength=len(at))))),
            indices=column[order],
            lengths=np.tile(edges.length, 2)[order],
            edge_of=np.concatenate((number, -number - 1))[order],
            vertices=np.column_stack((runs.x[course], runs.y[course])),
            offsets=offsets,
            names=names.take(runs.way[edges.first]),
            crs=crs,
            sha256=sha256,
            outside_share=outside_share,
        )

    @property
    def size(self) -> int:
        """The number of nodes."""
        return len(self.x)

    @property
    def length_m(self) -> float:
        """Metres of street."""
        return float(self.lengths.sum() / 2)

    @property
    def note(self) -> str:
        """Say how much was left out as not joined to the rest."""
        return f"{self.outside_share:.1%} of the length of walkable street is not joined to the rest and was left out."

    @cached_property
    def graph(self) -> csr_array:
        """The network as a sparse matrix of metres."""
        return csr_array((self.lengths, self.indices, self.indptr), shape=(self.size, self.size))

    @cached_property
    def tree(self) -> cKDTree:
        """The nodes, ready to be searched for the nearest."""
        return cKDTree(np.column_stack((self.x, self.y)))

    def lines(self) -> GeoSeries:
        """Return the course of each edge, in the order of `names`, for drawing."""
        edge = np.repeat(np.arange(len(self.offsets) - 1), np.diff(self.offsets))
        return GeoSeries(shapely.linestrings(self.vertices, indices=edge), crs=self.crs)


@dataclass(frozen=True)
class _Runs:
    """Points in the order of their ways, without gaps and repeats."""

    point: IntArray
    x: FloatArray
    y: FloatArray
    way: IntArray
    run: IntArray  # number of the unbroken stretch of a way

    @classmethod
    def of(cls, points: IntArray, xy: tuple[FloatArray, FloatArray], starts: IntArray) -> Self:
        x, y = xy
        way = np.repeat(np.arange(len(starts) - 1), np.diff(starts))
        known = np.isfinite(x) & np.isfinite(y)
        fresh = np.concatenate(([True], (way[1:] != way[:-1]) | ~known[:-1]))[: len(way)]
        run = np.cumsum(fresh)
        same = np.concatenate(([False], (run[1:] == run[:-1]) & (points[1:] == points[:-1])))[: len(way)]
        kept = known & ~same
        return cls(points[kept], x[kept], y[kept], way[kept], run[kept])

    @cached_property
    def steps(self) -> FloatArray:
        """Metres from each point to the next of its run, 0 at its end."""
        metres = np.hypot(np.diff(self.x), np.diff(self.y)) * (self.run[1:] == self.run[:-1])
        return np.append(metres, 0.0)[: len(self.x)]


@dataclass(frozen=True)
class _Edges:
    """Stretches of runs between nodes: positions of their first and last point, and metres."""

    first: IntArray
    last: IntArray
    length: FloatArray

    @property
    def size(self) -> int:
        return len(self.first)

    def take(self, chosen: IntArray | BoolArray) -> "_Edges":
        return _Edges(self.first[chosen], self.last[chosen], self.length[chosen])


def _cuts(runs: _Runs) -> BoolArray:
    """Return True for each point that is a node: an end of a run, a meeting of ways, or 50 m on from the last."""
    if not len(runs.point):
        return np.zeros(0, dtype=np.bool_)
    breaks = runs.run[1:] != runs.run[:-1]
    _, number, uses = np.unique(runs.point, return_inverse=True, return_counts=True)
    nodes: BoolArray = np.append(True, breaks) | np.append(breaks, True) | (uses[number] > 1)
    along = np.cumsum(runs.steps) - runs.steps
    last_node = np.maximum.accumulate(np.where(nodes, np.arange(len(nodes)), 0))
    since_node = np.floor((along - along[last_node]) / NODE_SPACING_M)
    nodes[1:] |= since_node[1:] > since_node[:-1]
    return nodes


def _distinct(runs: _Runs, nodes: BoolArray) -> _Edges:
    """Return the edges between nodes, no two with the same two ends: rings and second streets keep all their points."""
    edges = _edges(runs, nodes)
    low, high = _ends(runs, edges)
    pair = pd.MultiIndex.from_arrays([low, high])
    alike = edges.take(np.asarray(pair.duplicated(keep=False)) | (low == high))
    inside = np.zeros(len(nodes) + 1, dtype=np.int64)
    np.add.at(inside, alike.first, 1)
    np.add.at(inside, alike.last, -1)
    edges = _edges(runs, nodes | (np.cumsum(inside)[:-1] > 0))
    shortest = np.lexsort((edges.length, *_ends(runs, edges)))
    low, high = (end[shortest] for end in _ends(runs, edges))
    repeated = np.concatenate(([False], (low[1:] == low[:-1]) & (high[1:] == high[:-1])))[: edges.size]
    return edges.take(np.sort(shortest[~repeated]))


def _edges(runs: _Runs, nodes: BoolArray) -> _Edges:
    at = np.flatnonzero(nodes)
    if not len(at):
        return _Edges(at, at, np.zeros(0))
    joined = runs.run[at[1:]] == runs.run[at[:-1]]
    length = np.add.reduceat(runs.steps, at)[:-1]
    return _Edges(at[:-1][joined], at[1:][joined], length[joined])


def _ends(runs: _Runs, edges: _Edges) -> tuple[IntArray, IntArray]:
    first, last = runs.point[edges.first], runs.point[edges.last]
    return np.minimum(first, last), np.maximum(first, last)


def _largest_piece(runs: _Runs, edges: _Edges) -> tuple[BoolArray, float]:
    """Return which edges belong to the longest connected piece, and the share of length that does not."""
    ends = np.concatenate((runs.point[edges.first], runs.point[edges.last]))
    places, node = np.unique(ends, return_inverse=True)
    tail, head = node[: edges.size], node[edges.size :]
    graph = csr_array((np.ones(edges.size), (tail, head)), shape=(len(places), len(places)))
    _, piece = connected_components(graph, directed=False)
    metres = np.bincount(piece[tail], weights=edges.length)
    kept = piece[tail] == np.argmax(metres)
    return kept, float(max(0.0, 1.0 - metres.max() / metres.sum()))
