"""
What any mixture of patrols is worth on one day at one base, and how many visits it makes where.

Patrols are added one at a time, and one visit at a time to the shift that has the new patrol: a further visit goes
there, or one is moved there from another shift and its place is filled in turn, along the way that gains most. Worth
falls with each further visit, so that ways that gain most keep the visits the best of their number [1]_, and every
mixture on the way is solved, not only the last.

References
----------
.. [1] Ahuja, R. K., Magnanti, T. L. & Orlin, J. B. (1993). Network Flows. Prentice Hall, sections 9.7 and 14.5:
   successive shortest paths, with convex costs.
"""

from typing import NamedTuple

import numba
import numpy as np

from geodata.cast import FloatArray, IntArray
from geodata.compiled import inner

EMPTY = -1


class DayTask(NamedTuple):
    """
    One day's windows.

    `worth[h, s]` is the first visit's to hot spot h in shift s, the n-th one's `decay[n]` of it; `each[h]` is added for
    every visit, `first[h]` for the first of the day; no hot spot has more than `most` visits a day; a patrol makes
    `room` visits in its shift.
    """

    worth: FloatArray
    decay: FloatArray
    each: FloatArray
    first: FloatArray
    most: int
    room: int


@numba.njit(cache=True)
def day_worth(task: DayTask, mixtures: IntArray, parent: IntArray, grown: IntArray) -> tuple[FloatArray, IntArray]:
    """
    Return the most that each mixture is worth, and its visits by hot spot and shift.

    `mixtures[m, s]` patrols in shift s; mixture 0 is none, mixture m is `parent[m]` with one patrol more in `grown[m]`.
    """
    hotspots, shifts = task.worth.shape
    value = np.zeros(len(mixtures))
    made = np.zeros((len(mixtures), hotspots, shifts), dtype=np.int64)
    for m in range(1, len(mixtures)):
        value[m] = value[parent[m]]
        for hotspot in range(hotspots):
            for shift in range(shifts):
                made[m, hotspot, shift] = made[parent[m], hotspot, shift]
        for _ in range(task.room):
            gained = _one_more(task, made[m], grown[m])
            if gained <= 0.0:
                break
            value[m] += gained
    return value, made


@inner
def _one_more(task: DayTask, made: IntArray, shift: int) -> float:
    """Make one visit more in `shift` along the way that gains most, and return what it gains."""
    shifts = task.worth.shape[1]
    gain, which = _moves(task, made)
    # best[s]: the most to be gained by a place in s, which may stay empty; a way needs no more rounds than shifts.
    best, source = np.zeros(shifts), np.full(shifts, EMPTY)
    for _ in range(shifts):
        for to in range(shifts):
            for out_of in range(shifts + 1):
                before = 0.0 if out_of == shifts else best[out_of]
                if before + gain[out_of, to] > best[to] + 1e-12:
                    best[to], source[to] = before + gain[out_of, to], out_of
    to = shift
    while to < shifts and source[to] != EMPTY:
        hotspot, out_of = which[source[to], to], source[to]
        made[hotspot, to] += 1
        if out_of < shifts:
            made[hotspot, out_of] -= 1
        to = out_of
    return float(best[shift])


@inner
def _moves(task: DayTask, made: IntArray) -> tuple[FloatArray, IntArray]:
    """Return the most to be gained by moving a visit between shifts (the last row: by a new one), and whose it is."""
    hotspots, shifts = task.worth.shape
    gain = np.full((shifts + 1, shifts), -np.inf)
    which = np.full((shifts + 1, shifts), -1)
    for hotspot in range(hotspots):
        used = made[hotspot].sum()
        extra = task.each[hotspot] + (task.first[hotspot] if used == 0 else 0.0)
        for to in range(shifts):
            if made[hotspot, to] == len(task.decay):
                continue
            added = task.worth[hotspot, to] * task.decay[made[hotspot, to]]
            if used < task.most and added + extra > gain[shifts, to]:
                gain[shifts, to], which[shifts, to] = added + extra, hotspot
            for out_of in range(shifts):
                held = made[hotspot, out_of]
                if out_of != to and held > 0:
                    moved = added - task.worth[hotspot, out_of] * task.decay[held - 1]
                    if moved > gain[out_of, to]:
                        gain[out_of, to], which[out_of, to] = moved, hotspot
    return gain, which


@numba.njit(cache=True)
def place_worth(task: DayTask, mixtures: IntArray, made: IntArray) -> FloatArray:
    """Return what each mixture would lose if one place in a shift were closed; 0 where one is empty."""
    hotspots, shifts = task.worth.shape
    lost = np.zeros((len(mixtures), shifts))
    for m in range(len(mixtures)):
        gain, _ = _moves(task, made[m])
        drop = lost[m]
        for shift in range(shifts):
            drop[shift] = np.inf
        for shift in range(shifts):
            if made[m, :, shift].sum() < task.room * mixtures[m, shift]:
                drop[shift] = 0.0
            for hotspot in range(hotspots):
                held = made[m, hotspot, shift]
                if held > 0:
                    alone = task.first[hotspot] if made[m, hotspot].sum() == 1 else 0.0
                    last = task.worth[hotspot, shift] * task.decay[held - 1]
                    drop[shift] = min(drop[shift], last + task.each[hotspot] + alone)
        for _ in range(shifts - 1):
            for shift in range(shifts):
                for to in range(shifts):
                    if to != shift:
                        drop[shift] = min(drop[shift], drop[to] - gain[shift, to])
    return lost
