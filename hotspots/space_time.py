"""Density in space and time at once: where crime thickens, and when, without cutting it into periods first."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

import numpy as np
import pandas as pd
from geopandas import GeoDataFrame

from geodata import cast
from geodata.cast import FloatArray
from geodata.errors import InputError
from geodata.grid import SQUARE_METRES_PER_KM2, Grid
from geodata.tables import TIME_ZONE
from hotspots._kernels.space_time import space_time
from hotspots._kernels.space_time_events import Times
from hotspots._kernels.tiles import Sheet
from hotspots.density import warn_if_coarse, weights_of

MOST_VOXELS: Final = 500_000_000  # 2 GB
DAYS_A_WEEK: Final = 7.0
LEAST_DAYS_BY_MONTH: Final = 31.0

# What part of a kernel's mass lies before u, -1 to 1: 1/2 + a u + b u^3 + c u^5. The kernels themselves are
# (3/4) (1 - u^2) and (15/16) (1 - u^2)^2 (Silverman 1986, table 3.1).
TIME_KERNELS: Final[Mapping[str, tuple[float, float, float]]] = MappingProxyType(
    {"Epanechnikov": (3 / 4, -1 / 4, 0.0), "quartic": (15 / 16, -5 / 8, 3 / 16)}
)


def space_time_density(
    crimes: GeoDataFrame,
    grid: Grid,
    edges: pd.DatetimeIndex,
    *,
    bandwidth: float,
    days: float,
    time_kernel: str = "Epanechnikov",
    weights: Any = None,
) -> pd.DataFrame:
    """
    Return the density of crime at the centre of each cell, the mean of each slice of time.

    Each crime spreads its weight over a disc by the quartic kernel, as `kernel_density` does, and at the same time over
    the days before and after it by another kernel; the density is the sum of the products [1]_ [2]_. In time it is the
    exact mean over the slice, not a value at its middle: slices may be of any and of unequal lengths (months), and none
    of the mass of crimes `days` or more inside the first and last edge is lost. Time runs on the clock on the wall, so
    that every day has 24 hours. A crime known between two moments stands at the middle of them.

    Neither the order of the rows nor the number of threads changes a bit of it. Sums are taken in float64 and
    written as float32, seven digits. Memory: 4 bytes a voxel for the result and some 100 bytes a crime on the way.

    The kernel in time looks ahead as much as back: this describes what was, it is no forecast. Beyond the ends of the
    data nothing is made up for, so the density is too low within `days` of them.

    Parameters
    ----------
    crimes : table of crimes, points in the CRS of `grid`
    grid : Grid
    edges : DatetimeIndex, ascending, one more than there are slices
        `Periods.edges`, or days. Without a time zone they are taken as Europe/London.
    bandwidth : metres
        Radius of the disc.
    days : days
        How far a crime reaches before and after it.
    time_kernel : "Epanechnikov" or "quartic"
    weights : at least 0, one per crime, by default 1 each

    Returns
    -------
    density : weight per square kilometre and week
        Cells in the order of `grid.index` x slices, named by the first moment of each.

    Raises
    ------
    InputError
        If a bandwidth is not above 0, crimes known by month only meet `days` below 31, edges do not ascend, the voxels
        would be over 500 million, or crimes or weights break the rules of `kernel_density`.

    Warns
    -----
    CoarseGridWarning
        If `bandwidth` is below the side of a cell.

    References
    ----------
    .. [1] Brunsdon, C., Corcoran, J. & Higgs, G. (2007). Visualising space and time in crime patterns: a comparison of
       methods. Computers, Environment and Urban Systems 31(1), 52-75, equation 4.
    .. [2] Nakaya, T. & Yano, K. (2010). Visualising crime clusters in a space-time cube. Transactions in GIS 14(3),
       223-239.
    """
    bandwidth = cast.above_zero(bandwidth, "bandwidth", "metres")
    reach = cast.above_zero(days, "days", "days")
    if time_kernel not in TIME_KERNELS:
        raise InputError(f"`time_kernel` must be one of {', '.join(TIME_KERNELS)}, got {time_kernel!r}.")
    moments = _clock(edges)
    _refuse_too_many(grid, len(moments) - 1)
    _refuse_months(crimes, reach)
    warn_if_coarse(grid, bandwidth)
    x, y = cast.coordinates(crimes, grid.crs)
    sheet = Sheet(grid.west, grid.south, grid.cell, grid.columns, grid.rows, bandwidth)
    t = _days_since(_middles(crimes), moments[0])
    voxels = space_time(x, y, t, weights_of(weights, crimes), sheet, _times(moments, reach, time_kernel, bandwidth))
    slices = pd.Index(edges[:-1], name="slice")
    return pd.DataFrame(voxels.reshape(grid.size, -1), index=grid.index, columns=slices, copy=False)


def _clock(edges: pd.DatetimeIndex) -> pd.DatetimeIndex:
    """Return the edges as the clock on the wall showed them."""
    if not isinstance(edges, pd.DatetimeIndex) or len(edges) < 2:
        raise InputError("`edges` must be a DatetimeIndex of at least 2 moments.")
    local = edges.tz_convert(TIME_ZONE).tz_localize(None) if edges.tz is not None else edges
    if local.hasnans or not (local.is_monotonic_increasing and local.is_unique):
        raise InputError("`edges` must ascend, each moment after the one before; they do not.")
    return local


def _times(moments: pd.DatetimeIndex, reach: float, kernel: str, bandwidth: float) -> Times:
    edges = _days_since(moments, moments[0])
    peak = 3.0 / (np.pi * bandwidth * bandwidth)
    scale = peak * SQUARE_METRES_PER_KM2 * DAYS_A_WEEK
    return Times(edges, 1.0 / np.diff(edges), reach, *TIME_KERNELS[kernel], scale)


def _middles(crimes: pd.DataFrame) -> pd.DatetimeIndex:
    """Return the moment half-way between the first and the last at which each crime may have begun, on the wall."""
    begin, end = (
        pd.DatetimeIndex(crimes[name]).tz_convert(TIME_ZONE).tz_localize(None)
        for name in ("occurred_from", "occurred_to")
    )
    return pd.DatetimeIndex(begin + (end - begin) / 2)


def _days_since(moments: pd.DatetimeIndex, first: pd.Timestamp) -> FloatArray:
    return np.asarray((moments - first) / pd.Timedelta(days=1), dtype=np.float64)


def _refuse_months(crimes: pd.DataFrame, reach: float) -> None:
    by_month = int((crimes["precision"] == "month").sum())
    if by_month and reach < LEAST_DAYS_BY_MONTH:
        raise InputError(
            f"`days` must be at least {LEAST_DAYS_BY_MONTH:g} where crimes are known by month only "
            f"({by_month} of {len(crimes)} are), got {reach:g}."
        )


def _refuse_too_many(grid: Grid, slices: int) -> None:
    if grid.size * slices > MOST_VOXELS:
        raise InputError(
            f"Cells x slices must be at most {MOST_VOXELS:,} (2 GB), got {grid.size:,} x {slices:,}; take greater "
            "cells or longer slices."
        )
