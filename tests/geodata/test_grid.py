import geopandas as gpd
import numpy as np
import pytest
from shapely import Point, Polygon, box

from geodata.errors import InputError
from geodata.grid import Grid

WEST, SOUTH = 420_000.0, 560_000.0


def areas(*shapes, crs="EPSG:27700"):
    return gpd.GeoSeries(list(shapes), crs=crs)


def small():
    return Grid(WEST, SOUTH, 100.0, 4, 3)


def test_cells_are_numbered_row_by_row_from_the_south_west():
    grid = small()
    x, y = grid.centres()
    assert (x[0], y[0]) == (WEST + 50, SOUTH + 50)
    assert (x[1], y[1]) == (WEST + 150, SOUTH + 50)
    assert (x[4], y[4]) == (WEST + 50, SOUTH + 150)
    assert grid.size == len(grid.index) == 12
    assert grid.index.name == "cell"
    assert grid.bounds == (WEST, SOUTH, WEST + 400, SOUTH + 300)
    assert grid.cell_area == 10_000


def test_a_cell_owns_its_west_and_south_edge():
    grid = small()
    x = WEST + np.array([0, 99.999, 100, 399.999, 400, -0.001, 50])
    y = SOUTH + np.array([0, 0, 100, 299.999, 0, 0, 300])
    assert grid.cell_of(x, y).tolist() == [0, 0, 5, 11, -1, -1, -1]


@pytest.mark.parametrize("seed", range(5))
def test_a_centre_lies_in_its_own_cell_and_in_its_own_square(seed):
    rng = np.random.default_rng(seed)
    cell = float(rng.choice([0.1, 7.3, 50, 250]))
    grid = Grid.over(areas(box(WEST, SOUTH, WEST + 20 * cell, SOUTH + 30 * cell)), cell)
    assert grid.cell_of(*grid.centres()).tolist() == list(range(grid.size))
    some = rng.choice(grid.size, 20)
    squares = grid.polygons(some)
    x, y = grid.centres(some)
    assert squares.contains(gpd.GeoSeries.from_xy(x, y, index=squares.index, crs=grid.crs)).all()
    assert squares.index.tolist() == some.tolist()
    assert squares.area.to_numpy() == pytest.approx(cell**2, rel=1e-6)


def test_points_that_are_no_numbers_lie_in_no_cell():
    assert small().cell_of([np.nan, WEST + 1], [SOUTH, np.nan]).tolist() == [-1, -1]


def test_a_grid_covers_its_areas_on_whole_multiples():
    grid = Grid.over(areas(box(WEST + 30, SOUTH + 170, WEST + 230, SOUTH + 180)), 100)
    assert (grid.west, grid.south, grid.columns, grid.rows) == (WEST, SOUTH + 100, 3, 1)
    assert grid.crs == "EPSG:27700"


def test_moving_the_areas_by_a_cell_moves_the_grid_by_a_cell():
    shape = box(WEST + 13, SOUTH + 57, WEST + 913, SOUTH + 1057)
    one = Grid.over(areas(shape), 50)
    other = Grid.over(areas(shape).translate(50, -100), 50)
    assert (other.west - one.west, other.south - one.south) == (50, -100)
    assert (one.columns, one.rows) == (other.columns, other.rows)


def test_one_point_of_an_area_makes_one_cell():
    grid = Grid.over(areas(Polygon([(WEST, SOUTH)] * 3)), 100)
    assert (grid.columns, grid.rows) == (1, 1)


def test_the_mask_agrees_with_asking_each_cell():
    shapes = areas(
        Polygon([(WEST + 10, SOUTH + 10), (WEST + 390, SOUTH + 60), (WEST + 200, SOUTH + 290)]),
        box(WEST + 300, SOUTH + 200, WEST + 420, SOUTH + 420),
    )
    grid = Grid.over(shapes, 20)
    x, y = grid.centres()
    asked = [any(shape.intersects(Point(a, b)) for shape in shapes) for a, b in zip(x, y, strict=True)]
    assert grid.mask(shapes).tolist() == asked


def test_a_centre_on_the_border_of_two_areas_is_in_the_study_area():
    halves = areas(box(WEST, SOUTH, WEST + 150, SOUTH + 100), box(WEST + 150, SOUTH, WEST + 300, SOUTH + 100))
    assert Grid.over(halves, 100).mask(halves).tolist() == [True, True, True]


def test_areas_beyond_the_grid_are_left_out_of_the_mask():
    assert small().mask(areas(box(0, 0, 10, 10))).sum() == 0
    assert small().mask(areas(box(0, 0, 700_000, 1_000_000))).all()


@pytest.mark.parametrize(
    ("shapes", "cell", "words"),
    [
        (areas(box(0, 0, 1, 1)), 0, "`cell` must be above 0 metres, got 0"),
        (areas(), 100, "at least one polygon"),
        (areas(box(0, 0, 1, 1), crs=4326), 100, "projected CRS"),
        (areas(box(0, 0, 1, 1), crs=None), 100, "projected CRS"),
        (
            areas(box(0, 0, 700_000, 700_000)),
            10,
            "at most 50,000,000 cells; cells of 10 metres .* would make 4,900,000,000",
        ),
        (areas(box(0, 0, 700_000, 700_000)), 1e-305, "at most 50,000,000 cells"),
        (areas(box(10, 10, 700_000, 700_000)), 1e-308, "at most 50,000,000 cells"),
    ],
)
def test_a_grid_that_cannot_be_is_refused(shapes, cell, words):
    with pytest.raises(InputError, match=words):
        Grid.over(shapes, cell)


def test_a_grid_is_a_value():
    assert small() == small()
    assert hash(small()) == hash(small())
