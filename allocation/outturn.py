"""Whether teams hold up: placed on what was known, what they would have been exposed to in what came after."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

import pandas as pd

from allocation._frame import Frame
from allocation.compare import THIS_PLAN, Team, simple_teams
from allocation.team_problem import TeamProblem
from allocation.teams import solve, worth
from geodata.cast import IntArray
from geodata.errors import InputError

PERFECT: Final = "perfect foresight"
SAME_PLACES: Final = "foresight in the same places"
KEPT: Final = "first plan, kept"
GAIN: Final = ("gain", "gain_low", "gain_high")  # columns of a summary: the mean, and the ends of its interval


@dataclass(frozen=True)
class Outturn:
    """
    How plans made on what was known did in what came.

    Parameters
    ----------
    trials : columns period, plan, exposed (weighted harm a week)
    summary : columns plan, exposed (mean), share (of what perfect foresight would have been exposed to), gain (of this
        plan over it, mean), gain_low, gain_high (90 % interval over periods)
    sentence : what was found, in plain English
    """

    trials: pd.DataFrame
    summary: pd.DataFrame
    sentence: str


def placed(problem: TeamProblem) -> dict[str, Team]:
    """
    Return the teams by ward of this plan and of the simple ones beside it, made from the demand of `problem`.

    Posts, rules and funds are the same for all; the simple plans keep the floor where they say so, and no other rule.

    Raises
    ------
    InputError
        If the rules cannot all be kept.
    """
    planned, frame = solve(problem), Frame.of(problem)
    if planned is None:
        raise InputError("The rules must leave some plan to be tested, and leave none.")
    others = simple_teams(problem.demand, problem.posts, frame.benefit, floor=frame.least["T3"], current=frame.now)
    return {THIS_PLAN: team_of(planned.officers)} | others


def team_of(officers: IntArray) -> Team:
    """Return constables and CSOs by ward, of wards x 2."""
    return officers[:, 0], officers[:, 1]


def exposed(problem: TeamProblem, came: pd.DataFrame, *, plans: Mapping[str, Team] | None = None) -> dict[str, float]:
    """
    Return the weighted harm a week that each plan would have been exposed to.

    Every plan is made from the demand of `problem`; "perfect foresight" from `came`, so that under the same rules none
    can be exposed to more.

    Parameters
    ----------
    problem : what was known, with posts and rules
    came : table of ward demand of the same wards: what came
    plans : made from what was known; None: those of `placed`

    Raises
    ------
    InputError
        If `came` has other wards, or the rules cannot all be kept.
    """
    after = replace(problem, demand=came.sort_values("ward", ignore_index=True))
    if list(after.demand["ward"]) != list(problem.demand["ward"]):
        raise InputError("What came must be of the wards that were planned for, and is not.")
    known = placed(problem) if plans is None else plans
    then, foreseen = Frame.of(after), solve(after)
    if foreseen is None:
        raise InputError("The rules must leave some plan to be tested, and leave none.")
    teams = dict(known) | {PERFECT: team_of(foreseen.officers)}
    return {plan: math.fsum(worth(then, *team)) for plan, team in teams.items()}
