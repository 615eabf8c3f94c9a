"""
Other patrols of nearly the same worth: drawn for values moved about a little, walked backwards, at other times.

A patrol walked backwards, or from another minute, makes the same visits: worth is not lost, and the clock cannot be
learnt. What would come too close to the visits of others is left as it was.
"""

from dataclasses import replace
from typing import Final

import numpy as np

from allocation._solvers.clock import PATIENCE, Ground, Sent, walk
from allocation._solvers.patrols import draw_patrols, worth_of
from allocation._task import Patrol, Task
from allocation.rules import MealBreak
from geodata.cast import IntArray

MOVED: Final = 0.15  # spread of the logarithm of what a hot spot counts in a draw
TRIES: Final = 6  # other times and directions of a patrol that are tried

Patrols = tuple[Patrol, ...]


def alike(task: Task, patrols: Patrols, *, draws: int, rounds: int, within: float, seed: int) -> list[Patrols]:
    """
    Return `patrols`, or the best found if that is better, and others worth at least 1 - `within` of the best.

    Parameters
    ----------
    task : one shift
    draws : how often patrols are drawn for values that are moved about
    rounds : of each draw
    within : share of the best that may be lost
    seed : of the draws
    """
    rng, pool = np.random.default_rng(seed), [patrols]
    for _ in range(draws):
        moved = task.worth * rng.lognormal(0.0, MOVED, len(task.places))[:, None]
        pool.append(draw_patrols(replace(task, worth=moved), rounds=rounds, seed=int(rng.integers(2**31))))
    worth = [worth_of(task, each) for each in pool]
    return [each for each, value in zip(pool, worth, strict=True) if value >= (1 - within) * max(worth)]


def retimed(task: Task, patrols: Patrols, rng: np.random.Generator, meal: MealBreak | None = None) -> Patrols:
    """Return the same visits, each patrol perhaps walked backwards, and begun at another minute, if it can be."""
    ground = Ground(task.dwell, task.worth, task.between, task.gap, task.last)
    made = dict(enumerate(patrols))
    for unit in rng.permutation(len(patrols)).tolist():
        others = [patrol for number, patrol in made.items() if number != unit]
        booked, count = _booked(task, others)
        rest = (0, 0) if meal is None else (meal.minutes, meal.after)
        sent = Sent(task.out[task.base[unit]], int(task.minutes[unit]), task.first, task.first, *rest)
        made[unit] = _another(ground, sent, made[unit], (booked, count), rng)
    return tuple(made[number] for number in range(len(patrols)))


def _booked(task: Task, patrols: list[Patrol]) -> tuple[IntArray, IntArray]:
    """Return the minutes at which visits begin, places x visits, and how many there are."""
    booked, count = np.zeros(task.worth.shape, dtype=np.int64), np.zeros(len(task.places), dtype=np.int64)
    for patrol in patrols:
        for place, arrive in zip(patrol.stops, patrol.arrive, strict=True):
            booked[place, count[place]] = arrive
            count[place] += 1
    return booked, count


def _another(
    ground: Ground, sent: Sent, old: Patrol, others: tuple[IntArray, IntArray], rng: np.random.Generator
) -> Patrol:
    if not old.stops:
        return old
    away = old.arrive[-1] + int(ground.dwell[old.stops[-1]] + sent.out[old.stops[-1]]) - old.leave
    latest = max(sent.first, ground.last - away)
    for _ in range(TRIES):
        order = np.array(old.stops if rng.random() < 0.5 else old.stops[::-1], dtype=np.int64)
        leave = int(rng.integers(sent.first, latest + 1))
        stops, arrive, _ = walk(ground, *others, sent, leave, order, PATIENCE[1])
        if len(stops) == len(old.stops):
            return Patrol(old.unit, leave, tuple(stops.tolist()), tuple(arrive.tolist()))
    return old
