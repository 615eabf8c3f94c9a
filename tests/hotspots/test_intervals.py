import numpy as np
import pandas as pd
import pytest
from scipy import stats

from geodata.errors import InputError
from hotspots.intervals import mean_interval, paired_differences


def test_many_rows_give_the_interval_of_the_normal_law():
    values = np.random.default_rng(0).normal(5.0, 2.0, 4000)
    low, high = mean_interval(values, level=0.95, samples=4000)
    error = values.std() / np.sqrt(4000)
    assert low[0] == pytest.approx(values.mean() - 1.96 * error, abs=0.1 * error)
    assert high[0] == pytest.approx(values.mean() + 1.96 * error, abs=0.1 * error)


@pytest.mark.parametrize(("rows", "level"), [(5, 0.9), (12, 0.9), (26, 0.95)])
def test_few_rows_are_held_as_often_as_is_said(rows, level):
    # 400 columns are 400 trials of the method; the plain percentile interval of five rows holds 75 to 80 %.
    values = np.random.default_rng(rows).gamma(4.0, size=(rows, 400))
    low, high = mean_interval(values, level=level)
    held = int(((low <= 4.0) & (high >= 4.0)).sum())
    assert held >= stats.binom.ppf(0.001, 400, level - 0.03)


def test_columns_are_drawn_together_and_the_same_seed_draws_the_same():
    rng = np.random.default_rng(1)
    values = rng.normal(size=(8, 3))
    together = mean_interval(values, seed=4)
    alone = [mean_interval(values[:, column], seed=4) for column in range(3)]
    assert np.array_equal(together, np.array(alone)[:, :, 0].T)
    assert np.array_equal(mean_interval(values, seed=4), together)
    assert not np.array_equal(mean_interval(values, seed=5), together)


def test_a_wide_interval_holds_a_narrow_one_and_both_their_mean():
    values = np.random.default_rng(2).exponential(size=(9, 20))
    (low, high), (lower, higher) = mean_interval(values, level=0.9), mean_interval(values, level=0.95)
    assert (lower <= low).all()
    assert (low <= values.mean(axis=0)).all()
    assert (values.mean(axis=0) <= high).all()
    assert (high <= higher).all()


def test_shifting_and_stretching_the_values_does_the_same_to_the_interval():
    values = np.random.default_rng(3).normal(size=(7, 2))
    assert np.allclose(mean_interval(3.0 * values + 1.0), 3.0 * np.array(mean_interval(values)) + 1.0)


def test_fewer_than_three_rows_have_no_interval():
    assert np.isnan(mean_interval([[1.0], [2.0]])).all()
    assert np.isnan(mean_interval(np.empty((0, 4)))).all()
    assert mean_interval(np.empty((0, 4)))[0].shape == (4,)


def test_differences_are_paired_row_by_row():
    # By hand: b exceeds a by 1 in every row, though both swing widely: the interval is that one point.
    table = pd.DataFrame({"a": [1.0, 50.0, 9.0], "b": [2.0, 51.0, 10.0], "c": [1.0, 50.0, 9.0]})
    found = paired_differences(table, "a").set_index("method")
    assert found.loc["b", ["difference", "low_90", "high_95"]].tolist() == pytest.approx([1.0, 1.0, 1.0])
    assert found.loc["c", ["difference", "low_95", "high_90"]].tolist() == [0.0, 0.0, 0.0]
    assert found["trials"].tolist() == [3, 3]


def test_what_is_no_table_of_numbers_is_refused():
    with pytest.raises(InputError, match="`values` must be rows of finite numbers"):
        mean_interval([1.0, np.nan, 2.0])
    with pytest.raises(InputError, match="`level` must be above 0 and below 1"):
        mean_interval([1.0, 2.0, 3.0], level=1.0)
    with pytest.raises(InputError, match="`samples` must be a whole number of at least 100"):
        mean_interval([1.0, 2.0, 3.0], samples=5)
    with pytest.raises(InputError, match="`against` must be one of a, b; got 'z'"):
        paired_differences(pd.DataFrame({"a": [1.0], "b": [2.0]}), "z")
