"""One shift's patrols as arrays: what the solvers and the timing work on. Times are minutes from the shift's start."""

from dataclasses import dataclass

import numpy as np

from allocation.problem import Problem
from geodata.cast import FloatArray, IntArray

NEVER = 1_000_000  # minutes of a leg that is not made


@dataclass(frozen=True)
class Task:
    """
    What is to be visited in one shift, and by whom.

    Parameters
    ----------
    shift : its name
    places : hot spots in order, each by its name
    dwell : minutes of a visit, by place
    worth : value of the first, second, ... visit, places x visits, 0 beyond the most
    out : minutes between base and place, bases x places
    between : minutes between places
    out_metres, metres : walked on the same legs, 0 where they are driven
    unit, base, minutes : of each unit, in order of their names; the name, the number of the base, minutes on patrol
    first, last : earliest minute away from the base, latest minute back
    gap : minutes between two visits to a place
    """

    shift: str
    places: tuple[str, ...]
    dwell: IntArray
    worth: FloatArray
    out: IntArray
    between: IntArray
    out_metres: FloatArray
    metres: FloatArray
    unit: tuple[str, ...]
    base: IntArray
    minutes: IntArray
    first: int
    last: int
    gap: int

    @property
    def total(self) -> float:
        """The value of every visit that could be wanted."""
        return float(self.worth.sum())


def task_of(problem: Problem, shift_name: str) -> Task:
    """Return the arrays of one shift."""
    shift, rules = problem.shift(shift_name), problem.rules
    visits = problem.visits[problem.visits["shift"] == shift_name].sort_values("hotspot_id")
    number = {place: index for index, place in enumerate(problem.travel.places)}
    at = np.array([number[place] for place in visits["hotspot_id"]], dtype=np.int64)
    out, out_metres = _legs(problem, problem.travel.from_base[:, at], problem.travel.line_from_base[:, at])
    square = np.ix_(at, at)
    between, metres = _legs(problem, problem.travel.between[square], problem.travel.line_between[square])
    nth = np.arange(len(rules.decay))
    share = np.where(nth < visits["most"].to_numpy()[:, None], np.array(rules.decay), 0.0)
    units = sorted((unit for unit in problem.units if unit.shift == shift_name), key=lambda unit: unit.name)
    base = {base.name: index for index, base in enumerate(problem.bases)}
    return Task(
        shift=shift_name,
        places=tuple(visits["hotspot_id"]),
        dwell=np.array(visits["minutes"], dtype=np.int64),
        worth=visits["value"].to_numpy(dtype=np.float64)[:, None] * share,
        out=out,
        between=between,
        out_metres=out_metres,
        metres=metres,
        unit=tuple(unit.name for unit in units),
        base=np.array([base[unit.base] for unit in units], dtype=np.int64),
        minutes=np.array([unit.minutes for unit in units], dtype=np.int64),
        first=rules.briefing,
        last=shift.minutes - rules.debrief,
        gap=rules.gap,
    )


def _legs(problem: Problem, walk: FloatArray, line: FloatArray) -> tuple[IntArray, FloatArray]:
    """Return rule P3's minutes of each leg, and the metres walked."""
    rules = problem.rules
    on_foot = walk <= rules.longest_walk
    driven = np.full(walk.shape, float(NEVER))
    if rules.drive_kmh is not None:
        driven = rules.handover + line * rules.detour * 60 / (rules.drive_kmh * 1000)
        driven = np.maximum(driven, rules.longest_walk * 60 / (rules.walk_kmh * 1000))
    minutes = np.where(on_foot, np.where(on_foot, walk, 0.0) * 60 / (rules.walk_kmh * 1000), driven)
    # In the order of C: of each other order numba would compile everything once more.
    whole: IntArray = np.minimum(np.ceil(minutes - 1e-9), NEVER).astype(np.int64, order="C")
    return whole, np.where(on_foot, walk, 0.0)


@dataclass(frozen=True)
class Patrol:
    """
    One unit's patrol.

    Parameters
    ----------
    unit : its number in the task
    leave : minute at which it leaves the base
    stops : numbers of places in order
    arrive : minute at which each stop begins
    """

    unit: int
    leave: int
    stops: tuple[int, ...]
    arrive: tuple[int, ...]
