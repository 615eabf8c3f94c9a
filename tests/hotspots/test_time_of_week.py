from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

from geodata.crimes import read_crimes
from geodata.errors import InputError
from geodata.town import make_town
from hotspots import kernel_density
from hotspots.time_of_week import SHIFTS, known_within, shift_densities, time_of_week, window_weights
from tests.hotspots import naive_time, small

LONDON = ZoneInfo("Europe/London")
# Both changes of the clock of 2024, and a quiet week.
STARTS = ("2024-03-29", "2024-10-25", "2024-06-03")


def spans(pairs, precision="instant"):
    """Crimes from ... to ..., on one point."""
    begin, end = (pd.DatetimeIndex(list(times)) for times in zip(*pairs, strict=True))
    begin, end = (
        (moment if moment.tz else moment.tz_localize("Europe/London")).tz_convert("Europe/London").as_unit("s")
        for moment in (begin, end)
    )
    table = small.crimes(np.full(len(begin), 950.0), np.full(len(begin), 750.0))
    return table.assign(occurred_from=begin, occurred_to=end, precision=pd.Categorical([precision] * len(begin)))


def drawn(start, seed, size=8, longest=40):
    rng = np.random.default_rng(seed)
    begin = pd.Timestamp(start, tz="UTC") + pd.to_timedelta(rng.integers(0, 4 * 1440, size), unit="min")
    end = begin + pd.to_timedelta(rng.integers(0, longest * 60, size) * (rng.random(size) > 0.2), unit="min")
    return spans(list(zip(begin, end, strict=True)))


def test_published_aoristic_weights():
    # Ratcliffe (2000), as in reference/hotspots.md: window 12 to 16, offences 8 to 16 and 8 to 13.
    crimes = spans([("2024-06-03 08:00", "2024-06-03 16:00"), ("2024-06-03 08:00", "2024-06-03 13:00")])
    assert window_weights(crimes, 720, 960).tolist() == [0.5, 0.2]
    hours = time_of_week(crimes, by=pd.Series(["a", "b"])).profiles
    assert_allclose(hours.loc[:, 12:15].sum(axis=1), [0.5, 0.2])


@pytest.mark.parametrize("start", STARTS)
@pytest.mark.parametrize("seed", range(2))
def test_hours_and_windows_equal_the_slow_twin(start, seed):
    crimes = drawn(start, seed)
    pairs = list(zip(crimes["occurred_from"], crimes["occurred_to"], strict=True))
    found = time_of_week(crimes, by=pd.Series(range(len(crimes)))).profiles
    assert_allclose(found, [naive_time.hours_of_week(*pair, LONDON) for pair in pairs], atol=1e-12)
    for first, last in ((0, 180), (360, 840), (1320, 1800), (0, 1440)):
        slow = [naive_time.share_in_window(*pair, first, last, LONDON) for pair in pairs]
        assert_allclose(window_weights(crimes, first, last), slow, atol=1e-12)


def test_the_hour_that_comes_twice_counts_twice_and_the_missing_one_not_at_all():
    crimes = spans([("2024-03-31 00:00", "2024-03-31 04:00"), ("2024-10-27 00:00", "2024-10-27 03:00")])
    found = time_of_week(crimes, by=pd.Series(["March", "October"])).profiles
    sunday = 6 * 24
    assert_allclose(found.loc["March"][sunday : sunday + 4], [1 / 3, 0, 1 / 3, 1 / 3])
    assert_allclose(found.loc["October"][sunday : sunday + 3], [1 / 4, 1 / 2, 1 / 4])


@pytest.mark.parametrize("seed", range(5))
def test_no_weight_is_lost(seed):
    crimes = drawn("2024-03-20", seed, 300, 400)
    rng = np.random.default_rng(seed)
    weights, by = rng.uniform(0, 5, 300), pd.Series(rng.integers(0, 4, 300))
    found = time_of_week(crimes, by=by, groups=range(5), weights=weights)
    sums = np.bincount(by, weights=weights, minlength=5)
    assert_allclose(found.profiles.sum(axis=1), sums, rtol=1e-12)
    parts = sum(window_weights(crimes, *window) for window in SHIFTS.values())
    assert_allclose(parts, 1.0, rtol=1e-12)
    order = rng.permutation(300)
    again = time_of_week(crimes.iloc[order], by=by.iloc[order], groups=range(5), weights=weights[order])
    assert_allclose(again.profiles, found.profiles, rtol=1e-12)


def test_spans_of_over_a_week_are_spread_evenly_and_that_is_said():
    crimes = spans([("2024-06-03 08:00", "2024-06-24 09:00"), ("2024-06-03 08:30", "2024-06-03 08:30")])
    found = time_of_week(crimes)
    assert found.spread_evenly == 1
    assert found.profiles.loc["all", 8] == pytest.approx(1 + 1 / 168)
    assert found.profiles.loc["all", 100] == pytest.approx(1 / 168)
    assert "50 % of 2 crimes are known to within an hour" in found.note
    assert "1 with spans of over a week are spread evenly" in found.note


def test_a_day_is_spread_over_its_hours():
    crimes = spans([("2024-03-31", "2024-03-31")], "day")  # a day of 23 hours
    found = time_of_week(crimes).profiles.loc["all"]
    assert found[6 * 24 + 5] == pytest.approx(1 / 23)
    assert found[6 * 24 + 1] == 0
    assert known_within(crimes).to_dict() == {1: 0, 3: 0, 6: 0, 12: 0, 24: 1, 168: 1}


def test_shares_known_by_hand():
    crimes = spans([("2024-06-03 08:00", end) for end in ("2024-06-03 08:00", "2024-06-03 10:00", "2024-06-05 08:00")])
    assert known_within(crimes, [1, 2, 24]).tolist() == pytest.approx([1 / 3, 2 / 3, 2 / 3])
    assert known_within(crimes.iloc[:0]).isna().all()


@pytest.mark.parametrize("seed", range(2))
def test_surfaces_of_the_shifts_add_up_to_the_density_of_all(seed):
    crimes = drawn("2024-03-27", seed, 80, 30)
    x, y = small.scattered(80, seed)
    crimes = crimes.set_geometry(small.crimes(x, y).geometry)
    weights = np.random.default_rng(seed).uniform(0, 4, 80)
    found = shift_densities(crimes, small.grid(), bandwidth=300.0, weights=weights)
    assert found.columns.tolist() == ["early", "late", "night"]
    whole = kernel_density(crimes, small.grid(), bandwidth=300.0, weights=weights)
    assert_allclose(found.sum(axis=1), whole, rtol=1e-9, atol=1e-9 * whole.max())


def test_no_crimes_make_empty_profiles():
    none = drawn("2024-06-03", 0).iloc[:0]
    found = time_of_week(none, groups=["H01"])
    assert found.profiles.shape == (1, 168)
    assert (found.profiles == 0).all(axis=None)
    assert window_weights(none, 0, 60).empty
    assert time_of_week(none).note == "There are no crimes."


def test_input_that_breaks_a_rule_is_refused():
    crimes = spans([("2024-06-03 08:00", "2024-06-03 16:00")])
    by_month = crimes.assign(precision=pd.Categorical(["month"]))
    for call in (time_of_week, lambda table: window_weights(table, 0, 60)):
        with pytest.raises(InputError, match="1 of 1 are known by month only"):
            call(by_month)
    assert known_within(by_month).tolist() == [0] * 6
    with pytest.raises(InputError, match="known to within less than a day, got none among 1"):
        shift_densities(spans([("2024-06-03", "2024-06-03")], "day"), small.grid(), bandwidth=300.0)
    with pytest.raises(InputError, match="at least one shift"):
        shift_densities(crimes, small.grid(), {}, bandwidth=300.0)
    for window in ((1440, 1500), (600, 600), (0, 1441)):
        with pytest.raises(InputError, match="A window must begin before minute 1440"):
            window_weights(crimes, *window)
    with pytest.raises(InputError, match="`by` must have the index"):
        time_of_week(crimes, by=pd.Series(["a"], index=[7]))
    with pytest.raises(InputError, match="`weights` must be finite"):
        time_of_week(crimes, weights=[-1.0])


def test_a_made_up_force_has_its_nights():
    town = make_town(0, wards=6, months=3, incidents=1500)
    found = time_of_week(town.crimes)
    assert found.profiles.to_numpy().sum() == pytest.approx(1500)
    assert found.known.is_monotonic_increasing
    # No hour of a made-up week is empty, and none holds a tenth of it.
    assert found.profiles.min(axis=None) > 0
    assert found.profiles.max(axis=None) < 150


@pytest.mark.shared
def test_published_months_are_refused_with_the_reason(shared):
    crimes = read_crimes([shared / "data/crime/city-of-london"]).crimes
    with pytest.raises(InputError, match="known by month only, as in everything that is published"):
        time_of_week(crimes)
