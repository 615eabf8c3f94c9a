"""What if, side by side; why a plan is as it is; what one aim costs another."""

from dataclasses import replace

import numpy as np
import pytest

from allocation.pareto import pareto
from allocation.problem import Posts
from allocation.rules import TeamRules
from allocation.scenario import Scenario, compare_scenarios, vary
from allocation.team_problem import TeamProblem
from allocation.teams import plan_teams, solve
from allocation.why import explain_teams
from geodata.errors import InputError
from tests.allocation import drawn, small

FORCE = drawn.force(7, 24, 3)


@pytest.fixture(scope="module")
def explained():
    problem = FORCE.ruled(moves=12, loss_cap=0.5)
    staffing = plan_teams(problem)
    return problem, staffing, explain_teams(staffing)


def test_one_post_more_or_fewer_of_each_rank_and_fund_is_solved_anew(explained) -> None:
    problem, staffing, why = explained
    rows = why.one_post.set_index(["rank", "fund", "change"])["gain"]
    more = vary(problem, csos="+1")
    assert rows["csos", "own budget", 1] == pytest.approx(solve(more).objective - staffing.objective, rel=1e-6)
    assert rows["constables", "own budget", -1] < 0 < rows["constables", "own budget", 1]
    assert set(why.one_post["fund"]) == {"own budget", "neighbourhood", "high crime"}
    assert (why.one_post["low"] <= why.one_post["gain"]).sum() == (why.one_post["gain"] <= why.one_post["high"]).sum()


def test_the_price_of_a_rule_is_what_the_plan_is_worth_without_it(explained) -> None:
    problem, staffing, why = explained
    prices = why.prices.set_index("rule")["gain"]
    assert prices["T9"] == pytest.approx(solve(problem.ruled(moves=None)).objective - staffing.objective, rel=1e-6)
    assert (why.prices["gain"] >= -1e-9 * staffing.objective).all()
    binding = "T9 binds, with 12 posts leaving: At most 12 posts may leave the ward of today."
    assert any(sentence.startswith(binding) for sentence in why.binding)


def test_gainers_and_losers_are_told_against_today(explained) -> None:
    problem, _, why = explained
    assert why.moved["change"].is_monotonic_increasing
    assert why.moved["change"].sum() == 0
    assert why.moved["today"].sum() == problem.posts.constables + problem.posts.csos


def test_without_posts_of_today_nobody_gains_or_loses() -> None:
    staffing = plan_teams(TeamProblem.of(small.wards([3.0, 1.0]), Posts(1, 2)))
    why = explain_teams(staffing)
    assert why.moved.empty
    assert why.one_post["rank"].tolist() == ["constables"] * 2 + ["csos"] * 2


def test_scenarios_stand_side_by_side() -> None:
    base = Scenario("base", FORCE, {"csos": 38000.0})
    more = Scenario("20 more CSOs", vary(FORCE, csos="+20", sergeants="+3"), {"csos": 38000.0})
    event = Scenario("event", vary(FORCE, surge={"W0003": 5.0}), {"csos": 38000.0})
    found = compare_scenarios([base, more, event])
    summary = found.summary.set_index("scenario")
    assert summary.loc["20 more CSOs", "cost"] - summary.loc["base", "cost"] == 20 * 38000
    assert summary.loc["20 more CSOs", "covered"] > summary.loc["base", "covered"]
    assert (summary["least_served"] <= summary["covered"]).all()
    assert (summary["least_served"] > 0).all()
    assert summary.loc["base", ["gain", "moved"]].tolist() == [0.0, 0]
    assert summary.loc["event", "gain"] > 0
    wards = found.wards.set_index(["scenario", "ward"])
    assert wards.loc[("event", "W0003"), "more"] > 0
    assert wards.loc["20 more CSOs"]["more"].sum() == 20
    assert found.groups["more"].sum() == 20
    assert found.staffings["event"].objective == pytest.approx(plan_teams(event.problem).objective, rel=1e-6)


def test_who_plans_the_teams_can_be_given() -> None:
    plan = plan_teams(FORCE)
    found = compare_scenarios([Scenario("base", FORCE, {})], plan=lambda _scenario, _held: plan)
    assert found.staffings["base"] is plan


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda: vary(FORCE, speed=3), "something that a problem has, and `speed` is not"),
        (lambda: vary(FORCE, csos="+many"), "must be a number after its sign"),
        (lambda: vary(FORCE, surge={"X": 2.0}), "A surge must be in wards of the demand, got 1 that are not"),
        (lambda: vary(FORCE, surge={"W0001": -2.0}), "`surge` must be above 0"),
        (lambda: compare_scenarios([]), "`scenarios` must be a whole number of at least 1"),
        (lambda: compare_scenarios([Scenario("a", FORCE, {})] * 2), "must have different names"),
        (lambda: compare_scenarios([Scenario(str(n), FORCE, {}) for n in range(6)]), "At most 4 scenarios"),
        (lambda: pareto(FORCE, against="speed"), "`against` must be one of moves, least_service"),
    ],
)
def test_a_scenario_that_cannot_be_meant_is_refused(make, sentence) -> None:
    with pytest.raises(InputError, match=sentence):
        make()


@pytest.mark.parametrize("against", ["moves", "least_service"])
def test_no_plan_of_a_front_beats_another_in_both_aims(against) -> None:
    front = pareto(FORCE, against=against, points=5)
    assert len(front) > 2
    assert (front["gap"] <= 1e-5).all()
    better = -front["moves"] if against == "moves" else front["least_service"]
    order = np.argsort(better.to_numpy(), kind="stable")
    assert (np.diff(front["value"].to_numpy()[order]) <= 1e-9 * front["value"].max()).all()


def test_a_front_against_disproportion_costs_more_the_fairer_it_is() -> None:
    grouped = replace(FORCE, groups={ward: f"group {at % 3}" for at, ward in enumerate(FORCE.demand["ward"])})
    front = pareto(grouped, against="disproportion", points=5)
    assert len(front) > 2
    assert (np.diff(front["value"]) >= -1e-9 * front["value"].max()).all()
    bounded = front.dropna(subset=["limit"])
    assert (bounded["disproportion"] <= bounded["limit"] + 1e-9).all()
    assert bounded["disproportion"].min() < front["disproportion"].max() / 2
    with pytest.raises(InputError, match="two groups of wards or more"):
        pareto(replace(FORCE, groups=dict.fromkeys(FORCE.demand["ward"], "one")), against="disproportion")


def test_worst_first_serves_the_worst_better_and_the_whole_less() -> None:
    table, posts = small.wards([50.0, 20.0, 5.0, 1.0]), Posts(2, 4)
    fair = solve(TeamProblem.of(table, posts, rules=TeamRules(objective="worst first")))
    best = solve(TeamProblem.of(table, posts))
    assert fair.objective < best.objective
    assert fair.levels[0].below == fair.levels[0].bound
    assert fair.officers.sum(axis=1).min() >= best.officers.sum(axis=1).min()
