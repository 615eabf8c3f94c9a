"""Events as points in metres and whole days, or minutes: what every test of space and time together works on."""

from dataclasses import dataclass
from typing import Final, Self

import numpy as np
import pandas as pd
from geopandas import GeoDataFrame

from geodata import cast
from geodata.cast import BoolArray, FloatArray, IntArray
from geodata.errors import InputError

A_DAY: Final = 1
MINUTES_A_DAY: Final = 1440


@dataclass(frozen=True, eq=False)
class Dated:
    """
    Events in space and time.

    Parameters
    ----------
    x, y : metres
    time : whole units since the beginning of 1970, by the local clock
    a_day : units in a day: 1, or 1,440 minutes
    """

    x: FloatArray
    y: FloatArray
    time: IntArray
    a_day: int = A_DAY

    @classmethod
    def of(cls, crimes: GeoDataFrame, *, exact: bool = False) -> Self:
        """
        Return the crimes as events.

        A crime known only to lie in a span of time is dated by the span's middle.

        Parameters
        ----------
        crimes : table of crimes, in a projected CRS
        exact : to the minute; by default to the day, as two events of one day are 0 days apart whatever the hour

        Raises
        ------
        InputError
            If the CRS is not projected, a crime is dated by its month only, or `exact` and one by its day only.
        """
        if crimes.crs is None or not crimes.crs.is_projected:
            raise InputError("`crimes` must be in a projected CRS, in metres.")
        x, y = cast.coordinates(crimes, crimes.crs)
        coarse = crimes["precision"].isin(["day", "month"] if exact else ["month"])
        if coarse.any():
            unit = "minute" if exact else "day"
            raise InputError(f"Every crime must be dated to the {unit}, got {int(coarse.sum()):,} that are not.")
        begin, end = (crimes[name].dt.tz_localize(None) for name in ("occurred_from", "occurred_to"))
        middle = begin + ((end - begin) / 2).where(crimes["precision"] == "instant", pd.Timedelta(0))
        minutes = middle.astype("datetime64[s]").astype("int64").to_numpy() // 60
        a_day = MINUTES_A_DAY if exact else A_DAY
        return cls(x, y, minutes // (MINUTES_A_DAY // a_day), a_day)

    @property
    def size(self) -> int:
        """How many events there are."""
        return self.x.size

    def take(self, rows: IntArray | BoolArray) -> "Dated":
        """Return some of the events."""
        return Dated(self.x[rows], self.y[rows], self.time[rows], self.a_day)


def together(groups: tuple[Dated, ...]) -> Dated:
    """Return the events of one or two groups, one after the other."""
    x, y, time = (np.concatenate([getattr(group, name) for group in groups]) for name in ("x", "y", "time"))
    return Dated(x, y, time, groups[0].a_day)
