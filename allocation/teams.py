"""Neighbourhood teams: how many constables and CSOs each ward gets, and what that is worth beside other ways."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from allocation._benefit import Benefit
from allocation._solvers.teams import Placed, place
from allocation._span import floors, neighbourhood_numbers, sergeants
from allocation.check import check_staffing
from allocation.compare import THIS_PLAN, compare_teams, simple_teams
from allocation.explain import team_rules, ward_reasons
from allocation.problem import Posts
from allocation.rules import TeamRules
from geodata.errors import InputError
from geodata.tables import STAFFING, WARD_DEMAND, check


@dataclass(frozen=True)
class Staffing:
    """
    Teams by ward, with their proof and their alternatives.

    Parameters
    ----------
    table : table of staffing, one row per ward
    objective : weighted harm a week that the teams are exposed to, as rule T5 values it
    bound : no staffing under the rules is worth more
    gap : (bound - objective) / bound
    unmet : each a sentence: which rules clash, and what was kept
    plus_one : columns role, gain: what one more post of the role would add, solved anew
    alternatives : columns plan, objective, share_of_best
    by_plan : columns ward, plan, constables, csos
    rules : the rules in plain words, numbered as in `allocation.problem`
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


def staff_teams(
    demand: pd.DataFrame,
    posts: Posts,
    *,
    rules: TeamRules | None = None,
    neighbourhoods: Mapping[str, str] | None = None,
    current: pd.DataFrame | None = None,
) -> Staffing:
    """
    Return the teams by ward that are exposed to most harm, proven, beside simpler ways of placing the same posts.

    The value of a team is declared (rule T5), not measured: say "harm exposed to patrol", never "crime prevented".

    Parameters
    ----------
    demand : table of ward demand
    posts : officers to place; all are placed
    rules : the knobs of the rules T1 to T5
    neighbourhoods : ward to neighbourhood, within which sergeants are whole; None: the force is one
    current : columns ward, constables, csos: where posts are today; None: there is no status quo to compare

    Returns
    -------
    staffing : wards in order of their codes
        Floors that the posts cannot pay for are no error: `unmet` says which rules clash and what was kept.

    Raises
    ------
    InputError
        If there is no ward, a ward has no neighbourhood, or `current` does not fit the wards.
    """
    table, rules = _sorted(demand), rules or TeamRules()
    benefit, neighbourhood = Benefit.of(table, rules), neighbourhood_numbers(table, neighbourhoods)
    floor, clash = floors(benefit.demand, posts, rules)
    best = _best(benefit, posts, rules)
    leaders, short = sergeants(best.constables + best.csos, neighbourhood, posts, rules)
    staffing = pd.DataFrame(
        {
            "ward": table["ward"],
            "name": table["name"],
            "sergeants": leaders,
            "constables": best.constables,
            "csos": best.csos,
            "value": benefit.values(best.constables, best.csos),
            "reason": ward_reasons(benefit, best.constables, best.csos, floor=floor, rules=rules),
        }
    ).astype({"reason": "string"})
    faults = check_staffing(table, posts, staffing, rules=rules, neighbourhoods=neighbourhoods)
    if faults:
        raise RuntimeError(f"The staffing breaks its own rules: {'; '.join(faults)}")
    others = simple_teams(table, posts, floor=floor, current=current)
    alternatives, by_plan = compare_teams(table, benefit, {THIS_PLAN: (best.constables, best.csos)} | others)
    objective = math.fsum(staffing["value"])
    return Staffing(
        table=check(staffing, STAFFING),
        objective=objective,
        bound=best.bound,
        gap=max(0.0, best.bound - objective) / best.bound if best.bound > 0 else 0.0,
        unmet=clash + short,
        plus_one=_plus_one(benefit, posts, rules, objective),
        alternatives=alternatives,
        by_plan=by_plan,
        rules=team_rules(posts, rules),
    )


def _sorted(demand: pd.DataFrame) -> pd.DataFrame:
    check(demand, WARD_DEMAND)
    if demand.empty:
        raise InputError("At least one ward is needed to place teams, got none.")
    endless = int((~np.isfinite(demand[["crimes", "harm", "priority"]])).any(axis=1).sum())
    if endless:
        raise InputError(f"The demand of a ward must be finite, got {endless} where it is not.")
    return demand.sort_values("ward", ignore_index=True)


def _best(benefit: Benefit, posts: Posts, rules: TeamRules) -> Placed:
    """Place the posts; where no ward has any demand, as if all had the same."""
    floor, _ = floors(benefit.demand, posts, rules)
    if benefit.demand.any():
        return place(benefit, posts.constables, posts.csos, floor=floor)
    level = replace(benefit, demand=np.ones_like(benefit.demand))
    return replace(place(level, posts.constables, posts.csos, floor=floor), bound=0.0)


def _plus_one(benefit: Benefit, posts: Posts, rules: TeamRules, objective: float) -> pd.DataFrame:
    more = {
        "constable": replace(posts, constables=posts.constables + 1),
        "CSO": replace(posts, csos=posts.csos + 1),
    }
    gains = []
    for enlarged in more.values():
        best = _best(benefit, enlarged, rules)
        gains.append(math.fsum(benefit.values(best.constables, best.csos)) - objective)
    return pd.DataFrame({"role": pd.Series(list(more), dtype="string"), "gain": gains})
