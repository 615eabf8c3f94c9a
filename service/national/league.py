"""
The league: each force's crimes per 1,000 residents a year by type, beside those of the forces most similar to it.

A force is called above its group only where the whole interval of its rate lies above the intervals of all the others
in the group, and below it likewise: eight forces that differ by nothing but chance still have a first and a last.

The interval is that which the count alone would give, Garwood's: with c crimes, c is likely where a Poisson count of
the mean m would be, m between the quantiles of gamma(c) and gamma(c + 1) [1]_. Crimes come in runs, so it is too narrow
rather than too wide, and it knows nothing of how completely a force records.

References
----------
.. [1] Garwood, F. (1936). Fiducial limits for the Poisson distribution. Biometrika 28(3/4), 437-442.
"""

from typing import Final

import numpy as np
import pandas as pd
from scipy.special import gammaincinv

from geodata.cast import FloatArray

PER: Final = 1_000.0  # residents
LEVEL: Final = 0.95
ALL: Final = "All crime types"
FEWEST_OTHERS: Final = 2
ABOVE, BELOW, ALIKE, NO_GROUP, NO_FIGURES = "above", "below", "as its group", "no group", "no figures"
COLUMNS: Final = (
    "force", "offence", "crimes", "months", "rate", "low", "high", "others", "group_mean", "group_low", "group_high",
    "place", "verdict",
)  # fmt: skip


def league(
    counts: pd.DataFrame, months: pd.Series, population: pd.Series, groups: pd.DataFrame, *, level: float = LEVEL
) -> pd.DataFrame:
    """
    Return the league of forces, one row a force and crime type.

    Parameters
    ----------
    counts : crimes, forces by crime types
    months : whole months that the crimes of each force cover, by force
    population : residents by force, missing where not known
    groups : as of `most_similar`
    level : of the intervals

    Returns
    -------
    league : force, offence (all of them first), crimes, months, rate (per 1,000 residents and year), low, high (its
        interval), others (forces of the group with a rate), group_mean, group_low, group_high (of the others' rates),
        place (1 where the rate is the highest of the group), verdict ("above", "below", "as its group"; "no group"
        below two others, "no figures" without a population)
    """
    table = counts.sort_index().sort_index(axis=1)
    table.insert(0, ALL, table.sum(axis=1))
    years, people = months.reindex(table.index) / 12, population.reindex(table.index)
    per = PER / (years * people.where(people > 0))
    ends = poisson_interval(table.to_numpy(dtype=np.float64), level=level)
    scale = per.to_numpy(dtype=np.float64)[:, None]
    rate, low, high = (pd.DataFrame(each * scale, table.index, table.columns) for each in (table.to_numpy(), *ends))
    near = {str(force): list(part["other"]) for force, part in groups.groupby("force", sort=True)}
    rows = [
        (
            force, offence, int(table.loc[force, offence]), int(months[force]), rate.loc[force, offence],
            low.loc[force, offence], high.loc[force, offence],
            *_beside(force, near.get(force, []), rate[offence], low[offence], high[offence]),
        )
        for force in table.index
        for offence in table.columns
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=list(COLUMNS))


def poisson_interval(counts: FloatArray, *, level: float = LEVEL) -> tuple[FloatArray, FloatArray]:
    """Return the lowest and the highest mean that would not make the counts surprising, each tail alike."""
    tail = (1 - level) / 2
    low = np.where(counts > 0, gammaincinv(np.maximum(counts, 1.0), tail), 0.0)
    return low, np.asarray(gammaincinv(counts + 1.0, 1 - tail), dtype=np.float64)


def _beside(force: str, near: list[str], rate: pd.Series, low: pd.Series, high: pd.Series) -> tuple[object, ...]:
    """Return others, mean, lowest and highest rate of the group, the place in it and the verdict."""
    nothing = (np.nan, np.nan, np.nan, np.nan)
    if np.isnan(rate[force]):
        return 0, *nothing, NO_FIGURES
    others = [name for name in near if name in rate.index and not np.isnan(rate[name])]
    if len(others) < FEWEST_OTHERS:
        return len(others), *nothing, NO_GROUP
    theirs = rate[others]
    verdict = ABOVE if low[force] > high[others].max() else BELOW if high[force] < low[others].min() else ALIKE
    place = 1 + int((theirs > rate[force]).sum())
    return len(others), float(theirs.mean()), float(theirs.min()), float(theirs.max()), place, verdict
