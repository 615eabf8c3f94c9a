"""Two services on one store, each with a worker: every job is done once, and nobody clears away the other's work."""

import io
import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter

import pytest
from sqlalchemy import select

from service.jobs import queue
from service.jobs.extracts import clear_up
from service.jobs.workshop import ended_workshops, workshop
from service.store import audit
from service.store.files import keep_bytes
from service.store.tables import FILES
from service.store.uploads import folder_of, new_upload

FORCE, JOBS_ASKED = "sample-force", 8
PROGRAM = "from service.cli import main; main()"


def started(address, folder):
    """Start `beatplan serve` with one worker."""
    words = ("serve", "--store", address, "--folder", str(folder), "--port", "0")
    return subprocess.Popen(
        [sys.executable, "-c", PROGRAM, *words], env={**os.environ, "BEATPLAN_WORKERS": "1"}, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip


@pytest.mark.parametrize("address", ["sqlite"], indirect=True)
def test_each_job_is_done_once_by_whichever_service_and_a_killed_one_loses_none(store, address):
    numbers = []
    for at in range(JOBS_ASKED):
        content = f'[force]\nname = "Force {at}"\n'.encode()
        kept = {"kind": "profile", "name": f"{at}.toml", "sha256": keep_bytes(store, io.BytesIO(content))}
        numbers.append(queue.ask(store, FORCE, "file", kept, actor="a"))
    services = [started(address, store.folder) for _ in range(2)]
    for service in services:
        assert any("answers at" in line for line in service.stdout)
    services[0].send_signal(signal.SIGKILL)  # its worker ends with it, wherever it is
    until, pause = time.monotonic() + 120, threading.Event()
    while any(queue.find(store, FORCE, number).unfinished for number in numbers) and time.monotonic() < until:
        pause.wait(0.05)
    services[1].send_signal(signal.SIGTERM)
    complaints = [service.communicate()[1] for service in services]
    assert [queue.find(store, FORCE, number).state for number in numbers] == ["done"] * JOBS_ASKED
    with store.reading() as reading:
        assert audit.verify(reading).broken is None
        told = Counter(reading.execute(select(FILES.c.name)).scalars())
    assert told == {f"{at}.toml": 1 for at in range(JOBS_ASKED)}
    assert complaints[1] == ""


def test_a_service_that_starts_leaves_an_upload_alone_that_another_is_receiving(store):
    receiving, left = new_upload(store), new_upload(store)
    long_ago = time.time() - 7_200
    os.utime(folder_of(store, left), (long_ago, long_ago))
    clear_up(store)
    assert folder_of(store, receiving).is_dir()
    assert not folder_of(store, left).exists()


def test_a_service_that_starts_leaves_the_folder_alone_in_which_another_works(store):
    ended, waiting = (queue.ask(store, FORCE, "run", {}, actor="a") for _ in range(2))
    queue.fail(store, queue.claim(store, "w", {"run"}), "w", "It failed.")
    running = queue.find(store, FORCE, waiting)
    (store.workshop / f"job-{ended}").mkdir(parents=True)
    with workshop(store, running) as folder:
        assert [path.name for path in ended_workshops(store)] == [f"job-{ended}"]
        assert folder.is_dir()
