"""The simple rules that every plan is shown beside, under the same value."""

import math
from collections.abc import Mapping

import numpy as np
import pandas as pd

from allocation._benefit import Benefit
from allocation.problem import Posts
from geodata.cast import FloatArray, IntArray
from geodata.errors import InputError

THIS_PLAN = "this plan"
STATUS_QUO = "status quo"
EQUAL_SPLIT = "equal split"
BY_CRIME = "proportional to crime"
BY_HARM = "proportional to harm with a floor"
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
    table: pd.DataFrame, posts: Posts, *, floor: IntArray, current: pd.DataFrame | None = None
) -> dict[str, Team]:
    """
    Return the teams by ward that simple rules give.

    Parameters
    ----------
    table : table of ward demand
    posts : officers to place
    floor : officers that each ward has at least
    current : columns ward, constables, csos: where posts are today, or None

    Raises
    ------
    InputError
        If `current` does not have one row for each ward with whole numbers of at least 0.
    """
    total = posts.constables + posts.csos
    demand = (table["priority"] * table["harm"]).to_numpy(dtype=np.float64)
    officers = {
        EQUAL_SPLIT: apportion(total, np.ones(len(table))),
        BY_CRIME: apportion(total, table["crimes"].to_numpy(dtype=np.float64)),
        BY_HARM: apportion_above(total, demand, floor=floor),
    }
    teams = {} if current is None else {STATUS_QUO: _current(table, current)}
    return teams | {plan: split_roles(count, posts.csos) for plan, count in officers.items()}


def _current(table: pd.DataFrame, current: pd.DataFrame) -> Team:
    lacking = [name for name in ("ward", "constables", "csos") if name not in current.columns]
    if lacking:
        raise InputError(f"`current` must have the columns ward, constables and csos, got none named {lacking[0]}.")
    if sorted(current["ward"]) != sorted(table["ward"]):
        raise InputError("`current` must have one row for each ward of the demand, and no others.")
    posts = current.set_index("ward").loc[list(table["ward"]), ["constables", "csos"]]
    numbers = posts.to_numpy(dtype=np.float64)
    if not (np.isfinite(numbers).all() and (numbers >= 0).all() and (numbers == np.floor(numbers)).all()):
        raise InputError("Posts in `current` must be whole numbers of at least 0, got some that are not.")
    return numbers[:, 0].astype(np.int64), numbers[:, 1].astype(np.int64)


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
    table: pd.DataFrame, benefit: Benefit, plans: Mapping[str, Team]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the alternatives (plan, objective, share_of_best) and each plan's posts (ward, plan, constables, csos)."""
    objectives = {plan: math.fsum(benefit.values(*team)) for plan, team in plans.items()}
    by_plan = pd.concat(
        [
            pd.DataFrame({"ward": table["ward"], "plan": plan, "constables": team[0], "csos": team[1]})
            for plan, team in plans.items()
        ],
        ignore_index=True,
    )
    return compared(objectives), by_plan.astype({"ward": "string", "plan": "string"})
