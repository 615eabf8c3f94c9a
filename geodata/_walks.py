"""How far it is on foot, and which way: shortest paths along the streets, or straight lines where there are none."""

from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import ArrayLike
from scipy.sparse.csgraph import dijkstra
from scipy.spatial.distance import cdist
from shapely import LineString

from geodata._kernels.walks import metres_within
from geodata._network import Streets
from geodata.cast import FloatArray, IntArray, above_zero
from geodata.errors import InputError

_METRES_PER_KM_AND_HOUR: Final = 1000 / 60


def nearest_node(streets: Streets, x: ArrayLike, y: ArrayLike) -> tuple[IntArray, FloatArray]:
    """
    Return the node of the network nearest to each point, and the metres to it in a straight line.

    Parameters
    ----------
    streets : network
    x, y : metres in the CRS of `streets`

    Raises
    ------
    InputError
        If a coordinate is not finite.
    """
    x, y = np.broadcast_arrays(np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64))
    places = _places(np.column_stack((x.ravel(), y.ravel())), "x, y")
    metres, node = streets.tree.query(places)
    return np.asarray(node, dtype=np.int64), np.asarray(metres, dtype=np.float64)


def travel_metres(
    streets: Streets | None,
    origins_xy: ArrayLike,
    destinations_xy: ArrayLike,
    *,
    limit_m: float | None = None,
    from_origins: bool | None = None,
) -> FloatArray:
    """
    Return the metres on foot from each origin to each destination.

    The way is the shortest along the streets, with the straight line from either point to its nearest node; between
    two points with the same nearest node it is straight when that is shorter. Without streets it is the straight
    line, which is shorter than any real walk: the caller must say which of the two was used.

    Parameters
    ----------
    streets : network, or None for straight lines
    origins_xy, destinations_xy : metres in the CRS of `streets`, shape (places, 2)
    limit_m : metres
        What is farther is not looked for, and infinite; None looks everywhere.
    from_origins : whether ways are searched from the origins; by default from the side at fewer nodes
        A way's metres are added up from there, so its last digit tells: parts of a whole say what the whole would.

    Returns
    -------
    metres : shape (origins, destinations)
        Infinite where there is no way.

    Raises
    ------
    InputError
        If a coordinate is not finite, or `limit_m` is not above 0.
    """
    origins, destinations = _places(origins_xy, "origins_xy"), _places(destinations_xy, "destinations_xy")
    limit = np.inf if limit_m is None else above_zero(limit_m, "limit_m", "metres")
    if streets is None:
        metres = cdist(origins, destinations)
    else:
        metres = _along(streets, origins, destinations, limit, from_origins)
    metres[metres > limit] = np.inf
    return metres


def travel_minutes(
    streets: Streets | None,
    origins_xy: ArrayLike,
    destinations_xy: ArrayLike,
    *,
    speed_kmh: float = 4.8,
    limit_m: float | None = None,
) -> FloatArray:
    """
    Return the minutes on foot from each origin to each destination, as `travel_metres` measures the way.

    Parameters
    ----------
    streets : network, or None for straight lines
    origins_xy, destinations_xy : metres in the CRS of `streets`, shape (places, 2)
    speed_kmh : kilometres an hour
    limit_m : metres
        What is farther is not looked for, and infinite; None looks everywhere.

    Returns
    -------
    minutes : shape (origins, destinations)
        Infinite where there is no way.

    Raises
    ------
    InputError
        If a coordinate is not finite, or `speed_kmh` or `limit_m` is not above 0.
    """
    metres_a_minute = above_zero(speed_kmh, "speed_kmh", "km/h") * _METRES_PER_KM_AND_HOUR
    return travel_metres(streets, origins_xy, destinations_xy, limit_m=limit_m) / metres_a_minute


def walking_route(streets: Streets | None, xy: ArrayLike) -> LineString:
    """
    Return the walk through the points in their order, drawn along the streets.

    Each leg runs straight from its point to the nearest node, along the streets, and straight to the next point. It
    is straight throughout without streets, between points with the same nearest node, and where no way joins them.

    Parameters
    ----------
    streets : network, or None for straight lines
    xy : metres in the CRS of `streets`, shape (points, 2)

    Raises
    ------
    InputError
        If there is no point, or a coordinate is not finite.
    """
    places = _places(xy, "xy")
    if not len(places):
        raise InputError("A walking route must have at least one point, got none.")
    nodes = np.zeros(len(places), dtype=np.int64) if streets is None else nearest_node(streets, *places.T)[0]
    course = [places[:1]]
    for start, end in pairwise(range(len(places))):
        if streets is not None and nodes[start] != nodes[end]:
            apart = float(np.hypot(*(places[end] - places[start])))
            course.append(_leg(streets, int(nodes[start]), int(nodes[end]), apart))
        course.append(places[end : end + 1])
    points = np.concatenate(course)
    moved = np.append(True, (points[1:] != points[:-1]).any(axis=1))
    line = points[moved]
    return LineString(line if len(line) > 1 else np.repeat(line, 2, axis=0))


def _places(xy: ArrayLike, name: str) -> FloatArray:
    places = np.asarray(xy, dtype=np.float64).reshape(-1, 2)
    bad = int((~np.isfinite(places)).any(axis=1).sum())
    if bad:
        raise InputError(f"`{name}` must be finite, got {bad} points that are not.")
    return places


def searched_from_origins(streets: Streets, origins_xy: ArrayLike, destinations_xy: ArrayLike) -> bool:
    """Return whether ways are searched from the origins: they lie at no more nodes than the destinations."""
    sides = (_places(origins_xy, "origins_xy"), _places(destinations_xy, "destinations_xy"))
    here, there = (np.unique(nearest_node(streets, *places.T)[0]).size for places in sides)
    return bool(here <= there)


def _along(
    streets: Streets, origins: FloatArray, destinations: FloatArray, limit: float, from_origins: bool | None
) -> FloatArray:
    """Return the metres by way of the nearest nodes; changed in place, for all pairs of 5,000 places are 200 MB."""
    from_node, to_street = nearest_node(streets, *origins.T)
    to_node, from_street = nearest_node(streets, *destinations.T)
    metres = _between(streets, from_node, to_node, limit, from_origins)
    metres += to_street[:, None]
    metres += from_street
    start, end = np.nonzero(from_node[:, None] == to_node)
    metres[start, end] = np.minimum(metres[start, end], np.hypot(*(origins[start] - destinations[end]).T))
    return metres


def _between(
    streets: Streets, from_node: IntArray, to_node: IntArray, limit: float, forwards: bool | None
) -> FloatArray:
    """Return the metres along the streets; by default from the side with fewer places: the network is symmetric."""
    sources, source = np.unique(from_node, return_inverse=True)
    targets, target = np.unique(to_node, return_inverse=True)
    if len(sources) > len(targets) if forwards is None else not forwards:
        return _between(streets, to_node, from_node, limit, True).T
    metres = metres_within((streets.indptr, streets.indices, streets.lengths), sources, targets, limit)
    return metres[np.ix_(source, target)]


def _leg(streets: Streets, start: int, end: int, apart: float) -> FloatArray:
    """Return the course along the streets from node to node, shape (points, 2); empty where no way joins them."""
    limit, length = 2 * apart + 1000, streets.length_m
    while True:
        metres, before = dijkstra(streets.graph, indices=[start], limit=limit, return_predecessors=True)
        if np.isfinite(metres[0, end]):
            break
        if limit > length:
            return np.empty((0, 2))
        limit *= 4
    path = [end]
    while path[-1] != start:
        path.append(int(before[0, path[-1]]))
    return np.concatenate([_course(streets, a, b) for a, b in pairwise(path[::-1])])


def _course(streets: Streets, start: int, end: int) -> FloatArray:
    """Return the points of the edge that joins two neighbouring nodes, from the first to the second."""
    row = slice(streets.indptr[start], streets.indptr[start + 1])
    entry = streets.indptr[start] + np.flatnonzero(streets.indices[row] == end)[0]
    edge = int(streets.edge_of[entry])
    number = edge if edge >= 0 else -edge - 1
    points = streets.vertices[streets.offsets[number] : streets.offsets[number + 1]]
    return points if edge >= 0 else points[::-1]
