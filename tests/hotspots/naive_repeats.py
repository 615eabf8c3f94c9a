"""Slow twins: counts of repeats by a dictionary, and the product limit clock by clock."""

from collections import Counter
from collections.abc import Sequence
from itertools import permutations


def tally(victims: Sequence[str | None]) -> dict[str, float]:
    each = Counter(victim for victim in victims if victim is not None)
    crimes = sum(each.values())
    return {
        "crimes": crimes,
        "victims": len(each),
        "repeats": crimes - len(each),
        "one": sum(n == 1 for n in each.values()),
        "two": sum(n == 2 for n in each.values()),
        "three_or_more": sum(n >= 3 for n in each.values()),
    }


def clocks(events: Sequence[tuple[str, int]], end: int) -> list[tuple[int, bool]]:
    """Days from each victim's first day to the next other day (True) or to the end (False)."""
    found = []
    for victim in sorted({name for name, _ in events}):
        days = sorted({day for name, day in events if name == victim})
        found.append((days[1] - days[0], True) if len(days) > 1 else (end - days[0], False))
    return found


def product_limit(held: Sequence[tuple[int, bool]], horizon: int) -> list[float]:
    left, shares = 1.0, []
    for day in range(1, horizon + 1):
        running = sum(wait >= day for wait, _ in held)
        stops = sum(wait == day and stopped for wait, stopped in held)
        left *= 1 - (stops / running if running else 0.0)
        shares.append(1 - left)
    return shares


def chance_hazard(events: Sequence[tuple[str, int]], end: int, horizon: int) -> list[float]:
    """Hazard of each day over every order in which the days can be dealt out."""
    names = [name for name, _ in events]
    stops, running = [0] * horizon, [0] * horizon
    for dealt in permutations([day for _, day in events]):
        for wait, stopped in clocks(list(zip(names, dealt, strict=True)), end):
            for day in range(1, horizon + 1):
                running[day - 1] += wait >= day
                stops[day - 1] += wait == day and stopped
    return [a / b if b else 0.0 for a, b in zip(stops, running, strict=True)]
