import numpy as np
import pytest
from scipy import stats

from geodata.errors import InputError
from hotspots import hit_rate, predictive_accuracy_index, predictive_efficiency_index
from hotspots._flagged import flagged
from hotspots.evaluate import poisson_log_score, recapture_rate_index, street_accuracy_index
from tests.hotspots import naive


def test_published_example_of_the_accuracy_and_efficiency_indices():
    # reference/hotspots.md: observed 6 3 0, predicted 3 2 1, equal areas: PAI 2, 1.5, 1; PEI* 1, 1, 1.
    observed, predicted = [6, 3, 0], [3, 2, 1]
    for places, accuracy in ((1, 2.0), (2, 1.5), (3, 1.0)):
        assert predictive_accuracy_index(predicted, observed, share=places / 3) == pytest.approx(accuracy, rel=1e-15)
        assert predictive_efficiency_index(predicted, observed, share=places / 3) == 1.0


def test_published_example_of_the_recapture_rate_index():
    # reference/hotspots.md: RRI = predicted / observed; of the toy, 3 / 6, 5 / 9 and 6 / 9.
    for places, ratio in ((1, 3 / 6), (2, 5 / 9), (3, 6 / 9)):
        assert recapture_rate_index([3, 2, 1], [6, 3, 0], share=places / 3) == pytest.approx(ratio, rel=1e-15)
    assert np.isnan(recapture_rate_index([3, 2, 1], [0, 3, 0], share=0.34))


def test_streets_all_alike_give_the_area_index_and_long_ones_cost():
    predicted, observed = [4, 3, 2, 1], [6, 3, 1, 0]
    assert street_accuracy_index(predicted, observed, [9, 9, 9, 9], share=0.5) == pytest.approx(1.8, rel=1e-15)
    # By hand: 6 of 10 crimes in 300 of 400 metres.
    assert street_accuracy_index(predicted, observed, [300, 50, 50, 0], share=0.25) == pytest.approx(0.6 / 0.75)
    # Of places predicted alike and without crime the one with most street is walked.
    assert street_accuracy_index([2, 1, 1], [1, 0, 0], [10, 10, 80], share=0.67) == pytest.approx(1 / 0.9)
    assert np.isnan(street_accuracy_index(predicted, observed, [0, 0, 0, 5], share=0.25))


def test_the_log_score_is_that_of_the_poisson_law_and_best_for_the_truth():
    rng = np.random.default_rng(5)
    mean = rng.gamma(0.5, size=4000)
    came = rng.poisson(mean)
    assert poisson_log_score(mean, came) == pytest.approx(stats.poisson.logpmf(came, mean).mean(), rel=1e-12)
    assert poisson_log_score(mean, came) > max(poisson_log_score(1.3 * mean, came), poisson_log_score(0.7 * mean, came))
    assert poisson_log_score([0.0, 1.0], [0, 1]) == pytest.approx(-0.5)
    assert poisson_log_score([0.0, 1.0], [1, 1]) == -np.inf
    with pytest.raises(InputError, match="`expected` must be finite and at least 0"):
        poisson_log_score([-1.0], [0])


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


@pytest.mark.parametrize("seed", range(5))
def test_of_places_predicted_alike_the_lower_numbers_are_flagged(seed):
    guess = np.random.default_rng(seed).integers(0, 6, 60).astype(np.float64)
    for places in (1, 7, 30, 60):
        assert flagged(guess, places).lowest().tolist() == sorted(np.argsort(-guess, kind="stable")[:places])
