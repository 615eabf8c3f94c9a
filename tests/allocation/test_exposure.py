"""What patrols come to, side by side: by hand, and against the plan's own value."""

import math
from dataclasses import replace

import pytest

from allocation.exposure import Patrolled, compare_patrols, travelled
from allocation.schedule import schedule_patrols
from geodata.errors import InputError
from tests.allocation import small

HOMES = {"H00": "W0", "H01": "W0", "H02": "W1"}


def patrolled(problem, **more: object) -> Patrolled:
    return Patrolled(problem.visits, problem.rules, HOMES, problem, schedule_patrols(problem, rounds=2), **more)


def test_a_day_by_hand() -> None:
    # one officer, 60 minutes: 600 m out (7.5, so 8 minutes), two visits of 15 at H00 and H01 400 m on, 1,000 m back
    problem = small.problem([(600, 0, 8.0), (1000, 0, 4.0), (0, 9000, 1.0)], minutes=60, rules=small.QUIET)
    found = compare_patrols({"base": patrolled(problem), "nobody": Patrolled(problem.visits, problem.rules, HOMES)})
    base, nobody = found.summary.to_dict("records")
    assert (base["visits"], base["minutes"], base["hotspots"], base["patrols"]) == (2, 30, 2, 1)
    assert base["exposed"] == pytest.approx(12.0)
    assert base["walked_km"] == pytest.approx(2.0)
    assert (base["walking_minutes"], base["driving_minutes"]) == (8 + 5 + 13, 0)
    # of three visits each, worth 1, .55 and .3 of the first
    assert base["unmet_visits"] == 7
    assert base["unmet_harm"] == pytest.approx(12 * 0.85 + 1.85)
    assert (nobody["exposed"], nobody["exposed_more"], nobody["walked_km"]) == (0.0, pytest.approx(-12.0), 0.0)
    assert nobody["more_low"] <= nobody["exposed_more"] == nobody["more_high"]
    wards = found.wards.set_index(["scenario", "ward"])
    assert wards.loc[("base", "W0"), "exposed"] == pytest.approx(12.0)
    assert wards.loc[("nobody", "W0"), "exposed_more"] == pytest.approx(-12.0)


def test_a_driven_leg_takes_minutes_and_no_metres() -> None:
    problem = small.problem([(0, 4000, 8.0)], minutes=200, most=1, rules=small.QUIET)
    metres, walking, driving = travelled(problem, schedule_patrols(problem, rounds=1))
    assert (metres, walking) == (0.0, 0)
    assert driving > 0


@pytest.mark.parametrize("seed", range(3))
def test_harm_exposed_is_the_plans_value_and_adds_up(seed: int) -> None:
    problem = small.force(seed, spots=10, units=2)
    plan = patrolled(problem)
    found = compare_patrols({"base": plan})
    row = found.summary.iloc[0]
    assert row["exposed"] == pytest.approx(plan.schedule.objective)
    decay = problem.rules.decay
    asked = [
        value * sum(decay[:most]) for value, most in zip(*(problem.visits[c] for c in ("value", "most")), strict=True)
    ]
    assert row["exposed"] + row["unmet_harm"] == pytest.approx(math.fsum(asked))
    assert found.hotspots["exposed"].sum() == pytest.approx(row["exposed"])
    assert found.hotspots["visits"].sum() == len(plan.schedule.plan) == row["visits"]
    assert row["walked_km"] * 1000 >= plan.schedule.plan["metres"].sum() - 1e-6


def test_plain_harm_is_told_though_the_plan_sought_something_else() -> None:
    problem = small.problem([(600, 0, 8.0), (-600, 0, 4.0)], minutes=40, most=1, rules=small.QUIET)
    sought = replace(problem, visits=problem.visits.assign(value=[1.0, 9.0]))
    plan = replace(patrolled(sought), visits=problem.visits)
    assert compare_patrols({"base": plan}).summary.loc[0, "exposed"] == pytest.approx(4.0)


def test_none_or_other_hot_spots_cannot_be_compared() -> None:
    problem = small.problem([(600, 0, 8.0)], minutes=60, rules=small.QUIET)
    other = small.problem([(600, 0, 8.0), (900, 0, 1.0)], minutes=60, rules=small.QUIET)
    with pytest.raises(InputError, match="At least one scenario"):
        compare_patrols({})
    with pytest.raises(InputError, match="must be of the same hot spots"):
        compare_patrols(
            {"one": Patrolled(problem.visits, problem.rules, {}), "two": Patrolled(other.visits, other.rules, {})}
        )
