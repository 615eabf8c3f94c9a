"""
The made-up nation's published map points: short streets in every small area, and points along them.

data.police.uk moves each crime to one of about 750,000 points, each on a street or a place that many visit, and each
serving at least eight addresses [1]_. A point here has its street, its addresses of four kinds, and how much riskier
than others of its kind it is; a few are places such as a shopping area, which is why some points hold hundreds of
crimes and most hold few.

References
----------
.. [1] data.police.uk, About: location anonymisation.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import shapely
from numpy.random import Generator
from scipy.spatial import cKDTree

from geodata._nation_land import Ground
from geodata._town_names import street_names
from geodata._town_places import KINDS, LEAST_AT_A_POINT
from geodata.cast import FloatArray, IntArray

_POINTS_A_STREET: Final = 2.5
_MOST_ON_A_STREET: Final = 14
_STREET_NAMES: Final = 40_000
_HAMLETS: Final = 3  # in a small area larger than this
_COUNTRY_M2: Final = 3e6
_PLACE_SHARE: Final = 0.12
# What a point is called in place of its street, and the homes, shops, licensed premises and others it is as good as.
_PLACES: Final = (
    ("Parking Area", (0, 0, 0, 12)),
    ("Supermarket", (0, 45, 0, 2)),
    ("Shopping Area", (0, 60, 4, 4)),
    ("Sports/Recreation Area", (0, 0, 1, 10)),
    ("Petrol Station", (0, 12, 0, 0)),
    ("Park/Open Space", (0, 0, 0, 8)),
    ("Nightclub", (0, 0, 6, 0)),
    ("Pedestrian Subway", (0, 0, 0, 8)),
    ("Bus/Coach Station", (0, 4, 0, 25)),
    ("Hospital", (0, 2, 0, 60)),
    ("Further/Higher Educational Building", (0, 1, 1, 30)),
    ("Theatre/Concert Hall", (0, 1, 3, 6)),
    ("Police Station", (0, 0, 0, 40)),
)


@dataclass(frozen=True, eq=False)
class MapPoints:
    """
    Map points in the order of their small areas; one of each array per point.

    Parameters
    ----------
    xy : whole metres on British National Grid, shape (points, 2); no two alike
    area : number of the small area that holds it
    street : number of its street in `lines`
    name : number of what it is published as, in `names`
    addresses : homes, shops, licensed premises and others that it serves, shape (points, 4)
    risk : of its addresses, as a multiple of that of others of their kind
    lines : ends of each street, metres, shape (streets, 2, 2)
    names : what points are published as, less "On or near"
    """

    xy: FloatArray
    area: IntArray
    street: IntArray
    name: IntArray
    addresses: IntArray
    risk: FloatArray
    lines: FloatArray
    names: npt.NDArray[np.object_]


def make_points(rng: Generator, ground: Ground, count: int) -> MapPoints:
    """Return about so many map points, those of each small area within it."""
    size, line = _streets(rng, ground, count)
    street = np.repeat(np.arange(len(size)), size)
    place = np.arange(len(street)) - np.repeat(np.cumsum(size) - size, size)
    along = ((place + 0.5) / size[street])[:, None]
    xy = np.round(line[street, 0] * (1 - along) + line[street, 1] * along)
    _, first = np.unique(xy[:, 0] * 1e7 + xy[:, 1], return_index=True)
    area = np.asarray(cKDTree(ground.seeds).query(xy)[1], dtype=np.int64)
    on_land = np.zeros(len(xy), dtype=np.bool_)
    on_land[first] = shapely.intersects_xy(ground.cells[area[first]], *xy[first].T)
    kept = np.flatnonzero(on_land)
    kept = kept[np.lexsort((street[kept], area[kept]))]
    street, area = street[kept], area[kept]
    name, kind = _labels(rng, street, len(size))
    return MapPoints(
        xy=xy[kept],
        area=area,
        street=street,
        name=name,
        addresses=_addresses(rng, ground, area, kind),
        risk=_risk(rng, ground.hardship[area]),
        lines=line,
        names=np.concatenate(([called for called, _ in _PLACES], street_names(rng, _STREET_NAMES))),
    )


def _risk(rng: Generator, hardship: FloatArray) -> FloatArray:
    """Return how much riskier than others each point's addresses are; rounded, so that all machines agree."""
    return np.asarray(np.round(np.exp(rng.normal(0, 0.8, len(hardship)) + 0.4 * hardship), 6), dtype=np.float64)


def _streets(rng: Generator, ground: Ground, count: int) -> tuple[IntArray, FloatArray]:
    """Return how many points each street has, and its ends: near the small area's seed, or in one of its hamlets."""
    area = rng.choice(len(ground.people), round(count / _POINTS_A_STREET), p=ground.people / ground.people.sum())
    area = np.concatenate((np.arange(len(ground.people)), area))[: max(len(area), len(ground.people))]
    size = np.minimum(rng.geometric(1 / _POINTS_A_STREET, len(area)), _MOST_ON_A_STREET)
    square = shapely.area(ground.cells)
    side = np.sqrt(square)[area]
    hamlet = rng.integers(0, np.where(square[area] > _COUNTRY_M2, _HAMLETS, 1))
    shift = rng.normal(size=(len(square), _HAMLETS, 2)) * 0.25
    shift[square <= _COUNTRY_M2] = 0
    core = ground.seeds[area] + shift[area, hamlet] * side[:, None]
    middle = core + rng.normal(size=core.shape) * np.minimum(0.28 * side, 300)[:, None]
    turn = rng.uniform(0, np.pi, len(square))[area] + rng.integers(0, 2, len(area)) * np.pi / 2
    turn += rng.normal(0, 0.08, len(area))
    half = (0.5 * size * (55 + 30 * np.minimum(ground.remoteness[area], 2)))[:, None]
    ahead = half * np.column_stack((np.cos(turn), np.sin(turn)))
    return size, np.stack((middle - ahead, middle + ahead), axis=1)


def _labels(rng: Generator, street: IntArray, streets: int) -> tuple[IntArray, IntArray]:
    """Return the number of each point's name, and of the place it is, -1 where it is no more than a street."""
    called = len(_PLACES) + rng.integers(0, _STREET_NAMES, streets)
    rank = np.arange(1, len(_PLACES) + 1)
    drawn = rng.choice(len(_PLACES), len(street), p=(1 / rank) / (1 / rank).sum())
    kind = np.where(rng.uniform(size=len(street)) < _PLACE_SHARE, drawn, -1)
    return np.where(kind >= 0, kind, called[street]).astype(np.int64), kind.astype(np.int64)


def _addresses(rng: Generator, ground: Ground, area: IntArray, kind: IntArray) -> IntArray:
    """Return how many homes, shops, licensed premises and others each point serves; trade is in the middle of towns."""
    every = LEAST_AT_A_POINT + rng.gamma(1.2, 22, len(area)).astype(np.int64)
    centre = ground.remoteness[area] / 0.14
    parade = rng.uniform(size=len(area)) < 0.05
    trading = rng.binomial(every, np.minimum(0.5 * np.exp(-(centre**2)) + 0.3 * parade + 0.006, 0.8))
    licensed, other = rng.binomial(trading, 0.12), rng.binomial(every - trading, 0.015)
    served = np.column_stack((every - trading - other, trading - licensed, licensed, other))
    extra = np.array([*(counts for _, counts in _PLACES), (0,) * len(KINDS)])
    return np.asarray(served + extra[kind], dtype=np.int64)
