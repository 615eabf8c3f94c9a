"""The patrols of a shift's units on the clock, as arrays that compiled code changes in place."""

from typing import NamedTuple

import numba

from allocation._solvers.clock import PATIENCE, Ground, Sent, walk
from geodata.cast import FloatArray, IntArray
from geodata.compiled import inner


class Rota(NamedTuple):
    """Stops of each unit, the minutes they begin, how many, when it leaves; visits booked by place, how many."""

    stops: IntArray
    arrive: IntArray
    size: IntArray
    leave: IntArray
    booked: IntArray
    times: IntArray


@numba.njit(cache=True)
def book(rota: Rota, unit: int, leave: int, stops: IntArray, arrive: IntArray) -> None:
    """Book the visits of a unit."""
    rota.size[unit], rota.leave[unit] = len(stops), leave
    for k in range(len(stops)):
        rota.stops[unit, k], rota.arrive[unit, k] = stops[k], arrive[k]
        rota.booked[stops[k], rota.times[stops[k]]] = arrive[k]
        rota.times[stops[k]] += 1


@inner
def strike(rota: Rota, unit: int) -> None:
    """Take the visits of a unit out of those booked."""
    for k in range(rota.size[unit]):
        place, nth = rota.stops[unit, k], 0
        while rota.booked[place, nth] != rota.arrive[unit, k]:
            nth += 1
        rota.times[place] -= 1
        rota.booked[place, nth] = rota.booked[place, rota.times[place]]
    rota.size[unit] = 0


@inner
def copied(rota: Rota) -> Rota:
    return Rota(
        rota.stops.copy(),
        rota.arrive.copy(),
        rota.size.copy(),
        rota.leave.copy(),
        rota.booked.copy(),
        rota.times.copy(),
    )


@numba.njit(cache=True)
def value(worth: FloatArray, count: IntArray) -> float:
    total = 0.0
    for place in range(len(count)):
        for nth in range(count[place]):
            total += worth[place, nth]
    return total


@numba.njit(cache=True)
def leg(ground: Ground, sent: Sent, here: int, there: int) -> int:
    """Return the minutes between two stops; -1 is the base."""
    if here < 0:
        return int(sent.out[there])
    return int(sent.out[here]) if there < 0 else int(ground.between[here, there]) * (here != there)


@inner
def _turned(stops: IntArray, i: int, j: int) -> None:
    """Turn the stops i to j about."""
    while i < j:
        stops[i], stops[j] = stops[j], stops[i]
        i, j = i + 1, j - 1


@inner
def straightened(ground: Ground, rota: Rota, sent: Sent, leave: int, stops: IntArray) -> bool:
    """Turn parts of a patrol about while that shortens it and loses no stop; say whether it did."""
    found = False
    while True:
        again = False
        for i in range(len(stops) - 1):
            for j in range(i + 1, len(stops)):
                a, d = stops[i - 1] if i else -1, stops[j + 1] if j + 1 < len(stops) else -1
                b, c = stops[i], stops[j]
                old = leg(ground, sent, a, b) + leg(ground, sent, c, d)
                if a == c or b == d or leg(ground, sent, a, c) + leg(ground, sent, b, d) >= old:
                    continue
                _turned(stops, i, j)
                if len(walk(ground, rota.booked, rota.times, sent, leave, stops, PATIENCE[-1])[0]) == len(stops):
                    again = found = True
                else:
                    _turned(stops, i, j)
        if not again:
            return found
