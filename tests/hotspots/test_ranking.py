import numpy as np
import pandas as pd
import pytest

from geodata.areas import read_areas
from geodata.crimes import read_crimes
from geodata.errors import InputError
from geodata.grid import Grid
from geodata.periods import Periods
from hotspots import choose, kernel_density
from hotspots.patrol_yield import harm_per_patrol_hour, patrol_hours, patrol_yield
from hotspots.ranking import rank_intervals, rank_stability, weight_by_period
from tests.hotspots import small


def drawn(means, periods=24, seed=0):
    counts = np.random.default_rng(seed).poisson(np.asarray(means, float)[:, None], (len(means), periods))
    return pd.DataFrame(counts, index=[f"H{i:02d}" for i in range(1, len(means) + 1)])


def test_far_apart_is_sure_and_alike_is_not():
    found = rank_intervals(drawn([100, 10, 10, 10, 1]), top=1)
    assert found.loc["H01", ["rank", "low", "high"]].tolist() == [1, 1, 1]
    assert found.loc["H01", "in_top"] == 1
    assert found.loc["H05", ["rank", "low", "high"]].tolist() == [5, 5, 5]
    assert found["low"].iloc[1:4].min() == 2
    assert found["high"].iloc[1:4].max() == 4


@pytest.mark.parametrize("seed", range(5))
def test_the_interval_holds_the_rank_and_the_seed_decides_all(seed):
    table = drawn(np.linspace(2, 9, 12), seed=seed)
    found = rank_intervals(table, seed=seed)
    assert (found["low"] <= found["rank"]).all()
    assert (found["rank"] <= found["high"]).all()
    assert found.equals(rank_intervals(table, seed=seed))
    assert not found.equals(rank_intervals(table, seed=seed + 1))
    assert rank_intervals(3 * table, seed=seed).drop(columns="rate").equals(found.drop(columns="rate"))


@pytest.mark.parametrize("seed", range(3))
def test_the_order_of_the_hot_spots_is_immaterial(seed):
    table = drawn(np.linspace(2, 9, 12), seed=seed)
    turned = rank_intervals(table.iloc[::-1]).iloc[::-1]
    assert turned.equals(rank_intervals(table))


def test_intervals_hold_the_true_order_about_as_often_as_they_say():
    means = np.array([20.0, 16, 13, 10, 8])
    held = [rank_intervals(drawn(means, 52, seed), samples=200) for seed in range(60)]
    true = np.arange(1, 6)
    share = np.mean([(one["low"] <= true) & (true <= one["high"]) for one in held])
    assert share > 0.85  # 90 % asked; 300 intervals give or take 3 %


def test_ties_do_not_look_ordered():
    table = pd.DataFrame(np.ones((4, 8)))
    found = rank_intervals(table, top=2)
    assert (found["rank"] == 1).all()
    assert (found["low"] == 1).all()
    assert (found["high"] == 4).all()
    assert (found["in_top"] == 0).all()
    assert (rank_stability(table, window=3, top=2)["share"] == 0).all()


def test_long_periods_are_no_high_rates():
    table = pd.DataFrame([[4.0] * 6, [5.0] * 6])
    found = rank_intervals(table, weeks=[4, 5, 4, 4, 5, 4])
    assert found["rate"].tolist() == pytest.approx([24 / 26, 30 / 26])


def test_stability_by_hand():
    table = pd.DataFrame([[9, 9, 0, 0, 0], [5, 5, 5, 5, 5], [0, 0, 0, 9, 9]], index=list("abc"))
    found = rank_stability(table, window=2, top=1)
    assert found["windows"].tolist() == [4, 4, 4]
    # windows: 18 10 0, 9 10 0, 0 10 9, 0 10 18
    assert found["in_top"].tolist() == [1, 2, 1]
    assert found["share"].tolist() == [0.25, 0.5, 0.25]


def test_an_hour_of_patrol_by_hand():
    hours = patrol_hours([400.0, 4800.0], visits=4)
    assert hours.tolist() == [1.0, 4.0]  # 15 minutes at least; 4,800 m take an hour
    found = harm_per_patrol_hour(pd.Series([10.0, 20.0, 10.0], index=["a", "b", "c"]), [1.0, 4.0, 1.0])
    assert found["per_hour"].tolist() == [10.0, 5.0, 10.0]
    assert found["rank"].tolist() == [1, 3, 2]


def test_weights_by_period_are_those_that_fell_in():
    grid, periods = small.grid(4, 4), small.weeks(6)
    surface = pd.Series(np.where(grid.index.isin([5, 10]), [2.0], [0.0]), index=grid.index)
    spots = choose(surface, grid, study=np.ones(16, bool), share=0.2, min_area=1, max_area=10_000)
    crimes = small.crimes([150, 150, 250, 50, 5000], [150, 150, 250, 50, 150], day=[0, 8, 41, 3, 3])
    found = weight_by_period(spots, crimes, grid, periods, weights=[1.0, 2.0, 4.0, 8.0, 16.0])
    first = spots.cells[5]
    assert found.loc[first].tolist() == [1, 2, 0, 0, 0, 0]
    assert found.loc[3 - first].tolist() == [0, 0, 0, 0, 0, 4]


def test_none_and_one_hot_spot():
    assert rank_intervals(drawn([])).empty
    assert rank_stability(drawn([]), window=2).empty
    assert rank_intervals(drawn([3]))["high"].tolist() == [1]
    assert (rank_intervals(pd.DataFrame(np.zeros((3, 6))))["high"] == 3).all()


def test_input_that_breaks_a_rule_is_refused():
    with pytest.raises(InputError, match="at least 6 periods, got 5"):
        rank_intervals(drawn([1, 2], 5))
    with pytest.raises(InputError, match="`by_period` must be finite"):
        rank_intervals(-drawn([1, 2]) - 1)
    with pytest.raises(InputError, match="`level` must be above 0 and below 1"):
        rank_intervals(drawn([1, 2]), level=1.0)
    with pytest.raises(InputError, match="`samples` must be a whole number of at least 100"):
        rank_intervals(drawn([1, 2]), samples=5)
    with pytest.raises(InputError, match="`window` must be at most the number of periods"):
        rank_stability(drawn([1, 2]), window=25)
    with pytest.raises(InputError, match="each be over 0 weeks long"):
        rank_intervals(drawn([1, 2], 6), weeks=[0, 1, 1, 1, 1, 1])
    with pytest.raises(InputError, match="`hours` must be above 0, got 1"):
        harm_per_patrol_hour(pd.Series([1.0, 2.0]), [0.0, 1.0])
    with pytest.raises(InputError, match="`street_metres` must be finite"):
        patrol_hours([-1.0])


@pytest.mark.shared
def test_the_hot_spots_of_a_real_force(shared):
    wards = read_areas(shared / "data/boundaries/city_of_london_wards_2014.geojson")
    crimes = read_crimes([shared / "data/crime/city-of-london"]).crimes
    grid, periods = Grid.over(wards, 50.0), Periods.of(crimes)
    density = kernel_density(crimes, grid, bandwidth=150.0)
    spots = choose(density, grid, study=grid.mask(wards), share=0.1, min_area=10_000, max_area=40_000)
    table = weight_by_period(spots, crimes, grid, periods)
    found = rank_intervals(table, weeks=periods.weeks, top=3)
    assert ((found["low"] <= found["rank"]) & (found["rank"] <= found["high"])).all()
    assert (rank_stability(table, window=3, top=len(table))["share"] == 1).all()


def test_the_yield_ranks_by_the_hour_and_gives_an_interval():
    by_period = pd.DataFrame([[4.0] * 8, [6.0] * 8, [5.0] * 8], index=["a", "b", "c"])
    expected = by_period.mean(axis=1)
    found = patrol_yield(expected, [400.0, 4800.0, 1200.0], by_period)  # a quarter of an hour, one, a quarter
    assert found["hours"].tolist() == [0.25, 1, 0.25]
    assert found["per_hour"].tolist() == [16, 6, 20]
    assert found["rank"].tolist() == found["rank_low"].tolist() == found["rank_high"].tolist() == [2, 3, 1]
    assert patrol_yield(expected, [1.0, 1, 1], by_period.iloc[:, :5])["rank_low"].isna().all()
    with pytest.raises(InputError, match="street_metres"):
        patrol_yield(expected, [1.0], by_period)
