"""The rooms of meetings, patrols and panels: whose rows they show, what they refuse, what they hand over."""

import io
import zipfile

import pytest
from sqlalchemy import select, update

from service.reading.tasking_records import read_decisions, read_delivered
from service.store import audit
from service.store.tables import ACCOUNTS, AUDIT, DEBRIEFS, DECISIONS, PETITIONS, PRIORITIES, RUNS
from tests.service.web.test_doors import FORMS, PATHS

OF_A_ROW = [path for path in PATHS if path.startswith(("/meetings/", "/patrols/", "/panel/", "/tasking/"))]


def form_of(path, **change):
    return FORMS.get(path, {}) | change


def send(enter, role, path, **change):
    browser, token = enter(role)
    form = form_of(path, **change) | {"form_token": token}
    return browser.post(PATHS.get(path, path), data=form)


def role_of(path):
    return {"patrols": "patrol", "panel": "panel"}.get(path.split("/")[1], "tasking")


def kept(store):
    tables = (AUDIT, DEBRIEFS, DECISIONS, PETITIONS, PRIORITIES)
    with store.reading() as reading:
        return [reading.execute(select(table)).all() for table in tables]


@pytest.mark.parametrize("path", OF_A_ROW)
def test_another_forces_row_is_not_there(path, enter, store):
    with store.writing() as writing:
        writing.execute(update(ACCOUNTS).values(force="other-force"))
    before = kept(store)
    browser, token = enter(role_of(path))
    if path in FORMS or path.endswith(("/chair", "/close", "/meeting", "/take-back")):
        answer = browser.post(PATHS[path], data=form_of(path) | {"form_token": token})
    else:
        answer = browser.get(PATHS[path])
    assert answer.status_code == 404
    assert "There is no such" in answer.json()["error"]
    assert kept(store) == before


def test_who_decides_second_is_answered_409_and_what_they_typed_is_shown(enter, store):
    path = "/meetings/{meeting}/decisions/{hotspot}"
    assert send(enter, "tasking", path).status_code == 303
    hostile = "<script>alert(1)</script>"
    second = send(enter, "tasking", path, decision="decline", reason=hostile)
    assert second.status_code == 409
    assert "has decided on this hot spot since you opened it: accept" in second.text
    assert hostile not in second.text
    assert "&lt;script&gt;" in second.text
    assert send(enter, "tasking", path, decision="decline", reason=hostile, saw="1").status_code == 303
    with store.reading() as reading:
        assert list(reading.execute(select(DECISIONS.c.version).order_by(DECISIONS.c.id)).scalars()) == [1, 2]


@pytest.mark.parametrize(
    ("path", "change", "told"),
    [
        ("/meetings/{meeting}/decisions/{hotspot}", {"decision": "amend"}, "must say why"),
        ("/meetings/{meeting}/petitions/{petition}", {"answer": " \x00 "}, "what the meeting answers"),
        ("/patrols/{run}/{number}/debrief", {"done-2": ""}, "Say of stop 2 whether"),
        ("/patrols/{run}/{number}/debrief", {"minutes-2": "ten"}, "Minutes at stop 2 must be a number"),
        ("/patrols/{run}/{number}/debrief", {"seen-2": "called away"}, "one of the answers for stop 2"),
        ("/patrols/{run}/{number}/debrief", {"day": "2024-07-02"}, "must be today"),
        ("/panel/priorities", {"weight": "much"}, "must be a number"),
        ("/panel/petitions", {"signatures": "2.5"}, "whole number"),
        ("/panel/petitions", {"signatures": "inf"}, "whole number"),
    ],
)
def test_a_form_that_breaks_a_rule_changes_nothing_and_says_why(path, change, told, enter, store):
    before = kept(store)
    answer = send(enter, role_of(path), path, **change)
    assert answer.status_code == 400
    assert told in answer.text
    assert kept(store)[1:] == before[1:]


def test_a_run_that_was_withdrawn_is_shown_to_nobody_and_its_late_debriefs_are_kept(enter, store):
    with store.writing() as writing:
        writing.execute(update(RUNS).where(RUNS.c.id == 1).values(state="withdrawn"))
    for role, page, words in (
        ("tasking", "/tasking", "No run has been published yet"),
        ("patrol", "/patrols", "No patrol is planned"),
        ("patrol", "/patrols/delivery", "No run with patrols has been published"),
        ("panel", "/panel", "the wards are not known"),
    ):
        browser, _ = enter(role)
        assert words in browser.get(page).text
    browser, _ = enter("tasking")
    assert browser.get("/tasking/decisions.csv").status_code == 404
    assert send(enter, "patrol", "/patrols/{run}/{number}/debrief").status_code == 303


def test_what_is_handed_over_is_read_by_the_next_run_and_told_to_the_audit(enter, store, tmp_path):
    send(enter, "tasking", "/meetings/{meeting}/decisions/{hotspot}", owner="=Insp. North")
    for _ in range(2):
        send(enter, "patrol", "/patrols/{run}/{number}/debrief")
    browser, _ = enter("analyst")
    for name, read, rows in (("decisions", read_decisions, 1), ("delivered", read_delivered, 3)):
        answer = browser.get(f"/tasking/{name}.csv")
        assert answer.headers["content-disposition"] == f'attachment; filename="{name}.csv"'
        (tmp_path / f"{name}.csv").write_bytes(answer.content)
        found = read(tmp_path / f"{name}.csv")
        assert (len(found.table), len(found.rejects)) == (rows, 0)
    assert b",'=Insp. North," in browser.get("/tasking/decisions.csv").content
    word = browser.get("/meetings/1/minutes.docx").content
    assert "Insp. North" in zipfile.ZipFile(io.BytesIO(word)).read("word/document.xml").decode()
    with store.reading() as reading:
        told = list(reading.execute(select(AUDIT.c.act, AUDIT.c.subject).order_by(AUDIT.c.number)))
        assert audit.verify(reading).broken is None
    assert ("disclosure", "decisions of sample-force") in told
    assert ("disclosure", "minutes of meeting 1 of sample-force") in told


def test_a_patrol_reads_what_a_closed_meeting_said_of_its_stops(enter):
    why = "Road works: go to the school gate instead"
    send(enter, "tasking", "/meetings/{meeting}/decisions/{hotspot}", decision="amend", reason=why)
    browser, _ = enter("patrol")
    assert why not in browser.get("/patrols/1/1").text  # it may still change its mind
    send(enter, "tasking", "/meetings/{meeting}/close")
    page = browser.get("/patrols/1/1").text
    assert why in page
    assert "The meeting amended this" in page
    assert "no names, no descriptions" in page


def test_the_map_of_a_patrol_is_a_page_of_nobody_and_the_worker_is_for_the_whole_site(enter, client):
    browser, _ = enter("patrol")
    assert browser.get("/patrols/1/1/map").headers["content-security-policy"].startswith("sandbox allow-scripts")
    assert browser.get("/patrols/1/9").status_code == 404
    worker = client().get("/patrols/worker.js")
    assert worker.headers["service-worker-allowed"] == "/"
    assert worker.headers["content-type"].startswith("text/javascript")
    assert "worker-src 'self'" in browser.get("/patrols").headers["content-security-policy"]
