from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from allocation.demand import ward_demand
from allocation.fairness import fairness_by_area
from allocation.feedback import DETECTIONS, VICTIMS
from allocation.robust import EXPECTED
from allocation.teams import plan_teams
from geodata.tables import AREAS, check
from maps.report.missing import DEPRIVATION, FEEDBACK
from service.analysis.fairness import FIFTHS, how_fair
from service.analysis.scene import by_ward
from service.deployment.past import past_of
from service.deployment.robust import how_sure, offered
from service.deployment.staffing import team_problem
from service.profile.force import Profile
from tests.service import small_scene as small

PROFILE = Profile.model_validate({"posts": {"constables": 12, "csos": 8}})


def text(value: str) -> pd.Series:
    return pd.Series([value] * 2, dtype="string")


def whole_wards(deciles=(1.0, 7.0)):
    areas = small.wards().assign(deprivation_decile=deciles, kind=text("ward"), edition=pd.array([2024] * 2, "Int64"))
    return check(areas[list(AREAS.columns)], AREAS)


def fair(rates, *, excluded: int = 40, deciles=(1.0, 7.0), people=None):
    scene = small.scene(small.crimes(rates))
    scene = SimpleNamespace(**{**vars(scene), "excluded": excluded})
    wards = whole_wards(deciles)
    given = small.given(profile=PROFILE, wards=wards, people=people)
    sums = by_ward(scene, wards["code"])
    demand = ward_demand(wards, crimes=sums["expected_crimes"], harm=sums["expected_harm"], priorities={})
    staffing = plan_teams(team_problem(PROFILE, demand))
    past = past_of(scene, wards["code"])
    sure = how_sure(past, staffing, most=0.005, seed=0)
    teams = SimpleNamespace(demand=demand, staffing=staffing, past=past, sure=sure)
    return how_fair(given, scene, teams), scene


def test_harm_and_hours_are_those_of_the_wards() -> None:
    found, scene = fair(np.array([[30] * 12, [10] * 12]))
    assert found.harm.sum() == pytest.approx(scene.harm.sum())
    assert found.harm.sum(axis=0).tolist() == [3600.0, 1200.0]
    assert found.wards["group"].tolist() == [FIFTHS[0], FIFTHS[3]]
    assert found.wards["km2"].tolist() == [1.0, 1.0]
    table = fairness_by_area(found.wards, found.harm)
    assert table.loc[FIFTHS[0], "harm_share"] == 0.75
    assert table["hours_share"].sum() == pytest.approx(1.0)
    assert found.notes == ()


def test_what_better_proportion_costs_rises_as_it_gets_better() -> None:
    front = fair(np.array([[30] * 12, [5] * 12]))[0].front
    assert (front["value"].diff().dropna() >= -1e-9 * front["value"].max()).all()
    assert front["disproportion"].is_monotonic_increasing


def test_the_loop_starts_from_what_was_reported_and_what_patrols_made() -> None:
    found = fair(np.array([[30] * 12, [10] * 12]), excluded=400)[0].feedback
    assert not found.runs_away(VICTIMS)
    assert found.runs_away(DETECTIONS)


def test_the_plan_is_held_against_demand_that_the_same_past_could_have_given() -> None:
    found = fair(np.random.default_rng(0).poisson([[30] * 12, [10] * 12]))[0].robust
    assert (found.replicates, found.asked) == (10, 10)
    assert found.wards["officers"].sum() == 20
    assert found.plans["regret"].between(-1e-9, 0.2).all()
    assert fair(np.array([[30] * 4, [10] * 4]))[0].robust is None


def test_people_stand_by_kind_of_group() -> None:
    people = pd.DataFrame({"age: under 25": [3, 1], "age: older": [7, 9], "sex: female": [5, 6]}, index=["W1", "W2"])
    found = fair(np.array([[30] * 12, [10] * 12]), people=people)[0].people
    assert {kind: list(table) for kind, table in found.items()} == {"age": ["under 25", "older"], "sex": ["female"]}
    assert found["age"]["under 25"].tolist() == [3, 1]


def test_what_is_not_known_is_said() -> None:
    found = fair(np.array([[30] * 12, [10] * 12]), excluded=0, deciles=(np.nan, np.nan))[0]
    assert (found.front, found.feedback) == (None, None)
    assert found.notes == (DEPRIVATION, FEEDBACK)


@pytest.mark.parametrize("most", [0.5, -1.0])
def test_the_robust_teams_are_offered_for_a_small_price_and_it_is_told(most: float) -> None:
    scene = small.scene(small.crimes(np.random.default_rng(3).poisson([[30] * 12, [26] * 12])))
    harm = by_ward(scene, ["W1", "W2"])["expected_harm"] * [1.5, 0.5]
    demand = ward_demand(whole_wards(), crimes=harm / 10, harm=harm, priorities={})
    staffing = plan_teams(team_problem(PROFILE, demand))
    sure = how_sure(past_of(scene, demand["ward"]), staffing, most=most, seed=0)
    found = offered(staffing, sure)
    assert sure.plans["moved"].iloc[-1] > 0
    assert sure.offered == (most > 0)
    assert ("The teams offered are the robust ones" in sure.sentence) == sure.offered
    assert (EXPECTED in set(found.alternatives["plan"])) == sure.offered
    assert found.table["constables"].sum() == staffing.table["constables"].sum()
    assert found.table["reason"].str.contains("On other demand it would have as many officers").all()
