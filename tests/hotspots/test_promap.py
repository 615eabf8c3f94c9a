import numba
import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from geodata.grid import Grid
from hotspots._kernels import promap as kernel
from hotspots.forecast.promap import promap, promap_later, scores
from tests.hotspots import naive_forecast, simulated


def weights_2004(cells, weeks):
    return 1 / (1 + cells) * 1 / (1 + weeks)


def weights_2007(cells, weeks):
    return (1 + 1 / (cells + 1)) * 1 / (weeks + 1)


def score_of(history):
    return scores(history, lambda cells: 1 / (1 + cells), lambda weeks: 1 / (1 + weeks))


def scattered(seed, size=150, cell=100.0):
    rng = np.random.default_rng(seed)
    grid = Grid(0.0, 0.0, cell, 13, 11)
    x, y = rng.uniform(-100, 1500, size), rng.uniform(-100, 1200, size)
    return simulated.history(x, y, rng.uniform(0, 70, size), grid, weights=rng.uniform(0, 5, size), days=70.0)


def test_a_crime_this_week_counts_1_in_its_cell_and_one_last_week_a_quarter_next_to_it():
    grid = Grid(0.0, 0.0, 100.0, 5, 1)
    # Published: shared/reference/hotspots.md. This week is the last seven days.
    now = simulated.history([50], [50], [69.0], grid, days=70.0)
    assert score_of(now)[0] == 1.0
    before = simulated.history([50], [50], [60.0], grid, days=70.0)
    assert score_of(before)[1] == 0.25


def test_the_later_weights_count_from_one():
    grid = Grid(0.0, 0.0, 100.0, 5, 1)
    later = [
        scores(
            simulated.history([50], [50], [time], grid, days=70.0),
            lambda cells: 1 + 1 / (1 + cells),
            lambda weeks: 1 / (1 + weeks),
        )
        for time in (69.0, 60.0)
    ]
    assert (later[0][0], later[1][1]) == (2.0, 0.75)


@pytest.mark.parametrize("cell", [60.0, 150.0, 500.0])
@pytest.mark.parametrize("seed", range(2))
def test_scores_are_those_of_every_crime_at_every_cell(seed, cell):
    history = scattered(seed, cell=cell)
    assert_allclose(score_of(history), naive_forecast.promap(history, weights_2004), rtol=1e-12, atol=1e-15)
    for method, weight in ((promap, weights_2004), (promap_later, weights_2007)):
        expected, slow = method(history), naive_forecast.promap(history, weight)
        assert_allclose(expected / expected.sum(), slow / slow.sum(), rtol=1e-12, atol=1e-15)


def test_the_forecast_holds_the_mean_week_of_the_last_eight():
    history = scattered(3)
    newest = (history.time >= 70 - 56) & (history.cell >= 0)
    assert promap(history).sum() == pytest.approx(history.weights[newest].sum() / 8, rel=1e-12)


def test_nothing_recent_gives_nothing():
    history = simulated.history([50], [50], [1.0], Grid(0.0, 0.0, 100.0, 5, 5), days=70.0)
    assert not promap(history).any()


def test_one_thread_and_all_give_the_same_bits(monkeypatch):
    history = scattered(4, size=2000)
    alone = promap(history)
    monkeypatch.setattr(kernel, "FEW", 0)
    for threads in (1, numba.config.NUMBA_NUM_THREADS):
        numba.set_num_threads(threads)
        assert_array_equal(promap(history), alone)
