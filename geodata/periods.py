"""The weeks or months into which the time analysed is cut."""

import re
from dataclasses import dataclass
from typing import Final, Literal, Self

import numpy as np
import pandas as pd

from geodata.cast import IntArray
from geodata.errors import InputError
from geodata.tables import TIME_ZONE

Unit = Literal["week", "month", "period"]
Every = int | Literal["month"]
WEEK: Final = 7  # days
_DAYS: Final = re.compile(r"([1-9][0-9]{0,3})d")


@dataclass(frozen=True)
class Periods:
    """
    Consecutive weeks (of seven days), calendar months or spans of so many days, the last one complete.

    Parameters
    ----------
    edges : DatetimeIndex in Europe/London, one more than there are periods
        Each period holds its first edge and not its second.
    unit : "week", "month", or "period" for spans of other than seven days
    """

    edges: pd.DatetimeIndex
    unit: Unit

    @classmethod
    def of(
        cls,
        crimes: pd.DataFrame,
        *,
        as_of: pd.Timestamp | None = None,
        since: pd.Timestamp | None = None,
        every: Every = WEEK,
    ) -> Self:
        """
        Return the complete periods that `crimes` cover: months if any date is known by month only, else weeks.

        Weeks are counted back from the midnight after the last crime, so that the newest is complete; the first
        days that do not fill a week are left out.

        Parameters
        ----------
        crimes : table of crimes
        as_of : first moment that is not yet known, by default and at the latest the end of the data
            Rounded down to a midnight (weeks) or the first of a month (months).
        since : first moment analysed, by default that of the first crime
            Rounded down in the same way. One offence of long ago, recorded now, would otherwise make of every
            rate a mean over decades.
        every : days of a period, or "month"; months they are, whatever is asked for, if any date is known by month only

        Raises
        ------
        InputError
            If there are no crimes, or they do not fill a whole period between `since` and `as_of`.
        """
        if len(crimes) == 0:
            raise InputError("At least one accepted crime is needed to analyse, got none.")
        every = "month" if (crimes["precision"] == "month").any() else every
        unit = _unit(every)
        oldest = _naive(crimes["occurred_from"].min())
        first = oldest if since is None else max(oldest, _naive(since))
        newest = _naive(crimes["occurred_from"].max()) + pd.Timedelta(days=1)
        if (crimes["precision"] == "month").any():
            newest = _naive(crimes["occurred_to"].max())
        end = newest if as_of is None else min(newest, _naive(as_of))
        edges = (
            cls._months(first, end) if unit == "month" else cls._spans(first, end, WEEK if every == "month" else every)
        )
        if len(edges) < 2:
            raise InputError(f"At least one whole {unit} of crimes is needed to analyse, got none.")
        return cls(edges.tz_localize(TIME_ZONE).as_unit("s"), unit)

    @staticmethod
    def _months(first: pd.Timestamp, end: pd.Timestamp) -> pd.DatetimeIndex:
        return pd.date_range(first.replace(day=1), end.replace(day=1), freq="MS")

    @staticmethod
    def _spans(first: pd.Timestamp, end: pd.Timestamp, days: int) -> pd.DatetimeIndex:
        whole = max(0, (end - first).days // days)
        return pd.DatetimeIndex([end - pd.Timedelta(days=days * back) for back in range(whole, -1, -1)])

    @property
    def size(self) -> int:
        """The number of periods."""
        return len(self.edges) - 1

    @property
    def start(self) -> pd.Timestamp:
        """The first moment."""
        return self.edges[0]

    @property
    def end(self) -> pd.Timestamp:
        """The first moment after the last period."""
        return self.edges[-1]

    @property
    def labels(self) -> list[str]:
        """The periods' names: 2014-06 for a month, the first day for any other."""
        pattern = "%Y-%m" if self.unit == "month" else "%Y-%m-%d"
        return [str(edge.strftime(pattern)) for edge in self.edges[:-1]]

    @property
    def weeks(self) -> pd.Series:
        """The length of each period in weeks, for rates that can be compared."""
        naive = self.edges.tz_localize(None)
        days = np.diff(naive.to_numpy()) / np.timedelta64(1, "D")
        return pd.Series(days / 7.0, index=self.labels, name="weeks")

    def number(self, crimes: pd.DataFrame) -> IntArray:
        """Return the number of the period in which each crime began, -1 before the first and after the last."""
        position = self.edges.searchsorted(crimes["occurred_from"], side="right") - 1
        return np.where((position >= 0) & (position < self.size), position, -1).astype(np.int64)

    def within(self, crimes: pd.DataFrame) -> pd.DataFrame:
        """Return the crimes that began in one of the periods."""
        return crimes.loc[self.number(crimes) >= 0]

    def __str__(self) -> str:
        last = self.end.tz_localize(None) - pd.Timedelta(days=1)
        # month_name is English whatever the machine's locale; strftime is not
        return " to ".join(f"{day.day} {day.month_name()} {day.year}" for day in (self.start, last))


def whole_months(first: str, last: str) -> Periods:
    """Return the months from one, "2024-06", to another, both among them."""
    start, end = (pd.Timestamp(f"{month}-01") for month in (first, last))
    edges = pd.date_range(start, end + pd.offsets.MonthBegin(1), freq="MS")
    return Periods(edges.tz_localize(TIME_ZONE).as_unit("s"), "month")


def every_of(text: str) -> Every:
    """
    Return the length of a period as it is written: 7d or 28d, or month.

    Raises
    ------
    InputError
        If it is written in another way.
    """
    if text == "month":
        return "month"
    if not (found := _DAYS.fullmatch(text)):
        raise InputError(f"`--period` must be a number of days such as 7d, or month; got {text}.")
    return int(found[1])


def _unit(every: Every) -> Unit:
    if every == "month":
        return "month"
    return "week" if every == WEEK else "period"


def _naive(moment: pd.Timestamp) -> pd.Timestamp:
    """The midnight, on the local clock, at which the day of a moment began."""
    return (moment.tz_convert(TIME_ZONE).tz_localize(None) if moment.tzinfo else moment).normalize()
