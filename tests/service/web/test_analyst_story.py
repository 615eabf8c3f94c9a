"""An analyst's month in a real browser, with real workers: files, an extract, a run, publishing."""

import os
import signal
import tomllib
import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from service.demo import made_up_request
from service.jobs import queue
from service.jobs.local import LocalWorkers
from service.store import audit, open_store
from service.store.segments import read_kept
from service.store.tables import AUDIT, JOBS, RUNS
from service.web import Settings, create_app
from service.web.accounts import Account, create_account
from service.web.sessions import begin_session
from service.web.visit import COOKIE
from tests.barriers import barriers
from tests.service.web.conftest import PASSWORD, watched
from tests.service.web.test_pages import answering

pytestmark = pytest.mark.browser
FORCE = "made-up"
SHOTS = os.environ.get("BEATPLAN_SHOTS")
LONG_MS = 240_000  # a run, on a machine that does something else too


@pytest.fixture(scope="module")
def town(tmp_path_factory):
    """The files of a very small force with one patrol; two rows of its extract are no crimes."""
    made = made_up_request(tmp_path_factory.mktemp("town"), seed=5, wards=4, incidents=1200)
    base = tomllib.loads(made.profile.read_text(encoding="utf-8"))["bases"][0]["name"]
    with made.profile.open("a", encoding="utf-8") as file:
        file.write(
            f'[posts]\ncsos = 2\n[[units]]\nbase = "{base}"\nshift = "day"\nrole = "constable"\n'
            "[patrol]\nvariants = 0\nrounds = 1\ncsos_moved = 0\n"
        )
    crimes = Path(made.crimes[0])
    columns = crimes.read_text().splitlines()[0].split(",")
    held = {"incident": "x1", "offence": "Burglary", "from": "not a date", "easting": "560000", "northing": "520000"}
    lost = held | {"incident": "x2", "from": "2024-12-30 10:00", "to": "2024-12-30 10:00", "easting": ""}
    with crimes.open("a", encoding="utf-8") as file:
        for row in (held, lost):
            file.write(",".join(row.get(name, "") for name in columns) + "\n")
    return made


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    folder = tmp_path_factory.mktemp("service")
    store = open_store(f"sqlite:///{folder / 'store.db'}")
    for role in ("analyst", "tasking", "planner"):
        create_account(store, f"the-{role}", role=role, force=FORCE, password=PASSWORD, actor="system")
    workers = LocalWorkers(store, 2)
    workers.start()
    with answering(create_app(Settings(), store)) as (address, _):
        yield store, address, workers
    workers.stop()
    store.close()


@pytest.fixture
def come(browser, served):
    """A browser of a role, signed in; it asks nobody else and complains of nothing."""
    store, address, _ = served
    opened, asked, told = [], [], []

    def came(role):
        session = begin_session(store, Account(f"the-{role}", role, FORCE))
        context = browser.new_context(
            viewport={"width": 1366, "height": 900}, base_url=address, reduced_motion="reduce"
        )
        where = {"url": address.replace("http:", "https:"), "secure": True}
        context.add_cookies([{"name": COOKIE, "value": session.token, **where}])
        opened.append(context)
        return watched(context, asked, told, patience=30_000)

    yield came
    for context in opened:
        context.close()
    assert [url for url in asked if not url.startswith((address, "data:", "blob:"))] == []
    assert [text for text in told if "status of 4" not in text] == []


def looked_at(page, name):
    """Check that everybody can use the page, and keep a picture of it where one is asked for."""
    assert barriers(page) == [], name
    if SHOTS:
        frame = page.locator("iframe")
        if frame.count():  # what stands in it is painted only where it is in view
            frame.scroll_into_view_if_needed()
        page.screenshot(path=f"{SHOTS}/{name}.png", full_page=not frame.count())


def give(page, what, path):
    page.goto("/files")
    page.get_by_label("What it is").select_option(what)
    page.get_by_label("File").set_input_files(path)
    page.get_by_role("button", name="Give the file").click()


def plan_what_if(store, page):
    """A planner asks for more CSOs and a closed base, and lays the two side by side."""
    page.goto("/scenarios")
    looked_at(page, "scenarios-form")
    page.get_by_label("Name of the scenario").fill("Four more CSOs")
    page.get_by_label("CSOs", exact=True).first.fill("+4")
    page.get_by_label("Ward", exact=True).first.select_option(index=1)
    page.get_by_label("What it counts").first.fill("1.5")
    page.get_by_role("button", name="Plan it").click()
    page.wait_for_url("**/jobs/*")
    first = page.url
    page.goto("/scenarios")
    page.get_by_label("Name of the scenario").fill("base")
    page.get_by_role("button", name="Plan it").click()
    expect(page.locator(".govuk-error-summary")).to_contain_text('none of them "base"')
    page.get_by_label("Name of the scenario").fill("Fairly shared")
    page.get_by_label("What counts").select_option("fair")
    page.get_by_role("button", name="Plan it").click()
    page.get_by_role("button", name="Cancel").click()
    page.goto(first)
    page.wait_for_url("**/scenarios/*", timeout=LONG_MS)
    page.goto("/scenarios")
    for box in page.get_by_role("checkbox").filter(has_not=page.locator("[name=close]")).all()[:2]:
        box.check()
    page.get_by_role("button", name="Compare those chosen").click()
    page.wait_for_url("**/scenarios/*", timeout=LONG_MS)
    expect(page.locator("thead").first).to_contain_text("Four more CSOs")
    expect(page.locator("thead").first).to_contain_text("Fairly shared")
    expect(page.frame_locator("iframe").locator("body")).to_contain_text("Four more CSOs")
    looked_at(page, "scenarios-side-by-side")


def test_an_analyst_makes_this_months_pack(come, served, town, tmp_path):
    store, _, _ = served
    page = come("analyst")

    page.goto("/runs")
    expect(page.locator("main")).to_contain_text("A run needs crimes")
    bad = tmp_path / "profile.toml"
    bad.write_text("[patrol]\nvisit_minuts = 15\n", encoding="utf-8")
    give(page, "Force profile", bad)
    expect(page.locator("main")).to_contain_text(
        "visit_minuts` is not a setting (did you mean `visit_minutes`?)", timeout=60_000
    )
    looked_at(page, "file-refused")
    give(page, "Force profile", town.profile)
    page.wait_for_url("**/files")
    give(page, "Wards, beats or neighbourhoods", bad)
    expect(page.locator("[data-refused]")).to_contain_text("must be called something that ends in")
    give(page, "Wards, beats or neighbourhoods", town.areas)
    page.wait_for_url("**/files")
    expect(page.locator("tbody tr")).to_have_count(2)
    looked_at(page, "files")

    packed = tmp_path / "extract.zip"
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(town.crimes[0], "../../crimes.csv")
    page.goto("/imports")
    page.get_by_label("Files").set_input_files(packed)
    page.get_by_role("button", name="Send").click()
    page.wait_for_url("**/extracts/*", timeout=60_000)
    summary = page.locator(".govuk-summary-list__value").all_inner_texts()
    assert summary[:2] == ["1,202", "1,200"]
    assert summary[2].startswith("2 (")
    with page.expect_download() as download:
        page.get_by_role("link", name="each with its file").click()
    assert Path(download.value.path()).read_text().splitlines()[0] == "file,line,reason"
    assert read_kept(store, FORCE).empty
    looked_at(page, "extract")
    page.get_by_role("button", name="Confirm and import").click()
    page.wait_for_url("**/imports")
    assert len(read_kept(store, FORCE)) == 1200
    assert not list((store.folder / "uploads").iterdir())
    looked_at(page, "imported")

    page.goto("/runs")
    for product in ("Tasking report", "Workbook of every table, and the rows refused", "One map a patrol"):
        page.get_by_label(product).uncheck()
    looked_at(page, "runs-ask")
    page.get_by_role("button", name="Ask for the run").click()
    page.wait_for_url("**/jobs/*")
    expect(page.locator("[data-stage]")).to_have_text("Hot spots", timeout=LONG_MS)
    looked_at(page, "progress")
    with store.reading() as reading:
        worker = reading.execute(select(JOBS.c.worker).where(JOBS.c.state == "running")).scalar_one()
    os.kill(int(worker.rpartition(":")[2]), signal.SIGKILL)
    page.wait_for_url("**/runs/*", timeout=LONG_MS)
    with store.reading() as reading:
        assert len(reading.execute(select(RUNS)).all()) == 1
        last = queue.newest(store, FORCE, kind="run")[0]
    assert (last.state, last.attempts) == ("done", 2)
    assert not list(store.workshop.iterdir())
    looked_at(page, "run")

    tasking = come("tasking")
    tasking.goto("/runs")
    expect(tasking.locator("main")).to_contain_text("No run has been published yet")
    assert tasking.goto("/runs/1/pages/map.html").status == 404
    page.get_by_role("button", name="Publish").click()
    expect(page.locator(".govuk-tag")).to_have_text("published")
    tasking.goto("/runs/1")
    expect(tasking.get_by_role("button", name="Withdraw")).to_have_count(0)
    tasking.get_by_role("link", name="Tasking map").click()
    frame = tasking.frame_locator("iframe")
    expect(frame.locator("body")).to_contain_text("Made-up force")
    frame.locator("canvas, svg").first.wait_for()
    looked_at(tasking, "map-in-a-frame")
    assert tasking.frames[1].evaluate("self.origin") == "null"
    plan_what_if(store, come("planner"))
    page.get_by_role("button", name="Withdraw").click()
    expect(page.locator(".govuk-tag")).to_have_text("withdrawn")
    assert tasking.goto("/runs/1").status == 404

    with store.reading() as reading:
        assert audit.verify(reading).broken is None
        acts = [(row.actor, row.act) for row in reading.execute(select(AUDIT).order_by(AUDIT.c.number))]
    for entry in (
        ("the-analyst", "collection"), ("the-analyst", "disclosure"), ("the-analyst", "combination"),
        ("the-analyst", "alteration"), ("the-tasking", "consultation"),
    ):  # fmt: skip
        assert entry in acts


def test_work_is_cancelled_and_a_page_without_script_goes_on_by_itself(browser, come, served):
    store, address, _ = served
    queue.ask(store, FORCE, "run", {"files": {}}, actor="the-analyst")  # of no kind that a worker could end well
    page = come("analyst")
    page.goto("/jobs")
    page.locator("tbody a").first.click()
    expect(page.locator("main")).to_contain_text("The program failed at this", timeout=60_000)
    looked_at(page, "failed")
    number = queue.ask(store, FORCE, "nobody-does-this", {}, actor="the-analyst")
    page.goto(f"/jobs/{number}")
    page.get_by_role("button", name="Cancel").click()
    expect(page.locator("main")).to_contain_text("It was cancelled, and nothing of it was kept.")
    looked_at(page, "cancelled")
    plain = queue.ask(store, FORCE, "nobody-does-this", {}, actor="the-analyst")
    bare = browser.new_context(java_script_enabled=False, storage_state=page.context.storage_state(), base_url=address)
    still = bare.new_page()
    still.goto(f"/jobs/{plain}")
    assert still.locator("noscript meta, head meta[http-equiv=refresh]").count() == 1
    queue.cancel(store, FORCE, plain, actor="the-analyst")
    expect(still.locator("main")).to_contain_text("It was cancelled", timeout=30_000)
    bare.close()
