"""A meeting, a patrol whose signal is lost, and a panel, in a real browser."""

import os
import re
import shutil
from pathlib import Path

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from service.store import audit, open_store
from service.store.tables import DEBRIEF_STOPS, DEBRIEFS
from service.tasking import meetings
from service.tasking.published import newest
from service.web import Settings, create_app
from service.web.accounts import Account
from service.web.sessions import begin_session, end_session
from service.web.visit import COOKIE
from tests.barriers import barriers
from tests.service.tasking.made_run import FORCE
from tests.service.web.conftest import Clock, watched, with_run
from tests.service.web.test_pages import answering

pytestmark = pytest.mark.browser
PHONE, DESK = {"width": 390, "height": 844}, {"width": 1440, "height": 900}
# As if each debrief had reached the service, and the signal been lost before the answer came.
FORGET_THE_ANSWERS = """() => new Promise((done) => {
  indexedDB.open("beatplan", 1).onsuccess = ({ target: { result } }) => {
    const change = result.transaction("debriefs", "readwrite");
    const store = change.objectStore("debriefs");
    store.getAll().onsuccess = (read) => read.target.result.forEach((entry) => store.put({ ...entry, sent: "" }));
    change.oncomplete = done;
  };
})"""
SHOTS = os.environ.get("BEATPLAN_SHOTS")


@pytest.fixture
def served(accounts_made, tmp_path):
    shutil.copyfile(accounts_made, tmp_path / "store.db")
    store = open_store(f"sqlite:///{tmp_path / 'store.db'}", with_run(accounts_made, tmp_path / "files"), clock=Clock())
    with answering(create_app(Settings(), store)) as (address, _):
        yield store, address
    store.close()


@pytest.fixture
def come(browser, served):
    """A browser of a role, signed in; what it asks of others and complains of is looked at in the end."""
    store, address = served
    opened, asked, told = [], [], []

    def came(role, size=DESK):
        context = browser.new_context(viewport=size, reduced_motion="reduce")
        opened.append(context)
        sign_in(context, store, address, role)
        return watched(context, asked, told)

    yield came
    for context in opened:
        context.close()
    assert [url for url in asked if not url.startswith((address, "data:", "blob:"))] == []
    refused = ("ERR_INTERNET_DISCONNECTED", "status of 409", "status of 401", "status of 403")
    assert [text for text in told if not any(words in text for words in refused)] == []


def sign_in(context, store, address, role):
    session = begin_session(store, Account(f"the-{role}", role, FORCE))
    where = {"url": address.replace("http:", "https:"), "secure": True}
    context.add_cookies([{"name": COOKIE, "value": session.token, **where}])
    return session


def looked_at(page, name):
    """No barrier, nothing wider than the screen; and a picture, where somebody wants to look."""
    assert barriers(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    if SHOTS:
        page.screenshot(path=Path(SHOTS) / f"{name}.png", full_page=True)


def decide(page, spot, answer, *, owner="", why=""):
    item = page.locator(f"#{spot}")
    if item.locator("details").get_attribute("open") is None:
        item.locator("summary").click()
    item.get_by_label(answer).check()
    item.get_by_label("Owner").fill(owner)
    item.get_by_label("Why").fill(why)
    item.get_by_role("button", name="Record").click()


def test_a_meeting_decides_beside_the_map_and_who_is_second_is_told(come, served):
    store, address = served
    one, other = come("tasking"), come("tasking")
    session = sign_in(one.context, store, address, "tasking")
    for page in (one, other):
        page.goto(f"{address}/tasking")
    expect(one.frame_locator("iframe").get_by_role("heading", level=1)).to_be_visible()
    expect(one.locator("main")).to_contain_text("Market: 250 signatures")
    decide(one, "H01", "Accept", owner="Insp. North")
    expect(one.locator("#H01 .beatplan-state")).to_have_text("Accepted")
    expect(one.locator("#progress")).to_have_text("1 of 5 decided.")
    other.locator("#H01 summary").click()
    decide(other, "H01", "Decline", why="Road works <b>until</b> autumn")
    expect(other.locator("#H01 [role=alert]")).to_contain_text(
        "has decided on this hot spot since you opened it: accept"
    )
    expect(other.locator("#H01").get_by_label("Why")).to_have_value("Road works <b>until</b> autumn")
    looked_at(other, "meeting-conflict")
    other.locator("#H01").get_by_role("button", name="Record").click()
    expect(other.locator("#H01 .beatplan-state")).to_have_text("Declined")
    expect(other.locator("#H01 .beatplan-before")).to_contain_text("Insp. North")
    end_session(store, session)
    decide(one, "H02", "Accept", owner="Sgt. South")
    expect(one.locator("#H02 .govuk-error-message")).to_contain_text("sign in again in another tab")
    sign_in(one.context, store, address, "tasking")
    one.locator("#H02").get_by_role("button", name="Record").click()
    expect(one.locator("#progress")).to_have_text("2 of 5 decided.")
    other.reload()
    other.get_by_label("What the meeting answers").fill("The council is asked for lights.")
    other.get_by_role("button", name="Record the answer").click()
    expect(other.locator(".beatplan-flag")).to_have_count(0)
    looked_at(other, "meeting")
    other.get_by_role("button", name="Close the meeting").click()
    expect(other.locator("main")).to_contain_text("its decisions are fixed")
    looked_at(other, "meeting-closed")
    other.get_by_role("link", name="Minutes", exact=True).click()
    expect(other.locator("main")).to_contain_text("Road works <b>until</b> autumn")
    looked_at(other, "minutes")
    other.goto(f"{address}/tasking/last")
    expect(other.locator("tbody tr")).to_have_count(2)
    looked_at(other, "last-meeting")
    with store.reading() as reading:
        assert [row["decision"] for row in meetings.history(reading, 1)] == ["accept", "decline", "accept"]
        assert audit.verify(reading).broken is None


def test_two_debriefs_without_a_signal_are_kept_and_sent_once_each(come, served):
    store, address = served
    page = come("patrol", PHONE)
    page.goto(f"{address}/patrols")
    expect(page.locator("#signal")).to_contain_text("they open without a signal")
    page.wait_for_function("navigator.serviceWorker.controller")
    looked_at(page, "patrols")
    page.context.set_offline(True)
    for unit in ("CSO 1", "CSO 2"):
        page.goto(f"{address}/patrols")
        page.get_by_role("link", name=unit, exact=True).click()
        expect(page.get_by_role("heading", level=1)).to_have_text(unit)
        expect(page.frame_locator("iframe").get_by_role("heading", level=1)).to_contain_text(unit)
        press(page, "All stops made as planned")
        if unit == "CSO 1":
            page.get_by_label("Not made stop 2").press("Space")
            page.get_by_label("Why not at stop 2").select_option("called away")
            page.get_by_label("In a few words (optional) of stop 1").fill("gate left open")
            looked_at(page, "debrief-offline")
        press(page, "Send the debrief")
        expect(page.locator("#kept")).to_contain_text(f"{unit}, 1 July 2024: kept on this phone")
    looked_at(page, "debrief-kept")
    assert debriefs(store) == []
    page.context.set_offline(False)
    expect(page.locator("#kept li", has_text="sent at")).to_have_count(2)
    looked_at(page, "debrief-sent")
    page.goto(f"{address}/patrols")
    expect(page.locator("main")).to_contain_text(re.compile(r"Debriefed at \d\d:\d\d"))
    page.evaluate(FORGET_THE_ANSWERS)
    with page.expect_response(lambda answer: answer.url.endswith("/2/debrief")):
        page.reload()
    expect(page.locator("#kept li", has_text="sent at")).to_have_count(2)
    assert debriefs(store) == ["CSO 1", "CSO 2"]
    with store.reading() as reading:
        stops = reading.execute(select(DEBRIEF_STOPS).order_by(DEBRIEF_STOPS.c.debrief_id, DEBRIEF_STOPS.c.stop)).all()
        assert [(row.done, row.minutes, row.seen) for row in stops[:3]] == [
            (True, 15.0, "nothing"), (False, 0.0, "called away"), (True, 15.0, "nothing"),
        ]  # fmt: skip
    page.goto(f"{address}/patrols/delivery")
    expect(page.locator("main")).to_contain_text("60 minutes delivered of 105 planned")
    looked_at(page, "delivery")


def test_a_debrief_waits_for_its_account_when_the_session_is_over(come, served):
    store, address = served
    page = come("patrol", PHONE)
    page.goto(f"{address}/patrols/1/3")
    press(page, "All stops made as planned")
    store.clock.pass_minutes(60)
    press(page, "Send the debrief")
    expect(page.locator("#kept")).to_contain_text("sign in to send it")
    sign_in(page.context, store, address, "panel")
    assert debriefs(store) == []
    sign_in(page.context, store, address, "patrol")
    page.goto(f"{address}/patrols")
    expect(page.locator("#kept li", has_text="sent at")).to_have_count(1)
    assert debriefs(store) == ["CSO 3"]


def test_who_signs_out_leaves_no_sheet_on_the_phone(come, served):
    _, address = served
    page = come("patrol", PHONE)
    page.goto(f"{address}/patrols")
    expect(page.locator("#signal")).to_contain_text("they open without a signal")
    page.wait_for_function("navigator.serviceWorker.controller")
    page.goto(f"{address}/")
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url(f"{address}/log-in")
    assert page.evaluate("caches.keys()") == []


def test_a_panel_enters_what_its_wards_count_for_and_a_petition_reaches_the_meeting(come, served):
    store, address = served
    page = come("panel", PHONE)
    page.goto(f"{address}/panel")
    page.get_by_label("Ward").first.select_option("Market")
    page.get_by_label("How much it counts").fill("3")
    page.locator("#priority-reason").fill("Theft from market stalls")
    page.get_by_role("button", name="Enter the priority").click()
    expect(page.locator("main")).to_contain_text("Canal Side 2 times, Market 3 times")
    page.locator("#petition-ward").select_option("Weavers' Hill")
    page.get_by_label("What is asked for").fill("A crossing at the school")
    page.get_by_label("Signatures").fill("1200")
    page.get_by_role("button", name="Enter the petition").click()
    expect(page.locator("main")).to_contain_text("Before the meeting")
    looked_at(page, "panel")
    room = come("tasking", PHONE)
    room.goto(f"{address}/tasking")
    expect(room.locator(".beatplan-flag").first).to_contain_text("Weavers' Hill: 1,200 signatures")
    looked_at(room, "meeting-phone")
    assert newest(store, FORCE).profile.panel.petition_signatures == 100


def test_an_analyst_publishes_and_anybody_reads_it(browser, come, served):
    _, address = served
    page = come("analyst")
    page.goto(f"{address}/runs/1")
    page.get_by_role("link", name="See what the public would be told").click()
    expect(page.get_by_role("table", name="What would be printed")).to_contain_text("as it was before")
    page.frame_locator("iframe").get_by_role("heading", name="Find your neighbourhood").wait_for()
    looked_at(page, "release-preview")
    press(page, "Publish to the public")
    expect(page.get_by_role("row", name="2 1 the-analyst")).to_contain_text("published")
    looked_at(page, "releases")
    asked, told = [], []
    stranger = watched(browser.new_context(viewport=PHONE, reduced_motion="reduce"), asked, told)
    stranger.goto(f"{address}/public")
    looked_at(stranger, "public-door-phone")
    stranger.get_by_role("link", name="Sample force").click()
    expect(stranger.get_by_role("heading", level=1)).to_have_text("Crime and policing in your neighbourhood")
    looked_at(stranger, "public-page-phone")
    assert told == []
    assert [url for url in asked if not url.startswith((address, "data:"))] == []
    stranger.context.close()


def press(page, name):
    """By the keyboard: just after a scroll, Chromium may take a click beside a map for one on the map."""
    page.get_by_role("button", name=name).press("Enter")


def debriefs(store):
    with store.reading() as reading:
        return list(reading.execute(select(DEBRIEFS.c.unit).order_by(DEBRIEFS.c.id)).scalars())
