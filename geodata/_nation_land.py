"""
The made-up nation's land: small areas, wards and forces that share their borders, and the towns between them.

One tessellation carries all: a small area is all that lies nearer to its seed than to another, a ward is some of them,
a force is some wards. Where a place lies is therefore one nearest-neighbour question, the same for all three.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import shapely
from numpy.random import Generator
from scipy.spatial import cKDTree
from shapely.geometry.base import BaseGeometry

from geodata._town_land import means
from geodata._town_streets import Lines
from geodata.cast import FloatArray, IntArray

# Kilometres on British National Grid: much the extent of England and Wales, and nothing like its coast.
_OUTLINE_KM: Final = (
    (140, 25), (180, 15), (250, 38), (290, 50), (300, 85), (350, 80), (400, 78), (470, 90), (530, 100), (580, 110),
    (620, 130), (638, 165), (600, 175), (600, 190), (625, 235), (645, 280), (650, 315), (610, 340), (570, 345),
    (545, 350), (550, 380), (540, 420), (510, 440), (500, 480), (470, 520), (440, 560), (425, 600), (400, 650),
    (360, 620), (330, 575), (300, 550), (295, 510), (330, 480), (335, 430), (325, 390), (280, 380), (235, 390),
    (215, 340), (250, 320), (240, 270), (170, 240), (180, 200), (240, 195), (290, 170), (330, 185), (310, 150),
    (250, 140), (215, 110), (180, 70),
)  # fmt: skip
_MIDDLE_KM: Final = (430.0, 290.0)
_FORCES: Final = 43  # for which the outline is as large as it stands
_TOWNS_A_FORCE: Final = 12
_URBAN_SHARE: Final = 0.8  # of the people
_CAPITAL: Final = 2.2  # times what a largest town of its rank would hold
_TOWN_M: Final = 345.0  # radius of a town of one small area; it grows with the root of their number
_AREAS_A_WARD: Final = 5
CITY_FROM: Final = 8  # forces, from which on one has a force of its own in the middle of the capital
_LEAST_AREAS: Final = 4


@dataclass(frozen=True, eq=False)
class Ground:
    """
    Small areas (LSOAs) in the order of force, town and ward; one of each array per small area.

    Parameters
    ----------
    seeds : metres, shape (areas, 2)
    cells : polygons
    force, ward : numbers of who holds it; wards are numbered through the nation
    town : number of the nearest town
    remoteness : distance from the middle of that town, 1 on its edge
    people : who live there
    hardship : standardised level, alike among neighbours and higher in towns
    """

    seeds: FloatArray
    cells: Lines
    force: IntArray
    ward: IntArray
    town: IntArray
    remoteness: FloatArray
    people: FloatArray
    hardship: FloatArray


def make_land(rng: Generator, forces: int, areas: int) -> Ground:
    """Return the land of so many forces, divided into so many small areas."""
    outline = _outline(forces)
    centre, radius = _towns(rng, outline, forces, areas)
    seeds = _seeds(rng, outline, centre, radius, areas)
    town, remoteness = _nearest_town(seeds, centre, radius)
    force = _forces(rng, outline, seeds, forces, centre[0], radius[0])
    ward = _wards(rng, seeds, force)
    order = np.lexsort((ward, town, force))
    _, town_of_ward = np.unique(ward[order], return_inverse=True)
    seeds = seeds[order]
    return Ground(
        seeds=seeds,
        cells=_cells(seeds, outline),
        force=force[order],
        ward=town_of_ward.astype(np.int64),
        town=town[order],
        remoteness=remoteness[order],
        people=np.asarray(np.round(np.clip(rng.normal(1_680, 250, areas), 1_000, 3_000)), dtype=np.float64),
        hardship=_hardship(rng, seeds, remoteness[order]),
    )


def dissolved(cells: Lines, group: IntArray) -> Lines:
    """Return one shape for each group of cells, by the group's number; what two groups share stays shared."""
    order = np.argsort(group, kind="stable")
    parts = np.split(cells[order], np.cumsum(np.bincount(group))[:-1])
    return np.array([shapely.coverage_union_all(part) for part in parts], dtype=object)


def _outline(forces: int) -> BaseGeometry:
    middle = np.array(_MIDDLE_KM)
    corners = middle + (np.array(_OUTLINE_KM) - middle) * np.sqrt(forces / _FORCES)
    outline = shapely.Polygon(np.round(corners * 1000))
    shapely.prepare(outline)
    return outline


def _within(rng: Generator, outline: BaseGeometry, count: int) -> FloatArray:
    """Return so many places, evenly spread."""
    west, south, east, north = outline.bounds
    found = np.empty((0, 2))
    while len(found) < count:
        tries = rng.uniform((west, south), (east, north), (2 * count, 2))
        found = np.concatenate((found, tries[shapely.contains_xy(outline, *tries.T)]))
    return found[:count]


def _towns(rng: Generator, outline: BaseGeometry, forces: int, areas: int) -> tuple[FloatArray, FloatArray]:
    """Return middles and radii of towns, the largest first and none on another; sizes fall by their rank."""
    share = np.arange(1, _TOWNS_A_FORCE * forces + 1) ** -0.85
    share[0] *= _CAPITAL
    radius = _TOWN_M * np.sqrt(areas * _URBAN_SHARE * share / share.sum())
    tries = _within(rng, outline, 4_000)
    inland = shapely.distance(shapely.points(tries), outline.boundary)
    apart = np.full(len(tries), np.inf)
    centre = np.empty((len(radius), 2))
    for town, reach in enumerate(radius):
        free = (apart > 0.9 * reach) & (inland > (1.0 if town == 0 else 0.6) * reach)
        centre[town] = tries[np.argmax(free)]  # the first of all where there is no room left
        apart = np.minimum(apart, np.hypot(*(tries - centre[town]).T) - 0.9 * reach)
    return np.round(centre), radius


def _seeds(rng: Generator, outline: BaseGeometry, centre: FloatArray, radius: FloatArray, areas: int) -> FloatArray:
    """Return a place in each small area: close together in the middle of towns, far apart in the country."""
    town = rng.choice(len(radius), round(_URBAN_SHARE * areas), p=radius**2 / (radius**2).sum())
    turn, out = rng.uniform(0, 2 * np.pi, len(town)), rng.uniform(0, 1, len(town)) ** 0.6
    out *= radius[town] * (1 + 0.15 * np.sin(2 * turn + town) + 0.1 * np.sin(3 * turn + 2 * town))
    urban = centre[town] + out[:, None] * np.column_stack((np.cos(turn), np.sin(turn)))
    urban = np.unique(np.round(urban[shapely.contains_xy(outline, *urban.T)], 1), axis=0)
    rural = np.round(_within(rng, outline, areas - len(urban)), 1)
    return np.concatenate((urban, rural))


def _nearest_town(seeds: FloatArray, centre: FloatArray, radius: FloatArray) -> tuple[IntArray, FloatArray]:
    """Return the town whose edge is nearest, and the distance of its middle as a multiple of its radius."""
    near = cKDTree(centre).query(seeds, k=min(6, len(centre)))[1].reshape(len(seeds), -1)
    near = np.column_stack((near, np.zeros(len(seeds), dtype=np.int64)))
    metres = np.hypot(*(centre[near] - seeds[:, None]).transpose(2, 0, 1))
    best = np.arange(len(seeds)), np.argmin(metres - radius[near], axis=1)
    return near[best].astype(np.int64), np.round(metres[best] / radius[near[best]], 6)


def _forces(
    rng: Generator, outline: BaseGeometry, seeds: FloatArray, forces: int, capital: FloatArray, radius: float
) -> IntArray:
    """Return the force of each small area: the capital's first, then the one in its middle, then all others."""
    metres = np.hypot(*(seeds - capital).T)
    own = 1 + int(forces >= CITY_FROM)
    if forces == 1:
        return np.zeros(len(seeds), dtype=np.int64)
    beyond = metres > radius
    middles = _middles(rng, outline, seeds[beyond], min(forces, forces - own))
    force = np.asarray(own + cKDTree(middles).query(seeds)[1], dtype=np.int64)
    force[~beyond] = 0
    if own == 2:
        force[np.argsort(metres, kind="stable")[:_LEAST_AREAS]] = 1
    return force


def _middles(rng: Generator, outline: BaseGeometry, seeds: FloatArray, count: int) -> FloatArray:
    """Return middles of forces, spread half by people and half by area, from west to east."""
    sample = np.concatenate((rng.choice(seeds, 30 * count), _within(rng, outline, 30 * count)))
    found = means(rng, sample, count)
    return np.asarray(found[np.lexsort(found.T[::-1])], dtype=np.float64)


def _wards(rng: Generator, seeds: FloatArray, force: IntArray) -> IntArray:
    """Return the ward of each small area: neighbours of one force."""
    ward = np.empty(len(seeds), dtype=np.int64)
    held = 0
    for number in range(int(force.max()) + 1):
        mine = np.flatnonzero(force == number)
        middles = means(rng, seeds[mine], max(1, round(len(mine) / _AREAS_A_WARD)))
        ward[mine] = held + cKDTree(middles).query(seeds[mine])[1]
        held += len(middles)
    return ward


def _cells(seeds: FloatArray, outline: BaseGeometry) -> Lines:
    """Return the ground of each seed; vertices to a decimetre, so that borders that were one stay one."""
    parted = shapely.voronoi_polygons(shapely.MultiPoint(seeds), extend_to=outline, ordered=True)
    cells: Lines = shapely.get_parts(parted)
    outer = ~shapely.contains(outline, cells)
    cells[outer] = shapely.intersection(cells[outer], outline)
    return np.asarray(shapely.transform(cells, lambda xy: np.round(xy, 1)))


def _hardship(rng: Generator, seeds: FloatArray, remoteness: FloatArray) -> FloatArray:
    """Return a level of hardship, alike among neighbours near and far, and higher in towns."""
    tree = cKDTree(seeds)
    level = 0.8 * np.clip(1 - remoteness, 0, 1)
    for neighbours, weight in ((8, 1.2), (200, 6.0)):
        _, near = tree.query(seeds, k=min(neighbours, len(seeds)))
        level = level + weight * rng.normal(size=len(seeds))[near.reshape(len(seeds), -1)].mean(axis=1)
    return np.asarray(np.round((level - level.mean()) / max(level.std(), 1e-9), 6), dtype=np.float64)
