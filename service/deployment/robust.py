"""How sure the teams are: held against demand that the same past could have given, and which of them are offered."""

from dataclasses import replace
from typing import Final

import numpy as np
import pandas as pd

from allocation.robust import Robust, offering, robust_teams
from allocation.team_problem import TeamProblem
from allocation.teams import Staffing
from geodata.cast import FloatArray, IntArray
from geodata.errors import InputError
from service.analysis.scene import Scene, long_periods

REPLICATES: Final = 50
PLANNED: Final = 10  # of them: the teams are planned on these, and tried on all
FEW: Final = 3  # where each plan takes its time
LARGE: Final = 300  # wards
FEWEST: Final = 6  # periods to draw from


def harm_by_period(scene: Scene, codes: pd.Series) -> FloatArray:
    """Return the harm suffered in each period (of four weeks, or a month) and ward, in the order of `codes`."""
    periods = long_periods(scene.periods)
    number, ward = periods.number(scene.crimes), pd.Index(codes).get_indexer(pd.Index(scene.ward))
    held = (number >= 0) & (ward >= 0)
    cell = number[held] * len(codes) + ward[held]
    sums = np.bincount(cell, weights=scene.harm.to_numpy()[held], minlength=periods.size * len(codes))
    return np.asarray(sums, dtype=np.float64).reshape(periods.size, len(codes))


def held_against_the_past(
    scene: Scene, problem: TeamProblem, *, seed: int, held: IntArray | None = None
) -> Robust | None:
    """
    Return a problem's best teams and the robust ones, held against demand of periods drawn again.

    None where there are too few periods, or the rules leave no plan on any of these demands.

    Parameters
    ----------
    scene : what is known
    problem : what is planned
    seed : of the periods drawn
    held : of its best plan, to be done sooner
    """
    harm, weeks = harm_by_period(scene, problem.demand["ward"]), long_periods(scene.periods).weeks
    if len(harm) < FEWEST:
        return None
    drawn = np.random.default_rng(seed).integers(0, len(harm), (REPLICATES, len(harm)))
    by_week = harm[drawn].sum(axis=1) / weeks.to_numpy(dtype=np.float64)[drawn].sum(axis=1, keepdims=True)
    slow = len(problem.demand) > LARGE or problem.rules.objective == "worst first"
    try:
        return robust_teams(problem, by_week, solved=FEW if slow else PLANNED, held=held)
    except InputError:  # rules that ask much of one demand leave no plan on another
        return None


def how_sure(scene: Scene, staffing: Staffing, *, most: float, seed: int) -> Robust | None:
    """
    Return the teams held against other demand, and which are offered; None where there are too few periods.

    Parameters
    ----------
    scene : what is known
    staffing : the best for what is expected
    most : share of the mean that the robust teams may give up to be offered
    seed : of the periods drawn
    """
    if staffing.problem is None:
        return None
    sure = held_against_the_past(scene, staffing.problem, seed=seed, held=staffing.held)
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
        f"{reason} As many officers in {100 * same[ward]:.0f} % of the plans for other demand."
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
