"""
Places and victims ranked by how recently, how often and how badly they suffered.

    score = sum over the crimes of one victim of harm x 2^(-age / half-life)

age being the days from the crime to the day of the list. One number holds all three: each crime adds (frequency) its
harm, and counts for half after each half-life (recency) [1]_. The rank by each of the three alone stands beside it, so
that a reader sees why somebody stands high. It is a way to order work, and no forecast.

References
----------
.. [1] Recency, frequency and value: Bult, J. R. & Wansbeek, T. (1995). Optimal selection for direct mail. Marketing
   Science 14(4), 378-394; harm for value: Sherman, Neyroud & Neyroud (2016). The Cambridge Crime Harm Index.
   Policing 10(3), 171-183.
"""

from typing import Final

import numpy as np
import pandas as pd

from geodata import cast
from geodata.cast import FloatArray

HALF_LIFE_DAYS: Final = 90.0
_SECONDS_A_DAY: Final = 86_400


def priority(
    victim: pd.Series, moment: pd.Series, harm: pd.Series, *, as_of: pd.Timestamp, half_life: float = HALF_LIFE_DAYS
) -> pd.DataFrame:
    """
    Return victims, or places, in the order of their score.

    Parameters
    ----------
    victim : who, or which place; rows where it is missing are left out
    moment : of each crime; those after `as_of` are left out
    harm : of each crime, in any one unit
    as_of : the moment of the list
    half_life : days after which a crime counts for half

    Returns
    -------
    table : indexed by victim; rank, score (harm), last (moment), days_since, crimes, harm, and rank_recency,
        rank_frequency, rank_harm (1 = first; those alike share the better rank)

    Raises
    ------
    InputError
        If `half_life` is not above 0, or a harm is below 0 or not finite.
    """
    days = cast.above_zero(half_life, "half_life", "days")
    weight = pd.Series(cast.weights(harm, len(victim), "harm"), index=victim.index)
    held = pd.DataFrame({"victim": victim.astype("string"), "last": moment, "harm": weight})
    held = held[held["victim"].notna() & (held["last"] <= as_of)].sort_values(["victim", "last", "harm"])
    held["score"] = held["harm"] * np.exp2(-_age(held["last"], as_of) / days)
    groups = held.groupby("victim", sort=True)
    table = groups.agg(score=("score", "sum"), last=("last", "max"), crimes=("harm", "size"), harm=("harm", "sum"))
    table = table.round({"score": 6, "harm": 6})
    table.insert(2, "days_since", np.round(_age(table["last"], as_of), 1))
    ranked = {
        name: table[column].rank(method="min", ascending=ascending).astype("int64")
        for name, column, ascending in (
            ("rank", "score", False),
            ("rank_recency", "days_since", True),
            ("rank_frequency", "crimes", False),
            ("rank_harm", "harm", False),
        )
    }
    table = table.assign(**ranked).sort_values(["rank", "victim"])
    return table[["rank", *[name for name in table if name != "rank"]]]


def _age(moment: pd.Series, as_of: pd.Timestamp) -> FloatArray:
    return np.asarray((as_of - moment).dt.total_seconds() / _SECONDS_A_DAY, dtype=np.float64)
