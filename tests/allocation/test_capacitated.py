import numpy as np
import pytest

from allocation.p_median import capacitated_p_median, p_median
from allocation.siting import check_siting
from geodata.errors import InputError
from tests.allocation import naive_sites


def town(seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, int]:
    rng = np.random.default_rng(seed)
    places, count = int(rng.integers(2, 8)), int(rng.integers(1, 4))
    sites = int(rng.integers(count, 6))
    here, there = rng.integers(0, 20, (places, 2)), rng.integers(0, 20, (sites, 2))
    cost = np.floor(np.hypot(*(here[:, None] - there[None]).transpose(2, 0, 1)))
    load = rng.integers(1, 9, places)
    return cost, load, rng.integers(load.max(), load.sum() * 2 // count + 2 + load.max(), sites), count


@pytest.mark.parametrize("seed", range(60))
def test_no_choice_within_the_capacities_is_cheaper(seed):
    cost, load, capacity, count = town(seed)
    best = naive_sites.capacitated(cost, load, capacity, count)
    found = capacitated_p_median(cost, count, load=load, capacity=capacity)
    if not np.isfinite(best):
        assert found is None
        return
    assert found is not None
    assert (found.value, found.gap) == (best, 0.0)
    assert check_siting(found, cost, count=count, load=load.tolist(), capacity=capacity.tolist()) == []


def test_room_for_everything_leaves_the_plain_problem():
    cost, load, _, count = town(4)
    found = capacitated_p_median(cost, count, load=load, capacity=np.full(cost.shape[1], load.sum()))
    assert found is not None
    assert found.value == p_median(cost, count).value


def test_the_checker_finds_a_site_beyond_its_capacity():
    cost, load, capacity, count = town(0)
    found = p_median(cost, count)
    assert any(fault.startswith("S3") for fault in check_siting(
        found, cost, count=count, load=load.tolist(), capacity=[0] * len(capacity)
    ))  # fmt: skip


def test_loads_in_parts_are_refused():
    with pytest.raises(InputError, match="`load` must hold whole numbers, got 2 that are not"):
        capacitated_p_median(np.ones((2, 2)), 1, load=[0.5, 1.5], capacity=[3, 3])
