"""
Who suffers again: repeats, prevalence, incidence and concentration, and the table of 0, 1, 2, 3 or more crimes.

With C crimes against V victims of N that could be victims,

    repeats = C - V        share of repeats = (C - V) / C
    prevalence = V / N     incidence = C / N     concentration = C / V

so that incidence = prevalence x concentration [1]_. A victim is a person or a place, whatever is counted.

Some repeats come about by chance: dealt out at random, C crimes would leave N e^-L (L^k / k!) targets with k crimes,
L = C / N (Poisson). Where N is known the table holds that beside what was found; more with three or more than chance
gives is repeat victimisation proper.

The interval of the share takes victims for independent of each other: with m = C / V and s the standard deviation of
crimes among victims, m lies within m +- 1.96 s / sqrt(V), and the share is 1 - 1 / m.

References
----------
.. [1] Farrell, G. & Pease, K. (1993). Once bitten, twice bitten: repeat victimisation and its implications for crime
   prevention. Home Office Crime Prevention Unit Paper 46; Trickett, A. et al. (1992). What is different about high
   crime areas? British Journal of Criminology 32(1), 81-89.
"""

from typing import Final

import numpy as np
import pandas as pd
from scipy.special import ndtri

from geodata import cast
from geodata.cast import FloatArray

TIMES: Final = ("0", "1", "2", "3+")
LEVEL: Final = 0.95


def repeats(
    victim: pd.Series,
    *,
    by: pd.Series | None = None,
    day: pd.Series | None = None,
    harm: pd.Series | None = None,
    targets: float | pd.Series | None = None,
) -> pd.DataFrame:
    """
    Return how much of crime is the same victims again, in all or for each group.

    Parameters
    ----------
    victim : who, or which place, one a crime; crimes where it is missing are counted as unknown, and else left out
    by : group of each crime, such as its offence or area; a victim counts in each group in which it suffered
    day : moment of each crime, to tell repeats on one day
    harm : of each crime, in any one unit
    targets : how many could be victims: a number, or one for each group; where fewer than the victims found, as where
        people are victims where they do not live, nothing is said of prevalence and incidence

    Returns
    -------
    table : one row a group, sorted; crimes, victims, repeats, share with share_low and share_high (95 % interval),
        prevalence, incidence, concentration, none, one, two, three_or_more (victims by crimes suffered; `none` only
        where targets are known), crimes_of_three_or_more, unknown, targets and, where
        `day` is given, same_day (repeats on the day of another crime of the same victim), and, where `harm` is,
        harm and harm_on_repeats (the share of it that fell on victims of two or more)

    Raises
    ------
    InputError
        If a number of targets is below 0 or not finite.
    """
    group = pd.Series("all", index=victim.index) if by is None else by
    held = pd.DataFrame({"group": group.astype("string"), "victim": victim.astype("string")}).reset_index(drop=True)
    size = len(held)
    held = held[held["group"].notna()]
    known = held.dropna()
    each = known.groupby(["group", "victim"], sort=True).size()
    times = pd.DataFrame({"n": each, "square": each**2, "one": each == 1, "two": each == 2, "three_or_more": each >= 3})
    sums = times.assign(victims=1, most=each.where(each >= 3, 0)).groupby(level="group", sort=True).sum()
    sums = sums.reindex(sorted(held["group"].unique()) or (["all"] if by is None else []), fill_value=0).astype("int64")
    table = pd.DataFrame({"crimes": sums["n"], "victims": sums["victims"], "repeats": sums["n"] - sums["victims"]})
    table = table.join(_shares(sums)).assign(targets=_targets(table, targets))
    fit = table["targets"].where(table["targets"] >= table["victims"])
    table["prevalence"], table["incidence"] = table["victims"] / fit, table["crimes"] / fit
    table["concentration"] = (table["crimes"] / table["victims"]).where(table["victims"] > 0)
    table["none"] = fit - table["victims"]
    table = table.join(sums[["one", "two", "three_or_more"]]).assign(crimes_of_three_or_more=sums["most"])
    table["unknown"] = held["victim"].isna().groupby(held["group"]).sum().reindex(table.index, fill_value=0)
    if day is not None:
        table["same_day"] = _same_day(known, day).reindex(table.index, fill_value=0)
    if harm is not None:
        table = table.join(_harm(known, cast.weights(harm, size, "harm"), each))
    table.index.name = None if by is None else by.name
    return table


def repeat_table(victim: pd.Series, targets: float | None = None) -> pd.DataFrame:
    """
    Return the table of 0, 1, 2, 3 or more crimes.

    Parameters
    ----------
    victim : who, or which place, one a crime; missing ones are left out
    targets : how many could be victims

    Returns
    -------
    table : indexed "0", "1", "2", "3+"
        victims (of "0": targets never hit, where their number is known), share_of_targets, crimes, share_of_crimes, and
        expected, the number that chance alone would give, where `targets` is given and no fewer than the victims
    """
    each = victim.dropna().astype("string").value_counts()
    total, found = int(each.sum()), len(each)
    number = np.nan if targets is None else cast.within(targets, "targets", 0, np.inf)
    number = number if number >= found else np.nan
    victims = [number - found, *(int((each == n).sum()) for n in (1, 2)), int((each >= 3).sum())]
    crimes = [0, *(int(each[each == n].sum()) for n in (1, 2)), int(each[each >= 3].sum())]
    from scipy.stats import poisson  # a third of a second to import, and few runs need it

    mean = total / number if number else np.nan
    chance = np.append(poisson.pmf([0, 1, 2], mean), poisson.sf(2, mean)) if number > 0 else np.full(4, np.nan)
    return pd.DataFrame(
        {
            "victims": np.array(victims, dtype=np.float64),
            "share_of_targets": np.array(victims) / (number or np.nan),
            "crimes": crimes,
            "share_of_crimes": np.array(crimes) / (total or np.nan),
            "expected": chance * number,
        },
        index=pd.Index(TIMES, name="times"),
    )


def _shares(sums: pd.DataFrame) -> pd.DataFrame:
    victims, crimes = sums["victims"], sums["n"]
    mean = crimes / victims.where(victims > 0)
    spread = np.sqrt(((sums["square"] - crimes * mean) / (victims - 1).where(victims > 1)).clip(lower=0))
    margin = ndtri((1 + LEVEL) / 2) * spread / np.sqrt(victims.where(victims > 0))
    share = 1 - 1 / mean
    return pd.DataFrame(
        {
            "share": share,
            "share_low": 1 - 1 / (mean - margin).clip(lower=1),
            "share_high": 1 - 1 / (mean + margin),
        }
    )


def _targets(table: pd.DataFrame, targets: float | pd.Series | None) -> pd.Series:
    if targets is None:
        return pd.Series(np.nan, index=table.index)
    if isinstance(targets, pd.Series):
        held = pd.Series(cast.weights(targets.fillna(0), len(targets), "targets"), index=targets.index.astype("string"))
        return held.where(held > 0).reindex(table.index)
    return pd.Series(cast.within(targets, "targets", 0, np.inf), index=table.index)


def _same_day(known: pd.DataFrame, day: pd.Series) -> pd.Series:
    date = day.reset_index(drop=True).dt.date.loc[known.index]
    days = known.assign(date=date).drop_duplicates().groupby("group", sort=True).size()
    return known.groupby("group", sort=True).size() - days


def _harm(known: pd.DataFrame, harm: FloatArray, crimes: pd.Series) -> pd.DataFrame:
    """Return the harm of each group, and the share of it that fell on victims of two or more crimes."""
    own = known.assign(harm=harm[known.index]).groupby(["group", "victim"], sort=True)["harm"].sum()
    total = own.groupby(level="group").sum()
    again = own.where(crimes >= 2, 0.0).groupby(level="group").sum()
    return pd.DataFrame({"harm": total, "harm_on_repeats": again / total.where(total > 0)})
