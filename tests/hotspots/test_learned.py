from dataclasses import replace

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from threadpoolctl import threadpool_limits

from geodata.grid import Grid
from hotspots.forecast.learned import learned, too_short
from tests.hotspots import simulated


@pytest.fixture(scope="module")
def town():
    return simulated.in_cells(0, mu=0.02, theta=0.5, omega=0.15, columns=30, rows=20, unlike=True)


def test_the_same_history_gives_the_same_bits_however_many_threads_there_are(town):
    short = town.before(14)
    found = learned(short)
    with threadpool_limits(1):
        assert_array_equal(learned(short), found)


def test_the_order_of_rows_is_immaterial_to_what_is_learned(town):
    mixed = town.chosen(np.random.default_rng(0).permutation(town.time.size))
    assert_array_equal(learned(mixed), learned(town))


def test_what_is_expected_is_what_comes_and_lies_where_it_does(town):
    expected, came = learned(town.before(51)), town.during(51).per_cell()
    assert expected.sum() == pytest.approx(town.time.size / 52, rel=0.2)
    assert (expected > 0).all()
    assert came[np.argsort(-expected)[:60]].sum() > 2 * came.sum() * 60 / expected.size


def test_a_lasting_feature_tells_quiet_cells_apart():
    rng = np.random.default_rng(1)
    grid = Grid(0.0, 0.0, 100.0, 40, 30)
    street = (np.arange(grid.size) % 40 >= 20).astype(float)
    cell = rng.choice(np.flatnonzero(street), 1500)
    history = simulated.history(*grid.centres(cell), rng.uniform(0, simulated.DAYS, 1500), grid)
    expected = learned(replace(history, features=street[:, None]))
    assert expected[street == 1].min() > expected[street == 0].max()


def test_too_few_periods_are_said_to_be_too_few(town):
    assert too_short(town) == ""
    assert too_short(town.before(7)) == "it needs 8 periods to learn from, and has 7"


def test_no_crime_to_learn_from_is_no_crash():
    grid = Grid(0.0, 0.0, 100.0, 5, 5)
    assert not learned(simulated.history([], [], [], grid)).any()
    assert np.isfinite(learned(simulated.history([50.0], [50.0], [1.0], grid))).all()


def test_a_cell_a_thousand_times_as_busy_as_the_others_is_not_overshot():
    rng = np.random.default_rng(2)
    grid = Grid(0.0, 0.0, 100.0, 60, 50)
    cell = np.concatenate((np.full(6000, 1510), rng.integers(0, grid.size, 3000)))
    history = simulated.history(*grid.centres(cell), rng.uniform(0, simulated.DAYS, 9000), grid)
    expected = learned(history)
    assert expected[1510] == pytest.approx(6000 / 52, rel=0.15)
    assert expected.sum() == pytest.approx(9000 / 52, rel=0.15)
