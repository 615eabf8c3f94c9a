"""Density in space and time of clustered points: ours, exact, beside binning and a 3-D filter, and beside libkdv."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import numba
import numpy as np
from scipy.ndimage import gaussian_filter

from benchmarks._record import OURS, Row, best, measure
from benchmarks._speed_density import SIDE, THREADS, clustered
from geodata.cast import FloatArray, IntArray
from hotspots._kernels.space_time import space_time
from hotspots._kernels.space_time_events import Times
from hotspots._kernels.tiles import Sheet
from hotspots.space_time import TIME_KERNELS

BANDWIDTH: Final = 300.0  # metres
SAMPLE: Final = 200  # voxels at which errors are measured
SLOW: Final = 5.0  # seconds: what takes longer runs once
# The standard deviation of a quartic disc along an axis is its radius / sqrt 8, of an Epanechnikov kernel / sqrt 5.
DISC: Final = 8.0**-0.5
BUMP: Final = 5.0**-0.5

Places = tuple[FloatArray, FloatArray, FloatArray]  # x, y in metres, t in days


@dataclass(frozen=True)
class Setting:
    """Events in a square over some days, cells a hundred metres wide for the whole, and the reach in days."""

    events: int
    cells: int
    days: int
    reach: float

    @property
    def parameters(self) -> dict[str, Any]:
        """What all subjects are given."""
        voxels = f"{self.cells} x {self.cells} x {self.days}"
        held = 8 * 4 * self.events + 4 * self.cells * self.cells * self.days  # x, y, t and weight; density in float32
        sizes = {"n": self.events, "voxels": voxels, "bandwidth_m": BANDWIDTH, "bandwidth_days": self.reach}
        return {**sizes, "inputs_and_output_mib": round(held / 2**20)}

    @property
    def sheet(self) -> Sheet:
        """The grid."""
        return Sheet(0.0, 0.0, 100.0, self.cells, self.cells, BANDWIDTH)

    @property
    def times(self) -> Times:
        """The slices, with a scale that makes the result a density per square metre and day."""
        peak = 3.0 / (np.pi * BANDWIDTH * BANDWIDTH)
        edges = np.arange(self.days + 1.0)
        return Times(edges, np.ones(self.days), self.reach, *TIME_KERNELS["Epanechnikov"], peak)

    def drawn(self) -> Places:
        """Return x, y in metres and t in days."""
        x, y = clustered(self.events)
        scale = self.cells * 100.0 / SIDE
        return x * scale, y * scale, np.random.default_rng(6).uniform(0, self.days, self.events)


QUICK: Final = (Setting(100_000, 100, 90, 7.0),)
FOR_LIBKDV: Final = Setting(10_000, 100, 32, 7.0)
FULL: Final = (FOR_LIBKDV, Setting(1_000_000, 500, 365, 7.0), Setting(1_000_000, 500, 365, 28.0))


def rows(quick: bool, rounds: int = 3) -> Iterator[Row]:
    """Yield a row for each subject at each size."""
    for setting in QUICK if quick else FULL:
        yield from _rows(setting, rounds)


def _rows(setting: Setting, rounds: int) -> Iterator[Row]:
    places = setting.drawn()
    subjects: list[tuple[str, int, Callable[[], Any]]] = [
        (f"{OURS}, first call", THREADS, _ours(setting, places, THREADS)),
        *((f"{OURS}, exact", threads, _ours(setting, places, threads)) for threads in sorted({1, THREADS})),
        ("numpy bincount, the floor: only bins", 1, lambda: _binned(setting, places)),
        ("bincount and scipy 3-D Gaussian filter", 1, lambda: _filtered(setting, places)),
    ]
    if setting == FOR_LIBKDV and find_spec("libkdv"):
        subjects.append(("libkdv STKDV Epanechnikov", THREADS, _libkdv(setting, places)))
    for name, threads, call in subjects:
        found = measure(call)
        for _ in range(0 if name.endswith("first call") else rounds):
            if found.seconds < SLOW:
                again = measure(call)
                found = best(found, again)
                del again
        error = _error(found.result, setting, places) if name.startswith(OURS) else None
        taken = (found.seconds, found.cpu_seconds, found.peak_mib)
        yield Row("space-time density", setting.parameters, name, *taken, error, threads)
        del found


def _ours(setting: Setting, places: Places, threads: int) -> Callable[[], Any]:
    weights = np.ones(setting.events)

    def call() -> Any:
        numba.set_num_threads(threads)
        return space_time(*places, weights, setting.sheet, setting.times)

    return call


def _binned(setting: Setting, places: Places) -> IntArray:
    x, y, t = places
    column, row, day = (part.astype(np.int64) for part in (x / 100.0, y / 100.0, t))
    size = setting.cells * setting.cells * setting.days
    counts = np.bincount((row * setting.cells + column) * setting.days + day, minlength=size)
    return counts.astype(np.int64, copy=False).reshape(setting.cells, setting.cells, setting.days)


def _filtered(setting: Setting, places: Places) -> FloatArray:
    sigma = (DISC * BANDWIDTH / 100.0, DISC * BANDWIDTH / 100.0, BUMP * setting.reach)
    counts = _binned(setting, places).astype(np.float64)
    return np.asarray(gaussian_filter(counts, sigma, output=counts, mode="constant", truncate=3.0))


def _libkdv(setting: Setting, places: Places) -> Callable[[], Any]:
    """Its voxels span the events, and it scales its maximum to 1: timed, not compared."""
    x, y, t = places
    with TemporaryDirectory() as folder:  # it takes no table of today's pandas, but a file
        path = Path(folder) / "events.csv"
        seconds = np.column_stack((x, y, t * 86_400))
        np.savetxt(path, seconds, delimiter=",", header="x,y,t", comments="")
        size = {"row_pixels": setting.cells, "col_pixels": setting.cells, "t_pixels": setting.days}
        reach = {"bandwidth": BANDWIDTH / 2, "bandwidth_t": setting.reach, "num_threads": THREADS}
        task = import_module("libkdv").kdv(str(path), GPS=False, KDV_type="STKDV", **size, **reach)
    compute: Callable[[], Any] = task.compute
    return compute


def _error(found: Any, setting: Setting, places: Places) -> float:
    """Return the greatest difference from the direct sum at the densest and at random voxels, over the peak."""
    x, y, t = places
    rng = np.random.default_rng(7)
    anywhere = rng.integers(0, found.size, SAMPLE // 2)
    about = rng.integers(0, setting.events, SAMPLE // 2)  # where events are: mostly dense
    column, row, day = (part[about].astype(np.int64) for part in (x / 100.0, y / 100.0, t))
    voxels = np.concatenate((anywhere, (row * setting.cells + column) * setting.days + day))
    rows, columns, days = np.unravel_index(voxels, found.shape)
    exact = [_direct(setting, places, *voxel) for voxel in zip(rows, columns, days, strict=True)]
    return float(np.abs(found[rows, columns, days] - np.array(exact)).max() / max(exact))


def _direct(setting: Setting, places: Places, row: int, column: int, day: int) -> float:
    x, y, t = places
    left = 1.0 - ((x - (column + 0.5) * 100.0) ** 2 + (y - (row + 0.5) * 100.0) ** 2) / BANDWIDTH**2
    near = left > 0
    low, high = (np.clip((edge - t[near]) / setting.reach, -1, 1) for edge in (day, day + 1))
    share = 0.75 * (high - low) - 0.25 * (high**3 - low**3)
    return float((setting.times.scale * left[near] ** 2 * share).sum())
