"""The simple rules that every plan is shown beside, under the same value."""

import math
from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd

from allocation._benefit import Benefit
from allocation.problem import Posts
from geodata.cast import FloatArray, IntArray

THIS_PLAN = "this plan"
STATUS_QUO = "status quo"
EQUAL_SPLIT = "equal split"
BY_CRIME = "proportional to crime"
BY_HARM = "proportional to harm with a floor"
PER_HEAD = "per head"
GREEDY = "greedy"
EQUAL_VISITS = "equal visits"

Team = tuple[IntArray, IntArray]  # constables and CSOs by ward


def apportion(total: int, weights: FloatArray) -> IntArray:
    """
    Return whole shares of `total` in proportion to `weights`, by largest remainder; of equals the earlier gets more.

    Where all weights are 0 the shares are equal.

    Parameters
    ----------
    total : what is shared out
    weights : at least 0, one or more
    """
    weights = weights if weights.sum() > 0 else np.ones(len(weights))
    quotas = total * (weights / weights.sum())
    shares: IntArray = np.floor(quotas).astype(np.int64)
    left = total - int(shares.sum())
    order = np.lexsort((np.arange(len(weights)), -np.round(quotas - shares, 9)))
    shares[order[:left]] += 1
    return shares


def apportion_above(total: int, weights: FloatArray, *, floor: IntArray) -> IntArray:
    """
    Return whole shares of `total` in proportion to `weights`, none below its floor.

    Parameters
    ----------
    total : at least the sum of `floor`
    weights : at least 0
    floor : the least share of each
    """
    held = np.zeros(len(weights), dtype=np.bool_)
    shares = floor.copy()
    while not held.all():
        shares[~held] = apportion(total - int(floor[held].sum()), weights[~held])
        below = ~held & (shares < floor)
        if not below.any():
            break
        held |= below
        shares[held] = floor[held]
    return shares


def split_roles(officers: IntArray, csos: int) -> Team:
    """Return constables and CSOs of teams of `officers`, every team with about the same share of the CSOs."""
    by_ward = apportion(csos, officers.astype(np.float64))
    return officers - by_ward, by_ward


def simple_teams(
    table: pd.DataFrame,
    posts: Posts,
    benefit: Benefit,
    *,
    floor: IntArray,
    current: IntArray | None = None,
) -> dict[str, Team]:
    """
    Return the teams by ward that simple rules give.

    They keep the floor where they say so, and no other rule.

    Parameters
    ----------
    table : table of ward demand
    posts : officers to place
    benefit : what teams are worth, for the greedy rule
    floor : officers that each ward has at least
    current : wards x (constables, CSOs) where posts are today, or None
    """
    total = posts.constables + posts.csos
    people = table["population"].to_numpy(dtype=np.float64)
    officers = {EQUAL_SPLIT: apportion(total, np.ones(len(table)))}
    if np.isfinite(people).all() and people.any():
        officers[PER_HEAD] = apportion(total, people)
    officers[BY_CRIME] = apportion(total, table["crimes"].to_numpy(dtype=np.float64))
    officers[BY_HARM] = apportion_above(total, benefit.demand, floor=floor)
    teams = {} if current is None else {STATUS_QUO: (current[:, 0], current[:, 1])}
    split = {plan: split_roles(count, posts.csos) for plan, count in officers.items()}
    return teams | split | {GREEDY: greedy_teams(benefit, posts, floor=floor)}


def greedy_teams(benefit: Benefit, posts: Posts, *, floor: IntArray) -> Team:
    """Return teams made post by post, CSOs first, each where it adds most: below the floor first."""
    held = np.zeros((len(floor), 2), dtype=np.int64)
    every = np.arange(len(floor))
    for role, count in ((1, posts.csos), (0, posts.constables)):
        step = np.eye(2, dtype=np.int64)[role]

        def gain(ward: IntArray, step: IntArray = step) -> FloatArray:
            now, after = held[ward], held[ward] + step
            return benefit.value(ward, after[:, 0], after[:, 1]) - benefit.value(ward, now[:, 0], now[:, 1])

        gains = gain(every)
        for _ in range(count):
            below = held.sum(axis=1) < floor
            ward = int(np.argmax(np.where(below, gains, -1.0) if below.any() else gains))
            held[ward] += step
            gains[ward] = gain(np.array([ward]))[0]
    return held[:, 0], held[:, 1]


def compared(objectives: Mapping[str, float]) -> pd.DataFrame:
    """Return columns plan, objective, share_of_best; where nothing is worth anything, every share is 1."""
    best = max(objectives.values())
    return pd.DataFrame(
        {
            "plan": pd.Series(list(objectives), dtype="string"),
            "objective": np.array(list(objectives.values()), dtype=np.float64),
            "share_of_best": [value / best if best > 0 else 1.0 for value in objectives.values()],
        }
    )


def compare_teams(
    table: pd.DataFrame, worth: Callable[[IntArray, IntArray], FloatArray], plans: Mapping[str, Team]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the alternatives (plan, objective, share_of_best) and each plan's posts (ward, plan, constables, csos)."""
    objectives = {plan: math.fsum(worth(*team)) for plan, team in plans.items()}
    by_plan = pd.concat(
        [
            pd.DataFrame({"ward": table["ward"], "plan": plan, "constables": team[0], "csos": team[1]})
            for plan, team in plans.items()
        ],
        ignore_index=True,
    )
    return compared(objectives), by_plan.astype({"ward": "string", "plan": "string"})
