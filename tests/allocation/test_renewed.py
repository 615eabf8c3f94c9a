"""Patrols torn up stop by stop: they keep every rule, never lose worth, and are the same for a seed."""

import numpy as np
import pytest

from allocation._solvers.patrols import draw_patrols, worth_of
from allocation._solvers.renewed import renewed
from allocation._task import task_of
from allocation.check import check_plan
from allocation.routes import Routes, stops
from tests.allocation import small


@pytest.mark.parametrize("seed", range(6))
def test_renewed_patrols_keep_the_rules_and_are_worth_no_less(seed) -> None:
    problem = small.force(seed)
    for shift in ("early", "late"):
        task = task_of(problem, shift)
        drawn = draw_patrols(task, rounds=0, seed=0)
        found = renewed(task, drawn, turns=200, seed=seed)
        assert worth_of(task, found) >= worth_of(task, drawn) * (1 - 1e-12)
        assert not check_plan(problem, stops(problem, Routes(task, found, 0.0, 0.0, {})))


def test_the_same_seed_gives_the_same_patrols_and_others_give_others() -> None:
    task = task_of(small.force(2, spots=14, units=3), "early")
    drawn = draw_patrols(task, rounds=0, seed=0)
    made = [renewed(task, drawn, turns=60, seed=seed) for seed in (0, 0, 1, 2, 3)]
    assert made[0] == made[1]
    assert len(set(made)) > 1


def test_without_a_turn_or_a_unit_nothing_changes() -> None:
    task = task_of(small.force(2), "early")
    drawn = draw_patrols(task, rounds=0, seed=0)
    assert renewed(task, drawn, turns=0, seed=0) is drawn
    nobody = {"unit": (), "base": task.base[:0], "minutes": task.minutes[:0]}
    assert renewed(type(task)(**{**vars(task), **nobody}), (), turns=5, seed=0) == ()


def test_patrols_begun_from_nothing_find_the_few_places_worth_all() -> None:
    problem = small.problem([(100.0, 50.0, 9.0), (-90.0, 80.0, 8.0), (60.0, -120.0, 7.0)], units=1, minutes=200)
    task = task_of(problem, problem.shifts[0].name)
    blank = draw_patrols(type(task)(**{**vars(task), "worth": np.zeros_like(task.worth)}), rounds=0, seed=0)
    assert worth_of(task, renewed(task, blank, turns=50, seed=0)) >= worth_of(
        task, draw_patrols(task, rounds=0, seed=0)
    )
