"""
Teams when demand is not known for sure: planned again on every replicate of it, and held against them all.

A replicate is the demand that other periods of the same past would have given. Each has its own best plan. Beside those
and this one stand the plan that is best for all replicates together (the sample average [2]_) and the one that is best
for the worst tenth of that. All are tried on every replicate, and the robust plan is the one that does best in the
worst tenth of them: over a finite set of scenarios, the mean of the worst tenth is the conditional value at risk [1]_.
It is the best of the plans tried, not proven the best of all.

References
----------
.. [1] Rockafellar, R. T., & Uryasev, S. (2000). Optimization of conditional value-at-risk. Journal of Risk, 2(3),
   21-41.
.. [2] Shapiro, A., Dentcheva, D., & Ruszczynski, A. (2021). Lectures on Stochastic Programming. SIAM, chapter 5.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from allocation._benefit import Benefit
from allocation._frame import Frame
from allocation.check import check_teams
from allocation.compare import THIS_PLAN
from allocation.team_problem import TeamProblem
from allocation.teams import Solved, Staffing, beside, gap, solve, tables, worth
from geodata.cast import FloatArray, IntArray
from geodata.errors import InputError
from geodata.tables import STAFFING, check

ROBUST: Final = "robust plan"
EXPECTED: Final = "best for the expected demand"
WORST: Final = 0.1
MOST_TABLED: Final = 1_000_000  # wards x teams: beyond it replicates are not weighed together
ROOM: Final = 6  # posts of a role that a ward may have beyond the most of this plan, where replicates weigh together
_MIDDLE: Final = (0.05, 0.95)


@dataclass(frozen=True)
class Robust:
    """
    What a plan is worth over many replicates of the demand.

    Parameters
    ----------
    replicates : on which the teams were planned anew, of `asked`; others are those on which the rules cannot be kept
    asked : replicates that were to be planned on
    plans : one row for this plan and for the robust one: plan, mean, worst (mean of the worst tenth), regret (mean
        share of the best possible that is lost for not knowing), moved (posts that stand elsewhere than in this plan)
    wards : one row a ward: ward, officers (in this plan), officers_low, officers_high (90 % of the replicates' own best
        plans), robust (officers in the robust plan), same and robust_same (share of them with as many as in either)
    price : share of the mean that the robust plan gives up; 0 where it is this plan
    officers : wards x (constables, CSOs) of the robust plan, in order of the wards' codes
    offered : whether the robust plan is offered in place of the one that is best for what is expected
    sentence : which of them is offered, and the price, for a reader
    """

    replicates: int
    asked: int
    plans: pd.DataFrame
    wards: pd.DataFrame
    price: float
    officers: IntArray | None = None
    offered: bool = False
    sentence: str = ""


def robust_teams(
    problem: TeamProblem, harm: ArrayLike, *, solved: int | None = None, held: IntArray | None = None
) -> Robust:
    """
    Return this plan and the robust one, held against replicates of the demand.

    Parameters
    ----------
    problem : what was planned
    harm : shape (replicates, wards), harm a week in each, wards in the order of `problem.demand`
    solved : of the replicates, so many are planned on, from the first; None: all. The plans are tried on all of them.
    held : of the plan, to be done sooner

    Raises
    ------
    InputError
        If `harm` does not fit, or the rules cannot be kept on `problem` or on any replicate.
    """
    drawn = np.asarray(harm, dtype=np.float64)
    if drawn.ndim != 2 or drawn.shape[1] != len(problem.demand) or not np.isfinite(drawn).all() or (drawn < 0).any():
        raise InputError("Replicates must give every ward its harm, as a number of 0 or more.")
    nominal = solve(problem, held)
    if nominal is None:
        raise InputError("A plan must be possible before it is tried on replicates, and the rules leave none.")
    again = [solve(_with(problem, row), nominal.held) for row in drawn[:solved]]
    found = {number: each for number, each in enumerate(again) if each is not None}
    if not found:
        raise InputError("The rules must leave a plan on some replicate, and leave none.")
    return _held(problem, drawn, nominal, found, len(again))


def offering(staffing: Staffing, officers: IntArray) -> Staffing:
    """
    Return a staffing that offers other teams, and shows the best for the expected demand beside them.

    Its gap is what they give up of that demand. One more post is priced at the best plan.

    Parameters
    ----------
    staffing : as planned
    officers : wards x (constables, CSOs) that keep its rules, such as those of `Robust`
    """
    if staffing.problem is None:
        raise InputError("A staffing must know its problem for others to be offered in its place.")
    frame = Frame.of(staffing.problem)
    table, homes, paid = tables(frame, officers)
    best = staffing.table[["constables", "csos"]].to_numpy(dtype=np.int64)
    alternatives, by_plan = beside(frame, officers, {EXPECTED: (best[:, 0], best[:, 1])})
    objective = math.fsum(worth(frame, *officers.T))
    return replace(
        staffing, table=check(table, STAFFING), objective=objective, gap=gap(objective, staffing.bound),
        alternatives=alternatives, by_plan=by_plan, leaders=homes, funded=paid,
    )  # fmt: skip


def _with(problem: TeamProblem, harm: FloatArray) -> TeamProblem:
    """Return the problem with other harm; strands keep their mix in each ward."""
    return replace(problem, demand=problem.demand.assign(harm=harm), strands=_strands(problem, harm))


def _benefit(problem: TeamProblem, harm: FloatArray) -> Benefit:
    return Benefit.of(problem.demand.assign(harm=harm), problem.rules, _strands(problem, harm))


def _strands(problem: TeamProblem, harm: FloatArray) -> pd.DataFrame | None:
    if problem.strands is None:
        return None
    before = problem.demand["harm"].to_numpy(dtype=np.float64)
    factor = np.where(before > 0, harm / np.where(before > 0, before, 1.0), 1.0)
    return problem.strands.mul(pd.Series(factor, index=problem.demand["ward"]).reindex(problem.strands.index), axis=0)


def _held(problem: TeamProblem, drawn: FloatArray, nominal: Solved, found: Mapping[int, Solved], asked: int) -> Robust:
    frame = Frame.of(problem)
    benefits = [replace(_benefit(problem, harm), worth=problem.worth) for harm in drawn]
    tried = [nominal.officers, *(each.officers for each in found.values()), *_together(frame, benefits, nominal)]
    plans = np.unique(np.stack(tried), axis=0)
    values = _values(frame, benefits, plans)
    best = np.array([each.objective for each in found.values()])
    now = int(np.flatnonzero((plans == nominal.officers).all(axis=(1, 2)))[0])
    worst, mean = _worst(values), values.mean(axis=1)
    order = sorted(range(len(plans)), key=lambda plan: (worst[plan], mean[plan], plan == now), reverse=True)
    chosen = next(plan for plan in order if plan == now or _keeps(frame, plans[plan]))
    regret = 1 - (values[:, list(found)] / np.where(best > 0, best, 1.0)).mean(axis=1)
    rows = [
        (name, mean[plan], worst[plan], regret[plan], _moved(plans[now], plans[plan]))
        for name, plan in ((THIS_PLAN, now), (ROBUST, chosen))
    ]
    table = pd.DataFrame(rows, columns=["plan", "mean", "worst", "regret", "moved"])
    price = 1 - mean[chosen] / mean[now] if mean[now] > 0 else 0.0
    wards = _by_ward(frame, plans[now], plans[chosen], list(found.values()))
    return Robust(len(found), asked, table, wards, float(price), plans[chosen])


def _together(frame: Frame, benefits: list[Benefit], nominal: Solved) -> Iterator[IntArray]:
    """Yield the teams best for all replicates together, then those best for the worst tenth of these."""
    problem, most = frame.problem, int(nominal.officers.max()) + ROOM
    if problem.worth is not None or problem.rules.objective != "total" or problem.rules.least_service:
        return  # no sum over the wards, or a rule that needs to know one demand
    most = min(most, problem.rules.largest or most)
    teams = (most + 1) ** 2
    if frame.size * teams > MOST_TABLED:
        return
    constables, csos = np.divmod(np.arange(teams), most + 1)
    shape, rows, held = (frame.size, most + 1, most + 1), benefits, nominal.held
    for _ in range(2):
        mean = sum((_by_team(benefit, constables, csos) for benefit in rows), np.zeros(frame.size * teams)) / len(rows)
        best = solve(replace(problem.ruled(largest=most), worth=mean.reshape(shape)), held)
        if best is None:
            return
        yield best.officers
        worst = np.argsort(_values(frame, benefits, best.officers[None])[0], kind="stable")
        rows, held = [benefits[number] for number in worst[: _tenth(len(worst))]], best.held


def _by_team(benefit: Benefit, constables: IntArray, csos: IntArray) -> FloatArray:
    """Return the value of each of these teams in every ward, ward by ward."""
    ward, team = np.divmod(np.arange(len(benefit.strands) * len(csos)), len(csos))
    return benefit.value(ward, constables[team], csos[team])


def _keeps(frame: Frame, officers: IntArray) -> bool:
    """Return whether teams made for other demand keep the rules on that of the plan."""
    if frame.rules.objective == "worst first":  # what is gained elsewhere cannot make up for a ward left further behind
        return False
    table, homes, paid = tables(frame, officers)
    return not check_teams(frame.problem, table, leaders=homes, funded=paid)


def _values(frame: Frame, benefits: list[Benefit], plans: IntArray) -> FloatArray:
    """Return what every plan is worth on every replicate."""
    values = np.empty((len(plans), len(benefits)))
    for number, benefit in enumerate(benefits):
        values[:, number] = [math.fsum(worth(replace(frame, benefit=benefit), *plan.T)) for plan in plans]
    return values


def _worst(values: FloatArray) -> FloatArray:
    """Return each plan's mean over the worst tenth of the replicates, at least one."""
    return np.asarray(np.sort(values, axis=1)[:, : _tenth(values.shape[1])].mean(axis=1))


def _tenth(replicates: int) -> int:
    return max(1, round(WORST * replicates))


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
            "robust_same": (own == robust.sum(axis=1)).mean(axis=0),
        }
    )
