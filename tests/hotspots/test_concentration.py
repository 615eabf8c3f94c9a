import numpy as np
import pandas as pd
import pytest

from geodata.crimes import read_crimes
from geodata.errors import InputError
from hotspots import generalised_gini, gini, smallest_share, top_share
from hotspots.concentration import (
    _generalised,
    generalised_gini_interval,
    lorenz_curve,
)
from hotspots.concentration_table import concentration_table
from tests.hotspots import naive, small

PUBLISHED = [3, 1, 1, *[0] * 7]


def test_published_example_of_the_generalised_gini():
    # Bernasco & Steenbeek (2017), as in reference/hotspots.md: G .78, G' .56.
    assert gini(PUBLISHED) == pytest.approx(0.78, rel=1e-12)
    assert generalised_gini(PUBLISHED) == pytest.approx(0.56, rel=1e-12)


@pytest.mark.parametrize("seed", range(10))
def test_gini_equals_the_mean_difference_of_all_pairs(seed):
    values = np.random.default_rng(seed).poisson(0.8, 40).astype(float)
    assert gini(values) == pytest.approx(naive.gini(values), rel=1e-12)


def test_with_as_many_crimes_as_places_both_ginis_agree():
    values = [4, 3, 2, 1]
    assert generalised_gini(values) == gini(values)


def test_one_crime_each_on_fewer_crimes_than_places_is_no_concentration():
    assert generalised_gini([1, 1, 1, *[0] * 97]) == pytest.approx(0.0, abs=1e-12)
    assert generalised_gini([3, *[0] * 99]) == pytest.approx(2 / 3, rel=1e-12)


def test_top_share_by_hand():
    assert top_share(PUBLISHED, share=0.1) == pytest.approx(0.6)
    assert top_share(PUBLISHED, share=0.15) == pytest.approx(0.7)
    assert top_share(PUBLISHED, share=1.0) == 1.0


def test_smallest_share_by_hand():
    assert smallest_share(PUBLISHED, holding=0.5) == 0.1
    assert smallest_share(PUBLISHED, holding=0.8) == 0.2
    assert smallest_share(PUBLISHED, holding=1.0) == pytest.approx(0.3)


@pytest.mark.parametrize("seed", range(5))
def test_doubling_changes_no_concentration(seed):
    values = np.random.default_rng(seed).gamma(0.5, 1.0, 50)
    assert gini(2 * values) == pytest.approx(gini(values), rel=1e-12)
    assert top_share(2 * values, share=0.2) == pytest.approx(top_share(values, share=0.2), rel=1e-12)


def test_nothing_at_all_is_no_number():
    for measure in (gini, generalised_gini, smallest_share):
        assert np.isnan(measure([0, 0, 0]))
    assert np.isnan(top_share([0, 0], share=0.5))


def test_one_place_holds_everything():
    assert top_share([5], share=0.5) == 0.5
    assert smallest_share([5]) == 1.0
    assert gini([5]) == 0.0


def test_input_that_is_no_count_is_refused():
    with pytest.raises(InputError, match="at least one place"):
        gini([])
    with pytest.raises(InputError, match="finite and at least 0"):
        gini([1, -1])
    with pytest.raises(InputError, match="`share` must be"):
        top_share([1, 2], share=0)


def test_the_curve_by_hand_and_its_area_is_the_gini():
    found = lorenz_curve(PUBLISHED)
    assert found["held"].tolist() == pytest.approx([0, 0.6, 0.8, *[1] * 8])
    assert found["places"].tolist() == pytest.approx(np.linspace(0, 1, 11))
    area = np.trapezoid(found["held"], found["places"])
    assert 2 * area - 1 == pytest.approx(gini(PUBLISHED))


@pytest.mark.parametrize("seed", range(5))
def test_drawing_how_many_hold_alike_is_drawing_places(seed):
    rng = np.random.default_rng(seed)
    distinct = np.unique(rng.poisson(0.7, 60)).astype(float)
    times = rng.multinomial(60, np.full(distinct.size, 1 / distinct.size), size=4)
    slow = [generalised_gini(np.repeat(distinct, row)) for row in times]
    assert _generalised(distinct, times) == pytest.approx(slow, rel=1e-12)


@pytest.mark.parametrize("seed", range(3))
def test_the_interval_holds_the_number_and_the_seed_decides_all(seed):
    counts = np.random.default_rng(seed).negative_binomial(0.4, 0.3, 400)
    found = generalised_gini_interval(counts, seed=seed)
    assert found.low < found.value < found.high
    assert found == generalised_gini_interval(counts, seed=seed)
    wider = generalised_gini_interval(counts[:40], seed=seed)
    assert wider.high - wider.low > found.high - found.low
    assert np.isnan(generalised_gini_interval([0, 0]).low)


def test_the_table_by_hand():
    crimes = small.crimes(np.zeros(80), np.zeros(80), day=np.repeat([0, 400], 40)).reset_index(drop=True)
    crimes["offence"] = pd.Categorical(["Burglary", "Robbery"] * 40)
    place = pd.Series(np.repeat([3, 4], [60, 20]))
    harm = np.where(np.arange(80) < 60, 1.0, 10.0)
    found = concentration_table(crimes, place, places=10, weights=harm).set_index(["offence", "year"])
    assert found.index.tolist() == [
        ("all", "all"),
        ("Burglary", "all"),
        ("Robbery", "all"),
        ("all", "2024"),
        ("all", "2025"),
    ]
    assert found.loc[("all", "all"), ["crimes", "places", "share", "share_of_harm"]].tolist() == [80, 2, 0.1, 0.1]
    assert found.loc[("all", "all"), "gini"] == pytest.approx(generalised_gini([60, 20, *[0] * 8]))
    assert found.loc[("all", "2025"), "places"] == 2
    nowhere = concentration_table(crimes, pd.Series([pd.NA] * 80, dtype="Int64"), places=10)
    assert nowhere.empty


def test_what_the_table_cannot_count_is_refused():
    crimes = small.crimes(np.zeros(3), np.zeros(3))
    with pytest.raises(InputError, match="`places` must be at least the number of places with crime"):
        concentration_table(crimes, pd.Series([1, 2, 3]), places=2)
    with pytest.raises(InputError, match="`place` must have the index"):
        concentration_table(crimes, pd.Series([1, 2, 3], index=[4, 5, 6]), places=9)
    with pytest.raises(InputError, match="`samples` must be a whole number of at least 100"):
        generalised_gini_interval([1, 2], samples=3)
    with pytest.raises(InputError, match="`level` must be above 0 and below 1"):
        generalised_gini_interval([1, 2], level=0)


@pytest.mark.shared
def test_half_of_a_real_force_s_crime_lies_on_few_of_its_points(shared):
    crimes = read_crimes([shared / "data/crime/city-of-london"]).crimes
    place = crimes["place_id"].astype("string")
    found = concentration_table(crimes, place, places=int(place.nunique()), samples=100)
    assert found["share"].iloc[0] < 0.25
    assert (found["gini_low"] <= found["gini_high"]).all()
    assert found["crimes"].min() >= 30
