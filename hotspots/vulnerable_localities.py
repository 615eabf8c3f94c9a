"""The Vulnerable Localities Index: which neighbourhoods need attention first, from six inputs on one geography."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from geodata.cast import FloatArray
from geodata.errors import InputError

INPUTS: Final = {
    "dwelling_burglary": "dwelling burglaries per 1,000 households",
    "dwelling_damage": "criminal damage to dwellings per 1,000 households",
    "income_deprivation": "share or score of people deprived of income",
    "employment_deprivation": "share or score of people deprived of employment",
    "aged_15_to_24": "share of people aged 15 to 24",
    "attainment_shortfall": "share of people without the expected educational attainment",
}
PRIORITY: Final = 200.0  # twice the study area's mean


@dataclass(frozen=True)
class VulnerableLocalities:
    """
    The index of each area, with all that it follows from.

    Parameters
    ----------
    table : one row per area: the index of each input given (study-area mean = 100), vli (their mean, missing unless all
        six are there), rank (from 1, the highest first), priority (vli above 200), missing (inputs the area lacks)
    means : mean of each input over the areas, by which it was divided
    missing : inputs that were not given at all, in plain words; with any, no area has an index
    """

    table: pd.DataFrame
    means: pd.Series
    missing: tuple[str, ...]


def vulnerable_localities(rates: pd.DataFrame) -> VulnerableLocalities:
    """
    Return the Vulnerable Localities Index of each area.

    Each input is divided by its mean over the areas, times 100; the index is the mean of the six, and above 200 is a
    priority neighbourhood [1]_. The mean is that of the areas' rates, each area counting the same whatever its size. An
    index of five inputs is not this index: where one is missing none is given, and it is said which.

    The index compares areas within one study area: an area's figure changes with the areas beside it, and indices of
    two forces cannot be compared. It says nothing about people.

    Parameters
    ----------
    rates : at least 0, one row per area (LSOAs, say), any of the columns of `INPUTS`
        Each a rate or proportion, higher is worse; counts are made into rates with `rate`. Missing values are allowed.
        Deciles or ranks are not rates.

    Returns
    -------
    localities : VulnerableLocalities

    Raises
    ------
    InputError
        If there is no area, an area stands twice, none of the columns is an input, or a rate is negative or infinite.

    References
    ----------
    .. [1] Chainey, S. (2008). Identifying priority neighbourhoods using the Vulnerable Localities Index. Policing 2(2),
       196-209; Tompson, L. (2012). JDiBrief: Vulnerable Localities Index. UCL Jill Dando Institute.
    """
    given = _checked(rates)
    means = given.mean()
    indices = _indices(given, means)
    absent = tuple(INPUTS[name] for name in INPUTS if name not in given or given[name].isna().all())
    complete = given.notna().sum(axis=1) == len(INPUTS)
    vli = indices.mean(axis=1).where(complete).rename("vli")
    table = indices.assign(
        vli=vli,
        rank=vli.rank(method="min", ascending=False).astype("Int64"),
        priority=(vli > PRIORITY).astype("boolean").where(complete),
        missing=_lacking(given),
    )
    return VulnerableLocalities(table, means.reindex(list(INPUTS)), absent)


def rate(counts: pd.Series, base: pd.Series, *, per: float = 1000.0) -> pd.Series:
    """
    Return counts per `per` of the base, missing where there is no base: an empty area has no rate.

    Parameters
    ----------
    counts : at least 0, one per area
    base : households or people, at least 0, with the index of `counts`

    Raises
    ------
    InputError
        If the two are indexed otherwise, or one holds a negative number.
    """
    if not counts.index.equals(base.index):
        raise InputError("`base` must have the index of the counts, got a Series with another one.")
    for name, numbers in (("counts", counts), ("base", base)):
        bad = int((numbers < 0).sum())
        if bad:
            raise InputError(f"`{name}` must be at least 0, got {bad} that are not.")
    rates: pd.Series = counts * per / base.astype(np.float64).where(base > 0)
    rates.name = counts.name
    return rates


def _checked(rates: pd.DataFrame) -> pd.DataFrame:
    if len(rates) == 0:
        raise InputError("`rates` must hold at least one area, got none.")
    twice = int(rates.index.duplicated().sum())
    if twice:
        raise InputError(f"`rates` must hold each area once, got {twice} more than once.")
    names = [name for name in INPUTS if name in rates]
    if not names:
        raise InputError(f"`rates` must hold at least one of the columns {', '.join(INPUTS)}; none is there.")
    given = rates[names].astype(np.float64)
    bad = int(((given < 0) | np.isinf(given)).to_numpy().sum())
    if bad:
        raise InputError(f"`rates` must be finite and at least 0, got {bad} that are not.")
    return given


def _indices(given: pd.DataFrame, means: pd.Series) -> pd.DataFrame:
    """Return 100 x rate / mean; 100 where nobody has any of it, for then every area is at the mean."""
    nothing = means == 0
    relative: FloatArray = (given / means.where(~nothing, 1.0)).to_numpy(dtype=np.float64) * 100.0
    relative = np.where(nothing.to_numpy() & given.notna().to_numpy(), 100.0, relative)
    return pd.DataFrame(relative, index=given.index, columns=given.columns)


def _lacking(given: pd.DataFrame) -> pd.Series:
    """Return the inputs that each area lacks, in the order of `INPUTS`."""
    lacking = ~given.reindex(columns=list(INPUTS)).notna().to_numpy()
    names = np.array(list(INPUTS))
    return pd.Series([", ".join(names[row]) for row in lacking], index=given.index, dtype="string")
