"""The teams that are offered: the best for what is expected, or those that stand other demand better for a price."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

import pandas as pd

from allocation.robust import Robust, offering, robust_teams
from allocation.team_problem import TeamProblem
from allocation.teams import Staffing, plan_teams
from geodata.cast import IntArray
from geodata.errors import InputError
from service.deployment.past import REPLICATES, Past
from service.profile.force import Profile

PLANNED: Final = 10  # of the replicates: the teams are planned on these, and tried on all
FEW: Final = 3  # where each plan takes its time
LARGE: Final = 300  # wards
FEWEST: Final = 6  # periods to draw from


def plan_offered(
    profile: Profile,
    problem: TeamProblem,
    past: Past | None,
    *,
    seed: int,
    weights: Mapping[str, float] | None = None,
    held: IntArray | None = None,
) -> tuple[Staffing, Robust | None]:
    """
    Return the teams that a report or a scenario offers, and how they are held against other demand.

    Parameters
    ----------
    profile : whose price of robustness counts, and whose events
    problem : that it describes
    past : that demand is drawn from; None: the teams are the best for what is expected
    seed : of the periods drawn
    weights : what a ward's harm counts for beside that of the past, by its code
    held : a plan of a problem like it, to be done sooner
    """
    staffing = plan_teams(problem, held=held)
    if past is None:
        return staffing, None
    own, event = weights or {}, profile.staff.surge
    counted = {ward: own.get(ward, 1.0) * event.get(ward, 1.0) for ward in {**own, **event}}
    sure = how_sure(past, staffing, most=profile.staff.price_of_robustness, seed=seed, weights=counted)
    return offered(staffing, sure), sure


def held_against_the_past(
    past: Past, problem: TeamProblem, *, seed: int, weights: Mapping[str, float], held: IntArray | None = None
) -> Robust | None:
    """
    Return a problem's best teams and the robust ones, held against demand of periods drawn again.

    None where there are too few periods, or the rules leave no plan on any of these demands.

    Parameters
    ----------
    past : what is known
    problem : what is planned
    seed : of the periods drawn
    weights : what a ward's harm counts for beside that of the past, by its code
    held : of its best plan, to be done sooner
    """
    if len(past.harm) < FEWEST:
        return None
    by_week = past.drawn(problem.demand["ward"], seed=seed, weights=weights)
    slow = len(problem.demand) > LARGE or problem.rules.objective == "worst first"
    try:
        return robust_teams(problem, by_week, solved=FEW if slow else PLANNED, held=held)
    except InputError:  # rules that ask much of one demand leave no plan on another
        return None


def how_sure(
    past: Past, staffing: Staffing, *, most: float, seed: int, weights: Mapping[str, float] | None = None
) -> Robust | None:
    """
    Return the teams held against other demand, and which are offered; None where there are too few periods.

    Parameters
    ----------
    past : what is known
    staffing : the best for what is expected
    most : share of the mean that the robust teams may give up to be offered
    seed : of the periods drawn
    weights : what a ward's harm counts for beside that of the past, by its code
    """
    if staffing.problem is None:
        return None
    sure = held_against_the_past(past, staffing.problem, seed=seed, weights=weights or {}, held=staffing.held)
    if sure is None:
        return None
    found = replace(sure, offered=bool(sure.plans["moved"].iloc[-1]) and sure.price <= most)
    return replace(found, sentence=_told(found, most))


def offered(staffing: Staffing, sure: Robust | None) -> Staffing:
    """Return the staffing that is offered, each ward's reason with how often it has as many officers."""
    if sure is None or sure.officers is None:
        return staffing
    found = offering(staffing, sure.officers) if sure.offered else staffing
    same = dict(zip(sure.wards["ward"], sure.wards["robust_same" if sure.offered else "same"], strict=True))
    reasons = [
        f"{reason} On other demand it would have as many officers in {100 * same[ward]:.0f} % of plans."
        for ward, reason in zip(found.table["ward"], found.table["reason"], strict=True)
    ]
    return replace(found, table=found.table.assign(reason=pd.array(reasons, dtype="string")))


def _told(sure: Robust, most: float) -> str:
    if not sure.plans["moved"].iloc[-1]:
        return (
            "The teams that are best for what is expected are offered: of those tried none did better in the worst "
            f"tenth of {REPLICATES} demands drawn from the same past."
        )
    best, robust = sure.plans["worst"]
    gain = f"{100 * (robust / best - 1) if best > 0 else 0.0:.2f} %"
    exposed = (
        f"{gain} more harm in the worst tenth of {REPLICATES} demands drawn from the same past, for "
        f"{100 * max(sure.price, 0.0):.2f} % less on average"
    )
    if sure.offered:
        return f"The teams offered are the robust ones: beside those best for what is expected, exposed to {exposed}."
    return (
        f"The teams offered are those best for what is expected. The robust ones would be exposed to {exposed}, and no "
        f"more than {100 * most:g} % may be given up."
    )
