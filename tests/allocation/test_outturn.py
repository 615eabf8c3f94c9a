from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from allocation.compare import THIS_PLAN
from allocation.outturn import PERFECT, exposed
from allocation.problem import Posts
from allocation.rules import TeamRules
from allocation.team_problem import TeamProblem
from geodata.errors import InputError


def demand(seed: int, wards: int = 6) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    harm = rng.gamma(1.0, 50.0, wards)
    return pd.DataFrame(
        {
            "ward": pd.array([f"W{ward}" for ward in range(wards)], dtype="string"),
            "name": pd.array([f"Ward {ward}" for ward in range(wards)], dtype="string"),
            "crimes": harm / 5,
            "harm": harm,
            "priority": np.ones(wards),
            "population": np.full(wards, 1000.0),
        }
    )


def problem(seed: int) -> TeamProblem:
    return TeamProblem.of(demand(seed), Posts(7, 6), rules=TeamRules(floor=1))


@pytest.mark.parametrize("seed", range(8))
def test_no_plan_is_exposed_to_more_than_perfect_foresight_allows(seed: int) -> None:
    found = exposed(problem(seed), demand(seed + 100))
    kept = {
        plan: value
        for plan, value in found.items()
        if plan in (THIS_PLAN, "proportional to harm with a floor", "greedy")
    }
    assert max(kept.values()) <= found[PERFECT] * (1 + 1e-9)


def test_where_the_same_comes_again_this_plan_is_perfect_foresight() -> None:
    found = exposed(problem(1), demand(1))
    assert found[THIS_PLAN] == pytest.approx(found[PERFECT])


def test_twice_the_harm_is_twice_the_exposure_of_every_plan() -> None:
    came = demand(9)
    once, twice = exposed(problem(2), came), exposed(problem(2), came.assign(harm=2 * came["harm"]))
    assert twice == pytest.approx({plan: 2 * value for plan, value in once.items()})


def test_other_wards_and_rules_that_clash_are_refused() -> None:
    with pytest.raises(InputError, match="of the wards that were planned for"):
        exposed(problem(0), demand(0, wards=5))
    clash = replace(problem(0), posts=Posts(7, 6, sergeants=0), rules=TeamRules(span=1))
    with pytest.raises(InputError, match="must leave some plan"):
        exposed(clash, demand(1))
