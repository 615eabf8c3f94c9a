"""Lone working: nobody is out alone when nobody may be, and nobody is lost on the way."""

from dataclasses import replace

import pytest

from allocation.check import check_plan
from allocation.company import in_company
from allocation.problem import Problem, Shift, Unit
from allocation.rules import Rules
from allocation.schedule import schedule_patrols
from geodata.errors import InputError
from tests.allocation import small

SHIFTS = (Shift("early", 420, 900), Shift("late", 840, 1320), Shift("night", 1320, 1800), Shift("small hours", 0, 400))
RULES = Rules(pairs_from=1200)


def crew(count: int, shift: str, *, base: str = "B0", officers: int = 1) -> list[Unit]:
    return [Unit(f"{base} {shift} {n}", "CSO", base, shift, 200 + n, officers) for n in range(count)]


@pytest.mark.parametrize(("count", "sizes"), [(2, [2]), (3, [3]), (4, [2, 2]), (5, [2, 3]), (7, [2, 2, 3])])
def test_lone_officers_are_joined_in_twos_and_the_last_three(count, sizes) -> None:
    for shift in ("late", "night", "small hours"):
        found = in_company(crew(count, shift), SHIFTS, RULES)
        assert [unit.officers for unit in found.units] == sizes
        assert found.units[0].minutes == 200
        assert found.left_out == ()


def test_daylight_pairs_and_other_bases_stay_as_they_are() -> None:
    given = crew(2, "early") + crew(2, "late", officers=2) + crew(1, "late", base="B1")
    found = in_company(given, SHIFTS, RULES)
    assert found.units == tuple(given[:4])
    assert found.left_out == ("B1 late 0",)
    assert in_company(given, SHIFTS, Rules()).units == tuple(given)


def test_a_lone_unit_after_hours_is_refused_and_a_pair_is_planned() -> None:
    base = small.problem([(300.0, 0.0, 5.0), (0.0, 500.0, 4.0)], units=2, shift=SHIFTS[1])
    with pytest.raises(InputError, match="two officers or more in shifts with hours for pairs, got 2 of one"):
        replace(base, rules=RULES)
    pair = in_company(base.units, base.shifts, RULES).units
    problem = Problem.of(pair, base.bases, base.shifts, visits=base.visits, rules=RULES)
    found = schedule_patrols(problem)
    assert len(set(found.plan["unit"])) == 1
    assert found.rules[-1] == "P10 Nobody patrols alone between 20:00 and 06:00."


def test_the_checker_finds_who_is_out_alone() -> None:
    base = small.problem([(300.0, 0.0, 5.0)], minutes=60, most=1, shift=Shift("late", 1140, 1320))
    plan = schedule_patrols(base, rounds=1).plan.assign(arrive="20:10", leave="20:25")
    assert check_plan(base, plan) == ()
    object.__setattr__(base, "rules", RULES)  # as no problem can be made
    assert check_plan(base, plan) == ("P10: U00 is out alone when nobody may be.",)
    assert check_plan(base, plan.assign(arrive="19:20", leave="19:35")) == ()


def test_hours_that_make_no_sense_are_refused() -> None:
    with pytest.raises(InputError, match="`pairs_from` must be between 360 and 1440"):
        Rules(pairs_from=200)
