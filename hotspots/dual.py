"""
Dual density: crime beside what it is measured against - people, an earlier period, another type of crime.

A map of crime is mostly a map of where people are. The quotient of two densities shows where there is more crime than
that explains; where hardly anyone lives it explodes, so the denominator has a floor, and the share of the area
that rests on the floor is told.

References
----------
.. [1] Bithell, J. F. (1990). An application of density estimation to geographical epidemiology. Statistics in Medicine
   9, 691-701.
.. [2] Kelsall, J. E. & Diggle, P. J. (1995). Kernel estimation of relative risk. Bernoulli 1, 3-16.
.. [3] Levine, N. (2015). CrimeStat IV, chapter 10 (dual kernel density: ratio, log ratio, differences, sum).
"""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd
from geopandas import GeoDataFrame

from geodata import cast
from geodata.cast import BoolArray, FloatArray
from geodata.errors import InputError
from geodata.grid import Grid
from hotspots.density import kernel_density
from hotspots.forecast.history import study_of

MEASURES: Final = ("ratio", "log ratio", "difference", "sum", "relative risk", "log relative risk")
FLOOR: Final = 0.01


@dataclass(frozen=True)
class DualDensity:
    """
    Crime beside what it is measured against.

    Parameters
    ----------
    surface : the measure, indexed by cell and named after it
    crimes, reference : weight per square kilometre, indexed by cell
    floored : share of the study area where the reference is below the floor: what is said there rests on the floor
    """

    surface: pd.Series
    crimes: pd.Series
    reference: pd.Series
    floored: float


def dual_density(
    crimes: GeoDataFrame,
    reference: GeoDataFrame,
    grid: Grid,
    *,
    bandwidth: float,
    reference_bandwidth: float | None = None,
    measure: str = "ratio",
    weights: Any = None,
    reference_weights: Any = None,
    floor: float = FLOOR,
    study: BoolArray | None = None,
) -> DualDensity:
    """
    Return how dense crime is beside a reference: f the density of crime, g that of the reference, M the greatest g.

    ================== =========================================================================================
    ratio              f / max(g, floor M): crimes for each resident, for instance
    log ratio          ln of max(f, floor max f) / max(g, floor M)
    difference, sum    f - g and f + g: for a reference in the same unit
    relative risk      (f' + floor M') / (g' + floor M'), f' and g' scaled to 1 over the study area [2]_: 1 where
                       there is as much crime as the reference leads to expect, wherever both are thin too
    log relative risk  its natural logarithm
    ================== =========================================================================================

    Parameters
    ----------
    crimes, reference : points in the CRS of `grid`
        The reference may be crimes of an earlier period or of another type, dwellings, or `residents` of areas.
    grid : Grid
    bandwidth, reference_bandwidth : metres, the second by default as the first
        People counted by area need a bandwidth about as wide as an area, and then the quotient shows edges of the
        finer of the two: one bandwidth for both is safer.
    measure : a name in `MEASURES`
    weights, reference_weights : at least 0, one per row, by default 1 each
    floor : share of the greatest reference density in the study area, above 0 to 1
    study : True for each cell of the study area, by default all

    Returns
    -------
    DualDensity

    Raises
    ------
    InputError
        If `measure` is no name in `MEASURES`, the study area holds nothing of the reference (of crime, for a relative
        risk or a log ratio), or another argument breaks its rule.
    """
    if measure not in MEASURES:
        raise InputError(f"`measure` must be one of {', '.join(MEASURES)}; got {measure!r}.")
    share = cast.within(cast.above_zero(floor, "floor"), "floor", 0, 1)
    other = bandwidth if reference_bandwidth is None else reference_bandwidth
    other = cast.above_zero(other, "reference_bandwidth", "metres")
    area = study_of(study, grid)
    f = kernel_density(crimes, grid, bandwidth=bandwidth, weights=weights)
    g = kernel_density(reference, grid, bandwidth=other, weights=reference_weights)
    above, below = f.to_numpy(), g.to_numpy()
    surface = pd.Series(_measured(above, below, area, measure, share), index=grid.index, name=measure)
    least = share * float(below[area].max())
    return DualDensity(surface, f, g, float((below[area] < least).mean()))


def residents(areas: GeoDataFrame) -> GeoDataFrame:
    """
    Return one point for each area, at its centroid, with its `population`: a reference for `dual_density`.

    Inside an area it knows nothing: take a bandwidth of at least the width of an area, or smaller areas.

    Parameters
    ----------
    areas : table of areas

    Raises
    ------
    InputError
        If an area has no population.
    """
    absent = int(areas["population"].isna().sum())
    if len(areas) == 0 or absent:
        raise InputError(f"`areas` must all have a population, got {absent} of {len(areas)} without.")
    held = areas["population"].to_numpy(dtype=np.float64)
    return GeoDataFrame({"population": held}, geometry=areas.geometry.centroid.to_numpy(), crs=areas.crs)


def log_relative_risk(f: FloatArray, g: FloatArray, area: BoolArray, floor: float) -> FloatArray:
    """Return ln((f + floor max g) / (g + floor max g)), both scaled to a mean of 1 over the study area."""
    above, below = f / f[area].mean(), g / g[area].mean()
    thin = floor * below[area].max()
    risk: FloatArray = np.log((above + thin) / (below + thin))
    return risk


def _measured(f: FloatArray, g: FloatArray, area: BoolArray, measure: str, floor: float) -> FloatArray:
    surface: FloatArray
    if measure in ("difference", "sum"):
        surface = f - g if measure == "difference" else f + g
        return surface
    refuse_nothing(g, area, "reference")
    below = np.maximum(g, floor * g[area].max())
    if measure == "ratio":
        surface = f / below
        return surface
    refuse_nothing(f, area, "crimes")
    if measure == "log ratio":
        surface = np.log(np.maximum(f, floor * f[area].max()) / below)
    else:
        surface = log_relative_risk(f, g, area, floor)
    return np.exp(surface) if measure == "relative risk" else surface


def refuse_nothing(density: FloatArray, area: BoolArray, name: str) -> None:
    """Refuse a density of nothing: a quotient of it would say nothing."""
    if not density[area].any():
        raise InputError(f"`{name}` must reach the study area with some weight, got none.")
