"""A national run in the browser: begun over what the store holds of two tiny forces, looked at and taken away."""

import io
import json
import shutil
import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import expect

from geodata.crimes import read_crimes
from service.jobs import queue
from service.jobs.nation import NATION, SHARES, ask_held, ask_nation
from service.jobs.worker import do
from service.national.nation import run_nation
from service.national.nation_request import NationRequest
from service.store import open_store
from service.store.files import keep_bytes, record_file
from service.store.importing import import_crimes
from service.web import Settings, create_app
from service.web.accounts import Account, arrive
from service.web.sessions import begin_session
from service.web.visit import COOKIE
from tests.barriers import barriers
from tests.service.national.nation import write_areas, write_crimes, write_people
from tests.service.web.conftest import watched
from tests.service.web.test_pages import answering
from tests.service.web.work_made import work_off

NAMES = ("Ayshire", "Beeshire")
MONTHS = [f"2024-{month:02d}" for month in range(1, 4)]
NEXT_LOOK_MS = 1000  # a page that tells of a job looks again after so long
ANALYST = Account("the-nations-analyst", "analyst", NATION)


@pytest.fixture(scope="module")
def given(tmp_path_factory):
    """The crimes, areas and people of two forces, and a store that holds the crimes."""
    folder = tmp_path_factory.mktemp("given")
    write_areas(folder / "areas.geojson", NAMES)
    write_people(folder / "people.csv", NAMES)
    store = open_store(f"sqlite:///{folder}/kept/store.db")
    for at, name in enumerate(NAMES):
        write_crimes(folder / name, name, at, MONTHS, rows=60)
        import_crimes(store, name.lower(), read_crimes([folder / name]), actor=f"{name}'s analyst")
    arrive(store, ANALYST)
    store.close()
    return folder


@pytest.fixture
def kept(given, tmp_path):
    """A store of its own for each test, with the two forces' crimes."""
    shutil.copytree(given / "kept", tmp_path / "kept")
    store = open_store(f"sqlite:///{tmp_path / 'kept' / 'store.db'}")
    yield store
    store.close()


def give(store, kind, path):
    found = {"kind": kind, "name": path.name, "sha256": keep_bytes(store, io.BytesIO(path.read_bytes()))}
    with store.writing() as writing:
        record_file(store, writing, found, force=NATION, actor=ANALYST.name)


def come(browser, store, address, asked, told):
    session = begin_session(store, ANALYST)
    context = browser.new_context(viewport={"width": 1366, "height": 900}, base_url=address)
    where = {"url": address.replace("http:", "https:"), "secure": True}
    context.add_cookies([{"name": COOKIE, "value": session.token, **where}])
    return watched(context, asked, told, patience=60_000)


@pytest.mark.browser
def test_the_nations_analyst_compares_two_forces(browser, kept, given):
    asked, told = [], []
    with answering(create_app(Settings(), kept)) as (address, _):
        page = come(browser, kept, address, asked, told)
        page.clock.install()
        page.goto("/")
        assert page.locator("nav a").all_inner_texts() == ["Files", "National", "Work"]
        page.get_by_role("link", name="National", exact=True).first.click()
        expect(page.locator("main")).to_contain_text("needs the areas of the forces")
        for what, path in (("forces", given / "areas.geojson"), ("people", given / "people.csv")):
            page.goto("/files")
            page.get_by_label("What it is").select_option(what)
            page.get_by_label("File").set_input_files(path)
            page.get_by_role("button", name="Give the file").click()
            page.wait_for_url("**/jobs/*")
            work_off(kept)
            page.clock.fast_forward(NEXT_LOOK_MS)
            page.wait_for_url("**/files")
        page.goto("/national")
        expect(page.locator("main")).to_contain_text("360 crimes are kept of 2 forces")
        for _ in range(2):  # a second one while the first waits
            page.goto("/national")
            page.get_by_label("First month").select_option("2024-02")
            page.get_by_label("Side of a cell").fill("500")
            page.get_by_label("Types of crime tested").fill("Burglary; Robbery")
            page.get_by_role("button", name="Ask for the national run").click()
            page.wait_for_url("**/jobs/*")
        page.goto("/national")
        expect(page.locator(".govuk-inset-text")).to_contain_text("is being made")
        page.get_by_role("link", name="see how far it is").click()
        expect(page.locator("[data-stage]")).to_have_text("It waits for its turn")
        work_off(kept)
        page.clock.fast_forward(NEXT_LOOK_MS)
        page.wait_for_url("**/national/*")
        expect(page.locator("main")).to_contain_text("1 February 2024 to 31 March 2024")
        frame = page.frame_locator("iframe")
        expect(frame.locator("body")).to_contain_text("Beeshire")
        assert page.frames[1].evaluate("self.origin") == "null"
        for width in (1366, 390):
            page.set_viewport_size({"width": width, "height": 844})
            assert barriers(page) == []
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        with page.expect_download() as download:
            page.get_by_role("link", name="league.csv").click()
        assert Path(download.value.path()).read_text().startswith("force,offence")
        with page.expect_download() as download:
            page.get_by_role("link", name="manifest.json").click()
        settings = json.loads(Path(download.value.path()).read_text())["settings"]
        assert (settings["cell"], settings["near_repeat"]) == (500, ["Burglary", "Robbery"])
        page.goto("/national")
        expect(page.locator("main .govuk-tag")).to_have_text(["done", "done"])
        page.context.close()
    runs = [job.outcome["run"] for job in queue.newest(kept, NATION, kind="national")]
    assert len(runs) == 2
    assert len(set(runs)) == 1  # of the same crimes and settings
    assert [url for url in asked if not url.startswith((address, "data:", "blob:"))] == []
    assert told == []


def knocking(client_of, store):
    """A program of the nation's analyst, and what it sends."""
    session = begin_session(store, ANALYST)
    client_of.cookies.set(COOKIE, session.token)
    keys = {"accept": "application/json", "x-form-token": session.form_token}

    def ask(**form):
        return client_of.post("/national", data={"first": MONTHS[0], "final": MONTHS[-1]} | form, headers=keys)

    return client_of, keys, ask


@pytest.fixture
def program(kept):
    from fastapi.testclient import TestClient

    app = create_app(Settings(), kept)
    return knocking(TestClient(app, base_url="https://testserver", follow_redirects=False), kept)


def test_what_cannot_be_begun_is_a_sentence_and_no_job(program, kept, given, tmp_path):
    client, keys, ask = program
    assert "give them under Files first" in ask().json()["error"]
    give(kept, "forces", given / "areas.geojson")
    for form, sentence in (
        ({"first": "2023-01", "final": "2023-02"}, "of no force are any kept of the months 2023-01 to 2023-02"),
        ({"first": "2024-03", "final": "2024-02"}, "The first month must not be after the last month"),
        ({"first": "2024-13"}, "must be a month"),
        ({"near_repeat": "Robbery;Robbery"}, "at most 20 types of crime, each once"),
        ({"cell": "0"}, "The side of a cell must be above 0 metres"),
        ({"cell": "wide"}, "The side of a cell must be a number"),
        ({"share": "101"}, "at most 100 %, got 101."),
        ({"share": "nan"}, "at most 100 %, got nan."),
    ):
        answer = ask(**form)
        assert (answer.status_code, sentence in answer.json()["error"]) == (400, True), answer.text
    sent = client.post("/imports", files={"files": ("x.csv", b"x")}, headers=keys)
    assert "an analyst of the force sends them" in sent.json()["error"]
    empty = open_store(f"sqlite:///{tmp_path / 'empty' / 'store.db'}")
    give(empty, "forces", given / "areas.geojson")
    assert queue.newest(kept, NATION) == []
    with pytest.raises(ValueError, match="needs crimes"):
        ask_held(empty, actor="x", first=MONTHS[0], last=MONTHS[0], settings={})
    empty.close()


def test_one_force_of_one_month_is_a_result_and_areas_of_others_a_sentence(program, kept, given, tmp_path):
    client, keys, ask = program
    give(kept, "forces", write_areas(tmp_path / "elsewhere.geojson", ("Seashire",)))
    ask()
    work_off(kept)
    failed = client.get("/jobs/1", headers=keys).json()["job"]
    assert (failed["state"], failed["again"]) == ("failed", "/national")
    assert failed["said"].startswith("Crimes of at least one force that has an area")
    give(kept, "forces", write_areas(tmp_path / "one.geojson", NAMES[:1]))
    ask(first=MONTHS[2])
    work_off(kept)
    assert client.get("/jobs/2", headers=keys).json()["job"]["to"] == "/national/2"
    told = client.get("/national/2", headers=keys).json()
    assert (told["forces"], told["period"]) == (1, "1 March 2024 to 31 March 2024")
    assert any("Of beeshire there is no area" in note for note in told["notes"])
    assert "no figures" in client.get("/national/2/files/league.csv", headers=keys).text
    assert client.get("/national/1", headers=keys).headers["location"] == "/jobs/1"
    assert client.get("/national/2/files/..%2f..%2fstore.db", headers=keys).status_code == 404
    shutil.rmtree(kept.folder / "runs")
    gone = client.get("/national/2", headers=keys)
    assert (gone.status_code, "its files were taken away" in gone.json()["error"]) == (404, True)


def test_a_killed_run_goes_on_where_it_was_and_tells_how_far_it_is(kept, given):
    areas, stages = given / "areas.geojson", []
    number = ask_nation(kept, {"forces": areas, "last": MONTHS[0]}, actor="x")
    left = NationRequest(out=kept.workshop / f"job-{number}" / "out", forces=areas, last=MONTHS[0])
    run_nation(left, store=kept)  # as a try that was killed at the very end has left it
    job = queue.claim(kept, "w", ["national"])

    class Heard:
        def stage(self, name, share):
            stages.append((name, share(name, 0.0)))
            return _nothing()

    do(kept, job, "w", pulse=Heard())
    assert queue.find(kept, NATION, number).state == "done"
    assert not any("jobs" in name for name, _ in stages)
    shares = [share for _, share in stages]
    assert shares == sorted(shares)
    assert {"each force: 100 % done", "league, page and tables"} <= {name for name, _ in stages} <= set(SHARES)
    assert list(kept.workshop.iterdir()) == []


def _nothing():
    from contextlib import nullcontext

    return nullcontext()


def test_published_tables_come_in_an_archive_and_others_are_refused(kept, given, tmp_path):
    give(kept, "forces", given / "areas.geojson")
    said = []
    for name, content in (("none.zip", b"not an archive"), ("people.zip", None), ("people.csv", b"force\n")):
        path = tmp_path / name
        if content is None:
            with zipfile.ZipFile(path, "w") as archive:
                archive.writestr("tables/people.csv", "LSOA21CD,population\nE01000001,1500\n")
        else:
            path.write_bytes(content)
        file = {"kind": "people", "name": name, "sha256": keep_bytes(kept, io.BytesIO(path.read_bytes()))}
        number = queue.ask(kept, NATION, "file", file, actor="x")
        work_off(kept)
        said.append(queue.find(kept, NATION, number).outcome.get("error", ""))
    assert "must hold residents by LSOA" in said[1]
    assert all(said)
