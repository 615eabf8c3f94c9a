import numpy as np
import pytest

from geodata.errors import InputError
from hotspots.control_chart import control_limits


def test_limits_by_hand() -> None:
    # Rate 25 a week over all, standard error 5; z is -1, 1, -1, ..., so that every range is 2.
    chart = control_limits([20, 30] * 5, [1.0] * 10)
    assert chart["centre"].tolist() == [25.0] * 10
    assert chart["high"].iloc[0] == pytest.approx(25 + 3 * 5 * 2 / 1.128)
    assert chart["low"].iloc[0] == pytest.approx(max(0, 25 - 3 * 5 * 2 / 1.128))
    assert (chart["outside"] == "").all()


def test_chance_alone_keeps_inside_and_a_planted_month_is_flagged() -> None:
    rng = np.random.default_rng(4)
    weeks = rng.uniform(4, 4.43, (300, 24))
    counts = rng.poisson(60 * weeks)
    inside = [(control_limits(row, length)["outside"] == "").mean() for row, length in zip(counts, weeks, strict=True)]
    assert np.mean(inside) > 0.99
    counts[0, 20] += 200
    assert control_limits(counts[0], weeks[0])["outside"].tolist()[20] == "above"


def test_counts_that_vary_more_than_chance_widen_the_limits_and_fewer_are_flagged() -> None:
    rng = np.random.default_rng(6)
    rates = 400 * np.exp(rng.normal(0, 0.1, (200, 24)))
    counts = rng.poisson(rates)
    flagged = np.mean([(control_limits(row, np.ones(24))["outside"] != "").mean() for row in counts])
    poisson = np.abs(counts - 400) > 3 * np.sqrt(400)
    assert flagged < 0.01 < poisson.mean()


def test_longer_periods_have_closer_limits() -> None:
    chart = control_limits([20, 42, 19, 41, 22, 38, 20, 40], [1.0, 2.0] * 4)
    assert chart["high"].iloc[1] < chart["high"].iloc[0]


def test_few_periods_or_few_crimes_have_no_limits_and_none_at_all_is_a_table() -> None:
    for chart in (control_limits([50] * 7, [1.0] * 7), control_limits([1] * 20, [1.0] * 20)):
        assert chart["low"].isna().all()
        assert (chart["outside"] == "").all()
    assert control_limits([], []).columns.tolist() == ["crimes", "weeks", "rate", "centre", "low", "high", "outside"]
    with pytest.raises(InputError, match="each of 2 periods"):
        control_limits([1, 2, 3], [1.0, 1.0])
