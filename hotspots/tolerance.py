"""
Where crime is denser than its reference beyond chance: p surfaces of the relative risk and contours of them.

Two ways to the same question. By relabelling: crimes and reference are put together, as many as there were crimes
are drawn at random and called crimes, and the map is made again [1]_. By the normal approximation [2]_: where nothing
is going on, the log relative risk has a variance of about

    R(K) / b^2 (1 / n1 + 1 / n2) p / (p + d)^2,    R(K) = 9 / (5 pi) for the quartic kernel

p being the density of both together, scaled to 1, and d the floor on the denominator. The approximation takes one map
in place of two hundred, and holds where some ten events or more lie within a bandwidth.

Both take events for independent of each other. Repeat and near-repeat crimes are not, and crimes moved to one
map point are not either: a p of 0.01 is then less rare than it sounds. A p is for one place; over a whole map some
cells are below 0.05 by chance, so `q` tells at which false discovery rate a place would be called.

References
----------
.. [1] Kelsall, J. E. & Diggle, P. J. (1995). Kernel estimation of relative risk. Bernoulli 1, 3-16.
.. [2] Hazelton, M. L. & Davies, T. M. (2009). Inference based on kernel estimates of the relative risk function in
   geographical epidemiology. Biometrical Journal 51, 98-109; with the variance of ln((f + d) / (g + d)) by the delta
   method.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd
import shapely
from geopandas import GeoDataFrame
from scipy.special import ndtr

from geodata import cast
from geodata.cast import BoolArray, FloatArray
from geodata.errors import InputError
from geodata.grid import Grid
from hotspots._labelled import Labelled, contrast, density, labelled, relative_risk, thin_reference
from hotspots.dual import FLOOR
from hotspots.significance import benjamini_hochberg, pseudo_p

QUARTIC_ROUGHNESS: Final = 9.0 / (5.0 * np.pi)  # integral of the squared kernel of radius 1
LEVELS: Final = (0.05, 0.01)


@dataclass(frozen=True)
class Tolerance:
    """
    How far the relative risk is beyond chance, cell by cell.

    Parameters
    ----------
    log_risk : log relative risk, indexed by cell
    higher, lower : one-sided p of a risk so high, and so low; NaN outside the study area and where nothing reaches
    q_higher, q_lower : false discovery rate at which the cell would be called, over all cells with a p
    method : "relabelling" or "normal approximation"
    """

    log_risk: pd.Series
    higher: pd.Series
    lower: pd.Series
    q_higher: pd.Series
    q_lower: pd.Series
    method: str


def relabelled(
    crimes: GeoDataFrame,
    reference: GeoDataFrame,
    grid: Grid,
    *,
    bandwidth: float,
    permutations: int = 199,
    floor: float = FLOOR,
    seed: int = 0,
    study: BoolArray | None = None,
) -> Tolerance:
    """
    Return how rare so high, and so low, a relative risk is when crimes and reference swap labels at random.

    Parameters
    ----------
    crimes, reference : points in the CRS of `grid`, one per event
        Events, not weights: people counted by area cannot swap places with crimes.
    grid : Grid
    bandwidth : metres, of both densities
    permutations : number of random labellings, at least 1; p is never below 1 / (1 + permutations)
    floor : share of the greatest reference density, above 0 to 1
    seed : the same seed gives the same p, whatever the order of the rows and the number of threads
    study : True for each cell of the study area, by default all

    Returns
    -------
    Tolerance

    Raises
    ------
    InputError
        If crimes or reference do not reach the study area, or an argument breaks its rule.
    """
    rounds = cast.whole(permutations, "permutations", 1)
    start = cast.whole(seed, "seed")
    events = labelled(crimes, reference, grid, bandwidth, floor, study)
    found, reached = relative_risk(events, events.is_crime)
    thin = thin_reference(events)
    seen = contrast(events, events.is_crime, thin)
    room = 1e-9 * (1.0 + np.abs(seen))  # equal risks differ by rounding
    higher, lower = np.zeros(grid.size, dtype=np.int64), np.zeros(grid.size, dtype=np.int64)
    for number in range(rounds):
        drawn = contrast(events, np.random.default_rng([start, number]).permutation(events.is_crime), thin)
        higher += drawn >= seen - room
        lower += drawn <= seen + room
    return _tolerance(found, pseudo_p(higher, rounds), pseudo_p(lower, rounds), reached, grid, "relabelling")


def approximated(
    crimes: GeoDataFrame,
    reference: GeoDataFrame,
    grid: Grid,
    *,
    bandwidth: float,
    floor: float = FLOOR,
    study: BoolArray | None = None,
) -> Tolerance:
    """
    Return how rare so high, and so low, a relative risk is by the normal approximation.

    Parameters
    ----------
    crimes, reference : points in the CRS of `grid`, one per event
    grid : Grid
    bandwidth : metres, of both densities
    floor : share of the greatest reference density, above 0 to 1
    study : True for each cell of the study area, by default all

    Returns
    -------
    Tolerance

    Raises
    ------
    InputError
        If crimes or reference do not reach the study area, or an argument breaks its rule.
    """
    events = labelled(crimes, reference, grid, bandwidth, floor, study)
    found, reached = relative_risk(events, events.is_crime)
    deviation = _deviation(events)
    z = np.divide(found, deviation, out=np.zeros_like(found), where=reached)
    return _tolerance(found, ndtr(-z), ndtr(z), reached, grid, "normal approximation")


def tolerance_contours(
    tolerance: Tolerance, grid: Grid, *, levels: Sequence[float] = LEVELS, by: str = "p"
) -> GeoDataFrame:
    """
    Return the outlines of the cells whose relative risk is beyond chance.

    Parameters
    ----------
    tolerance : Tolerance
    grid : the grid that it was made on
    levels : of p (or q), each above 0 to 0.5
    by : "p", for each cell by itself, or "q", with the false discovery rate held over the whole map

    Returns
    -------
    contours : one row per side and level that any cell reaches
        side ("higher" or "lower"), level, cells (number of cells), area_m2, geometry (edges of cells).

    Raises
    ------
    InputError
        If a level lies outside its bounds or `by` is neither "p" nor "q".
    """
    if by not in ("p", "q"):
        raise InputError(f'`by` must be "p" or "q", got {by!r}.')
    sides = {"higher": tolerance.higher, "lower": tolerance.lower}
    if by == "q":
        sides = {"higher": tolerance.q_higher, "lower": tolerance.q_lower}
    rows = []
    for side, surface in sides.items():
        for level in levels:
            limit = cast.within(cast.above_zero(level, "levels"), "levels", 0, 0.5)
            cells = np.flatnonzero(surface.to_numpy() <= limit)
            if cells.size:
                shape = shapely.normalize(shapely.simplify(shapely.union_all(grid.polygons(cells).to_numpy()), 0.0))
                rows.append((side, limit, cells.size, cells.size * grid.cell_area, shape))
    names = ["side", "level", "cells", "area_m2", "geometry"]
    return GeoDataFrame(pd.DataFrame(rows, columns=names), geometry="geometry", crs=grid.crs)


def _deviation(events: Labelled) -> FloatArray:
    """Return the standard deviation of the log relative risk where both densities are one."""
    cells = events.grid.cell_area
    every, below = density(events, np.ones_like(events.is_crime)), density(events, ~events.is_crime)[events.area]
    together = every / (every[events.area].sum() * cells)
    thin = events.floor * below.max() / (below.sum() * cells)
    first, second = int(events.is_crime.sum()), int((~events.is_crime).sum())
    spread = QUARTIC_ROUGHNESS / events.bandwidth**2 * (1.0 / first + 1.0 / second)
    deviation: FloatArray = np.sqrt(spread * together) / (together + thin)
    return deviation


def _tolerance(
    risk: FloatArray, higher: FloatArray, lower: FloatArray, reached: BoolArray, grid: Grid, method: str
) -> Tolerance:
    def series(values: FloatArray, name: str) -> pd.Series:
        return pd.Series(np.where(reached, values, np.nan), index=grid.index, name=name)

    def rates(p: FloatArray) -> FloatArray:
        q = np.ones(grid.size)
        q[reached] = benjamini_hochberg(p[reached])
        return q

    return Tolerance(
        pd.Series(risk, index=grid.index, name="log relative risk"),
        series(higher, "p higher"),
        series(lower, "p lower"),
        series(rates(higher), "q higher"),
        series(rates(lower), "q lower"),
        method,
    )
