"""Every rule of staffing: against every staffing of tiny forces, in whole forces, and where rules clash."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from allocation._frame import Frame
from allocation._solvers.feasible import settle
from allocation.check import check_teams, team_value, teams_value
from allocation.clash import find_clash, settle_clashes
from allocation.funds import Fund
from allocation.problem import Posts
from allocation.rules import Lock, TeamRules, street_hours
from allocation.team_problem import RULES, TeamProblem
from allocation.teams import plan_teams, solve
from geodata.errors import InputError
from tests.allocation import drawn, naive_teams, small

WORTH = {"total": naive_teams.total, "fair": naive_teams.fairness, "worst first": naive_teams.worst_first}


@settings(max_examples=150, deadline=None, derandomize=True)
@given(st.integers(0, 10**6))
@example(14044)  # every team near the best loses nothing at the best prices: the bound stayed open
def test_no_staffing_of_a_tiny_force_is_worth_more_under_any_rules(seed) -> None:
    problem = drawn.tiny(seed)
    plain = naive_teams.Plain(problem)
    every = list(naive_teams.staffings(plain))
    found = solve(problem)
    assert (found is None) == (not every)
    if found is None:
        return
    wards = problem.demand["ward"]
    team = {ward: (int(c), int(s)) for ward, (c, s) in zip(wards, found.officers, strict=True)}
    assert team in every
    worth = WORTH[problem.rules.objective]
    most, have = max(worth(plain, each) for each in every), worth(plain, team)
    if problem.rules.objective == "worst first":
        assert have[:-1] == most[:-1]
        most, have = most[-1], have[-1]
    assert have == pytest.approx(most, rel=1e-9)
    assert found.objective == pytest.approx(have, rel=1e-9)
    assert found.objective - 1e-9 * abs(most) <= found.bound <= most + 1e-6 * abs(most)


@pytest.mark.parametrize("seed", range(15))
def test_a_plan_is_clean_and_what_is_relaxed_is_said(seed) -> None:
    problem = drawn.tiny(seed)
    found = plan_teams(problem)
    assert check_teams(found.problem, found.table, leaders=found.leaders, funded=found.funded) == ()
    assert teams_value(problem, found.table) == pytest.approx(1e6 * found.table["value"].sum(), abs=10)
    assert len(found.clashes) == sum("The plan is made with" in sentence for sentence in found.unmet)
    beyond_floors = [clash for clash in found.clashes if "drop the floor" not in clash.sentence]  # T3 says itself how
    assert bool(beyond_floors) == (not any(True for _ in naive_teams.staffings(naive_teams.Plain(problem))))


@pytest.mark.parametrize("seed", range(20))
def test_rules_that_clash_are_as_few_as_can_be(seed) -> None:
    problem = drawn.tiny(seed)
    if settle(Frame.of(problem), RULES) is not None:
        return
    frame, clash = Frame.of(problem), find_clash(problem)
    assert settle(frame, frozenset(clash.rules)) is None
    assert all(settle(frame, frozenset(clash.rules) - {rule}) is not None for rule in clash.rules)
    relaxed, clashes = settle_clashes(problem)
    assert settle(Frame.of(relaxed), RULES) is not None
    assert clash == clashes[0]


def test_a_force_of_four_ranks_and_three_funds_is_proven_and_solved_again_from_where_it_was() -> None:
    problem = drawn.force(1, 177, 12)
    found = solve(problem)
    assert (found.bound - found.objective) / found.bound <= 1e-5
    more = replace(problem, posts=replace(problem.posts, csos=problem.posts.csos + 1))
    warm, cold = solve(more, found.held), solve(more)
    assert warm.objective == pytest.approx(cold.objective, rel=1e-6)
    assert warm.objective > found.objective


def test_the_same_force_has_the_same_plan() -> None:
    one, other = (plan_teams(drawn.force(2, 40, 5)) for _ in range(2))
    pd.testing.assert_frame_equal(one.table, other.table, check_exact=True)
    pd.testing.assert_frame_equal(one.funded, other.funded, check_exact=True)


def test_every_inspector_sergeant_and_post_has_its_place_and_its_fund() -> None:
    problem = drawn.force(3, 40, 5)
    found = plan_teams(problem)
    assert (found.leaders["inspectors"] == 1).all()
    assert found.leaders["sergeants"].sum() == problem.posts.sergeants
    paid = found.funded.groupby(["fund", "rank"])["posts"].sum()
    assert paid["high crime", "csos"] == 8
    outside = found.funded[(found.funded["fund"] == "high crime") & ~found.funded["place"].isin(problem.funds[1].wards)]
    assert outside.empty


@pytest.mark.parametrize(
    ("change", "broken"),
    [
        (lambda p: replace(p, rules=replace(p.rules, largest=2)), "T1"),
        (lambda p: replace(p, rules=replace(p.rules, workload=0.5)), "T8"),
        (lambda p: replace(p, rules=replace(p.rules, moves=0)), "T9"),
        (lambda p: replace(p, rules=replace(p.rules, loss_cap=0.0)), "T10"),
        (lambda p: replace(p, rules=replace(p.rules, band=0.0)), "T11"),
        (lambda p: replace(p, locks={"W0000": Lock(csos=(20, 20))}), "T12"),
        (lambda p: replace(p, rules=replace(p.rules, least_service=0.99)), "T13"),
        (lambda p: replace(p, posts=replace(p.posts, inspectors=9)), "T6"),
        (lambda p: replace(p, funds=(p.funds[0], replace(p.funds[1], wards=("W0000",)))), "T7"),
        (lambda p: replace(p, rules=replace(p.rules, span=1)), "T4"),
    ],
)
def test_the_checker_finds_each_broken_rule(planned, change, broken) -> None:
    found = planned
    faults = check_teams(change(found.problem), found.table, leaders=found.leaders, funded=found.funded)
    assert broken in {fault.split(":")[0] for fault in faults}


@pytest.fixture(scope="module")
def planned():
    return plan_teams(drawn.force(4, 30, 4))


def test_posts_of_today_move_only_as_far_as_they_may() -> None:
    problem = drawn.force(5, 30, 4)
    few = solve(problem.ruled(moves=6))
    now = problem.current[["constables", "csos"]].to_numpy()
    assert np.maximum(0, now - few.officers).sum() <= 6
    assert few.objective <= solve(problem).objective


def test_worth_is_added_up_in_whole_millionths() -> None:
    row = next(small.wards([10.0]).itertuples())
    value = team_value(row, 0, 2, mean=10.0, rules=TeamRules())
    assert value == pytest.approx(10 * (1 - np.exp(-42 / 40)))
    table = plan_teams(TeamProblem.of(small.wards([10.0]), Posts(0, 2))).table
    assert teams_value(TeamProblem.of(small.wards([10.0]), Posts(0, 2)), table) == round(1e6 * value)


def test_floors_above_the_largest_team_clash_in_words() -> None:
    problem = TeamProblem.of(small.wards([3.0, 2.0]), Posts(4, 4), rules=TeamRules(floor=4, largest=1))
    (first, *_) = plan_teams(problem).unmet
    assert first == (
        "Rules T1 and T3 clash: Every ward has one team, of whole officers, at most 1 constable and 1 CSO. Every "
        "ward has at least 4 officers, constable or CSO; where the posts cannot pay for it, the wards of most demand "
        "come first. The least that would help: let a ward have 2 of a role; or lower the floor to 2. The plan is made "
        "with: lower the floor to 2."
    )


def test_locks_that_need_more_officers_than_there_are_are_named() -> None:
    locks = {"W00": Lock(constables=(3, 3)), "W01": Lock(constables=(2, 2))}
    found = plan_teams(TeamProblem.of(small.wards([3.0, 2.0, 1.0]), Posts(4, 4), locks=locks))
    assert [clash.rules for clash in found.clashes] == [("T2", "T12")]
    assert "unlock W0" in found.unmet[0]
    assert "have 1 constable more" in found.unmet[0]


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda: Fund("a", wards=()), 'The fund "a" must have a ward to be spent in, got none that is eligible'),
        (lambda: Fund(" "), "A fund must have a name"),
        (lambda: Lock(csos=(3, 1)), "got 3 to 1: they contradict"),
        (lambda: TeamRules(cso_hours=-1.0), "`cso_hours` must be above 0 hours a week, got -1.0"),
        (lambda: TeamRules(objective="most"), "`objective` must be one of total, worst first, fair, got most"),
        (lambda: Posts(0, 0), "must hold at least one constable or CSO, got none"),
        (lambda: street_hours(40, on_duty=0.75, patrol_share=0.7, abstraction=1.0), "must be above 0"),
        (lambda: _one(funds=(Fund("a", csos=9),)), r"must not pay for more csos than there are \(2\), got 9"),
        (lambda: _one(funds=(Fund("a", csos=1, wards=("X",)),)), "must list wards of the demand, got 1 that are not"),
        (lambda: _one(funds=(Fund("a", sergeants=1),)), "number of sergeants must be given where a fund pays"),
        (lambda: _one(locks={"X": Lock()}), "A lock must be on a ward of the demand, got 1 that are not"),
        (lambda: _one(rules=TeamRules(moves=3)), "need the posts of today, got none"),
        (lambda: _one(rules=TeamRules(strands=drawn.KINDS)), "must have a column for each strand"),
    ],
)
def test_what_cannot_be_meant_is_refused(make, sentence) -> None:
    with pytest.raises(InputError, match=sentence):
        make()


def _one(**others):
    return TeamProblem.of(small.wards([1.0]), Posts(1, 2), **others)


def test_hours_on_the_street_follow_from_the_contract() -> None:
    assert street_hours(40, on_duty=0.75, patrol_share=0.7) == pytest.approx(21.0)
    assert street_hours(40, on_duty=0.75, patrol_share=0.7, abstraction=0.5) == pytest.approx(10.5)


def test_proportional_fairness_leaves_no_ward_without_anyone() -> None:
    table = small.wards([100.0, 1.0, 1.0])
    rules = TeamRules(floor=0, objective="fair")
    assert (solve(TeamProblem.of(table, Posts(0, 3), rules=rules)).officers.sum(axis=1) == 1).all()
    assert solve(TeamProblem.of(table, Posts(0, 3), rules=TeamRules(floor=0))).officers[0, 1] == 3


@pytest.mark.parametrize("seed", range(6))
def test_any_table_of_worth_is_allowed_and_planned_best(seed) -> None:
    rng = np.random.default_rng(seed)
    worth = rng.integers(0, 50, (3, 5, 5)).astype("float64")
    problem = TeamProblem.of(small.wards([3.0, 2.0, 1.0]), Posts(4, 3), rules=TeamRules(largest=4), worth=worth)
    found = plan_teams(problem)
    every = naive_teams.staffings(naive_teams.Plain(problem))
    most = max(sum(worth[ward, c, s] for ward, (c, s) in enumerate(teams.values())) for teams in every)
    assert (found.objective, found.bound) == pytest.approx((most, most))
    assert teams_value(problem, found.table) == 1e6 * most


def test_a_table_of_worth_that_does_not_fit_is_refused() -> None:
    with pytest.raises(InputError, match="for each ward and each team up to `largest`, got another shape"):
        _one(worth=np.zeros((1, 3, 3)))
    with pytest.raises(InputError, match="must be finite, got 4 that are not"):
        _one(worth=np.full((1, 2, 2), np.nan), rules=TeamRules(largest=1))
