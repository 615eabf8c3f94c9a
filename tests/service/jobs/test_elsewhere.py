"""Jobs of the service on the workers of a cluster: taken from the same queue, none lost and none done twice."""

import io
import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import contextmanager

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import func, select

from geodata.errors import InputError
from service.jobs import elsewhere, queue
from service.jobs.elsewhere import LOST, ClusterWorkers
from service.jobs.kinds import KINDS
from service.jobs.worker import do
from service.store import audit, open_store
from service.store.files import keep_bytes
from service.store.tables import AUDIT, JOBS
from service.web import Settings, create_app
from service.web.accounts import Account, arrive
from service.web.sessions import begin_session
from service.web.visit import COOKIE

FORCES = 4
EACH = 6


@pytest.fixture
def cluster():
    from distributed import LocalCluster

    with LocalCluster(
        n_workers=2, threads_per_worker=1, memory_limit=0, host="127.0.0.1", dashboard_address=None,
        scheduler_kwargs={"dashboard_address": "127.0.0.1:0"}, silence_logs=50,
    ) as started:  # fmt: skip
        yield started


@pytest.fixture(autouse=True)
def soon(monkeypatch):
    """Have the service look again at once, not after a second."""
    monkeypatch.setattr(elsewhere, "PAUSE_SECONDS", 0.1)


def until(wanted):
    pause, end = threading.Event(), time.monotonic() + 240
    while not wanted() and time.monotonic() < end:
        pause.wait(0.05)
    assert wanted()


def states(store):
    with store.reading() as reading:
        return dict(reading.execute(select(JOBS.c.state, func.count()).group_by(JOBS.c.state)).all())


def pid_of_the_worker_that_holds_a_place(workers):
    address = next(address for address, tasks in workers._client.processing().items() if tasks)
    return workers._client.run(os.getpid, workers=[address])[address]


def test_a_killed_worker_of_the_cluster_loses_no_job_and_does_none_twice(cluster, tmp_path):
    store = open_store(f"sqlite:///{tmp_path / 'store.db'}")
    for number in range(FORCES * EACH):
        text = f'[force]\nname = "Force {number}"\n'.encode()
        kept = {"kind": "profile", "name": "ours.toml", "sha256": keep_bytes(store, io.BytesIO(text))}
        queue.ask(store, f"force-{number % FORCES}", "file", kept, actor="analyst")
    workers = ClusterWorkers(store, cluster.scheduler_address, 1)
    left = queue.claim(store, f"{workers._name}.0:gone", KINDS)  # of a holder of the place that is no more
    workers.start()
    until(lambda: states(store).get("done", 0) >= 1)
    killed = pid_of_the_worker_that_holds_a_place(workers)
    os.kill(killed, signal.SIGKILL)
    until(lambda: states(store) == {"done": FORCES * EACH})
    workers.stop()

    jobs = [job for at in range(FORCES) for job in queue.newest(store, f"force-{at}")]
    assert {job.id: job.attempts for job in jobs}[left.id] == 2
    assert sum(job.attempts for job in jobs) <= len(jobs) + 2  # the one left, and what was under way
    told = {job.outcome["found"] for job in jobs}
    assert told == {f"The profile of Force {number}: 0 bases, 0 shifts." for number in range(FORCES * EACH)}
    with store.reading() as reading:
        assert audit.verify(reading).broken is None
        assert reading.execute(select(func.count()).select_from(AUDIT)).scalar_one() == FORCES * EACH
    assert not any(store.workshop.glob("*"))
    store.close()


def test_a_store_in_a_file_of_this_machine_is_no_store_for_others(tmp_path):
    store = open_store(f"sqlite:///{tmp_path / 'store.db'}")
    with pytest.raises(InputError, match="must begin with postgresql://"):
        ClusterWorkers(store, "tls://cluster.example:8786", 1)
    with pytest.raises(InputError, match="on this machine or have an address that begins with tls://"):
        ClusterWorkers(store, "tcp://10.0.0.4:8786", 1)
    store.close()


BEGIN = """
import sys
from distributed import LocalCluster
with LocalCluster(
    n_workers=1, threads_per_worker=1, processes=False, protocol="tcp://", host="127.0.0.1",
    scheduler_port=int(sys.argv[1]), dashboard_address=None, silence_logs=50,
    scheduler_kwargs={"dashboard_address": "127.0.0.1:0"},
) as cluster:
    print(cluster.scheduler_address, flush=True)
    sys.stdin.read()
"""


@contextmanager
def scheduler(port):
    """The address of a scheduler with a worker at a port, 0 for any that is free; killed at the end."""
    command = [sys.executable, "-c", BEGIN, str(port)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield process.stdout.readline().strip()
        process.kill()


def test_a_lost_scheduler_is_told_on_the_job_which_goes_on_once_there_is_one_again(tmp_path):
    store = open_store(f"sqlite:///{tmp_path / 'store.db'}")
    kept = {"kind": "profile", "name": "ours.toml", "sha256": keep_bytes(store, io.BytesIO(b'[force]\nname = "A"\n'))}
    numbers = [queue.ask(store, "force-a", "file", kept, actor="analyst") for _ in range(3)]
    with scheduler(0) as address:
        workers = ClusterWorkers(store, address, 1)
        workers._keeper.start()  # nobody holds the place yet: what is under way is so until the scheduler is lost
        job = queue.claim(store, f"{workers._name}.0:a", KINDS)
        other = queue.claim(store, "another-service:1", KINDS)
    until(lambda: queue.find(store, "force-a", job.id).stage == LOST)
    lost = queue.find(store, "force-a", job.id)
    assert (lost.state, lost.attempts) == ("waiting", 0)  # it is not to blame
    assert queue.find(store, "force-a", other.id).state == "running"  # and what others do goes on
    browser = TestClient(create_app(Settings(), store), base_url="https://testserver")
    assert browser.get("/health").json()["status"] == "ok"
    arrive(store, Account("the-analyst", "analyst", "force-a"))
    browser.cookies.set(COOKIE, begin_session(store, Account("the-analyst", "analyst", "force-a")).token)
    assert LOST.capitalize() in browser.get(f"/jobs/{job.id}", headers={"accept": "text/html"}).text
    do(store, other, "another-service:1")
    with scheduler(int(address.rpartition(":")[2])):
        until(lambda: states(store) == {"done": 3})
        workers.stop()
    jobs = [queue.find(store, "force-a", number) for number in numbers]
    assert [each.attempts for each in jobs] == [1, 1, 1]
    with store.reading() as reading:
        assert reading.execute(select(func.count()).select_from(AUDIT)).scalar_one() == 3 + 1  # and of the account
    store.close()
