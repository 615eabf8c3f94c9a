"""Repeats: the published sum, the identities of the measures, and what chance would give."""

import numpy as np
import pandas as pd
import pytest

from geodata.errors import InputError
from hotspots.repeats import TIMES, repeat_table, repeats

from .naive_repeats import tally


def drawn(seed: int, crimes: int = 300, people: int = 90) -> pd.Series:
    rng = np.random.default_rng(seed)
    names = pd.Series([f"V{number}" for number in rng.integers(0, people, crimes)], dtype="string")
    return names.mask(rng.uniform(size=crimes) < 0.1)


def test_the_home_office_example_of_459_crimes_against_250_victims() -> None:
    # Home Office (2004), Repeat victimisation toolkit: 209 repeats, 46 % of crimes
    victims = pd.Series([f"V{n}" for n in range(250)] + [f"V{n % 100}" for n in range(209)])
    found = repeats(victims).loc["all"]
    assert (found["crimes"], found["victims"], found["repeats"]) == (459, 250, 209)
    assert f"{found['share']:.0%}" == "46%"
    assert found["concentration"] == pytest.approx(459 / 250)


@pytest.mark.parametrize("seed", range(3))
def test_counts_are_those_of_a_plain_tally(seed: int) -> None:
    victims = drawn(seed)
    found = repeats(victims).loc["all"]
    for name, value in tally([None if pd.isna(each) else each for each in victims]).items():
        assert found[name] == value
    assert found["unknown"] == victims.isna().sum()


def test_incidence_is_prevalence_times_concentration() -> None:
    found = repeats(drawn(1), targets=1000).loc["all"]
    assert found["incidence"] == pytest.approx(found["prevalence"] * found["concentration"])
    assert found["none"] + found["victims"] == 1000


def test_every_crime_twice_is_every_victim_twice() -> None:
    victims = drawn(2)
    once, twice = repeats(victims).loc["all"], repeats(pd.concat([victims, victims])).loc["all"]
    assert twice["victims"] == once["victims"]
    assert twice["concentration"] == pytest.approx(2 * once["concentration"])
    assert twice["one"] == 0


def test_order_of_rows_is_immaterial() -> None:
    victims = drawn(3)
    group = pd.Series(np.where(np.arange(300) % 3, "Burglary", "Robbery"), name="offence")
    turned = np.random.default_rng(0).permutation(300)
    pd.testing.assert_frame_equal(repeats(victims, by=group), repeats(victims[turned], by=group[turned]))


def test_a_victim_counts_in_each_group_in_which_it_suffered() -> None:
    found = repeats(pd.Series(["a", "a", "b", None]), by=pd.Series(["x", "y", "y", "z"]))
    assert found["victims"].to_dict() == {"x": 1, "y": 2, "z": 0}
    assert found["repeats"].to_dict() == {"x": 0, "y": 0, "z": 0}
    assert found["unknown"].to_dict() == {"x": 0, "y": 0, "z": 1}


def test_repeats_on_one_day_are_told_apart() -> None:
    day = pd.Series(pd.to_datetime(["2023-05-01 10:00", "2023-05-01 22:00", "2023-05-02 01:00", "2023-05-02 02:00"]))
    assert repeats(pd.Series(["a", "a", "a", "b"]), day=day).loc["all", "same_day"] == 1


def test_the_harm_on_repeat_victims_is_that_of_all_their_crimes() -> None:
    victims = pd.Series(["a", "a", "b", None, "c"])
    found = repeats(victims, harm=pd.Series([10.0, 20, 30, 99, 40])).loc["all"]
    assert (found["harm"], found["harm_on_repeats"]) == (100, pytest.approx(0.3))


def test_the_table_adds_up_and_holds_what_chance_would_give() -> None:
    rng = np.random.default_rng(5)
    table = repeat_table(pd.Series(rng.integers(0, 5000, 2000).astype(str)), targets=5000)
    assert table.index.tolist() == list(TIMES)
    assert table["victims"].sum() == pytest.approx(5000)
    assert table["expected"].sum() == pytest.approx(5000)
    assert table["crimes"].sum() == 2000
    # dealt out at random, what is found is what chance gives, within four standard deviations of a Poisson count
    assert (np.abs(table["victims"] - table["expected"]) < 4 * np.sqrt(table["expected"])).all()


def test_the_interval_of_the_share_holds_most_of_the_time() -> None:
    rng = np.random.default_rng(0)
    mean, held = 1 / 0.6, 0  # geometric crimes a victim: mean 1 / 0.6, so the true share is 0.4
    for _ in range(100):
        each = rng.geometric(0.6, 150)
        found = repeats(pd.Series(np.repeat(np.arange(150), each).astype(str))).loc["all"]
        held += found["share_low"] <= 1 - 1 / mean <= found["share_high"]
    assert held >= 88  # 95 expected; below 88 with probability 0.002


def test_fewer_targets_than_victims_say_nothing_of_prevalence() -> None:
    found = repeats(pd.Series(["a", "b", "c"]), targets=2).loc["all"]
    assert np.isnan(found["prevalence"])
    assert repeat_table(pd.Series(["a", "b", "c"]), 2)["expected"].isna().all()


def test_no_victim_at_all_is_a_table_of_nothing() -> None:
    for victims in (pd.Series([], dtype="string"), pd.Series([None, None], dtype="string")):
        found = repeats(victims).loc["all"]
        assert (found["crimes"], found["victims"], found["repeats"]) == (0, 0, 0)
        assert np.isnan(found["share"])
        assert repeat_table(victims, 10)["victims"].tolist() == [10, 0, 0, 0]


def test_targets_below_nothing_are_refused() -> None:
    with pytest.raises(InputError, match="targets"):
        repeats(pd.Series(["a"]), targets=-1)
