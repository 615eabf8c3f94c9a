"""Figures of a force's own by area code: a column of the areas' file, or several columns of a table."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

from geodata._columns import as_codes, code_column
from geodata._features import read_features
from geodata.area_tables import _table
from geodata.errors import InputError

KIND_FROM_GROUP: Final = ": "
_TEXTS: Final = 4  # columns named in a message


def read_area_column(path: str | Path, column: str, *, code: str | None = None, kind: str = "ward") -> pd.Series:
    """
    Return what a column of an areas' file says of each area: residents or dwellings, say.

    Parameters
    ----------
    path : any file of polygons that GDAL reads
    column : its name
    code : column of the areas' code, where it cannot be told
    kind : what an area is, as for `read_areas`

    Returns
    -------
    figures : at least 0, indexed by code; parts of one area are taken for one, with the figure of the first

    Raises
    ------
    InputError
        If the file cannot be read, has no such column, or the column holds anything but numbers of at least 0.
    """
    place = Path(path)
    table = pd.DataFrame(read_features(place, None)).drop(columns="geometry", errors="ignore")
    _require_columns(table, [column], place.name)
    numbers = _numbers(table[column], column, place.name)
    codes = as_codes(table[code_column(table, kind, code, place.name)])
    figures = pd.Series(numbers.to_numpy(), index=pd.Index(codes, name="code"), name=column)
    return figures[~figures.index.duplicated() & figures.index.notna()]


def read_rates(path: str | Path, columns: Sequence[str], *, code: str | None = None) -> pd.DataFrame:
    """
    Return those of the named columns that a table has, by area code.

    Parameters
    ----------
    path : CSV (plain or gzipped) or Excel workbook (first sheet), the names of the columns in the first row
    columns : names, any of which may be missing, but not all
    code : column of the area's code, where it cannot be told

    Returns
    -------
    rates : at least 0, missing where a cell is empty; indexed by code

    Raises
    ------
    InputError
        If the file cannot be read, has none of the columns, or a figure is not a number of at least 0, or a code stands
        twice.
    """
    place = Path(path)
    table, _ = _table(place)
    there = [name for name in columns if name in table.columns]
    if not there:
        raise InputError(f"A table must have at least one column of {', '.join(columns)}; `{place.name}` has none.")
    rates = pd.DataFrame({name: _numbers(table[name], name, place.name) for name in there})
    codes = as_codes(table[code_column(table, "LSOA", code, place.name)])
    twice = int(codes.duplicated().sum())
    if twice:
        raise InputError(f"A code must stand once; {twice:,} in `{place.name}` stand again.")
    return rates.set_index(pd.Index(codes, name="code"))


def read_groups(path: str | Path, *, code: str | None = None) -> pd.DataFrame:
    """
    Return how many people of each group live in each area.

    Parameters
    ----------
    path : CSV (plain or gzipped) or Excel workbook (first sheet), the names of the columns in the first row
        A column named "kind: group", such as "age: 65 and over", holds the people of a group; others are passed over.
    code : column of the area's code, where it cannot be told

    Returns
    -------
    people : counts by group; indexed by code

    Raises
    ------
    InputError
        If the file cannot be read, has no such column, a count is missing or no number of at least 0, or a code stands
        twice.
    """
    place = Path(path)
    table, _ = _table(place)
    groups = [name for name in table.columns if all(part.strip() for part in name.partition(KIND_FROM_GROUP))]
    if not groups:
        raise InputError(f'Groups of people must be columns named "kind: group"; `{place.name}` has none.')
    people = read_rates(place, groups, code=code)
    missing = int(people.isna().any(axis=1).sum())
    if missing:
        raise InputError(f"Every group must be counted in every area; {missing:,} rows of `{place.name}` lack a count.")
    return people


def _require_columns(table: pd.DataFrame, wanted: Sequence[str], file: str) -> None:
    absent = [name for name in wanted if name not in table.columns]
    if absent:
        named = ", ".join(f"`{name}`" for name in table.columns[:_TEXTS])
        raise InputError(f"A column named must exist; `{file}` has no `{absent[0]}`, its columns begin with {named}.")


def _numbers(column: pd.Series, name: str, file: str) -> pd.Series:
    text = column.astype("string").str.replace(",", "", regex=False).str.strip().fillna("")
    numbers = pd.to_numeric(text, errors="coerce").astype("float64")
    bad = int((~((numbers >= 0) & (numbers < np.inf)) & (text != "")).sum())
    if bad:
        raise InputError(f"`{name}` must hold numbers of at least 0; {bad:,} of {len(text):,} in `{file}` do not.")
    return numbers
