import numpy as np
import pandas as pd
import pytest
from scipy import stats

from geodata.errors import InputError
from hotspots.rate_ratio import rate_ratios, spread

WEEKS = (4.0, 4.0)


@pytest.mark.parametrize(
    ("before", "after", "weeks"), [(10, 5, (4, 4)), (0, 12, (4, 4)), (7, 0, (2, 3)), (90, 130, (4, 5))]
)
def test_interval_and_p_are_those_of_the_exact_binomial(before: int, after: int, weeks: tuple[float, float]) -> None:
    share = weeks[1] / sum(weeks)
    ends = stats.binomtest(after, before + after, share).proportion_ci(0.9, method="exact")
    found = rate_ratios([before], [after], weeks=weeks).iloc[0]
    low, high = (end / (1 - end) * weeks[0] / weeks[1] if end < 1 else np.inf for end in ends)
    assert (found["low"], found["high"]) == pytest.approx((low, high), rel=1e-9)
    tails = (stats.binom.cdf(after, before + after, share), stats.binom.sf(after - 1, before + after, share))
    assert found["p"] == pytest.approx(min(1, 2 * min(tails)), rel=1e-9)


def test_a_ratio_outside_its_interval_of_one_is_the_same_as_a_small_p() -> None:
    rng = np.random.default_rng(3)
    before, after = rng.poisson(40, 300), rng.poisson(50, 300)
    found = rate_ratios(before, after, weeks=(4.0, 4.4), spread=0.1)
    outside = (found["low"] > 1) | (found["high"] < 1)
    assert (outside == (found["p"] < 0.1)).all()


def test_verdicts_are_in_words_and_few_crimes_say_nothing() -> None:
    found = rate_ratios([50, 50, 50, 4, 0], [100, 20, 52, 5, 0], weeks=WEEKS)
    assert found["verdict"].tolist() == ["rose", "fell", "no clear change", "too few to say", "too few to say"]
    assert np.isnan(found["ratio"].iloc[4])
    assert found["p"].iloc[4] == 1


def test_turning_time_round_turns_the_ratio_over() -> None:
    one = rate_ratios([30], [45], weeks=(4.0, 5.0), spread=0.2).iloc[0]
    other = rate_ratios([45], [30], weeks=(5.0, 4.0), spread=0.2).iloc[0]
    assert one["ratio"] == pytest.approx(1 / other["ratio"])
    assert one["low"] == pytest.approx(1 / other["high"])
    assert one["p"] == pytest.approx(other["p"])


def test_spread_of_counts_that_come_by_chance_alone_is_next_to_none() -> None:
    counts = np.random.default_rng(1).poisson(50, (400, 12))
    assert spread(counts, np.full(12, 4.0)) < 0.03


@pytest.mark.parametrize("weeks", [np.full(13, 4.0), np.tile([4.4, 4.0], 7)[:13]])
def test_spread_planted_is_found_and_then_one_in_ten_is_called_a_change_and_not_more(weeks: np.ndarray) -> None:
    # Each rate is drawn about its place's with a standard deviation of 0.15 of its logarithm: of a ratio, 0.15 sqrt 2.
    rng = np.random.default_rng(5)
    rates = rng.uniform(5, 60, (600, 1)) * np.exp(rng.normal(0, 0.15, (600, 13)))
    counts = rng.poisson(rates * weeks)
    found = spread(counts[:, :-1], weeks[:-1])
    assert found == pytest.approx(0.15 * np.sqrt(2), rel=0.1)
    lengths = (float(weeks[-2]), float(weeks[-1]))
    wrong = (rate_ratios(counts[:, -2], counts[:, -1], weeks=lengths, spread=found)["p"] < 0.1).mean()
    assert 0.06 < wrong < 0.115
    assert (rate_ratios(counts[:, -2], counts[:, -1], weeks=lengths)["p"] < 0.1).mean() > 0.25  # Poisson's alone


def test_order_of_places_is_immaterial_and_one_time_knows_no_spread() -> None:
    counts = np.random.default_rng(2).poisson(20, (30, 6))
    assert spread(counts[::-1], np.ones(6)) == pytest.approx(spread(counts, np.ones(6)), rel=1e-12)
    assert spread(counts[:, :1], np.ones(1)) == 0
    assert spread(np.zeros((3, 6)), np.ones(6)) == 0
    assert rate_ratios([], [], weeks=WEEKS).empty


def test_what_breaks_a_rule_is_refused() -> None:
    with pytest.raises(InputError, match="after"):
        rate_ratios([1, 2], [1], weeks=WEEKS)
    with pytest.raises(InputError, match="above 0"):
        rate_ratios([1], [1], weeks=(0, 4))
    with pytest.raises(InputError, match="one column"):
        spread([[1, 2, 3]], [4, 4])


def test_the_table_holds_counts_and_rates() -> None:
    found = rate_ratios([8], [12], weeks=(4.0, 3.0))
    assert isinstance(found, pd.DataFrame)
    assert found.loc[0, ["crimes_before", "crimes_after", "before", "after", "ratio"]].tolist() == [8, 12, 2, 4, 2]
