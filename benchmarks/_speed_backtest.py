"""The whole back-test on a made-up force: every method, crimes and harm, and what each method takes of it."""

import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import Any, Final

import numba

from benchmarks._record import OURS, Row, measure
from benchmarks._speed_density import THREADS
from geodata.grid import Grid
from geodata.harm import read_harm
from geodata.periods import Periods, every_of
from geodata.town import make_town
from hotspots.backtest import backtest
from hotspots.scoring import Score

CELL: Final = 150.0
SHARE: Final = 0.01
FULL: Final = (40, 200_000, 26)
QUICK: Final = (6, 4_000, 2)

Spent = dict[str, tuple[float, float]]


def rows(quick: bool) -> Iterator[Row]:
    """Yield a row for the whole, then one for each method: the seconds of all its periods together."""
    wards, incidents, origins = QUICK if quick else FULL
    numba.set_num_threads(THREADS)
    call, spent, parameters = _prepared(wards, incidents, origins)
    found = measure(call)
    task = f"back-test, {origins} weeks"
    yield Row(task, parameters, f"{OURS}, all methods", found.seconds, found.cpu_seconds, found.peak_mib, None, THREADS)
    for name, (wall, cpu) in spent.items():
        yield Row(task, parameters, f"of which {name}", wall, cpu, 0.0, None, THREADS)


def _prepared(wards: int, incidents: int, origins: int) -> tuple[Callable[[], Any], Spent, dict[str, Any]]:
    """Return the back-test of a made-up force, where it writes down what each method takes, and its sizes."""
    town = make_town(0, wards=wards, incidents=incidents)
    grid, periods = Grid.over(town.areas, CELL), Periods.of(town.crimes, every=every_of("7d"))
    study, harm = grid.mask(town.areas), read_harm().of(town.crimes["offence"])
    spent: Spent = defaultdict(lambda: (0.0, 0.0))

    def clocked(method: str, _origin: str, work: Callable[[], Score]) -> Score:
        wall, cpu = time.perf_counter(), time.process_time()
        found = work()
        spent[method] = (
            spent[method][0] + time.perf_counter() - wall,
            spent[method][1] + time.process_time() - cpu,
        )
        return found

    def call() -> Any:
        return backtest(
            town.crimes, grid, periods, study=study, share=SHARE, bandwidth=3.0 * CELL, harm=harm, origins=origins,
            remember=clocked,
        )  # fmt: skip

    return call, spent, {"n": incidents, "wards": wards, "cells": int(study.sum()), "origins": origins, "harm": True}
