"""The solvers' parts: the dynamic programme beside a search of all patrols, bounds, timing, and HiGHS itself."""

import os
import subprocess
import sys
from itertools import pairwise

import numpy as np
import pytest

from allocation._solvers.bound import bound_patrols, knapsack_bound
from allocation._solvers.clock import Ground, Sent, filled, placed, walk
from allocation._solvers.highs import Programme, columns
from allocation._solvers.patrol_master import Kinds, Master
from allocation._solvers.patrols import draw_patrols, one_more, worth_of
from allocation._solvers.pricing import best_patrol, patrol_table
from allocation._solvers.sheet import nearest
from allocation._task import Task, task_of
from tests.allocation import small


def every_relaxed_patrol(prize, dwell, out, between, gap: int, minutes: int) -> float:
    """The most that a patrol is worth when only waiting at a place and going straight back mind the gap."""
    best = 0.0

    def go_on(here: int, before: int, now: int, worth: float) -> None:
        nonlocal best
        if now + out[here] > minutes:
            return
        best = max(best, worth)
        for there in range(len(prize)):
            if there == here:
                wait = gap
            elif there == before:
                wait = max(between[here, there], gap - dwell[here] - between[here, there])
            else:
                wait = between[here, there]
            if prize[there] > 0 and now + wait + dwell[there] + out[there] <= minutes:
                go_on(there, here, now + wait + dwell[there], worth + prize[there])

    for place in range(len(prize)):
        if prize[place] > 0:
            go_on(place, -1, out[place] + dwell[place], prize[place])
    return best


def drawn(seed: int, count: int = 5):
    rng = np.random.default_rng(seed)
    xy = rng.uniform(0, 12, (count, 2))
    between = np.ceil(np.hypot(*(xy[:, None] - xy[None, :]).transpose(2, 0, 1))).astype(np.int64)
    prize = np.where(rng.random(count) < 0.15, 0.0, rng.integers(1, 9, count).astype(np.float64))
    return prize, rng.integers(4, 9, count), rng.integers(1, 9, count), between, int(rng.integers(0, 25))


def length(stops, dwell, out, between) -> int:
    legs = sum(int(between[one, other]) for one, other in pairwise(stops))
    return int(out[stops[0]] + out[stops[-1]] + legs + dwell[stops].sum())


@pytest.mark.parametrize("seed", range(40))
def test_the_dynamic_programme_finds_what_a_search_of_all_patrols_finds(seed) -> None:
    prize, dwell, out, between, gap = drawn(seed)
    table = patrol_table(prize, dwell, out, *nearest(between, 4), gap, 60)
    for minutes in (10, 35, 60):
        worth, stops = best_patrol(*table, out, minutes)
        assert worth == pytest.approx(every_relaxed_patrol(prize, dwell, out, between, gap, minutes))
        assert worth == pytest.approx(prize[stops].sum())


@pytest.mark.parametrize("seed", range(20))
def test_following_fewer_places_only_raises_the_bound(seed) -> None:
    prize, dwell, out, between, gap = drawn(seed, 12)
    worth = [
        best_patrol(*patrol_table(prize, dwell, out, *nearest(between, most), gap, 80), out, 80)[0]
        for most in (11, 6, 2, 1)
    ]
    assert worth == sorted(worth)


def test_a_patrol_without_gap_fits_its_minutes() -> None:
    prize, dwell, out, between, _ = drawn(3)
    _, stops = best_patrol(*patrol_table(prize, dwell, out, *nearest(between, 4), 0, 60), out, 60)
    assert length(stops, dwell, out, between) <= 60


def task(seed: int, **options) -> Task:
    return task_of(small.force(seed, **options), "early")


@pytest.mark.parametrize("seed", range(5))
def test_bounds_hold_and_prices_are_no_worse_than_the_knapsack(seed) -> None:
    one = task(seed)
    patrols = draw_patrols(one, rounds=10, seed=0)
    value = worth_of(one, patrols)
    bound = bound_patrols(one, patrols, value=value)
    assert value <= bound <= min(one.total, knapsack_bound(one)) * (1 + 1e-9)


@pytest.mark.parametrize("seed", range(3))
def test_more_labels_never_raise_a_bound(seed) -> None:
    one = task(seed)
    patrols = draw_patrols(one, rounds=0, seed=0)
    value = worth_of(one, patrols)
    few, many = (bound_patrols(one, patrols, value=value, labels=labels) for labels in (1, 100_000))
    assert value <= many <= few * (1 + 1e-9)


def test_patrols_that_return_too_soon_are_had_for_their_toll_alone() -> None:
    one = task(1)
    master = Master.of(one, Kinds.of(one))
    best = int(one.worth[:, 0].argmax())
    master.add([(0, (best,))])
    real = master.solve().value
    assert master.add([(0, (best, best))], toll=0.1) == 1
    assert master.add([(0, (best, best))], toll=0.1) == 0
    assert master.solve().value > real
    assert master.ways == [(0, (best,))]
    master.ask(100 * one.total)
    assert master.solve().value == pytest.approx(real)


def test_nobody_to_patrol_and_nowhere_to_go_are_bounded_by_nothing() -> None:
    problem = small.force(1)
    empty = small.problem([])
    assert bound_patrols(task_of(empty, "early"), (), value=0.0) == 0.0
    assert draw_patrols(task_of(empty, "early"), rounds=3, seed=0)[0].stops == ()
    late = task_of(problem, "late")
    none = Task(**{**vars(late), "unit": (), "base": late.base[:0], "minutes": late.minutes[:0]})
    assert knapsack_bound(none) == 0.0
    assert draw_patrols(none, rounds=3, seed=0) == ()


def test_more_rounds_are_never_worse_and_seeds_differ_only_in_the_rounds() -> None:
    one = task(4)
    worth = [worth_of(one, draw_patrols(one, rounds=rounds, seed=0)) for rounds in (0, 5, 20)]
    assert worth[0] <= max(worth[1:]) * (1 + 1e-9)
    assert draw_patrols(one, rounds=0, seed=0) == draw_patrols(one, rounds=0, seed=1)


def test_one_more_unit_adds_no_more_than_it_could_alone() -> None:
    one = task(5)
    patrols = draw_patrols(one, rounds=5, seed=0)
    alone = one_more(one, (), base=0, minutes=200)
    assert 0 <= one_more(one, patrols, base=0, minutes=200) <= alone * 1.05


def ground(gap: int = 20) -> tuple[Ground, np.ndarray, np.ndarray]:
    between = np.array([[0, 5], [5, 0]])
    worth = np.array([[4.0, 2.0], [3.0, 0.0]])
    return Ground(np.array([10, 10]), worth, between, gap, 120), np.zeros((2, 2), np.int64), np.zeros(2, np.int64)


def test_a_walk_waits_for_the_gap_or_leaves_the_stop_out() -> None:
    field, booked, count = ground()
    sent = Sent(np.array([5, 5]), 100, 0, 0)
    made, arrive, worth = walk(field, booked, count, sent, 0, np.array([0, 0, 1]), 100)
    assert (made.tolist(), arrive.tolist(), worth) == ([0, 0, 1], [5, 35, 50], 9.0)
    made, arrive, worth = walk(field, booked, count, sent, 0, np.array([0, 0, 1]), 5)
    assert (made.tolist(), arrive.tolist(), worth) == ([0, 1], [5, 20], 7.0)
    assert count.tolist() == [0, 0]


def test_visits_of_others_are_kept_apart_from() -> None:
    field, booked, count = ground()
    booked[0, 0], count[0] = 20, 1
    sent = Sent(np.array([5, 5]), 60, 0, 0)
    leave, made, arrive, worth = placed(field, booked, count, sent, np.array([0]))
    assert (made.tolist(), worth) == ([0], 2.0)
    assert arrive[0] >= 50
    assert leave <= arrive[0] - 5


def test_a_patrol_is_filled_with_what_fits() -> None:
    field, booked, count = ground()
    made, _, worth = filled(field, booked, count, Sent(np.array([5, 5]), 60, 0, 0), 0, np.array([1]), np.array([0, 1]))
    assert sorted(made.tolist()) == [0, 0, 1]
    assert worth == 9.0


def test_highs_answers_in_fractions_and_in_whole_numbers() -> None:
    programme = Programme(np.array([-np.inf]), np.array([3.0]))
    programme.add(columns(np.array([5.0, 4.0]), np.array([1.0, 1.0]), [{0: 2.0}, {0: 2.0}]))
    relaxed = programme.solve()
    assert relaxed is not None
    assert relaxed.value == pytest.approx(7.0)
    assert relaxed.prices.tolist() == pytest.approx([2.0])
    whole = programme.solve_whole(np.arange(2, dtype=np.int32), slack=1e-9, nodes=100)
    assert whole is not None
    assert (whole.value, whole.bound) == (pytest.approx(5.0), pytest.approx(5.0))


def test_rows_that_cannot_be_kept_have_no_answer() -> None:
    programme = Programme(np.array([5.0]), np.array([9.0]))
    programme.add(columns(np.array([1.0]), np.array([1.0]), [{0: 1.0}]))
    assert programme.solve() is None
    assert programme.solve_whole(np.arange(1, dtype=np.int32), slack=0.0, nodes=10) is None


def test_compiled_or_not_the_plan_is_the_same() -> None:
    code = (
        "from tests.allocation import small; from allocation.schedule import schedule_patrols;"
        "places = [(100.0, 50.0, 4.0), (-300.0, 200.0, 3.0), (250.0, -120.0, 2.5), (20.0, 420.0, 1.0)];"
        "found = schedule_patrols(small.problem(places, units=2, minutes=80), rounds=3);"
        "print(found.plan.to_csv(), found.bound)"
    )
    told = [
        subprocess.run(
            [sys.executable, "-c", code], env=os.environ | settings, capture_output=True, text=True, check=True
        ).stdout
        for settings in ({}, {"NUMBA_DISABLE_JIT": "1"})
    ]
    assert told[0] == told[1]
    assert "H00" in told[0]
