"""Gi*, its classes over time and the space-time scan: ours on whole forces, beside esda where it answers the same."""

import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd

from benchmarks._record import OURS, Measured, Row, best, measure, versions
from benchmarks._speed_density import THREADS, clustered
from geodata.cast import FloatArray
from geodata.grid import Grid
from geodata.periods import Periods
from geodata.tables import TIME_ZONE, WORKING_CRS
from hotspots.emerging import emerging_hotspots
from hotspots.gistar import gistar
from hotspots.history import hotspot_history
from hotspots.scan import space_time_scan

CELL: Final = 100.0  # metres
MONTHS: Final = 13
QUEEN: Final = 150.0  # metres: the 8 cells about a cell, as lat2W has them
WIDE: Final = 300.0  # metres: 28 cells
SLOW: Final = 5.0  # seconds: what takes longer runs once
MAP_POINTS: Final = 15_000
CRIMES: Final = 160_000  # of thirteen months of a large force


@dataclass(frozen=True)
class Subject:
    """One way to an answer, and what of it is compared with the first subject's."""

    name: str
    call: Callable[[], Any]
    result: Callable[[Any], FloatArray] | None = None
    threads: int = THREADS


def rows(quick: bool, rounds: int = 3) -> Iterator[Row]:
    """Yield a row for each subject at each size; `quick` leaves out 500 x 500 cells for esda and the long scans."""
    for side in (100,) if quick else (100, 500):
        grid = Grid(0.0, 0.0, CELL, side, side, WORKING_CRS)
        sizes = {"cells": grid.size, "radius_m": QUEEN}
        yield from _together("Gi*, normal approximation", sizes, list(_analytic(grid)), rounds)
        drawn = 99 if side > 100 else 999
        yield from _together(
            "Gi*, permutations", {**sizes, "permutations": drawn}, list(_permuted(grid, drawn)), rounds
        )
    yield from _alone(quick, rounds)


def _analytic(grid: Grid) -> Iterator[Subject]:
    counts = _counts(grid)
    yield Subject(f"{OURS}, first call", lambda: gistar(counts, grid, radius=QUEEN), _z)
    yield Subject(f"{OURS}, z, p, q and spot", lambda: gistar(counts, grid, radius=QUEEN), _z)
    yield Subject("libpysal lat2W, the weights alone", lambda: _weights(grid), None, 1)
    weights = _weights(grid)
    yield Subject("esda G_Local, z and p", lambda: _esda(counts, weights, 0), lambda found: np.asarray(found.Zs), 1)


def _permuted(grid: Grid, permutations: int) -> Iterator[Subject]:
    counts = _counts(grid)
    call = lambda: gistar(counts, grid, radius=QUEEN, permutations=permutations)  # noqa: E731
    yield Subject(f"{OURS}, first call", call, None)
    yield Subject(f"{OURS}, conditional", call, None)
    weights = _weights(grid)
    _esda(counts[:400], _weights(Grid(0.0, 0.0, CELL, 20, 20, WORKING_CRS)), 9)  # it compiles at the first call
    yield Subject("esda G_Local, conditional", lambda: _esda(counts, weights, permutations), None, 1)


def _together(task: str, sizes: dict[str, Any], subjects: list[Subject], rounds: int) -> Iterator[Row]:
    """Measure the subjects in turn; the error is the greatest difference from the first over its greatest value."""
    found = [measure(subject.call) for subject in subjects]
    for _ in range(rounds):
        for at, subject in enumerate(subjects):
            if found[at].seconds < SLOW and not subject.name.endswith("first call"):
                found[at] = best(found[at], measure(subject.call))
    first = subjects[0].result(found[0].result) if subjects[0].result else None
    for subject, measured in zip(subjects, found, strict=True):
        error = None
        if first is not None and subject.result is not None:
            error = float(np.abs(subject.result(measured.result) - first).max() / np.abs(first).max())
        yield _row(task, sizes, subject.name, measured, error, subject.threads)


def _alone(quick: bool, rounds: int) -> Iterator[Row]:
    """Yield what no peer in Python does."""
    for (task, name), (sizes, call) in _steps(quick).items():
        found = measure(call)
        for _ in range(min(rounds, 2)):
            found = found if found.seconds > SLOW else best(found, measure(call))
        yield _row(task, sizes, name, found, None, THREADS)


def _steps(quick: bool) -> dict[tuple[str, str], tuple[dict[str, Any], Callable[[], Any]]]:
    side = 100 if quick else 500
    grid = Grid(0.0, 0.0, CELL, side, side, WORKING_CRS)
    counts, months = _counts(grid), _months(grid)
    crimes, periods = _recorded(CRIMES // 10 if quick else CRIMES)
    cells = {"cells": grid.size, "radius_m": WIDE}
    cube = {**cells, "periods": MONTHS}
    scan = {"crimes": len(crimes), "points": MAP_POINTS, "periods": MONTHS, "permutations": 999}
    queen = {"cells": grid.size, "radius_m": QUEEN, "permutations": 999}
    return {
        ("Gi*, permutations", f"{OURS}, 8 neighbours"): (
            queen,
            lambda: gistar(counts, grid, radius=QUEEN, permutations=999),
        ),
        ("Gi*, permutations", f"{OURS}, 28 neighbours"): (
            {**cells, "permutations": 999},
            lambda: gistar(counts, grid, radius=WIDE, permutations=999),
        ),
        ("four classes", OURS): (cube, lambda: hotspot_history(months, grid, radius=WIDE)),
        ("seventeen classes", OURS): (cube, lambda: emerging_hotspots(months, grid, radius=WIDE)),
        ("scan, to the last period", OURS): (scan, lambda: space_time_scan(crimes, periods)),
        ("scan, any period", OURS): (scan, lambda: space_time_scan(crimes, periods, prospective=False)),
    }


def _row(task: str, sizes: dict[str, Any], name: str, measured: Measured, error: float | None, threads: int) -> Row:
    peers = {package: version(package) for package in ("esda", "libpysal")}
    taken = (measured.seconds, measured.cpu_seconds, measured.peak_mib)
    return Row(task, sizes, name, *taken, error, threads, {**versions(), **peers})


def _counts(grid: Grid) -> FloatArray:
    x, y = clustered(grid.size * 4)
    side = grid.columns * grid.cell / 50_000
    return np.bincount(grid.cell_of(x * side, y * side), minlength=grid.size).astype(np.float64)


def _months(grid: Grid) -> pd.DataFrame:
    """Return thirteen months: Poisson counts about a twelfth of the year's, and a quarter that grows."""
    rng = np.random.default_rng(4)
    growth = np.where(np.arange(grid.size)[:, None] % 4 == 0, np.linspace(0.5, 2.0, MONTHS), 1.0)
    counts = rng.poisson(_counts(grid)[:, None] / 12 * growth).astype(np.float64)
    return pd.DataFrame(counts, index=grid.index)


def _recorded(size: int) -> tuple[gpd.GeoDataFrame, Periods]:
    """Return crimes on map points, unevenly, in thirteen months."""
    x, y = clustered(MAP_POINTS)
    rng = np.random.default_rng(5)
    point = np.minimum(rng.gamma(0.5, MAP_POINTS / 4, size).astype(np.int64), MAP_POINTS - 1)
    edges = pd.date_range("2024-01-01", periods=MONTHS + 1, freq="MS", tz=TIME_ZONE).as_unit("s")
    table = {"occurred_from": edges[rng.integers(0, MONTHS, size)]}
    points = gpd.points_from_xy(x[point], y[point])
    return gpd.GeoDataFrame(table, geometry=points, crs=WORKING_CRS), Periods(edges, "month")


def _z(table: pd.DataFrame) -> FloatArray:
    return table["z"].to_numpy(dtype=np.float64)


def _weights(grid: Grid) -> Any:
    from libpysal.weights import lat2W

    return lat2W(grid.rows, grid.columns, rook=False)


def _esda(counts: FloatArray, weights: Any, permutations: int) -> Any:
    from esda import G_Local

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return G_Local(
            counts,
            weights,
            transform="B",
            star=True,
            permutations=permutations,
            keep_simulations=False,
            n_jobs=1,
            seed=1,
        )
