"""Slow and obviously right: every team, every patrol."""

import itertools
import math
from collections.abc import Iterator
from typing import Any

import pandas as pd

from allocation.problem import Posts, Problem
from allocation.rules import TeamRules


def team_value(demand: float, mean: float, constables: int, csos: int, rules: TeamRules) -> float:
    """Rule T5 as it is written."""
    if demand == 0:
        return 0.0
    hours = constables * rules.constable_hours + csos * rules.cso_hours
    return demand * (1.0 - math.exp(-hours / (rules.saturation_hours * math.sqrt(demand) / math.sqrt(mean))))


def shares(total: int, wards: int) -> Iterator[tuple[int, ...]]:
    """Every way to share `total` between `wards`."""
    if wards == 1:
        yield (total,)
        return
    for first in range(total + 1):
        for rest in shares(total - first, wards - 1):
            yield (first, *rest)


def best_teams(table: pd.DataFrame, posts: Posts, rules: TeamRules) -> float:
    """The most that any staffing under the rules T1 to T5 is worth."""
    demand = [float(row.priority * row.harm) for row in table.itertuples()]
    some = [value for value in demand if value > 0]
    mean = sum(some) / len(some) if some else 1.0
    total = posts.constables + posts.csos
    kept = len(demand) if rules.floor == 0 else min(len(demand), total // rules.floor)
    ranked = sorted(range(len(demand)), key=lambda ward: (-demand[ward], ward))
    floor = [rules.floor if ward in ranked[:kept] else 0 for ward in range(len(demand))]
    best = -1.0
    for constables in shares(posts.constables, len(demand)):
        for csos in shares(posts.csos, len(demand)):
            teams = list(zip(demand, constables, csos, strict=True))
            if all(c + s >= least for (_, c, s), least in zip(teams, floor, strict=True)):
                best = max(best, sum(team_value(d, mean, c, s, rules) for d, c, s in teams))
    return best


def greedy_csos(table: pd.DataFrame, csos: int, rules: TeamRules) -> float:
    """One post at a time where it adds most, after the floors: exact for one role, since each post adds less."""
    demand = [float(row.priority * row.harm) for row in table.itertuples()]
    mean = sum(value for value in demand if value > 0) / sum(value > 0 for value in demand)
    held = [rules.floor] * len(demand)
    for _ in range(csos - sum(held)):
        gains = [
            team_value(d, mean, 0, n + 1, rules) - team_value(d, mean, 0, n, rules)
            for d, n in zip(demand, held, strict=True)
        ]
        held[gains.index(max(gains))] += 1
    return sum(team_value(d, mean, 0, n, rules) for d, n in zip(demand, held, strict=True))


def minutes(problem: Problem, here: tuple[float, float], there: tuple[float, float]) -> int | None:
    """Rule P3 for straight lines; None: the leg is not made."""
    rules, metres = problem.rules, math.dist(here, there)
    if metres <= rules.longest_walk:
        return math.ceil(metres * 60 / (rules.walk_kmh * 1000) - 1e-9)
    if rules.drive_kmh is None:
        return None
    driven = rules.handover + metres * rules.detour * 60 / (rules.drive_kmh * 1000)
    return math.ceil(max(driven, rules.longest_walk * 60 / (rules.walk_kmh * 1000)) - 1e-9)


def wanted(problem: Problem) -> dict[str, Any]:
    """The visits wanted in the one shift, by hot spot: drawn up once, since thousands of patrols ask."""
    return {row.hotspot_id: row for row in problem.visits.itertuples()}


def patrols(
    problem: Problem, unit: int, booked: tuple[tuple[str, int], ...], leave: int, demand: dict[str, Any]
) -> Iterator[tuple[tuple[str, int], ...]]:
    """Every patrol of a unit that leaves then and waits no longer than it must, beside visits already booked."""
    crew = problem.units[unit]
    shift = problem.shift(crew.shift)
    base = next((base.x, base.y) for base in problem.bases if base.name == crew.base)
    back_by = min(leave + crew.minutes, shift.minutes - problem.rules.debrief)

    def extend(
        made: tuple[tuple[str, int], ...], here: tuple[float, float], now: int
    ) -> Iterator[tuple[tuple[str, int], ...]]:
        yield made
        for name, row in demand.items():
            others = sorted(arrive for place, arrive in (*booked, *made) if place == name)
            leg, home = minutes(problem, here, (row.x, row.y)), minutes(problem, (row.x, row.y), base)
            if leg is None or home is None or len(others) >= min(row.most, len(problem.rules.decay)):
                continue
            start = now + leg
            for other in others:
                if start + row.minutes + problem.rules.gap > other:
                    start = max(start, other + row.minutes + problem.rules.gap)
            if start + row.minutes + home <= back_by:
                yield from extend((*made, (name, start)), (row.x, row.y), start + row.minutes)

    yield from extend((), base, leave)


def value(problem: Problem, booked: tuple[tuple[str, int], ...], demand: dict[str, Any]) -> float:
    """Rule P7, for one shift."""
    names = [name for name, _ in booked]
    return sum(demand[name].value * sum(problem.rules.decay[: names.count(name)]) for name in sorted(set(names)))


def best_patrol(problem: Problem) -> float:
    """The most that the patrol of a single unit is worth."""
    demand = wanted(problem)
    every = patrols(problem, 0, (), problem.rules.briefing, demand)
    return max(value(problem, made, demand) for made in every)


def good_pair(problem: Problem, *, step: int) -> float:
    """The most that two units' patrols are worth, the second planned around the first, leaving every `step` minutes."""
    shift, best, demand = problem.shifts[0], 0.0, wanted(problem)
    for one, other in itertools.permutations(range(2)):
        latest = [shift.minutes - problem.rules.debrief - problem.units[unit].minutes for unit in (one, other)]
        for leave in range(problem.rules.briefing, latest[0] + 1, step):
            for first in patrols(problem, one, (), leave, demand):
                for later in range(problem.rules.briefing, latest[1] + 1, step):
                    for second in patrols(problem, other, first, later, demand):
                        best = max(best, value(problem, (*first, *second), demand))
    return best
