"""The steps from a table of crimes to described hot spots, at the size of a large force; no peer does these steps."""

from collections.abc import Callable, Iterator
from typing import Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from benchmarks._record import OURS, Row, best, measure
from benchmarks._speed_density import BANDWIDTH, SIDE, THREADS, clustered
from geodata.grid import Grid
from geodata.periods import Periods
from geodata.tables import TIME_ZONE, WORKING_CRS
from hotspots import Backtest, Spots, backtest, choose, describe, forecast

OFFENCES: Final = ("Burglary", "Criminal damage and arson", "Other theft", "Vehicle crime", "Violence")
BASELINES: Final = ("raw count", "last period", "density")  # `--only backtest` runs every method
WEEKS: Final = 52
WARDS_ACROSS: Final = 13
SHARE: Final = 0.008


def rows(quick: bool, rounds: int) -> Iterator[Row]:
    """Yield a row for each step."""
    size, cell = (100_000, 100.0) if quick else (1_000_000, 44.0)
    for name, (step, sizes) in _steps(size, cell).items():
        found = measure(step)
        for _ in range(min(rounds, 2)):
            found = best(found, measure(step))
        yield Row(name, sizes, OURS, found.seconds, found.cpu_seconds, found.peak_mib, threads=THREADS)


def _steps(size: int, cell: float) -> dict[str, tuple[Callable[[], Any], dict[str, Any]]]:
    crimes, harm = _crimes(size)
    wards = _wards()
    grid, periods = Grid.over(wards, cell), Periods.of(crimes)
    study, ward = np.ones(grid.size, dtype=bool), pd.Series(wards["code"].iloc[0], index=crimes.index)

    def look_ahead() -> pd.Series:
        return forecast(crimes, grid, periods, method="density", bandwidth=BANDWIDTH, weights=harm)

    def places() -> Spots:
        return choose(risk, grid, study=study, share=SHARE, min_area=20_000.0, max_area=250_000.0)

    def table() -> gpd.GeoDataFrame:
        about = {"areas": wards, "wards": ward, "expected_crimes": risk, "expected_harm": risk}
        return describe(spots, crimes, grid, periods, harm=harm, **about)

    def test() -> Backtest:
        how: dict[str, Any] = {"study": study, "share": SHARE, "bandwidth": BANDWIDTH, "harm": harm}
        return backtest(crimes, grid, periods, methods=BASELINES, **how)

    risk = look_ahead()
    spots = places()
    sizes = {"n": size, "cells": grid.size, "spots": len(spots.table)}
    names = ("forecast by density", "choose hot spots", "describe hot spots", "back-test of the baselines, 6 weeks")
    return {name: (step, sizes) for name, step in zip(names, (look_ahead, places, table, test), strict=True)}


def _crimes(size: int) -> tuple[gpd.GeoDataFrame, pd.Series]:
    rng = np.random.default_rng(4)
    x, y = clustered(size)
    minutes = np.sort(rng.integers(0, WEEKS * 7 * 24 * 60, size))
    start = pd.Timestamp("2024-01-01", tz=TIME_ZONE)
    moment = pd.Series(pd.DatetimeIndex(start + pd.to_timedelta(minutes, unit="min")).as_unit("s"))
    streets = np.char.add("On or near Street ", ((x // 500) * 100 + y // 500).astype(int).astype(str))
    table = {
        "offence": pd.Categorical(np.array(OFFENCES)[rng.integers(0, len(OFFENCES), size)]),
        "occurred_from": moment,
        "occurred_to": moment,
        "precision": pd.Categorical(np.full(size, "instant")),
        "location": pd.Categorical(streets),
    }
    harm = pd.Series(rng.gamma(0.5, 40.0, size))
    return gpd.GeoDataFrame(table, geometry=gpd.points_from_xy(x, y), crs=WORKING_CRS), harm


def _wards() -> gpd.GeoDataFrame:
    edges = np.linspace(0, SIDE, WARDS_ACROSS + 1)
    west, south = (side.ravel() for side in np.meshgrid(edges[:-1], edges[:-1]))
    shapes = shapely.box(west, south, west + SIDE / WARDS_ACROSS, south + SIDE / WARDS_ACROSS)
    codes = [f"W{number:03d}" for number in range(len(shapes))]
    return gpd.GeoDataFrame({"code": pd.array(codes, dtype="string")}, geometry=shapes, crs=WORKING_CRS)
