"""Patrols that keep the gap: labels and replies beside a search of all patrols."""

import numpy as np
import pytest

from allocation._solvers.clock import Ground
from allocation._solvers.gap_bound import _best
from allocation._solvers.labels import NONE, Walks, ahead_of, best_walks
from allocation._solvers.replies import onward, traced, ways
from tests.allocation.test_solvers import drawn

MINUTES = 60


def every_patrol(walks: Walks, prize, booked=None) -> float:
    """The most that a patrol is worth when every return, and every visit of others, is a gap away."""
    best = 0.0

    def go_on(here: int, now: int, ends: dict[int, int], worth: float) -> None:
        nonlocal best
        if now + walks.out[here] > walks.minutes:
            return
        best = max(best, worth)
        for there in np.flatnonzero(prize > 0).tolist():
            start = max(now + (walks.legs[here, there] if there != here else 0), ends.get(there, -99) + walks.gap)
            visit(there, start, ends, worth)

    def visit(there: int, start: int, ends: dict[int, int], worth: float) -> None:
        other = None if booked is None else booked.get(there)
        if other is not None and abs(start - other) < walks.dwell[there] + walks.gap:
            start = other + int(walks.dwell[there]) + walks.gap
        end = start + int(walks.dwell[there])
        if end <= walks.minutes:
            go_on(there, end, ends | {there: end}, worth + prize[there])

    for place in np.flatnonzero(prize > 0).tolist():
        visit(place, int(walks.out[place]), {}, 0.0)
    return best


def walks_of(seed: int):
    prize, dwell, out, between, gap = drawn(seed)
    return Walks(dwell, out, between, gap + 10, MINUTES), prize


@pytest.mark.parametrize("seed", range(30))
def test_labels_that_hold_all_are_exact_and_those_that_hold_less_are_above(seed) -> None:
    walks, prize = walks_of(seed)
    ahead, real = ahead_of(walks, prize), every_patrol(walks, prize)
    places = len(prize)
    every, none = np.ones((places, places), np.bool_), np.zeros((places, places), np.bool_)
    exact, _, rows = best_walks(walks, prize, ahead, every, 0.0, 200_000, 3)
    assert exact == pytest.approx(real)
    assert max((prize[row[row != NONE]].sum() for row in rows), default=0.0) == pytest.approx(real)
    assert best_walks(walks, prize, ahead, none, 0.0, 200_000, 3)[0] >= real - 1e-9
    assert ahead.worth[0, walks.minutes - walks.out, np.arange(places)].max() >= real - 1e-9


@pytest.mark.parametrize("seed", range(30))
def test_the_floor_falls_until_the_best_patrol_is_found(seed) -> None:
    walks, prize = walks_of(seed)
    held = np.zeros((len(prize), len(prize)), np.bool_)
    worth, stops, _ = _best(walks, prize, held)
    assert worth >= every_patrol(walks, prize) - 1e-9
    assert all(prize[list(each)].sum() <= worth + 1e-9 for each in stops)


def test_too_few_labels_leave_no_bound() -> None:
    walks, prize = walks_of(1)
    held = np.ones((len(prize), len(prize)), np.bool_)
    assert best_walks(walks, prize, ahead_of(walks, prize), held, 0.0, 5, 3)[0] == np.inf


@pytest.mark.parametrize("seed", range(30))
def test_a_reply_is_a_real_patrol_and_mostly_the_best(seed) -> None:
    walks, prize = walks_of(seed)
    places = len(prize)
    booked, count = np.zeros((places, 2), np.int64), np.zeros(places, np.int64)
    booked[0, 0], count[0] = 20, 1
    ground = Ground(walks.dwell, np.ones((places, 2)), walks.legs, walks.gap, MINUTES)
    each = np.repeat(prize[:, None], 9, axis=1)
    near = onward(walks.legs, places)
    top, found, table = ways(ground, booked, count, each, walks.out, near, MINUTES, 0, 0.0, 1)
    real = every_patrol(walks, prize, {0: 20})
    assert real * 0.9 <= top[0] <= real + 1e-9
    if found[0] != NONE:
        stops, ends = traced(table, int(found[0]))
        assert prize[stops].sum() == pytest.approx(top[0])
        assert ends[-1] + walks.out[stops[-1]] <= MINUTES
        assert all(abs(end - walks.dwell[0] - 20) >= walks.dwell[0] + walks.gap for end in ends[stops == 0])
