"""Segments of made-up crimes, as the store writes them."""

import hashlib

import geopandas as gpd
import numpy as np
import pandas as pd

from geodata.tables import CRIMES, check
from service.store.parquet import crime_columns, segment_bytes


def crimes(x, y, offence, days, *, precision="day", crs="EPSG:27700"):
    """A table of crimes on days counted from the first of January 2024."""
    size = len(x)
    begin = pd.DatetimeIndex(pd.Timestamp("2024-01-01") + pd.to_timedelta(np.asarray(days), unit="D"))
    begin = begin.tz_localize("Europe/London").as_unit("s")
    texts = {"crime_id": None, "place_id": None, "victim_id": None, "location": None, "lsoa": None, "grading": None}
    columns = {
        "offence": np.asarray(offence, dtype=object),
        "occurred_from": begin,
        "occurred_to": begin,
        "precision": precision,
        "place_kind": "map point",
        "source_file": "made.csv",
        "source_row": np.arange(1, size + 1),
        **texts,
    }
    table = gpd.GeoDataFrame(columns, index=range(size), geometry=gpd.points_from_xy(x, y), crs=crs)
    table = table[list(CRIMES.columns)]
    kinds = {name: str(column.dtype) for name, column in CRIMES.columns.items() if column.dtype is not None}
    texts = {name: kind for name, kind in kinds.items() if kind in ("category", "string[python]", "string")}
    return check(table.astype(texts), CRIMES)


def write(folder, force, month, table):
    """Write a segment and return its path in the folder."""
    content = segment_bytes(crime_columns(table), table.crs.to_string())
    name = f"force={force}/month={month}/{hashlib.sha256(content).hexdigest()[:16]}.parquet"
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(content)
    return name
