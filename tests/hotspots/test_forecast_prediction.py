from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

from geodata.grid import Grid
from hotspots.forecast.calibration import calibration
from hotspots.forecast.facts import model_facts
from hotspots.forecast.prediction import prediction
from hotspots.forecast.windows import lacks_hours, window_shares
from hotspots.time_of_week import time_of_week
from tests.hotspots import simulated, small


def steady(seed=0, weeks=20, level=0.4, mixing=0.0, cells=600):
    """Each cell its own Poisson rate, the same in every week; with `mixing`, whole weeks more or less."""
    rng = np.random.default_rng(seed)
    grid = Grid(0.0, 0.0, 100.0, 30, cells // 30)
    rates = level * rng.gamma(1.0, 1.0, cells)
    week = rng.gamma(1 / mixing, mixing, (cells, weeks)) if mixing else np.ones((cells, weeks))
    counts = rng.poisson(rates[:, None] * week)
    cell, period = (np.repeat(part, counts.ravel()) for part in np.indices(counts.shape).reshape(2, -1))
    return simulated.history(*grid.centres(cell), 7.0 * period + 3.0, grid, days=7.0 * weeks)


def test_bands_share_out_what_was_expected_and_hold_what_came():
    history = steady(level=5.0)
    found = calibration("raw count", history, origins=4)
    assert found.origins == 4
    assert found.bands["observed"].sum() == sum(history.during(week).time.size for week in range(16, 20))
    assert found.bands["cells"].sum() == 4 * history.grid.size
    assert_allclose(found.bands["expected"], found.bands["expected"].sum() / 10, rtol=0.05)
    assert found.bands["ratio"].between(0.8, 1.2).all()


def test_counts_that_vary_more_than_by_chance_widen_the_interval_until_it_holds_nine_of_ten():
    plain, mixed = (calibration("raw count", steady(level=8.0, mixing=mixing), origins=6) for mixing in (0.0, 0.5))
    assert plain.alpha < 0.05
    assert mixed.alpha == pytest.approx(0.5, abs=0.15)
    assert plain.coverage == pytest.approx(0.92, abs=0.03)
    assert mixed.coverage == pytest.approx(0.92, abs=0.03)
    low, high = (prediction("raw count", steady(level=8.0, mixing=m), origins=6).cells for m in (0.0, 0.5))
    assert (high["crimes_high"] - high["crimes_low"]).mean() > 1.5 * (low["crimes_high"] - low["crimes_low"]).mean()


def test_a_prediction_is_the_forecast_with_its_harm_and_its_intervals():
    history = steady()
    harm = np.random.default_rng(1).choice([1.0, 10.0, 365.0], history.time.size)
    found = prediction("density", history, harm)
    assert list(found.cells) == ["crimes", "crimes_low", "crimes_high", "harm", "harm_low", "harm_high"]
    for what in ("crimes", "harm"):
        assert (found.cells[f"{what}_low"] <= found.cells[what]).all()
        assert (found.cells[what] <= found.cells[f"{what}_high"]).all()
        assert found.total[what] == pytest.approx(found.cells[what].sum())
    assert found.total["harm"] == pytest.approx(harm.sum() / 20, rel=0.05)
    assert found.total["crimes_high"] < found.cells["crimes_high"].sum()


def test_without_a_period_to_test_on_there_are_no_bands_and_chance_alone_sets_the_interval():
    history = steady(weeks=8).before(8)
    found = calibration("learned", history, origins=4)
    assert (found.origins, found.alpha, len(found.bands)) == (0, 0.0, 0)
    assert np.isnan(found.coverage)
    empty = history.chosen(np.zeros(history.time.size, dtype=bool))
    assert prediction("raw count", empty).cells["crimes"].sum() == 0


def test_facts_of_a_model_hold_what_was_planted_in_words_too():
    history = simulated.in_cells(1, mu=0.03, theta=0.4, omega=0.1, columns=20, rows=15)
    found = model_facts("self-exciting by cell", history)
    assert found["branching_ratio_low"] <= 0.4 <= found["branching_ratio_high"]
    assert found["half_life_days"] == pytest.approx(np.log(2) / 0.1, rel=0.25)
    assert "of crimes look triggered by one before (90 % interval" in found["sentence"]
    assert model_facts("density", history) == {}
    assert model_facts("self-exciting", history.chosen(history.time < 0)) == {}
    one = model_facts("self-exciting", history.chosen(np.array([0])))
    assert (one["branching_ratio"], one["branching_ratio_low"], one["residual_p"]) == (0.0, None, None)


def test_a_level_that_changes_over_the_year_is_said_not_to_fit():
    history = simulated.in_cells(0, mu=0.05, theta=0.0, omega=1.0, columns=20, rows=15)
    squeezed = replace(history, time=history.time**2 / simulated.DAYS)
    assert "The times of the crimes do not fit the model" in model_facts("self-exciting by cell", squeezed)["sentence"]


def by_hour(x, hours):
    crimes = small.crimes(x, x, day=np.asarray(hours) / 24.0)
    return crimes.assign(precision=pd.Categorical(["instant"] * len(crimes)))


def test_shares_of_the_shifts_add_up_and_follow_the_hours_about_a_cell():
    hours = np.concatenate((np.full(200, 8.0), np.full(200, 23.0)))
    crimes = by_hour(np.concatenate((np.full(200, 250.0), np.full(200, 1250.0))), hours)
    found = window_shares(crimes, small.grid(), bandwidth=300.0)
    assert_allclose(found.sum(axis=1), 1.0, rtol=1e-9)
    cells = small.grid().cell_of(crimes.geometry.x, crimes.geometry.y)
    assert found.loc[cells[0], "early"] > 0.95
    assert found.loc[cells[-1], "night"] > 0.95
    far = found.iloc[19]  # no crime near: the whole area's pattern
    assert far.to_dict() == pytest.approx({"early": 0.5, "late": 0.0, "night": 0.5})


def test_shares_of_all_crime_together_are_those_of_its_week():
    crimes = by_hour(np.full(300, 750.0), np.random.default_rng(0).uniform(0, 168, 300))
    found = window_shares(crimes, small.grid(), bandwidth=300.0).iloc[0]
    hours = time_of_week(crimes).profiles.iloc[0].to_numpy().reshape(7, 24).sum(axis=0)
    assert found["early"] == pytest.approx(hours[6:14].sum() / 300, abs=0.02)


def test_days_and_months_cannot_be_shared_out_among_shifts():
    crimes = small.crimes([50.0] * 3, [50.0] * 3)
    assert lacks_hours(crimes) == "no crime is known to within less than a day"
    assert lacks_hours(crimes.assign(precision=pd.Categorical(["month"] * 3))).startswith("days are not known")
    assert lacks_hours(by_hour([50.0] * 3, [1, 2, 3])) == ""


def test_a_fit_at_a_bound_is_said_to_be():
    history = simulated.in_space(1, events=1500, theta=0.0, omega=1.0, spread=1.0)
    found = model_facts("self-exciting", history)
    assert found["spread_m"] == pytest.approx(400.0)
    assert "The fit ran to a bound: what looks triggered may be how one place or season differs" in found["sentence"]
