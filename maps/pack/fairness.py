"""Who is patrolled and who is harmed, how sure the plan is, and which records would run away."""

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from allocation.feedback import Feedback
from allocation.robust import Robust
from geodata.cast import FloatArray


@dataclass(frozen=True, eq=False)
class Fairness:
    """
    What an account of fairness, and of how sure the plan is, is made from.

    Parameters
    ----------
    wards : one row a ward: ward, group (in words; missing where its deprivation is not known), hours (of officers a
        week on the street), km2
    people : kind of group ("age") to people of each of its groups, one row a ward in the order of `wards`
    harm : shape (periods, wards), harm suffered in each period
    front : columns value, disproportion and others of `allocation.pareto`, from the strictest; None where no two groups
        of wards are known
    feedback : what patrols that go by records would come to; None where the crimes hold nothing that patrols detect
    robust : the teams held against other demand that the same past could have given; None where it is too short
    notes : each a sentence that a reader must know
    """

    wards: pd.DataFrame
    people: Mapping[str, pd.DataFrame]
    harm: FloatArray
    front: pd.DataFrame | None
    feedback: Feedback | None
    robust: Robust | None
    notes: tuple[str, ...]
