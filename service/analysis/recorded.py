"""What was recorded in each area, month by month, as the public may read of it."""

import re
from typing import Final

import pandas as pd

from geodata.areas import locate
from geodata.tables import TIME_ZONE
from service.reading.inputs import Inputs

# Kinds of crime whose count in a small area could point at a victim. The category in which data.police.uk already
# publishes violence and sexual offences together tells nobody which of the two it was.
SENSITIVE: Final = re.compile(
    r"sex|rape|domestic|hate|racial|religio|homophob|transphob|child|slavery|traffick|stalk|harass|honour|mutilation|"
    r"forced marriage|coerc|blackmail",
    re.IGNORECASE,
)
PUBLISHED_TOGETHER: Final = ("Violence and sexual offences",)
_EDGE_DAYS: Final = 3  # a month is complete if something was recorded within so many days of its end


def recorded(given: Inputs) -> pd.DataFrame:
    """
    Return the crimes of every complete month by area and crime type.

    A crime belongs to the month in which it began. Months after `as_of` are left out, and of exact dates the first and
    the last month where nothing was recorded in their first and their last three days.

    Parameters
    ----------
    given : what the run works from

    Returns
    -------
    recorded : one row an area, crime type and month: code, offence, month ("2024-06"), crimes
        Crime types that could point at a victim are left out; every other area, crime type and month has its row.
    """
    crimes = given.crimes.crimes
    offence = crimes["offence"].astype(str)
    shown = ~offence.str.contains(SENSITIVE) | offence.isin(PUBLISHED_TOGETHER)
    ward = locate(crimes, given.wards)
    months = _complete(crimes, given.as_of)
    began = crimes["occurred_from"].dt.tz_localize(None).dt.to_period("M")
    kept = shown & ward.notna() & began.isin(months)
    counts = pd.DataFrame({"code": ward[kept].astype(str), "offence": offence[kept], "month": began[kept].astype(str)})
    names = {"code": given.wards["code"].astype(str), "offence": sorted(offence[shown].unique())}
    every = pd.MultiIndex.from_product([*names.values(), months.astype(str)], names=[*names, "month"])
    return counts.value_counts().reindex(every, fill_value=0).rename("crimes").reset_index()


def _complete(crimes: pd.DataFrame, as_of: pd.Timestamp | None) -> pd.PeriodIndex:
    """Return the months, without a gap, that the data cover from end to end."""
    began = crimes["occurred_from"].dt.tz_localize(None)
    by_month = bool((crimes["precision"] == "month").all())
    first, last = began.min().to_period("M"), began.max().to_period("M")
    if not by_month and began.min() >= first.start_time + pd.Timedelta(days=_EDGE_DAYS):
        first += 1
    if not by_month and began.max() < (last + 1).start_time - pd.Timedelta(days=_EDGE_DAYS):
        last -= 1
    if as_of is not None:
        last = min(last, as_of.tz_convert(TIME_ZONE).tz_localize(None).to_period("M") - 1)
    return pd.period_range(first, last, freq="M")
