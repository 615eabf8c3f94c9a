"""What cannot be planned as it was meant: a sentence, or a plan that says what is unmet and why."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from allocation.check import check_plan
from allocation.company import in_company
from allocation.funds import Fund
from allocation.problem import Base, Posts, Problem, Shift, Unit
from allocation.rules import Lock, MealBreak, Rules, TeamRules, street_hours
from allocation.schedule import schedule_patrols
from allocation.team_problem import TeamProblem
from allocation.teams import plan_teams
from allocation.times import shift_shares
from geodata.errors import InputError
from tests.allocation import small

FEW = {"rounds": 1}


def test_no_officers_are_a_sentence() -> None:
    with pytest.raises(InputError, match="must hold at least one constable or CSO, got none"):
        Posts(0, 0)
    with pytest.raises(InputError, match="At least one unit is needed to plan patrols, got none"):
        small.problem([(100.0, 0.0, 1.0)], units=0)


def test_negative_hours_are_a_sentence() -> None:
    with pytest.raises(InputError, match="`contract` must be above 0 hours a week"):
        street_hours(-40, on_duty=0.75, patrol_share=0.7)
    with pytest.raises(InputError, match="must end after it starts"):
        Shift("late", 900, 800)
    with pytest.raises(InputError, match="`minutes`"):
        Unit("U", "CSO", "B", "late", -5)
    with pytest.raises(InputError, match="`minutes`"):
        MealBreak(-30)


def test_a_base_off_the_map_plans_nothing_and_says_why() -> None:
    found = schedule_patrols(small.problem([(0.0, 0.0, 5.0)], bases=[(4e5, 9e5)]), **FEW)
    assert found.plan.empty
    assert found.unmet["reason"].tolist() == [
        "No unit can go there, stay for a visit and be back within its minutes on patrol."
    ]


def test_a_hot_spot_that_nobody_reaches_is_unmet_and_the_others_are_not() -> None:
    problem = small.problem([(100.0, 0.0, 5.0), (9000.0, 0.0, 5.0)], rules=Rules(drive_kmh=None), most=1)
    found = schedule_patrols(problem, **FEW)
    assert found.plan["hotspot_id"].tolist() == ["H00"]
    assert found.unmet["reason"].tolist() == [
        "It is beyond the longest walk from every base with a unit in this shift, and nobody drives."
    ]


def test_a_night_shift_is_planned_across_midnight_with_its_break() -> None:
    night = Shift("night", 1320, 1800)
    problem = small.problem([(300.0, 0.0, 5.0), (900.0, 0.0, 4.0)], shift=night, minutes=336, most=3)
    found = schedule_patrols(problem, meal=MealBreak(30, 120, 360), **FEW)
    assert check_plan(problem, found.plan) == ()
    assert found.plan["arrive"].min() < "06:00"  # after midnight
    assert found.plan["arrive"].max() >= "22:00"
    assert len(found.breaks) == 1


@pytest.mark.parametrize("night", ["2024-03-31", "2024-10-27"])
def test_times_in_the_night_of_a_clock_change_are_read_off_the_wall(night) -> None:
    moment = pd.Timestamp(night, tz="Europe/London") + pd.Timedelta(minutes=30)
    hours = pd.DatetimeIndex([moment + pd.Timedelta(hours=hour) for hour in range(5)]).repeat(20)
    events = pd.DataFrame({"occurred_from": hours, "occurred_to": hours})
    events["precision"] = "instant"
    shifts = [Shift("night", 1320, 1800), Shift("day", 480, 960)]
    at = pd.Series(["H01"] * len(events), dtype="string")
    shares = shift_shares(events, shifts, hotspot=at, hotspots=["H01"]).table.loc["H01"]
    assert shares.tolist() == pytest.approx([1.0, 0.0])


def test_floors_above_the_headcount_are_told_with_what_would_be_enough() -> None:
    problem = TeamProblem.of(small.wards([9.0, 5.0, 1.0]), Posts(1, 1), rules=TeamRules(floor=2))
    found = plan_teams(problem)
    assert "a floor of 2 in 3 wards needs 6 posts and there are 2" in found.unmet[0]
    assert found.table[["constables", "csos"]].to_numpy().sum() == 2
    assert "drop the floor in all but the ward of most demand" in found.unmet[0]
    none = plan_teams(TeamProblem.of(small.wards([9.0, 5.0]), Posts(1, 0), rules=TeamRules(floor=2)))
    assert "The plan is made with: drop the floor in every ward." in none.unmet[0]


def test_locks_that_contradict_and_a_fund_for_no_ward_are_sentences() -> None:
    with pytest.raises(InputError, match="they contradict"):
        Lock(csos=(3, 1))
    wards = small.wards([9.0, 5.0])
    with pytest.raises(InputError, match="must have a ward to be spent in, got none that is eligible"):
        TeamProblem.of(wards, Posts(1, 1), funds=(Fund("F", csos=1, wards=()),))
    both = {"W00": Lock(csos=(2, 2)), "W01": Lock(csos=(2, 2))}
    assert plan_teams(TeamProblem.of(wards, Posts(1, 3), locks=both)).clashes


def test_one_ward_takes_all_posts() -> None:
    found = plan_teams(TeamProblem.of(small.wards([3.0]), Posts(2, 3)))
    assert found.table[["constables", "csos"]].to_numpy().tolist() == [[2, 3]]


def test_ten_thousand_hot_spots_are_a_sentence() -> None:
    rng = np.random.default_rng(0)
    places = [(float(x), float(y), 1.0) for x, y in rng.uniform(0, 1e5, (10_000, 2))]
    with pytest.raises(InputError, match="At most 3,000 hot spots can be planned together, got 10,000"):
        small.problem(places)


def test_who_has_no_company_after_dark_is_named_and_left_out() -> None:
    late, rules = Shift("late", 840, 1320), Rules(pairs_from=1200)
    alone = Unit("U1", "CSO", "B0", "late", 200)
    found = in_company([alone, replace(alone, name="U2"), replace(alone, name="U3", base="B1")], [late], rules)
    assert [unit.officers for unit in found.units] == [2]
    assert found.left_out == ("U3",)
    with pytest.raises(
        InputError, match="must be of two officers or more in shifts with hours for pairs, got 1 of one"
    ):
        Problem.of(
            [alone], [Base("B0", 0.0, 0.0)], [late], visits=small.visits([(0, 0, 1.0)], shifts=["late"]), rules=rules
        )
