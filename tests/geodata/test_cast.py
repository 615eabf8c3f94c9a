import geopandas as gpd
import numpy as np
import pytest
from shapely import LineString, Point

from geodata import cast
from geodata.errors import InputError

CRS = "EPSG:27700"


def points(*geometry, crs=CRS):
    return gpd.GeoSeries(list(geometry), crs=crs)


@pytest.mark.parametrize("value", [1, 0.5, np.float64(2), np.int32(3), 1e-300])
def test_a_number_above_zero_is_returned_as_a_float(value):
    assert cast.above_zero(value, "bandwidth") == float(value)
    assert isinstance(cast.above_zero(value, "bandwidth"), float)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (-50, "`bandwidth` must be above 0 metres, got -50."),
        (0, "`bandwidth` must be above 0 metres, got 0."),
        (float("nan"), "`bandwidth` must be finite, got nan."),
        (float("inf"), "`bandwidth` must be finite, got inf."),
        ("9", "`bandwidth` must be a number, got str."),
        (None, "`bandwidth` must be a number, got NoneType."),
        (True, "`bandwidth` must be a number, got bool."),
    ],
)
def test_the_sentence_says_the_rule_and_then_the_finding(value, words):
    with pytest.raises(InputError) as error:
        cast.above_zero(value, "bandwidth", "metres")
    assert str(error.value) == words


def test_ends_belong_to_an_interval():
    assert cast.within(0, "share", 0, 1) == 0
    assert cast.within(1, "share", 0, 1) == 1
    with pytest.raises(InputError, match=r"`share` must be between 0 and 1, got 1.01"):
        cast.within(1.01, "share", 0, 1)


def test_whole_numbers_are_whole():
    assert cast.whole(3.0, "origins") == 3
    assert isinstance(cast.whole(np.int64(3), "origins"), int)
    for value in (2.5, 0, -1):
        with pytest.raises(InputError, match=f"`origins` must be a whole number of at least 1, got {value}"):
            cast.whole(value, "origins", least=1)


def test_coordinates_are_finite_points_in_the_working_crs():
    x, y = cast.coordinates(points(Point(1, 2), Point(3, 4)), CRS)
    assert (x.tolist(), y.tolist()) == ([1, 3], [2, 4])
    frame = gpd.GeoDataFrame({"a": [1]}, geometry=points(Point(1, 2)))
    assert cast.coordinates(frame, CRS)[0].tolist() == [1]
    assert [len(axis) for axis in cast.coordinates(points(), CRS)] == [0, 0]


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (points(Point(1, 2), crs=4326), "in the working CRS EPSG:27700, got EPSG:4326"),
        (points(Point(1, 2), crs=None), "in the working CRS EPSG:27700, got none"),
        (points(Point(1, 2), LineString([(0, 0), (1, 1)])), r"must be points, got \['LineString', 'Point'\]"),
        (points(Point(1, 2), None), "must be points, got 1 without a geometry"),
        (points(Point(1, 2), Point()), "must be finite, got 1 that are not"),
    ],
)
def test_other_geometry_is_refused(given, words):
    with pytest.raises(InputError, match=words):
        cast.coordinates(given, CRS)


def test_weights_are_one_each_unless_given():
    assert cast.weights(None, 3).tolist() == [1, 1, 1]
    assert cast.weights([0, 2, 0.5], 3).tolist() == [0, 2, 0.5]
    assert cast.weights(None, 0).tolist() == []


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ([1, 2], r"one number per event \(3\), got shape \(2,\)"),
        ([1, -2, 3], "finite and at least 0, got 1 that are not"),
        ([1, float("nan"), float("inf")], "got 2 that are not"),
        (["a", "b", "c"], "`weights` must be numbers"),
    ],
)
def test_weights_that_break_a_rule_are_refused(values, words):
    with pytest.raises(InputError, match=words):
        cast.weights(values, 3)
