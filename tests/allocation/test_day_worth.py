import itertools

import numpy as np
import pytest
from scipy.optimize import linear_sum_assignment

from allocation._solvers.day_worth import day_worth
from allocation._solvers.tours import mixtures_of


def slow_twin(value: np.ndarray, patrols: np.ndarray, room: int) -> float:
    """Every place of every patrol a column, and as many columns where a visit is not made."""
    places = np.repeat(np.arange(value.shape[1]), patrols * room)
    cost = np.hstack([-value[:, places], np.zeros((len(value), len(value)))])
    return float(-cost[linear_sum_assignment(cost)].sum())


@pytest.mark.parametrize("seed", range(25))
def test_every_mixture_of_patrols_is_worth_what_the_best_assignment_is(seed: int) -> None:
    rng = np.random.default_rng(seed)
    shifts, room = int(rng.integers(1, 5)), int(rng.integers(1, 4))
    few = rng.integers(-2, 6, (9, shifts)).astype(np.float64)  # ties, and visits not worth making
    value = few if seed % 2 else rng.exponential(1, (int(rng.integers(1, 20)), shifts))
    mixtures, parent, grown = mixtures_of(shifts, 4)
    worth, made = day_worth(value, mixtures, parent, grown, room)
    for mixture, found, where in zip(mixtures, worth, made, strict=True):
        assert found == pytest.approx(slow_twin(value, mixture, room), abs=1e-9)
        chosen = where >= 0
        assert value[chosen, where[chosen]].sum() == pytest.approx(found, abs=1e-9)
        assert (np.bincount(where[chosen], minlength=shifts) <= mixture * room).all()


def test_mixtures_are_all_there_are_and_each_grows_from_one_before_it() -> None:
    mixtures, parent, grown = mixtures_of(3, 4)
    every = {mixture for mixture in itertools.product(range(5), repeat=3) if sum(mixture) <= 4}
    assert {tuple(map(int, mixture)) for mixture in mixtures} == every
    assert len(mixtures) == len(every)
    for number in range(1, len(mixtures)):
        assert parent[number] < number
        before = mixtures[parent[number]].copy()
        before[grown[number]] += 1
        assert (before == mixtures[number]).all()
