"""Neighbourhood teams: how many constables and CSOs each ward gets, and what that is worth beside other ways."""

from dataclasses import dataclass

import pandas as pd


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
    plus_one : columns role, gain: what one more post of the role would add
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
