"""The bytes of a segment: those that geopandas writes, whatever the order of the rows."""

import io

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from geopandas import GeoDataFrame

from geodata.tables import CRIMES, empty
from service.store.parquet import crime_columns, segment_bytes
from tests.service.store.extracts import crimes


def naive_bytes(table: GeoDataFrame) -> bytes:
    """The slow twin: sort the table, and have geopandas write it."""
    x, y = table.geometry.x, table.geometry.y
    table = table.assign(north=y // 1000, east=x // 1000, y=y, x=x, name=table["source_file"].astype(str))
    table = table.sort_values(["north", "east", "y", "x", "name", "source_row"])[list(CRIMES.columns)]
    texts = [name for name, column in CRIMES.columns.items() if str(column.dtype) == "category"]
    held = io.BytesIO()
    plain = table.astype(dict.fromkeys(texts, "string"))
    plain.to_parquet(held, index=False, compression="zstd", schema_version="1.0.0")
    return held.getvalue()


def shuffled(table: GeoDataFrame, seed: int) -> GeoDataFrame:
    return table.iloc[np.random.default_rng(seed).permutation(len(table))].reset_index(drop=True)


@pytest.mark.parametrize("seed", range(4))
def test_a_segment_is_what_geopandas_writes_whatever_the_order_of_rows(seed):
    files = [crimes(["2024-06"], rows=40, seed=seed + at, file=name) for at, name in enumerate(("b.csv", "a.csv"))]
    table = GeoDataFrame(pd.concat(files, ignore_index=True), crs=files[0].crs)
    table = GeoDataFrame(pd.concat([table, table.iloc[:9].assign(source_row=999)], ignore_index=True), crs=table.crs)
    table["source_file"] = table["source_file"].astype("category")
    written = segment_bytes(crime_columns(table), "EPSG:27700")
    assert written == naive_bytes(table) == segment_bytes(crime_columns(shuffled(table, seed)), "EPSG:27700")
    assert len(gpd.read_parquet(io.BytesIO(written))) == len(table)


def test_one_crime_none_and_texts_that_are_not_categories_are_written_alike():
    one = crimes(["2024-06"], rows=1)
    nothing = GeoDataFrame(empty(CRIMES), geometry="geometry", crs="EPSG:27700")
    plain = one.astype(dict.fromkeys(("offence", "source_file", "lsoa"), "string"))
    for table in (one, nothing, plain):
        assert segment_bytes(crime_columns(table), "EPSG:27700") == naive_bytes(table)
    elsewhere = one.set_crs("EPSG:32630", allow_override=True)
    assert segment_bytes(crime_columns(elsewhere), "EPSG:32630") == naive_bytes(elsewhere)
