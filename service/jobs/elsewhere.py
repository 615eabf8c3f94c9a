"""
Who does the jobs where a scheduler is set: workers of its cluster, which reach the same store and the same queue.

The service asks the scheduler for a number of places. A place is a process beside a worker of the cluster, which claims
one job after another as a process here would; it ends with that worker, or when the service no longer asks for it. The
scheduler gives the place to another worker then, and what was under way there goes back into the queue first.
"""

import json
import os
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Collection
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy.exc import OperationalError

from geodata.errors import InputError
from service.cluster import Certificates, connected, is_here, refuse_open_door
from service.jobs import queue
from service.jobs.kinds import KINDS, QUICK
from service.jobs.local import PAUSE_SECONDS
from service.jobs.worker import work
from service.store import Store, open_store

if TYPE_CHECKING:
    from distributed import Client, Future

LOST: Final = "the scheduler of the cluster was lost: this begins again once there is one"
_LOOK_SECONDS: Final = 0.5  # how soon a place is left that nobody asks for any more


class ClusterWorkers:
    """
    Places on the workers of a scheduler.

    Where there are two or more, one of them does quick jobs only, as of `LocalWorkers`.

    Parameters
    ----------
    store : that the cluster's workers reach by the same address and folder
    scheduler : its address
    count : how many places
    certificates : as of `open_engine`

    Raises
    ------
    InputError
        If the store cannot be reached from other machines, or as of `open_engine`.
    """

    def __init__(self, store: Store, scheduler: str, count: int, certificates: Certificates | None = None) -> None:
        refuse_open_door(scheduler)
        if store.engine.dialect.name == "sqlite" and not is_here(scheduler):
            raise InputError(
                "Workers of other machines must reach the store: its address must begin with postgresql://."
            )
        self._store, self._scheduler, self._count, self._certificates = store, scheduler, count, certificates
        self._name = uuid.uuid4().hex[:16]
        self._opened = ExitStack()
        self._client: Client = self._connect()
        self._held: dict[int, Future] = {}
        self._over = threading.Event()
        self._keeper = threading.Thread(target=self._keep_up, name="places", daemon=True)

    def start(self) -> None:
        """Ask for the places."""
        self._ask()
        self._keeper.start()

    def stop(self) -> None:
        """Ask for them no more; the jobs under way wait for the next start."""
        self._over.set()
        if self._keeper.is_alive():
            self._keeper.join()
        if self._client.status == "running":
            self._client.cancel(list(self._held.values()), force=True)
        with suppress(OperationalError):
            _put_back(self._store, self._name, to_blame=False)
        self._opened.close()

    def _connect(self) -> "Client":
        return self._opened.enter_context(connected(self._scheduler, self._certificates))

    def _keep_up(self) -> None:
        """Ask again for each place that has been given up, and for all where the scheduler was lost."""
        while not self._over.wait(PAUSE_SECONDS):
            with suppress(InputError, OSError, OperationalError):  # away for a moment: again the next time
                if self._client.status != "running":
                    _put_back(self._store, self._name, to_blame=False, said=LOST)
                if self._client.status == "closed":
                    self._opened.close()
                    self._client = self._connect()
                if self._client.status == "running":
                    self._ask()

    def _ask(self) -> None:
        url = self._store.engine.url
        address = url.set(drivername=url.get_backend_name()).render_as_string(hide_password=False)
        for place in range(self._count):
            if place not in self._held or self._held[place].status != "pending":
                kinds = sorted(QUICK if place == 0 and self._count > 1 else KINDS)
                asked = (f"{self._name}.{place}", address, str(self._store.folder.resolve()), kinds)
                self._held[place] = self._client.submit(hold_place, *asked, pure=False)


def hold_place(place: str, url: str, folder: str, kinds: Collection[str]) -> None:
    """
    Have a process do jobs beside this worker of a cluster, until nobody asks for the place any more.

    Parameters
    ----------
    place : its name; what an earlier holder of it had goes back into the queue
    url, folder : of the store
    kinds : of jobs
    """
    from distributed import get_worker, secede

    worker = get_worker()
    task = worker.get_current_task()
    secede()  # other work of the cluster goes on beside this
    store = open_store(url, Path(folder))
    try:
        _put_back(store, place)
        while _asked_for(worker, task):
            with _process(f"{place}:{uuid.uuid4().hex[:12]}", url, folder, kinds) as process:
                while process.poll() is None and _asked_for(worker, task):
                    with suppress(subprocess.TimeoutExpired):
                        process.wait(_LOOK_SECONDS)
                process.kill()
            _put_back(store, place)
            time.sleep(PAUSE_SECONDS / 4)
    finally:
        store.close()


def _process(name: str, url: str, folder: str, kinds: Collection[str]) -> "subprocess.Popen[str]":
    """A process of its own: a worker of a cluster may have none by the usual way, and a job may have to be ended."""
    process = subprocess.Popen([sys.executable, "-m", __name__], stdin=subprocess.PIPE, text=True)  # noqa: S603 - this program itself
    if process.stdin is not None:
        process.stdin.write(json.dumps([url, folder, list(kinds), os.getpid(), name]))  # where nobody lists it
        process.stdin.close()
    return process


def _asked_for(worker: Any, task: str) -> bool:
    held = worker.state.tasks.get(task)
    return held is not None and held.state in ("executing", "long-running")


def _put_back(store: Store, names: str, *, to_blame: bool = True, said: str = "waiting") -> None:
    """Put back the jobs of those whose names begin so."""
    for worker in queue.running(store):
        if worker.startswith((f"{names}.", f"{names}:")):
            queue.release(store, worker, to_blame=to_blame, said=said)


if __name__ == "__main__":
    asked_url, asked_folder, asked_kinds, parent, own_name = json.load(sys.stdin)
    work(asked_url, Path(asked_folder), asked_kinds, parent, name=own_name)
