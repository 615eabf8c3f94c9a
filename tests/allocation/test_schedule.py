"""Patrols: feasible by the independent checker, bounded, explained; on tiny instances beside every patrol there is."""

import os
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from allocation.check import check_plan, plan_value
from allocation.problem import Problem, Shift, Unit
from allocation.rules import Rules
from allocation.schedule import schedule_patrols
from geodata.errors import InputError
from geodata.tables import PLAN, VISITS, empty
from tests.allocation import naive, small

SHORT = Shift("early", 600, 720)
TIGHT = Rules(briefing=0, debrief=0, gap=20, longest_walk=500.0)
spots = st.lists(
    st.tuples(st.integers(-600, 600), st.integers(-600, 600), st.integers(0, 9)), min_size=1, max_size=3, unique=True
)


def tiny(places, *, units: int, minutes: int, visit: int, drive: bool) -> Problem:
    rules = replace(TIGHT, drive_kmh=30.0 if drive else None)
    return small.problem(places, units=units, minutes=minutes, shift=SHORT, visit=visit, rules=rules)


@settings(max_examples=150, deadline=None, derandomize=True)
@given(spots, st.integers(20, 110), st.integers(10, 25), st.booleans())
def test_no_patrol_of_one_unit_is_worth_more_than_the_bound(places, minutes, visit, drive) -> None:
    problem = tiny(places, units=1, minutes=minutes, visit=visit, drive=drive)
    best, found = naive.best_patrol(problem), schedule_patrols(problem)
    assert found.bound >= best * (1 - 1e-9)
    assert found.objective <= best * (1 + 1e-9)
    assert found.objective >= 0.85 * best
    assert check_plan(problem, found.plan) == ()


def test_almost_every_single_patrol_is_the_best_there_is() -> None:
    rng, equal, count = np.random.default_rng(1), 0, 60
    for _ in range(count):
        places = [(*rng.integers(-600, 600, 2), int(rng.integers(1, 9))) for _ in range(3)]
        problem = tiny(places, units=1, minutes=int(rng.integers(50, 120)), visit=15, drive=True)
        equal += schedule_patrols(problem).objective >= naive.best_patrol(problem) * (1 - 1e-9)
    assert equal >= 0.95 * count


@settings(max_examples=25, deadline=None, derandomize=True)
@given(spots, st.integers(30, 60))
def test_two_units_stay_within_the_bound_and_near_what_a_search_of_all_pairs_finds(places, minutes) -> None:
    problem = tiny(places[:2], units=2, minutes=minutes, visit=15, drive=True)
    good, found = naive.good_pair(problem, step=15), schedule_patrols(problem)
    assert found.bound >= good * (1 - 1e-9)
    assert found.objective >= 0.9 * good
    assert check_plan(problem, found.plan) == ()


@pytest.mark.parametrize("seed", range(8))
def test_every_plan_keeps_the_rules_and_its_bound(seed) -> None:
    problem = small.force(seed, size=2000.0 * (seed + 1))
    found = schedule_patrols(problem, rounds=10)
    assert check_plan(problem, found.plan) == ()
    assert found.objective == pytest.approx(plan_value(problem, found.plan))
    assert found.objective == pytest.approx(found.plan["value"].sum())
    assert found.objective <= found.bound
    assert found.gap == pytest.approx(1 - found.objective / found.bound)
    assert found.gap < 0.12
    assert found.planned_minutes == found.plan["minutes"].sum()


def test_one_unit_and_one_hot_spot_can_be_worked_out_by_hand() -> None:
    problem = small.problem([(400.0, 0.0, 10.0)], minutes=200, rules=Rules(gap=60))
    found = schedule_patrols(problem)
    # 5 minutes out, three visits of 15 with an hour between, 5 back: 175 of 200 minutes.
    assert found.objective == pytest.approx(18.5)
    assert found.gap == 0
    assert found.plan["value"].tolist() == pytest.approx([10.0, 5.5, 3.0])
    assert found.plan["metres"].tolist() == [400.0, 0.0, 0.0]
    assert found.unmet.empty
    assert found.alternatives["share_of_best"].tolist() == [1.0, 1.0]


def test_a_longer_leg_is_driven_and_counts_no_metres() -> None:
    found = schedule_patrols(small.problem([(5000.0, 0.0, 10.0)], minutes=130))
    assert found.plan["metres"].tolist() == [0.0, 0.0]
    assert found.objective == pytest.approx(15.5)
    assert "driven at 30 km/h" in found.rules[2]


def test_what_cannot_be_reached_is_unmet_with_its_reason() -> None:
    problem = small.problem([(100.0, 0.0, 5.0), (5000.0, 0.0, 9.0)], rules=Rules(drive_kmh=None))
    unmet = schedule_patrols(problem).unmet.set_index("hotspot_id")
    assert "beyond the longest walk" in unmet.loc["H01", "reason"]
    assert unmet.loc["H01", "value"] == pytest.approx(9 * 1.85)
    far = schedule_patrols(small.problem([(60_000.0, 0.0, 9.0)])).unmet
    assert far["reason"].tolist() == [
        "No unit can go there, stay for a visit and be back within its minutes on patrol."
    ]


def test_a_shift_without_units_is_unmet_and_one_more_unit_there_has_a_worth() -> None:
    shifts = [small.EARLY, Shift("late", 900, 1380)]
    visits = small.visits([(100.0, 0.0, 4.0)], shifts=["early", "late"])
    one = small.problem([(100.0, 0.0, 4.0)])
    found = schedule_patrols(Problem.of(one.units, one.bases, shifts, visits=visits))
    late = found.unmet[found.unmet["shift"] == "late"]
    assert late["reason"].tolist() == ["No unit works this shift."]
    gains = found.plus_one.set_index("shift")["gain"]
    assert gains["late"] == pytest.approx(4.0 * 1.55)
    assert found.bound < 4 * 1.85 + 1e-9


def test_visits_that_do_not_fit_are_counted_as_unmet() -> None:
    found = schedule_patrols(small.problem([(100.0, 0.0, 4.0)], minutes=40))
    assert found.unmet["reason"].tolist() == [
        "1 of 3 visits are planned: no unit has time for more beside its other stops."
    ]
    assert found.unmet["value"].tolist() == pytest.approx([4 * 0.85])


def test_no_hot_spots_make_an_empty_plan() -> None:
    one = small.problem([(100.0, 0.0, 4.0)])
    found = schedule_patrols(Problem.of(one.units, one.bases, one.shifts, visits=empty(VISITS)))
    assert (len(found.plan), found.objective, found.bound, found.gap) == (0, 0.0, 0.0, 0.0)
    assert len(found.unmet) == 0


def test_hot_spots_worth_nothing_and_hot_spots_at_one_point_are_no_trouble() -> None:
    nothing = schedule_patrols(small.problem([(100.0, 0.0, 0.0), (200.0, 0.0, 0.0)]))
    assert (len(nothing.plan), nothing.bound) == (0, 0.0)
    same = small.problem([(0.0, 0.0, 3.0)] * 6, minutes=200)
    assert check_plan(same, schedule_patrols(same).plan) == ()


def test_times_cross_midnight() -> None:
    night = Shift("night", 1320, 1800)
    problem = small.problem([(300.0, 0.0, 5.0)], shift=night, minutes=300, rules=Rules(gap=90, briefing=60))
    found = schedule_patrols(problem)
    assert found.plan["arrive"].iloc[0] > found.plan["arrive"].iloc[-1]
    assert check_plan(problem, found.plan) == ()


def test_the_plan_is_shown_beside_simple_ones_under_the_same_value() -> None:
    problem = small.force(3)
    crimes = {place: float(len(place) + number) for number, place in enumerate(problem.travel.places)}
    first = schedule_patrols(problem, crimes=crimes, rounds=10)
    assert first.alternatives["plan"].tolist() == ["this plan", "equal visits", "proportional to crime"]
    assert (first.alternatives["share_of_best"] <= 1).all()
    again = schedule_patrols(problem, rounds=10, current=first.plan).alternatives.set_index("plan")
    assert again.loc["status quo", "objective"] == pytest.approx(first.objective)


def test_equal_visits_are_equal() -> None:
    places = [(100.0 * number, 0.0, 10.0 ** (number - 1)) for number in range(1, 5)]
    problem = small.problem(places, minutes=100, rules=small.QUIET)
    shares = schedule_patrols(problem).alternatives.set_index("plan")["share_of_best"]
    assert shares["equal visits"] < 1


def test_one_more_patrol_never_hurts() -> None:
    found = schedule_patrols(small.force(4), rounds=10)
    assert len(found.plus_one) == 6
    assert (found.plus_one["gain"] >= 0).all()
    assert found.plus_one["gain"].max() > 0


def test_the_gain_of_one_more_patrol_is_what_the_same_patrols_and_one_more_come_to() -> None:
    problem = small.problem([(100.0, 0.0, 4.0), (0.0, 2000.0, 3.0)], minutes=60, rules=small.QUIET)
    more = replace(problem, units=(*problem.units, Unit("U99", "CSO", "B0", "early", 60)))
    gain = schedule_patrols(problem).plus_one["gain"].iloc[0]
    assert schedule_patrols(problem).objective + gain <= schedule_patrols(more).bound + 1e-9


def test_order_of_rows_units_and_bases_is_immaterial() -> None:
    problem = small.force(5)
    turned = Problem.of(
        problem.units[::-1], problem.bases, problem.shifts, visits=problem.visits.sample(frac=1, random_state=1)
    )
    one, other = schedule_patrols(problem, rounds=5), schedule_patrols(turned, rounds=5)
    pd.testing.assert_frame_equal(one.plan, other.plan, check_exact=True)


def test_doubling_the_value_doubles_objective_and_bound() -> None:
    problem = small.force(6)
    double = replace(problem, visits=problem.visits.assign(value=2 * problem.visits["value"]))
    one, other = schedule_patrols(problem, rounds=5), schedule_patrols(double, rounds=5)
    assert other.objective == pytest.approx(2 * one.objective)
    assert other.bound == pytest.approx(2 * one.bound, rel=2e-3)  # prices are found to 5e-4


def test_moving_the_whole_map_moves_nobody() -> None:
    problem = small.force(7)
    bases = [replace(base, x=base.x + 4096.0, y=base.y - 8192.0) for base in problem.bases]
    visits = problem.visits.assign(x=problem.visits["x"] + 4096.0, y=problem.visits["y"] - 8192.0)
    moved = schedule_patrols(Problem.of(problem.units, bases, problem.shifts, visits=visits), rounds=5)
    assert moved.objective == pytest.approx(schedule_patrols(problem, rounds=5).objective, rel=0.02)


def test_the_same_seed_has_the_same_plan_on_one_thread_and_on_all() -> None:
    code = (
        "from tests.allocation import small; from allocation.schedule import schedule_patrols;"
        "from allocation.teams import staff_teams; from allocation.problem import Posts;"
        "found = schedule_patrols(small.force(8), rounds=5); print(found.plan.to_csv(), found.bound, found.plus_one);"
        "print(staff_teams(small.wards([3.0, 5.5, 1.25, 8.0] * 20), Posts(60, 70)).table.to_csv())"
    )
    names = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMBA_NUM_THREADS")
    told = [
        subprocess.run(
            [sys.executable, "-c", code], env=os.environ | settings, capture_output=True, text=True, check=True
        ).stdout
        for settings in (dict.fromkeys(names, "1"), {})
    ]
    assert told[0] == told[1]
    assert len(told[0]) > 1000


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"crimes": {}}, "`crimes` must hold every hot spot of the visits, got 1 that are missing"),
        ({"crimes": {"H00": -1.0}}, "`crimes` must be finite and at least 0"),
        ({"rounds": -1}, "`rounds` must be a whole number of at least 0, got -1"),
        ({"current": pd.DataFrame({"unit": ["U"]})}, "table of plan must keep its columns"),
    ],
)
def test_bad_options_are_refused(options, sentence) -> None:
    with pytest.raises(InputError, match=sentence):
        schedule_patrols(small.problem([(100.0, 0.0, 4.0)]), **options)


def test_a_status_quo_at_unknown_hot_spots_is_refused() -> None:
    problem = small.problem([(100.0, 0.0, 4.0)])
    current = schedule_patrols(problem).plan.assign(hotspot_id="X").astype({"hotspot_id": "string"})
    with pytest.raises(InputError, match="must be at hot spots with a demand, got 2 that are not"):
        schedule_patrols(problem, current=current)
    assert schedule_patrols(problem, current=empty(PLAN)).alternatives["objective"].iloc[1] == 0
