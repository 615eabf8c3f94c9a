"""
A shift whose units are alike as team orienteering: each place once, worth its first visit.

Where no place wants a second visit that is the whole question, and its bound is the bound of the shift.
"""

import itertools

import numpy as np

from allocation._solvers.orienteering_bound import bound_rounds
from allocation._solvers.orienteering_moves import Field
from allocation._task import NEVER, Task

GRID = 10_000  # steps of worth that the largest prize has
PRICES = 300
MOST_PLACES = 200


def alike(task: Task) -> bool:
    """Say whether all units share a base and their minutes, and the places are few enough to look closely."""
    kinds = len(set(zip(task.base.tolist(), task.minutes.tolist(), strict=True)))
    return kinds == 1 and 0 < len(task.places) <= MOST_PLACES and bool(task.worth.any())


def once(task: Task) -> bool:
    """Say whether no place wants a second visit."""
    return not task.worth[:, 1:].any()


def _field(task: Task) -> tuple[Field, float]:
    """Return the field of first visits, and what a step of its prizes is worth; prizes are rounded up."""
    n, out = len(task.places) + 2, task.out[task.base[0]]
    leg = np.full((n, n), NEVER, dtype=np.int64)
    leg[1:-1, 1:-1] = task.between
    leg[0, 1:-1] = leg[1:-1, 0] = leg[-1, 1:-1] = leg[1:-1, -1] = out
    leg[0, -1] = leg[-1, 0] = 0
    service = np.concatenate([[0], task.dwell, [0]])
    step = float(task.worth[:, 0].max()) / GRID
    open_to = 2 * out + task.dwell <= task.minutes[0]
    prize = np.where(open_to, np.ceil(task.worth[:, 0] / step - 1e-9), 0.0).astype(np.int64)
    none, closes = np.zeros(n, dtype=np.int64), np.full(n, int(task.minutes[0]), dtype=np.int64)
    return Field(leg, service.astype(np.int64), none, closes, np.concatenate([[0], prize, [0]])), step


def bound_first(task: Task, *, value: float) -> float:
    """Return a bound on the worth of all first visits, where a plan is worth `value`."""
    field, step = _field(task)
    turns = itertools.count()
    priced = bound_rounds(field, len(task.unit), value / step, goes_on=lambda: next(turns) < PRICES)
    return priced.bound * step
