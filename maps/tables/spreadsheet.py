"""
The tables as files: a workbook for Excel, and the plan and the refused rows as CSV.

Text never becomes a formula. In the workbook every text is written as text, whatever it starts with. A CSV file cannot
say what is text, and Excel runs a cell that starts with = + - @ or a control character; there such a text gets a
leading apostrophe, which Excel takes as "this is text" [1]_; control characters become spaces, so that a row is a line.
Numbers are never touched. CSV files are UTF-8 without a byte order mark, with a line feed at the end of each row.

References
----------
.. [1] OWASP (2024). CSV Injection.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import pandas as pd
import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from maps import words
from maps.findings import Edition
from maps.pack import Pack
from maps.report.table import Column, Table
from maps.stamp import moment
from maps.tables.sheets import sheets

_FORMATS: Final = {
    "whole": "#,##0",
    "real": "#,##0.00",
    "tenths": "#,##0.0",
    "percent": "0.0%",
    "points": "+0.0%;-0.0%;0.0%",
    "gain": "+0.0%;-0.0%;0.0%",
}
_RUNS_IN_EXCEL: Final = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
_MOST_LETTERS: Final = 32_000  # Excel's limit of a cell is 32,767
_MOST_HEADER_LETTERS: Final = 100
_NARROW, _WIDE = 9, 60


def write_tables(pack: Pack, path: str | Path) -> Path:
    """
    Write every table of the report as a sheet of a workbook, in numbers.

    Parameters
    ----------
    pack : one run's findings
    path : the file to write

    Returns
    -------
    path : as given
    """
    return write_book(sheets(pack), path, found=pack, stamp=moment(pack))


def write_book(tables: Mapping[str, Table], path: str | Path, *, found: Edition, stamp: pd.Timestamp) -> Path:
    """
    Write each table as a sheet of a workbook, in numbers.

    Parameters
    ----------
    tables : name of the sheet to its table, in order
    path : the file to write
    found : whose force, marking and run stand on each page
    stamp : the day the file is dated

    Returns
    -------
    path : as given
    """
    held = Path(path)
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True}
    with xlsxwriter.Workbook(held, options) as book:
        book.set_properties(_properties(found, stamp))
        looks = {kind: book.add_format({"num_format": shown, "valign": "top"}) for kind, shown in _FORMATS.items()}
        looks["text"] = book.add_format({"text_wrap": True, "valign": "top"})
        looks["head"] = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
        for name, table in tables.items():
            _write_sheet(book.add_worksheet(name), table, looks, found)
    return held


def write_plan(pack: Pack, path: str | Path) -> Path:
    """Write the patrols, one row a stop, as CSV with a guard against formulas; return `path`."""
    return write_table(pack.schedule.plan, path)


def write_rejects(pack: Pack, path: str | Path) -> Path:
    """Write file, line and reason of every row refused, never its data, as CSV with a guard; return `path`."""
    return write_table(pack.rejects[["file", "line", "reason"]], path)


def guarded(text: str) -> str:
    """Return `text` on one line, with an apostrophe before it where a spreadsheet would run it as a formula."""
    line = "".join(letter if letter.isprintable() else " " for letter in text)
    return f"'{line}" if line.lstrip().startswith(_RUNS_IN_EXCEL) else line


def write_table(table: pd.DataFrame, path: str | Path) -> Path:
    """Write the columns of `table` as CSV with a guard against formulas, missing values as nothing; return `path`."""
    held = Path(path)
    _guarded_columns(table).to_csv(held, index=False, lineterminator="\n", encoding="utf-8")
    return held


def table_text(table: pd.DataFrame) -> str:
    """Return what `write_table` writes."""
    return str(_guarded_columns(table).to_csv(index=False, lineterminator="\n"))


def _guarded_columns(table: pd.DataFrame) -> pd.DataFrame:
    texts = {
        name: column.astype("string").fillna("").map(guarded)
        for name, column in table.items()
        if not pd.api.types.is_numeric_dtype(column)
    }
    return table.assign(**{str(name): column for name, column in texts.items()})


def _properties(found: Edition, stamp: pd.Timestamp) -> dict[str, Any]:
    said = {"title": f"Beatplan tables, {found.force}", "subject": found.marking, "comments": f"Run {found.run_id}"}
    short = {name: words.shortened(words.printable(text), 255) for name, text in said.items()}
    return {**short, "created": stamp.to_pydatetime()}


def _write_sheet(sheet: Worksheet, table: Table, looks: dict[str, Format], found: Edition) -> None:
    for number, (heading, kind, values) in enumerate(_columns(table)):
        sheet.write_string(0, number, heading, looks["head"])
        look = looks.get(kind, looks["text"])
        for row, value in enumerate(values, start=1):
            _write_cell(sheet, row, number, value, look)
        longest = max([len(heading) // 2, *(len(str(value)) for value in values if kind not in _FORMATS)])
        sheet.set_column(number, number, min(_WIDE, max(_NARROW, longest + 2)))
    sheet.freeze_panes(1, 1)
    if len(table):
        sheet.autofilter(0, 0, len(table), len(_columns(table)) - 1)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    marking = words.shortened(words.printable(found.marking), _MOST_HEADER_LETTERS).replace("&", "&&")
    sheet.set_header(f"&C{marking}")
    sheet.set_footer(f"&L{found.run_id}&C{marking}&RPage &P of &N")


def _write_cell(sheet: Worksheet, row: int, number: int, value: Any, look: Format) -> None:
    if isinstance(value, str):
        sheet.write_string(row, number, words.shortened(value, _MOST_LETTERS), look)
    elif not pd.isna(value):
        sheet.write_number(row, number, float(value), look)


def _columns(table: Table) -> list[tuple[str, str, list[Any]]]:
    """Return heading, kind and values; the ends of an interval get columns of their own."""
    found: list[tuple[str, str, list[Any]]] = []
    for column in table.columns:
        found.append((column.heading, column.kind, _values(column)))
        if column.low is not None and column.high is not None:
            found.append((f"{column.heading}, low", column.kind, list(column.low)))
            found.append((f"{column.heading}, high", column.kind, list(column.high)))
    return found


def _values(column: Column) -> list[Any]:
    return list(column.values) if column.numeric else ["\n".join(lines) for lines in column.cells]
