"""When each patrol has its meal break: every way to have one, timed about the visits of the others."""

from collections.abc import Iterator
from typing import Final

import numpy as np
import pandas as pd

from allocation._task import Patrol, Task
from allocation.problem import Shift
from allocation.routes import clock
from allocation.rules import MealBreak

STEP: Final = 5  # minutes between the departures tried
COLUMNS: Final = ("unit", "shift", "start", "end", "hotspot_id")
Rested = tuple[Patrol, int, int]  # a patrol, the minute at which its break begins, how many stops it has made by then


def rested(
    shift: Shift, task: Task, patrols: tuple[Patrol, ...], meal: MealBreak
) -> tuple[tuple[Patrol, ...], pd.DataFrame]:
    """Return the patrols with their breaks and when and where these are; those without time for one are timed anew."""
    made, rows = list(patrols), []
    for unit, patrol in enumerate(patrols):
        others: dict[int, list[int]] = {}
        for other in made[:unit] + made[unit + 1 :]:
            for place, arrive in zip(other.stops, other.arrive, strict=True):
                others.setdefault(place, []).append(arrive)
        found = _as_it_is(task, patrol, meal) or _best(task, patrol, meal, others)
        made[unit] = found[0] if found else Patrol(unit, task.first, (), ())
        if found:
            (kept, begin, done) = found
            where = task.places[kept.stops[done - 1]] if 0 < done < len(kept.stops) else None
            span = clock(shift.start + begin), clock(shift.start + begin + meal.minutes)
            rows.append((task.unit[unit], task.shift, *span, where))
    return tuple(made), pd.DataFrame(rows, columns=list(COLUMNS)).astype("string")


def _as_it_is(task: Task, patrol: Patrol, meal: MealBreak) -> Rested | None:
    """Return the patrol as it is where it stands somewhere for long enough, or is at its base."""
    if not patrol.stops:
        return None
    out, back = task.out[task.base[patrol.unit]], patrol.arrive[-1] + int(task.dwell[patrol.stops[-1]])
    begin = max(task.first, meal.after)
    if begin <= meal.before and begin + meal.minutes <= patrol.leave:
        return patrol, begin, 0
    for done in range(1, len(patrol.stops)):
        here, there = patrol.stops[done - 1], patrol.stops[done]
        begin = max(patrol.arrive[done - 1] + int(task.dwell[here]), meal.after)
        leg = int(task.between[here, there]) if here != there else 0
        if begin <= meal.before and begin + meal.minutes + leg <= patrol.arrive[done]:
            return patrol, begin, done
    begin = max(back + int(out[patrol.stops[-1]]), meal.after)
    return (patrol, begin, len(patrol.stops)) if begin <= meal.before and begin + meal.minutes <= task.last else None


def _best(task: Task, patrol: Patrol, meal: MealBreak, others: dict[int, list[int]]) -> Rested | None:
    """Return the patrol with its break, without the stops that leave no room for one; None: it is not made."""
    order = list(patrol.stops)
    while order:
        every = range(task.first, max(task.first, task.last - 1) + 1, STEP)
        for leave in (patrol.leave, *sorted(every, key=lambda minute: abs(minute - patrol.leave))):
            found = min(_ways(task, patrol.unit, order, leave, meal, others), default=None, key=lambda way: way[0])
            if found is not None:
                return found[1]
        worth = [float(task.worth[place, 0]) for place in order]
        order.pop(int(np.argmin(worth)))
    return None


def _ways(
    task: Task, unit: int, order: list[int], leave: int, meal: MealBreak, others: dict[int, list[int]]
) -> Iterator[tuple[int, Rested]]:
    """Yield when each way to have the break is back, and the patrol: before the first stop, after it, ..., the last."""
    out, legs = task.out[task.base[unit]], _legs(task, unit, order)
    busy = sum(legs) + int(out[order[-1]])
    for done in _open(task, busy, leave, int(task.minutes[unit]), meal, len(order)):
        begin = max(task.first, meal.after)
        now = max(leave, begin + meal.minutes) if done == 0 else leave
        gone, here, arrive = now, -1, []
        own: dict[int, tuple[int, ...]] = {}
        for nth, (place, leg) in enumerate(zip(order, legs, strict=True), start=1):
            dwell = int(task.dwell[place])
            before = own.get(place, ())
            now = _free([*others.get(place, ()), *before], now + leg - dwell, dwell + task.gap)
            own[place] = (*before, now)
            arrive.append(now)
            now, here = now + dwell, place
            if nth == done < len(order):
                begin = max(now, meal.after)
                now = begin + meal.minutes
        back = now + int(out[here])
        if done == len(order):
            begin = max(back, meal.after)
        in_time = back <= task.last and back - gone <= task.minutes[unit] and begin + meal.minutes <= task.last
        if in_time and begin <= meal.before:
            yield back, (Patrol(unit, gone, tuple(order), tuple(arrive)), begin, done)


def _legs(task: Task, unit: int, order: list[int]) -> list[int]:
    """Return the minutes of each stop, the way there included."""
    before = [task.out[task.base[unit]], *(task.between[place] for place in order[:-1])]
    return [int(row[place] + task.dwell[place]) for row, place in zip(before, order, strict=True)]


def _open(task: Task, busy: int, leave: int, minutes: int, meal: MealBreak, stops: int) -> Iterator[int]:
    """Yield after how many stops there may be time for the break, if nobody has to wait: the others need no trial."""
    if busy > minutes or leave + busy > task.last:
        return
    if max(leave, max(task.first, meal.after) + meal.minutes) + busy <= task.last:
        yield 0
    if busy + meal.minutes <= minutes and leave + busy + meal.minutes <= task.last:
        yield from range(1, stops)
    if leave + busy <= meal.before and max(leave + busy, meal.after) + meal.minutes <= task.last:
        yield stops


def _free(booked: list[int], earliest: int, apart: int) -> int:
    """Return the first minute from `earliest` at which a visit keeps its distance to those booked."""
    for other in sorted(booked) if len(booked) > 1 else booked:
        if abs(other - earliest) < apart:
            earliest = other + apart
    return earliest
