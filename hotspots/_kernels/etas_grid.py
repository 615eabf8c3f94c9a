"""One step of expectation and maximisation for a self-exciting process in each cell, by running sums: O(n)."""

import math
from typing import NamedTuple

import numpy as np
from numba import njit

from geodata.cast import FloatArray, IntArray


class CellEvents(NamedTuple):
    """Events by cell and, within it, by time; cell c holds `first[c]` up to `first[c + 1]`."""

    time: FloatArray  # days
    first: IntArray
    end: float  # days: the moment up to which events were watched for


class Step(NamedTuple):
    """What one pass over the events adds up to, under the parameters that it was made with."""

    background: FloatArray  # by event, the chance that it was not triggered
    triggered: float  # events expected to have been triggered
    waited: float  # sum over them of the days since what triggered them
    passed: float  # sum over events of exp(-omega (end - t)): the part of their offspring that is still to come
    passed_days: float  # the same times (end - t)


@njit(cache=True)
def step(events: CellEvents, steady: FloatArray, theta: float, omega: float) -> Step:
    """Return what becomes of each event under its steady background (a day), theta and omega (a day)."""
    background = np.ones(events.time.size)
    triggered, waited, passed, passed_days = 0.0, 0.0, 0.0, 0.0
    for c in range(events.first.size - 1):
        # `held` is the sum of exp(-omega age) over earlier events, `aged` the same times age: one exp per event.
        held, aged, waiting, last = 0.0, 0.0, 0.0, 0.0
        for j in range(events.first[c], events.first[c + 1]):
            gap = events.time[j] - last
            if gap > 0.0:
                decay = np.exp(-omega * gap)
                aged = decay * (aged + gap * (held + waiting))
                held = decay * (held + waiting)
                waiting, last = 0.0, events.time[j]
            rate = theta * omega * held
            if rate > 0.0:
                part = 1.0 / (steady[j] + rate)
                background[j] = steady[j] * part
                triggered += rate * part
                waited += theta * omega * aged * part
            waiting += 1.0  # events of one moment do not trigger each other
        gap = events.end - last
        decay = np.exp(-omega * gap)
        passed += decay * (held + waiting)
        passed_days += decay * (aged + gap * (held + waiting))
    return Step(background, triggered, waited, passed, passed_days)


@njit(cache=True)
def tally(events: CellEvents, background: FloatArray) -> FloatArray:
    """Return by cell how many events are expected to be background, and the variance of that: cells x 2."""
    found = np.zeros((events.first.size - 1, 2))
    for c in range(found.shape[0]):
        for j in range(events.first[c], events.first[c + 1]):
            found[c, 0] += background[j]
            found[c, 1] += background[j] * (1.0 - background[j])
    return found


@njit(cache=True)
def of_others(
    events: CellEvents, background: FloatArray, cells: FloatArray, prior: float, watched: float
) -> FloatArray:
    """Return each event's background a day by the tally of the others in its cell and what a prior counts for."""
    steady = np.empty(background.size)
    for c in range(cells.shape[0]):
        for j in range(events.first[c], events.first[c + 1]):
            number = max(prior + cells[c, 0] - background[j], 1e-9)
            varied = max(cells[c, 1] - background[j] * (1.0 - background[j]), 0.0)
            steady[j] = number * math.exp(-varied / (2.0 * number * number)) / watched
    return steady


@njit(cache=True)
def rate_at_end(events: CellEvents, weights: FloatArray, omega: float) -> FloatArray:
    """Return by cell the sum of weight x exp(-omega (end - t))."""
    found = np.zeros(events.first.size - 1)
    for c in range(found.size):
        for j in range(events.first[c], events.first[c + 1]):
            found[c] += weights[j] * np.exp(-omega * (events.end - events.time[j]))
    return found
