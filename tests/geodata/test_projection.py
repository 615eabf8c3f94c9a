import numpy as np
import pytest
from geopandas import GeoDataFrame
from pyproj import CRS, Transformer
from shapely import MultiPolygon, Polygon, box

from geodata.errors import InputError
from geodata.projection import project, same, to_metres, working_crs

# Latitude, longitude, easting, northing of Ordnance Survey's test points for OSTN15: Transformations and OSGM15 user
# guide (2016), appendix; the first lies where convertbng ends.
KNOWN = (
    (49.92226393730, -6.29977752014, 91492.146, 11318.804),
    (49.96006137820, -5.20304609998, 170370.718, 11572.405),
    (52.658007833, 1.716073973, 651409.804, 313177.450),
)


@pytest.mark.parametrize(("latitude", "longitude", "east", "north"), KNOWN)
def test_known_points_are_met_to_the_millimetre(latitude, longitude, east, north):
    x, y = to_metres(np.array([longitude]), np.array([latitude]), 4326, "EPSG:27700")
    assert (x[0], y[0]) == pytest.approx((east, north), abs=0.001)


def test_all_of_scilly_is_on_the_map_without_a_step():
    latitude = np.arange(49.86, 49.98, 0.0001)
    x, y = to_metres(np.full(len(latitude), -6.34), latitude, 4326, "EPSG:27700")
    assert np.isfinite(x).all()
    steps = np.hypot(np.diff(x), np.diff(y))
    # a ten-thousandth of a degree of latitude is 11.12 m; the grid's own shift bends it by less than a centimetre
    assert np.abs(steps - np.median(steps)).max() < 0.01


def test_what_is_not_britain_has_no_coordinates():
    x, y = to_metres(
        np.array([2.35, -74.0, 0.0, np.nan, -1.6]), np.array([48.85, 40.7, 0.0, 54.9, np.nan]), 4326, "EPSG:27700"
    )
    assert np.isnan(x).all()
    assert np.isnan(y).all()


@pytest.mark.parametrize("seed", range(3))
def test_each_point_is_converted_by_itself(seed):
    rng = np.random.default_rng(seed)
    longitude, latitude = rng.uniform(-5, 1, 5000), rng.uniform(50, 55, 5000)
    whole = to_metres(longitude, latitude, 4326, "EPSG:27700")
    order = rng.permutation(5000)
    again = to_metres(longitude[order], latitude[order], 4326, "EPSG:27700")
    few = to_metres(longitude[:7], latitude[:7], 4326, "EPSG:27700")
    for axis in (0, 1):
        assert (again[axis] == whole[axis][order]).all()
        assert (few[axis] == whole[axis][:7]).all()


def test_other_ways_of_writing_degrees_and_metres_agree():
    longitude, latitude = np.array([-1.61]), np.array([54.97])
    direct = to_metres(longitude, latitude, 4326, "EPSG:27700")
    web = Transformer.from_crs(4326, 3857, always_xy=True).transform(longitude, latitude)
    assert np.hstack(to_metres(*web, 3857, "EPSG:27700")) == pytest.approx(np.hstack(direct), abs=0.002)
    assert np.hstack(to_metres(longitude, latitude, "OGC:CRS84", 27700)) == pytest.approx(np.hstack(direct), abs=0.001)
    esri = CRS(CRS(27700).to_wkt("WKT1_ESRI"))
    assert to_metres(np.array([4e5]), np.array([5e5]), esri, "EPSG:27700")[0].tolist() == [4e5]


def test_degrees_on_the_old_datum_need_no_grid():
    x, y = to_metres(np.array([-2.0]), np.array([49.0]), 4277, "EPSG:27700")
    assert (x[0], y[0]) == pytest.approx((400_000, -100_000), abs=1e-6)  # the true origin of the grid, by definition


def test_other_working_crs_go_by_pyproj():
    x, y = to_metres(np.array([-87.65]), np.array([41.85]), 4326, "EPSG:26971")
    assert (x[0], y[0]) == pytest.approx(Transformer.from_crs(4326, 26971, always_xy=True).transform(-87.65, 41.85))


def test_nothing_is_converted_to_nothing():
    assert [len(axis) for axis in to_metres(np.empty(0), np.empty(0), 4326, "EPSG:27700")] == [0, 0]


def test_shapes_keep_their_parts_and_holes():
    shell = [(-1.62, 54.96), (-1.60, 54.96), (-1.60, 54.98), (-1.62, 54.98)]
    hole = [(-1.615, 54.965), (-1.605, 54.965), (-1.605, 54.975)]
    shape = MultiPolygon([Polygon(shell, [hole]), box(-1.5, 54.9, -1.4, 54.95)])
    found = project(GeoDataFrame({"a": [1]}, geometry=[shape], crs=4326), "EPSG:27700", "x.geojson")
    assert found.crs.to_epsg() == 27700
    assert len(found.geometry.iloc[0].geoms) == 2
    assert len(found.geometry.iloc[0].geoms[0].interiors) == 1
    x, y = to_metres(np.array([-1.62]), np.array([54.96]), 4326, "EPSG:27700")
    assert (x[0], y[0]) in found.geometry.iloc[0].geoms[0].exterior.coords


def test_same_crs_in_other_words():
    assert same(CRS(27700), CRS(CRS(27700).to_wkt("WKT1_ESRI")))
    assert not same(CRS(27700), CRS(4326))
    assert not same(CRS(27700), CRS(32630))


@pytest.mark.parametrize("crs", [4326, 2263, "EPSG:4979"])
def test_a_working_crs_is_in_metres(crs):
    with pytest.raises(InputError, match=r"must be projected, in metres; .* is not"):
        working_crs(crs)
    assert working_crs(27700).to_epsg() == 27700


def test_an_unknown_crs_is_refused():
    with pytest.raises(InputError, match="known coordinate reference system"):
        working_crs("EPSG:0")
