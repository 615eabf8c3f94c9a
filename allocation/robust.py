"""
Teams when demand is not known for sure: planned again on every replicate of it, and held against them all.

A replicate is the demand that other periods of the same past would have given. Each has its own best plan; all of
those, and this one, are tried on every replicate. The robust plan is the one that does best in the worst tenth of them:
over a finite set of scenarios, the mean of the worst tenth is the conditional value at risk [1]_. It is the best of the
plans tried, not proven the best of all.

References
----------
.. [1] Rockafellar, R. T., & Uryasev, S. (2000). Optimization of conditional value-at-risk. Journal of Risk, 2(3),
   21-41.
"""

import math
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from allocation._frame import Frame
from allocation.compare import THIS_PLAN
from allocation.team_problem import TeamProblem
from allocation.teams import Solved, solve, worth
from geodata.cast import FloatArray, IntArray
from geodata.errors import InputError

ROBUST: Final = "robust plan"
WORST: Final = 0.1
_MIDDLE: Final = (0.05, 0.95)


@dataclass(frozen=True)
class Robust:
    """
    What a plan is worth over many replicates of the demand.

    Parameters
    ----------
    replicates : on which the rules can be kept, of `asked`
    asked : replicates given
    plans : one row for this plan and for the robust one: plan, mean, worst (mean of the worst tenth), regret (mean
        share of the best possible that is lost for not knowing), moved (posts that stand elsewhere than in this plan)
    wards : one row a ward: ward, officers (in this plan), officers_low, officers_high (90 % of the replicates' own best
        plans), robust (officers in the robust plan), same (share of them with as many)
    price : share of the mean that the robust plan gives up; 0 where it is this plan
    """

    replicates: int
    asked: int
    plans: pd.DataFrame
    wards: pd.DataFrame
    price: float


def robust_teams(problem: TeamProblem, harm: ArrayLike) -> Robust:
    """
    Return this plan and the robust one, held against replicates of the demand.

    Parameters
    ----------
    problem : what was planned
    harm : shape (replicates, wards), harm a week in each, wards in the order of `problem.demand`

    Raises
    ------
    InputError
        If `harm` does not fit, or the rules cannot be kept on `problem` or on any replicate.
    """
    drawn = np.asarray(harm, dtype=np.float64)
    if drawn.ndim != 2 or drawn.shape[1] != len(problem.demand) or not np.isfinite(drawn).all() or (drawn < 0).any():
        raise InputError("Replicates must give every ward its harm, as a number of 0 or more.")
    nominal = solve(problem)
    if nominal is None:
        raise InputError("A plan must be possible before it is tried on replicates, and the rules leave none.")
    problems = [_with(problem, row) for row in drawn]
    found = [(again, solved) for again in problems if (solved := solve(again, nominal.held)) is not None]
    if not found:
        raise InputError("The rules must leave a plan on some replicate, and leave none.")
    return _held([Frame.of(again) for again, _ in found], nominal, [solved for _, solved in found], len(drawn))


def _with(problem: TeamProblem, harm: FloatArray) -> TeamProblem:
    """Return the problem with other harm; strands keep their mix in each ward."""
    demand = problem.demand.assign(harm=harm)
    if problem.strands is None:
        return replace(problem, demand=demand)
    before = problem.demand["harm"].to_numpy(dtype=np.float64)
    factor = np.where(before > 0, harm / np.where(before > 0, before, 1.0), 1.0)
    strands = problem.strands.mul(
        pd.Series(factor, index=problem.demand["ward"]).reindex(problem.strands.index), axis=0
    )
    return replace(problem, demand=demand, strands=strands)


def _held(frames: list[Frame], nominal: Solved, solved: list[Solved], asked: int) -> Robust:
    plans = np.unique(np.stack([nominal.officers, *(each.officers for each in solved)]), axis=0)
    values = np.array([[math.fsum(worth(frame, *plan.T)) for frame in frames] for plan in plans])
    best = np.array([each.objective for each in solved])
    now = int(np.flatnonzero((plans == nominal.officers).all(axis=(1, 2)))[0])
    worst, mean = _worst(values), values.mean(axis=1)
    chosen = max(range(len(plans)), key=lambda plan: (worst[plan], mean[plan], plan == now))
    regret = 1 - (values / np.where(best > 0, best, 1.0)).mean(axis=1)
    rows = [
        (name, mean[plan], worst[plan], regret[plan], _moved(plans[now], plans[plan]))
        for name, plan in ((THIS_PLAN, now), (ROBUST, chosen))
    ]
    table = pd.DataFrame(rows, columns=["plan", "mean", "worst", "regret", "moved"])
    price = 1 - mean[chosen] / mean[now] if mean[now] > 0 else 0.0
    return Robust(len(frames), asked, table, _by_ward(frames[0], plans[now], plans[chosen], solved), float(price))


def _worst(values: FloatArray) -> FloatArray:
    """Return each plan's mean over the worst tenth of the replicates, at least one."""
    size = max(1, round(WORST * values.shape[1]))
    return np.asarray(np.sort(values, axis=1)[:, :size].mean(axis=1))


def _moved(one: IntArray, other: IntArray) -> int:
    return int(np.abs(one - other).sum()) // 2


def _by_ward(frame: Frame, plan: IntArray, robust: IntArray, solved: list[Solved]) -> pd.DataFrame:
    own = np.stack([each.officers.sum(axis=1) for each in solved])
    low, high = np.quantile(own, _MIDDLE, axis=0, method="inverted_cdf")
    officers = plan.sum(axis=1)
    return pd.DataFrame(
        {
            "ward": frame.problem.demand["ward"],
            "officers": officers,
            "officers_low": low.astype(np.int64),
            "officers_high": high.astype(np.int64),
            "robust": robust.sum(axis=1),
            "same": (own == officers).mean(axis=0),
        }
    )
