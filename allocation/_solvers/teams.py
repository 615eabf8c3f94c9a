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

from allocation._solvers.highs import Columns, Programme
from allocation._solvers.team_links import Links
from allocation._solvers.team_model import Teams, Ties
from allocation._solvers.team_search import Search
from geodata.cast import FloatArray, IntArray

ROUNDS = 200  # of prices
PRECISION = 1e-9  # of the prices' bound
TINY = 1e-300


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
    ties = Ties.of(links, teams)
    bound, price, held, middle = _prices(teams, links, ties, np.union1d(start, seeds))
    net = teams.net(links, price)
    off = np.abs(np.column_stack([teams.constables, teams.csos]) - middle[teams.ward]).sum(axis=1)
    search = Search(teams, links, ties, price=price, loss=net[teams.best(net)][teams.ward] - net, off=off)
    chosen, proven = search.run(bound, start)
    return Placed(chosen, proven, held, price)


def _prices(teams: Teams, links: Links, ties: Ties, seeds: IntArray) -> tuple[float, FloatArray, IntArray, FloatArray]:
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
