"""
The bound by prices, lowered: patrols that return to a place too soon no longer count.

Real patrols are priced first (`packed.priced`), which brings the prices near to where they end; then labels bound what
any patrol is worth at prices between the best met and those of the programme, ever nearer to these [1]_. The search
ends after a number of labels, so that it takes no clock.

References
----------
.. [1] Pessoa, Sadykov, Uchoa and Vanderbeck (2018). Automation and combination of linear-programming based
   stabilization techniques in column generation. INFORMS Journal on Computing 30(2), 339-360.
"""

from collections.abc import Sequence

import numpy as np

from allocation._solvers.labels import NONE, Walks, ahead_of, best_walks
from allocation._solvers.packed import priced
from allocation._solvers.patrol_master import Master, Way
from allocation._task import Task
from geodata.cast import BoolArray, FloatArray

MOST_LABELS = 1_500_000  # a pricing
LABELS = 1_000_000  # in all, two seconds; twelve times as many bring another one to three per cent
KEPT = 30  # patrols a pricing
SMOOTHING = 0.7
STEP = 0.02  # of the worth: how far below what patrols could earn the labels are cut off at first
CLOSE = 5e-4


def lowered(master: Master, bound: float, price: FloatArray, *, value: float, labels: int = LABELS) -> float:
    """
    Return a bound on all plans that is no higher than the one given.

    Parameters
    ----------
    master : the programme over real patrols
    bound : on all plans
    price : of a visit by place, which gave the bound
    value : what a plan is worth
    labels : after which it is left at that
    """
    held = np.zeros((len(price), len(price)), dtype=np.bool_)
    priced(master)
    share, missed, spent = 1.0, 0, 0
    while spent < labels:
        answer = master.solve()
        if answer is None or bound - max(answer.value, value) <= CLOSE * bound:
            break
        now, _ = master.prices(answer)
        mixed = share * price + (1 - share) * now
        found, ways, more = _bound_at(master, mixed, held)
        spent += more
        if found < bound:
            bound, price = found, mixed
        new = master.add(ways)
        if not new and share == 0.0:
            break
        missed = 0 if new else missed + 1
        share = max(0.0, 1.0 - (missed + 1) * (1.0 - SMOOTHING))
    return bound


def _bound_at(master: Master, price: FloatArray, held: BoolArray) -> tuple[float, list[Way], int]:
    """Return the bound at these prices, patrols that are worth most, and how many labels it took."""
    task, kinds = master.task, master.kinds
    bound, ways, spent = float(np.maximum(task.worth - price[:, None], 0.0).sum()), [], 1
    for kind in range(len(kinds.base)):
        walks = Walks(task.dwell, task.out[kinds.base[kind]], task.between, task.gap, kinds.minutes[kind])
        worth, stops, labels = _best(walks, price, held)
        bound += float(kinds.count[kind]) * worth
        ways += [(kind, each) for each in stops]
        spent += labels
    return bound, ways, spent


def _best(walks: Walks, price: FloatArray, held: BoolArray) -> tuple[float, list[tuple[int, ...]], int]:
    """Return the most that a patrol is worth or a little more, real patrols near it, and the labels."""
    ahead = ahead_of(walks, price)
    near = np.flatnonzero(walks.out <= walks.minutes)
    most = max(0.0, float(ahead.worth[0, walks.minutes - walks.out[near], near].max(initial=0.0)))
    below, spent = STEP * most, 0
    while most > 0.0:
        floor = max(0.0, most - below)
        worth, labels, rows = best_walks(walks, price, ahead, held, floor, MOST_LABELS, KEPT)
        spent += labels
        drawn = [tuple(row[row != NONE].tolist()) for row in rows if row[0] != NONE]
        real = [stops for stops in drawn if _in_time(walks, stops)]
        grown = sum(_hold(walks, stops, held) for stops in drawn)
        if not np.isfinite(worth):
            return most, real, spent
        if drawn and (real or not grown):
            return worth, real, spent
        if not drawn:
            most, below = floor, 2 * below
    return 0.0, [], spent


def _too_soon(walks: Walks, stops: Sequence[int]) -> tuple[int, list[tuple[int, int]]]:
    """Return the minute back at the base, and the positions of visits and of returns that must wait for the gap."""
    now, ends, waits = int(walks.out[stops[0]]), dict[int, tuple[int, int]](), []
    for position, place in enumerate(stops):
        before = stops[position - 1] if position else place
        now += int(walks.legs[before, place]) if before != place else 0
        end, last = ends.get(place, (-walks.gap, 0))
        if now < end + walks.gap:
            waits.append((last, position))
            now = end + walks.gap
        now += int(walks.dwell[place])
        ends[place] = now, position
    return now + int(walks.out[stops[-1]]), waits


def _in_time(walks: Walks, stops: Sequence[int]) -> bool:
    return _too_soon(walks, stops)[0] <= walks.minutes


def _hold(walks: Walks, stops: Sequence[int], held: BoolArray) -> int:
    """Have the places between a visit and a return that came too soon remember it; return how many did not yet."""
    back, waits = _too_soon(walks, stops)
    if back <= walks.minutes:
        return 0
    between = {(stops[middle], stops[last]) for last, again in waits for middle in range(last + 2, again)}
    new = [pair for pair in sorted(between) if not held[pair]]
    for pair in new:
        held[pair] = True
    return len(new)


def without_haste(task: Task, ways: list[Way], minutes: Sequence[int], base: Sequence[int]) -> list[Way]:
    """Return patrols without the returns for which they have no time."""
    kept = []
    for kind, stops in ways:
        walks = Walks(task.dwell, task.out[base[kind]], task.between, task.gap, minutes[kind])
        made: list[int] = []
        for place in stops:
            made = [*made, place] if _in_time(walks, [*made, place]) else made
        kept.append((kind, tuple(made)))
    return kept
