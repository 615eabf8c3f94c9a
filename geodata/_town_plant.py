"""What is planted in the made-up force, so that what is found can be held against what is there."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import shapely
from numpy.random import Generator
from scipy.spatial import cKDTree
from shapely.geometry.base import BaseGeometry

from geodata._town_crime import BURGLARY, MINUTES_A_DAY, Calendar, drawn
from geodata._town_places import HOME, Premises
from geodata.cast import FloatArray, IntArray

_RADIUS_M: Final = (80.0, 125.0)
_APART_M: Final = (600.0, 450.0, 320.0)  # between the middles of hot spots: as far as there is room
_DENSITY: Final = (65.0, 85.0)  # crimes per km2 aimed at, as a multiple of the force's mean
_STRENGTH: Final = (4.0, 60.0)
_LEAST_DENSITY: Final = 1.5  # before planting, so that planting by a strength raises the density by no less
_REPEAT_SIZE: Final = 0.45  # chance that a repeat victim's last crime is not yet the last


@dataclass(frozen=True, eq=False)
class Planted:
    """Hot spots: outlines, strengths, and for each premises the number of the one that holds it (-1 for none)."""

    outline: list[shapely.Polygon]
    strength: FloatArray
    of_premises: IntArray

    def risk(self) -> FloatArray:
        """Return by how much the chance of each premises is multiplied."""
        return np.append(self.strength, 1.0)[self.of_premises]


@dataclass(frozen=True)
class NearRepeats:
    """
    How one burglary brings on others.

    Parameters
    ----------
    metres : from the door of the first to the door of the next, at most
    days : from the first to the next, at most
    strength : further burglaries that each burglary brings on, on average
    """

    metres: float
    days: int
    strength: float


def plant_hotspots(rng: Generator, premises: Premises, chance: FloatArray, count: int, force: BaseGeometry) -> Planted:
    """
    Return up to `count` hot spots of 150 to 300 metres across, as many as there is room for.

    They stand where crime is already denser than in the force as a whole, in and out of the middle of towns.

    Parameters
    ----------
    rng : random numbers
    premises : of the force
    chance : of each premises to be the place of any incident, in sum 1
    count : wanted
    force : the whole area, which holds every hot spot
    """
    tries = (
        rng.choice(premises.size, min(premises.size, 40 * count + 200), replace=False) if count else np.zeros(0, int)
    )
    radius, shape = rng.uniform(*_RADIUS_M, len(tries)), rng.uniform(0, 2 * np.pi, (len(tries), 2))
    aim = rng.uniform(*_DENSITY, len(tries))
    tree = cKDTree(premises.door)
    outlines: list[shapely.Polygon] = []
    strength: list[float] = []
    of_premises = np.full(premises.size, -1)
    middles = np.empty((0, 2))
    shapely.prepare(force)
    for apart in _APART_M:
        for number, middle in enumerate(premises.door[tries]):
            if len(outlines) == count or (np.hypot(*(middles - middle).T) < apart).any():
                continue
            outline = _outline(middle, radius[number], shape[number])
            inside = np.array(sorted(tree.query_ball_point(middle, 1.3 * radius[number])), dtype=np.int64)
            inside = inside[shapely.contains_xy(outline, *premises.door[inside].T)]
            density = chance[inside].sum() / (outline.area / force.area)
            if density >= _LEAST_DENSITY and shapely.contains_properly(force, outline):
                of_premises[inside] = len(outlines)
                outlines.append(outline)
                strength.append(round(float(np.clip(aim[number] / density, *_STRENGTH)), 1))
                middles = np.concatenate((middles, middle[None, :]))
    return Planted(outlines, np.array(strength), of_premises)


def burglaries(
    rng: Generator, premises: Premises, chance: FloatArray, calendar: Calendar, near: NearRepeats, count: int, most: int
) -> tuple[IntArray, IntArray, IntArray]:
    """
    Return about `count` burglaries, at most `most`: premises, minute, and the number of the one that brought each on.

    The first come of themselves (-1); each then brings on a Poisson number of others, and they in turn.
    """
    from_nothing = min(most, round(count * (1 - near.strength)))
    place = drawn(rng, chance, from_nothing)
    minute = calendar.moments(rng, BURGLARY, premises.kind[place])
    by = np.full(from_nothing, -1)
    tree = cKDTree(premises.door)
    newest = np.arange(from_nothing)
    while len(newest):
        parent = np.repeat(newest, rng.poisson(near.strength, len(newest)))
        next_place = _neighbour(rng, premises, tree, place[parent], near.metres)
        next_minute = _soon(rng, minute[parent], near.days)
        recorded = np.flatnonzero(next_minute < calendar.minutes)[: most - len(place)]
        newest = len(place) + np.arange(len(recorded))
        place = np.append(place, next_place[recorded])
        minute = np.append(minute, next_minute[recorded])
        by = np.append(by, parent[recorded])
    return place, minute, by


def repeat_chains(rng: Generator, suffered_at_home: IntArray, share: float) -> list[IntArray]:
    """Return groups of incidents, each to be made one victim's: two or more of a `share` of those suffered at home."""
    chosen = rng.permutation(suffered_at_home)[: round(len(suffered_at_home) * share)]
    sizes = 1 + rng.geometric(1 - _REPEAT_SIZE, len(chosen))
    ends = np.cumsum(sizes)
    return np.split(chosen, ends[ends < len(chosen)])[: int((ends <= len(chosen)).sum())]


def _outline(middle: FloatArray, radius: float, shape: FloatArray) -> shapely.Polygon:
    turn = np.linspace(0, 2 * np.pi, 18, endpoint=False)
    reach = radius * (1 + 0.12 * np.sin(2 * turn + shape[0]) + 0.06 * np.sin(3 * turn + shape[1]))
    return shapely.Polygon(np.round(middle + np.column_stack((reach * np.cos(turn), reach * np.sin(turn))), 1))


def _neighbour(rng: Generator, premises: Premises, tree: cKDTree, parent: IntArray, metres: float) -> IntArray:
    """Return premises near others, the nearer the likelier; the same again where none is found within `metres`."""
    turn, out = rng.uniform(0, 2 * np.pi, len(parent)), metres * rng.uniform(0, 1, len(parent))
    target = premises.door[parent] + np.column_stack((out * np.cos(turn), out * np.sin(turn)))
    _, found = tree.query(target)
    apart = np.hypot(*(premises.door[found] - premises.door[parent]).T)
    return np.where((apart <= metres) & (premises.kind[found] == HOME), found, parent).astype(np.int64)


def _soon(rng: Generator, minute: IntArray, days: int) -> IntArray:
    """Return moments less than `days` later, the sooner the likelier, at much the same hour."""
    later = 1 + (rng.uniform(0, 1, len(minute)) ** 1.5 * (days - 1)).astype(np.int64)
    return minute + later * MINUTES_A_DAY + rng.integers(-180, 181, len(minute))
