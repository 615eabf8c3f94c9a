import numpy as np
import pytest
from scipy import optimize, stats
from scipy.special import expit

from geodata.errors import InputError
from hotspots.interrupted import interrupted_series

LATE = np.arange(30) >= 20


def series(rng, ratio=1.0, drift=0.0, runs=None):
    """30 weeks of a force with a season, and of a treated area with one tenth of its crime."""
    time = np.arange(30)
    force = 400 * (1 + 0.3 * np.sin(time / 5))
    mean = 0.1 * force * np.where(LATE, ratio, 1.0) * np.exp(drift * time)
    mean = mean if runs is None else mean * rng.gamma(runs, 1 / runs, 30)
    return rng.poisson(mean), rng.poisson(force)


def test_the_effect_is_the_ratio_of_ratios_by_hand():
    found = interrupted_series([10, 10, 10, 10], [100, 100, 100, 50], np.array([False, False, True, True]))
    assert found.effect.value == pytest.approx((20 / 150) / (20 / 200))
    assert found.effect.error == pytest.approx(np.sqrt(found.dispersion * (1 / 20 + 1 / 200 + 1 / 20 + 1 / 150)))
    assert (found.before, found.after) == (2, 2)


def test_a_season_that_all_share_is_no_effect():
    force = np.round(400 * (1 + 0.5 * np.sin(np.arange(30))))
    found = interrupted_series(force, 10 * force, LATE)
    assert found.effect.value == pytest.approx(1.0)
    assert found.dispersion == 1.0


@pytest.mark.parametrize(("ratio", "runs"), [(1.0, None), (0.7, None), (0.7, 8.0)])
def test_the_truth_is_held_as_often_as_is_said(ratio, runs):
    rng = np.random.default_rng(3)
    ends = [interrupted_series(*series(rng, ratio, runs=runs), LATE).effect.interval(0.9) for _ in range(300)]
    held = sum(low <= ratio <= high for low, high in ends)
    assert stats.binom.ppf(0.001, 300, 0.87) <= held <= stats.binom.ppf(0.999, 300, 0.95)


def test_crime_that_comes_in_runs_widens_the_interval():
    rng = np.random.default_rng(4)
    found = interrupted_series(*series(rng, runs=3.0), LATE)
    assert found.dispersion > 2


def test_a_drift_that_was_there_before_is_no_effect():
    rng = np.random.default_rng(5)
    found = interrupted_series(*series(rng, drift=-0.03), LATE)
    assert found.effect.interval(0.95)[1] < 0.8
    low, high = found.allowing_for_drift.interval(0.95)
    assert low < 1.0 < high
    assert found.drift.interval(0.9)[1] < 1.0


def test_the_fit_is_that_of_the_greatest_likelihood():
    y, c = series(np.random.default_rng(6), 0.8, drift=0.01)
    time = np.arange(30) - 14.5

    def loss(b):
        share = expit(b[0] + b[1] * LATE + b[2] * time)
        return -(y * np.log(share) + c * np.log1p(-share)).sum()

    best = optimize.minimize(loss, [-2.0, 0.0, 0.0], method="BFGS").x
    assert interrupted_series(y, c, LATE).allowing_for_drift.log == pytest.approx(best[1], abs=1e-4)


def test_no_crime_after_is_a_finite_effect():
    found = interrupted_series([5, 4, 0, 0], [50, 50, 50, 50], np.array([False, False, True, True]))
    assert 0 < found.effect.value < 0.2
    assert np.isfinite(found.effect.interval(0.95)).all()


def test_too_short_a_series_is_refused():
    with pytest.raises(InputError, match="at least 2 periods with crime before and one after, got 1 and 1"):
        interrupted_series([1, 2], [3, 4], np.array([False, True]))
    with pytest.raises(InputError, match="at least 2 periods with crime before and one after, got 2 and 0"):
        interrupted_series([1, 2, 0], [3, 4, 0], np.array([False, False, True]))
    with pytest.raises(InputError, match="`after` must hold True or False"):
        interrupted_series([1, 2], [3, 4], [0, 1])
