"""A whole story of the service: no secret and no row of data in a log, an error, a job or the audit."""

import io
import json
import logging
import secrets

import pytest
import structlog
from fastapi.testclient import TestClient
from sqlalchemy import insert, select
from sqlalchemy.exc import SQLAlchemyError

from geodata import crimes as crimes_module
from geodata.errors import InputError
from service.reading.inputs import KEY_VARIABLE
from service.store import open_store
from service.store.files import keep_bytes, record_file
from service.store.tables import ACCOUNTS, AUDIT, JOBS, METADATA
from service.web import Settings, create_app
from service.web.visit import COOKIE
from tests.service.web.conftest import PASSWORD, form_token
from tests.service.web.provider import SECRET
from tests.service.web.test_sign_on import browser, gone_and_back, provider, whole_provider
from tests.service.web.work_made import work_off

__all__ = ["browser", "provider", "whole_provider"]
FORCE = "sample-force"
WRONG, NEW = "a wrong one, typed twice", "another one, long enough"
KEY = "the force's own key for victims"
PROFILE = b'[crimes.extract]\nx = "x"\ny = "y"\noccurred_from = "when"\noffence = "offence"\nvictim_id = "victim"\n'
ROWS = (
    "x,y,when,offence,victim\n424001,564001,01/06/2024,Burglary,Josephine Ashworth\n"
    "1,9,someday 32nd,Robbery,Peter Quill\n"
)
OF_ROWS = ("Josephine", "Ashworth", "Peter Quill", "424001", "32nd")


@pytest.fixture
def written(capfd, caplog):
    """Everything that has been written by now, the log of libraries too, but for what the test's own browser writes."""
    caplog.set_level(logging.INFO)
    lines = io.StringIO()
    log = structlog.wrap_logger(
        structlog.PrintLogger(lines), processors=[structlog.processors.JSONRenderer()],
        wrapper_class=structlog.BoundLogger,
    )  # fmt: skip

    def all_of_it():
        printed = capfd.readouterr()
        others = [record.getMessage() for record in caplog.records if "//testserver" not in record.getMessage()]
        return lines.getvalue() + printed.out + printed.err + "\n".join(others)

    return log, all_of_it


def kept(store):
    """What the store tells of what was done: the jobs and the audit, word by word."""
    with store.reading() as reading:
        rows = [dict(row) for table in (JOBS, AUDIT) for row in reading.execute(select(table)).mappings()]
    return json.dumps(rows)


def test_no_secret_and_no_row_is_written_down(store, written, monkeypatch):
    log, all_of_it = written
    monkeypatch.setenv(KEY_VARIABLE, KEY)
    with store.writing() as writing:
        profile = {"kind": "profile", "name": "p.toml", "sha256": keep_bytes(store, io.BytesIO(PROFILE))}
        record_file(store, writing, profile, force=FORCE, actor="the-analyst")
    person = TestClient(create_app(Settings(), store, log=log), base_url="https://testserver", follow_redirects=False)
    tokens = []

    def token(path):
        tokens.append(form_token(person.get(path).text))
        return tokens[-1]

    person.post("/log-in", data={"name": "the-analyst", "password": WRONG, "form_token": token("/log-in")})
    person.post("/log-in", data={"name": "the-analyst", "password": PASSWORD, "form_token": token("/log-in")})
    cookie = person.cookies[COOKIE]
    change = {"old": PASSWORD, "new": NEW, "form_token": token("/my-account")}
    assert person.post("/my-account/password", data=change).status_code == 303
    sent = {"files": ("june.csv", ROWS.encode(), "text/csv")}
    assert person.post("/imports", files=sent, data={"form_token": token("/imports")}).status_code == 303
    work_off(store)
    monkeypatch.setattr(crimes_module, "_judge", fails_on_a_row)
    assert person.post("/imports", files=sent, data={"form_token": token("/imports")}).status_code == 303
    work_off(store)
    person.get("/imports?victim=Josephine")
    person.get("/no/such/Josephine", headers={"cookie": f"{COOKIE}=Ashworth"})
    said = all_of_it() + kept(store)
    assert "POST /log-in" in said
    assert '"state": "done"' in said
    assert "KeyError" in said
    found = [each for each in (PASSWORD, WRONG, NEW, KEY, cookie, *tokens, *OF_ROWS) if each in said]
    assert found == []


def fails_on_a_row(*_given):
    raise KeyError(ROWS)


def test_who_signs_on_elsewhere_leaves_no_secret(browser, provider, store, written):
    log, all_of_it = written
    seen = TestClient(create_app(browser.app.state.settings, store, log=log), base_url="https://testserver",
                      follow_redirects=False)  # fmt: skip
    back = gone_and_back(seen)
    assert seen.get(back).status_code == 303
    assert seen.get(back).status_code == 403
    code = back.split("code=")[1].split("&")[0]
    said = all_of_it() + kept(store)
    assert "GET /sign-on/back" in said
    assert [each for each in (SECRET, code, seen.cookies[COOKIE]) if each in said] == []
    assert SECRET not in repr(browser.app.state.settings)


@pytest.mark.parametrize("place", ["127.0.0.1:1", "127.0.0.1:1/x?sslmode=nonsense", "[::1"])
def test_the_databases_password_is_in_no_message(place, beatplan, caplog, tmp_path):
    password = secrets.token_hex(8)
    ran = beatplan("serve", "--store", f"postgresql://user:{password}@{place}/b", "--folder", tmp_path)
    assert (ran.code, ran.err.count("\n")) == (2, 1)
    assert password not in ran.out + ran.err + caplog.text
    with pytest.raises(InputError) as refused:
        open_store(f"postgresql://user:{password}@{place}/b", tmp_path)
    assert password not in str(refused.value)


def test_what_the_database_says_of_a_fault_holds_no_row(store):
    row = {"name": "the-analyst", "role": "analyst", "force": FORCE, "password": "Josephine", "state": "open"}
    with pytest.raises(SQLAlchemyError) as twice, store.writing() as writing:
        writing.execute(insert(ACCOUNTS).values(**row))
    assert "Josephine" not in str(twice.value)
    assert "Josephine" not in repr(store)


def test_a_secret_is_looked_for_in_every_table_that_tells_of_what_was_done():
    told = {table.name for table in METADATA.sorted_tables if {"details", "outcome", "request"} & set(table.c.keys())}
    assert told == {"jobs", "audit"}
