import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

from geodata.errors import InputError
from hotspots import METHODS, CoarseGridWarning, forecast, kernel_density
from hotspots.forecast import History
from tests.hotspots import small


def by_hand():
    """Two cells: 2 crimes in the first in week 1, then 1 and 4 in week 2; one after the end."""
    x = [50, 50, 50, *[150] * 4, 50]
    return small.crimes(x, [50] * 8, day=np.array([0, 1, 8, 9, 9, 10, 13, 20]))


def test_raw_count_is_the_mean_week_of_the_history():
    found = forecast(by_hand(), small.grid(3, 2), small.weeks(2), method="raw count", bandwidth=300.0)
    assert found.tolist() == [1.5, 2.0, 0, 0, 0, 0]
    assert found.name == "expected"


def test_last_period_forgets_what_came_before():
    found = forecast(by_hand(), small.grid(3, 2), small.weeks(2), method="last period", bandwidth=300.0)
    assert found.tolist() == [1.0, 4.0, 0, 0, 0, 0]


def test_months_are_counted_by_their_length():
    crimes = small.crimes([50] * 31, [50] * 31, day=np.arange(31))
    found = forecast(crimes, small.grid(3, 2), small.months(1), method="raw count", bandwidth=300.0)
    assert found[0] == pytest.approx(7.0, rel=1e-12)


def test_density_holds_the_mean_weekly_total_inside_the_study_area():
    x, y = small.scattered(500, 2)
    crimes, grid = small.crimes(x, y, day=np.arange(500) % 28), small.grid()
    harm = np.random.default_rng(2).uniform(0, 10, 500)
    study = np.zeros(grid.size, dtype=bool)
    study[:170] = True
    found = forecast(crimes, grid, small.weeks(4), method="density", bandwidth=300.0, weights=harm, study=study)
    inside = study[np.maximum(grid.cell_of(crimes.geometry.x, crimes.geometry.y), 0)]
    inside &= grid.cell_of(crimes.geometry.x, crimes.geometry.y) >= 0
    assert found[study].sum() == pytest.approx(harm[inside].sum() / 4, rel=1e-12)
    surface = kernel_density(crimes, grid, bandwidth=300.0, weights=harm)
    assert_allclose(found / found.sum(), surface / surface.sum(), rtol=1e-12, atol=0)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("seed", range(3))
def test_doubling_the_weights_doubles_every_forecast(method, seed):
    x, y = small.scattered(200, seed)
    crimes = small.crimes(x, y, day=np.arange(200) % 21)
    arguments = {"method": method, "bandwidth": 300.0}
    one = forecast(crimes, small.grid(), small.weeks(3), **arguments)
    two = forecast(crimes, small.grid(), small.weeks(3), weights=np.full(200, 2.0), **arguments)
    assert_allclose(two, 2 * one, rtol=1e-12)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("x", [[], [50.0], [50.0] * 9])
def test_no_crime_one_crime_and_all_on_one_point_give_a_forecast(method, x):
    crimes = small.crimes(x, x)
    found = forecast(crimes, small.grid(), small.weeks(3), method=method, bandwidth=300.0)
    assert np.isfinite(found).all()
    assert found.sum() == pytest.approx(0 if method == "last period" else len(x) / 3)


def test_history_before_a_period_knows_nothing_of_it():
    history = History.of(by_hand(), small.grid(3, 2), small.weeks(2), bandwidth=300.0)
    assert history.x.size == 7
    assert history.before(1).per_cell().tolist() == [2, 0, 0, 0, 0, 0]
    assert history.during(1).per_cell().tolist() == [1, 4, 0, 0, 0, 0]
    assert history.during(1).weeks.tolist() == [1.0]


def test_time_is_in_days_from_the_start_of_the_history_and_unknown_within_a_month():
    history = History.of(by_hand(), small.grid(3, 2), small.weeks(2), bandwidth=300.0)
    assert history.time.tolist() == [0, 1, 8, 9, 9, 10, 13]
    assert (history.days, history.horizon) == (14.0, 7.0)
    second = history.during(1)
    assert second.time.tolist() == [1, 2, 2, 3, 6]
    assert second.start == history.start + pd.Timedelta(days=7)
    by_month = by_hand().assign(precision=pd.Categorical(["month"] * 8))
    assert np.isnan(History.of(by_month, small.grid(3, 2), small.weeks(2), bandwidth=300.0).time).all()


def test_features_must_be_a_row_of_numbers_for_every_cell():
    with pytest.raises(InputError, match="for each of the 6 cells"):
        History.of(by_hand(), small.grid(3, 2), small.weeks(2), bandwidth=300.0, features=np.ones((5, 2)))


def test_methods_cannot_be_changed_from_outside():
    with pytest.raises(TypeError):
        METHODS["ours"] = None


def test_an_unknown_method_is_refused_by_the_names_there_are():
    with pytest.raises(InputError, match="`method` must be one of raw count, last period, density; got 'crystal ball'"):
        forecast(by_hand(), small.grid(3, 2), small.weeks(2), method="crystal ball", bandwidth=300.0)


def test_only_a_method_that_smooths_warns_of_a_small_bandwidth():
    forecast(by_hand(), small.grid(3, 2), small.weeks(2), method="raw count", bandwidth=30.0)
    with pytest.warns(CoarseGridWarning):
        forecast(by_hand(), small.grid(3, 2), small.weeks(2), method="density", bandwidth=30.0)


def test_a_study_area_of_another_shape_or_of_nothing_is_refused():
    arguments = {"method": "density", "bandwidth": 300.0}
    with pytest.raises(InputError, match="for each of the 6 cells"):
        forecast(by_hand(), small.grid(3, 2), small.weeks(2), study=np.ones(5, dtype=bool), **arguments)
    with pytest.raises(InputError, match="at least one cell"):
        forecast(by_hand(), small.grid(3, 2), small.weeks(2), study=np.zeros(6, dtype=bool), **arguments)
