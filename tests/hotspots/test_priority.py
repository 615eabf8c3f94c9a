"""The ranking by recency, frequency and harm: worked by hand, and its laws."""

import numpy as np
import pandas as pd
import pytest

from geodata.errors import InputError
from hotspots.priority import priority

TODAY = pd.Timestamp("2024-01-01")


def ago(*days: float) -> pd.Series:
    return TODAY - pd.to_timedelta(pd.Series(days), unit="D")


def test_each_crime_adds_its_harm_and_halves_with_each_half_life() -> None:
    found = priority(pd.Series(["a", "a", "b"]), ago(0, 90, 180), pd.Series([10, 10, 100.0]), as_of=TODAY)
    assert found["score"].to_dict() == pytest.approx({"b": 25.0, "a": 15.0})
    assert found["rank"].to_dict() == {"b": 1, "a": 2}
    assert found.loc["a", ["rank_recency", "rank_frequency", "rank_harm", "crimes"]].tolist() == [1, 1, 2, 2]


def test_twice_the_harm_is_twice_the_score_in_the_same_order() -> None:
    rng = np.random.default_rng(1)
    victim, moment = pd.Series(rng.integers(0, 30, 200).astype(str)), ago(*rng.uniform(0, 700, 200))
    harm = pd.Series(rng.uniform(1, 100, 200))
    one, two = priority(victim, moment, harm, as_of=TODAY), priority(victim, moment, 2 * harm, as_of=TODAY)
    pd.testing.assert_series_equal(two["score"], 2 * one["score"])
    pd.testing.assert_series_equal(two["rank"], one["rank"])


def test_order_of_rows_is_immaterial() -> None:
    rng = np.random.default_rng(1)
    victim, moment = pd.Series(rng.integers(0, 30, 200).astype(str)), ago(*rng.uniform(0, 700, 200))
    harm, turned = pd.Series(rng.uniform(1, 100, 200)), rng.permutation(200)
    one = priority(victim, moment, harm, as_of=TODAY)
    pd.testing.assert_frame_equal(one, priority(victim[turned], moment[turned], harm[turned], as_of=TODAY))


def test_crimes_after_the_list_and_of_nobody_are_left_out() -> None:
    found = priority(pd.Series(["a", None, "b"]), ago(-1, 5, 5), pd.Series([1.0, 1, 1]), as_of=TODAY)
    assert found.index.tolist() == ["b"]
    assert len(priority(pd.Series([], dtype="string"), ago(), pd.Series([], dtype=float), as_of=TODAY)) == 0


def test_a_half_life_of_nothing_is_refused() -> None:
    with pytest.raises(InputError, match="half_life"):
        priority(pd.Series(["a"]), ago(1), pd.Series([1.0]), as_of=TODAY, half_life=0)
