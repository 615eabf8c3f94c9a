"""Jobs of the service on the workers of a cluster: taken from the same queue, none lost and none done twice."""

import io
import os
import signal
import threading
import time

import pytest
from sqlalchemy import func, select

from geodata.errors import InputError
from service.jobs import queue
from service.jobs.elsewhere import ClusterWorkers
from service.jobs.kinds import KINDS
from service.store import audit, open_store
from service.store.files import keep_bytes
from service.store.tables import AUDIT, JOBS

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
