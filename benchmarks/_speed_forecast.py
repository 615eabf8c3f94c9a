"""Forecasts: self-exciting processes and prospective mapping, beside the same sums by numpy and scipy."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, Final

import numba
import numpy as np
import pandas as pd
from scipy.spatial import cKDTree

from benchmarks._record import OURS, Row, best, measure
from benchmarks._speed_density import SIDE, THREADS, clustered
from geodata.cast import FloatArray
from geodata.grid import Grid
from hotspots._kernels.etas_grid import CellEvents, step
from hotspots.forecast.etas import fit_events
from hotspots.forecast.etas_events import CUT, REACH
from hotspots.forecast.etas_grid import fit_grid
from hotspots.forecast.history import History
from hotspots.forecast.learned import learned
from hotspots.forecast.promap import promap

DAYS: Final = 728.0
HALF: Final = 203.0  # days: with 98,105 events, 1.1 M pairs
STEPS: Final = 20
SLOW: Final = 3.0  # seconds: what takes longer runs once
START: Final = (0.5, 1.0)

Call = tuple[str, int, Callable[[], Any]]


def rows(quick: bool, rounds: int = 3) -> Iterator[Row]:
    """Yield a row for each subject at each size."""
    for events in (10_000,) if quick else (10_000, 100_000):
        yield from _rows("self-exciting by cell", {"n": events, "cells": 10_000}, _by_cell(events), rounds)
    events = 10_000 if quick else 98_105
    yield from _rows(
        "self-exciting in space and time", {"n": events, "reach_m": REACH, "days": CUT}, _apart(events), rounds
    )
    for cells, events in ((10_000, 2_000),) if quick else ((10_000, 2_000), (1_000_000, 50_000)):
        yield from _rows("ProMap", {"n": events, "cells": cells}, _prospective(cells, events), rounds)
    events, cells = (10_000, 10_000) if quick else (100_000, 40_000)
    yield from _rows("learned", {"n": events, "cells": cells}, _learned(cells, events), rounds)


def _rows(task: str, parameters: dict[str, Any], subjects: list[Call], rounds: int) -> Iterator[Row]:
    for name, threads, call in subjects:
        numba.set_num_threads(threads)
        found = measure(call)  # compiles, where there is anything to compile
        found = measure(call) if name.startswith(OURS) else found
        for _ in range(rounds - 1):
            if found.seconds < SLOW:
                found = best(found, measure(call))
        yield Row(task, parameters, name, found.seconds, found.cpu_seconds, found.peak_mib, None, threads)
    numba.set_num_threads(THREADS)


def _history(events: int, cells: int, *, bandwidth: float = 300.0, span: float = SIDE, days: float = DAYS) -> History:
    """Return clustered events on a square of so many cells, at any moment of so many days."""
    side = round(cells**0.5)
    grid = Grid(0.0, 0.0, span / side, side, side)
    x, y = (part * span / SIDE for part in clustered(events))
    time = np.random.default_rng(3).uniform(0.0, days, events)
    return History(
        x=x,
        y=y,
        cell=grid.cell_of(x, y),
        period=(time // 7.0).astype(np.int64),
        time=time,
        weights=np.ones(events),
        weeks=np.ones(int(days // 7)),
        grid=grid,
        study=np.ones(grid.size, dtype=np.bool_),
        bandwidth=bandwidth,
        start=pd.Timestamp("2024-01-01"),
        features=np.empty((grid.size, 0)),
    )


def _by_cell(events: int) -> list[Call]:
    history = _history(events, 10_000)
    order = np.lexsort((history.time, history.cell))
    time, cell = history.time[order], history.cell[order]
    first = np.unique(cell, return_index=True)[1]
    held = CellEvents(time, np.append(first, time.size).astype(np.int64), DAYS)
    return [
        (f"{OURS}, {STEPS} steps as published", 1, lambda: _published(held)),
        (f"{OURS}, ours to its rest", 1, lambda: fit_grid(history)),
        (f"numpy, all pairs of a cell, {STEPS} steps", 1, lambda: _pairs_of_cells(held)),
    ]


def _published(held: CellEvents) -> tuple[float, float]:
    theta, omega = START
    mu = np.diff(held.first) * (1.0 - theta) / DAYS
    for _ in range(STEPS):
        found = step(held, np.repeat(mu, np.diff(held.first)), theta, omega)
        theta = found.triggered / (held.time.size - found.passed)
        omega = found.triggered / (found.waited + theta * found.passed_days)
        mu = np.add.reduceat(found.background, held.first[:-1]) / DAYS
    return theta, omega


def _pairs_of_cells(held: CellEvents) -> tuple[float, float]:
    """Return the same by a matrix of pairs a cell, as code without running sums does it."""
    theta, omega = START
    mu = np.diff(held.first) * (1.0 - theta) / DAYS
    parts = [held.time[a:b] for a, b in zip(held.first[:-1], held.first[1:], strict=True)]
    left = DAYS - held.time
    for _ in range(STEPS):
        triggered = waited = 0.0
        for c, time in enumerate(parts):
            gap = time[None, :] - time[:, None]
            rate = np.where(gap > 0, theta * omega * np.exp(-omega * np.maximum(gap, 0.0)), 0.0)
            share = rate / (mu[c] + rate.sum(axis=0))
            triggered += share.sum()
            waited += (share * gap).sum()
            mu[c] = (time.size - share.sum()) / DAYS
        passed = np.exp(-omega * left)
        theta = float(triggered / (left.size - passed.sum()))
        omega = float(triggered / (waited + theta * (left * passed).sum()))
    return theta, omega


def _apart(events: int) -> list[Call]:
    history = _history(events, 250_000, days=HALF)
    return [
        *(
            (f"{OURS}, pairs and fit to its rest", threads, lambda: fit_events(history))
            for threads in sorted({1, THREADS})
        ),
        (f"scipy cKDTree and numpy, {STEPS} steps", 1, lambda: _tree(history)),
    ]


def _tree(history: History) -> tuple[float, float, float]:
    """Return theta, omega and the spread after some steps with a background that is even."""
    found = cKDTree(np.column_stack((history.x, history.y))).query_pairs(REACH, output_type="ndarray")
    first, second = found.T
    gap = history.time[second] - history.time[first]
    later = np.where(gap > 0, second, first)
    gap = np.abs(gap)
    near = (gap > 0) & (gap <= CUT)
    first, second, later, gap = first[near], second[near], later[near], gap[near]
    squared = (history.x[first] - history.x[second]) ** 2 + (history.y[first] - history.y[second]) ** 2
    theta, omega, spread = 0.5, 1.0, 100.0**2
    steady = history.time.size / 2 / HALF / (history.grid.size * history.grid.cell_area)
    left = np.minimum(HALF - history.time, CUT)
    for _ in range(STEPS):
        rate = theta * omega / (2 * np.pi * spread) * np.exp(-omega * gap - squared / (2 * spread))
        share = rate / (steady + np.bincount(later, weights=rate, minlength=history.time.size))[later]
        triggered = float(share.sum())
        theta = triggered / float((1 - np.exp(-omega * left)).sum())
        omega = triggered / float((share * gap).sum() + theta * (left * np.exp(-omega * left)).sum())
        spread = float((share * squared).sum()) / (2 * triggered)
        steady = (history.time.size - triggered) / HALF / (history.grid.size * history.grid.cell_area)
    return theta, omega, spread


def _prospective(cells: int, events: int) -> list[Call]:
    history = _history(events, cells, span=50.0 * cells**0.5)
    # All in the last eight weeks: what counts.
    late = replace(history, time=DAYS - 56.0 + history.time / DAYS * 56.0)
    subjects: list[Call] = [(f"{OURS}, exact", threads, lambda: promap(late)) for threads in sorted({1, THREADS})]
    if cells <= 10_000:
        subjects.append(("numpy, every event at every cell", 1, lambda: _every_cell(late)))
    return subjects


def _every_cell(history: History) -> FloatArray:
    grid = history.grid
    row, column = np.divmod(history.cell, grid.columns)
    age = np.floor((DAYS - history.time) / 7.0)
    found = np.empty(grid.size)
    for cell in range(grid.size):
        up, across = divmod(cell, grid.columns)
        away = np.hypot(row - up, column - across)
        near = (away * grid.cell <= REACH) & (age < 8)
        found[cell] = (1.0 / (1.0 + np.floor(away[near])) / (1.0 + age[near])).sum()
    return found


def _learned(cells: int, events: int) -> list[Call]:
    history = _history(events, cells, bandwidth=1_500.0)
    return [(f"{OURS}, learn and forecast", 1, lambda: learned(history))]
