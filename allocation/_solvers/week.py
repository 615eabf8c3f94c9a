"""
One base's week by column generation: tours of duty, and for each day a mixture of patrols with the visits they make.

The master programme has a column for each legal tour and, as they are found, columns for the days: a mixture of patrols
and a choice of visits. Under the prices of the rules the best visits of every mixture are found exactly
(`day_worth`), so each round gives a bound of our own on any plan: officers times the dearest tour, plus each day's best
mixture at those prices. `week_whole` makes whole officers and visits of it.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from allocation._solvers.day_worth import DayTask, day_worth
from allocation._solvers.highs import Answer, Columns, Programme, columns
from allocation._solvers.tours import DAYS, OFF, WEEKEND, BaseWeek, mixtures_of
from geodata.cast import FloatArray, IntArray

EXACT: Final = 5e-6  # relative: closer than this a plan and its bound are one
ROUNDS: Final = 200
DUST: Final = 1e-9


@dataclass(frozen=True)
class Day:
    """A column of the master: one day's mixture of patrols, its visits by hot spot and shift, and what they count."""

    day: int
    mixture: int
    made: IntArray
    value: float
    counts: FloatArray  # by rule


class Master:
    """The programme of one base, for up to `most` officers."""

    # Rows: officers; those off at the weekend; officers on duty by slot; one mixture a day; the rules; then others'.
    OFFICERS, OFF, SLOTS = 0, 1, 2

    def __init__(self, week: BaseWeek, most: int) -> None:
        self.week = week
        self.shifts = week.value.shape[2]
        mixtures, parent, grown = mixtures_of(self.shifts, most)
        fits = mixtures @ week.officers <= most  # where a mixture fits, so does the one that it grows from
        number = np.cumsum(fits) - 1
        self.grid = (mixtures[fits], number[parent[fits]], grown[fits])
        self.duty = mixtures[fits] * week.officers
        self.day_row, self.rule_row = self.SLOTS + DAYS * self.shifts, self.SLOTS + DAYS * (self.shifts + 1)
        self._worth_of = np.concatenate([[0.0], np.cumsum(week.decay)])  # so many visits, beside the first
        self.off = (week.tours[:, WEEKEND] == OFF).all(axis=1).astype(np.float64)
        self.on = np.stack([week.tours == shift for shift in range(self.shifts)], axis=2).reshape(
            len(week.tours), DAYS * self.shifts
        )
        self.free = np.zeros(self.rule_row + len(week.least))
        self.penalty = np.inf
        self.unpriced = [self.best(day)[0] for day in range(DAYS)]  # worth of each mixture, at no prices
        # Dearer than all that a week's visits can be worth: a rule is broken only where it must be.
        self.penalty = 1.0 + sum(float(worth.max()) for worth in self.unpriced)

    def solve(self, csos: int) -> tuple[list[Day], FloatArray, float]:
        """Return the columns of the days found, the prices of the rows, and a bound on any week of `csos` officers."""
        programme = self.programme(csos, np.arange(len(self.week.tours)))
        days: list[Day] = []
        prices = self.free
        bound = np.inf
        for _ in range(ROUNDS):
            offered, gains, limit = self.price(prices, csos)
            bound = min(bound, limit)
            fresh = [column for column, gain in zip(offered, gains, strict=True) if not days or gain > EXACT * bound]
            if not fresh:
                break
            days += fresh
            programme.add(self.day_columns(fresh))
            prices = _solved(programme).prices
        return days, prices, bound

    def price(self, prices: FloatArray, csos: int) -> tuple[list[Day], FloatArray, float]:
        """Return each day's best column of every mixture at these prices, what each gains, and a bound on any plan."""
        tours = self.tour_worth(prices)
        bound = csos * float(tours.max()) - self._weekend(prices) * self.needed_off(csos)
        bound -= float(self._wishes(prices) @ self.week.least)
        found, gains = [], []
        for day in range(DAYS):
            worth, made = self.best(day, prices)
            worth = worth - self.duty @ self._slots(prices)[day * self.shifts : (day + 1) * self.shifts]
            bound += float(worth.max())
            value = (self.week.value[:, day] * self._worth_of[made]).sum(axis=(1, 2)).tolist()
            counts = self.counts(made.sum(axis=2))
            found += [Day(day, *each) for each in zip(range(len(made)), made, value, counts, strict=True)]
            gains.append(worth - prices[self.day_row + day])
        return found, np.concatenate(gains), bound

    def tour_worth(self, prices: FloatArray) -> FloatArray:
        """Return what each tour is worth to the other rows at these prices."""
        return np.asarray(self.on @ self._slots(prices) + self._weekend(prices) * self.off)

    def bonus(self, prices: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return what a visit to each hot spot is worth to the rules at these prices: each one, the first of a day."""
        wishes, first = self._wishes(prices), self.week.first
        return wishes[~first] @ self.week.amount[~first], wishes[first] @ self.week.amount[first]

    def _slots(self, prices: FloatArray) -> FloatArray:
        return np.maximum(prices[self.SLOTS : self.day_row], 0.0)

    def _wishes(self, prices: FloatArray) -> FloatArray:
        return np.clip(-prices[self.rule_row :], 0.0, self.penalty)

    def _weekend(self, prices: FloatArray) -> float:
        return min(max(-float(prices[self.OFF]), 0.0), self.penalty)

    def best(self, day: int, prices: FloatArray | None = None) -> tuple[FloatArray, IntArray]:
        """Return the worth of each mixture on a day at these prices (by default at none), and its visits."""
        task = self.task(day, self.free if prices is None else prices)
        made = np.zeros((len(self.duty), *task.worth.shape), dtype=np.int64)
        visits = self.week.room * int(self.grid[0].sum(axis=1).max())
        if visits == 0 or len(task.worth) == 0:
            return np.zeros(len(self.duty)), made
        kept = self._kept(task, visits)
        few = task._replace(worth=task.worth[kept], each=task.each[kept], first=task.first[kept])
        value, made[:, kept] = day_worth(few, *self.grid)
        return value, made

    def task(self, day: int, prices: FloatArray) -> DayTask:
        """Return a day's windows at these prices."""
        each, first = self.bonus(prices)
        worth = np.ascontiguousarray(self.week.value[:, day])
        return DayTask(worth, self.week.decay, each, first, self.week.most, self.week.room)

    def _kept(self, task: DayTask, visits: int) -> IntArray:
        """Return the hot spots that can be visited: of the others every visit has a better one to take its place."""
        could = task.worth[:, None, :] * task.decay[:, None] + (task.each + np.maximum(task.first, 0.0))[:, None, None]
        blocked = -(-visits // task.most) * len(task.decay)  # better ones, of hot spots that have their visits already
        best = np.argsort(-could.reshape(-1, self.shifts), axis=0, kind="stable")[: visits + blocked]
        return np.unique(best // len(task.decay))

    def needed_off(self, csos: int) -> int:
        """Return how many officers are off at the weekend at least."""
        return int(self.week.off_weekend * csos + DUST)

    def programme(self, csos: int, tours: IntArray, *, more: FloatArray | None = None) -> Programme:
        """Return the master with some tours and what each rule may be short by; `more` rows, each at most so much."""
        slots, rules = DAYS * self.shifts, len(self.week.least)
        most = np.zeros(0) if more is None else more
        endless = np.full(slots, -np.inf), np.full(len(most), -np.inf)
        lower = np.concatenate([[csos, self.needed_off(csos)], endless[0], np.ones(DAYS), self.week.least, endless[1]])
        upper = np.concatenate([[csos, np.inf], np.zeros(slots), np.ones(DAYS), np.full(rules, np.inf), most])
        programme = Programme(lower, upper)
        programme.add(self.tour_columns(csos, tours))
        short = [{row: 1.0} for row in (*range(self.rule_row, self.rule_row + rules), self.OFF)]
        programme.add(columns(np.full(len(short), -self.penalty), np.full(len(short), np.inf), short))
        return programme

    def tour_columns(self, csos: int, tours: IntArray) -> Columns:
        """Return tours as columns: one officer each, off at the weekend or not, on duty in their slots."""
        met = np.column_stack([np.ones(len(tours)), self.off[tours], -self.on[tours].astype(np.float64)])
        column, row = np.nonzero(met)
        starts = np.searchsorted(column, np.arange(len(tours)))
        upper = np.full(len(tours), float(csos))
        return Columns(np.zeros(len(tours)), upper, starts.astype(np.int32), row.astype(np.int32), met[column, row])

    def day_columns(self, days: list[Day]) -> Columns:
        """Return days as columns of the programme."""
        entries = [self.duty_entries(day) | self._rule_entries(day) for day in days]
        return columns(np.array([day.value for day in days]), np.ones(len(days)), entries)

    def duty_entries(self, day: Day) -> dict[int, float]:
        """Return the rows that a day's mixture meets: its day, and the officers that it takes."""
        first = self.SLOTS + day.day * self.shifts
        taken = {first + shift: float(held) for shift, held in enumerate(self.duty[day.mixture]) if held}
        return {self.day_row + day.day: 1.0} | taken

    def counts(self, used: IntArray) -> FloatArray:
        """Return what days of so many visits (days x hot spots) count for each rule, days x rules."""
        amount = self.week.amount.T
        return np.where(self.week.first, (used > 0) @ amount, used @ amount)

    def _rule_entries(self, day: Day) -> dict[int, float]:
        return {self.rule_row + rule: count for rule, count in enumerate(day.counts.tolist()) if count}

    def cost(self, day: Day, prices: FloatArray) -> float:
        """Return what a column costs against the bound: nothing, in a best plan in fractions."""
        entries = self.duty_entries(day) | self._rule_entries(day)
        return sum(float(prices[row]) * entry for row, entry in entries.items()) - day.value


def _solved(programme: Programme) -> Answer:
    answer = programme.solve()
    if answer is None:  # to do nothing all week, short of every rule, is a plan
        raise RuntimeError("The programme of a week has lost its way.")
    return answer
