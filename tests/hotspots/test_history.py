import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

from geodata.errors import InputError
from hotspots.gistar import gistar
from hotspots.history import hotspot_history, values_by_period
from tests.hotspots import naive_local, small

SEEDS = range(5)


def series(grid, periods, seed):
    """Counts that thicken in places, some always, some late, some early."""
    rng = np.random.default_rng(seed)
    values = rng.poisson(0.5, (grid.size, periods)).astype(float)
    rows, columns = np.divmod(np.arange(grid.size), grid.columns)
    for start, stop in ((0, periods), (periods - 2, periods), (0, periods // 2), (periods // 3, periods // 2)):
        row, column = rng.integers(2, grid.rows - 2), rng.integers(2, grid.columns - 2)
        values[(abs(rows - row) <= 1) & (abs(columns - column) <= 1), start:stop] += 6
    return pd.DataFrame(values, index=grid.index, columns=[f"2024-{i + 1:02}" for i in range(periods)])


def spots_at(pattern):
    """Ten periods in which the middle of a small map is hot where the pattern has an H, and nothing else is."""
    grid = small.grid(15, 15)
    values = np.random.default_rng(1).poisson(2, (225, len(pattern))).astype(float)
    middle = [7 * 15 + 7 + row * 15 + column for row in (-1, 0, 1) for column in (-1, 0, 1)]
    for period, mark in enumerate(pattern):
        values[middle, period] = 15 if mark == "H" else 2
    return hotspot_history(pd.DataFrame(values, index=grid.index), grid, radius=150).table.loc[7 * 15 + 7]


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("HHHHHHHHHH", "persistent hot spot"),
        ("HHHHHHHH..", "persistent hot spot"),  # 0.8 of all goes first
        (".........H", "emerging hot spot"),
        ("........HH", "emerging hot spot"),
        ("H.......HH", "intermittent hot spot"),
        ("H.........", "former hot spot"),
        ("HHHHHHH...", "former hot spot"),
        ("H...H...H.", "intermittent hot spot"),
        ("..........", "no pattern"),
    ],
)
def test_each_class_follows_from_its_periods(pattern, expected):
    row = spots_at(pattern)
    assert row["class"] == expected
    assert row["hot_periods"] == pattern.count("H")
    assert row["hot_share"] == pytest.approx(pattern.count("H") / 10)
    assert row["hot_recent"] == pytest.approx(pattern[8:].count("H") / 2)
    assert row["hot_earlier"] == pytest.approx(pattern[:8].count("H") / 8)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("periods", [2, 4, 13, 24])
def test_every_class_equals_the_slow_twin_from_the_table_of_z_and_q(seed, periods):
    grid = small.grid()
    found = hotspot_history(series(grid, periods, seed), grid, radius=150)
    assert found.recent == max(1, periods // 5)
    for cell in grid.index:
        sure = found.q.loc[cell] <= found.level
        for sign, side in (("hot", found.z.loc[cell] > 0), ("cold", found.z.loc[cell] < 0)):
            named = naive_local.history_class((sure & side).tolist(), found.recent)
            assert found.table.loc[cell, sign] == named


def test_each_period_is_judged_by_itself():
    grid = small.grid()
    values = series(grid, 6, 3)
    study = np.arange(grid.size) % 7 != 0
    found = hotspot_history(values, grid, radius=200, study=study)
    for period in values.columns:
        alone = gistar(values[period], grid, radius=200, study=study)[study]
        assert_allclose(found.z[period], alone["z"], rtol=1e-12)
        assert_allclose(found.q[period], alone["q"], rtol=1e-12)
    assert found.table.index.tolist() == np.flatnonzero(study).tolist()


@pytest.mark.parametrize("seed", SEEDS)
def test_doubling_one_period_changes_no_class(seed):
    grid = small.grid()
    values = series(grid, 10, seed)
    other = values.copy()
    other.iloc[:, 4] *= 2
    one, two = (hotspot_history(part, grid, radius=150).table["class"] for part in (values, other))
    assert one.tolist() == two.tolist()


def test_hot_and_cold_are_classed_apart():
    grid = small.grid(20, 20)
    values = np.random.default_rng(2).poisson(5, (400, 10)).astype(float)
    rows, columns = np.divmod(np.arange(400), 20)
    block = (rows < 8) & (columns < 8)
    values[block, :5], values[block, 5:] = 12, 0
    found = hotspot_history(pd.DataFrame(values, index=grid.index), grid, radius=150).table
    middle = found.loc[4 * 20 + 4]
    assert (middle["hot"], middle["cold"], middle["class"]) == ("former", "intermittent", "mixed")


def test_values_are_rates_a_week_of_each_period():
    grid, months = small.grid(3, 1), small.months(2)
    crimes = small.crimes([50, 50, 150, 999], [50, 50, 50, 50], day=np.array([0.0, 3, 40, 1]))
    values = values_by_period(crimes, grid, months, weights=[1.0, 2.0, 4.0, 8.0])
    assert values.columns.tolist() == ["2024-01", "2024-02"]
    assert_allclose(values["2024-01"], [3 / (31 / 7), 0, 0], atol=1e-12)
    assert_allclose(values["2024-02"], [0, 4 / (29 / 7), 0], atol=1e-12)


def test_no_crime_at_all_has_no_pattern():
    grid = small.grid()
    found = hotspot_history(pd.DataFrame(np.zeros((300, 5)), index=grid.index), grid, radius=150)
    assert set(found.table["class"]) == {"no pattern"}


def test_values_that_do_not_fit_are_refused():
    grid = small.grid()
    values = series(grid, 3, 0)
    with pytest.raises(InputError, match="must have the index of the grid"):
        hotspot_history(values.iloc[1:], grid, radius=150)
    with pytest.raises(InputError, match="at least 2 periods, got 1"):
        hotspot_history(values.iloc[:, :1], grid, radius=150)
    with pytest.raises(InputError, match="finite in the study area, got 3"):
        hotspot_history(pd.concat([values.iloc[:1] * np.nan, values.iloc[1:]]), grid, radius=150)
    with pytest.raises(InputError, match="`radius` must reach the next cell"):
        hotspot_history(values, grid, radius=50)
    with pytest.raises(InputError, match="`level` must be between 0 and 1"):
        hotspot_history(values, grid, radius=150, level=5)
