"""Harm inside planned places and times: counted crime by crime by a slow twin, and laws."""

import numpy as np
import pandas as pd
import pytest

from allocation.met import during, exposed_to, parts_of_day, patrol_hours, reached
from allocation.problem import DAY, Shift, Unit

SHIFTS = (Shift("day", 480, 960), Shift("late", 840, 1320), Shift("night", 1320, 1800))
PLACES = [f"H{number:02d}" for number in range(1, 6)]


def slow(crimes, visits, shifts) -> float:
    """Return the harm of crimes (place, minute, harm) that fell where and when somebody goes."""
    return sum(
        harm
        for place, minute, harm in crimes
        if any(
            visits.loc[place, shift.name] > 0 and (shift.start <= minute < shift.end or minute + DAY < shift.end)
            for shift in shifts
        )
    )


def drawn(seed: int, shifts=SHIFTS):
    rng = np.random.default_rng(seed)
    crimes = [(rng.choice(PLACES), int(rng.integers(0, DAY)), float(rng.gamma(1.0, 50.0))) for _ in range(200)]
    counts = rng.integers(0, 4, (len(PLACES), len(shifts))) * (rng.random((len(PLACES), len(shifts))) < 0.5)
    return crimes, pd.DataFrame(counts, PLACES, [shift.name for shift in shifts])


def tabled(crimes, times) -> pd.DataFrame:
    table = pd.DataFrame(0.0, PLACES, [time.name for time in times])
    for place, minute, harm in crimes:
        for time in times:
            if time.start <= minute < time.end or minute + DAY < time.end:
                table.loc[place, time.name] += harm
    return table


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("shifts", [SHIFTS, SHIFTS[:2], SHIFTS[:1], (Shift("all", 360, 360 + DAY),)])
def test_what_is_reached_is_what_a_slow_twin_counts(seed, shifts) -> None:
    crimes, visits = drawn(seed, shifts)
    parts = parts_of_day(shifts)
    assert sum(part.minutes for part in parts) == DAY
    assert reached(tabled(crimes, parts), visits, shifts) == pytest.approx(slow(crimes, visits, shifts))


@pytest.mark.parametrize("seed", range(4))
def test_what_is_reached_and_what_is_not_add_up_to_what_fell(seed) -> None:
    crimes, visits = drawn(seed)
    came, nobody = tabled(crimes, parts_of_day(SHIFTS)), 0 * visits
    assert reached(came, nobody, SHIFTS) == 0.0
    never = came[[part.name for part in parts_of_day(SHIFTS) if part.start in (300, 360)]].to_numpy().sum()
    assert reached(came, nobody + 1, SHIFTS) == pytest.approx(came.to_numpy().sum() - never)
    by_place = [reached(came, visits.mul(visits.index == place, axis="index"), SHIFTS) for place in PLACES]
    assert sum(by_place) == pytest.approx(reached(came, visits, SHIFTS))


def test_minutes_of_visits_meet_their_share_of_the_shift() -> None:
    came = pd.DataFrame({"day": [480.0], "late": [96.0], "night": [0.0]}, ["H01"])
    visits = pd.DataFrame({"day": [2], "late": [1], "night": [3]}, ["H01"])
    assert during(came, visits, SHIFTS, 15) == pytest.approx(2 * 15.0 + 3.0)
    assert exposed_to(came, visits, (1.0, 0.5)) == pytest.approx(480.0 * 1.5 + 96.0)


def test_hours_on_patrol_are_those_of_a_week() -> None:
    assert patrol_hours((Unit("A", "CSO", "B", "day", 300), Unit("C", "CSO", "B", "late", 60))) == 42.0
