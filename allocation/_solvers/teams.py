"""
Teams by ward, proven: prices of the rows that tie wards together, then a small exact programme of near-best teams.

Relaxing those rows with a price each leaves one choice per ward. The best prices come from a programme that grows by
the best team of each ward at the last prices; the bound at each of them is computed here and not taken from the solver.
A team whose loss at these prices exceeds the gap between bound and best plan is in no better plan [1]_, so that few
teams a ward are left for the programme in whole numbers.

References
----------
.. [1] Nemhauser and Wolsey (1988). Integer and Combinatorial Optimization. Wiley, section II.5.2.
"""

import math
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csc_array, hstack, vstack

from allocation._solvers.highs import Columns, Programme
from allocation._solvers.team_links import Links
from geodata.cast import BoolArray, FloatArray, IntArray

NEAR_BEST = 8_000  # teams in the programme in whole numbers
SELECTED = 2_000  # of them where there are more
SMALL = 2_000  # a programme that is soon solved to the last
ROUNDS = 200  # of prices
TRIES = 12
NODES = 400
PRECISION = 1e-9  # of the prices' bound
FIRST_REACH = 1e-7  # loss of the teams first considered, as a share of the bound
CLOSE = 1e-9  # a plan this near to the bound is taken
ENOUGH = 3e-6  # a plan this near is taken where the proof would need a large programme
SLACK = 0.5  # of the programme in whole numbers, where the largest loss in it is 1,000
TINY = 1e-300


@dataclass(frozen=True)
class Teams:
    """
    Every team considered, ward after ward, and what each is worth.

    `first` is where each ward begins, `leavers` counts posts that leave, `counted` (teams x rows) holds further rows
    that count teams, none of which may exceed `at_most`.
    """

    ward: IntArray
    constables: IntArray
    csos: IntArray
    leavers: IntArray
    value: FloatArray
    first: IntArray
    counted: FloatArray
    at_most: FloatArray

    def rows_of(self, links: Links, index: IntArray) -> csc_array:
        """Return what the teams `index` count in each row: one per ward, the links, the further rows."""
        ward = self.ward[index]
        tied = (
            links.constable[:, ward] * self.constables[index]
            + links.cso[:, ward] * self.csos[index]
            + links.leaver[:, ward] * self.leavers[index]
        )
        one = csc_array((np.ones(len(index)), (ward, np.arange(len(index)))), shape=(len(self.first), len(index)))
        return csc_array(vstack([one, csc_array(tied), csc_array(self.counted[index].T)], format="csc"))

    def net(self, links: Links, price: FloatArray) -> FloatArray:
        """Return what each team is worth once its use of the rows is paid for."""
        tied = len(links.target)
        each = [part.T @ price[:tied] for part in (links.constable, links.cso, links.leaver)]
        paid = each[0][self.ward] * self.constables + each[1][self.ward] * self.csos
        paid += each[2][self.ward] * self.leavers
        return self.value - paid - self.counted @ price[tied:]

    def find(self, officers: IntArray) -> IntArray:
        """Return the numbers of the teams with these officers, rows (constables, CSOs) ward after ward."""
        return self.among(np.column_stack([np.arange(len(self.first)), officers]))

    def among(self, rows: IntArray) -> IntArray:
        """Return the numbers of those of `rows` (ward, constables, CSOs) that are in the table."""
        width = 1 + max(int(self.constables.max()), int(self.csos.max()))
        key = (self.ward * width + self.constables) * width + self.csos
        rows = rows[(rows[:, 1:] < width).all(axis=1)]
        wanted = (rows[:, 0] * width + rows[:, 1]) * width + rows[:, 2]
        at = np.minimum(np.searchsorted(key, wanted), len(key) - 1)
        return np.asarray(at[key[at] == wanted])

    def best(self, net: FloatArray) -> IntArray:
        """Return each ward's best team, of equals the first."""
        top = np.maximum.reduceat(net, self.first)
        at_top = np.flatnonzero(net == top[self.ward])
        return at_top[np.unique(self.ward[at_top], return_index=True)[1]]


@dataclass(frozen=True)
class Placed:
    """
    One team a ward, and its proof.

    Parameters
    ----------
    chosen : numbers of teams, one for each ward
    bound : no choice is worth more
    held : teams of the programme in fractions, from which the next solve may start
    price : of each row
    """

    chosen: IntArray
    bound: float
    held: IntArray
    price: FloatArray


@dataclass(frozen=True)
class _Ties:
    """The rows' right sides and the columns besides the teams, further rows included."""

    target: FloatArray
    column: csc_array
    most: FloatArray
    whole: BoolArray

    @classmethod
    def of(cls, links: Links, teams: Teams) -> "_Ties":
        more = len(teams.at_most)
        column = csc_array(
            vstack(
                [
                    csc_array((len(teams.first), len(links.most) + more)),
                    hstack([links.column, csc_array((len(links.target), more))]),
                    hstack([csc_array((more, len(links.most))), csc_array(np.eye(more))]),
                ],
                format="csc",
            )
        )
        return cls(
            np.concatenate([np.ones(len(teams.first)), links.target, teams.at_most]),
            column,
            np.concatenate([links.most, teams.at_most]),
            np.concatenate([links.whole, np.zeros(more, dtype=np.bool_)]),
        )

    def worth(self, price: FloatArray, wards: int) -> FloatArray:
        """Return what each column is worth at these prices of the rows."""
        return -np.asarray(self.column[wards:].T @ price)

    def bound(self, price: FloatArray, top: FloatArray) -> float:
        """Return what no choice exceeds, given each ward's best net worth at these prices."""
        left = np.maximum(0.0, self.worth(price, len(top))) * self.most
        return math.fsum(top) + math.fsum(price * self.target[len(top) :]) + math.fsum(left)


def place(teams: Teams, links: Links, *, start: IntArray, seeds: IntArray) -> Placed:
    """
    Return the choice of one team a ward that is worth most.

    Parameters
    ----------
    teams : to choose from
    links : the rows that tie wards together
    start : one team a ward that keep all rows
    seeds : further teams to begin the prices with
    """
    ties = _Ties.of(links, teams)
    bound, price, held, middle = _prices(teams, links, ties, np.union1d(start, seeds))
    net = teams.net(links, price)
    off = np.abs(np.column_stack([teams.constables, teams.csos]) - middle[teams.ward]).sum(axis=1)
    search = _Search(teams, links, ties, price=price, loss=net[teams.best(net)][teams.ward] - net, off=off)
    chosen, proven = search.run(bound, start)
    return Placed(chosen, proven, held, price)


@dataclass(frozen=True)
class _Search:
    """
    The programme in whole numbers over teams of little loss at the best prices.

    `off` is how many officers each team is away from the plan in fractions.
    """

    teams: Teams
    links: Links
    ties: _Ties
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
        scale = 1e3 / max(float(self.loss[near].max()), TINY)
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


def _prices(teams: Teams, links: Links, ties: _Ties, seeds: IntArray) -> tuple[float, FloatArray, IntArray, FloatArray]:
    """
    Minimise the bound over the prices; every bound met on the way holds.

    Return it, its prices, the teams of the programme, and officers by ward, wards x 2, of the plan in fractions.
    """
    wards = len(teams.first)
    scale = 1e6 / max(float(np.maximum.reduceat(np.abs(teams.value), teams.first).sum()), TINY)
    programme = Programme(ties.target, ties.target)
    programme.add(Columns.of(np.zeros(len(ties.most)), ties.column, upper=ties.most))
    held = order = np.unique(seeds)
    _add(programme, teams, links, held, scale)
    middle = np.zeros((wards, 2))
    best, best_price = math.inf, np.zeros(len(ties.target) - wards)
    for _ in range(ROUNDS):
        answer = programme.solve()
        if answer is None:
            break
        price = answer.prices[wards:] / scale
        middle = _mean_teams(teams, order, answer.amounts[len(ties.most) :])
        net = teams.net(links, price)
        top = teams.best(net)
        bound = ties.bound(price, net[top])
        if bound < best:
            best, best_price = bound, price
        gain = net[top] - answer.prices[:wards] / scale
        new = np.setdiff1d(top[gain > 1e-12 * abs(bound)], held)
        if not len(new) or best * scale - answer.value <= PRECISION * abs(best) * scale:
            break
        held, order = np.union1d(held, new), np.concatenate([order, new])
        _add(programme, teams, links, new, scale)
    return best, best_price, held, middle


def _mean_teams(teams: Teams, order: IntArray, amounts: FloatArray) -> FloatArray:
    counts = [np.bincount(teams.ward[order], weights=amounts * each[order]) for each in (teams.constables, teams.csos)]
    return np.column_stack(counts)


def _add(programme: Programme, teams: Teams, links: Links, new: IntArray, scale: float) -> None:
    programme.add(Columns.of(teams.value[new] * scale, teams.rows_of(links, new), upper=np.full(len(new), np.inf)))
