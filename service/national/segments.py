"""Crimes of many months as plain columns: what a job over the nation reads, and no more of each file than it asks."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from geodata.cast import FloatArray
from geodata.tables import CRIMES, TIME_ZONE
from service.store.parquet import WKB_POINT

PLACE: Final = ("x", "y")
MONTH: Final = "month"
_TIMES: Final = ("occurred_from", "occurred_to")
_TEXTS: Final = frozenset(CRIMES.columns) - {*_TIMES, "source_row", "geometry"}


def month_points(
    folder: str | Path, paths: Sequence[str | Path], columns: Sequence[str] = (*PLACE, "offence", MONTH)
) -> pd.DataFrame:
    """
    Return some columns of the crimes in some segments, the segments one after the other.

    Parameters
    ----------
    folder : of the store's segments
    paths : of segments in it, "force=durham/month=2024-06/0123456789abcdef.parquet"
    columns : of the table of crimes; "x" and "y", metres in the CRS that the segments were imported in; and "month",
        which is counted: year times twelve, and January as nought
        Texts come as categories, which are sorted; so two readers number offences alike only where both have them all.
    """
    read = [name for name in columns if name not in (*PLACE, MONTH)]
    located = bool(set(columns) & set(PLACE))
    tables = [_table(Path(folder) / path, [*read, *(["geometry"] if located else [])]) for path in paths]
    found: dict[str, object] = {name: _column(tables, name) for name in read}
    rows = [table.num_rows for table in tables]
    if located:
        x_y = np.concatenate([np.empty((0, 2)), *(_points(table) for table in tables)])
        found |= {"x": x_y[:, 0], "y": x_y[:, 1]}
    found[MONTH] = np.repeat(np.array([month_number(month_of(path)) for path in paths], dtype=np.int32), rows)
    return pd.DataFrame({name: found[name] for name in columns})


def month_of(path: str | Path) -> str:
    """Return the month of a segment by its path, "2024-06"."""
    return next(part for part in Path(path).parts if part.startswith("month=")).removeprefix("month=")


def month_number(month: str) -> int:
    """Return the number of a month: year times twelve, and January as nought."""
    return int(month[:4]) * 12 + int(month[5:]) - 1


def _table(path: Path, columns: list[str]) -> pa.Table:
    texts = [name for name in columns if name in _TEXTS]
    with pq.ParquetFile(path, read_dictionary=texts) as file:
        return file.read(columns, use_threads=False)


def _column(tables: list[pa.Table], name: str) -> object:
    parts = [part for table in tables for part in table.column(name).chunks]
    if name in _TEXTS:
        return _categories(parts)
    values = np.concatenate([np.empty(0, np.int64), *(part.cast(pa.int64()).to_numpy() for part in parts)])
    if name in _TIMES:
        unit = parts[0].type.unit if parts else "s"
        return pd.DatetimeIndex(values.view(f"datetime64[{unit}]"), tz="UTC").tz_convert(TIME_ZONE).as_unit("s")
    return values


def _categories(parts: list[pa.DictionaryArray]) -> pd.Categorical:
    """All texts numbered in their order; those that no row has are left out."""
    held = parts[0].type if parts else pa.dictionary(pa.int32(), pa.string())
    whole = pa.chunked_array(parts, type=held).unify_dictionaries()
    texts = whole.chunk(0).dictionary.to_pylist() if whole.num_chunks else []
    codes = np.concatenate(
        [np.empty(0, np.int32), *(part.indices.fill_null(-1).to_numpy(zero_copy_only=False) for part in whole.chunks)]
    )
    labels = sorted(texts)
    place = {text: at for at, text in enumerate(labels)}
    renumbered = np.array([*(place[text] for text in texts), -1], dtype=np.int32)
    return pd.Categorical.from_codes(renumbered[codes], categories=pd.Index(labels, dtype="str"))


def _points(table: pa.Table) -> FloatArray:
    """Position of each row, rows by 2, from well-known binary: 21 bytes a point, its numbers the last 16."""
    parts = []
    for chunk in table.column("geometry").chunks:
        raw = chunk.storage if isinstance(chunk, pa.ExtensionArray) else chunk
        _, offsets, data = raw.buffers()
        ends = np.frombuffer(offsets, dtype=np.int32)[raw.offset : raw.offset + len(raw) + 1]
        points = np.frombuffer(data, dtype=np.uint8)[ends[0] : ends[-1]].view(WKB_POINT)
        if len(points) != len(raw) or not (points["kind"] == 1).all():
            raise ValueError("a segment must hold points, one a row")
        parts.append(np.column_stack((points["x"], points["y"])))
    return np.concatenate([np.empty((0, 2)), *parts])
