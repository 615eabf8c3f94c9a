import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

from geodata.errors import InputError
from hotspots.vulnerable_localities import INPUTS, rate, vulnerable_localities

SEEDS = range(5)


def rates(size, seed):
    rng = np.random.default_rng(seed)
    codes = pd.Index([f"E0100{number:04}" for number in range(size)], name="code")
    return pd.DataFrame(rng.gamma(0.8, 10, (size, len(INPUTS))), index=codes, columns=list(INPUTS))


def test_three_areas_by_hand():
    table = pd.DataFrame({name: [30.0, 0.0, 60.0] for name in INPUTS}, index=["a", "b", "c"])
    table["dwelling_burglary"] = [10.0, 10.0, 10.0]
    found = vulnerable_localities(table).table
    # Five inputs of mean 30: indices 100, 0, 200; the sixth 100 everywhere: 600 / 6, 100 / 6, 1100 / 6.
    assert_allclose(found["vli"], [100, 100 / 6, 1100 / 6])
    assert found["rank"].tolist() == [2, 3, 1]
    assert found["priority"].tolist() == [False, False, False]


@pytest.mark.parametrize("seed", SEEDS)
def test_the_index_equals_the_slow_twin(seed):
    table = rates(40, seed)
    table.iloc[7] *= 8
    found = vulnerable_localities(table)
    for code in table.index:
        shares = [100 * table.loc[code, name] / (sum(table[name]) / 40) for name in INPUTS]
        assert found.table.loc[code, "vli"] == pytest.approx(sum(shares) / 6)
        assert found.table.loc[code, "priority"] == (sum(shares) / 6 > 200)
    assert found.table["priority"].any()
    assert found.missing == ()
    assert found.means.tolist() == pytest.approx(table.mean().tolist())


@pytest.mark.parametrize("seed", SEEDS)
def test_the_mean_of_every_index_is_100_and_the_unit_of_an_input_is_immaterial(seed):
    table = rates(60, seed)
    found = vulnerable_localities(table).table
    assert_allclose(found[[*INPUTS, "vli"]].mean(), 100)
    other = vulnerable_localities(table * [1, 0.001, 7, 100, 3, 12]).table
    assert_allclose(other["vli"], found["vli"])


def test_an_input_that_is_missing_is_named_and_no_index_given():
    found = vulnerable_localities(rates(5, 1).drop(columns=["aged_15_to_24", "attainment_shortfall"]))
    assert found.missing == (INPUTS["aged_15_to_24"], INPUTS["attainment_shortfall"])
    assert found.table["vli"].isna().all()
    assert found.table["rank"].isna().all()
    assert found.table["priority"].isna().all()
    assert set(found.table["missing"]) == {"aged_15_to_24, attainment_shortfall"}
    assert_allclose(found.table["dwelling_burglary"].mean(), 100)


def test_an_area_that_lacks_an_input_has_no_index_and_the_others_have():
    table = rates(5, 2)
    table.iloc[3, 0] = np.nan
    found = vulnerable_localities(table)
    assert found.missing == ()
    assert found.table["vli"].notna().tolist() == [True, True, True, False, True]
    assert found.table["missing"].tolist() == ["", "", "", "dwelling_burglary", ""]


def test_an_empty_column_is_a_missing_input():
    assert vulnerable_localities(rates(4, 1).assign(dwelling_damage=np.nan)).missing == (INPUTS["dwelling_damage"],)


def test_an_input_of_which_nobody_has_any_stands_at_the_mean():
    found = vulnerable_localities(rates(4, 1).assign(dwelling_damage=0.0)).table
    assert found["dwelling_damage"].tolist() == [100.0] * 4


def test_one_area_is_its_own_mean():
    assert vulnerable_localities(rates(1, 0)).table["vli"].tolist() == pytest.approx([100.0])


def test_a_rate_is_per_thousand_and_missing_where_nobody_lives():
    codes = ["a", "b", "c"]
    found = rate(pd.Series([3, 1, 0], index=codes, name="n"), pd.Series([600, 0, 10], index=codes))
    assert found.tolist()[0] == 5.0
    assert np.isnan(found["b"])
    assert found["c"] == 0


def test_inputs_that_break_their_rule_are_refused():
    table = rates(3, 0)
    with pytest.raises(InputError, match="at least one area, got none"):
        vulnerable_localities(table.iloc[:0])
    with pytest.raises(InputError, match="each area once, got 3"):
        vulnerable_localities(pd.concat([table, table]))
    with pytest.raises(InputError, match="at least one of the columns dwelling_burglary"):
        vulnerable_localities(table[[]])
    with pytest.raises(InputError, match="finite and at least 0, got 2"):
        vulnerable_localities(table.assign(dwelling_burglary=[-1.0, np.inf, 1.0]))
    with pytest.raises(InputError, match="`base` must have the index"):
        rate(pd.Series([1]), pd.Series([1], index=["a"]))
    with pytest.raises(InputError, match="`counts` must be at least 0, got 1"):
        rate(pd.Series([-1]), pd.Series([1]))
