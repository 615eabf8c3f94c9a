"""Whether teams hold up: placed on what was known, what they would have been exposed to in what came after."""

import math
from dataclasses import dataclass, replace
from typing import Final

import pandas as pd

from allocation._frame import Frame
from allocation.compare import THIS_PLAN, simple_teams
from allocation.team_problem import TeamProblem
from allocation.teams import solve, worth
from geodata.errors import InputError

PERFECT: Final = "perfect foresight"


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


def exposed(problem: TeamProblem, came: pd.DataFrame) -> dict[str, float]:
    """
    Return the weighted harm a week that each plan would have been exposed to.

    Every plan is made from the demand of `problem`; "perfect foresight" from `came`, so that under the same rules none
    can be exposed to more. Posts, rules and funds are the same for all; the simple plans keep the floor where they say
    so, and no other rule.

    Parameters
    ----------
    problem : what was known, with posts and rules
    came : table of ward demand of the same wards: what came

    Raises
    ------
    InputError
        If `came` has other wards, or the rules cannot all be kept.
    """
    after = replace(problem, demand=came.sort_values("ward", ignore_index=True))
    if list(after.demand["ward"]) != list(problem.demand["ward"]):
        raise InputError("What came must be of the wards that were planned for, and is not.")
    before, then = Frame.of(problem), Frame.of(after)
    planned, foreseen = solve(problem), solve(after)
    if planned is None or foreseen is None:
        raise InputError("The rules must leave some plan to be tested, and leave none.")
    others = simple_teams(problem.demand, problem.posts, before.benefit, floor=before.least["T3"], current=before.now)
    plans = {THIS_PLAN: tuple(planned.officers.T)} | others | {PERFECT: tuple(foreseen.officers.T)}
    return {plan: math.fsum(worth(then, *team)) for plan, team in plans.items()}
