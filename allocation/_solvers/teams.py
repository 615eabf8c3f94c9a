"""
Teams by ward, proven: prices of a constable and a CSO first, then a small exact programme of near-best teams.

Relaxing rule T2 with a price for each role leaves one choice per ward. Its bound, minimised over the two prices by
column generation, is computed here and not taken from the solver. A team whose loss at these prices exceeds the gap
between bound and best plan is in no better plan [1]_, so that few teams a ward are left for the programme in whole
numbers.

References
----------
.. [1] Nemhauser and Wolsey (1988). Integer and Combinatorial Optimization. Wiley, section II.5.2.
"""

import math
from dataclasses import dataclass

import numpy as np

from allocation._benefit import Benefit
from allocation._solvers.highs import Columns, Programme, columns
from geodata.cast import FloatArray, IntArray
from geodata.errors import InputError

SPARE = 12  # teams are tabled up to this many posts of a role above twice the ward's share
MOST_TEAMS = 20_000_000
NEAR_BEST = 40_000  # teams in the programme in whole numbers
SELECTED = 4_000  # where there are more, almost all of them equals
ROUNDS = 300
NODES = 20_000
PRECISION = 1e-9  # of the prices' bound
SLACK = 0.5  # of the programme in whole numbers, where the largest loss in it is 1,000
TINY = 1e-300


@dataclass(frozen=True)
class Placed:
    """Officers by ward, in the order given, and a bound that no placing exceeds."""

    constables: IntArray
    csos: IntArray
    bound: float


@dataclass(frozen=True)
class _Teams:
    """Every team considered, ward after ward; `first` is where each ward begins."""

    ward: IntArray
    constables: IntArray
    csos: IntArray
    value: FloatArray
    first: IntArray

    def best(self, price: FloatArray) -> tuple[IntArray, FloatArray]:
        """Return each ward's best team at these prices, and what every team is worth at them."""
        net = self.value - price[0] * self.constables - price[1] * self.csos
        top = np.maximum.reduceat(net, self.first)
        at_top = np.flatnonzero(net == top[self.ward])
        _, index = np.unique(self.ward[at_top], return_index=True)
        return at_top[index], net


def place(benefit: Benefit, constables: int, csos: int, *, floor: IntArray) -> Placed:
    """
    Return the placing of all posts that is worth most.

    Parameters
    ----------
    benefit : value of a team, by ward
    constables, csos : posts, all of which are placed
    floor : officers that each ward has at least; their sum does not exceed the posts

    Raises
    ------
    InputError
        If there are more than 20 million teams to compare.
    """
    spare = SPARE + int(floor.max())
    while True:
        limits = _limits(benefit, constables, spare), _limits(benefit, csos, spare)
        teams = _table(benefit, *limits, floor)
        chosen, bound = _solve(teams, constables, csos)
        at_limit = (teams.constables[chosen] == limits[0]) & (limits[0] < constables)
        at_limit |= (teams.csos[chosen] == limits[1]) & (limits[1] < csos)
        if not at_limit.any():
            return Placed(teams.constables[chosen], teams.csos[chosen], bound)
        spare *= 4


def _limits(benefit: Benefit, posts: int, spare: int) -> IntArray:
    share = benefit.saturation / benefit.saturation.sum()
    if benefit.demand.any():
        share = np.maximum(share, benefit.demand / benefit.demand.sum())
    most: IntArray = np.minimum(posts, spare + np.ceil(2 * share * posts).astype(np.int64))
    return most


def _table(benefit: Benefit, most_constables: IntArray, most_csos: IntArray, floor: IntArray) -> _Teams:
    sizes = (most_constables + 1) * (most_csos + 1)
    if sizes.sum() > MOST_TEAMS:
        raise InputError(
            f"At most {MOST_TEAMS:,} teams can be compared, got {sizes.sum():,}; plan fewer posts at once."
        )
    ward = np.repeat(np.arange(len(sizes)), sizes)
    number = np.arange(sizes.sum()) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    constables, csos = np.divmod(number, most_csos[ward] + 1)
    kept = constables + csos >= floor[ward]
    ward, constables, csos = ward[kept], constables[kept], csos[kept]
    first = np.searchsorted(ward, np.arange(len(sizes)))
    return _Teams(ward, constables, csos, benefit.value(ward, constables, csos), first)


def _solve(teams: _Teams, constables: int, csos: int) -> tuple[IntArray, float]:
    posts = np.array([constables, csos], dtype=np.float64)
    bound, price = _prices(teams, posts)
    top, net = teams.best(price)
    loss = net[top][teams.ward] - net
    reach, most = 1e-6 * max(bound, TINY), SELECTED
    for _ in range(ROUNDS):
        near = np.flatnonzero(loss <= reach)
        proven = len(near) <= NEAR_BEST
        near = near if proven else _nearest(teams, near, loss, most, posts)
        chosen, least_loss = _choose(teams, near, loss, posts)
        if chosen is None:
            reach, most = 8 * reach, 2 * most
            continue
        value = math.fsum(teams.value[chosen])
        if bound - value <= reach or not proven:
            return chosen, max(value, bound - least_loss if proven else bound)
        reach = (bound - value) * (1 + 1e-9)
    raise RuntimeError("The teams cannot be made to add up to the posts.")


def _prices(teams: _Teams, posts: FloatArray) -> tuple[float, FloatArray]:
    """Minimise the bound over the two prices; every bound met on the way holds."""
    scale = 1e6 / max(math.fsum(np.maximum.reduceat(teams.value, teams.first)), TINY)
    dearest = 4.0 * float(teams.value.max(initial=0.0)) * scale + 1.0
    programme = Programme(np.array([1.0, *posts]), np.array([1.0, *posts]))
    spill: list[dict[int, float]] = [{1: 1.0}, {1: -1.0}, {2: 1.0}, {2: -1.0}]
    programme.add(columns(np.full(4, -dearest), np.full(4, np.inf), spill))
    best, best_price, price = np.inf, np.zeros(2), np.zeros(2)
    for _ in range(ROUNDS):
        top, net = teams.best(price / scale)
        bound = math.fsum(net[top]) + float(price / scale @ posts)
        if bound < best:
            best, best_price = bound, price / scale
        used = {0: 1.0, 1: float(teams.constables[top].sum()), 2: float(teams.csos[top].sum())}
        programme.add(columns(np.array([math.fsum(teams.value[top]) * scale]), np.array([np.inf]), [used]))
        answer = programme.solve()
        if answer is None or best * scale - answer.value <= PRECISION * max(1.0, abs(answer.value)):
            break
        price = answer.prices[1:]
    return best, best_price


def _nearest(teams: _Teams, near: IntArray, loss: FloatArray, most: int, posts: FloatArray) -> IntArray:
    """Return the `most` teams that lose least, as many in each ward; of equals those nearest to an equal share."""
    wards = len(teams.first)
    off_share = np.abs(teams.constables[near] - posts[0] / wards) + np.abs(teams.csos[near] - posts[1] / wards)
    near = near[np.lexsort((off_share, loss[near], teams.ward[near]))]
    rank = np.arange(len(near)) - np.searchsorted(teams.ward[near], teams.ward[near])
    return near[rank < max(2, most // wards)]


def _choose(teams: _Teams, near: IntArray, loss: FloatArray, posts: FloatArray) -> tuple[IntArray | None, float]:
    """Return one of the teams `near` for each ward with the least loss, and a bound on that loss."""
    wards = len(teams.first)
    scale = 1e3 / max(float(loss[near].max()), TINY)
    programme = Programme(np.append(np.ones(wards), posts), np.append(np.ones(wards), posts))
    rows = np.column_stack([teams.ward[near], np.full_like(near, wards), np.full_like(near, wards + 1)])
    entries = np.column_stack([np.ones(len(near)), teams.constables[near], teams.csos[near]])
    used = entries != 0
    starts = np.concatenate([[0], np.cumsum(used.sum(axis=1))[:-1]])
    programme.add(
        Columns(
            -loss[near] * scale,
            np.ones(len(near)),
            starts.astype(np.int32),
            rows[used].astype(np.int32),
            entries[used],
        )
    )
    answer = programme.solve_whole(np.arange(len(near), dtype=np.int32), slack=SLACK, nodes=NODES)
    if answer is None:
        return None, 0.0
    chosen = near[answer.amounts > 0.5]
    return chosen[np.argsort(teams.ward[chosen])], -answer.bound / scale
