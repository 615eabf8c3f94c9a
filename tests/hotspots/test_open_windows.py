"""Windows of raised risk: where, until when, and refused where they would be most of a town."""

import geopandas as gpd
import numpy as np
import pytest
import shapely

from geodata.errors import InputError
from hotspots.dated import Dated
from hotspots.lixels import CutStreets
from hotspots.near_repeat import Reach
from hotspots.nearness import SNAP_M, street_pairs
from hotspots.open_windows import open_windows
from tests.hotspots import small
from tests.hotspots.test_street_pairs import town

REACH = Reach(500, 100.0, 90.0, 110.0, 4.0, 3.5, 4.5, 0.3, 0.2, 0.4, (1.0, 0.8, 0.5, 0.1))


def crimes():
    """On 1, 3, 5 and 6 January, a kilometre apart, and one more on the 5th beside the third."""
    return small.crimes([0, 1000, 2000, 3000, 2050], [0, 0, 0, 0, 0], day=np.array([0, 2, 4, 5, 4]))


def addresses(x):
    points = gpd.points_from_xy(small.WEST + np.asarray(x, float), np.full(len(x), small.SOUTH))
    return gpd.GeoDataFrame(geometry=points, crs=small.CRS)


def test_windows_decay_and_expire():
    found = open_windows(crimes(), REACH, on="2024-01-06", most_share=1).windows
    assert found["opened"].tolist() == ["2024-01-05", "2024-01-05", "2024-01-03"]
    assert found["expires"].tolist() == ["2024-01-09", "2024-01-09", "2024-01-07"]
    assert found["to_come"].tolist() == [0.8, 0.8, 0.1]
    assert found["age_days"].tolist() == [1, 1, 3]
    assert found.area.tolist() == pytest.approx([np.pi * 1e4] * 3, rel=0.01)
    assert open_windows(crimes(), REACH, on="2024-01-07", most_share=1).windows["age_days"].tolist() == [1, 2, 2]
    assert open_windows(crimes(), REACH, on="2024-03-01").windows.empty


def test_addresses_add_up_what_is_to_come_over_the_windows_that_hold_them():
    found = open_windows(crimes(), REACH, on="2024-01-06", addresses=addresses([1000, 2010, 1930, 9000]), most_share=1)
    assert found.places["row"].tolist() == [1, 2, 3]
    assert found.places["to_come"].tolist() == pytest.approx([0.1, 1.6, 0.8])
    assert found.places["windows"].tolist() == [1, 2, 1]
    assert found.places["expires"].tolist() == ["2024-01-07", "2024-01-09", "2024-01-09"]
    assert found.windows["addresses"].tolist() == [2, 1, 1]
    assert (found.burden, found.of) == (0.75, "addresses")


def test_a_window_by_the_axes_is_a_square_on_end():
    corner = addresses([2060])
    corner.geometry = corner.translate(0, 60)  # 85 m across country, 120 m along the axes, from the crime at 2,000
    for metric, inside in (("euclidean", 1), ("manhattan", 0)):
        found = open_windows(crimes().iloc[:3], REACH, on="2024-01-06", addresses=corner, most_share=1, metric=metric)
        assert len(found.places) == inside
        assert found.windows.contains(corner.geometry.iloc[0]).sum() == inside


@pytest.mark.parametrize("seed", range(3))
def test_a_window_along_streets_holds_the_addresses_that_are_as_near_to_walk(seed):
    _, streets = town(seed)
    rng = np.random.default_rng(seed)
    cut, (x, y) = CutStreets.of(streets, 50.0), rng.uniform(-20, 340, (2, 80))
    held = small.crimes(x[:12], y[:12], day=np.full(12, 4))
    there = small.crimes(x[12:], y[12:], day=np.zeros(68))
    found = open_windows(held, REACH, on="2024-01-06", addresses=there, most_share=1, metric="network", streets=streets)
    every = Dated(x + small.WEST, y + small.SOUTH, np.zeros(80, dtype=np.int64))
    one, other, apart = street_pairs(every, cut, REACH.metres)
    near = {max(pair) - 12 for pair in zip(one, other, strict=True) if min(pair) < 12 <= max(pair)}
    assert found.places["row"].tolist() == sorted(row + 1 for row in near)
    assert found.windows["addresses"].sum() == sum((one < 12) != (other < 12))
    assert apart.size > 50
    assert 0 < open_windows(held, REACH, on="2024-01-06", metric="network", streets=streets).burden <= 1.0
    edge = cut.nearest(every.x, every.y, SNAP_M)
    foot = streets.vertices[streets.offsets[edge.edge]] * (1 - (edge.along / cut.length[edge.edge])[:, None])
    foot += streets.vertices[streets.offsets[edge.edge] + 1] * (edge.along / cut.length[edge.edge])[:, None]
    ground = found.windows.union_all()
    assert shapely.intersects_xy(ground, *foot[12:][sorted(near)].T).all()


def test_a_whole_town_is_no_window():
    near = open_windows(crimes(), REACH, on="2024-01-06", addresses=addresses([1000, 2000, 9000, 9100]))
    assert near.burden == 0.5
    assert near.windows.empty
    assert near.places.empty
    assert near.refused.startswith("50% of addresses would lie in a window, and 10% is the most")


def test_the_burden_on_the_land_is_that_of_the_windows_together():
    land = gpd.GeoSeries([shapely.box(small.WEST - 500, small.SOUTH - 500, small.WEST + 3500, small.SOUTH + 500)])
    found = open_windows(crimes(), REACH, on="2024-01-06", area=land.set_crs(small.CRS))
    discs = found.windows.union_all().area
    assert found.burden == pytest.approx(discs / 4e6, rel=1e-9)
    assert found.burden < 3 * np.pi * 1e4 / 4e6
    assert (found.of, found.refused) == ("the area", None)


def test_what_breaks_a_rule_is_refused():
    doubtful = Reach(500, 100.0, 90.0, 110.0, 4.0, 3.5, 4.5, 0.1, -0.1, 0.4, (1.0, 0.8, 0.5, 0.1))
    with pytest.raises(InputError, match=r"interval of its strength holds 0 \(-0.10 to 0.40\)"):
        open_windows(crimes(), doubtful, on="2024-01-06")
    with pytest.raises(InputError, match="such as 2024-03-01"):
        open_windows(crimes(), REACH, on="yesterday?")
    with pytest.raises(InputError, match="`addresses` must be in the CRS of the crimes"):
        open_windows(crimes(), REACH, on="2024-01-06", addresses=addresses([0]).to_crs(4326))
