"""
The linear programme over patrols met so far, which prices visits.

    maximise  sum over h, n of worth[h, n] y[h, n]
    (1)  sum over n of y[h, n] <= visits to h by the patrols chosen,  0 <= y <= 1
    (2)  as many patrols of each kind of unit are chosen as there are units, at most

Patrols that return to a place too soon may be chosen, too, for a toll: prices at which they pay little are such that
the best real patrol can be proved.
"""

from dataclasses import dataclass, field

import numpy as np

from allocation._solvers.highs import Answer, Programme, columns
from allocation._task import Task
from geodata.cast import FloatArray, IntArray

Way = tuple[int, tuple[int, ...]]  # the number of a kind of unit, and the places in order


@dataclass(frozen=True)
class Kinds:
    """Units that are alike, since they share a base and their minutes; `of_unit` is the kind of each unit."""

    base: tuple[int, ...]
    minutes: tuple[int, ...]
    count: FloatArray
    of_unit: IntArray

    @classmethod
    def of(cls, task: Task) -> "Kinds":
        """Return the kinds of a task's units."""
        pairs = np.column_stack([task.base, task.minutes])
        kinds, of_unit, count = np.unique(pairs, axis=0, return_inverse=True, return_counts=True)
        return cls(tuple(kinds[:, 0].tolist()), tuple(kinds[:, 1].tolist()), count.astype(np.float64), of_unit.ravel())


@dataclass
class Master:
    """The programme and the patrols in it; grows in place, one for each search."""

    task: Task
    kinds: Kinds
    programme: Programme
    size: int
    ways: list[Way] = field(default_factory=list)
    hasty: list[int] = field(default_factory=list)  # columns of those that pay the toll
    met: set[tuple[bool, Way]] = field(default_factory=set)

    @classmethod
    def of(cls, task: Task, kinds: Kinds) -> "Master":
        """Return the programme without any patrol."""
        places, alike = len(task.places), len(kinds.base)
        lower = np.concatenate([np.zeros(places), np.full(alike, -np.inf)])
        upper = np.concatenate([np.full(places, np.inf), kinds.count])
        programme = Programme(lower, upper)
        place, nth = np.nonzero(task.worth > 0)
        programme.add(columns(task.worth[place, nth], np.ones(len(place)), [{int(row): -1.0} for row in place]))
        return cls(task, kinds, programme, len(place))

    def add(self, ways: list[Way], *, toll: float = 0.0) -> int:
        """Add patrols; return how many were new, those that visit the same places being one."""
        entries, hasty = [], toll > 0.0
        for kind, stops in ways:
            key = hasty, (kind, tuple(sorted(stops)))
            if stops and key not in self.met:
                self.met.add(key)
                entry = {place: float(stops.count(place)) for place in stops}
                entries.append(entry | {len(self.task.places) + kind: 1.0})
                if not hasty:
                    self.ways.append((kind, stops))
        if entries:
            self.programme.add(columns(np.full(len(entries), -toll), np.full(len(entries), np.inf), entries))
            self.hasty += range(self.size, self.size + len(entries)) if hasty else ()
            self.size += len(entries)
        return len(entries)

    def ask(self, toll: float) -> None:
        """Ask another toll of the patrols that return too soon."""
        self.programme.worth(np.array(self.hasty, dtype=np.int32), np.full(len(self.hasty), -toll))

    def solve(self) -> Answer | None:
        """Return the answer in fractions."""
        return self.programme.solve()

    def prices(self, answer: Answer) -> tuple[FloatArray, FloatArray]:
        """Return the price of a visit by place, and what a patrol pays by kind."""
        places = len(self.task.places)
        return np.maximum(0.0, -answer.prices[:places]), np.maximum(0.0, answer.prices[places:])
