"""What if: problems made from one another, solved one from the last, side by side."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, Final

import numpy as np
import pandas as pd

from allocation._frame import Frame
from allocation.problem import Posts
from allocation.rules import TeamRules
from allocation.team_problem import RANKS, TeamProblem
from allocation.teams import Staffing, plan_teams
from allocation.why import left
from geodata.cast import IntArray, above_zero, whole
from geodata.errors import InputError

MOST_SCENARIOS: Final = 4  # beside the base
POSTS: Final = tuple(each.name for each in fields(Posts))
KNOBS: Final = tuple(each.name for each in fields(TeamRules))


@dataclass(frozen=True)
class Scenario:
    """
    One answer to "what if".

    Parameters
    ----------
    name : shown in every table
    problem : what is then to be planned
    costs : pounds a year of one post by rank; empty: nothing is said of money
    """

    name: str
    problem: TeamProblem
    costs: Mapping[str, float]


@dataclass(frozen=True)
class Comparison:
    """
    Scenarios side by side, the base first.

    Parameters
    ----------
    summary : columns scenario, objective, bound, gap, covered (share of the demand reached),
        least_served (that share in the ward where it is least), gain (over the base plan
        under the scenario's demand, where the base has the posts for it), constables, csos, sergeants, inspectors,
        cost, moved (posts that leave their ward of the base plan), unmet (rules that clash)
    wards : columns scenario, ward, name, constables, csos, value, more (officers beside the base), value_more
    groups : the same by neighbourhood
    staffings : by scenario
    """

    summary: pd.DataFrame
    wards: pd.DataFrame
    groups: pd.DataFrame
    staffings: Mapping[str, Staffing]


Planner = Callable[[Scenario, IntArray | None], Staffing]


def vary(problem: TeamProblem, *, surge: Mapping[str, float] | None = None, **changes: Any) -> TeamProblem:
    """
    Return a problem like `problem` with some things changed.

    Parameters
    ----------
    problem : to be changed
    surge : ward to what an event multiplies its demand by
    changes : fields of `Posts`, of `TeamRules` or of `TeamProblem`; a post or a number may be text such as "+20"

    Raises
    ------
    InputError
        If a name or a ward is unknown, or a value breaks its rule.
    """
    posts = {name: _moved(getattr(problem.posts, name), changes.pop(name)) for name in POSTS if name in changes}
    knobs = {name: _moved(getattr(problem.rules, name), changes.pop(name)) for name in KNOBS if name in changes}
    unknown = sorted(set(changes) - {each.name for each in fields(TeamProblem)})
    if unknown:
        raise InputError(f"A scenario must change something that a problem has, and `{unknown[0]}` is not.")
    if surge:
        changes["demand"], changes["strands"] = _surged(problem, surge)
    return replace(problem, posts=replace(problem.posts, **posts), rules=replace(problem.rules, **knobs), **changes)


def compare_scenarios(scenarios: Sequence[Scenario], *, plan: Planner | None = None) -> Comparison:
    """
    Return scenarios side by side.

    Parameters
    ----------
    scenarios : the base and up to four others, of the same wards
    plan : what plans the teams of each, given the best ones of the scenario before, to begin from (None for the
        first); None: the best for its demand

    Raises
    ------
    InputError
        If there are none or too many, names are used twice, or the wards differ.
    """
    _check(scenarios)
    staffings: dict[str, Staffing] = {}
    held = None
    for scenario in scenarios:
        staffings[scenario.name] = plan(scenario, held) if plan else plan_teams(scenario.problem, held=held)
        held = staffings[scenario.name].held
    first = staffings[scenarios[0].name]
    summary = [_row(scenario, staffings[scenario.name], first) for scenario in scenarios]
    wards = pd.concat([_wards(scenario, staffings[scenario.name], first) for scenario in scenarios], ignore_index=True)
    sums = ["constables", "csos", "value", "more", "value_more"]
    groups = wards.groupby(["scenario", "group"], sort=False)[sums].sum().reset_index()
    return Comparison(pd.DataFrame(summary), wards, groups, staffings)


def _moved(now: Any, change: Any) -> Any:
    """Return the changed value; text that begins with a sign is a change to what there is."""
    if not isinstance(change, str) or change[:1] not in "+-":
        return change
    try:
        step = float(change)
    except ValueError:
        raise InputError(f"A change must be a number after its sign, got {change!r}.") from None
    value = (now or 0) + step
    return int(value) if value == int(value) else value


def _surged(problem: TeamProblem, surge: Mapping[str, float]) -> tuple[pd.DataFrame, pd.DataFrame | None]:
    unknown = sum(ward not in set(problem.demand["ward"]) for ward in surge)
    if unknown:
        raise InputError(f"A surge must be in wards of the demand, got {unknown} that are not.")
    factor = problem.demand["ward"].map({ward: above_zero(times, "surge") for ward, times in surge.items()}).fillna(1.0)
    times = factor.to_numpy(dtype=np.float64)
    demand = problem.demand.assign(
        **{name: problem.demand[name].to_numpy(dtype=np.float64) * times for name in ("crimes", "harm")}
    )
    strands = problem.strands
    if strands is not None:
        strands = strands.loc[list(problem.demand["ward"])].mul(times, axis=0)
    return demand, strands


def _check(scenarios: Sequence[Scenario]) -> None:
    whole(len(scenarios), "scenarios", 1)
    if len(scenarios) > MOST_SCENARIOS + 1:
        raise InputError(f"At most {MOST_SCENARIOS} scenarios can stand beside the base, got {len(scenarios) - 1}.")
    if len({scenario.name for scenario in scenarios}) < len(scenarios):
        raise InputError("Scenarios must have different names, got some used twice.")
    wards = [list(scenario.problem.demand["ward"]) for scenario in scenarios]
    if any(each != wards[0] for each in wards):
        raise InputError("Scenarios must be of the same wards, got some of others.")


def _row(scenario: Scenario, staffing: Staffing, base: Staffing) -> dict[str, Any]:
    problem = scenario.problem
    posts = {rank: int(_posts(staffing, rank)) for rank in RANKS}
    demand = Frame.of(problem).benefit
    officers, before = _officers(staffing), _officers(base)
    unchanged = float(demand.values(before[:, 0], before[:, 1]).sum())
    values, asked = staffing.table["value"].to_numpy(), demand.demand > 0
    value, most = float(values.sum()), float(demand.demand.sum())
    cost = sum(scenario.costs.get(rank, 0.0) * count for rank, count in posts.items())
    return {
        "scenario": scenario.name,
        "objective": staffing.objective,
        "bound": staffing.bound,
        "gap": staffing.gap,
        "value": value,
        "covered": value / most if most > 0 else 0.0,
        "least_served": float((values[asked] / demand.demand[asked]).min()) if asked.any() else 0.0,
        "gain": value - unchanged,
        **posts,
        "cost": cost if scenario.costs else float("nan"),
        "moved": left(before, officers),
        "unmet": " ".join(staffing.unmet),
    }


def _posts(staffing: Staffing, rank: str) -> int:
    """Return the posts of a rank in a plan."""
    return int((staffing.table if rank in RANKS[:2] else staffing.leaders)[rank].sum())


def _officers(staffing: Staffing) -> Any:
    return staffing.table[["constables", "csos"]].to_numpy(dtype=np.int64)


def _wards(scenario: Scenario, staffing: Staffing, base: Staffing) -> pd.DataFrame:
    table, before = staffing.table, base.table
    homes = scenario.problem.groups or scenario.problem.neighbourhoods or {}
    return pd.DataFrame(
        {
            "scenario": scenario.name,
            "ward": table["ward"],
            "name": table["name"],
            "group": [homes.get(ward, "the force") for ward in table["ward"]],
            "constables": table["constables"],
            "csos": table["csos"],
            "value": table["value"],
            "more": table["constables"] + table["csos"] - before["constables"] - before["csos"],
            "value_more": table["value"] - before["value"],
        }
    )
