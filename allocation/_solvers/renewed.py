"""
Patrols torn up stop by stop and put together again, the better ones kept.

Each turn takes a run of stops out of one or two units' patrols, those near one place, and puts others in: the one that
pays most for its minutes first, by prizes and a taste for detours that change from turn to turn. Plans a little worse
than the best are walked through, ever fewer [1]_, [2]_. Every patrol is on the clock at all times: it keeps the gap to
its own visits and to those of others.

References
----------
.. [1] Schrimpf, Schneider, Stamm-Wilbrandt and Dueck (2000). Record breaking optimization results using the ruin and
   recreate principle. Journal of Computational Physics 159(2), 139-171.
.. [2] Christiaens and Vanden Berghe (2020). Slack induction by string removals for vehicle routing problems.
   Transportation Science 54(2), 417-433.
"""

import numba
import numpy as np

from allocation._solvers.clock import PATIENCE, Ground, Sent, detour, walk
from allocation._solvers.orienteering_moves import Chosen, chance
from allocation._solvers.rota import Rota, book, copied, leg, straightened, strike, value
from allocation._task import Patrol, Task
from allocation.rules import MealBreak
from geodata.cast import FloatArray, IntArray
from geodata.compiled import inner

SHARE = 0.6  # of a patrol's stops that is taken out at most
RUN = 0.7  # chance that they lie in a row
NOISE = 0.8  # in prizes
STAYS = 0.7  # chance that a patrol leaves the base when it did
Times = tuple[int, int, int, int]  # the first minute out; minutes of a break, and the first and last at which it begins
AT_BASE = 0.5  # chance that a break is had there, before the patrol or after it
SLACK = 0.01  # of the best, that a plan walked through may be worth less


def renewed(
    task: Task, patrols: tuple[Patrol, ...], *, turns: int, seed: int, meal: MealBreak | None = None
) -> tuple[Patrol, ...]:
    """Return the best patrols met in so many turns from these, with time for a break where one is asked for."""
    if not task.unit or not task.places or not turns:
        return patrols
    units, most = len(task.unit), max(int(task.minutes.max() // max(1, task.dwell.min())) + 2, *map(_stops, patrols))
    table, none = np.zeros((units, most), np.int64), np.zeros(units, np.int64)
    booked, count = np.zeros(task.worth.shape, np.int64), np.zeros(len(task.places), np.int64)
    rota = Rota(table, table.copy(), none, np.full(units, task.first, np.int64), booked, count)
    for patrol in patrols:
        stops, arrive = np.array(patrol.stops, np.int64), np.array(patrol.arrive, np.int64)
        book(rota, patrol.unit, patrol.leave, stops, arrive)
    ground = Ground(task.dwell, task.worth, task.between, task.gap, task.last)
    order, state = np.argsort(-task.worth[:, 0], kind="stable"), np.array([seed], dtype=np.uint64)
    rest = (task.first, 0, 0, 0)
    if meal is not None:
        rest = task.first, meal.minutes, max(task.first, meal.after), min(meal.before, task.last - meal.minutes)
    best = search(ground, task.out[task.base], task.minutes, rest, rota, order, turns, state)
    return tuple(
        Patrol(
            unit,
            int(best.leave[unit]),
            tuple(best.stops[unit, : best.size[unit]].tolist()),
            tuple(best.arrive[unit, : best.size[unit]].tolist()),
        )
        for unit in range(units)
    )


def _stops(patrol: Patrol) -> int:
    return len(patrol.stops)


@inner
def _left(ground: Ground, rota: Rota, unit: int, centre: int, state: Chosen, left: IntArray) -> int:
    """Write the stops of a unit that stay: a run near a place goes, or some by chance; return how many stay."""
    size, share, kept = rota.size[unit], SHARE * chance(state), 0
    run, near, nearest = chance(state) < RUN, 0, 1 << 60
    for k in range(size):
        place = rota.stops[unit, k]
        apart = ground.between[centre, place] if place != centre else 0
        if apart < nearest:
            near, nearest = k, apart
    many = 1 + int(chance(state) * (share * size + 1))
    begin = near - int(chance(state) * many)
    for k in range(size):
        if (k < begin or k >= begin + many) if run else chance(state) >= share:
            left[kept] = rota.stops[unit, k]
            kept += 1
    return kept


@inner
def _with(made: IntArray, k: int, place: int) -> IntArray:
    """Return the stops with one more."""
    more = np.empty(len(made) + 1, np.int64)
    for s in range(len(made)):
        more[s + (s >= k)] = made[s]
    more[k] = place
    return more


@inner
def _filled(
    ground: Ground, rota: Rota, sent: Sent, leave: int, stops: IntArray, order: IntArray, pays: FloatArray
) -> tuple[IntArray, IntArray]:
    """Return a patrol with stops put in until none fits; `pays` is by minutes that a stop adds."""
    made, arrive, _ = walk(ground, rota.booked, rota.times, sent, leave, stops, PATIENCE[-1])
    own, busy = np.zeros(len(rota.times), np.int64), 0
    for k in range(len(made)):
        own[made[k]] += 1
        busy += leg(ground, sent, made[k - 1] if k else -1, made[k]) + ground.dwell[made[k]]
    busy += sent.rest + (sent.out[made[-1]] if len(made) else 0)
    while True:
        rate, put, longer = 0.0, -1, 0
        best, begin = made, arrive
        for place in order:
            nth, dwell = rota.times[place] + own[place], ground.dwell[place]
            if nth >= ground.worth.shape[1] or busy + dwell > sent.minutes:
                continue
            gain = ground.worth[place, nth]
            if gain * pays[dwell] <= rate:
                continue
            for k in range(len(made) + 1):
                before, after = made[k - 1] if k else -1, made[k] if k < len(made) else -1
                more = detour(ground, sent, before, place, after)
                if busy + more > sent.minutes or gain * pays[max(0, more)] <= rate:
                    continue
                offer = walk(ground, rota.booked, rota.times, sent, leave, _with(made, k, place), PATIENCE[-1])
                if len(offer[0]) > len(made):
                    best, begin, rate, put, longer = offer[0], offer[1], gain * pays[max(0, more)], place, more
        if put < 0:
            return made, arrive
        made, arrive, busy = best, begin, busy + longer
        own[put] += 1


@inner
def _tastes(ground: Ground, longest: int, state: Chosen) -> tuple[FloatArray, FloatArray]:
    """Return what visits are worth to this turn, and by how much minutes more lessen it."""
    noise, power = NOISE * chance(state), 0.5 + chance(state)
    liked, pays = np.empty_like(ground.worth), np.empty(longest + 1)
    for place in range(len(liked)):
        keen = 1.0 + noise * (2.0 * chance(state) - 1.0)
        for nth in range(liked.shape[1]):
            liked[place, nth] = ground.worth[place, nth] * keen
    for minutes in range(longest + 1):
        pays[minutes] = (minutes + 1.0) ** -power
    return liked, pays


@inner
def _turn(
    ground: Ground, out: IntArray, minutes: IntArray, times: Times, rota: Rota, order: IntArray, state: Chosen
) -> None:
    """Tear up the patrols of one unit or two and put them together again."""
    units, longest = len(minutes), minutes.max() + ground.dwell.max()
    first, rest, rest_from, rest_by = times
    one, other = int(chance(state) * units), int(chance(state) * units)
    centre = int(chance(state) * len(order))
    if rota.size[one]:
        centre = rota.stops[one, int(chance(state) * rota.size[one])]
    worth, pays = _tastes(ground, longest, state)
    liked = Ground(ground.dwell, worth, ground.between, ground.gap, ground.last)
    many = 1 if one == other or chance(state) < 0.5 else 2
    left, kept = np.empty((2, rota.stops.shape[1]), np.int64), np.empty(2, np.int64)
    for k in range(many):
        unit = one if k == 0 else other
        kept[k] = _left(ground, rota, unit, centre, state, left[k])
        strike(rota, unit)
    for k in range(many):
        unit = one if k == 0 else other
        leave, back, due = rota.leave[unit], ground.last, rest
        if chance(state) >= STAYS:
            leave = first + int(chance(state) * (max(0, ground.last - minutes[unit] - first) + 1))
            leave = rest_from + rest if rest and chance(state) < AT_BASE else leave
        if leave >= rest_from + rest:
            due = 0
        elif chance(state) < AT_BASE:
            due, back = 0, rest_by
        sent = Sent(out[unit], min(minutes[unit], back - leave), first, first, due, rest_from)
        stops, arrive = _filled(liked, rota, sent, leave, left[k, : kept[k]], order, pays)
        if straightened(ground, rota, sent, leave, stops):
            stops, arrive = _filled(liked, rota, sent, leave, stops, order, pays)
        book(rota, unit, leave, stops, arrive)


@numba.njit(cache=True)
def search(
    ground: Ground,
    out: IntArray,
    minutes: IntArray,
    times: Times,
    rota: Rota,
    order: IntArray,
    turns: int,
    state: Chosen,
) -> Rota:
    """Return the best patrols met in so many turns; `out` is by unit and place, `order` of places to try."""
    now, best = value(ground.worth, rota.times), copied(rota)
    top = now
    for turn in range(turns):
        trial = copied(rota)
        _turn(ground, out, minutes, times, trial, order, state)
        new = value(ground.worth, trial.times)
        if new >= now or new >= top * (1.0 - SLACK * (1.0 - turn / turns) * chance(state)):
            rota, now = trial, new
        if new > top * (1.0 + 1e-12):
            best, top = trial, new
    return best
