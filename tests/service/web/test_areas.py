"""Accounts held to areas of their force: what they see, enter and change is theirs, and nothing else is there."""

import pytest

from service.tasking import community
from service.tasking.community import Petition, Priority
from service.tasking.published import newest
from service.web.accounts import Account, arrive, create_account, find_account, hold
from tests.service.tasking.made_run import FORCE
from tests.service.web.test_doors import FORMS, told_of

MINE, OTHERS = "E05000001", "E05000002"
FACTS = {"accept": "application/json"}


@pytest.fixture
def held(enter, store):
    """A browser of a role that is held to areas, and its form token."""

    def entered(role, *areas):
        hold(store, f"the-{role}", areas, actor="the-admin")
        return enter(role)

    return entered


def test_a_panel_sees_and_enters_what_its_own_wards_ask_for(held, store):
    wards = newest(store, FORCE).wards
    theirs = Priority(OTHERS, 2.0, "Something of another ward", "2024-06-01")
    number = community.prioritise(store, FORCE, theirs, wards=wards, actor="somebody")
    community.petition(store, FORCE, Petition(MINE, "Mend the lamps", 30, "2024-06-20"), wards=wards, actor="somebody")
    browser, token = held("panel", MINE)
    told = browser.get("/panel", headers=FACTS).json()
    assert {row["ward"] for row in told["priorities"] + told["petitions"] + told["today_holds"]} == {MINE}
    assert "Something of another ward" not in browser.get("/panel").text
    for door in ("/panel/priorities", "/panel/petitions"):
        sent = FORMS[door] | {"form_token": token}
        assert browser.post(door, data=sent | {"ward": MINE}).status_code == 303
        assert browser.post(door, data=sent | {"ward": OTHERS}).status_code == 404
    assert browser.post(f"/panel/priorities/{number}/take-back", data={"form_token": token}).status_code == 404
    assert browser.post("/panel/priorities/1/take-back", data={"form_token": token}).status_code == 303


def test_a_patrol_sees_the_sheets_of_its_own_base_and_debriefs_no_other(held, store):
    walks = newest(store, FORCE).walks
    browser, token = held("patrol", "Canal")
    told = browser.get("/patrols", headers=FACTS).json()
    assert {walk["base"] for shift in told["shifts"] for walk in shift["walks"]} == {"Canal"}
    for walk in walks:
        form = {"key": f"0123456789abcdef{walk.number}", "day": "2024-07-01", "form_token": token}
        form |= {name: value for stop in walk.stops for name, value in told_of(stop.number).items()}
        asked = (
            browser.get(f"/patrols/1/{walk.number}"),
            browser.get(f"/patrols/1/{walk.number}/map"),
            browser.post(f"/patrols/1/{walk.number}/debrief", data=form),
        )
        expected = (200, 200, 303) if walk.base == "Canal" else (404, 404, 404)
        assert tuple(answer.status_code for answer in asked) == expected
    own = {stop.hotspot for walk in walks if walk.base == "Canal" for stop in walk.stops}
    assert {row["hotspot"] for row in browser.get("/patrols/delivery", headers=FACTS).json()["rows"]} <= own


def test_a_patrol_of_a_ward_sees_every_sheet_that_stops_there(held, store):
    tasked = newest(store, FORCE)
    ward = next(spot["ward"] for spot in tasked.spots if spot["hotspot_id"] == "H04")
    browser, _ = held("patrol", ward)
    there = {
        walk["unit"] for shift in browser.get("/patrols", headers=FACTS).json()["shifts"] for walk in shift["walks"]
    }
    near = {spot["hotspot_id"] for spot in tasked.spots if spot["ward"] == ward}
    assert there == {walk.unit for walk in tasked.walks if near & {stop.hotspot for stop in walk.stops}}


def test_a_patrol_of_an_area_without_patrols_sees_none(held):
    browser, _ = held("patrol", "Nowhere")
    assert browser.get("/patrols", headers=FACTS).json()["shifts"] == []


def test_an_administrator_holds_an_account_to_areas_and_lets_it_go(enter, store):
    browser, token = enter("admin")
    door = "/accounts/the-panel/areas"
    assert browser.post(door, data={"areas": f" {MINE} ;;{OTHERS}; {MINE}", "form_token": token}).status_code == 303
    assert find_account(store, "the-panel").areas == (MINE, OTHERS)
    assert f"{MINE}; {OTHERS}" in browser.get("/accounts").text
    assert browser.post(door, data={"areas": "", "form_token": token}).status_code == 303
    assert find_account(store, "the-panel").areas == ()


@pytest.mark.parametrize(
    ("name", "areas", "said"),
    [
        ("the-analyst", MINE, "Only the roles panel and patrol"),
        ("the-panel", "; ".join(map(str, range(51))), "at most 50"),
        ("the-panel", "w" * 101, "1 to 100 characters"),
    ],
)
def test_areas_that_would_not_be_kept_to_are_refused(enter, store, name, areas, said):
    browser, token = enter("admin")
    answer = browser.post(f"/accounts/{name}/areas", data={"areas": areas, "form_token": token})
    assert answer.status_code == 400
    assert said in answer.text
    assert find_account(store, name).areas == ()


def test_a_sign_on_leaves_the_areas_that_an_administrator_gave(store):
    arrive(store, Account("pcso.north", "patrol", FORCE))
    hold(store, "pcso.north", ("North",), actor="the-admin")
    assert arrive(store, Account("pcso.north", "patrol", FORCE)).areas == ("North",)
    assert arrive(store, Account("pcso.north", "analyst", FORCE)).areas == ()


def test_an_account_is_opened_held(store):
    create_account(
        store, "new-panel", role="panel", force=FORCE, password="a long enough password", actor="the-admin",  # noqa: S106 - of a test
        areas=(MINE,),
    )  # fmt: skip
    assert find_account(store, "new-panel").areas == (MINE,)
