import numpy as np
import pytest

from geodata.errors import InputError
from geodata.streets import Streets
from hotspots.street_by_cell import street_by_cell
from tests.hotspots import small


def streets(*ways, crs="EPSG:27700"):
    """Ways through points given in metres from the grid's corner; points at one place are joined."""
    xy = [point for way in ways for point in way]
    number = {point: at for at, point in enumerate(dict.fromkeys(xy))}
    x, y = np.array(xy, dtype=float).T
    starts = np.cumsum([0, *map(len, ways)])
    return Streets.of_ways(
        np.array([number[point] for point in xy]),
        (small.WEST + x, small.SOUTH + y),
        starts,
        names=[None] * len(ways),
        crs=crs,
        sha256="",
    )


def test_metres_are_those_measured_by_hand():
    # 50 m in the first cell, 100 in the second, 30 in the third; then 60 m up, of which 20 in the cell above.
    metres = street_by_cell(streets([(50, 60), (230, 60)], [(230, 60), (230, 120)]), small.grid())
    assert metres[[0, 1, 2, 22]] == pytest.approx([50, 100, 70, 20], abs=5.0)
    assert metres.sum() == pytest.approx(240)


def test_streets_beyond_the_grid_count_for_nothing():
    metres = street_by_cell(streets([(-100, 50), (100, 50)]), small.grid())
    assert metres.sum() == pytest.approx(100, abs=5.0)


def test_streets_in_another_crs_are_refused():
    with pytest.raises(InputError, match="`streets` must be in the CRS of the grid"):
        street_by_cell(streets([(0, 0), (100, 0)], crs="EPSG:26971"), small.grid())
