"""The shapes from which the made-up force's land is made: towns, the ragged edge, the river, and long waves."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.random import Generator
from scipy.spatial import cKDTree

from geodata.cast import BoolArray, FloatArray, IntArray

CENTRE: Final = (560_000.0, 520_000.0)  # easting and northing, in the open North Sea


@dataclass(frozen=True)
class Towns:
    """
    Where people live: built-up places with ragged edges, the largest first.

    Parameters
    ----------
    centre : metres, shape (towns, 2)
    radius : metres, one per town
    phase : radians, shape (towns, 2), of the two- and the three-lobed bulge of the edge
    """

    centre: FloatArray
    radius: FloatArray
    phase: FloatArray

    def remoteness(self, xy: FloatArray) -> FloatArray:
        """Return how far out each place lies: 0 in a town's centre, 1 on its edge, the least over all towns."""
        least = np.full(len(xy), np.inf)
        for town, centre in enumerate(self.centre):
            x, y = (xy - centre).T
            edge = self.radius[town] * self.bulge(np.arctan2(y, x), town)
            least = np.minimum(least, np.hypot(x, y) / edge)
        return least

    def bulge(self, turn: FloatArray, town: IntArray | int) -> FloatArray:
        """Return by how much the edge of `town` stands out in direction `turn`."""
        two, three = np.sin(2 * turn + self.phase[town, 0]), np.sin(3 * turn + self.phase[town, 1])
        return np.asarray(1 + 0.2 * two + 0.12 * three, dtype=np.float64)


@dataclass(frozen=True)
class Edge:
    """The ragged edge of the force."""

    radius: float
    phase: FloatArray

    def holds(self, xy: FloatArray, beyond: float = 0.0) -> BoolArray:
        turn = np.arctan2(*(xy - CENTRE).T[::-1])
        reach = self.radius * (1 + 0.14 * np.sin(2 * turn + self.phase[0]) + 0.08 * np.sin(3 * turn + self.phase[1]))
        inside: BoolArray = np.hypot(*(xy - CENTRE).T) <= reach + beyond
        return inside


@dataclass(frozen=True)
class River:
    """A winding line across the force, past the middle of the largest town."""

    turn: float
    length: float
    phase: FloatArray
    past: float

    def across(self, along: FloatArray) -> FloatArray:
        """Return how far to the left the river lies, at each distance along its axis."""
        wide = 0.10 * self.length * np.sin(1.5 * np.pi * along / self.length + self.phase[0])
        return np.asarray(self.past + wide + 200 * np.sin(along / 420 + self.phase[1]), dtype=np.float64)

    def side(self, xy: FloatArray) -> BoolArray:
        """Return True on the left bank."""
        along, left = self._turned(xy - CENTRE, -self.turn).T
        return np.asarray(left > self.across(along), dtype=np.bool_)

    def with_banks(self, seeds: FloatArray, towns: Towns, edge: Edge) -> FloatArray:
        """Return the seeds with pairs on either bank, whose border the river will be, for those too near to it."""
        along = [-1.3 * self.length]
        while along[-1] < 1.3 * self.length:
            here = self._turned(np.array([[along[-1], float(self.across(np.array(along[-1])))]]), self.turn) + CENTRE
            along.append(along[-1] + (330 if towns.remoteness(here)[0] < 1.1 else 800))
        places = np.array(along)
        step = np.gradient(places)
        slope = np.gradient(self.across(places), places)
        normal = np.column_stack((-slope, np.ones(len(places)))) / np.hypot(slope, 1)[:, None]
        course = np.column_stack((places, self.across(places)))
        banks = [self._turned(course + side * 0.5 * step[:, None] * normal, self.turn) + CENTRE for side in (-1, 1)]
        metres, nearest = cKDTree(self._turned(course, self.turn) + CENTRE).query(seeds)
        pairs = np.concatenate([bank[edge.holds(bank)] for bank in banks])
        return np.concatenate((seeds[metres > 0.95 * step[nearest]], pairs))

    @staticmethod
    def _turned(xy: FloatArray, turn: float) -> FloatArray:
        cos, sin = np.cos(turn), np.sin(turn)
        return np.asarray(xy @ np.array([[cos, sin], [-sin, cos]]), dtype=np.float64)


@dataclass(frozen=True)
class Waves:
    """Long waves that move every place a little, neighbours alike, so that no line of the map stays ruled."""

    direction: FloatArray
    phase: FloatArray
    length: FloatArray

    @classmethod
    def drawn(cls, rng: Generator) -> "Waves":
        turn = rng.uniform(0, 2 * np.pi, 8)
        direction = np.column_stack((np.cos(turn), np.sin(turn)))
        return cls(direction, rng.uniform(0, 2 * np.pi, (8, 2)), rng.uniform(900, 3000, 8))

    def moved(self, xy: FloatArray) -> FloatArray:
        swing = 2 * np.pi * ((xy - CENTRE) @ self.direction.T) / self.length
        steps = [(0.018 * self.length * np.sin(swing + self.phase[:, axis])).sum(axis=1) for axis in (0, 1)]
        return np.asarray(np.round(xy + np.column_stack(steps), 1), dtype=np.float64)
