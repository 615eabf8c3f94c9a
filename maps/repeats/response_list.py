"""The restricted lists as files of their own: marked on every row, named as restricted, under pseudonyms."""

from pathlib import Path
from typing import Final

import pandas as pd

from maps.repeats.study import RestrictedLists
from maps.report.repeats_page import render_lists, with_clock
from maps.tables.spreadsheet import write_table

PREFIX: Final = "restricted-"
"""Begins the name of every file that must not leave the force."""


def write_lists(lists: RestrictedLists, folder: str | Path) -> dict[str, Path]:
    """
    Write the response list, the neighbours, the rankings and the doubtful matches.

    Parameters
    ----------
    lists : what those who act need
    folder : there already

    Returns
    -------
    products : name of the file to its path; every name begins with `PREFIX`
    """
    held = Path(folder)
    tables = {
        "response-list": lists.due,
        "neighbours": lists.neighbours,
        **{f"priority-{name}": table for name, table in lists.priority.items()},
        "premises-review": lists.review,
    }
    paths = [write_table(_marked(table, lists.marking), held / f"{PREFIX}{name}.csv") for name, table in tables.items()]
    page = held / f"{PREFIX}response-list.html"
    page.write_text(render_lists(lists), encoding="utf-8", newline="\n")
    return {path.name: path for path in (*paths, page)}


def _marked(table: pd.DataFrame, marking: str) -> pd.DataFrame:
    found = with_clock(table)
    found.insert(0, "marking", marking)
    return found
