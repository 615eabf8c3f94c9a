"""What lies within a distance of recent crimes: discs or squares on end about them, or the streets walked from them."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final, Protocol

import numpy as np
import pandas as pd
import shapely
from geopandas import GeoSeries
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra
from scipy.spatial import cKDTree
from shapely.geometry import LineString, Point
from shapely.geometry.base import BaseGeometry
from shapely.ops import substring

from geodata.cast import FloatArray, IntArray
from hotspots.lixels import CutStreets
from hotspots.nearness import SNAP_M

BESIDE_M: Final = 25.0  # of a street: what fronts on it
TOGETHER: Final = 32  # crimes walked from at once: their ways to every node are held


class Ground(Protocol):
    """The ground within a distance of each of some crimes."""

    def shapes(self) -> list[BaseGeometry]:
        """Return the ground about each crime as polygons, metres."""

    def holding(self, x: FloatArray, y: FloatArray) -> tuple[IntArray, IntArray]:
        """Return the number of each point in reach and of the crime that it is in reach of; a point may stand often."""

    def share(self, land: BaseGeometry) -> float:
        """Return the share of `land` that is in reach of any crime."""


@dataclass(frozen=True, eq=False)
class Open:
    """
    Ground across country.

    Parameters
    ----------
    x, y : metres, of the crimes
    metres : how far
    manhattan : whether the way goes along the axes, so that the ground is a square on end
    """

    x: FloatArray
    y: FloatArray
    metres: float
    manhattan: bool

    def shapes(self) -> list[BaseGeometry]:
        """Return discs, or squares on end."""
        sides = 1 if self.manhattan else 16  # to a quarter of the way round
        return [Point(at).buffer(self.metres, quad_segs=sides) for at in zip(self.x, self.y, strict=True)]

    def holding(self, x: FloatArray, y: FloatArray) -> tuple[IntArray, IntArray]:
        """Return points and crimes within the distance of each other."""
        here, there = cKDTree(np.column_stack((x, y))), cKDTree(np.column_stack((self.x, self.y)))
        power = 1.0 if self.manhattan else 2.0
        near = here.sparse_distance_matrix(there, self.metres, p=power, output_type="ndarray")
        order = np.lexsort((near["j"], near["i"]))
        return near["i"][order], near["j"][order]

    def share(self, land: BaseGeometry) -> float:
        """Return the share of the land's area."""
        inside = shapely.intersection(shapely.union_all(self.shapes()), land)
        return float(shapely.area(inside) / shapely.area(land))


@dataclass(frozen=True, eq=False)
class Walked:
    """
    Ground along streets.

    Parameters
    ----------
    cut : the streets
    x, y : metres, of the crimes, each near a street
    metres : how far
    """

    cut: CutStreets
    x: FloatArray
    y: FloatArray
    metres: float

    @cached_property
    def pieces(self) -> pd.DataFrame:
        """The pieces of street within reach: window, edge, begin and end (metres along the edge); they may overlap."""
        places = self.cut.nearest(self.x, self.y, SNAP_M)
        streets = self.cut.streets
        net: Any = csr_array((streets.lengths, streets.indices, streets.indptr), shape=(streets.size, streets.size))
        found = [pd.DataFrame({"window": [], "edge": [], "begin": [], "end": []})]
        for first in range(0, self.x.size, TOGETHER):
            edges, along = places.edge[first : first + TOGETHER], places.along[first : first + TOGETHER]
            ends = np.concatenate((self.cut.tail[edges], self.cut.head[edges]))
            ways = dijkstra(net, indices=ends, limit=self.metres)
            found += [
                self._reached(first + i, edges[i], along[i], ways[i], ways[i + edges.size]) for i in range(edges.size)
            ]
        return pd.concat(found, ignore_index=True).astype({"window": np.int64, "edge": np.int64})

    def shapes(self) -> list[BaseGeometry]:
        """Return the streets within reach with what fronts on them."""
        streets, pieces = self.cut.streets, self.pieces
        used = np.unique(pieces["edge"])
        lines = {edge: LineString(streets.vertices[slice(*streets.offsets[edge : edge + 2])]) for edge in used}
        parts = [
            substring(lines[edge], begin, end)
            for edge, begin, end in pieces[["edge", "begin", "end"]].itertuples(index=False)
        ]
        held = GeoSeries(parts).groupby(pieces["window"].to_numpy()).agg(lambda each: shapely.union_all(each.array))
        every = held.reindex(range(self.x.size))
        return [shapely.buffer(each, BESIDE_M, quad_segs=4) for each in every]

    def holding(self, x: FloatArray, y: FloatArray) -> tuple[IntArray, IntArray]:
        """Return points whose nearest street is walked as far as they lie along it, and the crimes walked from."""
        places = self.cut.nearest(x, y, SNAP_M)
        points = pd.DataFrame({"place": np.arange(x.size), "edge": places.edge, "along": places.along})
        near = points.merge(self.pieces, on="edge")
        near = near[(near["begin"] <= near["along"]) & (near["along"] <= near["end"])]
        near = near[["place", "window"]].drop_duplicates().sort_values(["place", "window"])
        return near["place"].to_numpy(), near["window"].to_numpy()

    def share(self, land: BaseGeometry) -> float:
        """Return the share of the length of the streets whose middles lie on the land."""
        streets = self.cut.streets
        ends = np.stack((self.cut.tail, self.cut.head))
        shapely.prepare(land)
        inside = shapely.intersects_xy(land, streets.x[ends].mean(axis=0), streets.y[ends].mean(axis=0))
        pieces = self.pieces.sort_values(["edge", "begin"], kind="stable")
        pieces = pieces[inside[pieces["edge"]]]
        before = pieces.groupby("edge")["end"].cummax().groupby(pieces["edge"]).shift(fill_value=0.0)
        walked = (pieces["end"] - np.maximum(pieces["begin"], before)).clip(lower=0.0).sum()
        whole = float(self.cut.length[inside].sum())
        return float(walked) / whole if whole > 0 else 0.0

    def _reached(
        self, window: int, own: int, along: float, from_tail: FloatArray, from_head: FloatArray
    ) -> pd.DataFrame:
        """Return the pieces within reach of one crime, from either end of each edge and of its own edge about it."""
        cut = self.cut
        left = self.metres - np.minimum(along + from_tail, cut.length[own] - along + from_head)
        tails, heads = (np.flatnonzero(left[ends] > 0) for ends in (cut.tail, cut.head))
        edge = np.concatenate((tails, heads, [own]))
        begin = np.concatenate((np.zeros(tails.size), cut.length[heads] - left[cut.head[heads]], [along - self.metres]))
        end = np.concatenate((left[cut.tail[tails]], cut.length[heads], [along + self.metres]))
        held = {"begin": np.maximum(begin, 0.0), "end": np.minimum(end, cut.length[edge])}
        return pd.DataFrame({"window": window, "edge": edge, **held})
