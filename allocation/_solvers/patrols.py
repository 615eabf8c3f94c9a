"""
Patrols of one shift: each unit in turn takes the patrol that adds most; then they are renewed stop by stop.

The same seed gives the same patrols.
"""

import numpy as np

from allocation._solvers.first_visits import once
from allocation._solvers.renewed import renewed
from allocation._solvers.sheet import Sheet, summed
from allocation._task import Patrol, Task

QUICKER = 5  # times as many rounds take as long where no place wants a second visit


def worth_of(task: Task, patrols: tuple[Patrol, ...]) -> float:
    """Return what the visits of these patrols are worth together."""
    stops = np.array([place for patrol in patrols for place in patrol.stops], dtype=np.int64)
    count = np.bincount(stops, minlength=len(task.places))
    return summed(task, count)


def draw_patrols(task: Task, *, rounds: int, seed: int) -> tuple[Patrol, ...]:
    """
    Return a patrol for each unit of the task, some perhaps without a stop.

    Parameters
    ----------
    task : one shift
    rounds : how often some stops are taken out and others put in; 0: each patrol is drawn once
    seed : of the choice which
    """
    sheet = Sheet.blank(task)
    for unit in range(len(task.unit)):
        sheet.add(sheet.draw(int(task.base[unit]), int(task.minutes[unit]), unit))
    for unit in range(len(task.unit)):
        while sheet.polish(unit):
            pass
    patrols = tuple(sheet.patrols[unit] for unit in range(len(task.unit)))
    if sheet.value() >= task.total * (1 - 1e-12):
        return patrols
    return renewed(task, patrols, turns=rounds * (QUICKER if once(task) else 1), seed=seed)


def one_more(task: Task, patrols: tuple[Patrol, ...], *, base: int, minutes: int) -> float:
    """Return what one more unit would add, the patrols of the others left as they are."""
    sheet = Sheet.blank(task)
    for patrol in patrols:
        sheet.add(patrol)
    before = sheet.value()
    sheet.add(sheet.draw(base, minutes, len(patrols)))
    return sheet.value() - before
