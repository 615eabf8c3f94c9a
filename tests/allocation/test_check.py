"""The independent checker: each rule can fail, and says its number."""

import pandas as pd
import pytest

from allocation.check import check_plan, check_staffing, plan_value
from allocation.problem import Posts
from allocation.rules import TeamRules
from allocation.schedule import schedule_patrols
from allocation.teams import staff_teams
from tests.allocation import small

POSTS = Posts(6, 10, 3)
WARDS = small.wards([9.0, 5.0, 2.0, 1.0, 0.0])
HOMES = {"W00": "north", "W01": "north", "W02": "north", "W03": "south", "W04": "south"}
PROBLEM = small.force(2, spots=12, units=3)


def moved(table: pd.DataFrame, row: int, column: str, change: object) -> pd.DataFrame:
    """A copy with one figure changed: by so much, or to this text."""
    table = table.copy()
    old = table[column].iloc[row]
    table.iloc[row, table.columns.get_loc(column)] = change if isinstance(change, str) else old + change
    return table


def numbers(faults: tuple[str, ...]) -> set[str]:
    return {fault.split(":")[0] for fault in faults}


@pytest.fixture(scope="module")
def staffing() -> pd.DataFrame:
    table = staff_teams(WARDS, POSTS, neighbourhoods=HOMES).table
    assert check_staffing(WARDS, POSTS, table, neighbourhoods=HOMES) == ()
    return table


@pytest.fixture(scope="module")
def plan() -> pd.DataFrame:
    table = schedule_patrols(PROBLEM, rounds=5).plan
    assert check_plan(PROBLEM, table) == ()
    return table


@pytest.mark.parametrize(
    ("change", "rules"),
    [
        (lambda table: table.iloc[1:], {"T1"}),
        (lambda table: pd.concat([table, table.iloc[:1]]), {"T1"}),
        (lambda table: moved(table, 0, "ward", "X"), {"T1"}),
        (lambda table: table.assign(csos=table["csos"] - 0.5), {"T1", "T2", "T5"}),
        (lambda table: moved(table, 0, "csos", 1), {"T2", "T5"}),
        (lambda table: moved(table, 0, "constables", 1), {"T2", "T5"}),
        (lambda table: moved(moved(table, 4, "csos", -1), 0, "csos", 1), {"T3"}),
        (lambda table: moved(table, 0, "sergeants", 0.5), {"T4"}),
        (lambda table: moved(table, 0, "sergeants", 1.0), {"T4"}),
        (lambda table: moved(moved(table, 0, "sergeants", -2.0), 4, "sergeants", 2.0), {"T4"}),
        (lambda table: moved(table, 2, "value", 0.01), {"T5"}),
    ],
)
def test_a_broken_staffing_is_found_out(staffing, change, rules) -> None:
    broken = change(staffing.astype({"csos": "float64"}))
    assert rules <= numbers(check_staffing(WARDS, POSTS, broken, neighbourhoods=HOMES))


def test_the_floor_is_asked_for_only_where_posts_pay_for_it() -> None:
    posts, rules = Posts(0, 3), TeamRules(floor=1)
    table = staff_teams(WARDS, posts, rules=rules).table
    assert check_staffing(WARDS, posts, table, rules=rules) == ()
    swapped = table.assign(csos=[1, 1, 0, 1, 0])
    assert "T3" in numbers(check_staffing(WARDS, posts, swapped, rules=rules))


@pytest.mark.parametrize(
    ("change", "rules"),
    [
        (lambda plan: moved(plan, 0, "unit", "nobody"), {"P1"}),
        (lambda plan: moved(plan, 0, "base", "B2"), {"P1"}),
        (lambda plan: moved(plan, 0, "role", "constable"), {"P1"}),
        (lambda plan: moved(plan, 1, "stop", 1), {"P1"}),
        (lambda plan: plan.iloc[1:], {"P1"}),
        (lambda plan: moved(plan, 0, "hotspot_id", "nowhere"), {"P2"}),
        (lambda plan: moved(plan, 0, "minutes", 1), {"P2"}),
        (lambda plan: moved(plan, 0, "leave", "23:59"), {"P2", "P3"}),
        (lambda plan: moved(plan, 0, "metres", 5.0), {"P8"}),
        (lambda plan: moved(plan, 0, "value", 0.5), {"P7"}),
        (lambda plan: plan.assign(arrive=plan["arrive"].iloc[0], leave=plan["leave"].iloc[0]), {"P3", "P4", "P6"}),
    ],
)
def test_a_broken_plan_is_found_out(plan, change, rules) -> None:
    assert rules <= numbers(check_plan(PROBLEM, change(plan)))


def hand_made(rows: list[tuple[str, int, str, str, str, float, float]], *, unit_shift: str = "early") -> pd.DataFrame:
    """A plan from (unit, stop, hot spot, arrive, leave, metres, value)."""
    columns = ["unit", "stop", "hotspot_id", "arrive", "leave", "metres", "value"]
    return pd.DataFrame(rows, columns=columns).assign(role="CSO", base="B0", shift=unit_shift, minutes=15)


def test_each_rule_of_time_by_hand() -> None:
    problem = small.problem([(400.0, 0.0, 10.0), (0.0, 800.0, 4.0)], units=2, minutes=100)
    # 07:15 is the first minute after the briefing; H00 is 5 minutes away, H01 10, and 12 lie between them.
    good = [
        ("U00", 1, "H00", "07:20", "07:35", 400.0, 10.0),
        ("U00", 2, "H01", "07:47", "08:02", 894.427190999916, 4.0),
    ]
    assert check_plan(problem, hand_made(good)) == ()
    assert plan_value(problem, hand_made(good)) == 14.0
    too_soon = [good[0], ("U00", 2, "H01", "07:46", "08:01", 894.427190999916, 4.0)]
    assert numbers(check_plan(problem, hand_made(too_soon))) == {"P3"}
    before_briefing = [("U00", 1, "H00", "07:19", "07:34", 400.0, 10.0)]
    assert numbers(check_plan(problem, hand_made(before_briefing))) == {"P4"}
    after_debrief = [("U00", 1, "H00", "14:26", "14:41", 400.0, 10.0)]
    assert numbers(check_plan(problem, hand_made(after_debrief))) == {"P4"}
    at_the_last = [("U00", 1, "H00", "14:25", "14:40", 400.0, 10.0)]
    assert check_plan(problem, hand_made(at_the_last)) == ()
    too_long = [("U00", 1, "H00", "07:20", "07:35", 400.0, 10.0), ("U00", 2, "H00", "08:41", "08:56", 0.0, 5.5)]
    assert numbers(check_plan(problem, hand_made(too_long))) == {"P4"}
    just_fits = [("U00", 1, "H00", "07:20", "07:35", 400.0, 10.0), ("U00", 2, "H00", "08:35", "08:50", 0.0, 5.5)]
    assert check_plan(problem, hand_made(just_fits)) == ()


def test_visits_of_two_units_keep_their_distance_and_their_number() -> None:
    problem = small.problem([(400.0, 0.0, 10.0)], units=2, minutes=100, most=2)
    first = ("U00", 1, "H00", "07:20", "07:35", 400.0, 10.0)
    assert check_plan(problem, hand_made([first, ("U01", 1, "H00", "08:35", "08:50", 400.0, 5.5)])) == ()
    close = hand_made([first, ("U01", 1, "H00", "08:34", "08:49", 400.0, 5.5)])
    assert numbers(check_plan(problem, close)) == {"P6"}
    wrong_order = hand_made([(*first[:6], 5.5), ("U01", 1, "H00", "08:35", "08:50", 400.0, 10.0)])
    assert numbers(check_plan(problem, wrong_order)) == {"P7"}
    third = ("U01", 2, "H00", "09:55", "10:10", 0.0, 3.0)
    many = hand_made([first, ("U01", 1, "H00", "08:40", "08:55", 400.0, 5.5), third])
    assert "P5" in numbers(check_plan(problem, many))
