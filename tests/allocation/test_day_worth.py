import itertools

import numpy as np
import pytest
from scipy.optimize import Bounds, LinearConstraint, milp

from allocation._solvers.day_worth import DayTask, day_worth, place_worth
from allocation._solvers.tours import mixtures_of


def slow_twin(task: DayTask, places: np.ndarray) -> float:
    """The same day as an integer programme: a column for each visit, and one for each hot spot visited at all."""
    hotspots, shifts = task.worth.shape
    visits = list(itertools.product(range(hotspots), range(shifts), range(len(task.decay))))
    worth = [task.worth[h, s] * task.decay[n] + task.each[h] for h, s, n in visits]
    cost = -np.array([*worth, *task.first])
    rows, upper = [], []
    for shift, room in enumerate(places):
        rows.append([*(float(s == shift) for _, s, _ in visits), *np.zeros(hotspots)])
        upper.append(room)
    for hotspot in range(hotspots):
        own = [float(h == hotspot) for h, _, _ in visits]
        rows += [[*own, *np.zeros(hotspots)], [*(-one for one in own), *np.eye(hotspots)[hotspot]]]
        upper += [task.most, 0.0]
        # whoever is visited has the bonus of the first visit, though it were a loss
        rows.append([*(one / (shifts * len(task.decay)) for one in own), *(-np.eye(hotspots)[hotspot])])
        upper.append(0.0)
    found = milp(
        cost,
        constraints=LinearConstraint(np.array(rows), ub=np.array(upper)),
        bounds=Bounds(0, 1),
        integrality=np.ones(len(cost)),
    )
    return float(-found.fun)


def made_up(seed: int) -> DayTask:
    rng = np.random.default_rng(seed)
    hotspots, shifts = int(rng.integers(1, 6)), int(rng.integers(1, 4))
    worth = rng.integers(0, 6, (hotspots, shifts)) * 1.0 if seed % 2 else rng.exponential(2, (hotspots, shifts))
    each = rng.choice([0.0, 0.5, -0.7], hotspots)
    first = rng.choice([0.0, 1.5], hotspots)
    return DayTask(worth, np.array([1.0, 0.55, 0.3]), each, first, int(rng.integers(1, 5)), int(rng.integers(1, 4)))


@pytest.mark.parametrize("seed", range(16))
def test_every_mixture_is_worth_what_an_integer_programme_finds(seed: int) -> None:
    task = made_up(seed)
    mixtures, parent, grown = mixtures_of(task.worth.shape[1], 3)
    value, made = day_worth(task, mixtures, parent, grown)
    cumulated = np.concatenate([[0.0], np.cumsum(task.decay)])
    for mixture, found, visits in zip(mixtures, value, made, strict=True):
        assert found == pytest.approx(slow_twin(task, mixture * task.room), abs=1e-6)
        used = visits.sum(axis=1)
        again = (task.worth * cumulated[visits]).sum() + (task.each * used).sum() + task.first[used > 0].sum()
        assert again == pytest.approx(found, abs=1e-9)
        assert (visits.sum(axis=0) <= mixture * task.room).all()
        assert (used <= task.most).all()


@pytest.mark.parametrize("seed", range(8))
def test_a_place_is_worth_what_closing_it_would_lose(seed: int) -> None:
    task = made_up(seed)
    mixtures, parent, grown = mixtures_of(task.worth.shape[1], 2)
    value, made = day_worth(task, mixtures, parent, grown)
    for mixture, found, lost in zip(mixtures, value, place_worth(task, mixtures, made), strict=True):
        for shift in np.flatnonzero(mixture):
            places = mixture * task.room
            places[shift] -= 1
            assert lost[shift] == pytest.approx(found - slow_twin(task, places), abs=1e-6)


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
