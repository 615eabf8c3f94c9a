"""
Delimited text as columns of text with true line numbers: a fast path, and an exact one for files it cannot count.

pyarrow splits the rows on all cores. It does not say on which line a row stood, so the lines are counted apart from it:
where the two counts differ (a stray quote, an outsized field), the standard library reads the file row by row.
"""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.csv

from geodata._files import BOM, require_text
from geodata.cast import BoolArray, IntArray
from geodata.errors import InputError

# A record of more lines than this is a quote that was never closed, not a long note.
MOST_LINES_IN_A_ROW: Final = 100
# Nearly every value is another: held as text; all other columns as codes into their distinct values.
_PLAIN: Final = frozenset({"crime_id"})
_CODED: Final = pa.dictionary(pa.int32(), pa.string())
_NEWLINE, _QUOTE, _RETURN = 10, 34, 13


@dataclass(frozen=True)
class Delimited:
    """
    The rows of one file of delimited text.

    Parameters
    ----------
    table : one column of text for each column asked for, "" where a field is empty
    line : the line of each row of `table`, from 1
    ragged : line and reason of each row with the wrong number of fields
    """

    table: pa.Table
    line: IntArray
    ragged: tuple[tuple[int, str], ...]


def first_row(data: bytes, delimiter: str = ",") -> list[str]:
    """Return the fields of the first row, trimmed; none if there is no text."""
    text = data.removeprefix(BOM)[:65_536].decode("utf-8", errors="replace")
    try:
        row = next(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), [])
    except csv.Error:
        return []
    return [field.strip() for field in row]


def read_delimited(
    data: bytes, name: str, columns: dict[str, int], *, width: int, header: bool = True, delimiter: str = ","
) -> Delimited:
    """
    Return the columns asked for as text.

    Parameters
    ----------
    data : UTF-8 text, with or without byte order mark
    name : the file, for messages
    columns : our name of each column wanted, to its position in the file
    width : number of fields in a row
    header : whether the first row holds names

    Raises
    ------
    InputError
        If the bytes are not text, or a quote is opened and not closed.
    """
    require_text(data, name)
    body = data.removeprefix(BOM).rstrip(b"\r\n")
    if b"\n" not in body:
        body = body.replace(b"\r", b"\n")
    start, first = _after_header(body) if header else (0, 1)
    if start >= len(body):
        return Delimited(_empty(columns), np.empty(0, dtype=np.int64), ())
    rest = memoryview(body)[start:]
    fast = _fast(rest, columns, width, delimiter)
    if fast is None:
        return _exact(body[start:], name, columns, width=width, delimiter=delimiter, first=first)
    table, bad, found = fast
    rows = table.num_rows + len(bad)
    even = body.count(b"\n", start) + 1 == rows and body.find(b'"', start) < 0
    lines = np.arange(first, first + rows, dtype=np.int64) if even else _record_lines(rest, first)
    if len(lines) != rows:
        return _exact(body[start:], name, columns, width=width, delimiter=delimiter, first=first)
    good = np.ones(len(lines), dtype=np.bool_)
    good[bad] = False
    ragged = tuple((int(lines[at]), _ragged(width, fields)) for at, fields in zip(bad, found, strict=True))
    return Delimited(table, lines[good], ragged)


def _ragged(expected: int, found: int) -> str:
    return f"{found} fields where there must be {expected}"


def _empty(columns: dict[str, int]) -> pa.Table:
    return pa.table({name: pa.array([], type=_type(name)) for name in columns})


def _type(name: str) -> pa.DataType:
    return pa.string() if name in _PLAIN else _CODED


def _after_header(body: bytes) -> tuple[int, int]:
    """Offset and line at which the rows begin."""
    end = 0
    while (end := body.find(b"\n", end) + 1) > 0:
        if body.count(b'"', 0, end) % 2 == 0:
            return end, body.count(b"\n", 0, end) + 1
    return len(body), 1


def _fast(
    rest: memoryview, columns: dict[str, int], width: int, delimiter: str
) -> tuple[pa.Table, IntArray, list[int]] | None:
    """The table, which records are ragged (from 0) and how many fields they have; None where pyarrow gives up."""
    try:
        table, bad = _arrow(rest, columns, width, delimiter, threads=True)
        if bad:  # only a single thread knows the number of a row
            table, bad = _arrow(rest, columns, width, delimiter, threads=False)
    except pa.ArrowInvalid:
        return None
    records = np.array([number - 1 for number, _ in bad], dtype=np.int64)
    return table.unify_dictionaries().combine_chunks(), records, [fields for _, fields in bad]


def _arrow(
    rest: memoryview, columns: dict[str, int], width: int, delimiter: str, *, threads: bool
) -> tuple[pa.Table, list[tuple[int, int]]]:
    bad: list[tuple[int, int]] = []

    def note(row: Any) -> str:
        bad.append((row.number or 0, row.actual_columns))
        return "skip"

    numbers = [str(position) for position in range(width)]
    wanted = {str(position): _type(name) for name, position in columns.items()}
    table = pa.csv.read_csv(
        pa.BufferReader(rest),
        read_options=pa.csv.ReadOptions(column_names=numbers, use_threads=threads),
        parse_options=pa.csv.ParseOptions(delimiter=delimiter, newlines_in_values=True, invalid_row_handler=note),
        convert_options=pa.csv.ConvertOptions(include_columns=list(wanted), column_types=wanted),
    )
    by_name = {name: table.column(str(position)) for name, position in columns.items()}
    return pa.table(by_name), bad


def _record_lines(rest: memoryview, first: int) -> IntArray:
    """The line on which each record begins, blank lines left out; none where the quotes do not pair up."""
    text = np.frombuffer(rest, dtype=np.uint8)
    newlines = np.flatnonzero(text == _NEWLINE)
    starts = np.concatenate(([0], newlines + 1))
    lines = np.arange(first, first + len(starts), dtype=np.int64)
    quotes = np.flatnonzero(text == _QUOTE)
    if len(quotes):
        outside = np.concatenate(([True], np.searchsorted(quotes, newlines) % 2 == 0))
        ends = np.append(lines[outside][1:], lines[-1] + 1)
        starts, lines = starts[outside], lines[outside]
        if len(quotes) % 2 or (ends - lines).max() > MOST_LINES_IN_A_ROW:
            return np.empty(0, dtype=np.int64)
    return lines[~_blank(text, starts)]


def _blank(text: npt.NDArray[np.uint8], starts: IntArray) -> BoolArray:
    here = text[starts]
    after = text[np.minimum(starts + 1, len(text) - 1)]
    blank: BoolArray = (here == _NEWLINE) | ((here == _RETURN) & (after == _NEWLINE))
    return blank


def _exact(rest: bytes, name: str, columns: dict[str, int], *, width: int, delimiter: str, first: int) -> Delimited:
    """The same row by row, for files with stray quotes, outsized fields or old line ends."""
    kept: list[list[str]] = [[] for _ in columns]
    lines: list[int] = []
    ragged: list[tuple[int, str]] = []
    positions = list(columns.values())
    for line, row in _rows(rest, name, delimiter, first):
        if len(row) != width:
            ragged.append((line, _ragged(width, len(row))))
            continue
        lines.append(line)
        for values, position in zip(kept, positions, strict=True):
            values.append(row[position])
    arrays = {
        column: pa.array(values, type=pa.string()).cast(_type(column))
        for column, values in zip(columns, kept, strict=True)
    }
    return Delimited(pa.table(arrays), np.array(lines, dtype=np.int64), tuple(ragged))


def _rows(rest: bytes, name: str, delimiter: str, first: int) -> Iterator[tuple[int, Sequence[str]]]:
    lines = list(io.StringIO(rest.decode("utf-8"), newline=""))
    reader = csv.reader(lines, delimiter=delimiter)
    before = 0
    try:
        for row in reader:
            if reader.line_num - before > MOST_LINES_IN_A_ROW or _is_open(lines[before : reader.line_num], delimiter):
                at = f"line {first + before:,} of `{name}`"
                raise InputError(f"A quote must be closed; the one opened on {at} is not.")
            if row:
                yield first + before, row
            before = reader.line_num
    except csv.Error:
        at = f"line {first + before:,} of `{name}`"
        raise InputError(f"A field must be shorter than 131,072 characters; one on {at} is longer.") from None


def _is_open(lines: list[str], delimiter: str) -> bool:
    """Whether the last record ends in the middle of a quoted field."""
    if lines[-1].endswith(("\n", "\r")):
        return False
    try:
        list(csv.reader(lines, delimiter=delimiter, strict=True))
    except csv.Error as error:
        return "unexpected end of data" in str(error)
    return False
