"""Whole tours for the officers that a week's days ask for."""

from typing import Final

import numpy as np

from geodata.cast import IntArray

MOST_TRIED: Final = 10_000


def manned(on: IntArray, free: IntArray, duty: IntArray, officers: int, *, off: int) -> IntArray | None:
    """
    Return one tour for each officer so that enough are on duty in each slot, or None where none was found.

    Those off at the weekend come first, then the slot that fewest tours can fill, in every way that leaves no more to
    the others than they can do.

    Parameters
    ----------
    on : tours x slots, 1 on duty
    free : per tour, 1 where it is off at the weekend
    duty : officers asked for in each slot
    officers : how many there are
    off : of whom so many are off at the weekend
    """
    tried = np.zeros(1, dtype=np.int64)
    every = np.arange(len(on))
    found = _search(on, free, duty, every, (officers, off), tried)
    return None if found is None else np.array(found, dtype=np.int64)


def _search(
    on: IntArray, free: IntArray, duty: IntArray, tours: IntArray, left: tuple[int, int], tried: IntArray
) -> list[int] | None:
    officers, off = left
    asked = int(duty.sum())
    if officers == 0:
        return [] if asked == 0 and off <= 0 else None
    useful = np.minimum(on[tours], duty).sum(axis=1)
    most = int(useful.max(initial=0))
    if asked > officers * most or off > officers:
        return None
    tours = tours[useful >= asked - (officers - 1) * most]
    first, open_slots = tours, np.flatnonzero(duty)
    if off > 0:
        first = tours[free[tours] == 1]
    elif len(open_slots):
        first = tours[on[tours, open_slots[np.argmin(on[tours][:, open_slots].sum(axis=0) - duty[open_slots])]] == 1]
    for tour in first:
        tried += 1
        if tried[0] > MOST_TRIED:
            return None
        rest = np.maximum(duty - on[tour], 0)
        found = _search(on, free, rest, tours, (officers - 1, off - int(free[tour])), tried)
        if found is not None:
            return [int(tour), *found]
    return None
