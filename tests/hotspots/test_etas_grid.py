import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import stats

from hotspots._kernels.etas_grid import CellEvents, rate_at_end, step
from hotspots.forecast.etas_grid import fit_grid, grid_interval, grid_residuals, self_exciting_grid
from tests.hotspots import naive_forecast, simulated

END = 50.0


def few(seed, size=60, cells=6):
    """Events in cells and time order, some of them at one moment."""
    rng = np.random.default_rng(seed)
    cell, time = rng.integers(0, cells, size), np.floor(rng.uniform(0, END, size) * 2) / 2
    order = np.lexsort((time, cell))
    cell, time = cell[order], time[order]
    return cell, time, CellEvents(time, np.searchsorted(cell, np.arange(cells + 1)), END)


@pytest.mark.parametrize("seed", range(4))
def test_one_pass_is_the_double_sum_over_all_pairs(seed):
    cell, time, events = few(seed)
    rng = np.random.default_rng(seed)
    steady = rng.uniform(0.02, 0.3, time.size)
    found = step(events, steady, 0.6, 0.3)
    triggered, background = naive_forecast.share_out(time, cell, steady, 0.6, 0.3)
    assert_allclose(found.background, background, rtol=1e-10)
    assert found.triggered == pytest.approx(triggered.sum(), rel=1e-10)
    assert found.waited == pytest.approx((triggered * (time[None, :] - time[:, None])).sum(), rel=1e-10)
    left = END - time
    assert found.passed == pytest.approx(np.exp(-0.3 * left).sum(), rel=1e-10)
    assert found.passed_days == pytest.approx((left * np.exp(-0.3 * left)).sum(), rel=1e-10)
    weights = rng.uniform(0, 9, time.size)
    by_cell = np.bincount(cell, weights=weights * np.exp(-0.3 * left), minlength=6)
    assert_allclose(rate_at_end(events, weights, 0.3), by_cell, rtol=1e-12)


def test_the_published_form_rests_where_its_equations_do():
    history = simulated.in_cells(0, mu=0.1, theta=0.5, omega=0.2, columns=4, rows=2)
    fit = fit_grid(history, shrunk=False)
    order = np.lexsort((history.time, history.cell))
    cell, time = history.cell[order], history.time[order]
    mu = np.bincount(cell, weights=fit.background, minlength=8) / simulated.DAYS
    again, theta, omega = naive_forecast.published_step(time, cell, simulated.DAYS, mu, fit.theta, fit.omega)
    assert (theta, omega) == pytest.approx((fit.theta, fit.omega), rel=1e-3)
    assert_allclose(again, mu, rtol=1e-3)


@pytest.mark.parametrize("unlike", [False, True])
def test_what_was_planted_is_found_again_where_the_published_form_finds_too_little(unlike):
    fits = []
    for seed in range(4):
        history = simulated.in_cells(seed, mu=0.02, theta=0.4, omega=0.1, unlike=unlike)
        fit = fit_grid(history)
        fits.append((fit.theta, fit.omega, fit_grid(history, shrunk=False).theta))
    theta, omega, published = np.mean(fits, axis=0)
    assert theta == pytest.approx(0.4, abs=0.02)
    assert omega == pytest.approx(0.1, abs=0.01)
    assert published < 0.33


def test_the_interval_holds_the_planted_ratio_and_the_times_fit():
    held, fitting = [], []
    for seed in range(8):
        history = simulated.in_cells(seed, mu=0.02, theta=0.3, omega=0.15, columns=25, rows=20)
        fit = fit_grid(history)
        low, high = grid_interval(history, fit)
        held.append(low <= 0.3 <= high)
        fitting.append(grid_residuals(history, fit).p)
    assert sum(held) >= 6  # of 8 at 90 %, five or fewer would come one time in 27 if it is right
    assert min(fitting) > 0.01


@pytest.mark.long
def test_the_interval_of_cells_of_unlike_levels_holds_the_planted_ratio_as_often_as_it_says():
    held = 0
    for seed in range(60):
        history = simulated.in_cells(seed, mu=0.02, theta=0.4, omega=0.1, columns=25, rows=20, unlike=True)
        low, high = grid_interval(history, fit_grid(history))
        held += low <= 0.4 <= high
    assert held >= stats.binom.ppf(0.025, 60, 0.9)


def test_nothing_is_triggered_where_nothing_was_planted():
    found = [fit_grid(simulated.in_cells(seed, mu=0.03, theta=0.0, omega=1.0)).theta for seed in range(2)]
    assert max(found) < 0.05


def test_times_of_another_process_do_not_fit():
    history = simulated.in_cells(0, mu=0.05, theta=0.0, omega=1.0)
    squeezed = simulated.history(history.x, history.y, history.time**2 / simulated.DAYS, history.grid)
    assert grid_residuals(squeezed, fit_grid(squeezed)).p < 1e-6


def test_what_is_expected_is_what_comes_on_average():
    history = simulated.in_cells(5, mu=0.03, theta=0.5, omega=0.2)
    past = history.before(51)
    assert self_exciting_grid(past).sum() == pytest.approx(history.time.size / 52, rel=0.1)
    expected, came = self_exciting_grid(past), history.during(51).per_cell()
    assert came[np.argsort(-expected)[:100]].sum() > 2 * came.sum() * 100 / expected.size


def test_the_order_of_rows_is_immaterial():
    history = simulated.in_cells(6, mu=0.02, theta=0.4, omega=0.1, columns=10, rows=10)
    mixed = history.chosen(np.random.default_rng(0).permutation(history.time.size))
    assert_array_equal(self_exciting_grid(mixed), self_exciting_grid(history))
