"""What a planner types, as lines of the profile."""

import json
from types import SimpleNamespace

import pytest
from pydantic import ValidationError
from sqlalchemy import select

from geodata.errors import InputError
from service.jobs import planning, queue
from service.stages import silent
from service.store.erasure import forget_before
from service.store.segments import current
from service.store.tables import JOBS, RUNS
from service.web.scenario_form import ScenarioForm, lines_of
from tests.service.tasking.made_run import FORCE
from tests.service.web.work_made import RUNNING, SCENARIO

BASE = {"units": [{"base": "Central", "shift": "late", "role": "CSO", "patrols": 1, "officers": 2}]}


def lines(**typed):
    return lines_of(ScenarioForm(run=1, name=" More ", **typed), BASE)


def test_what_is_left_empty_changes_nothing():
    assert lines() == {"scenario": {"name": "More"}}


def test_numbers_are_set_and_changes_are_changes():
    told = lines(constables="24", csos="-4", floor="2", moves="10", loss_cap="0.2", objective="fair", cost_cso="32000")
    assert told["posts"] == {"constables": 24, "csos": "-4", "floor": 2}
    assert told["staff"] == {"moves": 10, "loss_cap": 0.2, "objective": "fair", "costs": {"csos": 32000}}


def test_wards_are_settled_and_weighed_row_by_row():
    told = lines(
        ward=["W1", "W2", ""], ward_csos=["3", "", ""], ward_constables=["", "", ""], ward_weight=["", "1.5", ""]
    )
    assert told["staff"] == {"locks": {"W1": {"csos": 3}}}
    assert told["community_priorities"] == {"W2": 1.5}
    with pytest.raises(InputError, match="one row names none"):
        lines(ward=[""], ward_csos=["3"])


def test_patrols_are_set_where_they_are_known_and_added_where_not():
    told = lines(
        unit_base=["Central", "North", ""], unit_shift=["late", "day", ""], unit_role=["CSO", "constable", "CSO"],
        unit_patrols=["3", "1", ""],
    )  # fmt: skip
    new = {"base": "North", "shift": "day", "role": "constable", "patrols": 1}
    assert told["units"] == [BASE["units"][0] | {"patrols": 3}, new]
    assert BASE["units"][0]["patrols"] == 1
    with pytest.raises(InputError, match="from a base in a shift"):
        lines(unit_base=["Central"], unit_shift=[""], unit_role=["CSO"], unit_patrols=["2"])


def test_a_base_is_closed():
    assert lines(close=["Central"])["scenario"] == {"name": "More", "close_bases": ["Central"]}


@pytest.mark.parametrize(
    "typed", [{"csos": "four"}, {"csos": "+"}, {"floor": "-1"}, {"csos": "99999999"}, {"moves": "1e9"}]
)
def test_what_is_no_number_is_not_taken(typed):
    with pytest.raises(ValidationError):
        lines(**typed)


def test_limits_of_fairness_and_of_cost_are_lines_of_the_profile():
    told = lines(band="0.3", workload="12.5", least_service="0.2", budget="2000000", cost_constable="60000")
    rules = {"band": 0.3, "workload": 12.5, "least_service": 0.2, "budget": 2_000_000}
    assert told["staff"] == rules | {"costs": {"constables": 60_000}}


def test_what_costs_more_than_the_budget_is_refused_with_a_way_to_keep_to_it(enter):
    browser, token = enter("planner")
    form = {"run": "1", "name": "Too dear", "constables": "10", "csos": "20", "form_token": token}
    prices = {"cost_constable": "60000", "cost_cso": "30000"}
    told = browser.post("/scenarios", data=form | prices | {"budget": "1140000"})
    assert told.status_code == 400
    assert "Too dear: The posts must cost at most £1,140,000 a year, and they cost £1,200,000." in told.text
    assert "2 CSOs fewer would keep to it" in told.text
    assert "says nothing" in browser.post("/scenarios", data=form | {"budget": "1140000"}).text
    assert browser.post("/scenarios", data=form | prices | {"budget": "1200000"}).status_code == 303


def test_a_form_that_is_refused_keeps_what_was_typed(enter):
    browser, token = enter("planner")
    typed = {"ward_csos": ["", "2"], "csos": "-400", "band": "0.3"}
    told = browser.post("/scenarios", data={"run": "1", "name": "Far fewer", "form_token": token} | typed).text
    for name, value in (("name", "Far fewer"), ("csos", "-400"), ("band", "0.3"), ("ward-csos-1", "2")):
        assert f'value="{value}"' in told.split(f'id="{name}"')[1].split(">")[0]


def test_crime_types_are_weighed_row_by_row():
    told = lines(offence=["Burglary", "", "Robbery"], offence_weight=["2", "", "0.5"])
    assert told["control_strategy"] == {"Burglary": 2.0, "Robbery": 0.5}
    with pytest.raises(InputError, match="a crime type and its weight"):
        lines(offence=["Burglary"], offence_weight=[""])


def test_a_form_offers_the_crime_types_of_the_runs_hot_spots(enter):
    page = enter("planner")[0].get("/scenarios").text
    offered = page.split('name="offence"')[1].split("</select>")[0]
    assert '<option value="Burglary">' in offered


def test_scenarios_are_planned_with_the_crimes_that_the_run_was_made_from_while_they_are_kept(store, monkeypatch):
    asked = []

    def compare(request, stage):
        asked.append(request)
        request.out.mkdir()
        return SimpleNamespace(figures={"summary": [], "wards": [], "notes": []})

    monkeypatch.setattr("service.deployment.scenarios.compare", compare)
    with store.writing() as writing:
        segments = [vars(each) for each in current(writing, FORCE)]
        run_job = writing.execute(select(RUNS.c.job_id).where(RUNS.c.id == 1)).scalar_one()
        writing.execute(JOBS.update().where(JOBS.c.id == run_job).values(request=json.dumps({"segments": segments})))
    job = queue.find(store, FORCE, SCENARIO)
    planning.plan(store, job, silent)
    assert asked[0].crimes.sources["sha256"].tolist() == [each["sha256"] for each in segments]
    queue.cancel(store, FORCE, RUNNING, actor="the-analyst")
    forget_before(store, FORCE, "2024-06", actor="the-admin")
    with store.writing() as writing:
        writing.execute(RUNS.update().where(RUNS.c.id == 1).values(state="published"))
    planning.plan(store, job, silent)
    assert asked[1].crimes == ()
