"""Patrols that keep the gap: labels and the few best ways beside a search of all patrols."""

import numpy as np
import pytest

from allocation._solvers.dominance import NONE, Walks
from allocation._solvers.few_ways import few_ways, onward, traced
from allocation._solvers.gap_bound import _best
from allocation._solvers.labels import ahead_of, best_walks, soonest
from tests.allocation.test_solvers import drawn

MINUTES = 60


def every_patrol(walks: Walks, prize, wanted: int = 99) -> float:
    """The most that a patrol is worth when every return is a gap away."""
    best = 0.0

    def go_on(here: int, now: int, stops: tuple[int, ...], ends: dict[int, int], worth: float) -> None:
        nonlocal best
        if now + walks.out[here] > walks.minutes:
            return
        best = max(best, worth)
        for there in np.flatnonzero(prize > 0).tolist():
            start = max(now + (walks.legs[here, there] if there != here else 0), ends.get(there, -99) + walks.gap)
            visit(there, start, stops, ends, worth)

    def visit(there: int, start: int, stops: tuple[int, ...], ends: dict[int, int], worth: float) -> None:
        end = start + int(walks.dwell[there])
        if end <= walks.minutes and stops.count(there) < wanted:
            go_on(there, end, (*stops, there), ends | {there: end}, worth + prize[there])

    for place in np.flatnonzero(prize > 0).tolist():
        visit(place, int(walks.out[place]), (), {}, 0.0)
    return best


def walks_of(seed: int, *, far: bool = False):
    """Walks of a minute's grid; some legs are as far as can be where `far`, so that a way round is nearer."""
    prize, dwell, out, between, gap = drawn(seed)
    if far:
        rng = np.random.default_rng(seed)
        beyond = np.triu(rng.random(between.shape) < 0.4, 1)
        between = np.where(beyond | beyond.T, 1000, between)
    return Walks(dwell, out, between, soonest(dwell, between), gap + 10, MINUTES), prize


@pytest.mark.parametrize("far", [False, True])
@pytest.mark.parametrize("seed", range(30))
def test_labels_are_exact(seed, far) -> None:
    walks, prize = walks_of(seed, far=far)
    ahead, real = ahead_of(walks, prize), every_patrol(walks, prize)
    exact, _, rows = best_walks(walks, prize, ahead, 0.0, 200_000, 3)
    assert exact == pytest.approx(real)
    assert max((prize[row[row != NONE]].sum() for row in rows), default=0.0) == pytest.approx(real)
    assert ahead.worth[0, walks.minutes - walks.out, np.arange(len(prize))].max() >= real - 1e-9


def test_labels_that_forget_are_a_bound() -> None:
    prize, dwell, out, between, _ = drawn(8, 6)
    walks = Walks(np.ones_like(dwell), np.ones_like(out), np.ones_like(between), np.ones_like(between), 14, 20)
    real = sum(sorted(prize)[-6:]) + max(prize)  # six places in a row, and one of them again after the gap
    assert best_walks(walks, prize, ahead_of(walks, prize), 0.0, 200_000, 3)[0] >= real


@pytest.mark.parametrize("seed", range(30))
def test_the_floor_falls_until_the_best_patrol_is_found(seed) -> None:
    walks, prize = walks_of(seed)
    worth, stops, _ = _best(walks, np.repeat(prize[:, None], 9, axis=1), prize, 10**6)
    assert worth == pytest.approx(every_patrol(walks, prize))
    assert max((prize[list(each)].sum() for each in stops), default=0.0) == pytest.approx(worth)


def test_too_few_labels_leave_the_bound_above() -> None:
    walks, prize = walks_of(1)
    for most in (1, 5):
        assert best_walks(walks, prize, ahead_of(walks, prize), 0.0, most, 3)[0] == np.inf
    assert _best(walks, np.repeat(prize[:, None], 9, axis=1), prize, 1)[0] >= every_patrol(walks, prize)


@pytest.mark.parametrize("seed", range(30))
def test_the_few_best_ways_are_real_patrols_and_mostly_hold_the_best(seed) -> None:
    walks, prize = walks_of(seed)
    wanted = np.full(len(prize), 2)
    top, found, table = few_ways(walks, prize, wanted, onward(walks.legs, len(prize)), 0.0, 1)
    real = every_patrol(walks, prize, 2)
    assert real * 0.8 <= top[0] <= real + 1e-9
    if found[0] != NONE:
        stops, ends = traced(table, int(found[0]))
        assert prize[stops].sum() == pytest.approx(top[0])
        assert ends[-1] + walks.out[stops[-1]] <= MINUTES
        for place in set(stops.tolist()):
            assert (np.diff(ends[stops == place]) >= walks.dwell[place] + walks.gap).all()
