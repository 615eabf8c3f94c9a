"""
A bound that no patrol plan of a shift exceeds, by prices on visits.

At prices of at least 0, a plan is worth no more than what its visits earn above their prices plus what each unit's
best patrol pays at them [1]_; the prices come from a linear programme over the patrols met so far, smoothed towards
the best prices met [2]_. The bound is added up here and not taken from the solver; every round's holds, so that the
rounds can end at any time. Where places are few, patrols that return too soon are kept out (`gap_bound`). Where it all
would take too long, a knapsack of visits by their least minutes stands alone.

References
----------
.. [1] Farley (1990). A note on bounding a class of linear programming problems, including cutting stock problems.
   Operations Research 38(5), 922-923.
.. [2] Wentges (1997). Weighted Dantzig-Wolfe decomposition for linear mixed-integer programming. International
   Transactions in Operational Research 4(2), 151-162.
"""

import numpy as np

from allocation._solvers.first_visits import alike, bound_first, once
from allocation._solvers.gap_bound import LABELS, lowered, without_haste
from allocation._solvers.patrol_master import Kinds, Master
from allocation._solvers.priced import best_hasty, few_enough, unpriced
from allocation._solvers.sheet import nearest
from allocation._task import Patrol, Task

MOST_ROUNDS = 60
LEAST_ROUNDS = 8
WORK = 1_000_000_000  # steps of the dynamic programme a shift, 2 to 3 seconds
FOLLOWED = 128  # nearest places followed one by one
SMOOTHING = 0.7
CLOSE = 5e-4  # relative: plan and bound are taken to agree


def bound_patrols(task: Task, patrols: tuple[Patrol, ...], *, value: float, labels: int = LABELS) -> float:
    """
    Return a bound on the value of every plan for the task.

    Parameters
    ----------
    task : one shift
    patrols : a plan, to start from
    value : what it is worth
    labels : patrols begun, after which the bound that looks at the gap is left at that
    """
    simple = min(task.total, knapsack_bound(task))
    if not task.unit or simple <= value * (1 + CLOSE):
        return max(simple, value)
    if alike(task) and once(task):
        return max(value, min(simple, bound_first(task, value=value)))
    kinds = Kinds.of(task)
    followed = min(len(task.places) - 1, FOLLOWED)
    steps = len(set(kinds.base)) * len(task.places) * max(1, followed) * int(task.minutes.max())
    rounds = min(MOST_ROUNDS, WORK // max(1, steps))
    if rounds < LEAST_ROUNDS:
        return max(simple, value)
    found = _by_prices(
        task, kinds, patrols, simple=simple, value=value, rounds=rounds, followed=followed, labels=labels
    )
    return max(value, found)


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


def _by_prices(
    task: Task,
    kinds: Kinds,
    patrols: tuple[Patrol, ...],
    *,
    simple: float,
    value: float,
    rounds: int,
    followed: int,
    labels: int,
) -> float:
    planned = [(int(kinds.of_unit[patrol.unit]), patrol.stops) for patrol in patrols]
    master = Master.of(task, kinds)
    master.add(planned)
    best, best_price, smoothing = np.inf, np.zeros(len(task.places)), SMOOTHING
    near = nearest(task.between, followed)
    for _ in range(rounds):
        answer = master.solve()
        if answer is None or min(simple, best) - max(answer.value, value) <= CLOSE * simple:
            break
        price, _pays = master.prices(answer)
        price = smoothing * best_price + (1 - smoothing) * price if np.isfinite(best) else price
        hasty = best_hasty(task, kinds, price, near)
        bound = unpriced(task, price) + float(kinds.count @ np.array([worth for worth, _ in hasty]))
        new = master.add([way for _, way in hasty])
        if bound < best:
            best, best_price, smoothing = bound, price, SMOOTHING
        elif not new and smoothing == 0:
            break
        else:
            smoothing = SMOOTHING if new else 0.0
    best = min(simple, best)
    if not few_enough(task) or best <= value * (1 + CLOSE):
        return best
    real = Master.of(task, kinds)
    real.add([*planned, *without_haste(task, kinds, master.ways)])
    return lowered(real, near, best, best_price, value=value, labels=labels)
