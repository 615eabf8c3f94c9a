"""
The Knox test of clustered events over a year: ours beside pointpats and Python's NearRepeat.

NearRepeat is on no package index: it runs where the environment's `NEAR_REPEAT` names a checkout of its repository.
"""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.util import find_spec, module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any, Final

import numba
import numpy as np

from benchmarks._record import OURS, Measured, Row, best, measure
from benchmarks._speed_density import THREADS, clustered
from geodata.cast import FloatArray, IntArray
from hotspots.bands import Bands
from hotspots.dated import Dated
from hotspots.knox import knox_of

SHRINK: Final = 0.4395  # of a square of 50 km: 48.6 million pairs of 100,000 events lie within a kilometre
WIDE: Final = Bands(tuple(100.0 * i for i in range(11)), (0.0, 7.0, 14.0, 21.0, 28.0))
PUBLISHED: Final = Bands((0.0, 200.0), (0.0, 7.0))
SLOW: Final = 5.0  # seconds: what takes longer runs once


@dataclass(frozen=True)
class Setting:
    """Events, bands and dealings; whether peers can do it in minutes."""

    events: int
    bands: Bands
    permutations: int
    peers: bool

    @property
    def parameters(self) -> dict[str, Any]:
        """What all subjects are given."""
        rows, columns = self.bands.shape
        return {
            "n": self.events,
            "bands": f"{rows} to {self.bands.space[-1]:g} m x {columns} to {self.bands.time[-1]:g} days",
            "permutations": self.permutations,
        }

    def drawn(self) -> tuple[FloatArray, IntArray]:
        """Return places, shape (events, 2), and days."""
        places = SHRINK * np.column_stack(clustered(self.events))
        return places, np.random.default_rng(3).integers(0, 365, self.events)


QUICK: Final = (Setting(1_000, WIDE, 99, True), Setting(10_000, WIDE, 999, False))
FULL: Final = (
    Setting(1_000, WIDE, 99, True),
    Setting(12_334, PUBLISHED, 99, True),
    Setting(10_000, WIDE, 99, True),
    Setting(10_000, WIDE, 999, False),
    Setting(100_000, WIDE, 999, False),
    Setting(1_000_000, WIDE, 0, False),
)


def rows(quick: bool, rounds: int = 3) -> Iterator[Row]:
    """Yield a row for each subject at each size."""
    first = measure(_ours(QUICK[0], THREADS))
    yield _row(QUICK[0], f"{OURS}, first call", THREADS, first)
    for setting in QUICK if quick else FULL:
        for name, threads, call in _subjects(setting):
            found = measure(call)
            for _ in range(rounds):
                if found.seconds < SLOW:
                    found = best(found, measure(call))
            yield _row(setting, name, threads, found)


def _row(setting: Setting, name: str, threads: int, found: Measured) -> Row:
    taken = (found.seconds, found.cpu_seconds, found.peak_mib)
    return Row("Knox test", setting.parameters, name, *taken, None, threads)


def _subjects(setting: Setting) -> Iterator[tuple[str, int, Callable[[], Any]]]:
    for threads in sorted({1, THREADS}):
        if threads == THREADS or setting.events < 100_000:
            yield f"{OURS}, all bands", threads, _ours(setting, threads)
    if not setting.peers:
        return
    places, day = setting.drawn()
    if find_spec("pointpats"):
        yield "pointpats Knox, one band", 1, lambda: _pointpats(setting, places, day)
    theirs = _near_repeat()
    if theirs is not None:
        yield "NearRepeat (Python), all bands", 1, lambda: _theirs(theirs, setting, places, day)


def _ours(setting: Setting, threads: int) -> Callable[[], Any]:
    places, day = setting.drawn()
    events = Dated(places[:, 0].copy(), places[:, 1].copy(), day)

    def call() -> Any:
        numba.set_num_threads(threads)
        return knox_of((events,), setting.bands, permutations=setting.permutations, seed=1)

    return call


def _pointpats(setting: Setting, places: FloatArray, day: IntArray) -> Any:
    from pointpats import Knox

    edges = setting.bands.space[-1], setting.bands.time[-1]
    return Knox(places, day[:, None].astype(np.float64), *edges, permutations=setting.permutations)


def _near_repeat() -> Any:
    """Return NearRepeat's module, None where no checkout is named."""
    named = os.environ.get("NEAR_REPEAT")
    path = Path(named) / "stats" / "knox.py" if named else None
    if path is None or not path.is_file():
        return None
    spec = spec_from_file_location("near_repeat_knox", path)
    if spec is None or spec.loader is None:
        return None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _theirs(module: Any, setting: Setting, places: FloatArray, day: IntArray) -> Any:
    bands, time = list(setting.bands.space[1:]), list(setting.bands.time[1:])
    return module.knox_test(places, day.astype(np.float64), bands, time, setting.permutations, interval_side="right")
