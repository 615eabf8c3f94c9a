"""What one base's week is made of: legal tours of duty, mixtures of patrols, and the plan that comes of them."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from geodata.cast import BoolArray, FloatArray, IntArray

DAYS: Final = 7
OFF: Final = -1
WEEKEND: Final = (5, 6)


@dataclass(frozen=True)
class BaseWeek:
    """
    What one base's week is made of.

    Parameters
    ----------
    value : of a first visit, hot spots x days x shifts
    decay : worth of the n-th visit of a shift beside the first
    most : visits a day to a hot spot
    room : visits that one patrol makes in a shift
    officers : per shift, how many walk together
    tours : legal tours x days, number of the shift or -1
    amount : rules x hot spots, what one visit counts for a rule that asks for at least `least` of it a week
    first : rules of which only the first visit of a day counts
    least : per rule
    off_weekend : share of the officers off on Saturday and Sunday, at least
    """

    value: FloatArray
    decay: FloatArray
    most: int
    room: int
    officers: IntArray
    tours: IntArray
    amount: FloatArray
    first: BoolArray
    least: FloatArray
    off_weekend: float


@dataclass(frozen=True)
class WeekAnswer:
    """
    A week's plan.

    Parameters
    ----------
    tours : number of the tour of each officer
    visits : rows of hot spot, day, shift, number of the visit in the shift
    value : of the visits
    bound : on the value of any plan that falls short of the rules by no more than this one
    short : per rule, by how much
    """

    tours: IntArray
    visits: IntArray
    value: float
    bound: float
    short: FloatArray


def legal_tours(starts: Sequence[int], ends: Sequence[int], *, days: int, rest: int) -> IntArray:
    """Return every way to work one shift on each of `days` days, with `rest` minutes between, week after week."""
    follows = np.ones((len(starts) + 1, len(starts) + 1), dtype=np.bool_)  # the last row and column: a day off
    for one, end in enumerate(ends):
        for next_one, start in enumerate(starts):
            follows[one, next_one] = start + 1440 - end >= rest
    every = np.array(list(itertools.product((*range(len(starts)), OFF), repeat=DAYS)), dtype=np.int64)
    kept = (every != OFF).sum(axis=1) == days
    for day in range(DAYS):
        kept &= follows[every[:, day], every[:, (day + 1) % DAYS]]
    return np.asarray(every[kept])


def mixtures_of(shifts: int, most: int) -> tuple[IntArray, IntArray, IntArray]:
    """Return all mixtures of up to `most` patrols over shifts, which each grows from, and the shift it grows in."""
    every = [mixture for mixture in itertools.product(range(most + 1), repeat=shifts) if sum(mixture) <= most]
    every.sort(key=lambda mixture: (sum(mixture), mixture))
    number = {mixture: at for at, mixture in enumerate(every)}
    grown = [max((shift for shift in range(shifts) if mixture[shift]), default=0) for mixture in every]
    parent = [
        number.get(tuple(held - (shift == last) for shift, held in enumerate(mixture)), 0)
        for mixture, last in zip(every, grown, strict=True)
    ]
    return np.array(every, dtype=np.int64), np.array(parent), np.array(grown)
