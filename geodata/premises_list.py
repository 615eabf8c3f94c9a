"""A list of premises with their positions: OS Open UPRN, or a force's own gazetteer."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

from geodata.area_tables import _table
from geodata.cast import FloatArray
from geodata.errors import InputError
from geodata.projection import to_metres
from geodata.tables import WORKING_CRS

_IDENTIFIERS: Final = ("uprn", "place_id", "premises", "premises_id", "reference")
_ADDRESSES: Final = ("address", "full_address", "single_line_address")
_METRES: Final = (("x", "y"), ("easting", "northing"), ("x_coordinate", "y_coordinate"))
_DEGREES: Final = (("lon", "lat"), ("longitude", "latitude"))


def read_premises(path: str | Path, *, crs: str = WORKING_CRS) -> pd.DataFrame:
    """
    Return the premises in a file, each with its position.

    Columns are known by their names, capitals being immaterial: uprn, place_id, premises or reference; address; x and
    y, easting and northing, x_coordinate and y_coordinate (metres in `crs`), or longitude and latitude.

    Parameters
    ----------
    path : CSV (plain or gzipped) or Excel workbook (first sheet)
    crs : the working CRS, projected, in metres

    Returns
    -------
    premises : columns identifier, address ("" where there is none), x, y (metres); rows without a position left out

    Raises
    ------
    InputError
        If the file cannot be read, names no premises or no position, or a position is not a number.
    """
    table, file = _table(Path(path))
    names = {column.strip().casefold(): column for column in table.columns}
    identifier, address = _first(names, _IDENTIFIERS), _first(names, _ADDRESSES)
    if identifier is None and address is None:
        raise InputError(f"A list of premises must have a column such as uprn or address; `{file}` has none.")
    x, y = _positions(table, names, file, crs)
    kept = np.isfinite(x) & np.isfinite(y)
    empty = pd.Series("", index=table.index)
    columns = {
        "identifier": empty if identifier is None else table[identifier],
        "address": empty if address is None else table[address],
        "x": x,
        "y": y,
    }
    return pd.DataFrame(columns)[kept].reset_index(drop=True)


def _first(names: dict[str, str], known: Sequence[str]) -> str | None:
    return next((names[name] for name in known if name in names), None)


def _positions(table: pd.DataFrame, names: dict[str, str], file: str, crs: str) -> tuple[FloatArray, FloatArray]:
    for pairs, given in ((_METRES, crs), (_DEGREES, "EPSG:4326")):
        for pair in pairs:
            if all(name in names for name in pair):
                x, y = (_numbers(table[names[name]], name, file) for name in pair)
                return to_metres(x, y, given, crs)
    raise InputError(f"A list of premises must have columns of a position such as x and y; `{file}` has none.")


def _numbers(texts: pd.Series, name: str, file: str) -> FloatArray:
    blank = texts.str.strip() == ""
    numbers = pd.to_numeric(texts, errors="coerce")
    bad = int((numbers.isna() & ~blank).sum())
    if bad:
        raise InputError(f"Positions must be numbers; {bad:,} in the column {name} of `{file}` are not.")
    return numbers.to_numpy(dtype=np.float64)
