"""
Adaptive density: narrow discs where crime is dense, wide ones where it is thin.

A fixed bandwidth that suits a town centre breaks the countryside into single crimes; one that suits the countryside
blurs the centre. Here each crime has a bandwidth of its own, by the square root of how thin crime is about it [1]_:

    h_i = h0 min(f~(x_i)^(-1/2), trim G) / G

f~ is a pilot density of fixed bandwidth, exact at every crime, and G the geometric mean of f~(x_i)^(-1/2), so that h0
is the bandwidth of a typical crime [2]_. No crime's is above trim times h0.

References
----------
.. [1] Abramson, I. S. (1982). On bandwidth variation in kernel estimates: a square root law. Annals of Statistics 10,
   1217-1223.
.. [2] Silverman, B. W. (1986). Density Estimation for Statistics and Data Analysis. Chapman and Hall, section 5.3;
   Davies, T. M., Marshall, J. C. & Hazelton, M. L. (2018). Tutorial on kernel estimation of continuous spatial and
   spatiotemporal relative risk. Statistics in Medicine 37, 1191-1221 (the trimming, as in the R package sparr).
"""

import warnings
from typing import Any, Final

import numpy as np
import pandas as pd
from geopandas import GeoDataFrame

from geodata import cast
from geodata.cast import FloatArray
from geodata.errors import InputError
from geodata.grid import SQUARE_METRES_PER_KM2, Grid
from geodata.tables import WORKING_CRS
from hotspots._kernels.adaptive import adaptive_quartic
from hotspots._kernels.neighbours import Places, places_of, quartic_at_places
from hotspots._kernels.tiles import Sheet
from hotspots.density import CoarseGridWarning, weights_of

TRIM: Final = 5.0


def adaptive_density(
    crimes: GeoDataFrame,
    grid: Grid,
    *,
    bandwidth: float,
    pilot: float | None = None,
    weights: Any = None,
    trim: float = TRIM,
) -> pd.Series:
    """
    Return the density of crime at the centre of each cell, each crime spread over a disc of its own width.

    The sum is exact, co-located crimes are summed first, and neither the order of the rows nor the number of threads
    changes a bit of it. All crimes given set the bandwidths, those outside the grid too. Where the pilot density is
    the same at every crime it is `kernel_density` at `bandwidth`.

    Parameters
    ----------
    crimes : points in the CRS of `grid`
    grid : Grid
    bandwidth : metres
        h0, the radius of the disc of a typical crime.
    pilot : metres, by default `bandwidth`
        Bandwidth of the pilot density.
    weights : at least 0, one per crime, by default 1 each
        A crime of weight 3 counts as three crimes, in the pilot too. A Series must have the index of `crimes`.
    trim : at least 1
        No disc is wider than this many times `bandwidth`.

    Returns
    -------
    density : weight per square kilometre, over the whole time covered by `crimes`
        Indexed by cell, in the order of `grid.index`. Density x cell area, summed, gives back the weights of crimes
        whose disc lies inside the grid as long as the narrowest discs reach over some cells.

    Raises
    ------
    InputError
        If `bandwidth` or `pilot` is not above 0, `trim` is below 1, `weights` is negative, missing or not one per
        crime, or `crimes` is in another CRS than `grid` or not all points.

    Warns
    -----
    CoarseGridWarning
        If over a tenth of the weight lies on discs narrower than the side of a cell: part of it is then lost.
    """
    x, y, held, base, guide, most = _cast(crimes, grid.crs, bandwidth, pilot, weights, trim)
    if x.size == 0:
        return pd.Series(np.zeros(grid.size), index=grid.index, name="density")
    places = places_of(x, y, held, guide)
    radii = _radii(places, base, guide, most)
    _warn_if_coarse(places, radii, grid)
    sheet = Sheet(grid.west, grid.south, grid.cell, grid.columns, grid.rows, float(radii.max()))
    surface = adaptive_quartic(places, radii, sheet).ravel() * SQUARE_METRES_PER_KM2
    return pd.Series(surface, index=grid.index, name="density")


def adaptive_bandwidths(
    crimes: GeoDataFrame,
    *,
    bandwidth: float,
    pilot: float | None = None,
    weights: Any = None,
    trim: float = TRIM,
    crs: str = WORKING_CRS,
) -> pd.Series:
    """
    Return the bandwidth that `adaptive_density` gives each crime.

    Parameters
    ----------
    crimes : points in `crs`
    bandwidth, pilot : metres
    weights : at least 0, one per crime, by default 1 each
    trim : at least 1
    crs : working CRS, in metres

    Returns
    -------
    bandwidth : metres, indexed like `crimes`
        NaN for a crime that weighs nothing.

    Raises
    ------
    InputError
        As for `adaptive_density`.
    """
    x, y, held, base, guide, most = _cast(crimes, crs, bandwidth, pilot, weights, trim)
    found = np.full(len(crimes), np.nan)
    if x.size:
        places = places_of(x, y, held, guide)
        table = pd.DataFrame({"x": places.x, "y": places.y, "radius": _radii(places, base, guide, most)})
        at = pd.DataFrame({"x": x - places.west, "y": y - places.south})
        found[weights_of(weights, crimes) > 0] = at.merge(table, on=["x", "y"], how="left")["radius"].to_numpy()
    return pd.Series(found, index=crimes.index, name="bandwidth")


def _cast(
    crimes: GeoDataFrame, crs: str, bandwidth: float, pilot: float | None, weights: Any, trim: float
) -> tuple[FloatArray, FloatArray, FloatArray, float, float, float]:
    """Return x, y and weight of the crimes that weigh anything, and the three parameters, checked."""
    base = cast.above_zero(bandwidth, "bandwidth", "metres")
    guide = base if pilot is None else cast.above_zero(pilot, "pilot", "metres")
    most = cast.above_zero(trim, "trim")
    if most < 1:
        raise InputError(f"`trim` must be at least 1, got {trim}: a typical crime would be cut short.")
    x, y = cast.coordinates(crimes, crs)
    held = weights_of(weights, crimes)
    counts = held > 0
    return x[counts], y[counts], held[counts], base, guide, most


def _radii(places: Places, base: float, guide: float, trim: float) -> FloatArray:
    """Return h0 min(f^-1/2, trim G) / G for each place; the unit of f cancels out."""
    thin = -0.5 * np.log(quartic_at_places(places, guide))
    # Sums less the first, or rounding of the mean would leave equal densities with unequal bandwidths.
    mean = thin[0] + float((places.weights * (thin - thin[0])).sum() / places.weights.sum())
    radii: FloatArray = base * np.minimum(np.exp(thin - mean), trim)
    return radii


def _warn_if_coarse(places: Places, radii: FloatArray, grid: Grid) -> None:
    share = float(places.weights[radii < grid.cell].sum() / places.weights.sum())
    if share > 0.1:
        warnings.warn(
            f"{100 * share:.0f} % of the weight lies on discs narrower than the side of a cell ({grid.cell:g} metres) "
            "and is partly lost between the centres of cells; take smaller cells or a greater bandwidth.",
            CoarseGridWarning,
            stacklevel=3,
        )
