"""Where high values lie together: the local statistic Gi*, on a grid by stencil sums, elsewhere by neighbour lists."""

from typing import Any, Final

import numpy as np
import pandas as pd
from geopandas import GeoDataFrame, GeoSeries
from scipy.spatial import cKDTree

from geodata import cast
from geodata.cast import BoolArray, FloatArray, IntArray
from geodata.errors import InputError
from geodata.grid import Grid
from hotspots._kernels.gistar import Lists, Stencil, list_sums, permuted_lists, permuted_maps, stencil_sums
from hotspots.forecast.history import study_of
from hotspots.significance import LEVEL, SPOTS, pseudo_p, verdict, verdict_of_z

Ground = Stencil | Lists
_INCLUSIVE: Final = 1e-9  # of a cell: a radius of exactly three cells reaches the third cell, whatever the rounding


def gistar(
    values: Any,
    grid: Grid,
    *,
    radius: float,
    study: BoolArray | None = None,
    permutations: int | None = None,
    seed: int = 0,
    level: float = LEVEL,
) -> pd.DataFrame:
    """
    Return Gi* of each cell: how far the sum of the values about it lies from what a random map would give.

    With x the values of the n study cells, of which W lie within `radius` of a cell, itself included, z = (sum of
    those W - W mean(x)) / (sd(x) sqrt((n W - W^2) / (n - 1))), sd with divisor n [1]_. Cells outside the study area
    count nowhere: at the border W is what is there. Hot and cold spots are two questions, each with a false discovery
    rate of its own over all n cells. The p of z takes the sum for normal; counts of few crimes are skewed, and then
    small p of hot cells are too small. `permutations` asks instead how often the values of other cells, put at random
    about the cell, which keeps its own, add up to as much; one random map serves all cells.

    Parameters
    ----------
    values : finite, one per cell of `grid`
        Counts or harm; log(1 + count) where a few cells hold most of it. A Series must have the index of the grid.
    grid : Grid
    radius : metres, at least the side of a cell
        Cells whose centres are no further are neighbours: 1.5 cells take the 8 about a cell, 3 cells take 28.
    study : True for each cell of the study area, by default all
    permutations : random maps to compare with, None for the normal approximation
        The smallest p is 1 / (permutations + 1): with 999, of 20,000 cells none is hot unless 400 are.
    seed : start of the random numbers
    level : false discovery rate among the cells called hot, and among those called cold

    Returns
    -------
    table : around (sum about the cell), cells (W), expected (W mean), z, p (one-sided), q, spot
        Indexed by cell, in the order of `grid.index`; missing outside the study area. Where all values are alike, or a
        neighbourhood is the whole study area, z is 0.

    Raises
    ------
    InputError
        If `values` or `study` do not fit the grid, a value inside is not finite, `radius` is below a cell, or
        `permutations`, `seed` or `level` is out of range.

    References
    ----------
    .. [1] Ord, J. K. & Getis, A. (1995). Local spatial autocorrelation statistics: distributional issues and an
       application. Geographical Analysis 27, 286-306, equation 14.
    """
    area = study_of(study, grid)
    stencil = stencil_of(grid, area, radius)
    table = _table(_on_grid(values, grid, area), stencil, permutations, seed, level)
    return table if area.all() else _spread(table, grid, stencil.cells)


def gistar_of_places(
    values: pd.Series,
    places: GeoDataFrame | GeoSeries,
    *,
    radius: float | None = None,
    permutations: int | None = None,
    seed: int = 0,
    level: float = LEVEL,
) -> pd.DataFrame:
    """
    Return Gi* of points or areas that lie on no grid, as `gistar` does of cells.

    Areas differ in size and people: give rates, not counts, or the largest will be the hottest.

    Parameters
    ----------
    values : finite, one per place, with the index of `places`
    places : points or polygons in a projected CRS
    radius : metres between points, or centroids of polygons, that are neighbours
        None: polygons that touch are neighbours.
    permutations, seed, level : as for `gistar`

    Returns
    -------
    table : as of `gistar`, indexed like `places`

    Raises
    ------
    InputError
        If `values` is indexed otherwise or holds a number that is not finite, `places` are empty, missing or in no
        projected CRS, or are points and `radius` is None.
    """
    if len(places) == 0 or not places.index.equals(values.index):
        raise InputError(f"`values` must have the index of the {len(places)} places, of which at least one is needed.")
    lists = _lists_of(places.geometry, radius)
    table = _table(_finite(values.to_numpy(dtype=np.float64)), lists, permutations, seed, level)
    return table.set_axis(places.index)


def stencil_of(grid: Grid, study: BoolArray, radius: float) -> Stencil:
    """Return the cells within `radius` metres of a cell, as rows of a stencil, and the study cells it is laid on."""
    if cast.above_zero(radius, "radius", "metres") < grid.cell * (1 - _INCLUSIVE):
        raise InputError(f"`radius` must reach the next cell, {grid.cell:g} metres off, got {radius:g}.")
    reach = radius / grid.cell + _INCLUSIVE
    up = min(int(reach), max(grid.rows, grid.columns))
    offsets = np.arange(-up, up + 1)
    halves = np.minimum(np.sqrt(np.maximum(reach**2 - offsets**2, 0.0)), grid.columns).astype(np.int64)
    return Stencil(halves, np.flatnonzero(study), grid.rows, grid.columns)


def sums_around(values: FloatArray, ground: Ground) -> FloatArray:
    """Return the sum of the values of each place and its neighbours."""
    return stencil_sums(values, ground) if isinstance(ground, Stencil) else list_sums(values, ground)


def z_scores(around: FloatArray, cells: FloatArray, values: FloatArray) -> FloatArray:
    """Return z of sums over W of the n `values`: 0 where all values are alike or W is n."""
    if values.min() == values.max():
        return np.zeros_like(around)
    size, mean = values.size, float(values.mean())
    variance = cells * (size - cells) * (float(np.square(values - mean).mean()) / (size - 1))
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(variance > 0, (around - cells * mean) / np.sqrt(variance), 0.0)


def _table(values: FloatArray, ground: Ground, permutations: int | None, seed: int, level: float) -> pd.DataFrame:
    around, cells = sums_around(values, ground), sums_around(np.ones(values.size), ground)
    z = z_scores(around, cells, values)
    if permutations is None:
        found = verdict_of_z(z, level=level)
    else:
        found = verdict(*_permuted(values, ground, around - values, permutations, seed), level=level)
    columns = {
        "around": around,
        "cells": cells.astype(np.int64),
        "expected": cells * values.mean(),
        "z": z,
        "p": found.p,
        "q": found.q,
        "spot": found.spots(),
    }
    return pd.DataFrame(columns, index=pd.RangeIndex(values.size, name="cell"), copy=False)


def _permuted(
    values: FloatArray, ground: Ground, others: FloatArray, permutations: int, seed: int
) -> tuple[FloatArray, FloatArray]:
    permutations, seed = cast.whole(permutations, "permutations", least=1), cast.whole(seed, "seed")
    counts = (
        permuted_maps(values, ground, others, permutations, seed)
        if isinstance(ground, Stencil)
        else permuted_lists(values, ground, others, permutations, seed)
    )
    return pseudo_p(counts[0], permutations), pseudo_p(counts[1], permutations)


def _spread(table: pd.DataFrame, grid: Grid, cells: IntArray) -> pd.DataFrame:
    """Return the rows of the study cells among those of all cells, which are missing."""
    spread: dict[str, Any] = {}
    for name in table.columns.drop("spot"):
        spread[name] = np.full(grid.size, np.nan)
        spread[name][cells] = table[name].to_numpy()
    spread["cells"] = np.nan_to_num(spread["cells"]).astype(np.int64)
    codes = np.full(grid.size, -1, dtype=np.int8)
    codes[cells] = table["spot"].cat.codes
    spread["spot"] = pd.Categorical.from_codes(codes, categories=pd.Index(SPOTS))
    return pd.DataFrame(spread, index=grid.index, copy=False)


def _on_grid(values: Any, grid: Grid, study: BoolArray) -> FloatArray:
    if isinstance(values, pd.Series) and not values.index.equals(grid.index):
        raise InputError("`values` must have the index of the grid, got a Series with another one.")
    surface = np.asarray(values, dtype=np.float64)
    if surface.shape != (grid.size,):
        raise InputError(f"`values` must hold one number per cell ({grid.size}), got shape {surface.shape}.")
    return _finite(surface[study])


def _finite(values: FloatArray) -> FloatArray:
    bad = int((~np.isfinite(values)).sum())
    if bad:
        raise InputError(f"`values` must be finite in the study area, got {bad} that are not.")
    return values


def _lists_of(places: GeoSeries, radius: float | None) -> Lists:
    if places.crs is None or not places.crs.is_projected:
        raise InputError("`places` must be in a projected CRS, in metres.")
    bad = int((places.isna() | places.is_empty).sum())
    if bad:
        raise InputError(f"`places` must each have a geometry, got {bad} that have none.")
    pairs = _touching(places) if radius is None else _within(places, cast.above_zero(radius, "radius", "metres"))
    start = np.searchsorted(pairs[0], np.arange(len(places) + 1))
    return Lists(start.astype(np.int64), pairs[1])


def _within(places: GeoSeries, radius: float) -> tuple[IntArray, IntArray]:
    middles = places.centroid
    tree = cKDTree(np.column_stack([middles.x, middles.y]))
    pairs = tree.query_pairs(radius * (1 + _INCLUSIVE), output_type="ndarray").astype(np.int64)
    return _sorted(np.concatenate([pairs[:, 0], pairs[:, 1]]), np.concatenate([pairs[:, 1], pairs[:, 0]]))


def _touching(places: GeoSeries) -> tuple[IntArray, IntArray]:
    if not places.geom_type.isin(["Polygon", "MultiPolygon"]).all():
        raise InputError("`radius` must be given for points; only polygons can be neighbours by touching.")
    one, other = places.sindex.query(places, predicate="intersects")
    apart = one != other
    return _sorted(one[apart].astype(np.int64), other[apart].astype(np.int64))


def _sorted(one: IntArray, other: IntArray) -> tuple[IntArray, IntArray]:
    order = np.lexsort((other, one))
    return one[order], other[order]
