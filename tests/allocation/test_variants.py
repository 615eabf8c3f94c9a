"""Daily variants: never far from the best, never against a rule, the same by seed, harder to foretell than one plan."""

import numpy as np
import pandas as pd
import pytest

from allocation._check_breaks import check_breaks
from allocation.check import check_plan, plan_value
from allocation.rules import MealBreak
from allocation.schedule import schedule_patrols
from allocation.variants import Variants, daily_variants, visit_entropy
from geodata.errors import InputError
from tests.allocation import small

PROBLEM = small.force(4, spots=14, units=3)


@pytest.fixture(scope="module")
def plan() -> pd.DataFrame:
    return schedule_patrols(PROBLEM, rounds=5).plan


@pytest.fixture(scope="module")
def variants(plan: pd.DataFrame) -> Variants:
    return daily_variants(PROBLEM, plan, days=20, draws=4, seed=3)


def test_every_day_keeps_the_rules_and_is_within_the_share_of_the_best(plan, variants) -> None:
    assert variants.best >= plan_value(PROBLEM, plan) * (1 - 1e-12)
    for each, value in zip(variants.plans, variants.values, strict=True):
        assert check_plan(PROBLEM, each) == ()
        assert value == plan_value(PROBLEM, each) >= 0.98 * variants.best


def test_days_differ_and_the_hours_are_harder_to_foretell(variants) -> None:
    assert len({each.to_csv() for each in variants.plans}) >= 15
    table = variants.entropy.dropna()
    assert table["varied"].mean() > table["fixed"].mean() + 0.5
    assert (table["varied"] <= table["most"] + 1e-9).all()


def test_same_seed_same_days_and_the_first_days_do_not_hang_on_the_number(plan) -> None:
    few = daily_variants(PROBLEM, plan, days=2, draws=1, seed=9)
    more = daily_variants(PROBLEM, plan, days=3, draws=1, seed=9)
    other = daily_variants(PROBLEM, plan, days=2, draws=1, seed=10)
    for one, two in zip(few.plans, more.plans, strict=False):
        pd.testing.assert_frame_equal(one, two)
    assert not few.plans[0].equals(other.plans[0])


def test_with_nothing_to_lose_the_value_is_the_best_and_only_times_move(plan) -> None:
    variants = daily_variants(PROBLEM, plan, days=3, share=0.0, draws=0)
    assert variants.values == pytest.approx([plan_value(PROBLEM, plan)] * 3, rel=1e-12)
    assert set(variants.apart.values()) == {1}


def test_entropy_by_hand() -> None:
    def day(*arrive: str) -> pd.DataFrame:
        return pd.DataFrame({"hotspot_id": ["H1"] * len(arrive), "arrive": arrive}).astype("string")

    table = visit_entropy(day("09:00", "10:30"), (day("09:00"), day("09:59"), day("12:00"), day("13:10")))
    assert table.loc[0, ["visits", "fixed", "varied"]].tolist() == [4, 1.0, 1.5]
    assert table.loc[0, "most"] == np.log2(3)
    assert visit_entropy(day("09:00"), (day("09:00"), day("09:30"))).loc[0, "varied"] == 0.0


def test_a_patrol_alone_is_found_at_every_hour_in_the_long_run() -> None:
    problem = small.problem([(100.0, 0.0, 5.0)], minutes=60, most=1, rules=small.QUIET)
    plan = schedule_patrols(problem, rounds=1).plan
    variants = daily_variants(problem, plan, days=80, draws=0, seed=1)
    hours = {each["arrive"].iloc[0][:2] for each in variants.plans}
    assert hours == {f"{hour:02d}" for hour in range(7, 15)}


def test_what_cannot_be_varied_is_refused(plan) -> None:
    with pytest.raises(InputError, match="must keep the rules of its problem to be varied"):
        daily_variants(PROBLEM, plan.iloc[1:])
    with pytest.raises(InputError, match="`share`"):
        daily_variants(PROBLEM, plan, share=2.0)
    with pytest.raises(InputError, match="`days`"):
        daily_variants(PROBLEM, plan, days=0)


def test_every_day_has_its_breaks_and_stays_within_the_share() -> None:
    meal = MealBreak(30, 60, 200)
    plan = schedule_patrols(PROBLEM, meal=meal, rounds=5).plan
    found = daily_variants(PROBLEM, plan, days=4, draws=2, meal=meal, seed=3)
    for each, breaks, value in zip(found.plans, found.breaks, found.values, strict=True):
        assert check_breaks(PROBLEM, each, breaks, meal) == ()
        assert value >= 0.98 * found.best
