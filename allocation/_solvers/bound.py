"""
A bound that no patrol plan of a shift exceeds, by prices on visits.

At prices of at least 0, a plan is worth no more than what its visits earn above their prices plus what each unit's
best patrol pays at them [1]_; the prices come from a linear programme over the patrols met so far, smoothed towards
the best prices met [2]_. The bound is added up here and not taken from the solver; every round's holds, so that the
rounds can end at any time. Where they would take too long, a knapsack of visits by their least minutes stands alone.

References
----------
.. [1] Farley (1990). A note on bounding a class of linear programming problems, including cutting stock problems.
   Operations Research 38(5), 922-923.
.. [2] Wentges (1997). Weighted Dantzig-Wolfe decomposition for linear mixed-integer programming. International
   Transactions in Operational Research 4(2), 151-162.
"""

from dataclasses import dataclass, field

import numpy as np

from allocation._solvers.first_visits import alike, bound_first, once
from allocation._solvers.highs import Answer, Programme, columns
from allocation._solvers.patrols import nearest
from allocation._solvers.pricing import best_patrol, patrol_table
from allocation._task import Patrol, Task
from geodata.cast import FloatArray, IntArray

MOST_ROUNDS = 60
LEAST_ROUNDS = 8
WORK = 1_000_000_000  # steps of the dynamic programme a shift, 2 to 3 seconds
FOLLOWED = 128  # nearest places followed one by one
SMOOTHING = 0.7
CLOSE = 5e-4  # relative: plan and bound are taken to agree


def bound_patrols(task: Task, patrols: tuple[Patrol, ...], *, value: float) -> float:
    """
    Return a bound on the value of every plan for the task.

    Parameters
    ----------
    task : one shift
    patrols : a plan, to start from
    value : what it is worth
    """
    simple = min(task.total, knapsack_bound(task))
    if not task.unit or simple <= value * (1 + CLOSE):
        return max(simple, value)
    if alike(task) and once(task):
        return max(value, min(simple, bound_first(task, value=value)))
    kinds = _Kinds.of(task)
    followed = min(len(task.places) - 1, FOLLOWED)
    steps = len(set(kinds.base)) * len(task.places) * max(1, followed) * int(task.minutes.max())
    rounds = min(MOST_ROUNDS, WORK // max(1, steps))
    if rounds < LEAST_ROUNDS:
        return max(simple, value)
    return max(value, _by_prices(task, kinds, patrols, simple=simple, value=value, rounds=rounds, followed=followed))


def knapsack_bound(task: Task) -> float:
    """Return the worth of the visits that would fit the units' minutes if each took its least, the last in part."""
    if not task.unit or not task.places:
        return 0.0
    apart = task.between.copy()
    np.fill_diagonal(apart, task.gap)
    out = task.out[np.unique(task.base)]
    least = task.dwell + np.minimum(apart.min(axis=0), out.min(axis=0))
    minutes = float(np.maximum(task.minutes - task.out.min(axis=1)[task.base], 0).sum())
    cost, worth = np.repeat(least, task.worth.shape[1]), task.worth.ravel()
    order = np.argsort(-worth / cost, kind="stable")
    room = np.maximum(0.0, minutes - np.concatenate([[0.0], cost[order].cumsum()[:-1]]))
    return float((worth[order] * np.minimum(1.0, room / cost[order])).sum())


@dataclass(frozen=True)
class _Kinds:
    """Units that are alike, since they share a base and their minutes."""

    base: tuple[int, ...]
    minutes: tuple[int, ...]
    count: FloatArray
    of_unit: IntArray

    @classmethod
    def of(cls, task: Task) -> "_Kinds":
        pairs = np.column_stack([task.base, task.minutes])
        kinds, of_unit, count = np.unique(pairs, axis=0, return_inverse=True, return_counts=True)
        return cls(tuple(kinds[:, 0].tolist()), tuple(kinds[:, 1].tolist()), count.astype(np.float64), of_unit.ravel())


@dataclass
class _Master:
    """The linear programme over the patrols met so far; grows in place within this module."""

    task: Task
    kinds: _Kinds
    programme: Programme
    met: set[tuple[int, ...]] = field(default_factory=set)

    @classmethod
    def of(cls, task: Task, kinds: _Kinds) -> "_Master":
        places, alike = len(task.places), len(kinds.base)
        lower = np.concatenate([np.zeros(places), np.full(alike, -np.inf)])
        upper = np.concatenate([np.full(places, np.inf), kinds.count])
        programme = Programme(lower, upper)
        place, nth = np.nonzero(task.worth > 0)
        programme.add(columns(task.worth[place, nth], np.ones(len(place)), [{int(row): -1.0} for row in place]))
        return cls(task, kinds, programme)

    def add(self, patrols: list[tuple[int, list[int]]]) -> int:
        """Add patrols, each the number of its kind and its places; return how many were new."""
        entries = []
        for kind, stops in patrols:
            key = (kind, *sorted(stops))
            if not stops or key in self.met:
                continue
            self.met.add(key)
            entry = {place: float(stops.count(place)) for place in stops}
            entries.append(entry | {len(self.task.places) + kind: 1.0})
        if entries:
            self.programme.add(columns(np.zeros(len(entries)), np.full(len(entries), np.inf), entries))
        return len(entries)

    def solve(self) -> Answer | None:
        """Return the answer in fractions."""
        return self.programme.solve()


def _by_prices(
    task: Task,
    kinds: _Kinds,
    patrols: tuple[Patrol, ...],
    *,
    simple: float,
    value: float,
    rounds: int,
    followed: int,
) -> float:
    master = _Master.of(task, kinds)
    master.add([(int(kinds.of_unit[patrol.unit]), list(patrol.stops)) for patrol in patrols])
    best, best_price, smoothing = np.inf, np.zeros(len(task.places)), SMOOTHING
    near = nearest(task.between, followed)
    for _ in range(rounds):
        answer = master.solve()
        if answer is None or min(simple, best) - max(answer.value, value) <= CLOSE * simple:
            break
        price = np.maximum(0.0, -answer.prices[: len(task.places)])
        price = smoothing * best_price + (1 - smoothing) * price if np.isfinite(best) else price
        bound, drawn = _priced(task, kinds, price, near)
        new = master.add(drawn)
        if bound < best:
            best, best_price, smoothing = bound, price, SMOOTHING
        elif not new and smoothing == 0:
            break
        else:
            smoothing = SMOOTHING if new else 0.0
    return min(simple, best)


def _priced(
    task: Task, kinds: _Kinds, price: FloatArray, near: tuple[IntArray, IntArray, IntArray]
) -> tuple[float, list[tuple[int, list[int]]]]:
    """Return the bound at these prices, and the best patrol of each kind of unit."""
    bound, drawn = float(np.maximum(task.worth - price[:, None], 0.0).sum()), []
    for base in sorted(set(kinds.base)):
        alike = [kind for kind, its_base in enumerate(kinds.base) if its_base == base]
        longest = max(kinds.minutes[kind] for kind in alike)
        table = patrol_table(price, task.dwell, task.out[base], *near, task.gap, longest)
        for kind in alike:
            worth, stops = best_patrol(*table, task.out[base], kinds.minutes[kind])
            bound += float(kinds.count[kind]) * worth
            drawn.append((kind, stops.tolist()))
    return bound, drawn
