"""
Prices on visits, from a linear programme over the patrols met so far [1]_.

Real patrols that pay more than their price join it until none is met.

References
----------
.. [1] Desaulniers, Desrosiers and Solomon, eds (2005). Column Generation. Springer, chapter 1.
"""

import numpy as np

from allocation._solvers.dominance import Walks
from allocation._solvers.few_ways import NONE, few_ways, onward, traced
from allocation._solvers.labels import soonest
from allocation._solvers.patrol_master import Kinds, Master
from allocation._task import Task
from geodata.cast import FloatArray

MOST_PLACES = 200
MOST_UNITS = 24
KEPT = 30  # patrols a pricing
ONWARD = 16  # places that a patrol may go on to
PRICINGS = 12
LEAST = 1e-9


def few_enough(task: Task) -> bool:
    """Say whether the places and units are few enough to look closely."""
    return 0 < len(task.places) <= MOST_PLACES and 0 < len(task.unit) <= MOST_UNITS and bool(task.worth.any())


def walks_of(task: Task, kinds: Kinds) -> list[Walks]:
    """Return what is common to the patrols of each kind."""
    soon = soonest(task.dwell, task.between)
    return [
        Walks(task.dwell, task.out[base], task.between, soon, task.gap, minutes)
        for base, minutes in zip(kinds.base, kinds.minutes, strict=True)
    ]


def priced(master: Master, walks: list[Walks], *, pricings: int = PRICINGS) -> FloatArray:
    """Add patrols that pay more than their price until none is met; return the last prices."""
    price = np.zeros(len(master.task.places))
    for _ in range(pricings):
        answer = master.solve()
        if answer is None:
            break
        price, pays = master.prices(answer)
        drawn = [
            (kind, stops)
            for kind, floor in enumerate(pays.tolist())
            for stops in drawn_at(walks[kind], master.task.worth, price, floor)[1]
        ]
        if not master.add(drawn):
            break
    return price


def drawn_at(walks: Walks, worth: FloatArray, price: FloatArray, floor: float) -> tuple[float, list[tuple[int, ...]]]:
    """Return the most that a real patrol met pays, at least `floor`, and those that pay more than that."""
    wanted, near = (worth > 0).sum(axis=1), onward(walks.legs, ONWARD)
    top, found, table = few_ways(walks, price, wanted, near, floor + LEAST, KEPT)
    drawn = [tuple(traced(table, int(way))[0].tolist()) for way in found if way != NONE]
    return max(floor, float(top.max())) if drawn else floor, drawn
