"""
The made-up force's land: towns, a river, quarters and wards.

Quarters are Voronoi cells of seeds gathered where people live; their borders are bent, and shared to the last digit.
Wards are groups of neighbouring quarters, so they tile the force without gaps and overlaps. It lies in the open North
Sea, on what was land ten thousand years ago: no place of today can be mistaken for it.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import shapely
from numpy.random import Generator
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components, dijkstra
from scipy.spatial import Voronoi, cKDTree
from shapely.geometry.base import BaseGeometry

from geodata._town_shapes import CENTRE, Edge, River, Towns, Waves
from geodata.cast import BoolArray, FloatArray, IntArray

RIVER_HALF_WIDTH_M: Final = 26.0
_FORCE_KM2_A_WARD: Final = 2.9
_URBAN_KM2_A_WARD: Final = 0.8
_QUARTERS_A_WARD: Final = 4
_WARDS_A_TOWN: Final = 60
_URBAN_SHARE: Final = 0.87  # of the people, by whom seeds are placed
_MARGIN_M: Final = 1_500.0  # between the seeds that lie outside and only close the outermost cells


@dataclass(frozen=True)
class Border:
    """A line between two quarters, or between a quarter (`left`) and what lies outside (`right` is -1)."""

    left: int
    right: int
    line: FloatArray
    river: bool


@dataclass(frozen=True)
class Land:
    """
    The ground on which streets are laid.

    Parameters
    ----------
    towns : where people live
    seeds : metres, shape (quarters, 2): a place within each quarter
    quarters : polygons
    borders : between them
    ward : number of each quarter's ward
    left_bank : whether each quarter lies to the left of the river
    """

    towns: Towns
    seeds: FloatArray
    quarters: list[shapely.Polygon]
    borders: list[Border]
    ward: IntArray
    left_bank: BoolArray

    @property
    def river(self) -> shapely.MultiLineString:
        """The course of the river; empty where there is none."""
        return shapely.MultiLineString([border.line for border in self.borders if border.river])

    def wards(self) -> list[BaseGeometry]:
        """Return the outline of each ward."""
        quarters = np.array(self.quarters)
        return [shapely.coverage_union_all(quarters[self.ward == number]) for number in range(self.ward.max() + 1)]


def make_land(rng: Generator, wards: int) -> Land:
    """Return land for so many wards."""
    radius = np.sqrt(wards * _FORCE_KM2_A_WARD / np.pi) * 1000
    towns = _towns(rng, wards, radius)
    edge = Edge(radius, rng.uniform(0, 2 * np.pi, 2))
    people = _people(rng, towns, edge, 60 * _QUARTERS_A_WARD * max(wards, 4))
    seeds = means(rng, people, _QUARTERS_A_WARD * max(wards, 4))
    river = River(rng.uniform(0, np.pi), radius, rng.uniform(0, 2 * np.pi, 2), 0.2 * towns.radius[0])
    if wards >= 4:
        seeds = river.with_banks(seeds, towns, edge)
    inside = np.arange(len(seeds))
    outside = _margin(rng, edge)
    cells = Voronoi(np.concatenate((seeds, outside)))
    kept = _in_one_piece(cells, len(inside))
    side = river.side(cells.points) if wards >= 4 else np.zeros(len(cells.points), dtype=np.bool_)
    number = np.full(len(cells.points), -1)
    number[kept] = np.arange(len(kept))
    bent = _bent_borders(rng, cells, number, side)
    quarters = [_outline(cells.regions[cells.point_region[cell]], bent) for cell in kept]
    borders = [border for border in bent.values() if border.left >= 0]
    centres = means(rng, people, wards)
    return Land(
        towns, cells.points[kept], quarters, borders, _grouped(cells.points[kept], borders, centres), side[kept]
    )


def _towns(rng: Generator, wards: int, radius: float) -> Towns:
    count = 1 + wards // _WARDS_A_TOWN
    share = 1 / np.arange(1, count + 1) ** 0.8
    size = np.sqrt(wards * _URBAN_KM2_A_WARD * share / share.sum() / np.pi) * 1000
    centre = [np.array(CENTRE)]
    for own in size[1:]:
        turn, out = rng.uniform(0, 2 * np.pi, 200), 0.85 * radius * np.sqrt(rng.uniform(0.1, 1, 200))
        tries = CENTRE + np.column_stack((out * np.cos(turn), out * np.sin(turn)))
        apart = cKDTree(np.array(centre)).query(tries)[0]
        centre.append(tries[np.argmax(np.minimum(apart, 6 * own))])
    return Towns(np.array(centre), size, rng.uniform(0, 2 * np.pi, (count, 2)))


def _people(rng: Generator, towns: Towns, edge: Edge, count: int) -> FloatArray:
    """Return where so many people live: thick in the middle of towns, thin between them."""
    weight = towns.radius**2
    town = rng.choice(len(weight), count, p=weight / weight.sum())
    turn = rng.uniform(0, 2 * np.pi, count)
    out = towns.radius[town] * towns.bulge(turn, town) * rng.uniform(0, 1, count) ** 0.62
    urban = towns.centre[town] + np.column_stack((out * np.cos(turn), out * np.sin(turn)))
    out = 1.3 * edge.radius * np.sqrt(rng.uniform(0, 1, count))
    rural = CENTRE + np.column_stack((out * np.cos(turn), out * np.sin(turn)))
    everyone = np.where(rng.uniform(size=(count, 1)) < _URBAN_SHARE, urban, rural)
    return everyone[edge.holds(everyone)]


def means(rng: Generator, people: FloatArray, count: int) -> FloatArray:
    """Return the middles of so many groups of people of much the same size (Lloyd's iteration)."""
    centres = rng.choice(people, count, replace=False)
    for _ in range(8):
        group = cKDTree(centres).query(people)[1]
        size = np.maximum(np.bincount(group, minlength=count), 1)
        means = np.column_stack([np.bincount(group, weights=axis, minlength=count) / size for axis in people.T])
        centres = np.where((np.bincount(group, minlength=count) > 0)[:, None], means, centres)
    return np.round(centres, 1)


def _margin(rng: Generator, edge: Edge) -> FloatArray:
    reach = 1.3 * edge.radius + 4 * _MARGIN_M
    ticks = np.arange(-reach, reach, _MARGIN_M)
    lattice = CENTRE + np.column_stack([axis.ravel() for axis in np.meshgrid(ticks, ticks)])
    shaken = lattice + rng.uniform(-0.3, 0.3, lattice.shape) * _MARGIN_M
    return np.round(shaken[~edge.holds(shaken, beyond=0.4 * _MARGIN_M)], 1)


def _in_one_piece(cells: Voronoi, count: int) -> IntArray:
    """Return the first `count` cells, less any that do not hang together with the rest."""
    inner = cells.ridge_points[(cells.ridge_points < count).all(axis=1)]
    graph = csr_array((np.ones(len(inner)), inner.T), shape=(count, count))
    _, piece = connected_components(graph, directed=False)
    return np.flatnonzero(piece == np.argmax(np.bincount(piece)))


def _bent_borders(rng: Generator, cells: Voronoi, number: IntArray, side: BoolArray) -> dict[tuple[int, int], Border]:
    """Return the border along each ridge that a quarter has, by its two corners, the lower first."""
    waves = Waves.drawn(rng)
    borders = {}
    for (a, b), (start, end) in zip(cells.ridge_points, cells.ridge_vertices, strict=True):
        if number[a] < 0 and number[b] < 0:
            continue
        low, high = min(start, end), max(start, end)
        left, right = (a, b) if number[a] >= 0 else (b, a)
        river = bool(side[a] != side[b] and number[right] >= 0)
        towards = cells.points[a if rng.uniform() < 0.5 else b]
        line = _bent(rng, cells.vertices[low], cells.vertices[high], towards, 0.03 if river else 0.16)
        borders[low, high] = Border(int(number[left]), int(number[right]), waves.moved(line), river)
    return borders


def _bent(rng: Generator, start: FloatArray, end: FloatArray, towards: FloatArray, most: float) -> FloatArray:
    """Return a curve from start to end that bulges towards a seed: it stays in their triangle, so none cross."""
    metres = float(np.hypot(*(end - start)))
    at = np.linspace(0, 1, max(2, int(np.ceil(metres / 45)) + 1))[:, None]
    straight = start + at * (end - start)
    bulge = rng.uniform(0, most) * np.sin(np.pi * at) * (1 + 0.5 * np.sin(2 * np.pi * (at + rng.uniform())))
    return straight + bulge * (towards - straight)


def _outline(corners: list[int], borders: dict[tuple[int, int], Border]) -> shapely.Polygon:
    ring = []
    for start, end in zip(corners, [*corners[1:], corners[0]], strict=True):
        line = borders[min(start, end), max(start, end)].line
        ring.append((line if start < end else line[::-1])[:-1])
    return shapely.Polygon(np.concatenate(ring))


def _grouped(seeds: FloatArray, borders: list[Border], centres: FloatArray) -> IntArray:
    """Return the ward of each quarter: that of the nearest ward's middle across land, a river counting as far."""
    tree = cKDTree(seeds)
    taken: dict[int, None] = {}
    for centre in centres:
        near = tree.query(centre, k=min(len(seeds), len(centres) + 1))[1]
        taken[next(int(quarter) for quarter in np.atleast_1d(near) if int(quarter) not in taken)] = None
    inner = [border for border in borders if border.right >= 0]
    pairs = np.array([(border.left, border.right) for border in inner])
    metres = np.hypot(*(seeds[pairs[:, 0]] - seeds[pairs[:, 1]]).T) * [4 if border.river else 1 for border in inner]
    graph = csr_array((metres, pairs.T), shape=(len(seeds), len(seeds)))
    sources = np.array(list(taken))
    _, _, nearest = dijkstra(graph, directed=False, indices=sources, min_only=True, return_predecessors=True)
    order = np.empty(len(seeds), dtype=np.int64)
    order[sources] = np.arange(len(sources))
    return order[nearest]
