"""Small made-up inputs that one can check by hand."""

from functools import cache

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geodata.grid import Grid
from geodata.periods import Periods
from geodata.town import make_town

CRS = "EPSG:27700"
WEST, SOUTH = 420_000.0, 560_000.0


@cache
def force(seed):
    """The made-up force, two seconds' work, to be read only."""
    return make_town(seed)


def grid(columns=20, rows=15, cell=100.0):
    return Grid(WEST, SOUTH, cell, columns, rows)


def crimes(x, y, *, day=0, offence="Burglary", location=None, start="2024-01-01"):
    """Crimes at x, y metres from the grid's corner, each some days after the start."""
    size = len(x)
    moments = pd.Timestamp(start, tz="Europe/London") + pd.to_timedelta(np.broadcast_to(day, size) * 24.0, unit="h")
    stamp = pd.Series(pd.DatetimeIndex(moments).as_unit("s"))
    return gpd.GeoDataFrame(
        {
            "offence": pd.Categorical(np.broadcast_to(offence, size)),
            "occurred_from": stamp,
            "occurred_to": stamp,
            "precision": pd.Categorical(["day"] * size),
            "location": pd.Categorical([None] * size if location is None else list(np.broadcast_to(location, size))),
        },
        geometry=gpd.points_from_xy(WEST + np.asarray(x, float), SOUTH + np.asarray(y, float)),
        crs=CRS,
    )


def weeks(number, start="2024-01-01"):
    edges = pd.date_range(start, periods=number + 1, freq="7D", tz="Europe/London").as_unit("s")
    return Periods(edges, "week")


def months(number, start="2024-01-01"):
    return Periods(pd.date_range(start, periods=number + 1, freq="MS", tz="Europe/London").as_unit("s"), "month")


def scattered(size, seed, *, columns=20, rows=15, cell=100.0):
    """x and y: some in clusters, some anywhere, some on one point."""
    rng = np.random.default_rng(seed)
    extent = np.array([columns, rows]) * cell
    middle = rng.uniform(0.2, 0.8, (4, 2)) * extent
    points = middle[rng.integers(0, 4, size)] + rng.normal(0, 1.5 * cell, (size, 2))
    anywhere = rng.random(size) < 0.3
    points[anywhere] = rng.uniform(0, 1, (anywhere.sum(), 2)) * extent
    points[rng.random(size) < 0.1] = middle[0]
    return points[:, 0].copy(), points[:, 1].copy()


def two_wards(g):
    west, south, east, north = g.bounds
    middle = (west + east) / 2
    shapes = [shapely.box(west, south, middle, north), shapely.box(middle, south, east, north)]
    codes = pd.array(["E05000001", "E05000002"], dtype="string")
    return gpd.GeoDataFrame(
        {"code": codes, "name": pd.array(["West", "East"], dtype="string")}, geometry=shapes, crs=CRS
    )
