"""
What any mixture of patrols is worth on one day: each visit made at most once, in one of the day's shifts.

Patrols are added one at a time, and one visit at a time to the shift that has the new patrol: a visit not yet made goes
there, or one from another shift does and its place is filled in turn, along the way that gains most. Ways that gain
most keep an assignment the best of its size [1]_, so every mixture on the way is solved, not only the last.

References
----------
.. [1] Ahuja, R. K., Magnanti, T. L. & Orlin, J. B. (1993). Network Flows. Prentice Hall, section 9.7: successive
   shortest paths.
"""

import numba
import numpy as np

from geodata.cast import FloatArray, IntArray

NOT_MADE = -1
EMPTY = -1


@numba.njit(cache=True)
def day_worth(
    value: FloatArray, mixtures: IntArray, parent: IntArray, grown: IntArray, room: int
) -> tuple[FloatArray, IntArray]:
    """
    Return the greatest sum of values of each mixture, and the shift in which each visit is made, -1 if in none.

    `value[v, s]` is visit v's in shift s; `mixtures[m, s]` patrols in shift s, each with `room` visits; mixture 0 is
    none, mixture m is mixture `parent[m]` with one patrol more in shift `grown[m]`.
    """
    worth = np.zeros(len(mixtures))
    made = np.full((len(mixtures), len(value)), NOT_MADE, dtype=np.int64)
    for m in range(1, len(mixtures)):
        worth[m] = worth[parent[m]]
        made[m] = made[parent[m]]
        for _ in range(room):
            gained = _one_more(value, made[m], grown[m])
            if gained <= 0.0:
                break
            worth[m] += gained
    return worth, made


@numba.njit(cache=True)
def _one_more(value: FloatArray, made: IntArray, shift: int) -> float:
    """Make one visit more in `shift` along the way that gains most, and return what it gains."""
    shifts = value.shape[1]
    gain, which = _moves(value, made)
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
        made[which[source[to], to]] = to
        to = source[to]
    return float(best[shift])


@numba.njit(cache=True)
def _moves(value: FloatArray, made: IntArray) -> tuple[FloatArray, IntArray]:
    """Return the most to be gained by moving a visit from one shift (the last row: from none) to another, and which."""
    visits, shifts = value.shape
    gain = np.full((shifts + 1, shifts), -np.inf)
    which = np.full((shifts + 1, shifts), -1)
    for visit in range(visits):
        now = made[visit]
        row = shifts if now == NOT_MADE else now
        held = 0.0 if now == NOT_MADE else value[visit, now]
        for to in range(shifts):
            if to != now and value[visit, to] - held > gain[row, to]:
                gain[row, to], which[row, to] = value[visit, to] - held, visit
    return gain, which


@numba.njit(cache=True)
def place_worth(value: FloatArray, mixtures: IntArray, made: IntArray, room: int) -> FloatArray:
    """Return what each mixture would lose if one place in a shift were closed; 0 where one is empty."""
    shifts = value.shape[1]
    lost = np.zeros((len(mixtures), shifts))
    for m in range(len(mixtures)):
        drop, move = _drops(value, made[m])
        for shift in range(shifts):
            if (made[m] == shift).sum() < room * mixtures[m, shift]:
                drop[shift] = 0.0
        for _ in range(shifts - 1):
            for shift in range(shifts):
                for to in range(shifts):
                    drop[shift] = min(drop[shift], move[shift, to] + drop[to])
        lost[m] = drop
    return lost


@numba.njit(cache=True)
def _drops(value: FloatArray, made: IntArray) -> tuple[FloatArray, FloatArray]:
    """Return the least that is lost by dropping a visit of each shift, and by moving one from a shift to another."""
    visits, shifts = value.shape
    drop, move = np.full(shifts, np.inf), np.full((shifts, shifts), np.inf)
    for visit in range(visits):
        now = made[visit]
        if now != NOT_MADE:
            drop[now] = min(drop[now], value[visit, now])
            for to in range(shifts):
                move[now, to] = min(move[now, to], value[visit, now] - value[visit, to])
    return drop, move
