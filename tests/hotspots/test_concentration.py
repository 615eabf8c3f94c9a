import numpy as np
import pytest

from geodata.errors import InputError
from hotspots import generalised_gini, gini, smallest_share, top_share
from tests.hotspots import naive

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
