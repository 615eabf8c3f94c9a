import numpy as np
import pytest

from geodata.errors import InputError
from hotspots import hit_rate, predictive_accuracy_index, predictive_efficiency_index
from tests.hotspots import naive


def test_published_example_of_the_accuracy_and_efficiency_indices():
    # reference/hotspots.md: observed 6 3 0, predicted 3 2 1, equal areas: PAI 2, 1.5, 1; PEI* 1, 1, 1.
    observed, predicted = [6, 3, 0], [3, 2, 1]
    for places, accuracy in ((1, 2.0), (2, 1.5), (3, 1.0)):
        assert predictive_accuracy_index(predicted, observed, share=places / 3) == pytest.approx(accuracy, rel=1e-15)
        assert predictive_efficiency_index(predicted, observed, share=places / 3) == 1.0


def test_harm_in_place_of_counts_gives_the_harm_index():
    # By hand: the first of four places holds 365 of 365 + 5 + 20 + 0.5 days, in a quarter of the area.
    assert predictive_accuracy_index([9, 1, 2, 3], [365, 5, 20, 0.5], share=0.25) == pytest.approx(365 / 390.5 * 4)


def test_ties_are_broken_against_the_forecast():
    assert hit_rate([1, 1, 1, 1], [9, 0, 0, 1], share=0.5) == 0.0
    assert hit_rate([2, 1, 1, 0], [0, 5, 3, 2], share=0.5) == 0.3


def test_an_efficient_forecast_need_not_be_an_accurate_one():
    # By hand: 3 caught of 12, where the best place holds 4.
    assert predictive_efficiency_index([5, 1, 1], [3, 4, 5], share=1 / 3) == pytest.approx(3 / 5)


@pytest.mark.parametrize("seed", range(20))
def test_every_share_equals_the_slow_twin(seed):
    rng = np.random.default_rng(seed)
    predicted, observed = rng.integers(0, 6, 60), rng.poisson(1.0, 60)
    for places in (1, 7, 30, 59, 60):
        caught = naive.caught(predicted.tolist(), observed.tolist(), places)
        best = naive.caught(observed.tolist(), observed.tolist(), places)
        assert hit_rate(predicted, observed, share=places / 60) == pytest.approx(caught / observed.sum())
        assert predictive_efficiency_index(predicted, observed, share=places / 60) == pytest.approx(caught / best)


@pytest.mark.parametrize("seed", range(5))
def test_only_the_order_of_the_prediction_counts(seed):
    rng = np.random.default_rng(seed)
    predicted, observed = rng.integers(0, 9, 80).astype(float), rng.poisson(1.0, 80)
    assert hit_rate(np.exp(predicted), observed, share=0.2) == hit_rate(predicted, observed, share=0.2)


def test_a_share_below_one_place_still_flags_one():
    assert hit_rate([1, 2], [3, 1], share=0.01) == 0.25


def test_nothing_observed_is_no_rate():
    assert np.isnan(hit_rate([1, 2], [0, 0], share=0.5))
    assert np.isnan(predictive_accuracy_index([1, 2], [0, 0], share=0.5))
    assert np.isnan(predictive_efficiency_index([1, 2], [0, 0], share=0.5))


@pytest.mark.parametrize("share", [0.0, -0.1, 1.1, float("nan")])
def test_a_share_that_is_none_is_refused(share):
    with pytest.raises(InputError, match="`share` must be"):
        hit_rate([1, 2], [0, 1], share=share)


def test_predictions_and_observations_that_do_not_fit_are_refused():
    with pytest.raises(InputError, match="one number per event"):
        hit_rate([1, 2, 3], [0, 1], share=0.5)
    with pytest.raises(InputError, match="one finite number per place"):
        hit_rate([1, np.nan], [0, 1], share=0.5)
    with pytest.raises(InputError, match="`observed` must be finite and at least 0"):
        hit_rate([1, 2], [0, -1], share=0.5)
    with pytest.raises(InputError, match="At least one place"):
        hit_rate([], [], share=0.5)
