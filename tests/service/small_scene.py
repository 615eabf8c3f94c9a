"""A force of two wards and two offences, by hand: a scene to work on without any file."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import shapely
from geopandas import GeoDataFrame

from geodata.grid import Grid
from geodata.periods import Periods
from geodata.tables import TIME_ZONE, WORKING_CRS
from hotspots.spots import spots_of
from service.analysis.places import Chosen
from service.analysis.scene import Scene

WEST, SOUTH = 400_000.0, 300_000.0
HOT = shapely.box(WEST + 200, SOUTH + 200, WEST + 400, SOUTH + 400)


def wards() -> GeoDataFrame:
    """West and east, a kilometre wide each."""
    table = {"code": ["W1", "W2"], "name": ["West", "East"], "population": [1_000.0, 3_000.0]}
    boxes = [shapely.box(WEST + 1000 * i, SOUTH, WEST + 1000 * (i + 1), SOUTH + 1000) for i in range(2)]
    areas = GeoDataFrame(table, geometry=boxes, crs=WORKING_CRS).astype({"code": "string", "name": "string"})
    return areas.assign(deprivation_decile=[1.0, 7.0])


def crimes(counts: Any, *, start: str = "2024-01-01", monthly: bool = True, seed: int = 0) -> GeoDataFrame:
    """Crimes by ward (rows) and period (columns), half of them burglaries; those of the west lie in the hot spot."""
    rng, rates = np.random.default_rng(seed), np.asarray(counts)
    freq = pd.DateOffset(months=1) if monthly else pd.DateOffset(days=7)
    begins = pd.date_range(start, periods=rates.shape[1] + 1, freq=freq)
    rows = []
    for (ward, period), count in np.ndenumerate(rates):
        x = rng.uniform(WEST + 210 + 1200 * ward, WEST + 390 + 1200 * ward, count)
        y = rng.uniform(SOUTH + 210, SOUTH + 390, count)
        kind = np.where(np.arange(count) % 2, "Burglary", "Robbery")
        rows += [(begins[period], begins[period + 1], kind[i], x[i], y[i]) for i in range(count)]
    table = pd.DataFrame(rows, columns=["from", "to", "offence", "x", "y"])
    return GeoDataFrame(
        {
            "offence": pd.Categorical(table["offence"]),
            "occurred_from": table["from"].dt.tz_localize(TIME_ZONE).dt.as_unit("s"),
            "occurred_to": (table["to"] if monthly else table["from"]).dt.tz_localize(TIME_ZONE).dt.as_unit("s"),
            "precision": pd.Categorical(["month" if monthly else "instant"] * len(table)),
            "place_kind": pd.Categorical(["map point"] * len(table)),
        },
        geometry=shapely.points(table[["x", "y"]].to_numpy()),
        crs=WORKING_CRS,
    )


def scene(held: GeoDataFrame, periods: Periods | None = None) -> Scene:
    areas = wards()
    grid = Grid.over(areas, 100.0)
    spans = periods or Periods.of(held)
    inside = spans.within(held)
    west = inside.geometry.x < WEST + 1000
    return Scene(
        crimes=inside,
        ward=pd.Series(np.where(west, "W1", "W2"), index=inside.index, dtype="string"),
        harm=pd.Series(10.0, index=inside.index),
        grid=grid,
        study=grid.mask(areas),
        periods=spans,
        bandwidth=150.0,
        excluded=0,
    )


def chosen(grid: Grid) -> Chosen:
    """One hot spot, in the west."""
    inside = np.flatnonzero(shapely.contains_xy(HOT, *grid.centres()))
    found = spots_of([inside], np.ones(grid.size), grid, grid.size * grid.cell_area)
    return Chosen(found, found.table.assign(hotspot_id=["H01"], name=["Mill Street"]))


def given(**more: Any) -> Any:
    return SimpleNamespace(**{"wards": wards(), "seed": 0} | more)
