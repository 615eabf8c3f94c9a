"""Spans of time read off the clock on the wall: by hour of the week, and inside a window of the day."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from geodata.cast import BoolArray, FloatArray, IntArray
from geodata.tables import TIME_ZONE

HOURS: Final = 168
HOUR: Final = 3600  # seconds
_DAY: Final = 86_400
_PIECES: Final = 2_000_000  # hours of crimes that are held at once


@dataclass(frozen=True)
class _Clock:
    """The clock on the wall by hour of real time: first hour since 1970 UTC, seconds it is ahead, hour of the week."""

    first: int
    ahead: IntArray
    hour: IntArray

    @classmethod
    def over(cls, begin: IntArray, end: IntArray) -> "_Clock":
        first, last = int(begin.min()) // HOUR, int(end.max()) // HOUR + 1
        utc = pd.to_datetime(np.arange(first, last + 1) * HOUR, unit="s", utc=True)
        wall = utc.tz_convert(TIME_ZONE).tz_localize(None)
        ahead = ((wall - utc.tz_localize(None)) // pd.Timedelta(seconds=1)).to_numpy(dtype=np.int64)
        return cls(first, ahead, (wall.day_of_week * 24 + wall.hour).to_numpy(dtype=np.int64))


def spans(crimes: pd.DataFrame) -> tuple[IntArray, IntArray]:
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


def profiles_of(begin: IntArray, end: IntArray, heavy: FloatArray, at: IntArray, groups: int) -> FloatArray:
    profiles = np.zeros(groups * HOURS)
    long = end - begin > HOURS * HOUR
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
    first = begin // HOUR
    hours = np.maximum(-(-end // HOUR) - first, 1)
    step = max(1, _PIECES // HOURS)
    for low in range(0, begin.size, step):
        high = min(begin.size, low + step)
        crime = np.repeat(np.arange(low, high), hours[low:high])
        nth = np.arange(crime.size) - np.repeat(np.cumsum(hours[low:high]) - hours[low:high], hours[low:high])
        hour = first[crime] + nth
        inside = np.minimum(end[crime], (hour + 1) * HOUR) - np.maximum(begin[crime], hour * HOUR)
        span = (end - begin)[crime]
        yield crime, hour, np.where(span > 0, inside / np.maximum(span, 1), 1.0)


def share_inside(begin: IntArray, end: IntArray, first: int, last: int) -> FloatArray:
    """Return the part of each span inside the window from second `first` to `last` of every day."""
    clock = _Clock.over(begin, end)
    # At a change of the clock the time spent in the window jumps on the wall but not in reality: take the jumps out.
    change = np.flatnonzero(np.diff(clock.ahead)) + 1
    moment = (clock.first + change) * HOUR
    jump = _passed(moment + clock.ahead[change - 1], first, last) - _passed(moment + clock.ahead[change], first, last)
    jumps = np.concatenate(([0], np.cumsum(jump)))

    def spent(at: IntArray) -> IntArray:
        wall = at + clock.ahead[at // HOUR - clock.first]
        found: IntArray = _passed(wall, first, last) + jumps[np.searchsorted(moment, at, side="right")]
        return found

    at_once = _in_window(begin + clock.ahead[begin // HOUR - clock.first], first, last)
    span = end - begin
    return np.where(span > 0, (spent(end) - spent(begin)) / np.maximum(span, 1), at_once)


def _passed(wall: IntArray, first: int, last: int) -> IntArray:
    """Return the seconds of all windows since the day before 1970 that a clock has passed."""
    day, second = np.divmod(wall, _DAY)
    before = np.clip(second + _DAY - first, 0, last - first)  # of the window that began the day before
    found: IntArray = day * (last - first) + before - (last - first) + np.clip(second - first, 0, last - first)
    return found


def _in_window(wall: IntArray, first: int, last: int) -> BoolArray:
    second = wall % (_DAY)
    found: BoolArray = ((second >= first) & (second < last)) | (second + _DAY < last)
    return found
