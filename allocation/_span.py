"""Rules T3 and T4: floors that the posts can pay for, and sergeants by span of control."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from allocation.compare import apportion, apportion_above
from allocation.problem import Posts
from allocation.rules import TeamRules
from geodata.cast import FloatArray, IntArray
from geodata.errors import InputError


def floors(demand: FloatArray, posts: Posts, rules: TeamRules) -> tuple[IntArray, tuple[str, ...]]:
    """Return each ward's floor and, where the posts cannot pay for all, the sentence that says so."""
    total, wards = posts.constables + posts.csos, len(demand)
    floor = np.full(wards, rules.floor, dtype=np.int64)
    if rules.floor * wards <= total:
        return floor, ()
    kept = total // rules.floor
    order = np.lexsort((np.arange(wards), -demand))
    floor[order[kept:]] = 0
    return floor, (
        f"Rules T2 and T3 clash: a floor of {rules.floor} in {wards} wards needs {rules.floor * wards} posts and "
        f"there are {total}. The floor is kept in the {kept} wards of most demand and dropped in {wards - kept}.",
    )


def neighbourhood_numbers(table: pd.DataFrame, neighbourhoods: Mapping[str, str] | None) -> IntArray:
    """
    Return the number of each ward's neighbourhood; without `neighbourhoods` there is one.

    Raises
    ------
    InputError
        If a ward has no neighbourhood.
    """
    if neighbourhoods is None:
        return np.zeros(len(table), dtype=np.int64)
    lacking = sum(ward not in neighbourhoods for ward in table["ward"])
    if lacking:
        raise InputError(f"Every ward must belong to a neighbourhood, got {lacking} that do not.")
    names = [neighbourhoods[ward] for ward in table["ward"]]
    return np.unique(names, return_inverse=True)[1].astype(np.int64)


def sergeants(
    officers: IntArray, neighbourhood: IntArray, posts: Posts, rules: TeamRules
) -> tuple[FloatArray, tuple[str, ...]]:
    """Return each ward's share of a sergeant, whole by neighbourhood, and the sentence where there are too few."""
    led = np.bincount(neighbourhood, weights=officers).astype(np.int64)
    needed = -(-led // rules.span)
    have = int(needed.sum()) if posts.sergeants is None else posts.sergeants
    unmet: tuple[str, ...] = ()
    if have >= needed.sum():
        there = apportion_above(have, led.astype(np.float64), floor=needed)
    else:
        there = apportion(have, led.astype(np.float64))
        unmet = (
            f"Rule T4 cannot be kept: a span of {rules.span} needs {needed.sum()} sergeants and there are {have}.",
        )
    share = officers / np.maximum(led, 1)[neighbourhood]
    alone = np.where(led == 0, 1.0 / np.bincount(neighbourhood), 0.0)[neighbourhood]
    return there[neighbourhood] * (share + alone), unmet
