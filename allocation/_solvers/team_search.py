"""The programme in whole numbers over teams of little loss at the best prices."""

import math
from dataclasses import dataclass

import numpy as np

from allocation._solvers.highs import Columns, Programme
from allocation._solvers.team_links import Links
from allocation._solvers.team_model import Teams, Ties
from geodata.cast import FloatArray, IntArray

NEAR_BEST = 8_000  # teams in the programme in whole numbers
SELECTED = 2_000  # of them where there are more
SMALL = 2_000  # a programme that is soon solved to the last
TRIES = 12
NODES = 400
FIRST_REACH = 1e-7  # loss of the teams first considered, as a share of the bound
CLOSE = 1e-9  # a plan this near to the bound is taken
ENOUGH = 3e-6  # a plan this near is taken where the proof would need a large programme
SLACK = 0.5  # of the programme in whole numbers, where the largest loss in it is 1,000
TINY = 1e-300


@dataclass(frozen=True)
class Search:
    """
    The programme in whole numbers over teams of little loss at the best prices.

    `off` is how many officers each team is away from the plan in fractions.
    """

    teams: Teams
    links: Links
    ties: Ties
    price: FloatArray
    loss: FloatArray
    off: FloatArray

    def run(self, bound: float, best: IntArray) -> tuple[IntArray, float]:
        """Return the best choice found, none worse than `best`, and a bound on every choice."""
        unit = max(abs(bound), TINY)
        reach, found, proven = FIRST_REACH * unit, False, bound
        for _ in range(TRIES):
            gap = proven - math.fsum(self.teams.value[best])
            if gap <= CLOSE * unit:
                break
            reach = min(reach, gap * (1 + 1e-9))
            near = np.flatnonzero(self.loss <= reach)
            if found and gap <= ENOUGH * unit and len(near) > SMALL:
                break
            whole = reach >= gap and len(near) <= NEAR_BEST
            near = near if len(near) <= NEAR_BEST else self._nearest(near, unit)
            if whole and len(near) > SMALL and self.ties.whole.any():
                proven = min(proven, bound - self.choose(near, all_whole=False)[1])
                if proven - math.fsum(self.teams.value[best]) <= ENOUGH * unit:
                    break
            chosen, lost = self.choose(near)
            if chosen is not None and self.teams.value[chosen].sum() > self.teams.value[best].sum():
                best = chosen
            if whole:
                proven = min(proven, bound - lost)
            if whole or (chosen is not None and found):
                break
            found = chosen is not None
            reach = gap * (1 + 1e-9) if found else 8 * reach
        return best, max(proven, math.fsum(self.teams.value[best]))

    def choose(self, near: IntArray, *, all_whole: bool = True) -> tuple[IntArray | None, float]:
        """Return one of the teams `near` for each ward with the least loss, and a bound on that loss (inf: none)."""
        worth = self.ties.worth(self.price, len(self.teams.first))
        scale = 1e3 / max(float(self.loss[near].max()), FIRST_REACH * float(np.abs(self.teams.value).max()), TINY)
        programme = Programme(self.ties.target, self.ties.target)
        entries = self.teams.rows_of(self.links, near)
        programme.add(Columns.of(-self.loss[near] * scale, entries, upper=np.ones(len(near))))
        programme.add(Columns.of(worth * scale, self.ties.column, upper=self.ties.most))
        others = len(near) + np.flatnonzero(self.ties.whole)
        integers = np.concatenate([np.arange(len(near)), others]) if all_whole else others
        answer = programme.solve_whole(integers.astype(np.int32), slack=SLACK, nodes=NODES)
        if answer is None:
            return None, math.inf if programme.impossible else 0.0
        chosen = near[answer.amounts[: len(near)] > 0.5]
        most = math.fsum(np.maximum(0.0, worth) * self.ties.most)
        return chosen[np.argsort(self.teams.ward[chosen])], max(0.0, most - answer.bound / scale)

    def _nearest(self, near: IntArray, unit: float) -> IntArray:
        """Return those of `near` that lose least, as many in each ward; of about equals those nearest to fractions."""
        ward, rough = self.teams.ward, np.floor(self.loss[near] / (FIRST_REACH * unit))
        near = near[np.lexsort((near, self.off[near], rough, ward[near]))]
        rank = np.arange(len(near)) - np.searchsorted(ward[near], ward[near])
        return near[rank < max(2, SELECTED // len(self.teams.first))]
