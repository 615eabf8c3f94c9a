"""Teams by ward: proven against exhaustive search and a greedy oracle, explained, refused in sentences."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from allocation.check import check_staffing
from allocation.problem import Posts
from allocation.rules import TeamRules
from allocation.teams import Staffing, staff_teams
from geodata.errors import InputError
from geodata.tables import WARD_DEMAND, empty
from tests.allocation import naive, small

AWKWARD = TeamRules(constable_hours=12.37, cso_hours=20.71)  # no two teams have the same hours
PLANS = ["this plan", "equal split", "proportional to crime", "proportional to harm with a floor", "greedy"]
harms = st.lists(st.floats(0.0, 100.0), min_size=1, max_size=4)


def drawn(seed: int, count: int, *, spread: float = 1.0) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    return small.wards(rng.lognormal(3, spread, count), crimes=rng.lognormal(2, spread, count))


def objective(staffing: Staffing, plan: str) -> float:
    return float(staffing.alternatives.set_index("plan").loc[plan, "objective"])


@settings(max_examples=40, deadline=None, derandomize=True)
@given(harms, st.integers(0, 5), st.integers(0, 5), st.integers(0, 3), st.booleans())
def test_no_staffing_is_worth_more_than_the_one_proven(harm, constables, csos, floor, awkward) -> None:
    posts, table = Posts(constables, csos + (constables + csos == 0)), small.wards(harm)
    rules = TeamRules(floor=floor, constable_hours=12.37 if awkward else 12.0)
    best, found = naive.best_teams(table, posts, rules), staff_teams(table, posts, rules=rules)
    assert found.objective == pytest.approx(best, rel=1e-9, abs=1e-12)
    assert found.bound >= best * (1 - 1e-9)
    assert found.gap <= 1e-6
    assert check_staffing(table, posts, found.table, rules=rules) == ()


@pytest.mark.parametrize("seed", range(4))
def test_one_role_agrees_with_greedy(seed) -> None:
    table = drawn(seed, 200, spread=1.5)
    found = staff_teams(table, Posts(0, 450), rules=AWKWARD)
    assert found.objective == pytest.approx(naive.greedy_csos(table, 450, AWKWARD), rel=1e-9)
    assert found.gap <= 1e-9


@pytest.mark.parametrize(("wards", "constables", "csos"), [(1, 40, 30), (177, 200, 150), (650, 900, 700)])
def test_a_force_of_any_size_is_proven(wards, constables, csos) -> None:
    table, posts = drawn(wards, wards), Posts(constables, csos)
    found = staff_teams(table, posts, rules=AWKWARD)
    assert found.gap <= 1e-6
    assert (found.table["constables"].sum(), found.table["csos"].sum()) == (constables, csos)
    assert check_staffing(table, posts, found.table, rules=AWKWARD) == ()
    assert found.alternatives["share_of_best"].max() == 1.0


def test_one_ward_of_far_more_harm_than_the_rest_gets_what_it_is_worth() -> None:
    table, posts = small.wards([100_000.0] + [1.0] * 30), Posts(90, 90)
    found = staff_teams(table, posts)
    assert found.gap <= 1e-6
    assert found.table["csos"].iloc[0] + found.table["constables"].iloc[0] > 100


def test_more_posts_than_could_ever_be_needed_are_still_placed() -> None:
    table, posts = small.wards([5.0, 3.0, 1.0]), Posts(150, 100)
    found = staff_teams(table, posts)
    assert found.objective == pytest.approx(9.0)
    assert check_staffing(table, posts, found.table) == ()


def test_more_officers_never_hurt() -> None:
    table = drawn(5, 60)
    worth = [staff_teams(table, Posts(40, csos)).objective for csos in range(60, 80, 4)]
    assert worth == sorted(worth)
    assert (staff_teams(table, Posts(40, 60)).plus_one["gain"] > 0).all()


def test_one_more_post_is_worth_what_solving_anew_says() -> None:
    table = drawn(6, 40)
    now, gains = staff_teams(table, Posts(30, 40)), None
    gains = now.plus_one.set_index("role")["gain"]
    assert staff_teams(table, Posts(31, 40)).objective - now.objective == pytest.approx(gains["constable"])
    assert staff_teams(table, Posts(30, 41)).objective - now.objective == pytest.approx(gains["CSO"])


def test_order_of_wards_is_immaterial() -> None:
    table = drawn(7, 50)
    shuffled = table.sample(frac=1, random_state=3)
    pd.testing.assert_frame_equal(
        staff_teams(table, Posts(40, 60)).table, staff_teams(shuffled, Posts(40, 60)).table, check_exact=True
    )


def test_doubling_the_demand_doubles_the_value_and_moves_nobody() -> None:
    table, posts = drawn(8, 50), Posts(40, 60)
    once, twice = staff_teams(table, posts), staff_teams(table.assign(harm=2 * table["harm"]), posts)
    assert twice.objective == pytest.approx(2 * once.objective)
    assert twice.table["csos"].tolist() == once.table["csos"].tolist()


def test_the_same_input_has_the_same_output() -> None:
    one, other = (staff_teams(drawn(9, 80), Posts(70, 90)) for _ in range(2))
    pd.testing.assert_frame_equal(one.table, other.table, check_exact=True)
    pd.testing.assert_frame_equal(one.alternatives, other.alternatives, check_exact=True)


def test_a_community_priority_draws_officers() -> None:
    plain, posts = small.wards([10.0] * 20), Posts(0, 40)
    raised = staff_teams(small.wards([10.0] * 20, priority=[4.0] + [1.0] * 19), posts).table
    assert raised["csos"].iloc[0] > staff_teams(plain, posts).table["csos"].iloc[0]


def test_no_simple_rule_beats_the_plan_under_the_same_floor() -> None:
    found = staff_teams(drawn(10, 100), Posts(80, 120), rules=TeamRules(floor=0))
    assert found.alternatives["plan"].tolist() == PLANS
    assert (found.alternatives["objective"] <= found.objective * (1 + 1e-9)).all()


def test_the_status_quo_is_valued_beside_the_plan() -> None:
    table = small.wards([8.0, 2.0])
    current = pd.DataFrame({"ward": ["W01", "W00"], "constables": [2, 0], "csos": [0, 1]})
    found = staff_teams(table, Posts(2, 1), current=current)
    mean, rules = 5.0, TeamRules()
    worth = naive.team_value(8.0, mean, 0, 1, rules) + naive.team_value(2.0, mean, 2, 0, rules)
    assert objective(found, "status quo") == pytest.approx(worth)
    rows = found.by_plan[found.by_plan["plan"] == "status quo"]
    assert rows[["ward", "constables", "csos"]].to_numpy().tolist() == [["W00", 0, 1], ["W01", 2, 0]]


def test_floors_that_the_posts_cannot_pay_for_are_explained_and_kept_where_demand_is_most() -> None:
    found = staff_teams(small.wards([1.0, 9.0, 5.0, 7.0]), Posts(1, 4), rules=TeamRules(floor=2))
    assert found.unmet == (
        "Rules T2 and T3 clash: a floor of 2 in 4 wards needs 8 posts and there are 5. The least that would help: "
        "have 3 posts more; or lower the floor to 1; or drop the floor in all but the 2 wards of most demand. The plan "
        "is made with: drop the floor in all but the 2 wards of most demand.",
    )
    assert found.clashes[0].rules == ("T2", "T3")
    officers = (found.table["constables"] + found.table["csos"]).tolist()
    assert officers[1] >= 2
    assert officers[3] >= 2


def test_too_few_sergeants_are_explained() -> None:
    found = staff_teams(small.wards([5.0] * 4), Posts(10, 10, 1))
    assert found.unmet == (
        "Rules T2 and T4 clash: All posts are placed: 10 constables and 10 CSOs. No sergeant leads more than 8 "
        "constables and CSOs; a sergeant may be shared between the wards of a neighbourhood; there are 1. The least "
        "that would help: have 2 sergeants more; or let a sergeant lead 20. The plan is made with: "
        "let a sergeant lead 20.",
    )
    assert found.table["sergeants"].sum() == pytest.approx(1)


def test_sergeants_are_whole_in_each_neighbourhood() -> None:
    table = drawn(11, 12)
    homes = {ward: "north" if number < 5 else "south" for number, ward in enumerate(table["ward"])}
    found = staff_teams(table, Posts(20, 20, 9), neighbourhoods=homes)
    by_home = found.table.groupby(found.table["ward"].map(homes))[["sergeants", "constables", "csos"]].sum()
    assert by_home["sergeants"].round(9).tolist() == by_home["sergeants"].round().tolist()
    assert by_home["sergeants"].sum() == pytest.approx(9)
    assert (8 * by_home["sergeants"] >= by_home["constables"] + by_home["csos"] - 1e-9).all()


def test_where_nothing_is_expected_posts_are_shared_evenly() -> None:
    found = staff_teams(small.wards([0.0] * 4), Posts(4, 4))
    assert (found.objective, found.bound, found.gap) == (0.0, 0.0, 0.0)
    assert (found.table["constables"] + found.table["csos"]).tolist() == [2, 2, 2, 2]
    assert found.alternatives["share_of_best"].tolist() == [1.0] * 5


def test_each_ward_has_its_reason() -> None:
    found = staff_teams(small.wards([100.0, 1.0]), Posts(0, 4))
    assert found.table["csos"].tolist() == [3, 1]
    assert found.table["reason"].tolist() == [
        "Above the floor: the next CSO here is worth 10.2 a week, the cut-off was 14.8.",
        "Held at the floor of 1: the next CSO here is worth 0.0234 a week, the cut-off was 14.8.",
    ]


def test_what_the_next_post_is_worth_is_nowhere_above_the_cut_off() -> None:
    found = staff_teams(drawn(12, 60), Posts(50, 70), rules=AWKWARD)
    words = found.table["reason"].str.extract(r"worth ([\d.,]+) a week, the cut-off was ([\d.,]+)\.").astype(float)
    assert (words[0] <= words[1]).all()


@pytest.mark.parametrize(
    ("current", "sentence"),
    [
        (pd.DataFrame({"ward": ["W00"], "csos": [1]}), "must have the columns ward, constables and csos"),
        (pd.DataFrame({"ward": ["W00"], "constables": [1], "csos": [1]}), "one row for each ward of the demand"),
        (
            pd.DataFrame({"ward": ["W00", "W01"], "constables": [1.5, 0], "csos": [1, 1]}),
            "must be whole numbers of at least 0",
        ),
    ],
)
def test_a_status_quo_that_does_not_fit_is_refused(current, sentence) -> None:
    with pytest.raises(InputError, match=sentence):
        staff_teams(small.wards([1.0, 2.0]), Posts(1, 1), current=current)


def test_no_ward_and_a_ward_without_neighbourhood_are_refused() -> None:
    with pytest.raises(InputError, match="At least one ward is needed to place teams, got none"):
        staff_teams(empty(WARD_DEMAND), Posts(1, 1))
    with pytest.raises(InputError, match="must belong to a neighbourhood, got 1 that do not"):
        staff_teams(small.wards([1.0, 2.0]), Posts(1, 1), neighbourhoods={"W00": "north"})
    with pytest.raises(InputError, match="The demand of a ward must be finite, got 1 where it is not"):
        staff_teams(small.wards([1.0, np.inf]), Posts(1, 1))
    with pytest.raises(InputError, match="`priority` breaks"):
        staff_teams(small.wards([1.0], priority=[0.0]), Posts(1, 1))
