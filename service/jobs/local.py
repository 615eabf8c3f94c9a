"""Who does the jobs: processes of this machine, kept at their number until the service stops."""

import multiprocessing
import os
import shutil
import threading
from collections.abc import Collection
from contextlib import suppress
from multiprocessing.connection import wait
from multiprocessing.process import BaseProcess
from typing import Final, Protocol

from sqlalchemy.exc import OperationalError

from service.jobs import queue
from service.jobs.kinds import KINDS, QUICK
from service.jobs.worker import is_gone, name_of, work
from service.jobs.workshop import ended_workshops
from service.store import Store

PAUSE_SECONDS: Final = 1.0  # before a process that has ended is followed by another


class Workforce(Protocol):
    """Whoever takes jobs from the queue: processes here, or a scheduler's elsewhere that reach the same store."""

    def start(self) -> None:
        """Begin to take jobs."""

    def stop(self) -> None:
        """Take no more, and put back what is not done."""


class LocalWorkers:
    """
    Worker processes of this machine.

    Where there are two or more, one of them does quick jobs only: an extract is read while a run goes on.

    Parameters
    ----------
    store : Store
    count : how many
    """

    def __init__(self, store: Store, count: int) -> None:
        self._store, self._count = store, count
        self._own: dict[int, tuple[BaseProcess, Collection[str]]] = {}
        self._gone: list[str] = []
        self._over = threading.Event()
        self._keeper = threading.Thread(target=self._keep_up, name="workers", daemon=True)

    def start(self) -> None:
        """Put back what workers of an earlier start left, and start as many as are asked for."""
        for worker in queue.running(self._store):
            if is_gone(worker):
                queue.release(self._store, worker)
        for folder in ended_workshops(self._store):
            shutil.rmtree(folder, ignore_errors=True)
        for place in range(self._count):
            self._begin(QUICK if place == 0 and self._count > 1 else frozenset(KINDS))
        self._keeper.start()

    def stop(self) -> None:
        """End every worker; the jobs under way wait for the next start."""
        self._over.set()
        if self._keeper.is_alive():
            self._keeper.join()
        for process, _ in self._own.values():
            process.kill()
        for number, (process, _) in self._own.items():
            process.join()
            with suppress(OperationalError):  # where the database is away, the next start puts them back
                queue.release(self._store, name_of(number), to_blame=False)

    def pids(self) -> list[int]:
        """Return the numbers of the processes."""
        return list(self._own)

    def _begin(self, kinds: Collection[str]) -> None:
        address = self._store.engine.url
        url = address.set(drivername=address.get_backend_name()).render_as_string(hide_password=False)
        process = multiprocessing.get_context("spawn").Process(
            target=work, args=(url, self._store.folder, kinds, os.getpid()), daemon=True
        )
        process.start()
        self._own[int(process.pid or 0)] = process, kinds

    def _keep_up(self) -> None:
        """Follow each process that has ended with another, and put back its job."""
        while not self._over.is_set():
            ended = wait([process.sentinel for process, _ in self._own.values()], timeout=PAUSE_SECONDS)
            for number, (process, kinds) in list(self._own.items()):
                if process.sentinel in ended and not self._over.is_set():
                    process.join()
                    del self._own[number]
                    self._gone.append(name_of(number))
                    self._over.wait(PAUSE_SECONDS / 4)
                    self._begin(kinds)
            self._put_back()

    def _put_back(self) -> None:
        """Put the jobs back of those that have ended; where the database is away, next time."""
        with suppress(OperationalError):
            while self._gone:
                queue.release(self._store, self._gone[-1])
                self._gone.pop()
