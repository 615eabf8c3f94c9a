import numpy as np
import pytest
from scipy import stats

from hotspots.expectation import count_interval, excess_variance, harm_interval


def test_counts_that_vary_by_chance_have_no_excess():
    counts = np.array([[4.0, 4, 4, 4], [5, 4, 3, 4]])
    assert excess_variance(counts, np.ones(4)).tolist() == [0.0, 0.0]


def test_excess_variance_by_hand():
    # Mean 5: squares 25 + 25 + 25 + 25 less 4 x 5, over 4 x 25.
    assert excess_variance(np.array([[0.0, 10, 0, 10]]), np.ones(4)).tolist() == [0.8]


def test_excess_variance_is_found_again_in_made_up_counts():
    rng = np.random.default_rng(0)
    counts = rng.poisson(8.0 * rng.gamma(1 / 0.5, 0.5, (300, 200))).astype(float)
    assert excess_variance(counts, np.ones(200)).mean() == pytest.approx(0.5, rel=0.05)


def test_periods_of_unlike_length_are_no_excess():
    weeks = np.array([1.0, 2, 3, 4])
    assert excess_variance((10 * weeks)[None, :], weeks)[0] == 0


def test_without_excess_the_interval_is_the_poisson_one():
    low, high = count_interval(np.array([3.0, 20.0]), np.zeros(2))
    assert low.tolist() == stats.poisson.ppf(0.05, [3, 20]).tolist()
    assert high.tolist() == stats.poisson.ppf(0.95, [3, 20]).tolist()


def test_excess_widens_the_interval():
    low, high = count_interval(np.array([20.0, 20.0]), np.array([0.0, 0.3]))
    assert low[1] < low[0]
    assert high[1] > high[0]


def test_the_expected_number_lies_in_its_interval_however_small():
    mean = np.array([0.0, 0.01, 0.4, 2.0, 300.0])
    low, high = count_interval(mean, np.full(5, 0.2))
    assert (low >= 0).all()
    assert (low <= mean).all()
    assert (mean <= high).all()


@pytest.mark.parametrize("alpha", [0.0, 0.4])
def test_nine_weeks_of_ten_fall_into_the_interval(alpha):
    rng = np.random.default_rng(1)
    mixed = np.full(20_000, 12.0) if alpha == 0 else 12 * rng.gamma(1 / alpha, alpha, 20_000)
    weeks = rng.poisson(mixed)
    low, high = count_interval(np.array([12.0]), np.array([alpha]))
    assert 0.9 <= ((low <= weeks) & (weeks <= high)).mean() <= 0.95


def test_harm_of_many_crimes_falls_into_its_interval_nine_weeks_of_ten():
    rng = np.random.default_rng(2)
    harms = np.array([1.0, 5.0, 20.0, 365.0])
    crimes = rng.poisson(30.0, 5_000)
    weeks = np.array([rng.choice(harms, number).sum() for number in crimes])
    mean, spread = harms.mean(), harms.var() / harms.mean() ** 2
    low, high = harm_interval(np.array([30 * mean]), np.array([30.0]), np.zeros(1), np.array([spread]))
    assert 0.88 <= ((low <= weeks) & (weeks <= high)).mean() <= 0.92


def test_harm_lies_in_its_interval_and_nothing_stays_nothing():
    mean = np.array([0.0, 0.001, 10.0, 5000.0, 3.0])
    crimes = np.array([0.0, 0.0001, 0.5, 40.0, 0.0])
    low, high = harm_interval(mean, crimes, np.full(5, 0.1), np.array([0.0, 50.0, 9.0, 1.0, 1.0]))
    assert np.isfinite(high).all()
    assert (low >= 0).all()
    assert (low <= mean).all()
    assert (mean <= high).all()
    assert high[0] == 0
