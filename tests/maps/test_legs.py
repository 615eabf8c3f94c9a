"""A patrol's line comes apart at its stops and holds together."""

from itertools import combinations_with_replacement, pairwise

import numpy as np
import pytest
import shapely

from maps.patrols.legs import legs


def naive_distance(points: np.ndarray, stops: np.ndarray) -> float:
    """The least sum of distances over every way to place the stops in order on the line's points."""
    ways = combinations_with_replacement(range(len(points)), len(stops))
    return min(float(np.hypot(*(points[list(way)] - stops).T).sum()) for way in ways)


@pytest.mark.parametrize("seed", range(12))
def test_the_legs_are_the_line_and_end_as_near_to_the_stops_as_can_be(seed: int) -> None:
    source = np.random.default_rng(seed)
    points = source.integers(0, 40, (9, 2)).astype(np.float64)
    points = points[np.append(True, (np.diff(points, axis=0) != 0).any(axis=1))]
    stops = points[np.sort(source.integers(0, len(points), 3))] + source.normal(0, 2.0, (3, 2))
    line = shapely.LineString(points)
    parts = legs(line, stops)
    assert len(parts) == len(stops) + 1
    assert sum(part.length for part in parts) == pytest.approx(line.length)
    ends = np.array([part.coords[-1] for part in parts[:-1]])
    assert np.hypot(*(ends - stops).T).sum() == pytest.approx(naive_distance(points, stops))
    for one, next_one in pairwise(parts):
        assert one.coords[-1] == pytest.approx(next_one.coords[0])


def test_a_line_that_comes_back_is_left_where_it_is_reached_in_order() -> None:
    """Out to the east, past the first stop, to the second, and back past the first."""
    line = shapely.LineString([(0, 0), (10, 0), (20, 0), (10, 0), (0, 0)])
    out, on, back = legs(line, np.array([[10.0, 1.0], [20.0, 1.0]]))
    assert [part.length for part in (out, on, back)] == [10.0, 10.0, 20.0]
    second, first, home = legs(line, np.array([[20.0, 1.0], [10.0, 1.0]]))
    assert [part.length for part in (second, first, home)] == [20.0, 10.0, 10.0]


def test_a_patrol_without_stops_is_one_leg() -> None:
    line = shapely.LineString([(0, 0), (5, 5)])
    assert [part.length for part in legs(line, np.empty((0, 2)))] == [line.length]
