"""
The bytes of a segment: GeoParquet, near crimes together, and the same bytes for the same crimes.

They are what geopandas writes of the sorted table of crimes, made straight from columns: repeated texts are held as
codes until the file is written, and the points of a month never become objects.
"""

import io
import json
from functools import cache
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from geopandas import GeoDataFrame

from geodata.cast import FloatArray, IntArray
from geodata.tables import CRIMES, empty

WKB_POINT: Final = np.dtype([("order", "u1"), ("kind", "<u4"), ("x", "<f8"), ("y", "<f8")])
_CELL_M: Final = 1_000.0
CATEGORIES: Final = tuple(name for name, column in CRIMES.columns.items() if str(column.dtype) == "category")
_TIMES: Final = ("occurred_from", "occurred_to")


def crime_columns(crimes: GeoDataFrame) -> pa.Table:
    """Return a table of crimes as columns: those of the table, with x and y, metres, in place of the geometry."""
    plain = {name: pa.array(crimes[name], from_pandas=True) for name in CRIMES.columns if name != "geometry"}
    return pa.table({**plain, "x": pa.array(crimes.geometry.x.to_numpy()), "y": pa.array(crimes.geometry.y.to_numpy())})


def segment_bytes(crimes: pa.Table, crs: str) -> bytes:
    """
    Return a file's content.

    Parameters
    ----------
    crimes : columns as of `crime_columns`, in any order of rows
    crs : of x and y
    """
    x, y = (crimes.column(name).to_numpy() for name in ("x", "y"))
    order = _order(crimes, x, y)
    rows, schema = pa.array(order), _schema(crs)
    plain = [crimes.column(field.name).take(rows).cast(field.type) for field in schema if field.name != "geometry"]
    if len(x):
        geo = json.loads(schema.metadata[b"geo"])
        bounds = [float(x.min()), float(y.min()), float(x.max()), float(y.max())]
        geo["columns"]["geometry"] |= {"geometry_types": ["Point"], "bbox": bounds}
        schema = schema.with_metadata({**schema.metadata, b"geo": json.dumps(geo).encode()})
    held = io.BytesIO()
    table = pa.Table.from_arrays([*plain, _points(x[order], y[order])], schema=schema)
    pq.write_table(table, held, compression="zstd")
    return held.getvalue()


def _order(crimes: pa.Table, x: FloatArray, y: FloatArray) -> IntArray:
    """By square of a kilometre, place, file and line."""
    files = crimes.column("source_file").combine_chunks()
    if not pa.types.is_dictionary(files.type):
        files = files.dictionary_encode()
    names = np.array(files.dictionary.to_pylist(), dtype=object)
    rank = np.empty(len(names), dtype=np.int64)
    rank[np.argsort(names, kind="stable")] = np.arange(len(names))
    file = rank[files.indices.to_numpy()]
    return np.lexsort((crimes.column("source_row").to_numpy(), file, x, y, x // _CELL_M, y // _CELL_M))


def _points(x: FloatArray, y: FloatArray) -> pa.Array:
    """Points as well-known binary."""
    points = np.empty(len(x), dtype=WKB_POINT)
    points["order"], points["kind"], points["x"], points["y"] = 1, 1, x, y
    offsets = np.arange(len(x) + 1, dtype=np.int32) * WKB_POINT.itemsize
    return pa.Array.from_buffers(pa.binary(), len(x), [None, pa.py_buffer(offsets), pa.py_buffer(points)])


@cache
def _schema(crs: str) -> pa.Schema:
    """What geopandas tells of such a table: its columns, and where its points are."""
    one = GeoDataFrame(empty(CRIMES), geometry="geometry", crs=crs).astype(dict.fromkeys(CATEGORIES, "string"))
    held = io.BytesIO()
    one.to_parquet(held, index=False, compression="zstd", schema_version="1.0.0")
    found = pq.read_schema(held)
    for name in _TIMES:
        at = found.get_field_index(name)
        found = found.set(at, found.field(at).with_type(pa.timestamp("s", found.field(at).type.tz)))
    return found
