"""The league: rates by hand, intervals from published tables, and who is called different."""

import numpy as np
import pandas as pd
import pytest

from service.national.league import league, poisson_interval


def grouped(names: str) -> pd.DataFrame:
    rows = [(one, rank, other, 1.0) for one in names for rank, other in enumerate(names.replace(one, ""), start=1)]
    return pd.DataFrame(rows, columns=["force", "rank", "other", "distance"])


def led(burglaries: dict[str, int], *, months: int = 12, people: float = 10_000, names: str = "") -> pd.DataFrame:
    counts = pd.DataFrame({"Burglary": burglaries}).rename_axis("force")
    every = pd.Series(months, index=counts.index)
    table = league(counts, every, pd.Series(people, index=counts.index), grouped(names or "".join(burglaries)))
    return table[table["offence"] == "Burglary"].set_index("force")


def test_intervals_are_those_of_published_tables():
    """Garwood's 95 % limits, as in every table of exact Poisson limits (Ulm 1990: 0 to 3.69, 4.80 to 18.39)."""
    low, high = poisson_interval(np.array([0.0, 10.0, 100.0]))
    assert low == pytest.approx([0, 4.795, 81.36], abs=0.005)
    assert high == pytest.approx([3.689, 18.390, 121.63], abs=0.005)


def test_rates_are_per_thousand_people_and_year_however_many_months_were_read():
    whole, half = led({"a": 100, "b": 90, "c": 80}), led({"a": 50, "b": 45, "c": 40}, months=6)
    assert whole.loc["a", "rate"] == pytest.approx(10.0)
    assert half["rate"].tolist() == pytest.approx(whole["rate"].tolist())
    assert (half["high"] - half["low"] > whole["high"] - whole["low"]).all()


def test_a_force_is_called_different_only_where_its_interval_lies_outside_all_others():
    found = led({"a": 1000, "b": 100, "c": 100, "d": 101})
    assert found["verdict"].tolist() == ["above", "as its group", "as its group", "as its group"]
    assert found.loc["a", ["others", "group_mean", "group_low", "group_high", "place"]].tolist() == pytest.approx(
        [3, (10 + 10 + 10.1) / 3, 10, 10.1, 1]
    )
    assert led({"a": 10, "b": 100, "c": 100})["verdict"].tolist() == ["below", "as its group", "as its group"]
    first = led({"a": 110, "b": 100, "c": 95})
    assert first.loc["a", "place"] == 1
    assert first.loc["a", "verdict"] == "as its group"


def test_forces_that_differ_by_chance_alone_are_hardly_ever_called_different():
    rng = np.random.default_rng(0)
    called = sum(
        (led(dict(zip("abcdefgh", rng.poisson(200, 8).tolist(), strict=True)))["verdict"] != "as its group").sum()
        for _ in range(40)
    )
    assert called <= 2


def test_without_people_or_a_group_nothing_is_compared():
    counts = pd.DataFrame({"Burglary": {"a": 5, "b": 0, "c": 7}})
    table = league(counts, pd.Series(12, index=counts.index), pd.Series({"a": 1000.0, "c": 900.0}), grouped("ac"))
    held = table.set_index(["force", "offence"])
    assert held.loc[("b", "Burglary"), "verdict"] == "no figures"
    assert np.isnan(held.loc[("b", "Burglary"), "rate"])
    assert held.loc[("a", "Burglary"), ["others", "verdict"]].tolist() == [1, "no group"]
    assert table["offence"].tolist()[0] == "All crime types"
    assert league(counts[:0], pd.Series(dtype=float), pd.Series(dtype=float), grouped("")).empty
