"""What somebody may try who means harm: each is refused with a sentence, and nothing has changed."""

import http.client
import io
import re
import zipfile
from urllib.parse import urlsplit

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from service.jobs import extracts, queue
from service.store.tables import FILES, IMPORTS, METADATA, SEGMENTS
from service.web import Settings, create_app
from service.web.accounts import Account, arrive
from service.web.doors import DOORS
from service.web.roles import PUBLIC, ROLES, may
from service.web.sessions import begin_session
from service.web.visit import COOKIE
from tests.service.web.test_doors import CHANGING, FORMS, PATHS, knock, name_of
from tests.service.web.test_pages import PAGES, answering
from tests.service.web.work_made import work_off

FORCE = "sample-force"
PASSING = ("sessions", "failures", "sign_ons")  # what any knock may touch
SCRIPT = "<script>alert(1)</script>${alert(1)}\"'><img src=x onerror=alert(1)>"
# An administrator looks after every force's accounts.
OWN = [door for door in DOORS if "{" in door.path and door.permission not in (PUBLIC, "administer")]
CLOSED = [door for door in DOORS if door.permission != PUBLIC]


def everything(store):
    tables = [table for table in METADATA.sorted_tables if table.name not in PASSING]
    with store.reading() as reading:
        return {table.name: reading.execute(select(table).order_by(*table.c)).all() for table in tables}


def role_for(door):
    return next(role for role in ROLES if may(role, door.permission))


@pytest.mark.parametrize("door", OWN, ids=name_of)
def test_another_forces_rows_are_not_there(door, client, store):
    role = role_for(door)
    stranger = Account("elsewhere", role, "other-force")
    arrive(store, stranger)
    before, session, browser = everything(store), begin_session(store, stranger), client()
    browser.cookies.set(COOKIE, session.token)
    answer = knock(browser, door, session.form_token)
    assert answer.status_code in (400, 404), door
    assert "error" in answer.json() or "govuk-error-summary" in answer.text
    assert everything(store) == before


def test_a_session_that_is_over_opens_no_door(client, clock, store):
    keys = {role: begin_session(store, Account(f"the-{role}", role, FORCE)) for role in ROLES}
    clock.pass_minutes(31)
    before = everything(store)
    for door in CLOSED:
        browser, session = client(), keys[role_for(door)]
        browser.cookies.set(COOKIE, session.token)
        answer = knock(browser, door, session.form_token)
        assert (answer.status_code, answer.json()) == (401, {"error": "Sign in first."}), door
    assert everything(store) == before


def test_a_script_in_any_field_is_shown_and_never_run(enter, store):
    for door in CHANGING:
        fields = [name for name, value in FORMS.get(door.path, {}).items() if isinstance(value, str)]
        for field in fields:
            browser, token = enter(role_for(door))
            form = FORMS[door.path] | {field: SCRIPT}
            answer = browser.post(PATHS.get(door.path, door.path), data=form | {"form_token": token})
            assert "<script>alert" not in answer.text, (door.path, field)
    for role in ROLES:
        browser, _ = enter(role)
        for door in PAGES:
            if may(role, door.permission):
                assert "<script>alert" not in browser.get(PATHS.get(door.path, door.path)).text, door.path


@pytest.mark.parametrize("words", ["=1+1", "+cmd|' /C calc'!A0", "@SUM(1)", "-2+3"])
def test_no_cell_that_is_handed_over_is_a_formula(words, enter):
    browser, token = enter("tasking")
    form = {"decision": "decline", "reason": words, "owner": words, "form_token": token}
    assert browser.post("/meetings/1/decisions/H01", data=form).status_code == 303
    written = browser.get("/tasking/decisions.csv").text
    assert f"'{words}" in written
    assert not re.search(rf'(^|,)"?{re.escape(words)}', written)


def given(enter, kind, name, content):
    """Give a file, have it checked, and return what the job came to."""
    browser, token = enter("analyst")
    sent = {"file": (name, content)}
    answer = browser.post("/files", data={"kind": kind, "form_token": token}, files=sent)
    return browser, answer


VRT = '<OGRVRTDataSource><OGRVRTLayer name="x"><SrcDataSource>{where}</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>'
WIDE = ",".join(f"c{number}" for number in range(10_000)) + "\n" + ",".join(["1"] * 10_000) + "\n"


@pytest.mark.parametrize(
    ("kind", "name", "content"),
    [
        ("areas", "wards.geojson", VRT.format(where="/etc/passwd").encode()),
        ("areas", "wards.gpkg", VRT.format(where="/vsicurl/http://127.0.0.1:9/x.csv").encode()),
        ("areas", "../../../tmp/wards.geojson", b'{"type": "FeatureCollection", "features": []}'),
        ("areas", "wards.geojson", b"[" * 100_000),
        ("areas", "wards.zip", b"PK\x03\x04 and no more"),
        ("population", "population.csv", WIDE.encode()),
        ("population", "population.xlsx", b"PK\x03\x04 and no more"),
        ("profile", "profile.toml", b"[force]\nname = '''" + b"x" * 200_000 + b"'''"),
        ("streets", "streets.osm", b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><osm>&b;</osm>'),
        ("harm", "harm.csv", b"\x00" * 1000),
    ],
)
def test_a_file_that_is_not_what_it_says_is_refused_and_not_kept(kind, name, content, enter, store):
    before = everything(store)
    browser, answer = given(enter, kind, name, content)
    assert answer.status_code == 303
    work_off(store)
    job = browser.get(answer.headers["location"], headers={"accept": "application/json"}).json()["job"]
    assert job["state"] == "failed"
    said = queue.find(store, FORCE, job["id"]).outcome["error"]
    assert said.endswith(".")
    assert not any(secret in said for secret in ("root:", "Traceback", str(store.folder), "<OGR"))
    after = everything(store)
    assert {name for name in after if after[name] != before[name]} == {"jobs"}


def bomb():
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("../../2024-06-street.csv", b"0" * 20_000_000)
    return held.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("crimes.zip", bomb(), "may hold at most"),
        ("../../crimes.csv", WIDE.encode(), "."),
        ("crimes.csv", b'"' + b"x," * 2_000_000, "."),
        ("crimes.csv", b"\x00\xff" * 50_000, "."),
        ("crimes.csv", b"", "."),
    ],
)
def test_an_extract_that_is_a_bomb_or_none_is_refused_and_nothing_imported(
    name, content, told, enter, store, monkeypatch
):
    monkeypatch.setattr(extracts, "_LEAST_UNPACKED", 10_000_000)
    before = everything(store)
    browser, token = enter("analyst")
    answer = browser.post("/imports", data={"form_token": token}, files={"files": (name, content)})
    if answer.status_code == 303:
        work_off(store)
        number = int(answer.headers["location"].rsplit("/", 1)[1])
        job = queue.find(store, FORCE, number)
        assert job.state == "failed"
        assert told in job.outcome["error"]
        assert str(store.folder) not in job.outcome["error"]
    else:
        assert answer.status_code == 400
    after = everything(store)
    assert all(after[table.name] == before[table.name] for table in (IMPORTS, SEGMENTS, FILES))
    assert not list(store.folder.parent.glob("*street.csv"))


def test_a_body_of_a_gigabyte_is_refused_before_it_is_sent(store):
    with answering(create_app(Settings(), store)) as (address, _):
        session = begin_session(store, Account("the-analyst", "analyst", FORCE))
        for path, length in ("/imports", 1_000_000_000), ("/accounts", 1_000_000_000), ("/log-in", 2_000_000):
            asked = http.client.HTTPConnection(urlsplit(address).netloc, timeout=20)
            asked.putrequest("POST", path)
            for name, value in (
                ("content-length", length), ("content-type", "multipart/form-data; boundary=x"),
                ("cookie", f"{COOKIE}={session.token}"), ("x-form-token", session.form_token),
            ):  # fmt: skip
                asked.putheader(name, str(value))
            asked.endheaders()
            answer = asked.getresponse()  # of the body not a byte has been sent
            expected = 403 if path == "/accounts" else 413
            assert answer.status == expected, path
            asked.close()


def test_a_form_of_too_many_fields_or_no_form_at_all_is_refused(enter, store):
    browser, token = enter("panel")
    before = everything(store)
    many = {f"field{number}": "x" for number in range(2_000)}
    assert browser.post("/panel/petitions", data=many | {"form_token": token}).status_code == 400
    kind = {"content-type": "multipart/form-data; boundary=x"}
    assert browser.post("/panel/petitions", content=b"--y\r\n\r\n", headers=kind).status_code in (400, 403)
    assert everything(store) == before


def test_a_browser_that_lies_about_its_host_is_answered_like_any_other(store):
    browser = TestClient(create_app(Settings(), store), base_url="https://evil.example", follow_redirects=False)
    answer = browser.get("/", headers={"accept": "text/html", "x-forwarded-host": "evil.example"})
    assert answer.headers["location"] == "/log-in"
