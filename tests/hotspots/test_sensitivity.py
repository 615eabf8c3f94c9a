import numpy as np
import pandas as pd
import pytest
import shapely
from numpy.testing import assert_allclose

from geodata.areas import read_areas
from geodata.crimes import read_crimes
from geodata.errors import InputError
from hotspots import choose
from hotspots.density import kernel_density
from hotspots.sensitivity import jaccard, sensitivity, shifted
from tests.hotspots import small

SEEDS = range(3)
RULES = {"share": 0.06, "min_area": 20_000.0, "max_area": 90_000.0}
REFERENCE = {"bandwidth": 300.0, "cell": 100.0}


def found_in(crimes, **changes):
    return sensitivity(crimes, small.two_wards(small.grid()), **(REFERENCE | RULES | changes))


def scattered(seed, size=500):
    return small.crimes(*small.scattered(size, seed))


@pytest.mark.parametrize("seed", SEEDS)
def test_the_reference_setting_is_the_plain_choice(seed):
    crimes, grid = scattered(seed), small.grid()
    found = found_in(crimes)
    density = kernel_density(crimes, grid, bandwidth=300.0) * grid.cell_area / 1e6
    plain = choose(density, grid, study=np.ones(grid.size, dtype=bool), **RULES).table
    assert found.settings.iloc[0][["bandwidth", "cell", "offset", "jaccard"]].tolist() == [300, 100, 0, 1]
    assert shapely.equals(found.hotspots.geometry.to_numpy(), plain.geometry.to_numpy()).all()
    assert len(found.settings) == 3 * 3 * 2
    assert found.settings["setting"].tolist() == list(range(18))


@pytest.mark.parametrize("seed", SEEDS)
def test_jaccard_and_survival_are_worked_out_from_the_shapes(seed):
    found = found_in(scattered(seed))
    unions = [shapely.union_all(list(group.geometry)) for _, group in found.spots.groupby("setting")]
    for row, union in zip(found.settings.itertuples(), unions, strict=True):
        shared, either = unions[0].intersection(union).area, unions[0].union(union).area
        assert row.jaccard == pytest.approx(shared / either)
        assert row.area_m2 == pytest.approx(union.area)
        assert row.hotspots == (found.spots["setting"] == row.setting).sum()
    for spot in found.hotspots.itertuples():
        parts = [spot.geometry.intersection(union).area / spot.geometry.area for union in unions[1:]]
        assert spot.survival == pytest.approx(np.mean([part >= 0.5 - 1e-9 for part in parts]))
        assert spot.covered == pytest.approx(np.mean(parts))


@pytest.mark.parametrize("seed", SEEDS)
def test_a_strong_cluster_survives_what_a_ripple_does_not(seed):
    rng = np.random.default_rng(seed)
    x = np.r_[rng.normal(500, 60, 400), rng.uniform(0, 2_000, 300)]
    y = np.r_[rng.normal(500, 60, 400), rng.uniform(0, 1_500, 300)]
    found = found_in(small.crimes(x, y)).hotspots
    assert found["survival"].iloc[0] == 1
    assert found["survival"].min() < 1


def test_doubled_weights_change_nothing():
    crimes = scattered(1)
    one, two = found_in(crimes), found_in(crimes, weights=np.full(500, 2.0))
    pd.testing.assert_frame_equal(one.settings, two.settings)
    assert_allclose(one.hotspots["survival"], two.hotspots["survival"])


def test_order_of_rows_is_immaterial():
    crimes = scattered(2)
    one, other = found_in(crimes), found_in(crimes.sample(frac=1, random_state=0))
    pd.testing.assert_frame_equal(one.settings, other.settings, check_exact=True)
    pd.testing.assert_frame_equal(one.hotspots, other.hotspots, check_exact=True)


def test_the_settings_asked_for_are_the_ones_tried():
    found = found_in(scattered(0), bandwidths=[150.0, 300.0], cells=[100.0, 200.0], offsets=[0.25])
    tried = found.settings[["bandwidth", "cell", "offset"]].to_numpy().tolist()
    assert tried == [
        [300, 100, 0],
        [150, 100, 0],
        [150, 100, 0.25],
        [300, 100, 0.25],
        [300, 200, 0],
        [300, 200, 0.25],
    ]


def test_a_shifted_grid_covers_the_same_land():
    grid = small.grid()
    moved = shifted(grid, 0.25)
    west, south, east, north = moved.bounds
    assert (west, south) == (grid.bounds[0] - 75, grid.bounds[1] - 75)
    assert (east, north) == (grid.bounds[2] + 25, grid.bounds[3] + 25)
    assert shifted(grid, 0.0) == grid


def test_shapes_are_alike_by_the_area_they_share():
    one, half, none = shapely.box(0, 0, 2, 1), shapely.box(1, 0, 2, 1), shapely.Polygon()
    assert jaccard(one, one) == 1
    assert jaccard(one, half) == 0.5
    assert jaccard(one, none) == 0
    assert np.isnan(jaccard(none, none))


def test_with_no_crime_or_no_other_setting_there_is_nothing_to_compare():
    none = found_in(small.crimes([], []))
    assert none.hotspots.empty
    assert none.spots.empty
    assert none.settings["jaccard"].isna().all()
    alone = found_in(scattered(0), bandwidths=[300.0], cells=[100.0], offsets=[0.0])
    assert len(alone.settings) == 1
    assert alone.hotspots["survival"].isna().all()
    assert "nothing to compare" in none.sentence == alone.sentence


@pytest.mark.parametrize("size", [1, 3_000])
def test_one_crime_or_thousands_on_one_point_make_a_hot_spot_that_survives(size):
    found = found_in(small.crimes([730.0] * size, [420.0] * size))
    assert found.hotspots.geometry.iloc[0].contains(shapely.Point(small.WEST + 730, small.SOUTH + 420))
    assert found.hotspots["survival"].iloc[0] == 1
    assert found.sentence.startswith("Of ")


@pytest.mark.parametrize("name", ["bandwidth", "cell"])
@pytest.mark.parametrize("value", [0.0, -1.0, float("nan"), "300"])
def test_lengths_that_are_none_are_refused(name, value):
    with pytest.raises(InputError, match=f"`{name}` must be"):
        found_in(scattered(0, 20), **{name: value})


def test_other_bad_input_is_refused():
    crimes = scattered(0, 20)
    with pytest.raises(InputError, match="`bandwidth` must be at least the side of a cell"):
        found_in(crimes, bandwidth=80.0)
    with pytest.raises(InputError, match="`bandwidths` must be above 0"):
        found_in(crimes, bandwidths=[0.0])
    with pytest.raises(InputError, match="`offsets` must be between 0 and 1"):
        found_in(crimes, offsets=[1.5])
    with pytest.raises(InputError, match="`share` must be"):
        found_in(crimes, share=0.0)
    with pytest.raises(InputError, match="`weights` must be finite"):
        found_in(crimes, weights=np.full(20, np.nan))
    with pytest.raises(InputError, match="working CRS"):
        found_in(crimes.to_crs(4326))


@pytest.mark.shared
def test_most_hot_spots_of_a_whole_force_survive(shared):
    wards = read_areas(shared / "data/boundaries/city_of_london_wards_2014.geojson")
    crimes = read_crimes([shared / "data/crime/city-of-london"]).crimes
    found = sensitivity(crimes, wards, bandwidth=150.0, cell=50.0, share=0.1, min_area=5_000.0, max_area=30_000.0)
    assert found.settings["jaccard"].iloc[1:].between(0.1, 1).all()
    assert found.hotspots["survival"].iloc[0] > 0.8
