"""One shift's patrols: drawn, timed and bounded; and the table of stops that they make."""

from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from allocation._solvers.bound import bound_patrols
from allocation._solvers.patrols import draw_patrols, one_more, worth_of
from allocation._task import Patrol, Task, task_of
from allocation.problem import DAY, Problem
from geodata.cast import FloatArray
from geodata.tables import PLAN, empty

ROUNDS = 3000


@dataclass(frozen=True)
class Routes:
    """
    The patrols of one shift.

    Parameters
    ----------
    task : the shift as arrays
    patrols : one for each unit, some perhaps without a stop
    value : what their visits are worth
    bound : no patrols under the rules are worth more
    simple : value of the patrols that other wishes lead to, by name
    wished : those patrols
    wishes : what visits were worth to them, by place and visit
    """

    task: Task
    patrols: tuple[Patrol, ...]
    value: float
    bound: float
    simple: dict[str, float]
    wished: dict[str, tuple[Patrol, ...]] = field(default_factory=dict)
    wishes: dict[str, FloatArray] = field(default_factory=dict)


def route_patrols(
    problem: Problem,
    shift: str,
    *,
    wishes: dict[str, FloatArray],
    rounds: int = ROUNDS,
    wish_rounds: int | None = None,
    seed: int = 0,
) -> Routes:
    """
    Return the patrols of one shift, with a bound and what simpler wishes would have led to.

    The patrols are the best of those drawn for the value itself and for each wish, so that no simple rule beats them.

    Parameters
    ----------
    problem : what is to be planned
    shift : its name
    wishes : per plan, what the first, second, ... visit to each place would be worth, shaped as the task's `worth`
    rounds : how often some stops are taken out and others put in
    wish_rounds : the same for wishes; None: as often
    seed : of the choice which
    """
    task = task_of(problem, shift)
    patrols = draw_patrols(task, rounds=rounds, seed=seed)
    often = rounds if wish_rounds is None else wish_rounds
    wished = {plan: draw_patrols(replace(task, worth=wish), rounds=often, seed=seed) for plan, wish in wishes.items()}
    patrols = max((patrols, *wished.values()), key=lambda each: worth_of(task, each))
    value, simple = worth_of(task, patrols), {plan: worth_of(task, each) for plan, each in wished.items()}
    return Routes(task, patrols, value, bound_patrols(task, patrols, value=value), simple, wished, wishes)


def gains(problem: Problem, routes: Routes) -> list[float]:
    """Return what one more unit at each base would add in the shift, the others left as they are."""
    task = routes.task
    longest = task.last - task.first
    usual = task.minutes if len(task.minutes) else np.array([unit.minutes for unit in problem.units])
    minutes = min(longest, int(np.median(usual)))
    return [one_more(task, routes.patrols, base=base, minutes=minutes) for base in range(len(problem.bases))]


def stops(problem: Problem, routes: Routes) -> pd.DataFrame:
    """Return the table of stops of one shift's patrols."""
    task, units = routes.task, {unit.name: unit for unit in problem.units}
    visits = sorted(
        (arrive, patrol.unit, position) for patrol in routes.patrols for position, arrive in enumerate(patrol.arrive)
    )
    nth, worth = np.zeros(len(task.places), dtype=np.int64), {}
    for _, number, position in visits:
        place = routes.patrols[number].stops[position]
        worth[number, position] = float(task.worth[place, nth[place]])
        nth[place] += 1
    start = problem.shift(task.shift).start
    rows = []
    for patrol in routes.patrols:
        unit = units[task.unit[patrol.unit]]
        for position, (place, arrive) in enumerate(zip(patrol.stops, patrol.arrive, strict=True)):
            minutes = int(task.dwell[place])
            rows.append(
                {
                    "unit": unit.name,
                    "role": unit.role,
                    "base": unit.base,
                    "shift": unit.shift,
                    "stop": position + 1,
                    "hotspot_id": task.places[place],
                    "arrive": clock(start + arrive),
                    "leave": clock(start + arrive + minutes),
                    "minutes": minutes,
                    "metres": _walked(task, patrol, position),
                    "value": worth[patrol.unit, position],
                }
            )
    return pd.DataFrame(rows).astype(TEXT) if rows else empty(PLAN)


def patrols_of(problem: Problem, task: Task, plan: pd.DataFrame) -> tuple[Patrol, ...]:
    """Return the patrols of one shift as numbers, from their table of stops."""
    number, start = {place: at for at, place in enumerate(task.places)}, problem.shift(task.shift).start
    here = plan[plan["shift"] == task.shift].sort_values(["unit", "stop"])
    made = []
    for unit, name in enumerate(task.unit):
        rows = here[here["unit"] == name]
        visited = tuple(number[place] for place in rows["hotspot_id"])
        clock = [60 * int(time[:2]) + int(time[3:]) for time in rows["arrive"]]
        arrive = tuple((minute - start) % DAY for minute in clock)
        leave = arrive[0] - int(task.out[task.base[unit], visited[0]]) if visited else task.first
        made.append(Patrol(unit, leave, visited, arrive))
    return tuple(made)


TEXT = dict.fromkeys(("unit", "role", "base", "shift", "hotspot_id", "arrive", "leave"), "string")


def clock(minute: int) -> str:
    """Return minutes after midnight as a time of day."""
    return f"{minute % DAY // 60:02d}:{minute % 60:02d}"


def _walked(task: Task, patrol: Patrol, position: int) -> float:
    place = patrol.stops[position]
    if position == 0:
        return float(task.out_metres[task.base[patrol.unit], place])
    return float(task.metres[patrol.stops[position - 1], place])
