"""
Rounds that visit the places worth most within their time: team orienteering, with time windows or without.

    maximise  the sum of the prizes of the places visited
    O1  there are `rounds` rounds at most, each from the first place to the last
    O2  no place is visited twice
    O3  a visit begins within the place's opening and closing, and no sooner than the legs and services before it allow;
        a round may wait
    O4  a round ends no later than the last place closes
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from allocation._solvers.orienteering import Pace, draw_rounds
from allocation._solvers.orienteering_bound import bound_rounds
from allocation._solvers.orienteering_moves import Field
from geodata.cast import IntArray
from geodata.errors import InputError

TURNS = 20_000
PROOF_SECONDS = 20.0


@dataclass(frozen=True)
class Outing:
    """
    Places to visit by a number of rounds; times are whole steps of any size.

    Parameters
    ----------
    legs : places x places, steps from each to each; the first place is the start, the last the end
    prize : of each place, whole numbers of at least 0; those of the start and the end do not count
    service : steps of a visit
    opens, closes : between which a visit begins; a round ends by when the last place closes
    rounds : how many, at least 0

    Raises
    ------
    InputError
        If the arrays do not fit each other, hold anything below 0, or a place closes before it opens.
    """

    legs: IntArray
    prize: IntArray
    service: IntArray
    opens: IntArray
    closes: IntArray
    rounds: int

    def __post_init__(self) -> None:
        places = len(self.prize)
        if places < 2 or self.legs.shape != (places, places):
            raise InputError(
                f"`legs` must be square with a start and an end, got {self.legs.shape} for {places} places."
            )
        for name in ("prize", "service", "opens", "closes"):
            if getattr(self, name).shape != (places,):
                raise InputError(f"`{name}` must hold a number for each place, got {len(getattr(self, name))}.")
        bad = sum(int((getattr(self, name) < 0).sum()) for name in ("legs", "prize", "service", "opens"))
        if bad or self.rounds < 0:
            raise InputError(f"Legs, prizes, services, openings and rounds must be at least 0, got {bad} below.")

    def reachable(self) -> IntArray:
        """Return the prizes, 0 for the ends and for places that no round can visit in time."""
        out = np.maximum(self.opens, self.opens[0] + self.service[0] + self.legs[0])
        back = out + self.service + self.legs[:, -1]
        reached = (out <= self.closes) & (back <= self.closes[-1])
        reached[[0, -1]] = False
        return np.where(reached, self.prize, 0).astype(np.int64)


@dataclass(frozen=True)
class Rounds:
    """
    What a search came to.

    Parameters
    ----------
    stops : of each round, the numbers of its places in order, without its ends
    value : the sum of their prizes
    bound : no rounds are worth more
    gap : (bound - value) / bound
    """

    stops: tuple[tuple[int, ...], ...]
    value: int
    bound: float
    gap: float


def plan_rounds(
    outing: Outing,
    *,
    turns: int = TURNS,
    seconds: float | None = None,
    proof_seconds: float | None = PROOF_SECONDS,
    seed: int = 0,
) -> Rounds:
    """
    Return rounds worth much, with a bound on what any are worth.

    Parameters
    ----------
    outing : what is to be visited
    turns : of ruin and recreate, where no seconds are given
    seconds : of the processor, for the plan and a first bound; None: `turns` count, so that the same seed gives the
        same plan
    proof_seconds : of the processor, for a better bound; None: until it is as low as it will be
    seed : of all chance
    """
    ground = _field(outing)
    drawn = draw_rounds(ground, outing.rounds, pace=Pace(turns, seconds), seed=seed)
    value, began = int(sum(outing.prize[list(stops)].sum() for stops in drawn.stops)), time.process_time()
    priced = bound_rounds(
        ground,
        outing.rounds,
        float(value),
        goes_on=lambda: proof_seconds is None or time.process_time() - began < proof_seconds,
        found=drawn.priced,
    )
    unit = int(np.gcd.reduce(ground.prize)) or 1  # every plan is worth a multiple of it
    bound = max(float(value), float(np.floor(priced.bound / unit + 1e-6) * unit))
    return Rounds(drawn.stops, value, bound, (bound - value) / bound if bound > 0 else 0.0)


def _field(outing: Outing) -> Field:
    arrays = (outing.legs, outing.service, outing.opens, outing.closes, outing.reachable())
    return Field(*(np.ascontiguousarray(array, dtype=np.int64) for array in arrays))


def check_rounds(outing: Outing, found: Rounds) -> list[str]:
    """Return which of the rules O1 to O4 rounds break, and whether value and bound are wrong."""
    faults = []
    if len(found.stops) > outing.rounds:
        faults.append(f"O1 at most {outing.rounds} rounds go, got {len(found.stops)}")
    visited = [place for each in found.stops for place in each]
    inner = range(1, len(outing.prize) - 1)
    strangers = sum(place not in inner for place in visited)
    if strangers:
        return [*faults, f"O2 stops are places between the start and the end, got {strangers} that are not"]
    if len(set(visited)) != len(visited):
        faults.append(f"O2 no place is visited twice, got {len(visited) - len(set(visited))} that are")
    late = sum(_late(outing, each) for each in found.stops if each)  # one without stops is not made
    if late:
        faults.append(f"O3 O4 no visit begins and no round ends late, got {late} that do")
    value = sum(int(outing.prize[place]) for place in set(visited))
    if value != found.value or found.bound < found.value:
        faults.append(f"the value is {value} and the bound no less, got {found.value} and {found.bound:g}")
    return faults


def _late(outing: Outing, stops: Sequence[int]) -> int:
    """Return how many visits of a round, or its end, are late."""
    now, here, late = int(outing.opens[0]), 0, 0
    for place in (*stops, len(outing.prize) - 1):
        now = max(int(outing.opens[place]), now + int(outing.service[here]) + int(outing.legs[here, place]))
        late += now > outing.closes[place]
        here = place
    return late
