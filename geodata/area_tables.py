"""Published figures by area code: population, deprivation, and look-ups that carry them from small areas to large."""

import re
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

from geodata._columns import as_codes, code_column
from geodata._delimited import Layout, first_row, read_delimited
from geodata._files import content
from geodata.errors import InputError

_YEAR: Final = re.compile(r"(19|20)\d\d")


def read_population(
    path: str | Path, *, code: str | None = None, column: str | None = None, year: int | None = None
) -> pd.DataFrame:
    """
    Return the population of each area in a published table.

    Parameters
    ----------
    path : CSV (plain or gzipped) or Excel workbook (first sheet), the names of the columns in the first row
    code, column : columns of the area's code and of its population, where they cannot be told
    year : the year wanted, where there is a column for each; by default the latest

    Returns
    -------
    population : residents
        Indexed by code.

    Raises
    ------
    InputError
        If the file cannot be read, a column cannot be told, a code stands twice, or a figure is not a number of at
        least 0.
    """
    table, file = _table(Path(path))
    key = code_column(table, "LSOA", code, file)
    wanted = column if column is not None else _population_column(table, year, file)
    figures = _figures(table, wanted, file)
    _require(~(figures < 0), "Population must be at least 0", file)
    return _indexed(table, key, pd.DataFrame({"population": figures}), file)


def read_deprivation(path: str | Path, *, code: str | None = None, column: str | None = None) -> pd.DataFrame:
    """
    Return the decile of multiple deprivation of each area in a published table; 1 is most deprived.

    Parameters
    ----------
    path : CSV (plain or gzipped) or Excel workbook (first sheet), the names of the columns in the first row
    code, column : columns of the area's code and of its decile, where they cannot be told

    Returns
    -------
    deprivation : decile, 1 to 10
        Indexed by code.

    Raises
    ------
    InputError
        If the file cannot be read, a column cannot be told, a code stands twice, or a decile is not between 1 and 10.
    """
    table, file = _table(Path(path))
    key = code_column(table, "LSOA", code, file)
    wanted = column if column is not None else _decile_column(table, file)
    figures = _figures(table, wanted, file)
    _require(figures.isna() | figures.between(1, 10), "A decile must be between 1 and 10", file)
    return _indexed(table, key, pd.DataFrame({"deprivation_decile": figures}), file)


def read_lookup(path: str | Path, *, small: str, large: str) -> pd.Series:
    """
    Return the large area in which each small one lies.

    Parameters
    ----------
    path : CSV (plain or gzipped) or Excel workbook, such as the look-up of LSOAs to wards
    small, large : columns of the two codes

    Returns
    -------
    large : code of the large area
        Indexed by the code of the small one.

    Raises
    ------
    InputError
        If the file cannot be read, lacks a column, or puts a small area into two large ones.
    """
    table, file = _table(Path(path))
    for column in (small, large):
        _require_column(table, column, file)
    pairs = pd.DataFrame({"small": as_codes(table[small]), "large": as_codes(table[large])}).dropna().drop_duplicates()
    twice = int(pairs["small"].duplicated().sum())
    if twice:
        raise InputError(f"A look-up must put each area into one other; `{file}` puts {twice:,} into several.")
    return pairs.set_index("small")["large"].rename_axis("code")


def roll_up(figures: pd.DataFrame, lookup: pd.Series) -> pd.DataFrame:
    """
    Return figures of small areas for the large ones in which they lie: populations summed, deciles averaged.

    A decile is averaged by population where there is one, and plainly otherwise; the mean is no decile of the large
    areas, only where between 1 and 10 its people live.

    Parameters
    ----------
    figures : population, deprivation_decile or both, indexed by small area
    lookup : large area of each small one, as `read_lookup` gives

    Returns
    -------
    figures : the same columns, indexed by large area

    Raises
    ------
    InputError
        If no area of `figures` is in `lookup`.
    """
    owner = lookup.reindex(figures.index)
    if owner.isna().all():
        raise InputError(f"A look-up must share codes with the figures; none of the {len(figures):,} is in it.")
    known, owner = figures[owner.notna().to_numpy()], owner.dropna()
    sums: dict[str, pd.Series] = {}
    if "population" in known:
        sums["population"] = known["population"].groupby(owner.to_numpy()).sum(min_count=1)
    if "deprivation_decile" in known:
        weight = known["population"] if "population" in known else pd.Series(1.0, index=known.index)
        weight = weight.where(known["deprivation_decile"].notna())
        weighted = (known["deprivation_decile"] * weight).groupby(owner.to_numpy()).sum(min_count=1)
        sums["deprivation_decile"] = weighted / weight.groupby(owner.to_numpy()).sum(min_count=1)
    return pd.DataFrame(sums)[list(sums)].rename_axis("code")


def _table(path: Path) -> tuple[pd.DataFrame, str]:
    """A table of text, whatever it came from."""
    if not path.is_file():
        raise InputError(f"A path must exist and be a file; `{path.name}` is not.")
    table = _workbook(path) if path.suffix.lower() in (".xlsx", ".xlsm") else _delimited(path)
    if len(table) == 0:
        raise InputError(f"A table must hold at least one row; `{path.name}` holds none.")
    return table, path.name


def _delimited(path: Path) -> pd.DataFrame:
    data = content(path, path.name).data
    names = first_row(data)
    if len(set(names)) < len(names):
        raise InputError(f"A column must stand once; `{path.name}` has one more than once.")
    layout = Layout({name: at for at, name in enumerate(names)}, frozenset(names), len(names))
    rows = read_delimited(data, path.name, layout)
    if rows.ragged:
        line, reason = rows.ragged[0]
        raise InputError(
            f"Rows must have as many fields as there are columns; line {line:,} of `{path.name}` has {reason}."
        )
    table: pd.DataFrame = rows.table.to_pandas()
    return table


def _workbook(path: Path) -> pd.DataFrame:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            table = pd.read_excel(path, dtype="str", engine="openpyxl")
    except ImportError:
        raise InputError(f"Excel workbooks need the library openpyxl; save `{path.name}` as CSV instead.") from None
    except Exception as error:  # openpyxl raises whatever its parsers do
        raise InputError(f"An Excel workbook must be whole; `{path.name}` is not ({type(error).__name__}).") from None
    table.columns = pd.Index([str(column).strip() for column in table.columns])
    return table.fillna("")


def _population_column(table: pd.DataFrame, year: int | None, file: str) -> str:
    named = [column for column in table.columns if "population" in column.casefold()]
    dated = {column: int(found.group()) for column in named if (found := _YEAR.search(column))}
    if year is not None:
        named = [column for column in named if dated.get(column) == year]
    elif dated and len(dated) == len(named):
        named = [column for column in named if dated[column] == max(dated.values())]
    else:
        named = [column for column in named if column.casefold() == "population"] or named
    return _only(named, "population", table, file)


def _decile_column(table: pd.DataFrame, file: str) -> str:
    deciles = [column for column in table.columns if "decile" in column.casefold()]
    overall = [name for name in deciles if re.search(r"\bimd|multiple deprivation|deprivation_decile", name.casefold())]
    return _only(overall or deciles, "deprivation decile", table, file)


def _only(columns: Sequence[str], what: str, table: pd.DataFrame, file: str) -> str:
    if len(columns) != 1:
        listed = ", ".join(f"`{column}`" for column in table.columns)
        raise InputError(f"The column of {what} must be named where it cannot be told; `{file}` has {listed}.")
    return columns[0]


def _require_column(table: pd.DataFrame, column: str, file: str) -> None:
    if column not in table.columns:
        listed = ", ".join(f"`{name}`" for name in table.columns)
        raise InputError(f"A column named must exist; `{file}` has no `{column}`, it has {listed}.")


def _figures(table: pd.DataFrame, column: str, file: str) -> pd.Series:
    _require_column(table, column, file)
    text = table[column].str.replace(",", "", regex=False).str.strip()
    figures = pd.to_numeric(text, errors="coerce").astype("float64")
    _require(figures.abs().lt(np.inf) | (text == ""), f"`{column}` must hold numbers", file)
    return figures


def _require(sound: pd.Series, rule: str, file: str) -> None:
    bad = int((~sound).sum())
    if bad:
        raise InputError(f"{rule}; {bad:,} of {len(sound):,} rows of `{file}` are not so.")


def _indexed(table: pd.DataFrame, key: str, figures: pd.DataFrame, file: str) -> pd.DataFrame:
    codes = as_codes(table[key])
    figures, codes = figures[codes.notna().to_numpy()], codes.dropna()
    twice = int(codes.duplicated().sum())
    if twice:
        raise InputError(f"A code must stand once; {twice:,} in `{file}` stand again.")
    return figures.set_index(pd.Index(codes, name="code"))
