"""Which column of a published table is the code and which the name: known names first, then what the columns hold."""

import re
from collections.abc import Sequence
from typing import Final

import pandas as pd

from geodata.errors import InputError

# Codes of the Government Statistical Service: a letter for the country, then eight figures.
_GSS: Final = re.compile(r"[EWSNKJ]\d{8}")
# The beginnings of published column names for each kind of area.
_STEMS: Final = {
    "ward": ("wd", "ward"),
    "LSOA": ("lsoa",),
    "force": ("pfa", "force"),
    "beat": ("beat",),
    "neighbourhood": ("neighbourhood", "npt", "nbhd"),
}
_CODE_ENDS: Final = ("cd", "code", "codes")
_NAME_ENDS: Final = ("nm", "name")


def code_column(table: pd.DataFrame, kind: str, given: str | None, file: str) -> str:
    """
    Return the column of `table` that holds the code of each area.

    In this order: the one given; the published name for the kind of area (WD13CD, ward_code, LSOA11CD, ...); GSS_CODE;
    a column that ends in CD or code and is different on every row; a column whose every value looks like a code of the
    statistical service and is different on every row.

    Raises
    ------
    InputError
        If `given` is no column, or none can be told.
    """
    if given is not None:
        return _given(table, given, "code", file)
    columns = [str(column) for column in table.columns]
    whole = [column for column in columns if _is_whole(table[column])]
    unique = [column for column in whole if table[column].is_unique]
    ranked = [
        *(column for column in whole if _is_code(column, _STEMS.get(kind, ()))),
        *(column for column in whole if _plain(column) == "gsscode"),
        *(column for column in unique if _plain(column).endswith(_CODE_ENDS)),
        *(column for column in unique if table[column].map(_looks_like_gss).all()),
    ]
    if not ranked:
        raise InputError(
            f"`code` must be named where it cannot be told; the columns of `{file}` are {_listed(columns)}."
        )
    return ranked[0]


def name_column(table: pd.DataFrame, code: str, given: str | None, file: str) -> str:
    """
    Return the column that holds the name of each area; that of the code, if there is none.

    Raises
    ------
    InputError
        If `given` is no column.
    """
    if given is not None:
        return _given(table, given, "name", file)
    columns = [str(column) for column in table.columns if column != code and _is_text(table[column])]
    stem = _stem(code)
    beside = [column for column in columns if _plain(column).endswith(_NAME_ENDS) and _stem(column) == stem]
    plain = [column for column in columns if _plain(column) == "name"]
    unique = [column for column in columns if _is_whole(table[column]) and table[column].is_unique]
    ending = [column for column in unique if _plain(column).endswith(_NAME_ENDS)]
    worded = [column for column in unique if not table[column].map(_looks_like_gss).any()]
    return next(iter([*beside, *plain, *ending, *worded]), code)


def edition_of(column: str) -> int | None:
    """Return the year that a column's name tells: 2013 for WD13CD, 2011 for lsoa11_code, 2021 for LSOA 2021 Code."""
    found = re.search(r"(19|20)\d\d", column) or re.search(r"(?<=[A-Za-z])\d\d(?!\d)", column)
    if found is None:
        return None
    year = int(found.group())
    return year if year > 100 else 2000 + year


def as_codes(values: pd.Series) -> pd.Series:
    """Return codes as trimmed text, whole numbers without a point, missing where there is none."""
    if pd.api.types.is_float_dtype(values) and (values.dropna() % 1 == 0).all():
        values = values.astype("Int64")
    text = values.astype("string").str.strip()
    return text.mask(text == "")


def _given(table: pd.DataFrame, column: str, role: str, file: str) -> str:
    if column not in table.columns:
        columns = [str(name) for name in table.columns]
        raise InputError(
            f"`{role}` must be a column; `{column}` is not, the columns of `{file}` are {_listed(columns)}."
        )
    return column


def _plain(column: str) -> str:
    return re.sub(r"[^a-z0-9]", "", column.casefold())


def _is_code(column: str, stems: Sequence[str]) -> bool:
    """WD13CD, ward_code, "LSOA 2021 Code" or lsoa11cd, and not WD13CDO (an older code)."""
    pattern = rf"({'|'.join(stems)})(\d\d|\d{{4}})?({'|'.join(_CODE_ENDS)})"
    return bool(stems) and re.fullmatch(pattern, _plain(column)) is not None


def _stem(column: str) -> str:
    return re.sub(rf"({'|'.join((*_CODE_ENDS, *_NAME_ENDS))})$", "", _plain(column))


def _is_text(values: pd.Series) -> bool:
    return pd.api.types.is_string_dtype(values) or pd.api.types.is_object_dtype(values)


def _is_whole(values: pd.Series) -> bool:
    return len(values) > 0 and not values.isna().any() and not pd.api.types.is_datetime64_any_dtype(values)


def _looks_like_gss(value: object) -> bool:
    return _GSS.fullmatch(str(value).strip()) is not None


def _listed(columns: Sequence[str]) -> str:
    return ", ".join(f"`{column}`" for column in columns)
