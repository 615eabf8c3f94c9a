"""
Patrols of one shift: each unit in turn takes the patrol that adds most; then better ones are looked for together.

Where places and units are few, patrols are priced and packed (`packed`); elsewhere some are torn up and drawn again
[1]_. Units that are alike and visit each place once are sent as in team orienteering. The same seed gives the same
patrols.

References
----------
.. [1] Schrimpf, Schneider, Stamm-Wilbrandt and Dueck (2000). Record breaking optimization results using the ruin and
   recreate principle. Journal of Computational Physics 159(2), 139-171.
"""

import numpy as np

from allocation._solvers.first_visits import alike, draw_first, once
from allocation._solvers.packed import PRICINGS, packable, packed
from allocation._solvers.sheet import Sheet, summed
from allocation._task import Patrol, Task
from geodata.cast import IntArray

TORN_UP = 4  # patrols at a time
NEIGHBOURS = 8  # units among which they are chosen


def worth_of(task: Task, patrols: tuple[Patrol, ...]) -> float:
    """Return what the visits of these patrols are worth together."""
    stops = np.array([place for patrol in patrols for place in patrol.stops], dtype=np.int64)
    count = np.bincount(stops, minlength=len(task.places))
    return summed(task, count)


def draw_patrols(task: Task, *, rounds: int, seed: int, thorough: bool = False) -> tuple[Patrol, ...]:
    """
    Return a patrol for each unit of the task, some perhaps without a stop.

    Parameters
    ----------
    task : one shift
    rounds : how often patrols are priced, or torn up and drawn again; 0: each is drawn once
    seed : of the choice which
    thorough : whether many patrols are priced and packed, which takes seconds, where places and units are few enough
    """
    sheet = Sheet.blank(task)
    for unit in range(len(task.unit)):
        sheet.add(sheet.draw(int(task.base[unit]), int(task.minutes[unit]), unit))
    other = _drawn_together(sheet, rounds=rounds, seed=seed, thorough=thorough)
    sheet = other if other.value() > sheet.value() else sheet
    for unit in range(len(task.unit)):
        while sheet.polish(unit):
            pass
    return tuple(sheet.patrols[unit] for unit in range(len(task.unit)))


def _drawn_together(sheet: Sheet, *, rounds: int, seed: int, thorough: bool) -> Sheet:
    """Return other patrols than those drawn one by one, or these."""
    task = sheet.task
    if not rounds or sheet.value() >= task.total * (1 - 1e-12):
        return sheet
    if alike(task) and once(task):
        other = Sheet.blank(task)
        for unit, stops in enumerate(draw_first(task, seed=seed)):
            other.add(other.follow(unit, stops))
        return other
    if thorough and packable(task):
        return packed(task, sheet, pricings=min(PRICINGS, rounds), seed=seed)
    _torn_up(sheet, rounds=rounds, seed=seed)
    return sheet


def _torn_up(sheet: Sheet, *, rounds: int, seed: int) -> None:
    """Tear patrols up and draw them again while it helps."""
    task, rng = sheet.task, np.random.default_rng(seed)
    close = _close(task)
    for turn in range(rounds):
        if not len(close) or sheet.value() >= task.total * (1 - 1e-12):
            break
        chosen = close[turn % len(close)] if turn < len(close) else close[rng.integers(len(close))]
        _redraw(sheet, rng.permutation(chosen)[:TORN_UP])


def _close(task: Task) -> IntArray:
    """Return for each unit those whose bases are as far from the places as its own, itself first."""
    apart = np.array([np.abs(task.out - own).sum(axis=1) for own in task.out])
    return np.argsort(apart[np.ix_(task.base, task.base)], axis=1, kind="stable")[:, :NEIGHBOURS]


def _redraw(sheet: Sheet, units: IntArray) -> None:
    task, before = sheet.task, sheet.value()
    old = [sheet.remove(int(unit)) for unit in units]
    for unit in units.tolist():
        sheet.add(sheet.draw(int(task.base[unit]), int(task.minutes[unit]), unit))
    if sheet.value() < before:
        for patrol in old:
            sheet.remove(patrol.unit)
        for patrol in old:
            sheet.add(patrol)


def one_more(task: Task, patrols: tuple[Patrol, ...], *, base: int, minutes: int) -> float:
    """Return what one more unit would add, the patrols of the others left as they are."""
    sheet = Sheet.blank(task)
    for patrol in patrols:
        sheet.add(patrol)
    before = sheet.value()
    sheet.add(sheet.draw(base, minutes, len(patrols)))
    return sheet.value() - before
