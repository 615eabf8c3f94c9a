"""
What a meeting and its patrols wrote down: decisions on hot spots, and debriefed patrols, as CSV.

Every row is accepted or rejected, with its file, line and reason; a row itself is never shown.
"""

import csv
from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

import pandas as pd

from geodata.crimes import rows_told
from geodata.errors import InputError, NotFoundError
from geodata.tables import DELIVERED, REJECTS, check
from maps.pack import DECISIONS

ID: Final = "hotspot_id"
DECISION_COLUMNS: Final = (ID, "decision", "reason", "owner", "review_date")
LONGEST_PATROL: Final = 24 * 60  # minutes
_OPTIONAL: Final = frozenset({"reason", "owner", "review_date", "outcome", "note"})


@dataclass(frozen=True, eq=False)
class Records:
    """
    What was read of one file.

    Parameters
    ----------
    table : the rows accepted
    rejects : table of rejects
    """

    table: pd.DataFrame
    rejects: pd.DataFrame

    @property
    def sentence(self) -> str:
        """Say how many rows were read, and what became of them."""
        return rows_told(len(self.table), len(self.rejects))


def read_decisions(path: Path, known: Container[str] | None = None) -> Records:
    """
    Return the decisions of a meeting, one row a hot spot.

    Parameters
    ----------
    path : CSV with the columns hotspot_id, decision (accept, amend or decline) and, where they are there, reason, owner
        and review_date (YYYY-MM-DD)
    known : identifiers of the hot spots that were tasked; rows of others are rejected

    Returns
    -------
    decisions : columns `DECISION_COLUMNS`, text; missing where nothing is written

    Raises
    ------
    NotFoundError
        If there is no such file.
    InputError
        If it is no CSV in UTF-8, or lacks a column.
    """
    rows, rejects, seen = [], [], set[str]()
    for line, row in _rows(path, DECISION_COLUMNS):
        row["decision"] = row["decision"].lower()
        reason = _undecided(row, seen) or _stranger(row, known)
        if reason:
            rejects.append((path.name, line, reason))
        else:
            seen.add(row[ID])
            rows.append([row[name] or None for name in DECISION_COLUMNS])
    return Records(pd.DataFrame(rows, columns=list(DECISION_COLUMNS), dtype="string"), _rejects(rejects))


def read_delivered(path: Path, known: Container[str] | None = None) -> Records:
    """
    Return debriefed patrols, one row a patrol and hot spot.

    Parameters
    ----------
    path : CSV with the columns unit, shift, hotspot_id, minutes and, where they are there, outcome and note
    known : identifiers of the hot spots that were tasked; rows of others are rejected

    Returns
    -------
    delivered : table of delivered patrols

    Raises
    ------
    NotFoundError
        If there is no such file.
    InputError
        If it is no CSV in UTF-8, or lacks a column.
    """
    columns = tuple(DELIVERED.columns)
    rows, rejects = [], []
    for line, row in _rows(path, columns):
        reason = _undelivered(row) or _stranger(row, known)
        if reason:
            rejects.append((path.name, line, reason))
        else:
            rows.append([row[name] or None for name in columns])
    kinds = dict.fromkeys(columns, "string") | {"minutes": "float64"}
    return Records(check(pd.DataFrame(rows, columns=list(columns)).astype(kinds), DELIVERED), _rejects(rejects))


def _undecided(row: Mapping[str, str], seen: set[str]) -> str:
    if not row[ID]:
        return "no hot spot"
    if row[ID] in seen:
        return "a second decision on one hot spot"
    if row["decision"] not in DECISIONS:
        return "the decision is not accept, amend or decline"
    return "" if not row["review_date"] or _is_day(row["review_date"]) else "the review date is not written YYYY-MM-DD"


def _undelivered(row: Mapping[str, str]) -> str:
    missing = [name for name in ("unit", "shift", ID) if not row[name]]
    if missing:
        return f"no {missing[0].replace('_id', '').replace('hotspot', 'hot spot')}"
    try:
        minutes = float(row["minutes"])
    except ValueError:
        return "minutes are no number"
    return "" if 0 <= minutes <= LONGEST_PATROL else "minutes are not between 0 and a day"


def _stranger(row: Mapping[str, str], known: Container[str] | None) -> str:
    return "" if known is None or row[ID] in known else "no hot spot of the last tasking"


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _rows(path: Path, columns: tuple[str, ...]) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield the first line of each row and the row, stripped; columns that may be absent are empty then."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            reader = csv.reader(stream, strict=True)
            header = [name.strip() for name in next(reader, [])]
            needed = [name for name in columns if name not in _OPTIONAL]
            missing = [name for name in needed if name not in header]
            if missing:
                raise InputError(f"{path.name} must have the columns {', '.join(needed)}; {missing[0]} is not there.")
            line = reader.line_num + 1
            for cells in reader:
                if any(cell.strip() for cell in cells):
                    held = dict(zip(header, (cell.strip() for cell in cells), strict=False))
                    yield line, {name: held.get(name, "") for name in columns}
                line = reader.line_num + 1
    except (FileNotFoundError, IsADirectoryError):
        raise NotFoundError(f"What was recorded of a tasking must be in a file; there is none at {path}.") from None
    except (UnicodeDecodeError, csv.Error):
        raise InputError(f"What was recorded of a tasking must be CSV in UTF-8, and {path.name} is not.") from None


def _rejects(rows: list[tuple[str, int, str]]) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=["file", "line", "reason"])
    return check(table.astype({"file": "string", "line": "int64", "reason": "string"}), REJECTS)
