"""The rows of a force's extract, accepted or refused: offences, moments, places and victims from text."""

import hmac
from dataclasses import dataclass
from typing import Final

import numpy as np
import pyarrow as pa
from pyproj import CRS

from geodata import _clock
from geodata._rows import (
    NO_COORDINATES,
    NO_OFFENCE,
    NOT_NUMBERS,
    OUTSIDE,
    UNCONVERTED,
    Coded,
    Judged,
    coded,
    first_reason,
    numbers,
    pairs,
)
from geodata.cast import BoolArray, FloatArray, IntArray
from geodata.extract import ExtractMapping, require_key
from geodata.projection import BRITISH_NATIONAL_GRID, GRID_BOUNDS, to_metres
from geodata.tables import PRECISIONS

NO_DATE: Final = "no date"
BAD_DATE: Final = "date not understood"
BACKWARDS: Final = "ends before it begins"

_OPTIONAL: Final = ("place_id", "victim_id", "location", "lsoa", "grading")


@dataclass(frozen=True)
class _Times:
    """First and last moment of each row in UTC, and what is wrong with them."""

    start: IntArray
    end: IntArray
    precision: IntArray
    undated: BoolArray
    unread: BoolArray
    backwards: BoolArray


def judge(rows: pa.Table, mapping: ExtractMapping, crs: str, key: bytes | None) -> Judged:
    """
    Return every row accepted or refused, in one pass over all files.

    Rows are refused for want of an offence, a date or coordinates (0, 0 is taken as none), for a date or coordinates
    that are not understood or lie outside, and where the last moment comes before the first.

    Parameters
    ----------
    rows : the pooled rows
    crs : the working CRS
    key : the secret under which victims are hashed
    """
    require_key(mapping, key)
    offence = _offence(rows, mapping)
    times = _times(rows, mapping)
    point, x, y, misplaced = _positions(rows, mapping, crs)
    tests = [
        (NO_OFFENCE, offence.where(not text for text in offence.texts)),
        (NO_DATE, times.undated),
        (BAD_DATE, times.unread),
        (BACKWARDS, times.backwards),
        *misplaced,
    ]
    reason, reasons = first_reason(rows.num_rows, tests)
    optional = {name: coded(rows, name) for name in _OPTIONAL if name in rows.column_names}
    if "victim_id" in optional and key is not None:
        optional["victim_id"] = _pseudonyms(optional["victim_id"], key)
    return Judged(
        reason=reason,
        reasons=reasons,
        offence=offence,
        occurred_from=times.start,
        occurred_to=times.end,
        precision=times.precision,
        place_id=optional.pop("place_id", None),
        place_kind=mapping.place_kind or ("premises" if mapping.place_id else "map point"),
        point=point,
        x=x,
        y=y,
        crime_id=rows.column("crime_id") if "crime_id" in rows.column_names else None,
        **optional,
    )


def _offence(rows: pa.Table, mapping: ExtractMapping) -> Coded:
    if mapping.every_offence is None:
        return coded(rows, "offence")
    return Coded(np.zeros(rows.num_rows, dtype=np.int64), [mapping.every_offence])


def _pseudonyms(victims: Coded, key: bytes) -> Coded:
    return Coded(victims.codes, [_pseudonym(text, key) if text else "" for text in victims.texts])


def _pseudonym(identifier: str, key: bytes) -> str:
    return hmac.digest(key, identifier.encode("utf-8"), "sha256")[:16].hex()


def _times(rows: pa.Table, mapping: ExtractMapping) -> _Times:
    begins, undated = _moments(rows, "from", len(mapping.begins), mapping)
    ends, open_ended = _moments(rows, "to", len(mapping.ends), mapping)
    timed = begins.timed & (ends.timed | open_ended)
    if not _clock.any_time(begins, ends):
        timed = np.zeros(len(timed), dtype=np.bool_)
    first = np.where(timed, begins.seconds, _midnight(begins.seconds))
    last = np.where(open_ended, begins.seconds, ends.seconds)
    last = np.where(timed, last, _midnight(last))
    return _Times(
        start=_clock.to_utc(first),
        end=_clock.to_utc(np.where(timed, last, last + _clock.DAY)),
        precision=np.where(timed, PRECISIONS.index("instant"), PRECISIONS.index("day")).astype(np.int64),
        undated=undated,
        unread=~begins.sound | ~(ends.sound | open_ended),
        backwards=last < first,
    )


def _midnight(seconds: IntArray) -> IntArray:
    return seconds - seconds % _clock.DAY


def _moments(rows: pa.Table, side: str, count: int, mapping: ExtractMapping) -> tuple[_clock.Moments, BoolArray]:
    """The moments of one side of the spans, and which rows have none."""
    parts = [coded(rows, f"{side} {at}") for at in range(count)]
    if not parts:
        none = np.zeros(rows.num_rows, dtype=np.bool_)
        return _clock.Moments(np.zeros(rows.num_rows, dtype=np.int64), none, none), ~none
    missing = parts[0].where(not text for text in parts[0].texts)
    if count >= 3:
        return _clock.from_parts([part.values(numbers(part.texts)) for part in parts]), missing
    if count == 2:
        number, dates, times = pairs(parts[0], parts[1])
        texts = [f"{date} {time}".strip() for date, time in zip(dates, times, strict=True)]
    else:
        number, texts = parts[0].codes, parts[0].texts
    read = _clock.from_texts(texts, dayfirst=mapping.dayfirst, date_format=mapping.date_format)
    return read.at(number), missing


def _positions(
    rows: pa.Table, mapping: ExtractMapping, crs: str
) -> tuple[IntArray, FloatArray, FloatArray, list[tuple[str, BoolArray]]]:
    """Point of each row, the points in metres, and the tests that a position can fail."""
    point, east, north = pairs(coded(rows, "x"), coded(rows, "y"))
    given = numbers(east), numbers(north)
    absent = np.array([not (a and b) for a, b in zip(east, north, strict=True)], dtype=np.bool_)
    absent |= (given[0] == 0) & (given[1] == 0)
    x, y = to_metres(*given, mapping.crs, crs)
    british = CRS(crs) == BRITISH_NATIONAL_GRID
    outside = np.isnan(x) | np.isnan(y)
    if british:
        west, south, east_end, north_end = GRID_BOUNDS
        outside |= (x < west) | (x > east_end) | (y < south) | (y > north_end)
    not_numbers = np.isnan(given[0]) | np.isnan(given[1])
    tests = [
        (NO_COORDINATES, absent[point]),
        (NOT_NUMBERS, not_numbers[point]),
        (OUTSIDE if british else UNCONVERTED, outside[point]),
    ]
    return point, x, y, tests
