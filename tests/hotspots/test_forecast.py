import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

from geodata.errors import InputError
from hotspots import METHODS, CoarseGridWarning, forecast, kernel_density
from hotspots.forecast import History, bears
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
def test_doubling_the_weights_doubles_every_forecast(method):
    seed = 1
    x, y = small.scattered(300, seed)
    crimes = small.crimes(x, y, day=np.random.default_rng(seed).uniform(0, 371, 300))
    harm = np.random.default_rng(seed).uniform(1, 9, 300)
    arguments = {"method": method, "bandwidth": 300.0}
    one = forecast(crimes, small.grid(), small.weeks(53), weights=harm, **arguments)
    two = forecast(crimes, small.grid(), small.weeks(53), weights=2 * harm, **arguments)
    assert (one >= 0).all()
    assert_allclose(two, 2 * one, rtol=1e-12)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("x", [[], [50.0], [50.0] * 9])
def test_no_crime_one_crime_and_all_on_one_point_give_a_forecast(method, x):
    crimes = small.crimes(x, x, day=5)
    found = forecast(crimes, small.grid(), small.weeks(53), method=method, bandwidth=300.0)
    assert np.isfinite(found).all()
    recent = method in ("last period", "ProMap", "ProMap 2007", "learned")
    last_year = len(x) / 3 if method == "same weeks last year" else len(x) / 53
    assert found.sum() == pytest.approx(0 if recent else last_year, rel=0.1)


def test_the_same_weeks_last_year_are_those_about_the_week_a_year_before_the_next():
    day = np.concatenate(([6.0], np.full(4, 9.0), np.full(5, 30.0), [370.0]))
    crimes = small.crimes([50] * 11, [50] * 11, day=day)
    arguments = {"method": "same weeks last year", "bandwidth": 300.0}
    # 53 weeks: the next is 1 January 2025 + 6 days, a year before it is the second week; weeks 1 to 3 count.
    assert forecast(crimes, small.grid(3, 2), small.weeks(53), **arguments)[0] == pytest.approx(5 / 3)
    months = small.months(13)
    found = forecast(crimes, small.grid(3, 2), months, **arguments)[0]
    assert found == pytest.approx(0.0)  # the next month is February 2025; nothing fell into February 2024


def test_what_a_method_asks_of_the_data_is_said_where_it_is_not_there():
    by_month = by_hand().assign(precision=pd.Categorical(["month"] * 8))
    history = History.of(by_month, small.grid(3, 2), small.weeks(2), bandwidth=300.0)
    asked = {name: bears(name, history) for name in METHODS}
    assert [name for name, reason in asked.items() if not reason] == ["raw count", "last period", "density"]
    assert asked["ProMap"] == "it needs the day of each crime, and 7 of 7 are known by month only"
    assert asked["same weeks last year"] == "it needs 52 weeks of crimes, and has 2"
    assert asked["learned"] == "it needs 8 periods to learn from, and has 2"
    with pytest.raises(InputError, match="The forecast `ProMap` cannot be made: it needs the day of each crime"):
        forecast(by_month, small.grid(3, 2), small.weeks(2), method="ProMap", bandwidth=300.0)


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
    with pytest.raises(
        InputError, match=r"`method` must be one of raw count, last period, .*, learned; got 'crystal ball'"
    ):
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
