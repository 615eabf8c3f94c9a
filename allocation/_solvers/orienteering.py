"""
Orienteering: several searches from nothing, the best of their rounds put together, and one more from there.

Which rounds of all those met go together best is a set packing [1]_, solved by HiGHS. Without a clock the same seed
gives the same rounds.

References
----------
.. [1] Foster and Ryan (1976). An integer programming approach to the vehicle scheduling problem. Operational Research
   Quarterly 27(2), 367-384.
"""

import itertools
import time
from dataclasses import dataclass, field

import numpy as np

from allocation._solvers.highs import Programme, columns
from allocation._solvers.orienteering_bound import Priced, bound_rounds
from allocation._solvers.orienteering_hgs import drawn_whole
from allocation._solvers.orienteering_moves import FREE, Chosen, Field, Rounds, blank, timed
from allocation._solvers.orienteering_search import search, worth
from geodata.cast import IntArray

STARTS = 6
ALONE, PRICED = 0.4, 0.75  # of the time: after the searches from nothing, and after prices
NEARLY_ALL = 0.97  # of the prizes: from then on all are tried for,
WHOLE = 0.95  # until this much of the time is gone
PRICED_TURNS = 60  # where turns count
MET = 1 << 60  # before all others
SLACK, LATE_SLACK = 0.2, 0.05  # below the best that is walked through, at first
CHUNK = 20  # turns between looks at the clock
POOL = 400  # rounds that one chunk may leave
MOST_PACKED = 2500
NODES = 200

Stops = tuple[int, ...]


@dataclass
class Pace:
    """How much of the turns, or of the processor's seconds where they are given, is gone; counts in place."""

    turns: int
    seconds: float | None = None
    done: int = 0
    began: float = field(default_factory=time.process_time)

    def gone(self) -> float:
        """Return the share that is gone."""
        if self.seconds is None:
            return self.done / max(1, self.turns)
        return (time.process_time() - self.began) / max(1e-9, self.seconds)


@dataclass
class _Pool:
    """Rounds met by the places they visit, each with the worth of the best plan that it stood in."""

    rounds: dict[Stops, tuple[int, Stops]] = field(default_factory=dict)

    def add(self, rows: IntArray, value: int) -> None:
        """Keep rounds, the last met of those with the same places."""
        for row in rows:
            stops = tuple(row[1 : int(np.argmin(row >= 0)) - 1].tolist())
            self.rounds[tuple(sorted(stops))] = (value, stops)

    def add_met(self, ground: Field, met: set[Stops]) -> None:
        """Keep the rounds of the bound's search that visit no place twice and are in time."""
        for stops in sorted(met):
            if len(set(stops)) == len(stops) and timed(ground, rounds_of(ground, 1, [stops]), 0):
                self.rounds.setdefault(tuple(sorted(stops)), (MET, stops))

    def best(self) -> list[Stops]:
        """Return those of the best plans."""
        ranked = sorted(self.rounds.items(), key=lambda each: (-each[1][0], each[0]))
        return [stops for _, (_, stops) in ranked[:MOST_PACKED]]


@dataclass(frozen=True)
class Drawn:
    """The places of each round in order, without its ends, and what the search for a bound came to."""

    stops: tuple[Stops, ...]
    priced: Priced


def draw_rounds(ground: Field, rounds: int, *, pace: Pace, seed: int) -> Drawn:
    """
    Return rounds and a bound on them; it ends early where the two meet.

    Parameters
    ----------
    ground : the field; places that no round can reach have prize 0
    rounds : how many
    pace : how long it may take
    seed : of all chance
    """
    if not rounds:
        return Drawn((), Priced(0.0, np.zeros(len(ground.prize))))
    state = np.array([seed], dtype=np.uint64)
    best, pool = _started(ground, rounds, pace, state)
    best = _whole(ground, rounds, best, pace, seed)
    value, turns = worth(ground, best), itertools.count()
    priced = bound_rounds(
        ground,
        rounds,
        float(value),
        goes_on=lambda: next(turns) < PRICED_TURNS if pace.seconds is None else pace.gone() < PRICED,
    )
    if priced.bound < value + 1.0:
        return Drawn(_stops(best), priced)
    pool.add_met(ground, priced.met)
    if rounds > 1:
        packed = _packed(ground, rounds, pool.best(), best)
        best = packed if worth(ground, packed) > value else best
    return Drawn(_stops(_annealed(ground, best, pace, (1.0, LATE_SLACK), state, pool)), priced)


def _whole(ground: Field, rounds: int, best: Rounds, pace: Pace, seed: int) -> Rounds:
    """Return a plan that leaves nothing out, where almost nothing is and one is found."""
    most, value = int(ground.prize.sum()), worth(ground, best)
    if value == most or value < NEARLY_ALL * most:
        return best
    turns = itertools.count()
    drawn = drawn_whole(
        ground,
        rounds,
        goes_on=lambda: next(turns) < pace.turns // 4 if pace.seconds is None else pace.gone() < WHOLE,
        seed=seed,
    )
    return rounds_of(ground, rounds, drawn) if drawn else best


def _started(ground: Field, rounds: int, pace: Pace, state: Chosen) -> tuple[Rounds, "_Pool"]:
    """Return the best plan of some searches from nothing, and the rounds that they met."""
    best, pool, most = blank(ground, rounds), _Pool(), int(ground.prize.sum())
    for start in range(STARTS):
        until = ALONE * (start + 1) / STARTS
        found = _annealed(ground, blank(ground, rounds), pace, (until, SLACK), state, pool)
        best = found if worth(ground, found) > worth(ground, best) else best
        if worth(ground, best) == most:
            break
    return best, pool


def _annealed(
    ground: Field,
    plan: Rounds,
    pace: Pace,
    until: tuple[float, float],
    state: Chosen,
    pool: _Pool,
) -> Rounds:
    """Return the best plan met from one on, with a slack that falls to 0 as the time runs out."""
    best, began, most = Rounds(*(part.copy() for part in plan)), pace.gone(), int(ground.prize.sum())
    rows = np.empty((POOL, len(ground.prize)), dtype=np.int64)
    while (gone := pace.gone()) < until[0] and worth(ground, best) < most:
        left = (until[0] - gone) / max(1e-9, until[0] - began)
        kept = search(ground, plan, best, CHUNK, until[1] * left, state, rows)
        pace.done += CHUNK
        if len(plan.size) > 1:
            pool.add(rows[:kept], worth(ground, best))
    return best


def _stops(plan: Rounds) -> tuple[Stops, ...]:
    return tuple(tuple(row[1 : size - 1].tolist()) for row, size in zip(plan.stops, plan.size, strict=True))


def _packed(ground: Field, rounds: int, pool: list[Stops], best: Rounds) -> Rounds:
    """Return the plan of the rounds that go together best; a place in two of them stays in the first."""
    every = list(dict.fromkeys([*_stops(best), *pool]))
    places = len(ground.prize) - 2
    lower = np.full(places + 1, -np.inf)
    programme = Programme(lower, np.concatenate([np.zeros(places), [float(rounds)]]))
    own: list[dict[int, float]] = [{place: 1.0} for place in range(places)]
    programme.add(columns(ground.prize[1:-1].astype(np.float64), np.ones(places), own))
    taken = [{place - 1: -1.0 for place in stops} | {places: 1.0} for stops in every]
    programme.add(columns(np.zeros(len(every)), np.ones(len(every)), taken))
    whole = np.arange(places, places + len(every), dtype=np.int32)
    answer = programme.solve_whole(whole, slack=0.5, nodes=NODES)
    if answer is None:
        return best
    chosen = [every[k] for k in np.flatnonzero(answer.amounts[places:] > 0.5)]
    return rounds_of(ground, rounds, chosen)


def rounds_of(ground: Field, rounds: int, chosen: list[Stops]) -> Rounds:
    """Return a plan of rounds with these places, each in the first round that has it."""
    plan = blank(ground, rounds)
    for r, stops in enumerate(chosen[:rounds]):
        first = [place for place in stops if plan.at[place] == FREE]
        plan.at[first] = r
        plan.stops[r, 1 : len(first) + 1] = first
        plan.stops[r, len(first) + 1] = len(ground.prize) - 1
        plan.size[r] = len(first) + 2
        timed(ground, plan, r)
    return plan
