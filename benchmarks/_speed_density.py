"""Kernel density of clustered points on a 50 km square: ours, exact, beside binned and exact peers."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from importlib.util import find_spec
from typing import Any, Final

import geopandas as gpd
import numba
import numpy as np
from shapely import Polygon

from benchmarks import _density_peers as peers
from benchmarks._record import OURS, Measured, Row, best, measure
from geodata.cast import FloatArray, IntArray
from geodata.grid import Grid
from geodata.tables import WORKING_CRS
from hotspots.adaptive import adaptive_density
from hotspots.density import KERNELS, density_at_centres, kernel_density
from hotspots.dual import dual_density
from hotspots.edge import EDGES

SIDE: Final = 50_000.0  # metres
BANDWIDTH: Final = 300.0  # metres
MAP_POINTS: Final = 100_000
SAMPLE: Final = 200  # cells at which errors are measured
SIZES: Final = tuple((size, cell) for cell in (100.0, 25.0) for size in (10_000, 100_000, 1_000_000, 5_000_000))
TASKS: Final = {
    "_subjects": "kernel density",
    "_choices": "kernels and edges",
    "_kinds": "fixed, adaptive and dual density",
}
THREADS: Final = numba.get_num_threads()
SLOW: Final = 2.0  # seconds: what takes longer runs once
LARGEST_FOR_EXACT_PEERS: Final = 100_000  # scikit-learn takes minutes beyond


@dataclass(frozen=True)
class Setting:
    """Points in a square, the grid over it, and the sample of cells whose exact density is known."""

    x: FloatArray
    y: FloatArray
    cell: float
    points: str

    @property
    def grid(self) -> Grid:
        """The cells over the square."""
        return Grid(0.0, 0.0, self.cell, round(SIDE / self.cell), round(SIDE / self.cell), WORKING_CRS)

    @property
    def parameters(self) -> dict[str, Any]:
        """What all subjects are given."""
        held = (3 * self.x.size + self.grid.size) * 8 / 2**20
        sizes = {"n": self.x.size, "cell_m": self.cell, "bandwidth_m": BANDWIDTH, "points": self.points}
        return {**sizes, "inputs_and_output_mib": round(held)}

    @property
    def bandwidth(self) -> float:
        """The radius of the disc in metres."""
        return BANDWIDTH


@dataclass(frozen=True)
class Subject:
    """One way to the surface: its kernel, None for no density, and how often it would do this much for all cells."""

    name: str
    call: Callable[[], Any]
    shape: str | None
    threads: int = 1
    times: float = 1.0


def rows(quick: bool, rounds: int) -> Iterator[Row]:
    """Yield a row for each subject at each size."""
    for size, cell in SIZES[1:2] if quick else SIZES:
        yield from _rows(Setting(*clustered(size), cell, "clustered"), _subjects, rounds)
    if not quick:
        for cell in (100.0, 25.0):
            yield from _rows(Setting(*on_map_points(1_000_000), cell, "on map points"), _subjects, rounds)
            yield from _rows(Setting(*clustered(1_000_000), cell, "clustered"), _kinds, rounds)
        yield from _rows(Setting(*clustered(1_000_000), 100.0, "clustered"), _choices, rounds)


def clustered(size: int) -> tuple[FloatArray, FloatArray]:
    """Return points in 200 clusters of unlike width, a fifth of them anywhere."""
    rng = np.random.default_rng(1)
    middle, width = rng.uniform(0.1 * SIDE, 0.9 * SIDE, (200, 2)), rng.uniform(200, 2500, 200)
    which = rng.integers(0, 200, size)
    points = middle[which] + rng.normal(size=(size, 2)) * width[which][:, None]
    anywhere = rng.random(size) < 0.2
    points[anywhere] = rng.uniform(0, SIDE, (anywhere.sum(), 2))
    points = np.clip(points, 0, SIDE - 0.001)
    return points[:, 0].copy(), points[:, 1].copy()


def on_map_points(size: int) -> tuple[FloatArray, FloatArray]:
    """Return points that share 100,000 places, as published map points do."""
    x, y = clustered(MAP_POINTS)
    which = np.random.default_rng(2).integers(0, MAP_POINTS, size)
    return x[which], y[which]


def _rows(setting: Setting, subjects_of: Callable[[Setting], Iterator[Subject]], rounds: int) -> Iterator[Row]:
    subjects = list(subjects_of(setting))
    exact = {shape: _exact(setting, shape) for shape in {subject.shape: None for subject in subjects} if shape}
    for subject, measured in zip(subjects, _measured(subjects, rounds), strict=True):
        error = None if subject.shape is None else _error(measured.result, *exact[subject.shape])
        taken = (measured.seconds * subject.times, measured.cpu_seconds * subject.times, measured.peak_mib)
        yield Row(TASKS[subjects_of.__name__], setting.parameters, subject.name, *taken, error, subject.threads)


def _measured(subjects: list[Subject], rounds: int) -> list[Measured]:
    """Return the best of the rounds of each subject, all in turn; slow ones run once."""
    found = [measure(subject.call) for subject in subjects]
    for _ in range(rounds):
        for at, subject in enumerate(subjects):
            if found[at].seconds < SLOW and not subject.name.endswith("first call"):
                found[at] = best(found[at], measure(subject.call))
    return found


def _subjects(setting: Setting) -> Iterator[Subject]:
    x, y, grid = setting.x, setting.y, setting.grid
    weights = np.ones(x.size)
    yield Subject(f"{OURS}, first call", lambda: density_at_centres(x, y, weights, grid, BANDWIDTH), "quartic")
    for threads in _thread_counts():
        exact = _on(threads, partial(density_at_centres, x, y, weights, grid, BANDWIDTH))
        yield Subject(f"{OURS}, exact quartic", exact, "quartic", threads)
    crimes = gpd.GeoSeries(gpd.points_from_xy(x, y), crs=WORKING_CRS) if x.size <= 1_000_000 else None
    if crimes is not None:
        table = gpd.GeoDataFrame(geometry=crimes)
        call = _on(THREADS, partial(kernel_density, table, grid, bandwidth=BANDWIDTH))
        yield Subject(f"{OURS}, from a table of crimes", call, "quartic", THREADS)
    yield Subject("numpy bincount, the floor: only bins", lambda: np.bincount(grid.cell_of(x, y)), None)
    yield Subject("scipy, binned and FFT convolution", lambda: peers.binned(setting), "quartic")
    if find_spec("cv2"):
        yield Subject("OpenCV, binned and filter2D", lambda: peers.opencv(setting), "quartic", THREADS)
    yield Subject("KDEpy FFTKDE biweight", lambda: peers.kdepy(setting), "quartic")
    if find_spec("libkdv") and setting.cell >= 100 and x.size <= 1_000_000:
        yield Subject("libkdv KDV Epanechnikov", lambda: peers.libkdv(setting, THREADS), None, THREADS)
    yield from _slow_peers(setting)


def _slow_peers(setting: Setting) -> Iterator[Subject]:
    """Yield the exact peers; where they would take minutes they are asked at some cells, and told for all."""
    times = setting.grid.size / peers.FEW
    if setting.x.size <= LARGEST_FOR_EXACT_PEERS and setting.cell >= 100:
        yield Subject("scikit-learn KernelDensity Epanechnikov", lambda: peers.sklearn(setting), "epanechnikov")
    elif setting.x.size <= 1_000_000:
        name = f"scikit-learn KernelDensity, told from {peers.FEW:,} cells"
        yield Subject(name, peers.sklearn_at_some(setting), None, times=times)
    if setting.x.size <= 1_000_000:
        name = f"scipy gaussian_kde, told from {peers.FEW:,} cells"
        yield Subject(name, lambda: peers.scipy_at_some(setting), None, times=times)


def _choices(setting: Setting) -> Iterator[Subject]:
    """Every kernel, then the quartic with its edge corrected against a square with a bay."""
    crimes = gpd.GeoDataFrame(geometry=gpd.points_from_xy(setting.x, setting.y), crs=WORKING_CRS)
    corners = [(0, 0), (SIDE, 0), (SIDE, SIDE), (0.5 * SIDE, 0.6 * SIDE), (0, SIDE)]
    study = gpd.GeoSeries([Polygon(corners)], crs=WORKING_CRS)
    for kernel in KERNELS:
        call = partial(kernel_density, crimes, setting.grid, bandwidth=BANDWIDTH, kernel=kernel)
        yield Subject(f"{OURS}, {kernel}", call, kernel, THREADS)
    for edge in EDGES:
        call = partial(kernel_density, crimes, setting.grid, bandwidth=BANDWIDTH, edge=edge, study=study)
        yield Subject(f"{OURS}, quartic, {edge} edge", call, None, THREADS)


def _kinds(setting: Setting) -> Iterator[Subject]:
    """Density of one bandwidth, then of one that follows the density itself, then of crimes beside half as many."""
    crimes, other = (
        gpd.GeoDataFrame(geometry=gpd.points_from_xy(*places), crs=WORKING_CRS)
        for places in ((setting.x, setting.y), clustered(setting.x.size // 2))
    )
    grid = setting.grid
    kinds: dict[str, Callable[[], Any]] = {
        "fixed": partial(kernel_density, crimes, grid, bandwidth=BANDWIDTH),
        "adaptive": partial(adaptive_density, crimes, grid, bandwidth=BANDWIDTH),
        "dual": partial(dual_density, crimes, other, grid, bandwidth=BANDWIDTH),
    }
    yield Subject(f"{OURS}, adaptive, first call", kinds["adaptive"], None, THREADS)
    for threads in _thread_counts():
        for kind, call in kinds.items():
            yield Subject(f"{OURS}, {kind}", _on(threads, call), None, threads)


def _thread_counts() -> tuple[int, ...]:
    return (1, 2) if THREADS > 1 else (1,)


def _on(threads: int, work: Callable[[], Any]) -> Callable[[], Any]:
    def call() -> Any:
        numba.set_num_threads(threads)
        return work()

    return call


def _exact(setting: Setting, shape: str) -> tuple[IntArray, FloatArray]:
    """Return a sample of cells, half of them those with most points, and the direct sum at their centres."""
    counts = np.bincount(setting.grid.cell_of(setting.x, setting.y), minlength=setting.grid.size)
    fullest = np.argsort(-counts, kind="stable")[: SAMPLE // 2]
    anywhere = np.random.default_rng(3).integers(0, setting.grid.size, SAMPLE // 2)
    cells = np.concatenate((fullest, anywhere))
    centres = zip(*setting.grid.centres(cells), strict=True)
    sums = [peers.spread((setting.x - cx) ** 2 + (setting.y - cy) ** 2, shape, BANDWIDTH).sum() for cx, cy in centres]
    return cells, np.array(sums)


def _error(found: Any, cells: IntArray, exact: FloatArray) -> float:
    """Return the greatest difference over the peak, each scaled to its sum: peers differ in their units."""
    sample = np.asarray(found)[cells]
    return float(np.abs(sample / sample.sum() - exact / exact.sum()).max() / (exact / exact.sum()).max())
