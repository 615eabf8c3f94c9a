"""Neighbourhood teams: how many officers of each rank go where, and what that is worth beside other ways."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import partial

import numpy as np
import pandas as pd

from allocation._frame import Frame
from allocation._leaders import funded, leaders, ward_share
from allocation._solvers.team_table import best_teams
from allocation._worst_first import Level, worst_first
from allocation.check import check_teams
from allocation.clash import Clash, floor_clash, settle_clashes
from allocation.compare import THIS_PLAN, Team, compare_teams, simple_teams
from allocation.explain import ward_reasons
from allocation.funds import Fund
from allocation.problem import Posts
from allocation.rules import Lock, TeamRules
from allocation.team_problem import TeamProblem
from allocation.wording import team_rules
from geodata.cast import FloatArray, IntArray
from geodata.tables import STAFFING, check


@dataclass(frozen=True)
class Staffing:
    """
    Teams by ward, with their proof and their alternatives.

    Parameters
    ----------
    table : table of staffing, one row per ward
    objective : what the objective makes of the teams; for "total" and "worst first", as rule T5 values them: weighted
        harm a week that the teams are exposed to
    bound : no staffing under the rules is worth more
    gap : (bound - objective) / bound
    unmet : each a sentence: which rules clash, and what the plan was made with
    plus_one : columns role, gain: what one more post of the role would add, solved anew
    alternatives : columns plan, objective, share_of_best
    by_plan : columns ward, plan, constables, csos
    rules : the rules in plain words, numbered as in `allocation.team_problem`
    leaders : columns neighbourhood, inspectors, sergeants, officers
    funded : columns place (ward or neighbourhood), rank, fund, posts
    clashes : rules that could not all be kept
    levels : of the objective "worst first": wards that stay below each service, and the proof that fewer cannot
    problem : what was planned, with what was relaxed
    held : rows (ward, constables, CSOs) from which a similar problem is solved faster
    """

    table: pd.DataFrame
    objective: float
    bound: float
    gap: float
    unmet: tuple[str, ...]
    plus_one: pd.DataFrame
    alternatives: pd.DataFrame
    by_plan: pd.DataFrame
    rules: tuple[str, ...]
    leaders: pd.DataFrame = field(default_factory=pd.DataFrame)
    funded: pd.DataFrame = field(default_factory=pd.DataFrame)
    clashes: tuple[Clash, ...] = ()
    levels: tuple[Level, ...] = ()
    problem: TeamProblem | None = None
    held: IntArray | None = None


@dataclass(frozen=True)
class Solved:
    """Officers by ward (constables, CSOs), what they come to, and the rows to start a similar problem from."""

    officers: IntArray
    objective: float
    bound: float
    held: IntArray
    levels: tuple[Level, ...] = ()


def staff_teams(
    demand: pd.DataFrame,
    posts: Posts,
    *,
    rules: TeamRules | None = None,
    neighbourhoods: Mapping[str, str] | None = None,
    groups: Mapping[str, str] | None = None,
    funds: tuple[Fund, ...] = (),
    locks: Mapping[str, Lock] | None = None,
    current: pd.DataFrame | None = None,
    strands: pd.DataFrame | None = None,
) -> Staffing:
    """
    Return the teams by ward that are exposed to most harm, proven, beside simpler ways of placing the same posts.

    The value of a team is declared (rule T5), not measured: say "harm exposed to patrol", never "crime prevented".

    Parameters
    ----------
    demand : table of ward demand
    posts : officers to place; all are placed
    rules : the knobs of the rules
    neighbourhoods : ward to neighbourhood, within which sergeants are whole; None: the force is one
    groups : ward to group, among which hours are shared in proportion to harm; None: the neighbourhoods
    funds : ring-fenced parts of the posts
    locks : by ward, what is settled
    current : columns ward, constables, csos: where posts are today; None: there is no status quo to compare
    strands : indexed by ward, a column of harm a week for each of the rules' strands

    Returns
    -------
    staffing : wards in order of their codes
        Rules that cannot all be kept are no error: `unmet` says which clash and what the plan was made with.

    Raises
    ------
    InputError
        If there is no ward, or any part does not fit the wards or the posts.
    """
    problem = TeamProblem.of(
        demand, posts, rules=rules or TeamRules(), neighbourhoods=neighbourhoods, groups=groups, funds=funds,
        locks=locks or {}, current=current, strands=strands,
    )  # fmt: skip
    return plan_teams(problem)


def plan_teams(problem: TeamProblem, *, held: IntArray | None = None) -> Staffing:
    """
    Return the teams of a problem, as `staff_teams`.

    Parameters
    ----------
    problem : what to plan
    held : of an earlier plan of a similar problem, to be done sooner
    """
    wanted = problem
    solved = solve(problem, held)
    clashes: tuple[Clash, ...] = ()
    if solved is None:
        problem, clashes = settle_clashes(problem)
        solved = solve(problem, held)
    if solved is None:
        raise RuntimeError("Rules that could be kept cannot be kept any more.")
    clashes = (*floor_clash(problem), *clashes)
    frame = Frame.of(problem)
    staffing, homes, paid = tables(frame, solved.officers)
    faults = check_teams(problem, staffing, leaders=homes, funded=paid)
    if faults:
        raise RuntimeError(f"The staffing breaks its own rules: {'; '.join(faults[:3])}")
    alternatives, by_plan = beside(frame, solved.officers)
    return Staffing(
        table=check(staffing, STAFFING),
        objective=solved.objective,
        bound=solved.bound,
        gap=gap(solved.objective, solved.bound),
        unmet=tuple(each.sentence for each in clashes),
        plus_one=_plus_one(problem, solved),
        alternatives=alternatives,
        by_plan=by_plan,
        rules=team_rules(wanted),
        leaders=homes,
        funded=paid,
        clashes=clashes,
        levels=solved.levels,
        problem=problem,
        held=solved.held,
    )


def solve(problem: TeamProblem, held: IntArray | None = None) -> Solved | None:
    """Return the best teams of a problem, or None where its rules cannot all be kept."""
    frame = Frame.of(problem)
    if problem.rules.objective == "worst first":
        answer = worst_first(frame, held)
    else:
        best = best_teams(frame, held=held)
        answer = None if best is None else (*best, ())
    if answer is None:
        return None
    officers, placed, levels = answer
    objective, bound = math.fsum(worth(frame, officers[:, 0], officers[:, 1])), placed.bound
    if frame.without_demand:
        bound = 0.0
    return Solved(officers, objective, max(bound, objective), placed.held, levels)


def gap(objective: float, bound: float) -> float:
    """Return how far below the bound an objective may be, as a share of the bound."""
    return (bound - objective) / abs(bound) if bound else 0.0


def worth(frame: Frame, constables: IntArray, csos: IntArray) -> FloatArray:
    """Return by ward what the objective makes of one team each; nothing where no harm is expected."""
    every = np.arange(frame.size)
    return np.zeros(frame.size) if frame.without_demand else frame.worth(every, constables, csos)


def tables(frame: Frame, officers: IntArray) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Return the table of staffing, the leaders by neighbourhood and who pays, of officers by ward."""
    sergeants, inspectors = leaders(frame, officers)
    homes = _homes(frame, officers, sergeants, inspectors)
    return _table(frame, officers, sergeants), homes, funded(frame, officers, sergeants, inspectors)


def _table(frame: Frame, officers: IntArray, sergeants: IntArray) -> pd.DataFrame:
    demand, rules = frame.problem.demand, frame.rules
    constables, csos = officers.T
    reasons = ward_reasons(frame.benefit, constables, csos, floor=frame.least["T3"], rules=rules)
    return pd.DataFrame(
        {
            "ward": demand["ward"],
            "name": demand["name"],
            "sergeants": ward_share(frame, officers, sergeants),
            "constables": constables,
            "csos": csos,
            "value": frame.benefit.values(constables, csos),
            "reason": reasons,
        }
    ).astype({"reason": "string"})


def _homes(frame: Frame, officers: IntArray, sergeants: IntArray, inspectors: IntArray) -> pd.DataFrame:
    led = np.bincount(frame.home, weights=officers.sum(axis=1), minlength=len(frame.homes)).astype(np.int64)
    names = pd.array(frame.homes, dtype="string")
    return pd.DataFrame({"neighbourhood": names, "inspectors": inspectors, "sergeants": sergeants, "officers": led})


def beside(
    frame: Frame, officers: IntArray, more: Mapping[str, Team] | None = None
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the alternatives to officers by ward, `more` of them first, and everybody's posts by plan."""
    problem = frame.problem
    others = simple_teams(problem.demand, problem.posts, frame.benefit, floor=frame.least["T3"], current=frame.now)
    plans = {THIS_PLAN: (officers[:, 0], officers[:, 1])} | dict(more or {}) | others
    return compare_teams(problem.demand, partial(worth, frame), plans)


def _plus_one(problem: TeamProblem, solved: Solved) -> pd.DataFrame:
    """What one more constable and one more CSO would add; none where it could not be placed."""
    posts, rows = problem.posts, []
    more = {"constable": replace(posts, constables=posts.constables + 1), "CSO": replace(posts, csos=posts.csos + 1)}
    for role, enlarged in more.items():
        found = solve(replace(problem, posts=enlarged), solved.held)
        if found is not None:
            rows.append((role, found.objective - solved.objective))
    table = pd.DataFrame(rows, columns=["role", "gain"])
    return table.astype({"role": "string", "gain": "float64"})
