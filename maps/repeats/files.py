"""The products of repeat victimisation: a page, a workbook and tables for a meeting, and the restricted lists apart."""

from collections.abc import Callable
from pathlib import Path

import pandas as pd

from maps.repeats.response_list import write_lists
from maps.repeats.study import Kind, RepeatStudy, RestrictedLists
from maps.repeats.tables import sheets
from maps.report.repeats_page import render
from maps.tables.spreadsheet import write_book, write_table


def write_products(study: RepeatStudy, lists: RestrictedLists, folder: str | Path) -> dict[str, Path]:
    """
    Write everything.

    Parameters
    ----------
    study : counts and time course
    lists : the restricted lists
    folder : there already, and empty

    Returns
    -------
    products : name of the file to its path
        `repeats.html`, `repeats.xlsx`, `repeats.csv`, `repeats-by-area.csv`, `repeats-by-number.csv`,
        `time-course.csv`, `high-risk.csv`, and the files whose name begins with `restricted-`
    """
    held = Path(folder)
    return {**write_study(study, held), **write_lists(lists, held)}


def write_study(study: RepeatStudy, folder: Path) -> dict[str, Path]:
    """Write what a meeting may see; nothing of any one victim or address is in it."""
    page = folder / "repeats.html"
    page.write_text(render(study), encoding="utf-8", newline="\n")
    tables = {
        "repeats": _each(study, lambda kind: kind.counts.reset_index()),
        "repeats-by-area": _each(study, lambda kind: kind.areas.copy()),
        "repeats-by-number": _each(study, lambda kind: kind.times.reset_index()),
        "time-course": _each(study, _curves),
        "high-risk": _each(study, _periods),
    }
    paths = [write_table(table, folder / f"{name}.csv") for name, table in tables.items()]
    book = write_book(sheets(study), folder / "repeats.xlsx", found=study, stamp=study.stamp)
    return {path.name: path for path in (page, book, *paths)}


def _each(study: RepeatStudy, table_of: Callable[[Kind], pd.DataFrame]) -> pd.DataFrame:
    """Return the tables of all kinds below each other, each row with its kind and level."""
    parts = []
    for kind in study.kinds:
        table = table_of(kind)
        table.insert(0, "kind", kind.kind)
        table.insert(1, "level", kind.level)
        parts.append(table)
    return pd.concat(parts, ignore_index=True).round(6)


def _curves(kind: Kind) -> pd.DataFrame:
    parts = {name: course.curve for name, course in kind.courses.items()}
    if not parts:
        return pd.DataFrame(columns=["offence", "day"])
    return pd.concat(parts, names=["offence", "day"]).reset_index()


def _periods(kind: Kind) -> pd.DataFrame:
    """Return the high-risk period of each crime type, with what it rests on."""
    columns = ["offence", "victims", "again", "p", "q", "excess", "days", "days_low", "days_high"]
    rows = [
        (name, course.victims, course.again, course.p, kind.q.get(name), course.excess, course.days, course.days_low,
         course.days_high) for name, course in kind.courses.items()
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=columns).astype(dict.fromkeys(columns[3:], "float64"))
