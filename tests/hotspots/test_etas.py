import numba
import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import stats

from geodata.grid import Grid
from hotspots._kernels import etas as kernel
from hotspots._kernels.etas import Parameters, excitation, held_at, in_squares, pairs_of, spread_over_cells
from hotspots.forecast import etas_events
from hotspots.forecast.etas import events_interval, events_residuals, fit_events, self_exciting
from hotspots.forecast.excitation import expected_rate, offspring_so_far
from hotspots.forecast.facts import fitted_in_part
from tests.hotspots import naive_forecast, simulated


def few(seed, size=120):
    rng = np.random.default_rng(seed)
    x, y, time = rng.uniform(0, 900, size), rng.uniform(0, 700, size), np.floor(rng.uniform(0, 90, size))
    x[:20], y[:20] = 450.0, 350.0
    return in_squares(x, y, time, (0.0, 0.0, 900.0, 700.0), 200.0)[1]


@pytest.mark.parametrize("seed", range(3))
def test_pairs_are_all_that_lie_within_reach_and_what_they_add_is_their_sum(seed):
    events = few(seed)
    x, y, time = events[:3]
    found = pairs_of(events, 200.0, 30.0)
    slow = naive_forecast.pairs(x, y, time, 200.0, 30.0)
    later = np.repeat(np.arange(time.size), np.diff(found.first))
    assert found.days.size == len(slow)
    assert_allclose(
        np.sort(found.squared), np.sort([(x[i] - x[j]) ** 2 + (y[i] - y[j]) ** 2 for j, i in slow]), rtol=1e-6
    )
    assert np.bincount(later, minlength=time.size).tolist() == [sum(j == k for j, _ in slow) for k in range(time.size)]
    sums = excitation(found, Parameters(0.4, 0.1, 80.0**2))
    assert_allclose(sums, naive_forecast.excitation(x, y, time, slow, 0.4, 0.1, 80.0**2), rtol=1e-6)


def test_of_some_events_asked_the_pairs_are_those_that_they_have_among_all():
    events = few(4)
    every, asked = pairs_of(events, 200.0, 30.0), np.arange(events.time.size) % 3 == 1
    some = pairs_of(events._replace(asked=asked), 200.0, 30.0)
    for one, other in zip(some[1:], every[1:], strict=True):
        parts = [other[a:b] for a, b in zip(every.first[:-1][asked], every.first[1:][asked], strict=True)]
        assert_array_equal(one, np.concatenate(parts))
    assert_array_equal(np.diff(some.first), np.diff(every.first)[asked])


def test_one_thread_and_all_give_the_same_bits(monkeypatch):
    events = few(7)
    alone = pairs_of(events, 200.0, 30.0)
    sums = excitation(alone, Parameters(0.4, 0.1, 80.0**2))
    monkeypatch.setattr(kernel, "FEW", 0)
    monkeypatch.setattr(kernel, "FEW_EVENTS", 0)
    for threads in (1, numba.config.NUMBA_NUM_THREADS):
        numba.set_num_threads(threads)
        found = pairs_of(events, 200.0, 30.0)
        for one, other in zip(found, alone, strict=True):
            assert_array_equal(one, other)
        assert_array_equal(excitation(found, Parameters(0.4, 0.1, 80.0**2)), sums)


def test_spreading_over_cells_is_the_gaussian_between_their_edges():
    surface = np.zeros((9, 12))
    spread_over_cells(np.array([5.3]), np.array([4.8]), np.array([2.0]), 0.7, 4.0, surface)
    rows, columns = (np.diff(stats.norm.cdf(np.arange(n + 1), at, 0.7)) for n, at in ((9, 4.8), (12, 5.3)))
    assert_allclose(surface, 2.0 * np.outer(rows, columns), atol=1e-6)


def test_running_sums_over_time_are_the_sums():
    rng = np.random.default_rng(1)
    time = np.sort(np.floor(rng.uniform(0, 60, 80)))
    moments = np.sort(rng.uniform(-5, 70, 50))
    slow = [np.exp(-0.2 * (moment - time[time < moment])).sum() for moment in moments]
    assert_allclose(held_at(moments, time, 0.2), slow, rtol=1e-10)
    for cut in (np.inf, 9.5):
        slow = [(1 - np.exp(-0.2 * np.minimum(at - time[time < at], cut))).sum() for at in time]
        assert_allclose(offspring_so_far(time, 0.2, cut), slow, rtol=1e-9, atol=1e-9)


def test_what_is_to_come_is_the_mean_over_many_futures():
    rng = np.random.default_rng(2)
    theta, omega, mu, now, horizon = 0.6, 0.3, 2.0, 4.0, 7.0
    total, runs = 0, 20_000
    for _ in range(runs // 1000):
        # The rate `now` of events so far is the start of a cluster: now / omega first offspring, all in time.
        time = np.concatenate((rng.uniform(0, horizon, rng.poisson(mu * horizon * 1000)),
                               rng.exponential(1 / omega, rng.poisson(now / omega * 1000))))  # fmt: skip
        while time.size:
            time = time[time < horizon]
            total += time.size
            offspring = rng.poisson(theta, time.size)
            time = np.repeat(time, offspring) + rng.exponential(1 / omega, offspring.sum())
    found = expected_rate(np.array([mu]), np.array([now]), theta=theta, omega=omega, horizon=horizon)[0] * horizon
    assert found == pytest.approx(total / runs, rel=0.01)


def test_what_was_planted_is_found_again_and_the_times_fit():
    fits, held = [], []
    for seed in range(5):
        history = simulated.in_space(seed, events=1200, theta=0.4, omega=0.1, spread=80.0)
        fit = fit_events(history)
        low, high = events_interval(history, fit)
        held.append(low <= 0.4 <= high)
        fits.append((fit.theta, fit.omega, fit.spread))
        assert events_residuals(history, fit).p > 0.01
    theta, omega, spread = np.mean(fits, axis=0)
    assert theta == pytest.approx(0.4, abs=0.05)
    assert omega == pytest.approx(0.1, abs=0.02)
    assert spread == pytest.approx(80.0, abs=8.0)
    assert sum(held) >= 3


def test_where_nothing_was_planted_the_interval_says_that_there_may_be_none():
    for seed in range(2):
        history = simulated.in_space(seed, events=1500, theta=0.0, omega=1.0, spread=1.0)
        fit = fit_events(history)
        assert fit.theta < 0.15
        assert events_interval(history, fit)[0] == 0.0


def test_where_pairs_are_too_many_some_events_stand_for_all(monkeypatch):
    history = simulated.in_space(1, events=3000, theta=0.4, omega=0.1, spread=80.0)
    whole, expected = fit_events(history), self_exciting(history)
    monkeypatch.setattr(etas_events, "SAMPLE", 500)
    monkeypatch.setattr(etas_events, "MOST_PAIRS", 8000)
    part = fit_events(history)
    assert part.every > 2
    said = f"one crime in {part.every}, evenly over time, was asked what triggered it"
    assert said in fitted_in_part("self-exciting", history)
    assert fitted_in_part("learned", history) == ""
    # Over 16 seeds theta is .365 (sd .054), omega .109 (.021) and the spread 77 m (7.7); of all .391, .102 and 79.5 m.
    assert (part.theta, part.omega) == pytest.approx((whole.theta, whole.omega), rel=0.4)
    assert part.spread == pytest.approx(whole.spread, rel=0.2)
    assert part.background.sum() == pytest.approx(whole.background.sum(), rel=0.1)
    assert np.corrcoef(self_exciting(history), expected)[0, 1] > 0.95
    low, high = events_interval(history, part)
    assert low < 0.4 < high


def test_the_weeks_expected_come_on_average_and_are_caught_better_than_by_the_raw_count():
    history = simulated.in_space(0, events=2500, theta=0.4, omega=0.1, spread=80.0)
    total, caught, by_count = 0.0, 0.0, 0.0
    for week in range(48, 52):
        past, came = history.before(week), history.during(week).per_cell()
        expected = self_exciting(past)
        total += expected.sum() / came.sum() / 4
        caught += came[np.argsort(-expected, kind="stable")[:150]].sum()
        by_count += came[np.argsort(-past.per_cell(), kind="stable")[:150]].sum()
    assert total == pytest.approx(1.0, abs=0.2)
    assert caught > 1.2 * by_count


@pytest.mark.parametrize("size", [0, 1, 9])
def test_no_event_one_and_many_on_one_point_at_one_moment_give_a_forecast(size):
    grid = Grid(0.0, 0.0, 100.0, 8, 8)
    found = self_exciting(simulated.history([350.0] * size, [350.0] * size, [3.0] * size, grid))
    assert np.isfinite(found).all()
    assert found.sum() == pytest.approx(size / 52, rel=0.05)


def test_the_order_of_rows_is_immaterial():
    history = simulated.in_space(3, events=300, theta=0.4, omega=0.1, spread=80.0)
    mixed = history.chosen(np.random.default_rng(0).permutation(history.time.size))
    assert_array_equal(self_exciting(mixed), self_exciting(history))
