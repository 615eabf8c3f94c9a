"""The objective "worst first": lexicographic max-min of the wards' services, in steps of 5 %."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from allocation._frame import Frame
from allocation._solvers.feasible import settle
from allocation._solvers.team_table import best_teams
from allocation._solvers.teams import Placed
from allocation.team_problem import RULES
from geodata.cast import IntArray

STEPS = 20
ROUND_OFF = 1e-9


@dataclass(frozen=True)
class Level:
    """How many wards stay below a service, and the number that no plan gets below, given the levels before."""

    service: float
    below: int
    bound: int


def worst_first(frame: Frame, held: IntArray | None = None) -> tuple[IntArray, Placed, tuple[Level, ...]] | None:
    """Return the officers by ward, their proof and the levels, or None where the rules cannot all be kept."""
    if settle(frame, RULES) is None:
        return None
    step = _highest(frame)
    frame = _raised(frame, step / STEPS)
    officers, placed = _proven(frame, held=held)
    levels: list[Level] = []
    for number in range(step + 1, STEPS):
        service = number / STEPS
        at_most = tuple((level.service, level.below) for level in levels)
        officers, placed = _proven(frame, held=placed.held, start=officers, at_most=at_most, count=service)
        levels.append(Level(service, _below(frame, officers, service), math.ceil(-placed.bound - 1e-6)))
        if levels[-1].below == frame.size:
            break
    at_most = tuple((level.service, level.below) for level in levels)
    officers, placed = _proven(frame, held=placed.held, start=officers, at_most=at_most)
    return officers, placed, tuple(levels)


def _proven(frame: Frame, **how: Any) -> tuple[IntArray, Placed]:
    found = best_teams(frame, **how)
    if found is None:
        raise RuntimeError("Rules that could be kept cannot be kept any more.")
    return found


def _highest(frame: Frame) -> int:
    """Return the highest step that every ward's service can reach, by halving."""
    low, high = 0, STEPS
    while high - low > 1:
        middle = (low + high) // 2
        reached = settle(_raised(frame, middle / STEPS), RULES) is not None
        low, high = (middle, high) if reached else (low, middle)
    return low


def _raised(frame: Frame, service: float) -> Frame:
    least = max(service, frame.rules.least_service or 0.0)
    return Frame.of(frame.problem.ruled(least_service=least))


def _below(frame: Frame, officers: IntArray, service: float) -> int:
    reached = frame.benefit.service(np.arange(frame.size), officers[:, 0], officers[:, 1])
    return int((reached < service * (1 - ROUND_OFF)).sum())
