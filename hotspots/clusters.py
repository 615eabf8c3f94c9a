"""
Hot spots from the points themselves: where crimes lie so close together that no surface is needed to see it.

DBSCAN takes a place for a core where the weight within a radius of it is great enough, joins cores within that radius
of each other, and adds the places within reach of them [1]_. HDBSCAN does so at every radius and keeps the clusters
that last longest [2]_; it knows no weights, so it finds by places and the weights only rank what it finds.

.. [1] Ester, M., Kriegel, H.-P., Sander, J. & Xu, X. (1996). A density-based algorithm for discovering clusters in
   large spatial databases with noise. KDD-96, 226-231.
.. [2] Campello, R., Moulavi, D. & Sander, J. (2013). Density-based clustering based on hierarchical density estimates.
   PAKDD 2013, 160-172.
"""

from typing import Any, Final

import numpy as np
from geopandas import GeoDataFrame
from scipy.spatial import cKDTree

from geodata import cast
from geodata.cast import BoolArray, FloatArray, IntArray
from geodata.errors import InputError
from geodata.grid import SQUARE_METRES_PER_KM2, Grid
from geodata.periods import Periods
from hotspots.density import density_at_centres, weights_of
from hotspots.evaluate import places_in
from hotspots.forecast.history import study_of
from hotspots.pieces import cut, pieces_of
from hotspots.spots import Spots, heaviest, keep_apart, spots_of

METHODS: Final = ("DBSCAN", "HDBSCAN")
_NONE: Final = np.empty(0, dtype=np.int64)


def clusters(
    crimes: GeoDataFrame,
    grid: Grid,
    periods: Periods,
    *,
    study: BoolArray,
    method: str = "DBSCAN",
    radius: float = 150.0,
    least: float,
    max_area: float,
    apart: float = 0.0,
    weights: Any = None,
) -> Spots:
    """
    Return hot spots from clusters of points, as areas small enough to patrol.

    Crimes on one point are one place of their summed weight. A cluster takes the cells of its places and those whose
    centre is within half of `radius` of one; a cell that two reach goes to the greater. What is over `max_area` is cut
    across its longer side, again and again, and pieces that do not hang together are hot spots of their own. They are
    ranked by weight; one nearer than `apart` to a greater one is left out.

    Published map points are themselves a choice of places: what DBSCAN finds there is where points are many or heavy.

    Parameters
    ----------
    crimes : table of crimes, points in the CRS of `grid`
        Those outside the periods or the study area are left out.
    grid : Grid
    periods : Periods
    study : True for each cell of the study area
    method : "DBSCAN" or "HDBSCAN"
    radius : metres
        Of the search (DBSCAN), and twice that of the discs that make the area.
    least : weight
        Within `radius` of a core (DBSCAN); number of places in a cluster, at least 2, and of its core (HDBSCAN).
    max_area : square metres of one hot spot, in whole cells, at least one
    apart : metres between two hot spots, 0 for no rule
    weights : at least 0, one per crime, by default 1 each
        Harm, for instance; crimes without weight are left out.

    Returns
    -------
    Spots
        Expected is the mean weight a week over the periods, by where the crimes of the hot spot's cells lie.

    Raises
    ------
    InputError
        If a parameter is out of range, or crimes or weights break the rules of `kernel_density`.
    """
    area, radius = study_of(study, grid), cast.above_zero(radius, "radius", "metres")
    least, apart = cast.above_zero(least, "least"), cast.within(apart, "apart", 0, 1e6)
    most = max(1, int(cast.above_zero(max_area, "max_area", "square metres") / grid.cell_area + 1e-9))
    if method not in METHODS:
        raise InputError(f"`method` must be one of {', '.join(METHODS)}, got {method!r}.")
    if method == "HDBSCAN":
        least = cast.whole(least, "least", 2)
    heavy = weights_of(weights, crimes) * (periods.number(crimes) >= 0)
    x, y = cast.coordinates(crimes, grid.crs)
    cell = grid.cell_of(x, y)
    kept = (heavy > 0) & (cell >= 0) & area[cell]
    places, mass = _places(x[kept], y[kept], heavy[kept])
    number = _labels(places, mass, method, radius, least)
    risk = np.bincount(cell[kept], weights=heavy[kept], minlength=grid.size) / float(periods.weeks.sum())
    held = _cells(places, mass, number, grid, radius, area)
    even = np.ones(grid.size)
    pieces = [piece for cells in held for whole in pieces_of(cells, grid) for piece in cut(whole, grid, even, most)]
    pieces = [piece for piece in pieces if risk[piece].any()]
    return keep_apart(spots_of(heaviest(pieces, risk), risk, grid, float(area.sum()) * grid.cell_area), apart)


def core_weight(
    crimes: GeoDataFrame, grid: Grid, *, study: BoolArray, radius: float, share: float, weights: Any = None
) -> float:
    """
    Return a `least` for `clusters`: what lies within `radius` of the centre of a cell at the edge of the top `share`.

    So places are cores where about as much lies around them as in the heaviest `share` of the study area.

    Parameters
    ----------
    crimes : points in the CRS of `grid`
    grid : Grid
    study : True for each cell of the study area
    radius : metres
    share : share of the study area, above 0 to 1
    weights : at least 0, one per crime, by default 1 each

    Returns
    -------
    least : weight, above 0; 1 where there is none at all

    Raises
    ------
    InputError
        If a parameter is out of range, or crimes or weights break the rules of `kernel_density`.
    """
    area, radius = study_of(study, grid), cast.above_zero(radius, "radius", "metres")
    x, y = cast.coordinates(crimes, grid.crs)
    surface = density_at_centres(x, y, weights_of(weights, crimes), grid, radius, kernel="uniform")
    held = np.sort(surface[area])[::-1] * (np.pi * radius * radius / SQUARE_METRES_PER_KM2)
    edge = float(held[places_in(share, held.size) - 1])
    return edge if edge > 0 else float(held[held > 0].min(initial=np.inf)) if held[0] > 0 else 1.0


def _places(x: FloatArray, y: FloatArray, heavy: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the distinct points, from west to east, and the weight on each."""
    if x.size == 0:
        return np.empty((0, 2)), np.empty(0)
    points, at = np.unique(np.column_stack((x, y)), axis=0, return_inverse=True)
    order = np.lexsort((heavy, at.ravel()))  # so that a sum does not depend on the order of the rows
    return points, np.bincount(at.ravel()[order], weights=heavy[order], minlength=len(points)).astype(np.float64)


def _labels(places: FloatArray, mass: FloatArray, method: str, radius: float, least: float) -> IntArray:
    """Return the number of the cluster of each place, -1 for none."""
    from sklearn.cluster import DBSCAN, HDBSCAN  # half a second to import, and few runs need it

    if len(places) == 0 or (method == "HDBSCAN" and len(places) < least):
        return np.full(len(places), -1, dtype=np.int64)
    if method == "HDBSCAN":
        labels = HDBSCAN(min_cluster_size=int(least), copy=True).fit(places - places.mean(axis=0)).labels_
    else:
        # It wants a whole number as the least, so weights are taken in parts of it; the hair is for rounding.
        labels = DBSCAN(eps=radius, min_samples=1).fit(places, sample_weight=mass / least * (1 + 1e-12)).labels_
    return np.asarray(labels, dtype=np.int64)


def _cells(
    places: FloatArray, mass: FloatArray, number: IntArray, grid: Grid, radius: float, area: BoolArray
) -> list[IntArray]:
    """Return the cells of each cluster, the greater cluster first: it takes the cells that others reach too."""
    count = int(number.max(initial=-1)) + 1
    sums = np.bincount(number[number >= 0], weights=mass[number >= 0], minlength=count)
    free, found = area.copy(), []
    for cluster in np.argsort(-sums, kind="stable"):
        members = places[number == cluster]
        near = _near(members, grid, radius / 2)
        cells = np.union1d(grid.cell_of(members[:, 0], members[:, 1]), near)
        cells = cells[free[cells]]
        free[cells] = False
        found.append(cells)
    return found


def _near(members: FloatArray, grid: Grid, reach: float) -> IntArray:
    """Return the cells whose centre is within reach of a place."""
    low, high = members.min(axis=0) - reach, members.max(axis=0) + reach
    first = np.maximum(np.floor((low - (grid.west, grid.south)) / grid.cell), 0).astype(np.int64)
    last = np.ceil((high - (grid.west, grid.south)) / grid.cell).astype(np.int64)
    columns = np.arange(first[0], min(last[0], grid.columns))
    rows = np.arange(first[1], min(last[1], grid.rows))
    cells = (rows[:, None] * grid.columns + columns[None, :]).ravel()
    away, _ = cKDTree(members).query(np.column_stack(grid.centres(cells)), distance_upper_bound=reach * (1 + 1e-12))
    return cells[np.isfinite(away)] if cells.size else _NONE
