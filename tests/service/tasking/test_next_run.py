"""What the service hands to a run that looks back: the meeting's decisions, the debriefs, the panels' priorities."""

import io
from contextlib import nullcontext

import pytest

from geodata.errors import InputError
from service.jobs import queue
from service.jobs.running import ask_run, run
from service.store.files import keep_bytes, record_file
from service.store.importing import import_crimes
from service.tasking import community, meetings
from service.tasking.community import Priority
from service.tasking.debriefs import StopTold, debrief
from service.tasking.meetings import Ruling
from tests.service.store.extracts import extract
from tests.service.tasking.made_run import FORCE


@pytest.fixture
def asked(monkeypatch):
    """What the cycle was asked, and what its files held."""
    seen = {}

    def cycle(request, *, stage):
        seen["request"] = request
        for name in ("decisions", "delivered"):
            file = getattr(request, name)
            seen[name] = None if file is None else file.read_text(encoding="utf-8").splitlines()
        raise InputError("that is enough")

    monkeypatch.setattr("service.cycle.run_cycle", cycle)
    return seen


def work(store, asked, last):
    ask_run(store, FORCE, actor="analyst", months=("2024-05", "2024-05"), last=last)
    job = queue.claim(store, "here", {"run"})
    with pytest.raises(InputError, match="that is enough"):
        run(store, job, lambda _: nullcontext())
    queue.fail(store, job, "here", "that is enough")
    return asked


def test_a_run_that_looks_back_takes_up_what_was_decided_delivered_and_asked_for(store, publish, asked):
    tasked = publish()
    import_crimes(store, FORCE, extract(["2024-05"]), actor="analyst")
    kept = {"kind": "areas", "name": "wards.geojson", "sha256": keep_bytes(store, io.BytesIO(b"{}"))}
    with store.writing() as writing:
        record_file(store, writing, kept, force=FORCE, actor="analyst")
    nothing = work(store, asked, tasked.number)
    assert (nothing["decisions"], nothing["delivered"], nothing["request"].priorities) == (None, None, {})
    number = meetings.begin(store, FORCE, tasked.number, present="", actor="chair")
    meetings.decide(
        store, FORCE, number, "H01", Ruling("accept", owner="Insp."), saw=0, known=tasked.known, actor="chair"
    )
    walk = tasked.walk(2)
    told = [StopTold(stop.number, True, 15, "talked") for stop in walk.stops]
    debrief(store, tasked, walk, key="0123456789abcdef", day="2024-07-01", told=told, actor="cso")
    for ward, first in (("E05000001", "2024-06-01"), ("E05000002", "2024-09-01")):
        asks = Priority(ward, 2.0, "Speeding", first)
        community.prioritise(store, FORCE, asks, wards=tasked.wards, actor="panel")
    found = work(store, asked, tasked.number)
    assert found["request"].last == tasked.folder
    assert found["request"].priorities == {"E05000001": 2.0}
    assert found["decisions"] == ["hotspot_id,decision,reason,owner,review_date", "H01,accept,,Insp.,"]
    assert found["delivered"][1:] == [
        "CSO 2,day,H05,15.0,Talked with people there,",
        "CSO 2,day,H01,15.0,Talked with people there,",
    ]
    assert work(store, asked, None)["decisions"] is None
