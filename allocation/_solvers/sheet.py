"""
The patrols so far, and one more beside them: drawn by the dynamic programme of `pricing` on what one more visit is
worth, put on the clock and filled up.
"""

from dataclasses import dataclass

import numpy as np

from allocation._solvers.clock import PATIENCE, Ground, Sent, filled, placed, walk
from allocation._solvers.pricing import best_patrol, patrol_table
from allocation._task import NEVER, Patrol, Task
from geodata.cast import FloatArray, IntArray

MOST_DRAWN = 60  # places among which one patrol is drawn
MOST_FILLED = 200  # places from which it is filled up
FOLLOWED = 12  # nearest places that one may go on to: a third of the time of all, with no worse plans
GOLDEN = 0.6180339887498949  # spreads departures over the shift


@dataclass
class Sheet:
    """The patrols so far; changed in place, one for each search."""

    task: Task
    ground: Ground
    booked: IntArray
    count: IntArray
    patrols: dict[int, Patrol]

    @classmethod
    def blank(cls, task: Task) -> "Sheet":
        ground = Ground(task.dwell, task.worth, task.between, task.gap, task.last)
        return cls(task, ground, np.zeros(task.worth.shape, dtype=np.int64), np.zeros(len(task.places), np.int64), {})

    def value(self) -> float:
        """Return what all visits are worth."""
        return summed(self.task, self.count)

    def prizes(self) -> FloatArray:
        """Return what one more visit to each place is worth."""
        worth = np.column_stack([self.task.worth, np.zeros(len(self.count))])
        return worth[np.arange(len(self.count)), self.count]

    def add(self, patrol: Patrol) -> None:
        """Book the visits of a patrol."""
        self.patrols[patrol.unit] = patrol
        for place, arrive in zip(patrol.stops, patrol.arrive, strict=True):
            self.booked[place, self.count[place]] = arrive
            self.count[place] += 1

    def remove(self, unit: int) -> Patrol:
        """Take a unit's patrol out, and return it."""
        patrol = self.patrols.pop(unit)
        for place, arrive in zip(patrol.stops, patrol.arrive, strict=True):
            row = self.booked[place, : self.count[place]]
            rest = np.delete(row, int(np.flatnonzero(row == arrive)[0]))
            self.count[place] -= 1
            self.booked[place, : len(rest)] = rest
        return patrol

    def draw(self, base: int, minutes: int, unit: int) -> Patrol:
        """Return the patrol from `base` that adds most to those booked; it is not booked."""
        sent = self._sent(base, minutes, unit)
        out, best, best_worth = sent.out, Patrol(unit, sent.preferred, (), ()), -1.0
        choice = self._worthwhile(out, minutes)
        for stops in self._drawn(choice[:MOST_DRAWN], out, minutes):
            leave, made, arrive, _ = placed(self.ground, self.booked, self.count, sent, stops)
            made, arrive, worth = filled(self.ground, self.booked, self.count, sent, leave, made, choice)
            if worth > best_worth:
                best, best_worth = Patrol(unit, leave, tuple(made.tolist()), tuple(arrive.tolist())), worth
        return best

    def polish(self, unit: int) -> bool:
        """Give up one stop of a unit's patrol for others where that adds something; say whether it did."""
        old, sheet = self.remove(unit), (self.ground, self.booked, self.count)
        sent = self._sent(int(self.task.base[unit]), int(self.task.minutes[unit]), unit)
        choice = self._worthwhile(sent.out, sent.minutes)
        stops = np.array(old.stops, dtype=np.int64)
        best, best_worth = old, walk(*sheet, sent, old.leave, stops, PATIENCE[-1])[2] * (1 + 1e-12)
        for position in range(len(stops)):
            made, arrive, worth = filled(*sheet, sent, old.leave, np.delete(stops, position), choice)
            if worth > best_worth:
                best, best_worth = Patrol(unit, old.leave, tuple(made.tolist()), tuple(arrive.tolist())), worth
        self.add(best)
        return best is not old

    def _sent(self, base: int, minutes: int, unit: int) -> Sent:
        first, latest = self.task.first, max(self.task.first, self.task.last - minutes)
        return Sent(self.task.out[base], minutes, first, first + int((latest - first) * ((unit * GOLDEN) % 1.0)))

    def _worthwhile(self, out: IntArray, minutes: int) -> IntArray:
        """Return the places that a unit can go to, those first that are worth most for the minutes."""
        prize, dwell = self.prizes(), self.task.dwell
        open_to = np.flatnonzero((prize > 0) & (2 * out + dwell <= minutes))
        rate = prize[open_to] / (dwell[open_to] + out[open_to])
        return open_to[np.argsort(-rate, kind="stable")[:MOST_FILLED]]

    def _drawn(self, open_to: IntArray, out: IntArray, minutes: int) -> list[IntArray]:
        """Return a patrol drawn as if every visit were worth the next, and one with what repeated visits were worth."""
        if not len(open_to):
            return [open_to]
        task, prize = self.task, self.prizes()
        order, legs, _ = nearest(task.between[np.ix_(open_to, open_to)], FOLLOWED)
        near = order, legs, np.full(len(open_to), NEVER)
        first = self._best(open_to, prize, near, out, minutes)
        times = np.bincount(first, minlength=len(prize))
        if times.max(initial=0) < 2:
            return [first]
        worth = np.column_stack([task.worth, np.zeros((len(prize), times.max()))])
        for place in np.flatnonzero(times > 1):
            nth = self.count[place]
            prize[place] = worth[place, nth : nth + times[place]].mean()
        return [first, self._best(open_to, prize, near, out, minutes)]

    def _best(
        self,
        open_to: IntArray,
        prize: FloatArray,
        near: tuple[IntArray, IntArray, IntArray],
        out: IntArray,
        minutes: int,
    ) -> IntArray:
        dwell, gap = self.task.dwell[open_to], self.task.gap
        table = patrol_table(prize[open_to], dwell, out[open_to], *near, gap, minutes)
        stops: IntArray = open_to[best_patrol(*table, out[open_to], minutes)[1]]
        return stops


def nearest(between: IntArray, most: int) -> tuple[IntArray, IntArray, IntArray]:
    """Return each place's nearest others, the minutes to them, and the least minutes to any that is not among them."""
    apart = between.copy()
    np.fill_diagonal(apart, 2 * NEVER)
    order = np.argsort(apart, axis=1, kind="stable")[:, : max(0, min(most, len(apart) - 1))].copy()
    legs = np.take_along_axis(apart, order, axis=1)
    far = np.full(len(apart), NEVER) if order.shape[1] >= len(apart) - 1 else legs[:, -1].copy()
    return order, legs, far


def summed(task: Task, count: IntArray) -> float:
    """Return what so many visits to each place are worth."""
    nth = np.arange(task.worth.shape[1])
    return float(np.where(nth < count[:, None], task.worth, 0.0).sum())
