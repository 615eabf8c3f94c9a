"""Teams that a report offers and those of its scenarios: one past, one way of planning, the same posts."""

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

from geodata.errors import InputError
from service.deployment.past import COLUMNS, Past, past_from, past_of
from service.deployment.robust import plan_offered
from service.deployment.scenarios import ScenarioRequest, compare
from service.deployment.staffing import team_problem, weighed_demand
from service.profile.force import Profile
from service.stages import silent
from tests.service import small_scene as small
from tests.service.analysis.test_fairness import whole_wards

CODES = pd.Series(["W1", "W2"], dtype="string")
POSTS = ["constables", "csos"]


def small_past(seed: int = 3) -> Past:
    return past_of(small.scene(small.crimes(np.random.default_rng(seed).poisson([[30] * 12, [26] * 12]))), CODES)


def test_the_past_of_a_run_comes_back_as_it_was_to_the_bit() -> None:
    past = small_past()
    again = past_from(past.table, CODES)
    assert list(past.table) == list(COLUMNS)
    assert again.harm.equals(past.harm)
    assert again.weeks.tolist() == past.weeks.tolist()
    drawn = past.drawn(CODES, seed=1, weights={})
    assert np.array_equal(drawn, again.drawn(CODES, seed=1, weights={}))
    assert np.array_equal(drawn[:, ::-1] * [3.0, 1.0], past.drawn(CODES[::-1], seed=1, weights={"W2": 3.0}))


@pytest.mark.parametrize(
    "spoilt",
    [
        lambda table: table.drop(columns="weeks"),
        lambda table: table.iloc[1:],
        lambda table: table.assign(ward="W1"),
        lambda table: table.assign(harm=-1.0),
        lambda table: table.assign(weeks=0.0),
    ],
)
def test_a_past_that_is_not_whole_is_refused(spoilt) -> None:
    with pytest.raises(InputError, match="must give every ward its harm in each, and do not"):
        past_from(spoilt(small_past().table), CODES)


def test_an_event_counts_in_the_demand_that_is_drawn_again() -> None:
    """Were it left out, the robust teams would be those for a town without the event."""
    harm, robust = pd.Series([100.0, 90.0], index=CODES), []
    for surge in ({}, {"W2": 4.0}):
        asked = {"posts": {"constables": 10, "csos": 0}, "staff": {"price_of_robustness": 1.0, "surge": surge}}
        profile = Profile.model_validate(asked)
        problem = team_problem(profile, weighed_demand(profile, whole_wards(), crimes=harm, harm=harm))
        robust.append(plan_offered(profile, problem, small_past(), seed=0)[1].wards["robust"].tolist())
    assert robust[1][1] > robust[0][1] + 2


def test_the_base_of_a_scenario_is_what_the_report_offers_to_the_post(made_up_pack: Path) -> None:
    found = compare(ScenarioRequest(None, ({"scenario": {"name": "as it is"}},), run=made_up_pack), stage=silent)
    wards = gpd.read_file(made_up_pack / "hotspots.gpkg", layer="wards").set_index("code")
    for name in ("base", "as it is"):
        table = found.comparison.staffings[name].table.set_index("ward").reindex(wards.index)
        assert table[POSTS].to_numpy().tolist() == wards[POSTS].to_numpy().tolist()
        assert table["reason"].tolist() == wards["reason"].tolist()
