"""
Patrols put together from many: priced, packed, put on the clock, and each drawn once more beside the others.

Prices on visits come from a linear programme over the patrols met so far [1]_; patrols that pay more than their price
join it. Which of them go together best is settled in whole numbers, without a look at the gap between two units'
visits; putting them on the clock sees to that.

References
----------
.. [1] Desaulniers, Desrosiers and Solomon, eds (2005). Column Generation. Springer, chapter 1.
"""

import numpy as np

from allocation._solvers.patrol_master import Kinds, Master, Way
from allocation._solvers.replies import NONE, onward, traced, ways
from allocation._solvers.sheet import Sheet
from allocation._task import Task
from geodata.cast import FloatArray

MOST_PLACES = 200
MOST_UNITS = 24
KEPT = 30  # patrols a pricing
ONWARD = 16  # places that a patrol may go on to
PRICINGS = 30
SLACK = 2e-3  # of the worth: how far the packing may stay below the best
NODES = 1  # one look and no trial and error: 40 took five times as long and, on the clock, led to less
SWEEPS = 3
MOVED, NEARLY = 0.1, 0.97  # prices, by that much up or down; of the price
MOST_ORDERS = 6  # in which units are put on the clock,
ORDER = 800  # and orders x places x units that take a second or so
LEAST = 1e-9


def packable(task: Task) -> bool:
    """Say whether the places and units are few enough to look closely."""
    return 0 < len(task.places) <= MOST_PLACES and 0 < len(task.unit) <= MOST_UNITS and bool(task.worth.any())


def packed(task: Task, sheet: Sheet, *, pricings: int = PRICINGS, seed: int = 0) -> Sheet:
    """Return the patrols that go together best among those of a sheet and others that prices lead to."""
    kinds = Kinds.of(task)
    master = Master.of(task, kinds)
    master.add([(int(kinds.of_unit[patrol.unit]), patrol.stops) for _, patrol in sorted(sheet.patrols.items())])
    rng, orders = np.random.default_rng(seed), max(1, min(MOST_ORDERS, ORDER // (len(task.places) * len(task.unit))))
    priced(master, pricings=pricings)
    _varied(master, rng, draws=2 * orders)
    chosen = master.chosen(slack=SLACK * sheet.value(), nodes=NODES)
    made = [_clocked(task, kinds, list(chosen), rng.permutation(len(task.unit)).tolist()) for _ in range(orders)]
    return max(made, key=Sheet.value)


def _clocked(task: Task, kinds: Kinds, left: list[Way], order: list[int]) -> Sheet:
    """Return the patrols put on the clock one by one, each then drawn once more beside the others while it helps."""
    made = Sheet.blank(task)
    for unit in order:
        kind = int(kinds.of_unit[unit])
        way = next((way for way in left if way[0] == kind), None)
        if way is None:
            made.add(made.draw(int(task.base[unit]), int(task.minutes[unit]), unit))
        else:
            left.remove(way)
            made.add(made.follow(unit, np.array(way[1], dtype=np.int64)))
    for _ in range(SWEEPS):
        changed = [made.reply(unit) for unit in order]
        if not any(changed):
            break
    return made


def _varied(master: Master, rng: np.random.Generator, *, draws: int) -> None:
    """Add patrols that nearly pay their price, at prices a little moved about: more that may go together."""
    answer = master.solve()
    if answer is None:
        return
    price, pays = master.prices(answer)
    for _ in range(draws):
        moved = price * rng.lognormal(0.0, MOVED, len(price))
        for kind, floor in enumerate(pays.tolist()):
            master.add(drawn_at(master.task, master.kinds, kind, moved, NEARLY * floor))


def priced(master: Master, *, pricings: int = PRICINGS) -> FloatArray:
    """Add patrols that pay more than their price until none is met; return the last prices."""
    task, price = master.task, np.zeros(len(master.task.places))
    for _ in range(pricings):
        answer = master.solve()
        if answer is None:
            break
        price, pays = master.prices(answer)
        drawn = [way for kind, floor in enumerate(pays) for way in drawn_at(task, master.kinds, kind, price, floor)]
        if not master.add(drawn):
            break
    return price


def drawn_at(task: Task, kinds: Kinds, kind: int, price: FloatArray, floor: float) -> list[Way]:
    """Return real patrols of a kind of unit, alone in the shift, that are worth more than `floor` at these prices."""
    blank = Sheet.blank(task)
    prize = np.where(task.worth > 0, price[:, None], 0.0)
    minutes, out = kinds.minutes[kind], task.out[kinds.base[kind]]
    near = onward(task.between, ONWARD)
    _, found, table = ways(
        blank.ground, blank.booked, blank.count, prize, out, near, minutes, task.first, floor + LEAST, KEPT
    )
    return [(kind, tuple(traced(table, int(way))[0].tolist())) for way in found if way != NONE]
