"""How much is recorded in a made-up nation, and where: by force, month and category; hot spots come and go."""

from typing import Final

import numpy as np
import pandas as pd
from numpy.random import Generator
from scipy.spatial import cKDTree

from geodata._nation import NationForce, Spots
from geodata._nation_land import Ground
from geodata._nation_points import MapPoints
from geodata._town_crime import OFFENCES
from geodata.cast import FloatArray, IntArray

SHARES: Final = np.array([kind.share for kind in OFFENCES])
PULLS: Final = np.array([kind.pulls for kind in OFFENCES])
HISTORIES: Final = ("persistent", "new", "former")
_WINTERS: Final = np.array([kind.winter for kind in OFFENCES])
_POINTS_A_SPOT: Final = 1_200
_MOST_SPOTS: Final = 60
_RADIUS_M: Final = (90.0, 170.0)
_APART_M: Final = 700.0
_STRENGTH: Final = (4.0, 12.0)


def levels(addresses: IntArray, risk: FloatArray) -> FloatArray:
    """Return how strongly each map point attracts each category, shape (categories, points); rounded, never 0."""
    return np.asarray(np.round(PULLS @ addresses.T * risk, 6) + 1e-9, dtype=np.float64)


def expected(
    rng: Generator, ground: Ground, months: tuple[str, ...], visitors: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """
    Return the share of the nation's incidents in each force and month, and of each category within it.

    Parameters
    ----------
    rng : random numbers
    ground : small areas and who holds them
    months : "2011-01", ...
    visitors : people of each force as a multiple of those who live there

    Returns
    -------
    incidents : shape (forces, months), in sum 1
    shares : shape (forces, months, categories), in sum 1 over the categories
    """
    starts = pd.PeriodIndex(months, freq="M")
    years = np.arange(len(months)) / 12
    forces = int(ground.force.max()) + 1
    people = np.bincount(ground.force, weights=ground.people) * visitors
    hardship = np.bincount(ground.force, weights=ground.people * ground.hardship) / np.bincount(
        ground.force, weights=ground.people
    )
    rate = people * np.exp(rng.normal(0, 0.12, forces)) * np.clip(1 + 0.3 * hardship, 0.5, 2)
    slope, phase = rng.normal(0.1, 0.15, (forces, 1)), rng.normal(0.3, 0.06, (forces, 1))
    trend = 1 + slope * (years / max(years[-1], 1) - 0.5) + 0.12 * np.sin(2 * np.pi * (years / 11 + phase))
    own = SHARES * np.exp(rng.normal(0, 0.12, (forces, len(OFFENCES))))
    # the year's height is in the middle of January, as that of a made-up force
    season = 1 + _WINTERS * np.cos(2 * np.pi * (starts.month.to_numpy()[:, None] - 1) / 12)
    by_category = own[:, None, :] * season
    total = by_category.sum(axis=2)
    incidents = rate[:, None] * trend * starts.days_in_month.to_numpy() * total
    return incidents / incidents.sum(), by_category / total[:, :, None]


def plant(rng: Generator, points: MapPoints, mine: slice, months: int) -> Spots:
    """Return a force's hot spots: among its busiest points, apart from one another, some new and some former."""
    xy = points.xy[mine]
    level = levels(points.addresses[mine], points.risk[mine])
    chance = SHARES @ (level / level.sum(axis=1)[:, None])
    wanted = int(np.clip(round(len(xy) / _POINTS_A_SPOT), 1, _MOST_SPOTS))
    tree, spot = cKDTree(xy), np.full(len(xy), -1, dtype=np.int64)
    middles: list[int] = []
    for middle in rng.choice(len(xy), min(len(xy), 20 * wanted), p=chance / chance.sum()):
        apart = np.hypot(*(xy[middles] - xy[middle]).T)
        if len(middles) == wanted or (apart < _APART_M).any():
            continue
        spot[sorted(tree.query_ball_point(xy[middle], rng.uniform(*_RADIUS_M)))] = len(middles)
        middles.append(int(middle))
    count = len(middles)
    history = rng.choice(len(HISTORIES), count, p=(0.6, 0.2, 0.2))
    spans = np.column_stack((np.zeros(count, dtype=np.int64), np.full(count, months)))
    spans[history == 1, 0] = np.round(rng.uniform(0.6, 0.95, count) * months)[history == 1]
    spans[history == 2, 1] = np.round(rng.uniform(0.3, 0.8, count) * months)[history == 2]
    return Spots(spot, np.round(rng.uniform(*_STRENGTH, count), 1), history, spans)


def drawn(rng: Generator, force: NationForce, month: int) -> tuple[IntArray, IntArray]:
    """Return the map point and the category of each incident of a month, in no order."""
    spots = force.spots
    there = (spots.spans[:, 0] <= month) & (month < spots.spans[:, 1])
    factor = np.append(np.where(there, spots.strength, 1.0), 1.0)[spots.of_point]
    counts = rng.multinomial(force.incidents[month], force.shares[month])
    level = np.cumsum(levels(force.addresses, force.risk * factor), axis=1)
    places = [
        np.minimum(np.searchsorted(each, rng.uniform(0, each[-1], count), side="right"), len(each) - 1)
        for each, count in zip(level, counts, strict=True)
    ]
    return np.concatenate(places).astype(np.int64), np.repeat(np.arange(len(counts)), counts)
