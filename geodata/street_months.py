"""
One force's month of data.police.uk as plain columns: what an import of a whole nation reads, seven thousand times.

Every row is accepted or refused by the same rules as in `read_crimes`, and one more: it must be of the month that the
file's name tells, since a month is kept as one file says it. No table with objects in it is made on the way.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from geodata._files import content
from geodata._rows import ACCEPTED, Batch, Coded, Judged
from geodata.cast import IntArray
from geodata.police_uk import judge, month_start, read_street
from geodata.projection import working_crs
from geodata.tables import PRECISIONS, TIME_ZONE, WORKING_CRS

OTHER_MONTH: Final = "month is not the file's"
_NAME: Final = re.compile(r"(\d{4}-(?:0[1-9]|1[0-2]))-([a-z0-9][a-z0-9-]*)-street\.csv(?:\.gz)?")


@dataclass(frozen=True, eq=False)
class StreetMonth:
    """
    The rows of one file.

    Parameters
    ----------
    crimes : columns of the table of crimes, repeated texts as codes, and `x` and `y`, metres, for its geometry
    rejected : lines by reason, in order
    rows : read; the crimes and the lines add up to them
    sha256 : of the file as it lies on the disk
    """

    crimes: pa.Table
    rejected: Mapping[str, list[int]]
    rows: int
    sha256: str


def force_and_month(file: str) -> tuple[str, str] | None:
    """Return whose crimes a file holds, of which month, by its name "2024-06-durham-street.csv"; None if neither."""
    named = _NAME.fullmatch(file)
    return (named[2], named[1]) if named else None


def read_street_month(path: Path, name: str, month: str, *, crs: str = WORKING_CRS) -> StreetMonth:
    """
    Return the crimes of one file of street-level crime, plain or gzipped.

    Parameters
    ----------
    path, name : where it lies, and what it is called among the sources
    month : "2024-06", to which every row must belong
    crs : the working CRS, projected, in metres

    Raises
    ------
    InputError
        If the file is damaged, is not text, or lacks a column.
    """
    batch = read_street(content(path, name), name)
    judged = judge(batch.table, working_crs(crs).to_string())
    reasons = (*judged.reasons, OTHER_MONTH)
    other = (judged.reason == ACCEPTED) & (judged.occurred_from != month_start(month))
    reason = np.where(other, len(reasons) - 1, judged.reason)
    return StreetMonth(
        _columns(batch, judged, reason == ACCEPTED), _rejected(batch, reason, reasons), batch.rows, batch.sha256
    )


def _columns(batch: Batch, judged: Judged, accepted: np.ndarray) -> pa.Table:
    rows = np.flatnonzero(accepted)
    place = judged.point[rows]
    absent = Coded(np.zeros(batch.table.num_rows, dtype=np.int64), [""])
    one = np.zeros(len(rows), dtype=np.int32)
    return pa.table(
        {
            "crime_id": _plain(judged.crime_id, rows),
            "offence": _texts(judged.offence, rows),
            "occurred_from": _clock(judged.occurred_from[rows]),
            "occurred_to": _clock(judged.occurred_to[rows]),
            "precision": pa.DictionaryArray.from_arrays(judged.precision[rows].astype(np.int32), PRECISIONS),
            "place_id": _texts(judged.place_id or absent, rows),
            "place_kind": pa.DictionaryArray.from_arrays(one, [judged.place_kind]),
            "victim_id": _plain(judged.victim_id, rows),
            "location": _texts(judged.location or absent, rows),
            "lsoa": _texts(judged.lsoa or absent, rows),
            "grading": _texts(judged.grading or absent, rows),
            "source_file": pa.DictionaryArray.from_arrays(one, [batch.file]),
            "source_row": batch.line[rows],
            "x": judged.x[place],
            "y": judged.y[place],
        }
    )


def _texts(coded: Coded, rows: IntArray) -> pa.Array:
    texts = pa.array([text or None for text in coded.texts], pa.large_string())
    return pa.DictionaryArray.from_arrays(coded.codes[rows].astype(np.int32), texts)


def _plain(texts: pa.Array | None, rows: IntArray) -> pa.Array:
    if texts is None:
        return pa.nulls(len(rows), pa.large_string())
    kept = texts.take(pa.array(rows))
    return pc.if_else(pc.equal(kept, ""), None, kept)


def _clock(seconds: IntArray) -> pa.Array:
    return pa.array(seconds.astype("datetime64[s]"), pa.timestamp("s", TIME_ZONE))


def _rejected(batch: Batch, reason: IntArray, reasons: tuple[str, ...]) -> dict[str, list[int]]:
    refused = {text: batch.line[reason == number].tolist() for number, text in enumerate(reasons)}
    for line, why in batch.broken:
        refused.setdefault(why, []).append(line)
    return {text: lines for text, lines in sorted(refused.items()) if lines}
