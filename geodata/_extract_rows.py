"""The rows of a force's extract, accepted or refused: offences, moments, places and victims from text."""

import hmac
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
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
    plain,
)
from geodata.cast import BoolArray, FloatArray, IntArray
from geodata.errors import InputError
from geodata.extract import ExtractMapping, require_key
from geodata.projection import BRITISH_NATIONAL_GRID, GRID_BOUNDS, to_metres
from geodata.tables import PRECISIONS

NO_DATE: Final = "no date"
BAD_DATE: Final = "date not understood"
BACKWARDS: Final = "ends before it begins"

_OPTIONAL: Final = ("place_id", "location", "lsoa", "grading")


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

    Rows are refused for want of an offence, a date or coordinates (0, 0 is none, far from every other place), for a
    date or coordinates that are not understood or lie outside, and where the last moment comes before the first.

    Parameters
    ----------
    rows : the pooled rows
    crs : the working CRS
    key : the secret under which victims are hashed
    """
    require_key(mapping, key)
    offence = _offence(rows, mapping)
    times = _times(rows, mapping)
    if times.unread.any():
        _refuse_turned(times.unread, _times(rows, replace(mapping, dayfirst=not mapping.dayfirst)).unread, mapping)
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
        crime_id=plain(rows, "crime_id") if mapping.crime_id is not None else None,
        victim_id=None if key is None or mapping.victim_id is None else _pseudonyms(coded(rows, "victim_id"), key),
        **optional,
    )


def _offence(rows: pa.Table, mapping: ExtractMapping) -> Coded:
    if mapping.every_offence is None:
        return coded(rows, "offence")
    return Coded(np.zeros(rows.num_rows, dtype=np.int64), [mapping.every_offence])


def _pseudonyms(victims: Coded, key: bytes) -> pa.Array:
    hashes = pa.array([_pseudonym(text, key) if text else "" for text in victims.texts], type=pa.string())
    return hashes.take(pa.array(victims.codes))


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
    monthly = begins.monthly | ends.monthly
    whole = np.where(np.where(open_ended, begins.monthly, ends.monthly), _clock.next_month(last), last + _clock.DAY)
    coarse = np.where(monthly, PRECISIONS.index("month"), PRECISIONS.index("day"))
    return _Times(
        start=_clock.to_utc(first),
        end=_clock.to_utc(np.where(timed, last, whole)),
        precision=np.where(timed, PRECISIONS.index("instant"), coarse).astype(np.int64),
        undated=undated,
        unread=~begins.sound | ~(ends.sound | open_ended),
        backwards=last < first,
    )


def _refuse_turned(unread: BoolArray, turned: BoolArray, mapping: ExtractMapping) -> None:
    """Refuse dates whose day was taken for the month: the other way round reads all that was read, and more."""
    if (turned & ~unread).any() or turned.sum() >= unread.sum():
        return
    taken, other = ("day", "month") if mapping.dayfirst else ("month", "day")
    raise InputError(
        f"Dates must be read in the order in which they are written: with the {taken} first {unread.sum():,} of "
        f"{len(unread):,} rows have no date, with the {other} first {turned.sum():,} "
        f"(`dayfirst` is {str(mapping.dayfirst).lower()})."
    )


def _midnight(seconds: IntArray) -> IntArray:
    return seconds - seconds % _clock.DAY


def _moments(rows: pa.Table, side: str, count: int, mapping: ExtractMapping) -> tuple[_clock.Moments, BoolArray]:
    """The moments of one side of the spans, and which rows have none."""
    parts = [plain(rows, f"{side} {at}") for at in range(count)]
    if not parts:
        none = np.zeros(rows.num_rows, dtype=np.bool_)
        return _clock.Moments(np.zeros(rows.num_rows, dtype=np.int64), none, none, none), ~none
    missing = _blank(parts[0])
    if count >= 3:
        return _clock.from_parts([numbers(part) for part in parts]), missing
    texts = pc.utf8_trim_whitespace(pc.binary_join_element_wise(*parts, " "))
    return _clock.from_texts(texts, dayfirst=mapping.dayfirst, date_format=mapping.date_format), missing


def _blank(texts: pa.Array) -> BoolArray:
    return np.asarray(pc.equal(texts, ""), dtype=np.bool_)


def _at_no_place(x: FloatArray, y: FloatArray, *, metres: bool) -> BoolArray:
    """Return which rows stand at 0, 0 for want of a place: all that do, unless another lies within 10 km of there."""
    zero = (x == 0) & (y == 0)
    near = 10_000.0 if metres else 0.1
    beside = ~zero & (np.abs(x) <= near) & (np.abs(y) <= near)
    return np.zeros_like(zero) if beside.any() else zero


def _positions(
    rows: pa.Table, mapping: ExtractMapping, crs: str
) -> tuple[IntArray, FloatArray, FloatArray, list[tuple[str, BoolArray]]]:
    """Point of each row, the points in metres, and the tests that a position can fail."""
    east, north = plain(rows, "x"), plain(rows, "y")
    given = numbers(east), numbers(north)
    absent = _blank(east) | _blank(north) | _at_no_place(*given, metres=CRS(mapping.crs).is_projected)
    not_numbers = np.isnan(given[0]) | np.isnan(given[1])
    point, distinct = pd.factorize(given[0] + 1j * given[1], use_na_sentinel=False)
    x, y = to_metres(np.ascontiguousarray(distinct.real), np.ascontiguousarray(distinct.imag), mapping.crs, crs)
    british = CRS(crs) == BRITISH_NATIONAL_GRID
    outside = np.isnan(x) | np.isnan(y)
    if british:
        west, south, east_end, north_end = GRID_BOUNDS
        outside |= (x < west) | (x > east_end) | (y < south) | (y > north_end)
    reason = OUTSIDE if british else UNCONVERTED
    tests = [(NO_COORDINATES, absent), (NOT_NUMBERS, not_numbers), (reason, outside[point])]
    return point.astype(np.int64), x, y, tests
