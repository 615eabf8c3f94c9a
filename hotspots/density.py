"""Kernel density: how crime thickens from street to street, exact at the centre of every cell."""

import warnings
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final, Literal

import numpy as np
import pandas as pd
from geopandas import GeoDataFrame, GeoSeries

from geodata import cast
from geodata.cast import FloatArray
from geodata.errors import InputError
from geodata.grid import SQUARE_METRES_PER_KM2, Grid
from geodata.periods import Periods
from hotspots._kernels import shapes
from hotspots._kernels.gaussian import gaussian
from hotspots._kernels.scatter import scatter
from hotspots._kernels.tiles import Sheet
from hotspots.edge import EDGES, Edge, Ground, study_of

Kernel = Literal["quartic", "epanechnikov", "triangular", "uniform", "gaussian"]
SHAPES: Final[Mapping[Kernel, int]] = MappingProxyType(
    {
        "quartic": shapes.QUARTIC,
        "epanechnikov": shapes.EPANECHNIKOV,
        "triangular": shapes.TRIANGULAR,
        "uniform": shapes.UNIFORM,
        "gaussian": shapes.GAUSSIAN,
    }
)
KERNELS: Final[tuple[Kernel, ...]] = tuple(SHAPES)


class CoarseGridWarning(UserWarning):
    """The cells are too coarse for the bandwidth asked for."""


def kernel_density(
    crimes: GeoDataFrame,
    grid: Grid,
    *,
    bandwidth: float,
    kernel: Kernel = "quartic",
    weights: Any = None,
    edge: Edge | None = None,
    study: GeoDataFrame | GeoSeries | None = None,
) -> pd.Series:
    """
    Return the density of crime at the centre of each cell.

    Each crime spreads its weight w about it, and the density at a place is the sum over the crimes within reach. With
    the bandwidth b and u = d^2 / b^2, d the distance, the spread is [1]_ ::

        quartic        (3 / (pi b^2)) (1 - u)^2      u < 1
        epanechnikov   (2 / (pi b^2)) (1 - u)        u < 1
        triangular     (3 / (pi b^2)) (1 - sqrt u)   u < 1
        uniform        (1 / (pi b^2))                u < 1
        gaussian       (1 / (2 pi b^2)) exp(-u / 2)  nothing beyond 6 b, where it is 1.5e-8 of its peak

    The sum is exact: nothing is binned, and neither the order of the rows nor the number of threads changes a bit of
    it. Crimes outside the grid count where they reach into it.

    Without an edge correction, crimes beyond the border of the data are not made up for, so the density is too low
    near it. With one, only crimes in `study` count, and the density is 0 at centres outside. q(v) is the share of the
    spread of a crime at v that falls on `study`, within 0.01; a share below 0.05 counts as 0.05. "uniform" divides
    the density at u by q(u), which leaves an even density even; "diggle" divides the weight of each crime by q where
    it happened, which keeps the sum of the weights [2]_.

    Density x cell area, summed, gives back the weights of crimes well inside the grid. At a cell of a third of the
    bandwidth it is within 0.01 % for thousands of crimes by the quartic and the Gaussian kernel. The others have an
    edge or a tip that falls between the centres: `docs/method/density.md` tells how many crimes they need.

    Parameters
    ----------
    crimes : points in the CRS of `grid`
        One row per crime.
    grid : Grid
        The cells.
    bandwidth : metres
        Radius of the disc, or standard deviation of the Gaussian: the greater, the smoother the surface.
    kernel : one of `KERNELS`
    weights : at least 0, one per crime, by default 1 each
        Harm, for instance. A Series must have the index of `crimes`.
    edge : "uniform", "diggle" or None
    study : polygons in the CRS of `grid`
        The area that the crimes were drawn from, such as the force's; needed where an edge is corrected.

    Returns
    -------
    density : weight per square kilometre, over the whole time covered by `crimes`
        Indexed by cell, in the order of `grid.index`. `weekly_density` makes it a rate.

    Raises
    ------
    InputError
        If `bandwidth` is not above 0, `kernel` or `edge` is not known, `weights` is negative, missing or not one per
        crime, `crimes` or `study` is in another CRS than `grid`, not all points or polygons, or `study` is missing.

    Warns
    -----
    CoarseGridWarning
        If `bandwidth` is below the side of a cell: crimes then fall between the centres and are lost.

    References
    ----------
    .. [1] Silverman, B. W. (1986). Density Estimation for Statistics and Data Analysis. Chapman and Hall,
       equation 4.5 (the kernel K2) and section 4.2.1.
    .. [2] Diggle, P. J. (1985). A kernel method for smoothing point process data. Applied Statistics 34(2), 138-147.
    """
    bandwidth = cast.above_zero(bandwidth, "bandwidth", "metres")
    one_of(kernel, KERNELS, "kernel")
    if edge is not None:
        one_of(edge, EDGES, "edge")
    warn_if_coarse(grid, bandwidth)
    x, y = cast.coordinates(crimes, grid.crs)
    values = weights_of(weights, crimes)
    if edge is None:
        surface = density_at_centres(x, y, values, grid, bandwidth, kernel=kernel)
    else:
        surface = _corrected(x, y, values, grid, study_of(study, grid), bandwidth, kernel, edge)
    return pd.Series(surface, index=grid.index, name="density")


def weekly_density(density: pd.Series, periods: Periods) -> pd.Series:
    """
    Return the density per week.

    Parameters
    ----------
    density : weight per square kilometre
        Of crimes within `periods`.
    periods : Periods
        All the time that the crimes cover, quiet periods included.

    Returns
    -------
    density : weight per square kilometre and week
        Indexed like `density`.
    """
    return density / float(periods.weeks.sum())


def density_at_centres(
    x: FloatArray, y: FloatArray, weights: FloatArray, grid: Grid, bandwidth: float, *, kernel: Kernel = "quartic"
) -> FloatArray:
    """Return the density per square kilometre of points in metres, one number per cell of `grid`."""
    sheet = Sheet(grid.west, grid.south, grid.cell, grid.columns, grid.rows, reach_of(bandwidth, kernel))
    if kernel == "gaussian":
        return gaussian(x, y, weights, sheet, scale=SQUARE_METRES_PER_KM2).ravel()
    return scatter(x, y, weights, sheet, shape=SHAPES[kernel], scale=SQUARE_METRES_PER_KM2).ravel()


def _corrected(
    x: FloatArray,
    y: FloatArray,
    weights: FloatArray,
    grid: Grid,
    study: GeoSeries,
    bandwidth: float,
    kernel: Kernel,
    edge: Edge,
) -> FloatArray:
    reach, shape = reach_of(bandwidth, kernel), SHAPES[kernel]
    ground = Ground.of(study, grid.cell, reach)
    inside = ground.holds(x, y)
    x, y, weights = x[inside], y[inside], weights[inside]
    if edge == "diggle":
        weights = weights / ground.shares(x, y, reach, shape)
    surface = density_at_centres(x, y, weights, grid, bandwidth, kernel=kernel)
    east, north = grid.centres()
    held = ground.holds(east, north)
    if edge == "uniform":
        surface[held] /= ground.shares(east[held], north[held], reach, shape)
    return np.where(held, surface, 0.0)


def reach_of(bandwidth: float, kernel: Kernel) -> float:
    """Return how far a crime reaches, in metres."""
    return bandwidth * shapes.DEVIATIONS if kernel == "gaussian" else bandwidth


def one_of(value: Any, names: tuple[str, ...], name: str) -> None:
    """Refuse what is none of the names."""
    if value not in names:
        raise InputError(f"`{name}` must be one of {', '.join(names)}, got {value}.")


def weights_of(weights: Any, crimes: pd.DataFrame, name: str = "weights") -> FloatArray:
    """Return the weights in the order of `crimes`; a Series must be indexed like it, or rows would be mixed up."""
    if isinstance(weights, pd.Series) and not weights.index.equals(crimes.index):
        raise InputError(f"`{name}` must have the index of the crimes, got a Series with another one.")
    return cast.weights(weights, len(crimes), name)


def warn_if_coarse(grid: Grid, bandwidth: float) -> None:
    """Warn where a crime can lie further than the bandwidth from the centre of every cell."""
    if bandwidth < grid.cell:
        warnings.warn(
            f"The bandwidth ({bandwidth:g} metres) is below the side of a cell ({grid.cell:g} metres): crimes between "
            "the centres of cells add too little to the surface or nothing; take smaller cells or a greater bandwidth.",
            CoarseGridWarning,
            stacklevel=3,
        )
