"""
Dates and times as forces write them, read as wall-clock time in Europe/London.

Written forms that are understood: year first (2016-01-31, 2016/01/31), day first (31/01/2016, 31-01-2016, 31.01.2016;
month first where the mapping says so), and day, name of the month, year (31 Jan 2016, 31-January-2016), each alone or
with a time (14:05, 14:05:30, 1405, 2:05 pm); and the year and month alone (2016-01, 2016/01). A time with an offset
(Z, +00:00) is put on the local clock. Two figures for a year are refused: nothing says which century is meant. Any
other form needs an explicit `date_format`.

An hour that the clock skips in March is moved forward to the next that exists; one that it shows twice in October is
taken as the first (summer time).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from geodata.cast import BoolArray, FloatArray, IntArray
from geodata.tables import TIME_ZONE

DAY: Final = 86_400
FIRST_YEAR: Final = 1800
LAST_YEAR: Final = 2200

_TIME: Final = (
    r"(?:[T ]+(?P<hour>\d{1,2}):?(?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,]\d+)?)?"
    r"(?: ?(?P<half>[AaPp])\.?[Mm]\.?)?(?: ?(?P<zone>[Zz]|[+-]\d{2}:?\d{2}))?)?$"
)
_YEAR_FIRST: Final = r"^(?P<year>\d{4})[/.-](?P<month>\d{1,2})[/.-](?P<day>\d{1,2})" + _TIME
_DAY_FIRST: Final = r"^(?P<day>\d{1,2})[/.-](?P<month>\d{1,2})[/.-](?P<year>\d{4})" + _TIME
_MONTH_FIRST: Final = r"^(?P<month>\d{1,2})[/.-](?P<day>\d{1,2})[/.-](?P<year>\d{4})" + _TIME
_NAMED: Final = r"^(?P<day>\d{1,2})[ /.-](?P<name>[A-Za-z]{3})[A-Za-z]*[ /.,-]+(?P<year>\d{4})" + _TIME
_MONTH_ALONE: Final = r"^(?P<year>\d{4})[/-](?P<month>\d{1,2})$"
_MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


@dataclass(frozen=True)
class Moments:
    """
    Wall-clock moments, one for each text.

    Parameters
    ----------
    seconds : since 1970 on the local clock, 0 where a text is not understood
    timed : whether a time of day is given
    sound : whether the text is understood and the day exists
    monthly : whether only the month is given, whose first moment stands for it
    """

    seconds: IntArray
    timed: BoolArray
    sound: BoolArray
    monthly: BoolArray


def from_texts(texts: pa.Array, *, dayfirst: bool, date_format: str | None) -> Moments:
    """Return the moments of `texts` in the forms above, or in `date_format` alone where it is given."""
    if date_format is not None:
        return _by_format(texts, date_format)
    found = _none(len(texts))
    for pattern in (_YEAR_FIRST, _DAY_FIRST if dayfirst else _MONTH_FIRST, _NAMED):
        rest = np.flatnonzero(~found.sound)
        if len(rest):
            _fill(found, rest, _by_pattern(texts if len(rest) == len(texts) else texts.take(pa.array(rest)), pattern))
    rest = np.flatnonzero(~found.sound)
    if len(rest):
        _fill(found, rest, _by_month(texts.take(pa.array(rest))))
    return found


def from_parts(parts: Sequence[FloatArray]) -> Moments:
    """Return the moments of year, month, day and perhaps hour, minute and second, as numbers or NaN."""
    whole = np.all([np.isfinite(part) & (part == np.floor(part)) for part in parts[:3]], axis=0)
    clock = [np.where(np.isfinite(part), part, 0.0).astype(np.int64) for part in parts]
    hour, minute, second = [*clock[3:], *[np.zeros(len(whole), dtype=np.int64)] * 3][:3]
    timed = np.isfinite(parts[3]) if len(parts) > 3 else np.zeros(len(whole), dtype=np.bool_)
    seconds, exists = _seconds(clock[0], clock[1], clock[2])
    time = hour * 3600 + minute * 60 + second
    sound = whole & exists & (hour >= 0) & (hour < 24) & (minute >= 0) & (minute < 60) & (second >= 0) & (second < 60)
    return Moments(np.where(sound, seconds + time, 0), timed, sound, np.zeros_like(sound))


def any_time(*moments: Moments) -> bool:
    """Return whether any moment is at another time than midnight: if not, times are only how dates were written."""
    return any(bool(np.any(moment.timed & moment.sound & (moment.seconds % DAY != 0))) for moment in moments)


def next_month(local: IntArray) -> IntArray:
    """Return seconds since 1970 of the midnight that begins the next month."""
    month = local.astype("datetime64[s]").astype("datetime64[M]") + np.timedelta64(1, "M")
    return month.astype("datetime64[s]").astype(np.int64)


def to_utc(local: IntArray) -> IntArray:
    """Return seconds since 1970 UTC of seconds on the clock of Europe/London."""
    clock = pd.DatetimeIndex(local.astype("datetime64[s]"))
    first = np.ones(len(clock), dtype=np.bool_)
    known = clock.tz_localize(TIME_ZONE, ambiguous=first, nonexistent="shift_forward")
    return np.asarray(known.tz_convert("UTC").tz_localize(None).as_unit("s").to_numpy().astype(np.int64))


def _none(size: int) -> Moments:
    empty = np.zeros(size, dtype=np.bool_)
    return Moments(np.zeros(size, dtype=np.int64), empty, empty.copy(), empty.copy())


def _fill(found: Moments, rest: IntArray, more: Moments) -> None:
    found.seconds[rest], found.timed[rest], found.sound[rest] = more.seconds, more.timed, more.sound
    found.monthly[rest] = more.monthly


def _by_format(texts: pa.Array, date_format: str) -> Moments:
    parsed = pd.to_datetime(texts.to_pandas(), format=date_format, errors="coerce", utc=True)
    if "%z" in date_format:
        parsed = parsed.dt.tz_convert(TIME_ZONE)
    local = parsed.dt.tz_localize(None).dt.as_unit("s")
    sound = local.notna().to_numpy() & local.dt.year.between(FIRST_YEAR, LAST_YEAR).to_numpy()
    timed = np.full(len(texts), any(mark in date_format for mark in ("%H", "%I", "%T", "%X", "%c")))
    seconds = np.where(sound, local.to_numpy().astype("datetime64[s]").astype(np.int64), 0)
    return Moments(seconds, timed & sound, sound, np.zeros_like(sound))


def _by_pattern(texts: pa.Array, pattern: str) -> Moments:
    found = pc.extract_regex(texts, pattern)
    matched = found.is_valid().to_numpy(zero_copy_only=False)
    field = {found.type.field(at).name: found.field(at) for at in range(found.type.num_fields)}
    month = _named_month(field["name"]) if "name" in field else _whole(field["month"])
    seconds, exists = _seconds(_whole(field["year"]), month, _whole(field["day"]))
    time, possible = _time_of_day(field)
    timed = _marked(field["hour"])
    seconds = seconds + time
    zoned = _marked(field["zone"]) & matched & exists
    if zoned.any():
        seconds[zoned] = _local(seconds[zoned] - _offset(field["zone"], zoned))
    sound = matched & exists & possible
    return Moments(np.where(sound, seconds, 0), timed & sound, sound, np.zeros_like(sound))


def _by_month(texts: pa.Array) -> Moments:
    found = pc.extract_regex(texts, _MONTH_ALONE)
    year, month = (_whole(found.field(at)) for at in range(2))
    seconds, exists = _seconds(year, month, np.ones_like(year))
    sound = found.is_valid().to_numpy(zero_copy_only=False) & exists
    return Moments(np.where(sound, seconds, 0), np.zeros_like(sound), sound, sound)


def _time_of_day(field: Mapping[str, pa.Array]) -> tuple[IntArray, BoolArray]:
    """Seconds after midnight, and whether the clock shows such a time."""
    hour, minute, second = (_whole(field[name]) for name in ("hour", "minute", "second"))
    half = pc.utf8_lower(field["half"])
    twelve = _marked(half)
    possible = np.where(twelve, (hour >= 1) & (hour <= 12), hour < 24) & (minute < 60) & (second < 60)
    afternoon = np.asarray(pc.equal(half, "p").fill_null(False).to_numpy(zero_copy_only=False))
    hour = np.where(twelve, hour % 12 + 12 * afternoon, hour)
    return hour * 3600 + minute * 60 + second, possible


def _seconds(year: IntArray, month: IntArray, day: IntArray) -> tuple[IntArray, BoolArray]:
    """Seconds from 1970 to the midnight of a date, and whether the calendar has it."""
    exists = (year >= FIRST_YEAR) & (year <= LAST_YEAR) & (month >= 1) & (month <= 12) & (day >= 1) & (day <= 31)
    first = (np.where(exists, (year - 1970) * 12 + month - 1, 0)).astype("datetime64[M]")
    date = first.astype("datetime64[D]") + (day - 1).astype("timedelta64[D]")
    exists &= date.astype("datetime64[M]") == first
    return date.astype("datetime64[s]").astype(np.int64), exists


def _whole(texts: pa.Array) -> IntArray:
    """Figures as numbers; 0 where there are none."""
    filled = pc.if_else(pc.equal(texts, ""), "0", texts).fill_null("0")
    return np.asarray(filled.cast(pa.int64()).to_numpy(zero_copy_only=False))


def _marked(texts: pa.Array) -> BoolArray:
    return np.asarray(pc.not_equal(texts, "").fill_null(False).to_numpy(zero_copy_only=False), dtype=np.bool_)


def _named_month(texts: pa.Array) -> IntArray:
    """The number of a month from its first three letters; 0 where it is none."""
    position = pc.index_in(pc.utf8_lower(texts), value_set=pa.array(_MONTHS)).fill_null(-1)
    return np.asarray(position.to_numpy(zero_copy_only=False)).astype(np.int64) + 1


def _offset(zones: pa.Array, rows: BoolArray) -> IntArray:
    texts = [zone.replace(":", "") for zone in zones.filter(pa.array(rows)).to_pylist()]
    minutes = [0 if zone in "Zz" else int(zone[0] + "1") * (int(zone[1:3]) * 60 + int(zone[3:])) for zone in texts]
    return np.array(minutes, dtype=np.int64) * 60


def _local(utc: IntArray) -> IntArray:
    clock = pd.DatetimeIndex(utc.astype("datetime64[s]"), tz="UTC").tz_convert(TIME_ZONE).tz_localize(None)
    return np.asarray(clock.as_unit("s").to_numpy().astype(np.int64))
