"""Shifts in which no place wants a second visit: the plan and the bound of team orienteering."""

import numpy as np
import pytest

from allocation.check import check_plan
from allocation.schedule import schedule_patrols
from tests.allocation import naive
from tests.allocation.small import QUIET, problem


def places(seed: int, many: int, size: float) -> list[tuple[float, float, float]]:
    rng = np.random.default_rng(seed)
    return [tuple(row) for row in np.column_stack([rng.uniform(0, size, (many, 2)), rng.lognormal(1, 1, many)])]


@pytest.mark.parametrize("seed", range(4))
def test_one_patrol_is_as_good_as_any_and_its_bound_is_no_less(seed):
    asked = problem(places(seed, 6, 2500), minutes=110, most=1, rules=QUIET)
    found = schedule_patrols(asked, rounds=5)
    best = naive.best_patrol(asked)
    assert found.objective == pytest.approx(best)
    assert found.bound >= best - 1e-9


@pytest.mark.parametrize("seed", range(2))
def test_the_certificate_of_a_base_is_within_two_per_cent(seed):
    asked = problem(places(seed, 40, 3000), units=3, minutes=240, most=1, bases=((1500.0, 1500.0),))
    found = schedule_patrols(asked, rounds=1000)
    assert not check_plan(asked, found.plan)
    assert found.gap <= 0.02


def test_the_same_seed_gives_the_same_plan():
    asked = problem(places(3, 25, 3000), units=2, minutes=200, most=1, bases=((1500.0, 1500.0),))
    first, second = (schedule_patrols(asked, rounds=3, seed=5) for _ in range(2))
    assert first.plan.equals(second.plan)
    assert first.bound == second.bound
