"""
What is printed of each quarter, once and for all: releases for the public.

A release is a quarter of the calendar. Quarters do not overlap, so no count of one can be taken from a count of
another; what of a quarter has been printed is printed again to the digit, never worked out anew from data that have
changed since, so that two versions can not be compared. Within a quarter `disclosure.protect` decides.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pandas as pd

from geodata.errors import InputError, NotFoundError
from maps.public.disclosure import TOTAL, protect

MONTHS: Final = 3
BY_OFFENCE, BY_MONTH = "crime type", "month"
COLUMNS: Final = ("release", "code", "area", "counted_by", "name", "crimes")
_BOTH: Final = (BY_OFFENCE, BY_MONTH)
_NAMES: Final = ("January to March", "April to June", "July to September", "October to December")


@dataclass(frozen=True, eq=False)
class Release:
    """
    One quarter, as it is printed.

    Parameters
    ----------
    name : "2024 Q2"; by it a release is known again
    by_offence, by_month : Int64, one row an area (by its code) and one of totals ("All"), a column of totals at the
        end ("All"); missing where withheld
    """

    name: str
    by_offence: pd.DataFrame
    by_month: pd.DataFrame

    @property
    def words(self) -> str:
        """The quarter in words, "April to June 2024"."""
        return f"{_NAMES[int(self.name[-1]) - 1]} {self.name[:4]}"

    @property
    def totals(self) -> pd.Series:
        """The crimes of each area, missing where withheld."""
        return self.by_offence[TOTAL].drop(TOTAL)

    @property
    def year_before(self) -> str:
        """The name of the same quarter a year before."""
        return f"{int(self.name[:4]) - 1}{self.name[4:]}"


def releases(recorded: pd.DataFrame, earlier: tuple[Release, ...] = ()) -> tuple[Release, ...]:
    """
    Return the releases of every whole quarter, the newest last.

    Parameters
    ----------
    recorded : one row an area, crime type and month: code, offence, month ("2024-06"), crimes
        Every month that is complete, and no other; every area and crime type that is to be shown.
    earlier : what has been printed before; these quarters are taken as they are
    """
    held = {release.name: release for release in earlier}
    for name, months in _quarters(recorded).items():
        held.setdefault(name, _release(name, recorded[recorded["month"].isin(months)], recorded, months))
    return tuple(held[name] for name in sorted(held))


def as_table(found: tuple[Release, ...], names: dict[str, str]) -> pd.DataFrame:
    """
    Return the releases as one table, for a spreadsheet and to be read again by `read_earlier`.

    Parameters
    ----------
    found : releases
    names : code of each area to its name

    Returns
    -------
    table : columns release, code ("All" for all areas), area, counted_by ("crime type" or "month"), name ("All" for the
        total), crimes (missing where withheld)
    """
    parts = [
        _long(release.name, counted_by, table, names)
        for release in found
        for counted_by, table in ((BY_OFFENCE, release.by_offence), (BY_MONTH, release.by_month))
    ]
    empty = pd.DataFrame(columns=list(COLUMNS))
    return pd.concat(parts, ignore_index=True) if parts else empty


def read_earlier(path: Path) -> tuple[Release, ...]:
    """
    Return the releases in a `public.csv` that was published before.

    Raises
    ------
    NotFoundError
        If the file is not there.
    InputError
        If it is not such a file.
    """
    if not path.is_file():
        raise NotFoundError(f"The releases published before must be a file, and {path.name} is not there.")
    try:
        table = pd.read_csv(path, dtype=str, keep_default_na=False)
        table["crimes"] = pd.array([int(each) if each else None for each in table["crimes"]], dtype="Int64")
    except (ValueError, KeyError, TypeError, OverflowError):
        raise InputError(_not_ours(path)) from None
    if tuple(table.columns) != COLUMNS or table.duplicated(["release", "code", "counted_by", "name"]).any():
        raise InputError(_not_ours(path))
    if not table["release"].str.fullmatch(r"\d{4} Q[1-4]").all() or not table["counted_by"].isin(_BOTH).all():
        raise InputError(_not_ours(path))
    return tuple(_again(str(name), rows) for name, rows in table.groupby("release", sort=True))


def _not_ours(path: Path) -> str:
    return f"The releases published before must be a `public.csv` as this program writes it, and {path.name} is not."


def _quarters(recorded: pd.DataFrame) -> dict[str, list[str]]:
    """Return the months of each quarter of which all three are there."""
    months: dict[str, list[str]] = {}
    for month in sorted(recorded["month"].unique()):
        months.setdefault(f"{month[:4]} Q{(int(month[5:]) + 2) // MONTHS}", []).append(str(month))
    return {name: held for name, held in months.items() if len(held) == MONTHS}


def _release(name: str, rows: pd.DataFrame, recorded: pd.DataFrame, months: list[str]) -> Release:
    areas, offences = (pd.Index(sorted(recorded[column].unique()), name=column) for column in ("code", "offence"))
    tables = (
        rows.pivot_table(index="code", columns=column, values="crimes", aggfunc="sum", fill_value=0).reindex(
            index=areas, columns=columns, fill_value=0
        )
        for column, columns in (("offence", offences), ("month", pd.Index(months, name="month")))
    )
    found = protect(*tables)
    return Release(name, found.by_offence, found.by_month)


def _long(release: str, counted_by: str, table: pd.DataFrame, names: dict[str, str]) -> pd.DataFrame:
    held = table.rename_axis(index="code").reset_index().melt("code", var_name="name", value_name="crimes")
    area = held["code"].map(lambda code: names.get(code, code))
    return held.assign(release=release, counted_by=counted_by, area=area)[list(COLUMNS)]


def _again(name: str, rows: pd.DataFrame) -> Release:
    return Release(name, *_tables(rows))


def _tables(rows: pd.DataFrame) -> Iterator[pd.DataFrame]:
    for counted_by in _BOTH:
        held = rows[rows["counted_by"] == counted_by]
        table = held.pivot(index="code", columns="name", values="crimes")  # noqa: PD010 - nothing to sum
        yield table.reindex(index=held["code"].unique(), columns=held["name"].unique()).astype("Int64")
