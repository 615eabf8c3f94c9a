"""Delivery: dose beside plan, debt that is carried and forgiven, and values at the rate that is measured."""

from dataclasses import replace
from itertools import product

import numpy as np
import pandas as pd
import pytest

from allocation.delivery import at_rate, carried_debt, dose_received, expected_decay, repaired
from allocation.problem import Problem
from allocation.rules import Rules
from allocation.schedule import schedule_patrols
from geodata.errors import InputError
from geodata.tables import DELIVERED, PLAN, empty
from tests.allocation import small

DECAY = Rules().decay


def plan_of(*stops: tuple[str, str, str]) -> pd.DataFrame:
    """Stops of 15 minutes from (unit, shift, hot spot); the base is the unit's first letter."""
    table = pd.DataFrame(stops, columns=["unit", "shift", "hotspot_id"])
    table = table.assign(role="CSO", base=table["unit"].str[0], stop=1, arrive="09:00", leave="09:15", minutes=15,
                         metres=0.0, value=1.0)  # fmt: skip
    return table[list(PLAN.columns)].astype(empty(PLAN).dtypes.to_dict())


def debriefs(*rows: tuple[str, str, str, float]) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=["unit", "shift", "hotspot_id", "minutes"]).assign(outcome=pd.NA, note=pd.NA)
    return table.astype(empty(DELIVERED).dtypes.to_dict())


PLANNED = plan_of(("A1", "day", "H1"), ("A1", "day", "H2"), ("B1", "late", "H1"))
MADE = debriefs(("A1", "day", "H1", 20.0), ("A1", "day", "H1", 5.0), ("B1", "late", "H3", 15.0))


def test_doses_and_rates_by_hand() -> None:
    found = dose_received(PLANNED, MADE, days=2)
    doses = found.doses.set_index("hotspot_id")
    assert doses["planned_minutes"].to_dict() == {"H1": 60.0, "H2": 30.0, "H3": 0.0}
    assert doses["delivered_minutes"].to_dict() == {"H1": 25.0, "H2": 0.0, "H3": 15.0}
    assert doses["share"].dropna().to_dict() == {"H1": 25 / 60, "H2": 0.0}
    rates = found.rates.set_index("base")
    assert rates["rate"].to_dict() == {"A": 25 / 60, "B": 0.5}
    assert found.rate == 40 / 90
    # 25 - 12.5 and 0 - 12.5 about the ratio; t of one degree of freedom is 6.3138 at 95 %.
    reach = 6.313751514675 * np.sqrt(2 * 2 * 12.5**2) / 60
    assert rates.loc["A", "high"] == pytest.approx(25 / 60 + reach, rel=1e-9)
    assert rates.loc["A", "low"] == 0.0


def test_minutes_are_neither_lost_nor_made_and_order_is_immaterial() -> None:
    rng = np.random.default_rng(0)
    plan = schedule_patrols(small.force(3, spots=10, units=3), rounds=2).plan
    rows = [(*row, float(rng.integers(0, 30))) for row in plan[["unit", "shift", "hotspot_id"]].to_numpy()]
    made = debriefs(*rows)
    found = dose_received(plan, made, days=3)
    assert found.doses["delivered_minutes"].sum() == made["minutes"].sum() == found.rates["delivered_minutes"].sum()
    assert found.doses["planned_minutes"].sum() == 3 * plan["minutes"].sum()
    mixed = made.sample(frac=1, random_state=1).reset_index(drop=True)
    pd.testing.assert_frame_equal(dose_received(plan, mixed, days=3).rates, found.rates)


def test_the_interval_holds_the_true_rate_about_nine_times_in_ten() -> None:
    rng = np.random.default_rng(2)
    plan = plan_of(*((f"A{unit:02d}", "day", f"H{unit % 7}") for unit in range(40)))
    held = 0
    for _ in range(50):
        minutes = rng.binomial(15, rng.beta(2, 2, 40)).astype(float)
        rows = [(f"A{unit:02d}", "day", f"H{unit % 7}", minutes[unit]) for unit in range(40)]
        row = dose_received(plan, debriefs(*rows)).rates.iloc[0]
        held += row["low"] <= 0.5 <= row["high"]
    assert 40 <= held <= 49


def test_debt_is_carried_forgiven_and_paid_off() -> None:
    doses = dose_received(PLANNED, MADE, days=2).doses
    assert carried_debt(doses).to_dict() == {"H1": 35.0, "H2": 30.0, "H3": 0.0}
    owed = carried_debt(doses, before={"H1": 10.0, "H3": 100.0, "H9": 8.0}, keep=0.5)
    assert owed.to_dict() == {"H1": 40.0, "H2": 30.0, "H3": 35.0, "H9": 4.0}


def test_a_plan_repairs_the_debt() -> None:
    problem = small.problem([(500.0, 0.0, 10.0), (-500.0, 0.0, 9.0)], minutes=40, most=1, rules=small.QUIET)
    first = schedule_patrols(problem)
    assert first.plan["hotspot_id"].tolist() == ["H00"]
    missed = pd.Series({"H00": 0.0, "H01": 15.0})
    doses = pd.DataFrame({"hotspot_id": ["H00", "H01"], "planned_minutes": [15.0, 15.0], "delivered_minutes": 0.0})
    visits = repaired(problem.visits, missed, doses)
    assert visits["value"].tolist() == [10.0, 13.5]
    again = schedule_patrols(replace(problem, visits=visits))
    assert again.plan["hotspot_id"].tolist() == ["H01"]


@pytest.mark.parametrize("rate", [0.2, 0.5, 0.9])
def test_the_worth_of_visits_planned_is_the_mean_over_all_that_can_happen(rate) -> None:
    expected = expected_decay(DECAY, rate)
    for planned in range(1, len(DECAY) + 1):
        mean = 0.0
        for made in product((0, 1), repeat=planned):
            chance = rate ** sum(made) * (1 - rate) ** (planned - sum(made))
            mean += chance * sum(DECAY[: sum(made)])
        assert rate * sum(expected[:planned]) == pytest.approx(mean, rel=1e-12)


def test_what_is_always_made_changes_nothing_and_what_is_seldom_made_is_booked_again() -> None:
    assert expected_decay(DECAY, 1.0) == DECAY
    assert all(one >= other for one, other in zip(expected_decay(DECAY, 0.3), expected_decay(DECAY, 0.6), strict=True))
    problem = small.problem([(500.0, 0.0, 10.0), (-500.0, 0.0, 6.0)], minutes=130, most=2, rules=small.QUIET)
    made = debriefs(("U00", "early", "H00", 3.0))
    plan = schedule_patrols(problem).plan
    visits, rules = at_rate(problem.visits, problem.rules, dose_received(plan, made, days=1))
    again = Problem.of(problem.units, problem.bases, problem.shifts, visits=visits, rules=rules)
    assert rules.decay[1] > problem.rules.decay[1]
    assert schedule_patrols(again).objective < schedule_patrols(problem).objective


def test_what_makes_no_sense_is_refused() -> None:
    with pytest.raises(InputError, match="of units and shifts in the plan, got 1 that"):
        dose_received(PLANNED, debriefs(("A1", "late", "H1", 5.0)))
    with pytest.raises(InputError, match="at least one stop"):
        dose_received(empty(PLAN), MADE)
    with pytest.raises(InputError, match="`minutes` breaks"):
        dose_received(PLANNED, debriefs(("A1", "day", "H1", -1.0)))
    with pytest.raises(InputError, match="At least some minutes"):
        at_rate(small.visits([(0, 0, 1)]), Rules(), dose_received(PLANNED, empty(DELIVERED)))
    with pytest.raises(InputError, match="`keep`"):
        carried_debt(dose_received(PLANNED, MADE).doses, keep=2)


def test_no_more_is_owed_than_so_many_plans_gave() -> None:
    doses = dose_received(PLANNED, MADE, days=2).doses
    before = {"H1": 500.0, "H9": 8.0}
    assert carried_debt(doses, before=before, keep=1.0, most=2.0).to_dict() == {
        "H1": 120.0,
        "H2": 30.0,
        "H3": 0.0,
        "H9": 8.0,
    }
    with pytest.raises(InputError, match="`most`"):
        carried_debt(doses, most=-1.0)


@pytest.mark.parametrize("keep", [0.0, 0.5, 1.0])
def test_a_debt_that_nobody_adds_to_fades_plan_by_plan(keep: float) -> None:
    doses, debt = (
        dose_received(
            PLANNED,
            PLANNED.assign(outcome=pd.NA, note=pd.NA, minutes=30.0)[list(DELIVERED.columns)].astype(
                empty(DELIVERED).dtypes.to_dict()
            ),
            days=2,
        ).doses,
        {"H1": 80.0},
    )
    for plans in range(1, 4):
        debt = carried_debt(doses, before=debt, keep=keep, most=2.0).to_dict()
        assert debt["H1"] == pytest.approx(80.0 * keep**plans)
