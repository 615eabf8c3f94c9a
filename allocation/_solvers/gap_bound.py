"""
The bound by prices, lowered: patrols that return to a place too soon no longer count.

What labels must look at before they have proved the best real patrol grows with what patrols seem to pay that return
too soon. These may be had in the programme for a toll, which keeps the prices from where they would pay more than that
[1]_; labels then prove the bound at its prices. Once no new patrol is met, the toll is doubled. The search ends after a
number of labels, so that it takes no clock.

References
----------
.. [1] du Merle, Villeneuve, Desrosiers and Hansen (1999). Stabilized column generation. Discrete Mathematics
   194(1-3), 229-237: columns for a penalty keep the prices in a box.
"""

import numpy as np

from allocation._solvers.dominance import NONE, Walks
from allocation._solvers.labels import ahead_of, best_walks
from allocation._solvers.patrol_master import Kinds, Master, Way
from allocation._solvers.priced import Near, drawn_at, settled, unpriced, walks_of
from allocation._task import Task
from geodata.cast import FloatArray

MOST_LABELS = 1_000_000  # a pricing
LABELS = 300_000  # in all, a second or less
KEPT = 30  # patrols a pricing
SMOOTHING = 0.5
TOLL = 0.003  # of what a patrol is worth
STEP = 0.02  # of the worth: how far below what patrols could earn the labels are cut off, and again
CLOSE = 5e-4


def lowered(
    master: Master, near: Near, bound: float, price: FloatArray, *, value: float, labels: int = LABELS
) -> float:
    """
    Return a bound on all plans that is no higher than the one given.

    Parameters
    ----------
    master : the programme over real patrols
    near : nearest places, as `pricing.patrol_table` takes them
    bound : on all plans
    price : of a visit by place, which gave the bound
    value : what a plan is worth
    labels : after which it is left at that
    """
    walks, units = walks_of(master.task, master.kinds), float(master.kinds.count.sum())
    toll, most, left, share = TOLL * bound / units, bound / units, labels, SMOOTHING
    while left > 0 and toll < most and bound - value > CLOSE * bound:
        tried, spent = settled(master, walks, near, price, toll=toll, share=share, work=left // 2)
        left -= spent
        found, ways, spent = _bound_at(master, walks, tried, left)
        left -= spent
        if found < bound:
            bound, price = found, tried
        new, answer = master.add(ways), master.solve()
        share = SMOOTHING if new else 0.0
        if not new or answer is None or bound - answer.value <= CLOSE * bound:
            toll *= 2
            master.ask(toll)
    return bound


def _bound_at(master: Master, walks: list[Walks], price: FloatArray, left: int) -> tuple[float, list[Way], int]:
    """Return the bound at these prices, patrols that are worth most, and how many labels it took."""
    bound, ways, spent = unpriced(master.task, price), list[Way](), 1
    for kind, count in enumerate(master.kinds.count.tolist()):
        worth, stops, labels = _best(walks[kind], master.task.worth, price, left - spent)
        bound += count * worth
        ways += [(kind, each) for each in stops]
        spent += labels
    return bound, ways, spent


def _best(walks: Walks, worths: FloatArray, price: FloatArray, left: int) -> tuple[float, list[tuple[int, ...]], int]:
    """Return the most that a patrol is worth or, where labels end, a bound; real patrols near it; the labels made."""
    ahead, (met, real) = ahead_of(walks, price), drawn_at(walks, worths, price)
    near = np.flatnonzero(walks.out <= walks.minutes)
    most = max(0.0, float(ahead.worth[0, walks.minutes - walks.out[near], near].max(initial=0.0)))
    below, spent = STEP * most, 0
    while most > met * (1 + 1e-9):
        floor = max(met, most - below)
        worth, labels, rows = best_walks(walks, price, ahead, floor, min(MOST_LABELS, max(1, left - spent)), KEPT)
        spent += labels
        if not np.isfinite(worth):
            break
        most = worth
        if worth > floor:
            drawn = [tuple(row[row != NONE][::-1].tolist()) for row in rows if row[0] != NONE]
            real += [stops for stops in drawn if _in_time(walks, stops)]
            break
    return max(most, met), real, spent


def _in_time(walks: Walks, stops: tuple[int, ...]) -> bool:
    """Say whether a patrol that waits for the gap is back within its minutes."""
    now, ends, here = 0, dict[int, int](), -1
    for place in stops:
        leg = walks.out[place] if here < 0 else walks.legs[here, place] if here != place else 0
        now = max(now + int(leg), ends.get(place, -walks.gap) + walks.gap) + int(walks.dwell[place])
        ends[place], here = now, place
    return now + int(walks.out[here]) <= walks.minutes


def without_haste(task: Task, kinds: Kinds, ways: list[Way]) -> list[Way]:
    """Return patrols without the returns for which they have no time."""
    kept, walks = [], walks_of(task, kinds)
    for kind, stops in ways:
        made: tuple[int, ...] = ()
        for place in stops:
            made = (*made, place) if _in_time(walks[kind], (*made, place)) else made
        kept.append((kind, made))
    return kept
