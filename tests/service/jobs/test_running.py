"""What a run is made from, checked as it is asked for and as it begins; and processes that work by themselves."""

import io
import os
import threading
import time

import pytest

from geodata.errors import InputError, NotFoundError
from service.jobs import queue
from service.jobs.kinds import KINDS
from service.jobs.local import LocalWorkers
from service.jobs.running import ask_run, kept_crimes
from service.jobs.worker import name_of
from service.profile.force import Profile
from service.store import open_store
from service.store.erasure import forget_before
from service.store.files import current_files, keep_bytes, record_file
from service.store.importing import import_crimes
from service.store.segments import Segment
from tests.service.store.extracts import extract

FORCE = "sample-force"


@pytest.fixture
def given(store):
    """A store with areas and two months."""
    kept = {"kind": "areas", "name": "wards.geojson", "sha256": keep_bytes(store, io.BytesIO(b"{}"))}
    with store.writing() as writing:
        record_file(store, writing, kept, force=FORCE, actor="analyst")
    import_crimes(store, FORCE, extract(["2024-05", "2024-06"]), actor="analyst")
    return store


def asked(store, **more):
    about = {"actor": "analyst", "months": ("2024-05", "2024-06")} | more
    number = ask_run(store, FORCE, **about)
    return queue.find(store, FORCE, number).request


def test_a_run_is_over_what_is_in_force_when_it_is_asked_for(given):
    request = asked(given)
    import_crimes(given, FORCE, extract(["2024-06"], seed=5), actor="analyst")
    segments = [Segment(**each) for each in request["segments"]]
    read = kept_crimes(given, segments, Profile())
    assert len(read.crimes) == 12
    assert read.sources["rows_read"].tolist() == read.sources["rows_accepted"].tolist() == [6, 6]
    assert read.sources["sha256"].tolist() == [each.sha256 for each in segments]
    again = asked(given)
    assert again["segments"][0] == request["segments"][0]
    assert again["segments"][1] != request["segments"][1]
    assert [each["month"] for each in asked(given, months=("2024-06", "2024-06"))["segments"]] == ["2024-06"]


def test_a_run_of_nothing_is_refused(store, given):
    with pytest.raises(InputError, match="none are kept of the months 2023-01 to 2023-12"):
        asked(given, months=("2023-01", "2023-12"))
    with pytest.raises(NotFoundError, match="no such run"):
        asked(given, last=1)
    with pytest.raises(InputError, match="needs areas"):
        ask_run(given, "other-force", actor="analyst", months=("2024-05", "2024-06"))
    assert queue.newest(given, FORCE) == []


def test_crimes_erased_since_or_kept_otherwise_are_not_run_over(given):
    segments = [Segment(**each) for each in asked(given)["segments"]]
    with pytest.raises(InputError, match=r"EPSG:32630; these were imported in EPSG:27700"):
        kept_crimes(given, segments, Profile.model_validate({"analysis": {"crs": "EPSG:32630"}}))
    forget_before(given, FORCE, "2024-06", actor="admin")
    with pytest.raises(NotFoundError, match="2024-05 have been erased since"):
        kept_crimes(given, segments, Profile())


def test_processes_take_up_what_a_crash_left_and_leave_nothing_behind(tmp_path):
    store = open_store(f"sqlite:///{tmp_path / 'store.db'}")
    kept = {"kind": "profile", "name": "ours.toml", "sha256": keep_bytes(store, io.BytesIO(b'[force]\nname = "Us"\n'))}
    number = queue.ask(store, FORCE, "file", kept, actor="analyst")
    left = queue.claim(store, name_of(2**22 + 1), KINDS)  # by a process of this machine that is no more
    assert left.id == number
    (store.workshop / "job-99").mkdir(parents=True)
    workers = LocalWorkers(store, 1)
    workers.start()
    until, pause = time.monotonic() + 120, threading.Event()
    while queue.find(store, FORCE, number).unfinished and time.monotonic() < until:
        pause.wait(0.2)
    pids = workers.pids()
    workers.stop()
    job = queue.find(store, FORCE, number)
    assert (job.state, job.attempts, job.outcome["found"]) == ("done", 2, "The profile of Us: 0 bases, 0 shifts.")
    with store.reading() as reading:
        assert current_files(reading, FORCE)["profile"].name == "ours.toml"
    assert not any(store.workshop.glob("*"))
    for pid in pids:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)
    store.close()
