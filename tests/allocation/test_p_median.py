import dataclasses

import numpy as np
import pytest

from allocation._solvers.p_median_tree import locate
from allocation.p_median import p_median
from allocation.siting import check_siting
from geodata.errors import InputError
from tests.allocation import naive_sites


def plane(seed: int, places: int, sites: int, *, most: int = 30) -> np.ndarray:
    rng = np.random.default_rng(seed)
    here, there = rng.integers(0, most, (places, 2)), rng.integers(0, most, (sites, 2))
    metres = np.hypot(*(here[:, None] - there[None]).transpose(2, 0, 1))
    return np.floor(metres) * rng.integers(1, 5, places)[:, None]


@pytest.mark.parametrize("seed", range(150))
def test_no_choice_of_sites_is_cheaper(seed):
    rng = np.random.default_rng(seed)
    places, sites = rng.integers(1, 12, 2)
    cost, count = plane(seed, places, sites), int(rng.integers(1, min(sites, 5) + 1))
    found = p_median(cost, count)
    assert found.value == naive_sites.p_median(cost, count)
    assert found.gap == 0.0
    assert check_siting(found, cost, count=count) == []


@pytest.mark.parametrize("seed", range(10))
def test_costs_in_fractions_are_proven_too(seed):
    cost = np.random.default_rng(seed).uniform(0, 1, (12, 9)) ** 3
    found = p_median(cost, 3)
    assert found.value == pytest.approx(naive_sites.p_median(cost, 3), rel=1e-12)
    assert found.gap <= 1e-8


@pytest.mark.parametrize("seed", range(10))
def test_the_bound_holds_whenever_the_search_ends(seed):
    cost = plane(seed, 40, 40, most=100).astype(np.int64)
    stopped, proven = locate(cost, 4, nodes=1), locate(cost, 4)
    assert stopped.bound <= proven.bound == proven.cost <= stopped.cost


def test_one_more_site_never_costs_more_and_doubled_costs_double_the_value():
    cost = plane(0, 60, 60, most=200)
    values = [p_median(cost, count).value for count in range(1, 9)]
    assert values == sorted(values, reverse=True)
    assert p_median(2 * cost, 4).value == 2 * values[3]


def test_a_checker_that_knows_no_solver_finds_what_is_wrong():
    cost = plane(1, 10, 8)
    found = p_median(cost, 3)
    assert check_siting(dataclasses.replace(found, sites=(0, 0, 1)), cost, count=3)[0].startswith("S1")
    assert check_siting(dataclasses.replace(found, site_of=np.full(10, 99)), cost, count=3)[0].startswith("S2")
    assert check_siting(dataclasses.replace(found, value=found.value - 1), cost, count=3)[0].startswith("S4")


def test_one_place_no_cost_and_as_many_sites_as_places_are_served():
    assert p_median(np.zeros((1, 1)), 1).sites == (0,)
    assert p_median(np.zeros((5, 4)), 2).value == 0.0
    cost = plane(3, 6, 6)
    assert p_median(cost, 6).value == cost.min(axis=1).sum()


@pytest.mark.parametrize(
    ("cost", "count", "match"),
    [
        (np.ones((3, 2)), 3, "`count` must be at most the number of sites, got 3 of 2"),
        (np.ones((3, 2)), 0, "`count` must be a whole number of at least 1"),
        (np.full((3, 2), np.nan), 1, "`cost` must be finite and at least 0, got 6"),
        (np.ones((0, 2)), 1, "`cost` must have a row for each place"),
    ],
)
def test_bad_input_is_refused_in_a_sentence(cost, count, match):
    with pytest.raises(InputError, match=match):
        p_median(cost, count)
