"""Patrols: which unit is at which hot spot when, and what that is worth beside other ways."""

from dataclasses import dataclass

import pandas as pd


@dataclass(frozen=True)
class Schedule:
    """
    One day's pattern of patrols, with its proof and its alternatives.

    Parameters
    ----------
    plan : table of stops, by unit and order
    objective : value of the visits planned, weighted harm a week
    bound : no plan under the rules is worth more
    gap : (bound - objective) / bound
    unmet : columns hotspot_id, shift, value, reason: visits demanded and not planned
    plus_one : columns base, shift, gain: what one more patrol there would add, the others left as they are
    alternatives : columns plan, objective, share_of_best
    travel_basis : "street network" or "straight line"
    rules : the rules in plain words, numbered as in `allocation.problem`
    planned_minutes : minutes of presence at hot spots, all visits together
    """

    plan: pd.DataFrame
    objective: float
    bound: float
    gap: float
    unmet: pd.DataFrame
    plus_one: pd.DataFrame
    alternatives: pd.DataFrame
    travel_basis: str
    rules: tuple[str, ...]
    planned_minutes: int
