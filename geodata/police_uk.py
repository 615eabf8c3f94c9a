"""
data.police.uk as published: monthly street-level CSV files, and the answers of its API.

Dates are months. Positions are map points: each crime is moved by the publisher to one of about 750,000 fixed points,
so that `place_kind` is "map point" and no claim is finer than a street. Anti-social behaviour has no identifier, and a
Crime ID may stand on several rows: neither identical rows nor re-used identifiers are dropped, for nothing says that
they are one incident. Only API records can repeat in a way that is known: an `id` is unique to a crime, and a point on
the road between two wards is returned for both.
"""

import re
from collections.abc import Sequence
from typing import Final

import numpy as np
import pandas as pd
import pyarrow as pa
from pyproj import CRS

from geodata._delimited import Layout, first_row, read_delimited
from geodata._files import Content
from geodata._rows import (
    ACCEPTED,
    NO_COORDINATES,
    NO_OFFENCE,
    NOT_NUMBERS,
    OUTSIDE,
    UNCONVERTED,
    Batch,
    Coded,
    Judged,
    coded,
    first_reason,
    numbers,
    pairs,
    plain,
)
from geodata.cast import BoolArray, FloatArray, IntArray
from geodata.errors import InputError
from geodata.projection import BRITISH_NATIONAL_GRID, to_metres
from geodata.tables import PRECISIONS, TIME_ZONE

STREET_CSV: Final = "police.uk street CSV"
SEEN: Final = "record id seen before"
NO_MONTH: Final = "month is missing or not YYYY-MM"

# Our name of each field, and the published column it is read from.
_COLUMNS: Final = {
    "crime_id": "Crime ID",
    "month": "Month",
    "longitude": "Longitude",
    "latitude": "Latitude",
    "location": "Location",
    "lsoa": "LSOA code",
    "offence": "Crime type",
}
_MONTH: Final = re.compile(r"(1[89]|20)\d\d-(0[1-9]|1[0-2])")


def street_columns(header: Sequence[str]) -> tuple[str, ...] | None:
    """Return the street-level columns that `header` lacks, or None where it is not a street-level header at all."""
    found = {name.casefold() for name in header}
    missing = tuple(name for name in _COLUMNS.values() if name.casefold() not in found)
    alike = len(missing) <= len(_COLUMNS) // 2 and not found & {"outcome type", "object of search"}
    return missing if alike else None


def read_street(content: Content, name: str) -> Batch:
    """
    Return the rows of one street-level CSV file, its columns in any order.

    Raises
    ------
    InputError
        If a column is missing or stands twice, the bytes are not text, or a quote is not closed.
    """
    header = [field.casefold() for field in first_row(content.data)]
    missing = [column for column in _COLUMNS.values() if column.casefold() not in header]
    if missing:
        raise InputError(f"A street-level file must have the column {_listed(missing)}; `{name}` lacks it.")
    twice = [column for column in _COLUMNS.values() if header.count(column.casefold()) > 1]
    if twice:
        raise InputError(f"A column must stand once; `{name}` has {_listed(twice)} more than once.")
    columns = {ours: header.index(column.casefold()) for ours, column in _COLUMNS.items()}
    rows = read_delimited(content.data, name, Layout(columns, frozenset({"crime_id"}), len(header)))
    return Batch(name, STREET_CSV, content.sha256, rows.table, rows.line, rows.ragged)


def judge(rows: pa.Table, crs: str) -> Judged:
    """
    Return every row accepted or refused, in one pass over all files.

    Rows are refused for want of a month, an offence or coordinates, for coordinates that cannot be converted, and for
    a record `id` seen on an earlier row.

    Parameters
    ----------
    rows : the pooled rows of street-level files and API answers, in order of file and line
    crs : the working CRS
    """
    month, offence = coded(rows, "month"), coded(rows, "offence")
    point, longitude, latitude = pairs(coded(rows, "longitude"), coded(rows, "latitude"))
    degrees = numbers(pa.array(longitude)), numbers(pa.array(latitude))
    absent = np.array([not (a and b) for a, b in zip(longitude, latitude, strict=True)], dtype=np.bool_)
    not_numbers = np.isnan(degrees[0]) | np.isnan(degrees[1])
    x, y = to_metres(*degrees, "EPSG:4326", crs)
    outside = OUTSIDE if CRS(crs) == BRITISH_NATIONAL_GRID else UNCONVERTED
    tests = [
        (NO_MONTH, month.where(not _MONTH.fullmatch(text) for text in month.texts)),
        (NO_OFFENCE, offence.where(not text for text in offence.texts)),
        (NO_COORDINATES, absent[point]),
        (NOT_NUMBERS, not_numbers[point]),
        (outside, (np.isnan(x) | np.isnan(y))[point]),
    ]
    reason, reasons = first_reason(rows.num_rows, tests)
    reason[_seen_before(rows, reason)] = len(reasons)
    return Judged(
        reason=reason,
        reasons=(*reasons, SEEN),
        offence=offence,
        occurred_from=month.values([month_start(text) for text in month.texts], np.int64),
        occurred_to=month.values([month_start(text, 1) for text in month.texts], np.int64),
        precision=np.full(rows.num_rows, PRECISIONS.index("month"), dtype=np.int64),
        place_id=Coded(point, _labels(*degrees)),
        place_kind="map point",
        point=point,
        x=x,
        y=y,
        crime_id=plain(rows, "crime_id"),
        location=coded(rows, "location"),
        lsoa=coded(rows, "lsoa"),
    )


def month_start(text: str, later: int = 0) -> int:
    """Return when a month "2024-06", or one so many later, begins: seconds since 1970 UTC; 0 if it is no month."""
    if not _MONTH.fullmatch(text):
        return 0
    year, month = divmod(int(text[:4]) * 12 + int(text[5:7]) - 1 + later, 12)
    return int(pd.Timestamp(year, month + 1, 1, tz=TIME_ZONE).timestamp())


def _listed(names: Sequence[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _seen_before(rows: pa.Table, reason: IntArray) -> BoolArray:
    """Rows whose record id stands on an earlier row that was accepted."""
    seen = np.zeros(rows.num_rows, dtype=np.bool_)
    if "record_id" in rows.column_names:
        ids = rows.column("record_id").to_pandas()
        held = (ids.notna() & (reason == ACCEPTED)).to_numpy(dtype=np.bool_)
        seen[held] = ids[held].duplicated().to_numpy()
    return seen


def _labels(longitude: FloatArray, latitude: FloatArray) -> list[str]:
    # numbers of Python's own are written in a third of the time of numpy's
    return [f"{a:.6f},{b:.6f}" for a, b in zip(longitude.tolist(), latitude.tolist(), strict=True)]
