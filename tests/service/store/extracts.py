"""Small extracts, made by hand."""

import numpy as np
import pandas as pd
from geopandas import GeoDataFrame, GeoSeries

from geodata.crimes import CrimeRead
from geodata.tables import CRIMES, REJECTS, SOURCES, TIME_ZONE, WORKING_CRS, check


def crimes(months, rows=6, seed=0, file="2024.csv"):
    """`rows` crimes of each of `months`, victims V0 to V3."""
    rng = np.random.default_rng(seed)
    size = rows * len(months)
    start = pd.to_datetime(np.repeat(months, rows)) + pd.to_timedelta(rng.integers(0, 27 * 24, size), unit="h")
    when = pd.Series(start).dt.tz_localize(TIME_ZONE, ambiguous=True, nonexistent="shift_forward").dt.as_unit("s")
    table = {
        "crime_id": pd.array([f"C{seed}-{number}" for number in range(size)], dtype="string"),
        "offence": pd.Categorical(rng.choice(["Burglary", "Robbery"], size)),
        "occurred_from": when,
        "occurred_to": when,
        "precision": pd.Categorical(["instant"] * size),
        "place_id": pd.Categorical([f"P{number % 4}" for number in range(size)]),
        "place_kind": pd.Categorical(["premises"] * size),
        "victim_id": pd.array([f"V{number % 4}" if number % 5 else None for number in range(size)], dtype="string"),
        "location": pd.Categorical(["On or near Mill Street"] * size),
        "lsoa": pd.Categorical([None] * size, categories=["E01000001"]),
        "grading": pd.Categorical([None] * size, categories=["B2"]),
        "source_file": pd.Categorical([file] * size),
        "source_row": np.arange(2, size + 2),
    }
    places = GeoSeries.from_xy(rng.uniform(4e5, 4.03e5, size), rng.uniform(3e5, 3.03e5, size), crs=WORKING_CRS)
    return check(GeoDataFrame(table, geometry=places), CRIMES)


def extract(months, rejected=2, **more):
    """What a reader would make of such a file, `rejected` of its rows refused."""
    table = crimes(months, **more)
    file = str(table["source_file"].iloc[0])
    reasons = {"file": [file] * rejected, "line": range(900, 900 + rejected), "reason": ["no date"] * rejected}
    counts = {"rows_read": len(table) + rejected, "rows_accepted": len(table), "rows_rejected": rejected}
    about = {"file": [file], "kind": ["force extract"], "sha256": ["0" * 64], **{k: [v] for k, v in counts.items()}}
    words = {"file": "string", "reason": "string"}
    return CrimeRead(
        table,
        check(pd.DataFrame(reasons).astype(words | {"line": "int64"}), REJECTS),
        check(pd.DataFrame(about).astype({"file": "string", "kind": "string", "sha256": "string"}), SOURCES),
        (),
    )
