"""A database that is stopped, started or breaks connections off in the middle of what is done."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import parse_qs, urlsplit

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from benchmarks._chaos_runs import RUN, _make
from service.jobs import queue
from service.jobs import worker as worker_module
from service.jobs.kinds import Kind
from service.jobs.local import LocalWorkers
from service.jobs.worker import do
from service.store.importing import import_crimes
from service.store.segments import read_kept
from service.store.tables import SEGMENTS
from service.store.trouble import AWAY, trouble
from service.web import Settings, create_app
from tests.service.chaos.test_disk_full import FORCE, MONTHS, counts
from tests.service.store.conftest import PROGRAMS, _as_server
from tests.service.store.extracts import extract

pytestmark = pytest.mark.parametrize("address", ["postgresql"], indirect=True)


@contextmanager
def stopped(server: str) -> Iterator[None]:
    """Stop the server, which breaks off whatever is under way, and start it again."""
    folder = parse_qs(urlsplit(server.replace("{name}", "x")).query)["host"][0]
    control = (str(PROGRAMS[-1] / "pg_ctl"), "-D", f"{folder}/data", "-w")
    options = f"-c listen_addresses='' -c unix_socket_directories={folder} -c fsync=off"
    _as_server(*control, "-m", "fast", "stop")
    try:
        yield
    finally:
        _as_server(*control, "-o", options, "-l", f"{folder}/log", "start")


def break_off(store):
    """End every other connection to the database, as an administrator or a restart does."""
    with store.engine.connect() as connection:
        connection.execute(
            text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() "
                 "AND pid <> pg_backend_pid()")
        )  # fmt: skip


def test_what_is_broken_off_in_the_middle_is_not_kept_and_the_next_goes_through(store):
    import_crimes(store, FORCE, extract(["2024-05"], seed=1), actor="a")
    before = counts(store)

    def change():
        with store.writing() as writing:
            writing.execute(SEGMENTS.delete())
            break_off(store)
            writing.execute(SEGMENTS.delete())

    with pytest.raises(OperationalError) as broken:
        change()
    assert trouble(broken.value) == AWAY
    assert counts(store) == before
    assert import_crimes(store, FORCE, extract(MONTHS, seed=2), actor="a").number is not None
    assert len(read_kept(store, FORCE)) == 12


def test_a_page_asked_for_after_a_restart_is_answered_at_once(store):
    browser = TestClient(create_app(Settings(), store), base_url="https://testserver")
    assert browser.get("/log-in").status_code == 200
    break_off(store)
    assert browser.get("/log-in").status_code == 200


def test_a_page_asked_for_while_the_database_is_away_says_so(store, server):
    browser = TestClient(create_app(Settings(), store), base_url="https://testserver")
    assert browser.get("/log-in").status_code == 200
    with stopped(server):
        answer = browser.get("/log-in", headers={"accept": "application/json"})
        assert (answer.status_code, answer.json()) == (503, {"error": AWAY})
    assert browser.get("/log-in").status_code == 200


def test_a_run_whose_end_cannot_be_written_is_taken_up_again_and_told_of_once(store, server):
    queue.ask(store, FORCE, "run", {}, actor="a")
    job = queue.claim(store, "chaos", {"run"})

    def stopping(store, job, stage):
        made = _make(store, job, stage)
        away.__enter__()
        return made

    away = stopped(server)
    with pytest.raises(OperationalError) as broken:
        do(store, job, "chaos", kinds={"run": Kind("run", stopping)})
    away.__exit__(None, None, None)
    assert trouble(broken.value) == AWAY
    assert queue.find(store, FORCE, job.id).state == "running"
    assert list(RUN.wrong(store, [])) == []  # puts it back, does it, and looks that it is told of once
    assert queue.find(store, FORCE, job.id).attempts == 2


def test_a_worker_puts_back_what_it_could_not_bring_to_an_end(store, server, monkeypatch):
    number = queue.ask(store, FORCE, "run", {}, actor="a")
    tries = []

    def one_job(store, worker, kinds, parent):
        tries.append(queue.claim(store, worker, kinds))
        if len(tries) == 1:
            raise OperationalError("a statement", {}, Exception("the database is away"))
        monkeypatch.setattr(worker_module.os, "getppid", lambda: 0)
        return True

    monkeypatch.setattr(worker_module, "_one_job", one_job)
    monkeypatch.setattr(worker_module, "open_store", lambda *_: store)
    monkeypatch.setattr(worker_module.os, "nice", lambda _: 0)
    monkeypatch.setattr(worker_module.signal, "signal", lambda *_: None)
    worker_module.work("", store.folder, {"run"}, os.getppid())
    assert [(job.id, job.attempts) for job in tries] == [(number, 1), (number, 2)]


def test_whoever_keeps_the_workers_outlasts_a_database_that_is_away(store, server):
    queue.ask(store, FORCE, "run", {}, actor="a")
    queue.claim(store, "gone:1", {"run"})
    workers = LocalWorkers(store, 0)
    workers._gone.append("gone:1")
    with stopped(server):
        workers._put_back()
    assert queue.running(store) == ["gone:1"]
    workers._put_back()
    assert queue.running(store) == []
    assert queue.claim(store, "w", {"run"}).attempts == 2
