"""What everybody is told: each quarter once, whatever the data become, and nothing but what is published."""

import json
import shutil
from dataclasses import replace

import pandas as pd
import pytest
from sqlalchemy import select

from geodata.errors import InputError
from maps.public.releases import read_earlier
from maps.report.public import write_public
from service.jobs import queue
from service.releases import carried_on, list_releases, preview, release, standing, withdraw
from service.store import audit
from service.store.runs import find_run
from service.store.tables import AUDIT
from tests.maps.test_public import public_pack
from tests.service.tasking.made_run import FOLDER, FORCE, tell_of_run

PACK = public_pack()


def another_run(store, name, *, crimes=PACK.public.recorded, earlier=()):
    """A run of the same areas, its page made of `crimes` and carried on from `earlier`; its line in the catalogue."""
    folder = store.folder / "runs" / name
    shutil.copytree(store.folder / FOLDER, folder, ignore=shutil.ignore_patterns("public.*"))
    pack = replace(PACK, public=replace(PACK.public, recorded=crimes, published=earlier))
    write_public(pack, folder)
    number = tell_of_run(store, f"runs/{name}", state="made")
    return find_run(store, FORCE, number, published_only=False)


def printed(path):
    return {each.name: each.by_offence for each in read_earlier(path)}


def carried(store):
    with store.reading() as reading:
        return store.folder / carried_on(reading, FORCE)


@pytest.fixture
def revised():
    return PACK.public.recorded.assign(crimes=lambda held: held["crimes"] + 50)


def test_data_corrected_since_do_not_make_a_second_version_of_a_quarter(store, revised):
    before = printed(carried(store))
    with pytest.raises(InputError, match="January to March 2023 must be printed again to the digit"):
        release(store, another_run(store, "apart", crimes=revised), actor="the-analyst")
    chained = another_run(store, "chained", crimes=revised, earlier=read_earlier(carried(store)))
    assert not any(each.new for each in preview(store, chained))
    release(store, chained, actor="the-analyst")
    after = printed(carried(store))
    assert before.keys() == after.keys()
    assert all(before[name].equals(after[name]) for name in before)
    assert [each.state for each in list_releases(store, FORCE)] == ["published", "superseded"]


def test_a_newer_quarter_is_printed_beside_the_old_ones(store):
    newer = pd.concat([PACK.public.recorded, *(
        PACK.public.recorded.query("month == '2024-03'").assign(month=month) for month in ("2024-05", "2024-06")
    )])  # fmt: skip
    run = another_run(store, "newer", crimes=newer, earlier=read_earlier(carried(store)))
    assert [each.name for each in preview(store, run) if each.new] == ["2024 Q2"]
    release(store, run, actor="the-analyst")
    assert list_releases(store, FORCE)[0].quarters == ("2024 Q2",)


def test_what_was_withdrawn_for_its_figures_is_never_printed_again(store):
    again = release(store, find_run(store, FORCE, 1, published_only=True), actor="the-analyst")
    bad = ["2023 Q1", "2024 Q1"]
    withdraw(store, FORCE, again, "A home could be picked out", never=bad, actor="the-admin")
    assert standing(store) == []
    with pytest.raises(InputError, match="to the digit"):
        release(store, find_run(store, FORCE, 1, published_only=True), actor="the-analyst")
    run = another_run(store, "blank", earlier=read_earlier(carried(store)))
    assert [each.name for each in preview(store, run) if each.printed == 0] == bad
    release(store, run, actor="the-analyst")
    page = (store.folder / standing(store)[0].folder / "public.html").read_text(encoding="utf-8")
    assert "withheld" in page
    assert [name for name, table in printed(carried(store)).items() if table.isna().all(axis=None)] == bad


def test_what_was_withdrawn_for_another_reason_is_printed_again_as_it_was(store):
    before = printed(carried(store))
    withdraw(store, FORCE, 1, "A wrong telephone number", actor="the-admin")
    release(store, find_run(store, FORCE, 1, published_only=True), actor="the-analyst")
    assert all(before[name].equals(table) for name, table in printed(carried(store)).items())


def test_a_run_asked_for_carries_on_from_what_was_published_last(enter, store):
    browser, token = enter("analyst")
    asked = {"first": "2024-05", "final": "2024-05", "products": ["public"], "form_token": token}
    told = browser.post("/runs", data=asked)
    job = browser.get(told.headers["location"], headers={"accept": "application/json"}).json()["job"]
    request = queue.find(store, FORCE, job["id"]).request
    assert store.folder / request["published"] == carried(store)


def test_anybody_is_shown_what_is_published_and_nothing_once_it_is_withdrawn(client, enter, store):
    stranger, (admin, token) = client(), enter("admin")
    assert "/public/sample-force/public.html" in stranger.get("/public").text
    for name, kind in (("html", "text/html"), ("csv", "text/csv"), ("geojson", "application/geo+json")):
        answer = stranger.get(f"/public/sample-force/public.{name}")
        assert answer.headers["content-type"].startswith(kind)
        assert answer.content == (store.folder / FOLDER / f"public.{name}").read_bytes()
    for other in ("manifest.json", "map.html", "carried.csv", "..%2fpublic.csv"):
        assert stranger.get(f"/public/sample-force/{other}").status_code == 404
    assert stranger.get("/public/other-force/public.html").status_code == 404
    form = {"reason": "A wrong telephone number", "form_token": token}
    assert admin.post("/releases/1/withdraw", data=form).status_code == 303
    assert "Nothing is published" in stranger.get("/public").text
    assert stranger.get("/public/sample-force/public.html").status_code == 404


@pytest.mark.parametrize(
    ("change", "said"),
    [({"reason": ""}, "must give its reason"), ({"never": "1999 Q1"}, "one that the release prints")],
)
def test_a_withdrawal_without_its_reason_or_of_another_quarter_changes_nothing(enter, store, change, said):
    admin, token = enter("admin")
    form = {"reason": "Wrong", "form_token": token} | change
    answer = admin.post("/releases/1/withdraw", data=form)
    assert answer.status_code == 400
    assert said in answer.text
    assert [each.state for each in list_releases(store, FORCE)] == ["published"]


def test_another_forces_release_is_not_there(enter, store):
    admin, token = enter("admin")
    run = find_run(store, FORCE, 1, published_only=True)
    number = release(store, replace(run, force="other-force"), actor="somebody")
    form = {"reason": "Wrong", "form_token": token}
    assert admin.post(f"/releases/{number}/withdraw", data=form).status_code == 404


def test_a_release_is_told_to_the_audit_as_a_disclosure_to_the_public(store):
    with store.reading() as reading:
        rows = reading.execute(select(AUDIT).where(AUDIT.c.subject == "release 1 of sample-force")).mappings().all()
        assert audit.verify(reading).broken is None
    assert [row["act"] for row in rows] == ["disclosure"]
    told = json.loads(rows[0]["details"])
    assert told["to"] == "the public"
    assert told["first printed"][0] == "2023 Q1"
    assert told["withheld"] > 0
