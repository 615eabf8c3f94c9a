import dataclasses

import numpy as np
import pytest

from allocation.bases import compare_bases
from allocation.coverage import backup_coverage, check_coverage, maximal_coverage, p_centre
from allocation.p_median import p_median
from geodata.errors import InputError
from tests.allocation import naive_sites


def town(seed: int) -> tuple[np.ndarray, np.ndarray, int]:
    rng = np.random.default_rng(seed)
    places, sites = (int(number) for number in rng.integers(1, 12, 2))
    cost = np.floor(rng.uniform(0, 30, (places, sites)))
    return cost, rng.integers(0, 9, places).astype(float), int(rng.integers(1, min(sites, 4) + 1))


@pytest.mark.parametrize("seed", range(60))
def test_no_choice_leaves_the_farthest_place_nearer(seed):
    cost, _, count = town(seed)
    found = p_centre(cost, count)
    assert (found.value, found.gap) == (naive_sites.p_centre(cost, count), 0.0)
    assert len(found.sites) == count
    assert (cost[np.arange(len(cost)), found.site_of] == cost[:, list(found.sites)].min(axis=1)).all()


@pytest.mark.parametrize("seed", range(60))
def test_no_choice_covers_more_once(seed):
    cost, weight, count = town(seed)
    found = maximal_coverage(cost, count, radius=9.0, weight=weight)
    assert found.value == naive_sites.covered(cost <= 9, weight, count)
    assert found.gap == 0.0
    assert check_coverage(found, cost, count=count, radius=9.0, weight=weight) == []


@pytest.mark.parametrize("seed", range(40))
def test_no_choice_covers_more_twice(seed):
    cost, weight, count = town(seed)
    found = backup_coverage(cost, count, radius=12.0, weight=weight, backup=1.0)
    assert found.value == naive_sites.covered(cost <= 12, weight, count, times=2)
    mixed = backup_coverage(cost, count, radius=12.0, weight=weight, backup=0.3)
    assert check_coverage(mixed, cost, count=count, radius=12.0, weight=weight, backup=0.3) == []
    once = maximal_coverage(cost, count, radius=12.0, weight=weight)
    assert mixed.value >= 0.7 * once.value - 1e-9


def test_a_checker_that_knows_no_solver_finds_what_is_wrong():
    cost, weight, count = town(2)
    found = maximal_coverage(cost, count, radius=9.0, weight=weight)
    for broken in ({"value": found.value + 1}, {"times": found.times + 1}, {"sites": (0, 0)}):
        assert check_coverage(dataclasses.replace(found, **broken), cost, count=count, radius=9.0, weight=weight) != []


def test_bases_today_stand_beside_the_best_of_each_number():
    rng = np.random.default_rng(0)
    xy = rng.uniform(0, 5000, (30, 2))
    metres = np.hypot(*(xy[:, None] - xy[None]).transpose(2, 0, 1))
    weight = rng.integers(1, 9, 30)
    table = compare_bases(metres, 4, weight=weight, current=[3, 8], radius=1000)
    today, best = table.iloc[0], table[table["plan"] == "nearest on average"].set_index("bases")
    assert (today["plan"], today["sites"], today["bases"]) == ("current", (3, 8), 2)
    assert best.loc[2, "mean_metres"] <= today["mean_metres"]
    assert best["mean_metres"].is_monotonic_decreasing
    assert best.loc[3, "mean_metres"] * weight.sum() == pytest.approx(p_median(metres * weight[:, None], 3).value)
    for _, group in table[table["plan"] != "current"].groupby("bases"):
        rows = group.set_index("plan")
        assert rows["mean_metres"].idxmin() == "nearest on average"
        assert rows["farthest_metres"].min() == rows.loc["least far", "farthest_metres"]
        assert rows["covered"].max() == pytest.approx(rows.loc["most covered", "covered"])


def test_bad_input_is_refused_in_a_sentence():
    with pytest.raises(InputError, match="`radius` must be above 0"):
        maximal_coverage(np.ones((2, 2)), 1, radius=0)
    with pytest.raises(InputError, match="`backup` must be between 0"):
        backup_coverage(np.ones((2, 2)), 1, radius=1, backup=2)
    with pytest.raises(InputError, match="`current` must hold numbers of sites below 2, got 1"):
        compare_bases(np.ones((2, 2)), 1, current=[2])
