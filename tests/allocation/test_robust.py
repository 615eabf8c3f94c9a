"""Plans over replicates of the demand: the value of each by hand, the robust one, and laws."""

import numpy as np
import pytest

from allocation.compare import THIS_PLAN
from allocation.problem import Posts
from allocation.robust import ROBUST, robust_teams
from allocation.rules import TeamRules
from allocation.team_problem import TeamProblem
from allocation.teams import solve
from geodata.errors import InputError
from tests.allocation import small


def problem(harm, posts=None, **rules):
    return TeamProblem.of(small.wards(harm), posts or Posts(4, 6), rules=TeamRules(**rules))


def drawn(harm, seed, replicates=30):
    return np.random.default_rng(seed).gamma(4.0, np.array(harm) / 4.0, (replicates, len(harm)))


@pytest.mark.parametrize("seed", range(4))
def test_the_robust_plan_gives_up_on_the_mean_only_what_it_wins_in_the_worst_tenth(seed) -> None:
    harm = [50.0, 20.0, 15.0, 5.0, 1.0]
    found = robust_teams(problem(harm), drawn(harm, seed))
    plans = found.plans.set_index("plan")
    assert plans.loc[ROBUST, "worst"] >= plans.loc[THIS_PLAN, "worst"]
    assert (plans["regret"] >= -1e-9).all()
    assert (plans["worst"] <= plans["mean"]).all()
    assert found.price == pytest.approx(1 - plans.loc[ROBUST, "mean"] / plans.loc[THIS_PLAN, "mean"])
    assert found.wards["robust"].sum() == found.wards["officers"].sum() == 10
    assert (found.wards["officers_low"] <= found.wards["officers_high"]).all()
    assert found.wards["same"].between(0, 1).all()
    assert (found.replicates, found.asked) == (30, 30)


def test_demand_that_is_known_for_sure_leaves_nothing_to_regret() -> None:
    harm = [50.0, 20.0, 5.0]
    asked = problem(harm)
    found = robust_teams(asked, np.tile(harm, (8, 1)))
    plan = found.plans.iloc[0]
    best = solve(asked).objective
    assert plan["mean"] == pytest.approx(best, rel=1e-12)
    assert plan["worst"] == pytest.approx(best, rel=1e-12)
    assert plan["regret"] == pytest.approx(0.0, abs=1e-12)
    assert (found.price, found.plans["moved"].tolist()) == (0.0, [0, 0])
    assert (found.wards["same"] == 1).all()


def test_two_replicates_are_worked_out_by_hand() -> None:
    """One post, two wards: it stands in the first, and on the second replicate the other is best."""
    asked = problem([10.0, 6.0], Posts(0, 1), floor=0)
    found = robust_teams(asked, [[10.0, 0.0], [0.0, 8.0]])
    one, other = (solve(problem(harm, Posts(0, 1), floor=0)).objective for harm in ([10.0, 0.0], [0.0, 8.0]))
    plans = found.plans.set_index("plan")
    assert plans.loc[THIS_PLAN, "mean"] == pytest.approx(one / 2)
    assert plans.loc[THIS_PLAN, "regret"] == pytest.approx(0.5)
    assert other < one
    assert found.wards["same"].tolist() == [0.5, 0.5]


@pytest.mark.parametrize("harm", [[1.0, 2.0, 3.0], [[1.0, 2.0]], [[1.0, 2.0, np.nan]], [[1.0, 2.0, -1.0]]])
def test_replicates_that_do_not_fit_are_refused(harm) -> None:
    with pytest.raises(InputError, match="Replicates must give every ward its harm"):
        robust_teams(problem([5.0, 3.0, 1.0]), harm)


def test_rules_that_leave_no_plan_are_refused() -> None:
    with pytest.raises(InputError, match="the rules leave none"):
        robust_teams(problem([5.0, 3.0, 1.0], Posts(1, 0), least_service=0.999), [[5.0, 3.0, 1.0]])
