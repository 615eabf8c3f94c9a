"""Kernel density: how crime thickens from street to street, exact at the centre of every cell."""

import warnings
from typing import Any, Final

import pandas as pd
from geopandas import GeoDataFrame

from geodata import cast
from geodata.cast import FloatArray
from geodata.errors import InputError
from geodata.grid import Grid
from hotspots._kernels.quartic import quartic
from hotspots._kernels.tiles import Sheet

SQUARE_METRES_PER_KM2: Final = 1_000_000.0


class CoarseGridWarning(UserWarning):
    """The cells are too coarse for the bandwidth asked for."""


def kernel_density(crimes: GeoDataFrame, grid: Grid, *, bandwidth: float, weights: Any = None) -> pd.Series:
    """
    Return the density of crime at the centre of each cell, by the quartic kernel.

    Each crime spreads its weight w over the disc of radius b about it as (3 / (pi b^2)) (1 - d^2 / b^2)^2, and the
    density at a place is the sum over the crimes nearer than b [1]_. The sum is exact: nothing is binned or cut
    off, co-located crimes are summed first, and neither the order of the rows nor the number of threads changes a
    bit of it. Crimes outside the grid count where their disc reaches into it. Crimes beyond the edge of the data are
    not made up for, so the density is too low within a bandwidth of that edge.

    Density x cell area, summed, gives back the weights of crimes a bandwidth or more inside the grid: within 0.01 %
    at a cell of a third of the bandwidth for some thousands of crimes; for a single crime within 0.6 %, by where in
    its cell it lies.

    Parameters
    ----------
    crimes : points in the CRS of `grid`
        One row per crime.
    grid : Grid
        The cells.
    bandwidth : metres
        Radius of the disc: the greater, the smoother the surface and the wider the hot spots.
    weights : at least 0, one per crime, by default 1 each
        Harm, for instance. A Series must have the index of `crimes`.

    Returns
    -------
    density : weight per square kilometre, over the whole time covered by `crimes`
        Indexed by cell, in the order of `grid.index`.

    Raises
    ------
    InputError
        If `bandwidth` is not above 0, `weights` is negative, missing or not one per crime, or `crimes` is in
        another CRS than `grid` or not all points.

    Warns
    -----
    CoarseGridWarning
        If `bandwidth` is below the side of a cell: crimes then fall between the centres and are lost.

    References
    ----------
    .. [1] Silverman, B. W. (1986). Density Estimation for Statistics and Data Analysis. Chapman and Hall,
       equation 4.5 (the kernel K2).
    """
    bandwidth = cast.above_zero(bandwidth, "bandwidth", "metres")
    warn_if_coarse(grid, bandwidth)
    x, y = cast.coordinates(crimes, grid.crs)
    values = density_at_centres(x, y, weights_of(weights, crimes), grid, bandwidth)
    return pd.Series(values, index=grid.index, name="density")


def density_at_centres(x: FloatArray, y: FloatArray, weights: FloatArray, grid: Grid, bandwidth: float) -> FloatArray:
    """Return the density per square kilometre of points in metres, one number per cell of `grid`."""
    sheet = Sheet(grid.west, grid.south, grid.cell, grid.columns, grid.rows, bandwidth)
    surface = quartic(x, y, weights, sheet).ravel()
    surface *= SQUARE_METRES_PER_KM2
    return surface


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
