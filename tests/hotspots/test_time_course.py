"""The time course: the product limit by hand, chance over all calendars, and planted periods found again."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import CensoredData, ecdf

from geodata.errors import InputError
from hotspots.time_course import time_course

from .naive_repeats import chance_hazard, clocks, product_limit

FIRST = pd.Timestamp("2023-01-01")


def moments(days: object) -> pd.Series:
    return FIRST + pd.to_timedelta(pd.Series(days), unit="D")


def planted(seed: int, chance: float, days: int, crimes: int = 1500) -> tuple[pd.Series, pd.Series]:
    """Crimes at random over two years, each followed at the same victim with a chance, on any of the next days."""
    rng = np.random.default_rng(seed)
    victim, day = rng.integers(0, 15_000, crimes), rng.integers(0, 730, crimes)
    victims, when = [victim], [day]
    while len(victim):
        again = rng.uniform(size=len(victim)) < chance
        victim, day = victim[again], day[again] + rng.integers(1, days + 1, int(again.sum()))
        victim, day = victim[day < 730], day[day < 730]
        victims.append(victim)
        when.append(day)
    return pd.Series(np.concatenate(victims).astype(str)), moments(np.concatenate(when))


def test_three_victims_by_hand() -> None:
    # A waits 10 days, C 40; B is watched for 95 days. Day 10: 1 of 3 stops; day 40: 1 of the 2 left.
    victim, day = pd.Series(["A", "A", "B", "C", "C"]), moments([0, 10, 5, 50, 90])
    found = time_course(victim, day, end=FIRST + pd.Timedelta(100, "D"), horizon=60, calendars=9, draws=9)
    share = found.curve["share"]
    assert share[9] == 0
    assert share[10] == share[39] == pytest.approx(1 / 3)
    assert share[40] == share[60] == pytest.approx(1 - (2 / 3) * (1 / 2))
    assert found.curve["at_risk"][[10, 11, 41]].tolist() == [3, 2, 1]
    assert found.by_order["victims"].tolist() == [3, 2, 0]
    assert found.by_order.loc["1st", "within_28"] == pytest.approx(1 / 3)


def test_whoever_was_a_victim_late_counts_for_as_long_as_watched() -> None:
    # half of the victims are watched for five days only: a plain tally would say 2 of 8
    victim = pd.Series([*"aabbccdd", *"efgh"])
    day = moments([0, 20, 0, 20, 0, 90, 0, 90, *[95] * 4])
    found = time_course(victim, day, end=FIRST + pd.Timedelta(100, "D"), horizon=30, calendars=9, draws=9)
    assert found.curve.loc[20, "share"] == pytest.approx(2 / 4)


@pytest.mark.parametrize("seed", range(3))
def test_the_curve_is_that_of_the_slow_twin(seed: int) -> None:
    rng = np.random.default_rng(seed)
    victim, day = rng.integers(0, 40, 90), rng.integers(0, 200, 90)
    found = time_course(pd.Series(victim.astype(str)), moments(day), horizon=120, calendars=9, draws=9)
    held = clocks(list(zip(victim.astype(str), day.tolist(), strict=True)), int(day.max()))
    np.testing.assert_allclose(found.curve["share"], product_limit(held, 120), atol=1e-12)


def test_the_curve_is_that_of_scipy() -> None:
    rng = np.random.default_rng(9)
    victim, day = rng.integers(0, 300, 700), rng.integers(0, 400, 700)
    held = clocks(list(zip(victim.astype(str), day.tolist(), strict=True)), int(day.max()))
    censored = CensoredData(
        uncensored=[wait for wait, stopped in held if stopped], right=[wait for wait, stopped in held if not stopped]
    )
    found = time_course(pd.Series(victim.astype(str)), moments(day), horizon=200, calendars=9, draws=9).curve
    np.testing.assert_allclose(1 - found["share"], ecdf(censored).sf.evaluate(found.index.to_numpy()), atol=1e-12)


def test_twice_as_many_victims_alike_suffer_at_the_same_rate() -> None:
    victim, day = planted(3, 0.1, 20, 300)
    one = time_course(victim, day, calendars=9, draws=9).curve
    two = time_course(pd.concat([victim, victim + "'"]), pd.concat([day, day]), calendars=9, draws=9).curve
    pd.testing.assert_series_equal(two["share"], one["share"])
    pd.testing.assert_series_equal(two["at_risk"], 2 * one["at_risk"])


def test_every_row_twice_changes_nothing() -> None:
    victim, day = planted(3, 0.1, 20, 300)
    one = time_course(victim, day, calendars=9, draws=9).curve
    pd.testing.assert_frame_equal(
        one, time_course(pd.concat([victim, victim]), pd.concat([day, day]), calendars=9, draws=9).curve
    )


def test_chance_is_that_of_every_order_in_which_days_can_be_dealt() -> None:
    events = [("a", 0), ("a", 3), ("b", 4), ("c", 6), ("c", 7), ("c", 9)]
    exact = np.array(chance_hazard(events, 10, 6))
    victim, day = pd.Series([name for name, _ in events]), moments([day for _, day in events])
    found = time_course(victim, day, end=FIRST + pd.Timedelta(10, "D"), horizon=6, calendars=20_000, draws=9)
    survival = 1 - found.curve["chance"].to_numpy()
    hazard = 1 - survival / np.append(1.0, survival[:-1])
    np.testing.assert_allclose(hazard, exact, atol=0.01)  # 20,000 calendars: four standard errors


@pytest.mark.parametrize(("chance", "days"), [(0.12, 28), (0.15, 10), (0.15, 60)])
def test_a_planted_high_risk_period_lies_in_its_interval(chance: float, days: int) -> None:
    held = 0
    for seed in range(8):
        found = time_course(*planted(seed, chance, days), calendars=199, draws=199, seed=seed)
        assert found.days is not None
        assert found.days_low is not None
        assert found.days_high is not None
        held += found.days_low <= days <= found.days_high
    assert held >= 7


def test_no_high_risk_period_is_found_where_none_was_planted() -> None:
    found = [time_course(*planted(seed, 0, 1, 3000), calendars=99, draws=9, seed=seed) for seed in range(60)]
    assert sum(each.days is not None for each in found) <= 8  # 3 expected at 5 %; above 8 with probability 0.003
    assert all(each.p > 0 for each in found)


def test_seasons_are_not_taken_for_repeats() -> None:
    rng = np.random.default_rng(2)
    day = np.concatenate([rng.integers(0, 60, 1500), rng.integers(365, 425, 1500)])
    found = time_course(pd.Series(rng.integers(0, 6000, 3000).astype(str)), moments(day), calendars=199, draws=9)
    assert found.days is None


def test_with_targets_the_curve_of_all_being_alike_is_that_of_an_even_rate() -> None:
    rng = np.random.default_rng(0)
    victim, day = pd.Series(rng.integers(0, 5000, 4000).astype(str)), moments(rng.integers(0, 730, 4000))
    curve = time_course(victim, day, targets=5000, calendars=9, draws=9).curve
    rate = 4000 / 730 / 5000
    assert curve.loc[365, "alike"] == pytest.approx(1 - np.exp(-rate * 365), rel=0.03)
    assert curve.loc[365, "share"] == pytest.approx(curve.loc[365, "alike"], rel=0.1)


def test_order_of_rows_and_names_are_immaterial() -> None:
    victim, day = planted(1, 0.1, 20, 400)
    one = time_course(victim, day, calendars=49, draws=49, seed=3)
    turned = np.random.default_rng(0).permutation(len(victim))
    other = time_course(victim[turned], day[turned], calendars=49, draws=49, seed=3)
    pd.testing.assert_frame_equal(one.curve, other.curve)
    assert (one.days, one.p) == (other.days, other.p)


def test_the_curve_does_not_care_when_the_first_day_was() -> None:
    victim, day = planted(1, 0.1, 20, 400)
    one = time_course(victim, day, calendars=49, draws=49)
    other = time_course(victim, day + pd.Timedelta(1000, "D"), calendars=49, draws=49)
    pd.testing.assert_frame_equal(one.curve, other.curve)


def test_compiled_on_one_thread_or_many_and_uncompiled_are_one() -> None:
    import numba

    from hotspots._kernels.clocks import deal_days

    rng = np.random.default_rng(0)
    days, starts = rng.integers(0, 99, 60), np.array([0, 1, 4, 30, 60])
    made = []
    for threads in (1, numba.config.NUMBA_NUM_THREADS):
        numba.set_num_threads(threads)
        again, ended = np.zeros((2, 20, 30), dtype=np.int64)
        deal_days(days, starts, 99, 7, again, ended)
        made.append((again, ended))
    numba.set_num_threads(numba.config.NUMBA_NUM_THREADS)
    np.testing.assert_array_equal(made[0], made[1])
    assert ((made[0][0] + made[0][1]).sum(axis=1) == 4).all()  # every victim has one clock in every calendar


def test_crimes_of_one_day_are_one_and_too_few_are_said_to_be() -> None:
    found = time_course(pd.Series(["a", "a", "b"]), moments([1, 1, 2]), calendars=9, draws=9)
    assert (found.victims, found.again, found.days) == (2, 0, None)
    assert "too few to say" in found.sentence
    assert np.isnan(found.p)


@pytest.mark.parametrize("victims", [[], [None, None], ["a"]])
def test_nothing_or_one_crime_is_a_result(victims: list[str | None]) -> None:
    found = time_course(pd.Series(victims, dtype="string"), moments([0] * len(victims)), calendars=9, draws=9)
    assert found.again == 0
    assert found.curve["share"].eq(0).all()


def test_a_crime_after_the_end_is_refused() -> None:
    with pytest.raises(InputError, match="1 are dated after it"):
        time_course(pd.Series(["a", "b"]), moments([0, 9]), end=FIRST)
