"""Who is patrolled and who is harmed, what proportion would cost, and which records would run away."""

from dataclasses import dataclass

import pandas as pd

from allocation.feedback import Feedback
from geodata.cast import FloatArray


@dataclass(frozen=True, eq=False)
class Fairness:
    """
    What an account of fairness is made from.

    Parameters
    ----------
    wards : one row a ward: ward, group (in words; missing where its deprivation is not known), hours (of officers a
        week on the street), km2
    harm : shape (periods, wards), harm suffered in each period
    front : columns value, disproportion and others of `allocation.pareto`, from the strictest; None where no two groups
        of wards are known
    feedback : what patrols that go by records would come to; None where the crimes hold nothing that patrols detect
    notes : each a sentence that a reader must know
    """

    wards: pd.DataFrame
    harm: FloatArray
    front: pd.DataFrame | None
    feedback: Feedback | None
    notes: tuple[str, ...]
