"""What the density is measured beside: binned peers, exact ones, and the sums that errors are told from."""

from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from scipy.signal import fftconvolve

from geodata.cast import FloatArray, IntArray

if TYPE_CHECKING:
    from benchmarks._speed_density import Setting

FEW: Final = 500  # cells at which the slowest peers are asked


def binned(setting: "Setting") -> FloatArray:
    """Counts in cells, convolved with the quartic by FFT."""
    grid = setting.grid
    counts = np.bincount(grid.cell_of(setting.x, setting.y), minlength=grid.size).reshape(grid.rows, grid.columns)
    reach = int(setting.bandwidth // grid.cell)
    away = np.arange(-reach, reach + 1) * grid.cell
    kernel = spread(away[:, None] ** 2 + away[None, :] ** 2, "quartic", setting.bandwidth)
    return np.asarray(fftconvolve(counts, kernel, mode="same")).ravel()


def opencv(setting: "Setting") -> FloatArray:
    """Counts in cells, filtered with the quartic."""
    cv2 = import_module("cv2")
    grid = setting.grid
    counts = np.bincount(grid.cell_of(setting.x, setting.y), minlength=grid.size).reshape(grid.rows, grid.columns)
    reach = int(setting.bandwidth // grid.cell)
    away = np.arange(-reach, reach + 1) * grid.cell
    kernel = spread(away[:, None] ** 2 + away[None, :] ** 2, "quartic", setting.bandwidth)
    found = cv2.filter2D(counts.astype(np.float64), cv2.CV_64F, kernel, borderType=cv2.BORDER_CONSTANT)
    return np.asarray(found).ravel()


def kdepy(setting: "Setting") -> FloatArray:
    """Its grid's nodes at the centres of the cells."""
    from KDEpy import FFTKDE

    # Its grid must reach beyond the points: one more row and column of nodes all round, cut off again.
    nodes = (np.arange(-1, setting.grid.columns + 1) + 0.5) * setting.cell
    mesh = np.stack(np.meshgrid(nodes, nodes, indexing="ij"), axis=-1).reshape(-1, 2)
    fitted = FFTKDE(kernel="biweight", norm=2, bw=setting.bandwidth / np.sqrt(7.0)).fit(
        np.column_stack((setting.x, setting.y))
    )
    surface = np.asarray(fitted.evaluate(mesh)).reshape(nodes.size, nodes.size)[1:-1, 1:-1]
    return surface.T.ravel() * setting.x.size


def sklearn(setting: "Setting") -> FloatArray:
    """A tree of the points, asked at every centre."""
    from sklearn.neighbors import KernelDensity

    fitted = KernelDensity(bandwidth=setting.bandwidth, kernel="epanechnikov").fit(
        np.column_stack((setting.x, setting.y))
    )
    with np.errstate(divide="ignore"):
        return np.asarray(np.exp(fitted.score_samples(np.column_stack(setting.grid.centres())))) * setting.x.size


def libkdv(setting: "Setting", threads: int) -> Any:
    """The sweep line in C++."""
    from libkdv import kdv

    # It doubles the bandwidth, spans its nodes over the points and scales its maximum to 1: timed, not compared.
    points, size = np.column_stack((setting.x, setting.y)), setting.grid.columns
    task = kdv(
        points, GPS=False, row_pixels=size, col_pixels=size, bandwidth=setting.bandwidth / 2, num_threads=threads
    )
    return task.compute()


def sklearn_at_some(setting: "Setting") -> Callable[[], FloatArray]:
    """A tree of the points, there already, asked at every so-manieth centre."""
    from sklearn.neighbors import KernelDensity

    fitted = KernelDensity(bandwidth=setting.bandwidth, kernel="epanechnikov")
    fitted.fit(np.column_stack((setting.x, setting.y)))
    places = np.column_stack(setting.grid.centres(some_cells(setting)))
    return lambda: np.asarray(fitted.score_samples(places))


def scipy_at_some(setting: "Setting") -> FloatArray:
    """The sum over all points at so many centres, by a Gaussian of about the same width."""
    from scipy.stats import gaussian_kde

    points = np.vstack((setting.x, setting.y))
    fitted = gaussian_kde(points, bw_method=setting.bandwidth / np.sqrt(7.0) / points.std())
    return np.asarray(fitted(np.vstack(setting.grid.centres(some_cells(setting)))))


def some_cells(setting: "Setting") -> IntArray:
    """Return `FEW` cells, spread evenly over the grid."""
    return np.linspace(0, setting.grid.size - 1, FEW).astype(np.int64)


def spread(squared: FloatArray, shape: str, bandwidth: float) -> FloatArray:
    """Return the density per square metre at squared metres from one point."""
    u = squared / bandwidth**2
    left = np.maximum(1.0 - u, 0.0)
    spreads = {
        "quartic": lambda: 3.0 * left**2,
        "epanechnikov": lambda: 2.0 * left,
        "triangular": lambda: 3.0 * np.maximum(1.0 - np.sqrt(u), 0.0),
        "uniform": lambda: (u < 1.0).astype(np.float64),
        "gaussian": lambda: 0.5 * np.exp(-0.5 * u),
    }
    return np.asarray(spreads[shape]() / (np.pi * bandwidth**2))
