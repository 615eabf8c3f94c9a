"""Plans over replicates of the demand: the value of each by hand, the robust one, and laws."""

import numpy as np
import pytest

from allocation.check import check_teams
from allocation.compare import THIS_PLAN
from allocation.problem import Posts
from allocation.robust import EXPECTED, ROBUST, offering, robust_teams
from allocation.rules import TeamRules
from allocation.team_problem import TeamProblem
from allocation.teams import plan_teams, solve
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


@pytest.mark.parametrize("seed", range(4))
def test_planned_on_few_of_the_replicates_and_tried_on_all_a_robust_plan_keeps_the_rules(seed) -> None:
    harm = [50.0, 20.0, 15.0, 5.0, 1.0]
    staffing = plan_teams(problem(harm, floor=1, band=0.9))
    found = robust_teams(staffing.problem, drawn(harm, seed), solved=6, held=staffing.held)
    assert (found.asked, len(found.officers)) == (6, 5)
    assert found.plans["worst"].is_monotonic_increasing
    again = robust_teams(staffing.problem, drawn(harm, seed), solved=6)
    assert again.plans.equals(found.plans)
    assert again.wards.equals(found.wards)
    offered = offering(staffing, found.officers)
    assert check_teams(staffing.problem, offered.table, leaders=offered.leaders, funded=offered.funded) == ()
    shown = offered.alternatives.set_index("plan")["objective"]
    assert shown[THIS_PLAN] == pytest.approx(offered.objective)
    assert shown[EXPECTED] == pytest.approx(staffing.objective)
    assert offered.gap >= staffing.gap
    assert offered.bound == staffing.bound
    assert offered.table[["constables", "csos"]].to_numpy().tolist() == found.officers.tolist()


def test_the_best_for_all_replicates_together_is_tried() -> None:
    """Where demand is either here or there, teams planned on either lose half: the best for both stands between."""
    found = robust_teams(problem([10.0, 10.0], Posts(0, 4), floor=0), [[20.0, 0.0], [0.0, 20.0]])
    assert found.wards["robust"].tolist() == [2, 2]
    one_sided = robust_teams(problem([20.0, 0.0], Posts(0, 4), floor=0), [[20.0, 0.0], [0.0, 20.0]])
    plans = one_sided.plans.set_index("plan")
    assert one_sided.wards["robust"].tolist() == [2, 2]
    assert plans.loc[ROBUST, "worst"] > 0 == plans.loc[THIS_PLAN, "worst"]


def test_with_the_worst_ward_first_no_other_plan_is_offered() -> None:
    harm = [50.0, 20.0, 15.0, 5.0, 1.0]
    found = robust_teams(problem(harm, objective="worst first"), drawn(harm, 1), solved=4)
    assert found.plans["moved"].tolist() == [0, 0]


def test_where_nothing_is_expected_there_is_nothing_to_give_up() -> None:
    found = robust_teams(problem([0.0, 0.0, 0.0]), np.zeros((5, 3)))
    assert (found.price, found.plans["moved"].tolist()) == (0.0, [0, 0])
