"""Meal breaks: kept by every unit, found where there is room for one, and on tiny patrols at the least price."""

from itertools import pairwise, permutations

import pandas as pd
import pytest

from allocation._check_breaks import check_breaks
from allocation.breaks import with_breaks
from allocation.check import check_plan
from allocation.problem import Shift
from allocation.rules import MealBreak
from allocation.schedule import schedule_patrols
from geodata.errors import InputError
from tests.allocation import naive, small

MEAL = MealBreak(30, 60, 120)


@pytest.mark.parametrize("seed", range(3))
def test_every_unit_has_its_break_and_no_other_rule_gives_way(seed) -> None:
    problem = small.force(seed, spots=12, units=3)
    plan = schedule_patrols(problem, rounds=3).plan
    found = with_breaks(problem, plan, MEAL, rounds=3)
    assert check_plan(problem, found.plan) == ()
    assert check_breaks(problem, found.plan, found.breaks, MEAL) == ()
    assert set(found.breaks["unit"]) == set(found.plan["unit"])
    assert 0.7 * found.before <= found.value <= found.before * 1.02


def test_a_break_at_the_base_costs_nothing_where_the_shift_has_room() -> None:
    problem = small.problem([(400.0, 0.0, 5.0), (800.0, 0.0, 4.0)], minutes=90, most=1)
    plan = schedule_patrols(problem).plan
    found = with_breaks(problem, plan, MEAL)
    assert found.value == found.before == 9.0
    assert found.breaks["hotspot_id"].isna().all()


def test_a_patrol_that_fills_its_shift_stands_where_it_is() -> None:
    shift = Shift("early", 600, 720)
    problem = small.problem([(400.0, 0.0, 5.0), (800.0, 0.0, 4.0)], minutes=120, most=1, shift=shift, rules=small.QUIET)
    found = with_breaks(problem, schedule_patrols(problem).plan, MealBreak(45, 20, 60))
    # 5 minutes out, 15 there, the break, 5 on, 15 there, 10 home: 95 of 120
    assert found.value == 9.0
    rest = found.breaks.iloc[0]
    assert rest["end"] <= "11:45"


def test_one_stop_and_a_break_are_placed_as_every_way_tried_says() -> None:
    shift = Shift("early", 600, 660)
    for minutes, meal in ((60, MealBreak(20, 0, 60)), (60, MealBreak(30, 15, 30)), (50, MealBreak(21, 10, 25))):
        places = [(320.0, 0.0, 5.0), (-320.0, 0.0, 4.0)]  # 4 minutes from the base, 8 apart
        problem = small.problem(places, minutes=minutes, most=1, shift=shift, rules=small.QUIET)
        found = with_breaks(problem, schedule_patrols(problem).plan, meal)
        assert found.value == best_with_break(problem, meal)


def best_with_break(problem, meal: MealBreak) -> float:
    """Every order of stops, every minute of leaving, every minute of the break."""
    stops = {row.hotspot_id: (row.x, row.y, row.value) for row in problem.visits.itertuples()}
    limit, most, best = problem.shifts[0].minutes, problem.units[0].minutes, 0.0
    orders = [order for size in (1, 2) for order in permutations(stops, size)]
    for order in orders:
        at = [(0.0, 0.0), *(stops[name][:2] for name in order), (0.0, 0.0)]
        legs = [naive.minutes(problem, *pair) for pair in pairwise(at)]
        value = sum(stops[name][2] for name in order)
        busy = sum(legs) + 15 * len(order)
        for leave in range(limit):
            for begin in range(meal.after, min(meal.before, limit - meal.minutes) + 1):
                # free to stand at the base, or at the first of two stops
                if leave + busy <= begin or begin + meal.minutes <= leave:
                    fits = leave + busy <= limit and busy <= most
                else:
                    waits = max(begin, leave + legs[0] + 15) - (leave + legs[0] + 15)
                    back = leave + busy + waits + meal.minutes
                    fits = len(order) == 2 and begin >= leave + legs[0] + 15 and back <= limit and back - leave <= most
                if fits:
                    best = max(best, value)
    return best


def test_broken_breaks_are_found_out() -> None:
    problem = small.force(1, spots=12, units=3)
    found = with_breaks(problem, schedule_patrols(problem, rounds=3).plan, MEAL, rounds=3)

    def faults(breaks: pd.DataFrame) -> tuple[str, ...]:
        return check_breaks(problem, found.plan, breaks, MEAL)

    assert "must have one break" in faults(found.breaks.iloc[1:])[0]
    assert "another time" in faults(found.breaks.assign(end=found.breaks["start"]))[0]
    assert "cannot" in faults(found.breaks.assign(hotspot_id="nowhere"))[0]
    extra = pd.concat([found.breaks, found.breaks.assign(unit="nobody").iloc[:1]])
    assert "no patrol" in faults(extra)[0]


def test_breaks_that_cannot_be_had_are_refused() -> None:
    problem = small.problem([(400.0, 0.0, 5.0)])
    plan = schedule_patrols(problem, rounds=1).plan
    with pytest.raises(InputError, match="does not fit into early"):
        with_breaks(problem, plan, MealBreak(30, 460, 470))
    with pytest.raises(InputError, match="must not be after its latest"):
        MealBreak(30, 200, 100)
    with pytest.raises(InputError, match="must keep the rules"):
        with_breaks(problem, plan.assign(stop=2), MEAL)
