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
from allocation._solvers.patrol_master import Kinds, Master, Way
from allocation._solvers.pricing import best_patrol, patrol_table
from allocation._task import Task
from geodata.cast import FloatArray, IntArray

MOST_PLACES = 200
MOST_UNITS = 24
KEPT = 30  # patrols a pricing
ONWARD = 16  # places that a patrol may go on to
LEAST = 1e-9
EFFORT = 5  # places x minutes of a pricing that take as long as a label
STEADY = 1e-3  # relative: patrols that are new no longer tell

Near = tuple[IntArray, IntArray, IntArray]


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


def settled(
    master: Master, walks: list[Walks], near: Near, price: FloatArray, *, toll: float, share: float, work: int
) -> tuple[FloatArray, int]:
    """
    Return prices near those of the programme at which patrols pay little, and the work done.

    Patrols met at prices between join the programme, those that return too soon for a toll, until none is new or what
    is bounded if no better ones are left is near what the programme came to.

    Parameters
    ----------
    master : the programme over patrols
    walks : what is common to the patrols of each kind
    near : nearest places, as `pricing.patrol_table` takes them
    price : the best met so far
    toll : asked of patrols that return too soon
    share : of the best prices met, in those tried
    work : after which it is left at that, in labels that take as long
    """
    task, count, spent, best = master.task, master.kinds.count, 0, np.inf
    each = sum(len(task.places) * one.minutes // EFFORT + 1 for one in walks)
    while spent < work and (answer := master.solve()) is not None:
        now, _ = master.prices(answer)
        mixed = share * price + (1.0 - share) * now
        hasty, real = best_hasty(task, master.kinds, mixed, near), [drawn_at(one, task.worth, mixed) for one in walks]
        pays = np.maximum([most for most, _ in real], [worth - toll for worth, _ in hasty])
        estimate, spent = unpriced(task, mixed) + float(count @ pays), spent + each
        if estimate < best:
            best, price = estimate, mixed
        ways = [(kind, stops) for kind, (_, drawn) in enumerate(real) for stops in drawn]
        new = master.add(ways)
        new += master.add(
            [way for (worth, way), (most, _) in zip(hasty, real, strict=True) if worth - toll > most], toll=toll
        )
        if not new or best - answer.value <= STEADY * best:
            break
    return price, spent


def unpriced(task: Task, price: FloatArray) -> float:
    """Return what visits are worth above their prices."""
    return float(np.maximum(task.worth - price[:, None], 0.0).sum())


def best_hasty(task: Task, kinds: Kinds, price: FloatArray, near: Near) -> list[tuple[float, Way]]:
    """Return by kind of unit the most that a patrol pays that minds only the place before, and the patrol."""
    found: dict[int, tuple[float, Way]] = {}
    for base in sorted(set(kinds.base)):
        alike = [kind for kind, its_base in enumerate(kinds.base) if its_base == base]
        longest = max(kinds.minutes[kind] for kind in alike)
        table = patrol_table(price, task.dwell, task.out[base], *near, task.gap, longest)
        for kind in alike:
            worth, stops = best_patrol(*table, task.out[base], kinds.minutes[kind])
            found[kind] = float(worth), (kind, tuple(stops.tolist()))
    return [found[kind] for kind in range(len(kinds.base))]


def drawn_at(walks: Walks, worth: FloatArray, price: FloatArray) -> tuple[float, list[tuple[int, ...]]]:
    """Return the most that a real patrol met pays, at least 0, and those that pay most."""
    wanted, near = (worth > 0).sum(axis=1), onward(walks.legs, ONWARD)
    top, found, table = few_ways(walks, price, wanted, near, LEAST, KEPT)
    drawn = [tuple(traced(table, int(way))[0].tolist()) for way in found if way != NONE]
    return max(0.0, float(top.max())) if drawn else 0.0, drawn
