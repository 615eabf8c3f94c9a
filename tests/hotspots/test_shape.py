"""What hot spots grow on is decided by what would have been caught."""

import numpy as np
import pytest

from geodata.errors import InputError
from geodata.grid import Grid
from hotspots.shape import best_shape
from tests.hotspots import small

RULES = {"share": 0.02, "min_area": 1e4, "max_area": 9e4}


def scene(x, y, weeks=8):
    """The same places every week, on a sheet of 30 by 30 cells of 100 m."""
    day = np.repeat(np.arange(weeks) * 7.0 + 1, len(x))
    return small.crimes(np.tile(x, weeks), np.tile(y, weeks), day=day), Grid(small.WEST, small.SOUTH, 100.0, 30, 30)


def shape_of(crimes, grid, weeks=8, **more):
    study = np.ones(grid.size, dtype=bool)
    arguments = {"method": "raw count", "study": study, "bandwidth": 300.0, **RULES, **more}
    return best_shape(crimes, grid, small.weeks(weeks), **arguments)


def test_where_every_map_point_can_be_visited_the_raw_count_shapes_the_hot_spots():
    lone = np.array([250.0, 850.0, 1450.0, 2050.0, 2650.0])
    crimes, grid = scene(np.repeat(lone, 5), np.tile(lone, 5))
    shape = shape_of(crimes, grid, most=None)
    assert shape.best == "raw count"
    assert shape.caught["raw count"] > shape.caught["density"]
    assert shape.tests == 3


def test_where_visits_are_few_the_density_gathers_a_neighbourhood_into_one_hot_spot():
    # Nine map points in a checkerboard of cells that share no side: as single cells only one could be visited.
    near = np.array([1050.0, 1250.0, 1450.0])
    crimes, grid = scene(np.repeat(near, 3), np.tile(near, 3))
    shape = shape_of(crimes, grid, most=1, max_area=2.5e5, share=0.05)
    assert shape.best == "density"
    assert shape.caught["density"] > 3 * shape.caught["raw count"]


def test_the_share_caught_is_that_of_the_hot_spots_that_choose_would_have_made():
    crimes, grid = scene(np.array([250.0, 250.0, 250.0, 2050.0]), np.array([250.0, 250.0, 250.0, 2050.0]))
    shape = shape_of(crimes, grid, share=1 / 900, max_area=1e4, most=1)
    assert shape.caught["raw count"] == pytest.approx(0.75)


def test_two_weeks_leave_nothing_to_test_and_the_density_is_taken():
    crimes, grid = scene(np.array([250.0]), np.array([250.0]), weeks=2)
    assert shape_of(crimes, grid, weeks=2) == shape_of(crimes, grid, weeks=2)
    assert shape_of(crimes, grid, weeks=2).best == "density"
    assert shape_of(crimes, grid, weeks=2).tests == 0


def test_a_rule_that_is_broken_is_refused():
    crimes, grid = scene(np.array([250.0]), np.array([250.0]))
    with pytest.raises(InputError, match="`min_area` must not be above"):
        shape_of(crimes, grid, min_area=1e6)
