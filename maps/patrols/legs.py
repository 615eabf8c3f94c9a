"""A patrol's line taken apart at its stops."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import shapely
from shapely.ops import substring

from geodata.cast import FloatArray, IntArray


def legs(line: shapely.LineString, stops: FloatArray) -> tuple[shapely.LineString, ...]:
    """
    Return the legs of a patrol: to each stop from the one before it, and back to where it began.

    A line that crosses itself comes near a stop more than once: the stops are placed in their order so that they are,
    taken together, nearest to the line's points.

    Parameters
    ----------
    line : from the base through the stops and back
    stops : metres, shape (stops, 2), in order
    """
    points = shapely.get_coordinates(line)
    ends = [0, *_placed(points, stops), len(points) - 1]
    along = np.append(0.0, np.cumsum(np.hypot(*np.diff(points, axis=0).T)))[ends]
    return tuple(_between(line, start, end) for start, end in pairwise(along))


def _placed(points: FloatArray, stops: FloatArray) -> Sequence[int]:
    """Return the point of the line for each stop, never before that of an earlier stop, by dynamic programming."""
    if len(stops) == 0:
        return ()
    away = np.hypot(*(points[None, :, :] - stops[:, None, :]).transpose(2, 0, 1))
    cost, came = away[0], []
    for row in away[1:]:
        best = np.minimum.accumulate(cost)
        came.append(_first_at(cost, best))
        cost = best + row
    chosen = [int(np.argmin(cost))]
    for back in reversed(came):
        chosen.append(int(back[chosen[-1]]))
    return chosen[::-1]


def _first_at(cost: FloatArray, best: FloatArray) -> IntArray:
    """Return, up to each point, the point at which the least cost so far was reached."""
    fresh = np.append(True, best[1:] < best[:-1])
    return np.maximum.accumulate(np.where(fresh, np.arange(len(cost)), 0))


def _between(line: shapely.LineString, start: float, end: float) -> shapely.LineString:
    part = substring(line, start, end)
    return part if isinstance(part, shapely.LineString) else shapely.LineString([part, part])
