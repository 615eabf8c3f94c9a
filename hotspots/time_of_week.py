"""
When in the week: 168 hours, and windows of the day such as shifts, with times known only from ... to ....

A crime between two moments counts evenly over the real time between them (aoristic analysis), read off the clock on the
wall: the hour that is left out in March gets nothing, the one that comes twice in October both.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

import numpy as np
import pandas as pd
from geopandas import GeoDataFrame

from geodata import cast
from geodata.cast import BoolArray, FloatArray, IntArray
from geodata.errors import InputError
from geodata.grid import Grid
from geodata.tables import TIME_ZONE
from hotspots.density import kernel_density, weights_of

HOURS: Final = 168
DAY: Final = 1440  # minutes
SHIFTS: Final[Mapping[str, tuple[int, int]]] = MappingProxyType(
    {"early": (360, 840), "late": (840, 1320), "night": (1320, 1800)}
)
KNOWN_WITHIN: Final = (1, 3, 6, 12, 24, HOURS)  # hours
_PIECES: Final = 2_000_000  # hours of crimes that are held at once
_HOUR: Final = 3600


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


@dataclass(frozen=True)
class _Clock:
    """The clock on the wall by hour of real time: first hour since 1970 UTC, seconds it is ahead, hour of the week."""

    first: int
    ahead: IntArray
    hour: IntArray

    @classmethod
    def over(cls, begin: IntArray, end: IntArray) -> "_Clock":
        first, last = int(begin.min()) // _HOUR, int(end.max()) // _HOUR + 1
        utc = pd.to_datetime(np.arange(first, last + 1) * _HOUR, unit="s", utc=True)
        wall = utc.tz_convert(TIME_ZONE).tz_localize(None)
        ahead = ((wall - utc.tz_localize(None)) // pd.Timedelta(seconds=1)).to_numpy(dtype=np.int64)
        return cls(first, ahead, (wall.day_of_week * 24 + wall.hour).to_numpy(dtype=np.int64))


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
    begin, end = _spans(crimes)
    month = (crimes["precision"] == "month").to_numpy()
    share = [float(((end - begin <= limit * _HOUR) & ~month).mean()) if len(crimes) else np.nan for limit in limits]
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
    begin, end = _spans(crimes)
    profiles = _profiles(begin, end, np.where(at >= 0, heavy, 0.0), np.maximum(at, 0), max(1, len(index)))
    table = pd.DataFrame(profiles[: len(index)], index=index, columns=pd.RangeIndex(HOURS, name="hour"))
    long = int((end - begin > HOURS * _HOUR).sum())
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
    share = _share_inside(*_spans(crimes), first * 60, last * 60) if len(crimes) else np.empty(0)
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
    begin, end = _spans(crimes)
    if len(crimes) and not (end - begin < 24 * _HOUR).any():
        raise InputError(
            f"Shifts need crimes known to within less than a day, got none among {len(crimes)}; the shifts would "
            "differ by their length alone."
        )
    heavy = weights_of(weights, crimes)
    parts = {name: heavy * window_weights(crimes, *window).to_numpy() for name, window in shifts.items()}
    surfaces = {name: kernel_density(crimes, grid, bandwidth=bandwidth, weights=part) for name, part in parts.items()}
    return pd.DataFrame(surfaces).rename_axis(columns="shift")


def _spans(crimes: pd.DataFrame) -> tuple[IntArray, IntArray]:
    """Return the first and the last second of each crime's span since 1970 UTC; a day known only as such lasts one."""
    first = pd.DatetimeIndex(crimes["occurred_from"])
    day = (crimes["precision"] == "day").to_numpy()
    midnight = (first.tz_localize(None).normalize() + pd.Timedelta(days=1)).tz_localize(
        TIME_ZONE, ambiguous=True, nonexistent="shift_forward"
    )
    begin, next_day = _seconds(first), _seconds(midnight)
    end = np.maximum(_seconds(pd.DatetimeIndex(crimes["occurred_to"])), begin)
    return begin, np.where(day & (end <= begin), next_day, end)


def _seconds(moments: pd.DatetimeIndex) -> IntArray:
    return moments.as_unit("s").asi8.astype(np.int64)


def _refuse_months(crimes: pd.DataFrame) -> None:
    by_month = int((crimes["precision"] == "month").sum())
    if by_month:
        raise InputError(
            f"Times of the week need crimes known by the hour or the day; {by_month} of {len(crimes)} are known by "
            "month only, as in everything that is published."
        )


def _profiles(begin: IntArray, end: IntArray, heavy: FloatArray, at: IntArray, groups: int) -> FloatArray:
    profiles = np.zeros(groups * HOURS)
    long = end - begin > HOURS * _HOUR
    even = np.bincount(at[long], weights=heavy[long] / HOURS, minlength=groups)
    begin, end, heavy, at = begin[~long], end[~long], heavy[~long], at[~long]
    if begin.size:
        clock = _Clock.over(begin, end)
        for crime, hour, share in _pieces(begin, end):
            slot = at[crime] * HOURS + clock.hour[hour - clock.first]
            profiles += np.bincount(slot, weights=share * heavy[crime], minlength=profiles.size)
    return profiles.reshape(groups, HOURS) + even[:, None]


def _pieces(begin: IntArray, end: IntArray) -> Iterator[tuple[IntArray, IntArray, FloatArray]]:
    """Yield crimes by hour of real time: number of the crime, hour since 1970, part of its span in that hour."""
    first = begin // _HOUR
    hours = np.maximum(-(-end // _HOUR) - first, 1)
    step = max(1, _PIECES // HOURS)
    for low in range(0, begin.size, step):
        high = min(begin.size, low + step)
        crime = np.repeat(np.arange(low, high), hours[low:high])
        nth = np.arange(crime.size) - np.repeat(np.cumsum(hours[low:high]) - hours[low:high], hours[low:high])
        hour = first[crime] + nth
        inside = np.minimum(end[crime], (hour + 1) * _HOUR) - np.maximum(begin[crime], hour * _HOUR)
        span = (end - begin)[crime]
        yield crime, hour, np.where(span > 0, inside / np.maximum(span, 1), 1.0)


def _share_inside(begin: IntArray, end: IntArray, first: int, last: int) -> FloatArray:
    """Return the part of each span inside the window from second `first` to `last` of every day."""
    clock = _Clock.over(begin, end)
    # At a change of the clock the time spent in the window jumps on the wall but not in reality: take the jumps out.
    change = np.flatnonzero(np.diff(clock.ahead)) + 1
    moment = (clock.first + change) * _HOUR
    jump = _passed(moment + clock.ahead[change - 1], first, last) - _passed(moment + clock.ahead[change], first, last)
    jumps = np.concatenate(([0], np.cumsum(jump)))

    def spent(at: IntArray) -> IntArray:
        wall = at + clock.ahead[at // _HOUR - clock.first]
        found: IntArray = _passed(wall, first, last) + jumps[np.searchsorted(moment, at, side="right")]
        return found

    at_once = _in_window(begin + clock.ahead[begin // _HOUR - clock.first], first, last)
    span = end - begin
    return np.where(span > 0, (spent(end) - spent(begin)) / np.maximum(span, 1), at_once)


def _passed(wall: IntArray, first: int, last: int) -> IntArray:
    """Return the seconds of all windows since the day before 1970 that a clock has passed."""
    day, second = np.divmod(wall, DAY * 60)
    before = np.clip(second + DAY * 60 - first, 0, last - first)  # of the window that began the day before
    found: IntArray = day * (last - first) + before - (last - first) + np.clip(second - first, 0, last - first)
    return found


def _in_window(wall: IntArray, first: int, last: int) -> BoolArray:
    second = wall % (DAY * 60)
    found: BoolArray = ((second >= first) & (second < last)) | (second + DAY * 60 < last)
    return found


def _note(known: pd.Series, long: int, size: int) -> str:
    if size == 0:
        return "There are no crimes."
    text = f"{known.loc[1]:.0%} of {size} crimes are known to within an hour, {known.loc[24]:.0%} to within a day."
    return text + (f" {long} with spans of over a week are spread evenly over the week." if long else "")
