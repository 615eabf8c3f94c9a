"""
When in the week: 168 hours, and windows of the day such as shifts, with times known only from ... to ....

A crime between two moments counts evenly over the real time between them (aoristic analysis), read off the clock on the
wall: the hour that is left out in March gets nothing, the one that comes twice in October both.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

import numpy as np
import pandas as pd
from geopandas import GeoDataFrame

from geodata import cast
from geodata.errors import InputError
from geodata.grid import Grid
from hotspots._spans import HOUR, HOURS, profiles_of, share_inside, spans
from hotspots.density import kernel_density, weights_of

DAY: Final = 1440  # minutes
SHIFTS: Final[Mapping[str, tuple[int, int]]] = MappingProxyType(
    {"early": (360, 840), "late": (840, 1320), "night": (1320, 1800)}
)
KNOWN_WITHIN: Final = (1, 3, 6, 12, 24, HOURS)  # hours


@dataclass(frozen=True)
class TimeOfWeek:
    """
    The week's profile of each group of crimes.

    Parameters
    ----------
    profiles : weight by group x hour of the week, 0 (Monday 00:00 to 01:00) to 167
    known : share of the crimes known to within so many hours, indexed by hours
    spread_evenly : number of crimes whose span is over a week, spread evenly over all hours
    note : a sentence on how far the times can be trusted
    """

    profiles: pd.DataFrame
    known: pd.Series
    spread_evenly: int
    note: str


def known_within(crimes: pd.DataFrame, hours: Sequence[float] = KNOWN_WITHIN) -> pd.Series:
    """
    Return the share of crimes whose time is known to within so many hours.

    Parameters
    ----------
    crimes : table of crimes
    hours : above 0

    Returns
    -------
    share : 0 to 1, indexed by hours; NaN where there is no crime

    Raises
    ------
    InputError
        If a number of hours is not above 0.
    """
    limits = [cast.above_zero(limit, "hours", "hours") for limit in hours]
    begin, end = spans(crimes)
    month = (crimes["precision"] == "month").to_numpy()
    share = [float(((end - begin <= limit * HOUR) & ~month).mean()) if len(crimes) else np.nan for limit in limits]
    return pd.Series(share, index=pd.Index(limits, name="hours"), name="share")


def time_of_week(
    crimes: pd.DataFrame, *, by: pd.Series | None = None, groups: Sequence[Any] | None = None, weights: Any = None
) -> TimeOfWeek:
    """
    Return how the weight of crimes falls on the 168 hours of the week, by hot spot for instance.

    A crime counts in each hour for the part of its span that lies in it [1]_; one of a single moment in that hour, one
    known by its day evenly over the day, one with a span of over a week evenly over all hours, which `spread_evenly`
    counts. Long spans flatten a profile: look at `known` before reading it.

    Parameters
    ----------
    crimes : table of crimes
    by : group of each crime, `<NA>` for none, indexed like `crimes`; by default one group, "all"
    groups : the groups and their order, by default those found, sorted
    weights : at least 0, one per crime, by default 1 each

    Returns
    -------
    TimeOfWeek
        Each row of the profiles sums to the weight of its group.

    Raises
    ------
    InputError
        If a crime is known by month only, `by` has another index, or a weight is negative or missing.

    References
    ----------
    .. [1] Ratcliffe, J. H. (2000). Aoristic analysis: the spatial interpretation of unspecific temporal events.
       International Journal of Geographical Information Science 14(7), 669-679.
    """
    _refuse_months(crimes)
    heavy = weights_of(weights, crimes)
    if by is None:
        by = pd.Series("all", index=crimes.index)
    if not by.index.equals(crimes.index):
        raise InputError("`by` must have the index of the crimes, got a Series with another one.")
    names = sorted(by.dropna().unique()) if groups is None else list(groups)
    index = pd.Index(names, name="group" if by.name is None else by.name)
    at = index.get_indexer(pd.Index(by)).astype(np.int64)
    begin, end = spans(crimes)
    profiles = profiles_of(begin, end, np.where(at >= 0, heavy, 0.0), np.maximum(at, 0), max(1, len(index)))
    table = pd.DataFrame(profiles[: len(index)], index=index, columns=pd.RangeIndex(HOURS, name="hour"))
    long = int((end - begin > HOURS * HOUR).sum())
    known = known_within(crimes)
    return TimeOfWeek(table, known, long, _note(known, long, len(crimes)))


def window_weights(crimes: pd.DataFrame, start: int, end: int) -> pd.Series:
    """
    Return the part of each crime's span that lies in a window of the day.

    Parameters
    ----------
    crimes : table of crimes
    start : minutes after midnight, 0 to 1439
    end : minutes after midnight, above `start`, by a day at most; over 1440 the window passes midnight

    Returns
    -------
    aoristic : 0 to 1
        Indexed like `crimes`.

    Raises
    ------
    InputError
        If a crime is known by month only, or the window is none.
    """
    first = cast.whole(start, "start")
    last = cast.whole(end, "end")
    if not (first < DAY and first < last <= first + DAY):
        raise InputError(f"A window must begin before minute 1440 and last a day at most, got {start} to {end}.")
    _refuse_months(crimes)
    share = share_inside(*spans(crimes), first * 60, last * 60) if len(crimes) else np.empty(0)
    return pd.Series(share, index=crimes.index, name="aoristic")


def shift_densities(
    crimes: GeoDataFrame,
    grid: Grid,
    shifts: Mapping[str, tuple[int, int]] = SHIFTS,
    *,
    bandwidth: float,
    weights: Any = None,
) -> pd.DataFrame:
    """
    Return the density of crime in each shift: the kernel density with each crime weighed by its part in the shift.

    Where the shifts share out the day, the surfaces add up to the kernel density of all crimes.

    Parameters
    ----------
    crimes : table of crimes, points in the CRS of `grid`
    grid : Grid
    shifts : start and end of each in minutes after midnight; by default 06-14, 14-22 and 22-06
    bandwidth : metres
    weights : at least 0, one per crime, by default 1 each

    Returns
    -------
    density : weight per square kilometre, over the whole time covered
        Cells x shifts.

    Raises
    ------
    InputError
        As for `kernel_density` and `window_weights`, or if no crime at all is known to within less than a day: the
        shifts would then differ by their length alone.
    """
    if not shifts:
        raise InputError("`shifts` must hold at least one shift, got none.")
    _refuse_months(crimes)
    begin, end = spans(crimes)
    if len(crimes) and not (end - begin < 24 * HOUR).any():
        raise InputError(
            f"Shifts need crimes known to within less than a day, got none among {len(crimes)}; the shifts would "
            "differ by their length alone."
        )
    heavy = weights_of(weights, crimes)
    parts = {name: heavy * window_weights(crimes, *window).to_numpy() for name, window in shifts.items()}
    surfaces = {name: kernel_density(crimes, grid, bandwidth=bandwidth, weights=part) for name, part in parts.items()}
    return pd.DataFrame(surfaces).rename_axis(columns="shift")


def _refuse_months(crimes: pd.DataFrame) -> None:
    by_month = int((crimes["precision"] == "month").sum())
    if by_month:
        raise InputError(
            f"Times of the week need crimes known by the hour or the day; {by_month} of {len(crimes)} are known by "
            "month only, as in everything that is published."
        )


def _note(known: pd.Series, long: int, size: int) -> str:
    if size == 0:
        return "There are no crimes."
    hour, day = 100 * known.loc[1], 100 * known.loc[24]
    text = f"{hour:.0f} % of {size:,} crimes are known to within an hour, {day:.0f} % to within a day."
    return text + (f" {long:,} with spans of over a week are spread evenly over the week." if long else "")
