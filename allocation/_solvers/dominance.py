"""
Labels of which all that can follow can follow one of some others that are worth no less, and need not be followed.

What keeps a visit from following another label is a place that it remembers: the visit would come too soon. A label is
left out once no continuation of its own is kept from following every one of the others; the ways to be kept from all
of them are drawn up one label at a time, each a few places to be met again before given minutes [1]_.

References
----------
.. [1] Irnich and Villeneuve (2006). The shortest-path problem with resource constraints and k-cycle elimination for
   k >= 3. INFORMS Journal on Computing 18(3), 391-406.
"""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from geodata.cast import IntArray
from geodata.compiled import inner

Steps = npt.NDArray[np.int32]
NONE = -1
MEMORY = 4
HOLES = 24  # ways to be kept off that are drawn up at most


class Walks(NamedTuple):
    """
    What is common to all patrols of a kind: dwell, legs to the base and between places, gap, minutes.

    `soon` are the least minutes between the end of a visit and the beginning of another, others in between or not.
    """

    dwell: IntArray
    out: IntArray
    legs: IntArray
    soon: IntArray
    gap: int
    minutes: int


class Labels(NamedTuple):
    """Labels in the order they were made: place, end, worth, the one before, next of a list, places held and ends."""

    at: Steps
    end: Steps
    worth: npt.NDArray[np.float64]
    before: Steps
    link: Steps
    places: npt.NDArray[np.int16]
    ends: npt.NDArray[np.int16]


@inner
def _until(walks: Walks, labels: Labels, label: int, place: int) -> int:
    """Return the minute from which a label may return to a place."""
    for a in range(MEMORY):
        if labels.places[label, a] == place:
            return int(labels.ends[label, a]) + walks.gap
    return 0


@inner
def _first(walks: Walks, labels: Labels, label: int, place: int) -> int:
    """Return the minute at which a visit to a place after a label can begin."""
    return max(int(labels.end[label] + walks.soon[labels.at[label], place]), _until(walks, labels, label, place))


@inner
def _then(walks: Walks, labels: Labels, label: int, one: int, other: int) -> int:
    """Return the minute at which a visit to a place can begin that follows one to another after a label."""
    gone = _first(walks, labels, label, one) + walks.dwell[one]
    return max(int(gone + walks.soon[one, other]), _until(walks, labels, label, other))


@inner
def _joined(walks: Walks, labels: Labels, label: int, holes: IntArray, k: int, place: int, by: int) -> int:
    """Return at how many places besides one, by then, a continuation must be for all of a hole; NONE: it cannot."""
    used = 0
    while holes[k, used, 0] != NONE:
        old, before = holes[k, used, 0], holes[k, used, 1]
        together = _then(walks, labels, label, place, old) < before or _then(walks, labels, label, old, place) < by
        if old != place and not together:
            return NONE
        used += 1
    return used


@inner
def _kept_off(walks: Walks, labels: Labels, holes: IntArray, k: int, other: int) -> bool:
    """Say whether who meets all places of a hole in time cannot follow `other`."""
    used = 0
    while holes[k, used, 0] != NONE:
        if holes[k, used, 1] <= _until(walks, labels, other, holes[k, used, 0]):
            return True
        used += 1
    return False


@inner
def _put(holes: IntArray, k: int, into: IntArray, many: int, used: int, place: int, by: int) -> None:
    """Write a hole with one more place, or as it is where `place` is NONE."""
    for s in range(used):
        into[many, s, 0], into[many, s, 1] = holes[k, s, 0], holes[k, s, 1]
    into[many, used, 0], into[many, used, 1] = place, by
    if place != NONE:
        into[many, used + 1, 0] = NONE


@inner
def _narrowed(walks: Walks, labels: Labels, label: int, other: int, holes: IntArray, size: int, into: IntArray) -> int:
    """Write the ways to be kept from following `other`, too; return how many there are, or NONE if too many."""
    many = 0
    for k in range(size):
        if many == HOLES:
            return NONE
        if _kept_off(walks, labels, holes, k, other):
            _put(holes, k, into, many, MEMORY, NONE, 0)
            many += 1
            continue
        for a in range(MEMORY):
            place: Any = np.int64(labels.places[other, a])
            if place == NONE:
                break
            by = labels.ends[other, a] + walks.gap
            if _first(walks, labels, label, place) >= by:
                continue
            used = _joined(walks, labels, label, holes, k, place, by)
            if used == NONE:
                continue
            if many == HOLES or used == MEMORY:
                return NONE
            _put(holes, k, into, many, used, place, by)
            many += 1
    return many


@inner
def dominated(walks: Walks, labels: Labels, head: Steps, label: int, holes: IntArray, spare: IntArray) -> bool:
    """Say whether whatever follows a label can follow one of the earlier ones at the place that are worth no less."""
    now, other = labels.end[label], head[labels.at[label]]
    holes[0, 0, 0] = NONE
    size: Any = np.int64(1)  # a plain 1 would have numba compile `_narrowed` for that number, too
    while other != NONE and labels.end[other] + walks.gap > now:
        if labels.worth[other] >= labels.worth[label]:
            size = _narrowed(walks, labels, label, other, holes, size, spare)
            if size <= 0:
                return bool(size == 0)
            holes, spare = spare, holes
        other = labels.link[other]
    return False
