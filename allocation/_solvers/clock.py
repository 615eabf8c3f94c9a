"""
Patrols put on the clock: a unit's stops timed beside the visits already booked, and further stops put in.

`booked[place, :count[place]]` are the minutes at which visits to a place begin.
"""

from typing import NamedTuple

import numba
import numpy as np

from geodata.cast import FloatArray, IntArray
from geodata.compiled import inner

STEP = 5  # minutes between the departures tried
PATIENCE = (0, 30, 1440)  # minutes that a unit waits for a stop at most, tried in turn


class Ground(NamedTuple):
    """What is common to all units: dwell by place, worth by place and visit, legs, gap, latest minute back."""

    dwell: IntArray
    worth: FloatArray
    between: IntArray
    gap: int
    last: int


class Sent(NamedTuple):
    """
    One unit: legs from its base by place, its minutes, the first minute out and the first one to try.

    It rests for `rest` minutes after the first stop that ends `rest_from` or later.
    """

    out: IntArray
    minutes: int
    first: int
    preferred: int
    rest: int = 0
    rest_from: int = 0


@numba.njit(cache=True)
def free(ground: Ground, booked: IntArray, count: IntArray, place: int, earliest: int) -> int:
    """Return the first minute from `earliest` at which a visit keeps its distance to those booked."""
    apart = ground.dwell[place] + ground.gap
    moved = True
    while moved:
        moved = False
        for nth in range(count[place]):
            if abs(booked[place, nth] - earliest) < apart:
                earliest, moved = booked[place, nth] + apart, True
    return earliest


@numba.njit(cache=True)
def walk(
    ground: Ground, booked: IntArray, count: IntArray, sent: Sent, leave: int, stops: IntArray, patience: int
) -> tuple[IntArray, IntArray, float]:
    """Return the stops made when leaving then, their minutes and worth; left out is what adds nothing or is late."""
    made, arrive = np.empty(len(stops), dtype=np.int64), np.empty(len(stops), dtype=np.int64)
    back_by = min(leave + sent.minutes, ground.last)
    many, worth, here, now = 0, 0.0, -1, leave
    due = sent.rest
    for place in stops:
        nth = count[place]
        if nth >= ground.worth.shape[1] or ground.worth[place, nth] <= 0.0:
            continue
        rest = due if here >= 0 and now >= sent.rest_from else 0
        there = now + rest + (sent.out[place] if here < 0 else ground.between[here, place])
        start = free(ground, booked, count, place, there)
        end = start + ground.dwell[place]
        if start - there > patience or end + sent.out[place] > back_by:
            continue
        booked[place, nth] = start  # for the unit's own later visits; taken out below
        count[place] += 1
        made[many], arrive[many] = place, start
        many, worth, here, now, due = many + 1, worth + ground.worth[place, nth], place, end, due - rest
    for place in made[:many]:
        count[place] -= 1
    return made[:many], arrive[:many], worth


@numba.njit(cache=True)
def placed(
    ground: Ground, booked: IntArray, count: IntArray, sent: Sent, stops: IntArray
) -> tuple[int, IntArray, IntArray, float]:
    """Return the departure at which a unit makes most of its stops, and those stops."""
    leave, worth = sent.preferred, 0.0
    made, arrive = stops[:0].copy(), stops[:0].copy()
    slack = max(0, ground.last - sent.minutes - sent.first)
    for patience in PATIENCE:
        for later in range(0, slack + 1, STEP):
            trial = sent.first + (sent.preferred - sent.first + later) % (slack + 1)
            trial_made, trial_arrive, trial_worth = walk(ground, booked, count, sent, trial, stops, patience)
            if trial_worth > worth * (1 + 1e-12):
                leave, made, arrive, worth = trial, trial_made, trial_arrive, trial_worth
            if len(made) == len(stops):
                return leave, made, arrive, worth
    return leave, made, arrive, worth


@inner
def detour(ground: Ground, sent: Sent, before: int, place: int, after: int) -> int:
    """Return the minutes that a stop between two others (-1: the base) adds, without waiting."""
    to = sent.out[place] if before < 0 else ground.between[before, place]
    on = sent.out[place] if after < 0 else ground.between[place, after]
    straight = 0
    if before >= 0 or after >= 0:
        straight = sent.out[after] if before < 0 else sent.out[before] if after < 0 else ground.between[before, after]
    return int(to + ground.dwell[place] + on - straight)


@inner
def _length(ground: Ground, sent: Sent, stops: IntArray) -> int:
    """Return the minutes of a patrol that waits nowhere."""
    minutes = 0
    for position in range(len(stops)):
        before = stops[position - 1] if position else -1
        minutes += detour(ground, sent, before, stops[position], -1)
    return minutes


@numba.njit(cache=True)
def filled(
    ground: Ground, booked: IntArray, count: IntArray, sent: Sent, leave: int, stops: IntArray, choice: IntArray
) -> tuple[IntArray, IntArray, float]:
    """Return the patrol with stops of `choice` put in, the one worth most for its minutes first, until none fits."""
    made, arrive, worth = walk(ground, booked, count, sent, leave, stops, PATIENCE[-1])
    found = True
    while found:
        found, rate = False, 0.0
        best = (made, arrive, worth)
        spare = sent.minutes - _length(ground, sent, made)
        for position in range(len(made) + 1):
            before = made[position - 1] if position else -1
            after = made[position] if position < len(made) else -1
            for place in choice:
                gain = ground.worth[place, count[place]] if count[place] < ground.worth.shape[1] else 0.0
                extra = max(1, detour(ground, sent, before, place, after))
                if extra > spare or gain <= rate * extra:
                    continue
                trial = np.empty(len(made) + 1, dtype=np.int64)
                trial[position] = place
                for at in range(len(made)):
                    trial[at + (at >= position)] = made[at]
                offer = walk(ground, booked, count, sent, leave, trial, PATIENCE[-1])
                if offer[2] > worth * (1 + 1e-12) and offer[2] - worth > rate * extra:
                    best, rate, found = offer, (offer[2] - worth) / extra, True
        made, arrive, worth = best
    return made, arrive, worth
