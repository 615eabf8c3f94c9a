"""
From rows of text to the tables of crimes, rejects and sources, whatever kind of file the rows came from.

A reader turns each file into a `Batch` of text; the batches of one kind are pooled, judged in one pass (`Judged`: every
row accepted, or refused with its first reason) and assembled. Repeated texts are held once and referred to by code, so
that a date, a street name or a coordinate is parsed once however many rows share it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import shapely
from geopandas import GeoDataFrame, GeoSeries

from geodata.cast import BoolArray, FloatArray, IntArray
from geodata.tables import CRIMES, PRECISIONS, REJECTS, SOURCES, TIME_ZONE, check

ACCEPTED: Final = -1
NO_COORDINATES: Final = "no coordinates"
NOT_NUMBERS: Final = "coordinates are not numbers"
OUTSIDE: Final = "coordinates outside Great Britain"
UNCONVERTED: Final = "coordinates cannot be converted to the working CRS"
NO_OFFENCE: Final = "no offence"


@dataclass(frozen=True)
class Batch:
    """
    One file's rows as text, before any is judged.

    Parameters
    ----------
    file : name relative to the path given
    kind : what sort of file it is, in words
    sha256 : fingerprint of the file as it lies on the disk
    table : one column of text for each field
    line : line (or number of the record) of each row of `table`
    broken : line and reason of each row that has no fields to judge
    """

    file: str
    kind: str
    sha256: str
    table: pa.Table
    line: IntArray
    broken: tuple[tuple[int, str], ...] = ()

    @property
    def rows(self) -> int:
        """The number of rows, with those that are broken."""
        return int(self.table.num_rows) + len(self.broken)


@dataclass(frozen=True)
class Coded:
    """Texts held once each: `texts[codes[i]]` is the trimmed text of row i, "" where there is none."""

    codes: IntArray
    texts: list[str]

    def where(self, wanted: Iterable[bool]) -> BoolArray:
        """Return True for each row whose text is marked in `wanted` (one mark a text)."""
        marks = np.fromiter(wanted, dtype=np.bool_, count=len(self.texts))
        found: BoolArray = marks[self.codes]
        return found

    def values(self, per_text: Sequence[float] | FloatArray | IntArray, dtype: Any = np.float64) -> Any:
        """Return for each row the value of its text."""
        return np.asarray(per_text, dtype=dtype)[self.codes]

    def taken(self, rows: BoolArray) -> pd.Categorical:
        """Return the texts of some rows as categories: used ones only, sorted, "" as missing."""
        codes = self.codes[rows]
        used = np.flatnonzero(np.bincount(codes, minlength=len(self.texts)))
        labels = sorted({self.texts[code] for code in used} - {""})
        number = {label: at for at, label in enumerate(labels)}
        renumbered = np.full(len(self.texts), -1, dtype=np.int64)
        renumbered[used] = [number.get(self.texts[code], -1) for code in used]
        return pd.Categorical.from_codes(renumbered[codes], categories=pd.Index(labels, dtype="str"))


@dataclass(frozen=True)
class Judged:
    """
    All rows of a pool, each accepted or refused.

    Parameters
    ----------
    reason : ACCEPTED, or the position in `reasons` of why the row is refused
    occurred_from, occurred_to : seconds since 1970 UTC
    precision : position in `tables.PRECISIONS`
    point : position in `x`, `y`, metres in the working CRS
    crime_id, victim_id : text, "" or null where there is none; None where no file has any
    """

    reason: IntArray
    reasons: tuple[str, ...]
    offence: Coded
    occurred_from: IntArray
    occurred_to: IntArray
    precision: IntArray
    place_id: Coded | None
    place_kind: str
    point: IntArray
    x: FloatArray
    y: FloatArray
    crime_id: pa.Array | None = None
    victim_id: pa.Array | None = None
    location: Coded | None = None
    lsoa: Coded | None = None
    grading: Coded | None = None


def pool(batches: Sequence[Batch]) -> pa.Table:
    """Return the rows of all batches, one under the other; a column that a batch lacks is null there."""
    return pa.concat_tables([batch.table for batch in batches], promote_options="default").unify_dictionaries()


def coded(table: pa.Table, name: str) -> Coded:
    """Return a column of codes into texts."""
    column = table.column(name).combine_chunks()
    if isinstance(column, pa.ChunkedArray):
        column = column.chunk(0) if column.num_chunks else pa.array([], type=column.type)
    if not pa.types.is_dictionary(column.type):
        column = column.dictionary_encode()
    texts = [(text or "").strip() for text in column.dictionary.to_pylist()]
    codes = column.indices.fill_null(len(texts)).to_numpy(zero_copy_only=False).astype(np.int64)
    return Coded(codes, [*texts, ""])


def first_reason(size: int, tests: Sequence[tuple[str, BoolArray]]) -> tuple[IntArray, tuple[str, ...]]:
    """Return for each row the position of the first test it fails, or ACCEPTED, and the reasons."""
    reason = np.full(size, ACCEPTED, dtype=np.int64)
    for number in range(len(tests) - 1, -1, -1):
        reason[tests[number][1]] = number
    return reason, tuple(text for text, _ in tests)


def plain(table: pa.Table, name: str) -> pa.Array:
    """Return a column as trimmed text, "" where there is none."""
    column = table.column(name).cast(pa.string()).fill_null("")
    return pc.utf8_trim_whitespace(pa.concat_arrays(column.chunks or [pa.array([], pa.string())]))


def numbers(texts: pa.Array) -> FloatArray:
    """Return texts as finite numbers, NaN where one is not."""
    try:
        parsed = pc.if_else(pc.equal(texts, ""), None, texts).cast(pa.float64()).to_numpy(zero_copy_only=False)
    except pa.ArrowInvalid:  # not a number somewhere: find out where
        parsed = pd.to_numeric(texts.to_pandas().astype(object), errors="coerce").to_numpy(dtype=np.float64)
    return np.where(np.isfinite(parsed), parsed, np.nan)


def pairs(first: Coded, second: Coded) -> tuple[IntArray, list[str], list[str]]:
    """Return for each row the number of its distinct pair of texts, and the pairs."""
    width = len(second.texts)
    numbered, distinct = pd.factorize(first.codes * width + second.codes)
    left, right = np.divmod(distinct, width)
    return numbered.astype(np.int64), [first.texts[at] for at in left], [second.texts[at] for at in right]


def assemble(batches: Sequence[Batch], judged: Judged, crs: str) -> tuple[GeoDataFrame, pd.DataFrame, pd.DataFrame]:
    """Return the checked tables of crimes, rejects and sources; accepted and rejected add up to the rows read."""
    accepted = judged.reason == ACCEPTED
    files = np.repeat(np.arange(len(batches)), [batch.table.num_rows for batch in batches])
    lines = np.concatenate([batch.line for batch in batches])
    names = Coded(files, [batch.file for batch in batches])
    crimes = check(_crimes(judged, accepted, names, lines, crs), CRIMES)
    rejects = check(_rejects(batches, judged, files, lines), REJECTS)
    sources = check(_sources(batches, np.bincount(files[accepted], minlength=len(batches))), SOURCES)
    return crimes, rejects, sources


def _crimes(judged: Judged, accepted: BoolArray, names: Coded, lines: IntArray, crs: str) -> GeoDataFrame:
    count = int(accepted.sum())
    precision = pd.Categorical.from_codes(judged.precision[accepted], categories=pd.Index(PRECISIONS, dtype="str"))
    kind = pd.Categorical.from_codes(
        np.zeros(count, dtype=np.int8), categories=pd.Index([judged.place_kind], dtype="str")
    )
    columns = {
        "crime_id": _text(judged.crime_id, accepted),
        "offence": judged.offence.taken(accepted),
        "occurred_from": _clock(judged.occurred_from[accepted]),
        "occurred_to": _clock(judged.occurred_to[accepted]),
        "precision": precision,
        "place_id": _category(judged.place_id, accepted),
        "place_kind": kind,
        "victim_id": _text(judged.victim_id, accepted),
        "location": _category(judged.location, accepted),
        "lsoa": _category(judged.lsoa, accepted),
        "grading": _category(judged.grading, accepted),
        "source_file": names.taken(accepted),
        "source_row": lines[accepted],
    }
    return GeoDataFrame(columns, geometry=_points(judged, accepted, crs))


def _points(judged: Judged, accepted: BoolArray, crs: str) -> GeoSeries:
    used = np.flatnonzero(np.bincount(judged.point[accepted], minlength=len(judged.x)))
    made = np.empty(len(judged.x), dtype=object)
    made[used] = shapely.points(judged.x[used], judged.y[used])
    # rows on one point share one geometry: a million crimes on 15,000 points in a hundredth of the time
    return GeoSeries(made[judged.point[accepted]], crs=crs)


def _category(values: Coded | None, accepted: BoolArray) -> pd.Categorical:
    if values is not None:
        return values.taken(accepted)
    return pd.Categorical.from_codes(
        np.full(int(accepted.sum()), -1, dtype=np.int8), categories=pd.Index([], dtype="str")
    )


def _text(values: pa.Array | None, accepted: BoolArray) -> pd.Series:
    if values is None:
        return pd.Series([pd.NA] * int(accepted.sum()), dtype="string")
    kept = values.filter(pa.array(accepted))
    return pd.Series(pc.if_else(pc.equal(kept, ""), None, kept).to_pandas(), dtype="string")


def _clock(seconds: IntArray) -> pd.Series:
    return pd.Series(pd.DatetimeIndex(seconds.astype("datetime64[s]"), tz="UTC").tz_convert(TIME_ZONE))


def _rejects(batches: Sequence[Batch], judged: Judged, files: IntArray, lines: IntArray) -> pd.DataFrame:
    refused = np.flatnonzero(judged.reason != ACCEPTED)
    broken = [(number, line, why) for number, batch in enumerate(batches) for line, why in batch.broken]
    table = pd.DataFrame(
        {
            "file": np.concatenate((files[refused], [number for number, _, _ in broken])).astype(np.int64),
            "line": np.concatenate((lines[refused], [line for _, line, _ in broken])).astype(np.int64),
            "reason": [judged.reasons[at] for at in judged.reason[refused]] + [why for _, _, why in broken],
        }
    ).sort_values(["file", "line"], kind="stable", ignore_index=True)
    names = np.array([batch.file for batch in batches], dtype=object)
    return table.assign(file=pd.array(names[table["file"]], dtype="string"), reason=table["reason"].astype("string"))


def _sources(batches: Sequence[Batch], accepted: IntArray) -> pd.DataFrame:
    read = np.array([batch.rows for batch in batches], dtype=np.int64)
    texts = {key: [getattr(batch, key) for batch in batches] for key in ("file", "kind", "sha256")}
    columns: dict[str, Any] = {key: pd.array(values, dtype="string") for key, values in texts.items()}
    accepted = accepted.astype(np.int64)
    return pd.DataFrame({**columns, "rows_read": read, "rows_accepted": accepted, "rows_rejected": read - accepted})
