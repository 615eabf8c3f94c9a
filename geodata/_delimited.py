"""
Delimited text as columns of text with true line numbers: a fast path, and an exact one for files it cannot count.

pyarrow splits the rows on all cores. It does not say on which line a row stood, so the lines are counted apart from it:
where the two counts differ (a stray quote, an outsized field), the standard library reads the file row by row.
"""

import csv
import io
from collections.abc import Iterator, Mapping
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


@dataclass(frozen=True)
class Layout:
    """
    How a file of delimited text is laid out.

    Parameters
    ----------
    columns : our name of each column wanted, to its position in the file
    plain : columns in which nearly every value is another, held as text
        All others are held as codes into their distinct values.
    width : number of fields in a row
    header : whether the first row holds names
    delimiter : the character between two fields
    """

    columns: Mapping[str, int]
    plain: frozenset[str]
    width: int
    header: bool = True
    delimiter: str = ","

    def type_of(self, column: str) -> pa.DataType:
        """Return how a column is held."""
        return pa.string() if column in self.plain else pa.dictionary(pa.int32(), pa.string())

    def table(self, values: Mapping[str, list[str]]) -> pa.Table:
        """Return lists of text as a table."""
        return pa.table({name: pa.array(values[name], pa.string()).cast(self.type_of(name)) for name in self.columns})


def read_delimited(data: bytes, name: str, layout: Layout) -> Delimited:
    """
    Return the columns asked for as text.

    Parameters
    ----------
    data : UTF-8 text, with or without byte order mark
    name : the file, for messages

    Raises
    ------
    InputError
        If the bytes are not text, a quote is opened and not closed, or a field is without end.
    """
    require_text(data, name)
    body = _body(data)
    start, first = _after_header(body) if layout.header else (0, 1)
    if start >= len(body):
        return Delimited(layout.table({column: [] for column in layout.columns}), np.empty(0, dtype=np.int64), ())
    return _fast(body, start, first, layout) or _exact(body[start:], first, name, layout)


def _body(data: bytes) -> bytes:
    """The text without byte order mark and last line ends; where a return alone ends any line, every end a newline."""
    body = data.removeprefix(BOM).rstrip(b"\r\n")
    if body.count(b"\r") == body.count(b"\r\n"):
        return body
    return body.replace(b"\r\n", b"\n").replace(b"\r", b"\n")


def _ragged(expected: int, found: int) -> str:
    return f"{found} fields where there must be {expected}"


def _after_header(body: bytes) -> tuple[int, int]:
    """Offset and line at which the rows begin."""
    end = 0
    while (end := body.find(b"\n", end) + 1) > 0:
        if body.count(b'"', 0, end) % 2 == 0:
            return end, body.count(b"\n", 0, end) + 1
    return len(body), 1


def _fast(body: bytes, start: int, first: int, layout: Layout) -> Delimited | None:
    """The rows by pyarrow; None where it gives up, or counts other rows than the lines tell."""
    rest = memoryview(body)[start:]
    try:
        table, bad = _arrow(rest, layout, threads=True)
        if bad:  # only a single thread knows the number of a row
            table, bad = _arrow(rest, layout, threads=False)
    except pa.ArrowInvalid:
        return None
    rows = table.num_rows + len(bad)
    even = body.count(b"\n", start) + 1 == rows and body.find(b'"', start) < 0
    lines = np.arange(first, first + rows, dtype=np.int64) if even else _record_lines(rest, first, layout.delimiter)
    if len(lines) != rows:
        return None
    good = np.ones(rows, dtype=np.bool_)
    good[[record for record, _ in bad]] = False
    ragged = tuple((int(lines[record]), _ragged(layout.width, fields)) for record, fields in bad)
    return Delimited(table.unify_dictionaries().combine_chunks(), lines[good], ragged)


def _arrow(rest: memoryview, layout: Layout, *, threads: bool) -> tuple[pa.Table, list[tuple[int, int]]]:
    """The rows, and number (from 0) and fields of each row that has too few or too many."""
    bad: list[tuple[int, int]] = []

    def note(row: Any) -> str:
        bad.append(((row.number or 1) - 1, row.actual_columns))
        return "skip"

    types = {str(position): layout.type_of(name) for name, position in layout.columns.items()}
    table = pyarrow.csv.read_csv(
        pa.BufferReader(rest),
        read_options=pyarrow.csv.ReadOptions(column_names=[str(at) for at in range(layout.width)], use_threads=threads),
        parse_options=pyarrow.csv.ParseOptions(
            delimiter=layout.delimiter, newlines_in_values=True, invalid_row_handler=note
        ),
        convert_options=pyarrow.csv.ConvertOptions(include_columns=list(types), column_types=types),
    )
    return pa.table({name: table.column(str(position)) for name, position in layout.columns.items()}), bad


def _record_lines(rest: memoryview, first: int, delimiter: str) -> IntArray:
    """The line on which each record begins, blank lines left out; none where the quotes do not pair up."""
    text = np.frombuffer(rest, dtype=np.uint8)
    newlines = np.flatnonzero(text == _NEWLINE)
    starts = np.concatenate(([0], newlines + 1))
    lines = np.arange(first, first + len(starts), dtype=np.int64)
    quotes = np.flatnonzero(text == _QUOTE)
    if len(quotes):
        if not _pair_up(text, quotes, delimiter):
            return np.empty(0, dtype=np.int64)
        outside = np.concatenate(([True], np.searchsorted(quotes, newlines) % 2 == 0))
        ends = np.append(lines[outside][1:], lines[-1] + 1)
        starts, lines = starts[outside], lines[outside]
        if (ends - lines).max() > MOST_LINES_IN_A_ROW:
            return np.empty(0, dtype=np.int64)
    return lines[~_blank(text, starts)]


def _pair_up(text: npt.NDArray[np.uint8], quotes: IntArray, delimiter: str) -> bool:
    """Whether each quote opens a field, closes one or is doubled: within a plain field it is text and opens nothing."""
    beside = [ord(delimiter), _NEWLINE, _RETURN, _QUOTE]
    before, after = text[np.maximum(quotes[::2] - 1, 0)], text[np.minimum(quotes[1::2] + 1, len(text) - 1)]
    return len(quotes) % 2 == 0 and bool(np.isin(before, beside).all() and np.isin(after, beside).all())


def _blank(text: npt.NDArray[np.uint8], starts: IntArray) -> BoolArray:
    here = text[starts]
    after = text[np.minimum(starts + 1, len(text) - 1)]
    blank: BoolArray = (here == _NEWLINE) | ((here == _RETURN) & (after == _NEWLINE))
    return blank


def _exact(rest: bytes, first: int, name: str, layout: Layout) -> Delimited:
    """The same row by row, for files with stray quotes or outsized fields."""
    kept: dict[str, list[str]] = {column: [] for column in layout.columns}
    wanted = [(kept[column], position) for column, position in layout.columns.items()]
    lines: list[int] = []
    ragged: list[tuple[int, str]] = []
    for line, row in _rows(rest, first, name, layout.delimiter):
        if len(row) != layout.width:
            ragged.append((line, _ragged(layout.width, len(row))))
            continue
        lines.append(line)
        for values, position in wanted:
            values.append(row[position])
    return Delimited(layout.table(kept), np.array(lines, dtype=np.int64), tuple(ragged))


def _rows(rest: bytes, first: int, name: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
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
