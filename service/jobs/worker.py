"""A worker: a process that claims one job after another, is heard of while it works, and ends when it is not wanted."""

import logging
import os
import signal
import socket
import threading
import time
import traceback
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from sqlalchemy.exc import OperationalError

from geodata.errors import InputError, NotFoundError
from service.jobs import queue
from service.jobs.kinds import KINDS, Kind
from service.jobs.queue import Job
from service.store import Store, open_store
from service.store.trouble import trouble

BEAT_SECONDS: Final = 1.0
IDLE_SECONDS: Final = 0.3
NOT_WANTED: Final = 3  # exit status of a worker whose job was taken from it
_GIVES_WAY: Final = 10  # pages come first where processors are few
_OUR_FAULT: Final = "The program failed at this, and it is no fault of what was given; its log says where."
_LOG: Final = logging.getLogger("beatplan.jobs")


def name_of(pid: int) -> str:
    """Return the name of the worker that is a process of this machine."""
    return f"{socket.gethostname()[:48]}:{pid}"


def is_gone(worker: str) -> bool:
    """Return whether a worker was a process of this machine, and is no more."""
    machine, _, pid = worker.rpartition(":")
    if name_of(0).rpartition(":")[0] != machine:
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False


def work(url: str, folder: Path, kinds: Collection[str], parent: int, *, name: str | None = None) -> None:
    """
    Do jobs until the process that started this one is gone.

    Parameters
    ----------
    url, folder : of the store
    kinds : of jobs that it does
    parent : number of the process that started it
    name : that it is known by, where not by its machine and number
    """
    os.nice(_GIVES_WAY)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the process that ends this one
    store, worker = open_store(url, folder), name or name_of(os.getpid())
    broken_off = False
    while os.getppid() == parent:
        try:
            if broken_off:
                queue.release(store, worker)
            broken_off, idle = False, not _one_job(store, worker, kinds, parent)
        except OperationalError:  # the database is away for a moment, or full: what was begun goes back once it is not
            broken_off = idle = True
        if idle:
            time.sleep(IDLE_SECONDS)


def _one_job(store: Store, worker: str, kinds: Collection[str], parent: int) -> bool:
    """Do one job, and return whether there was one."""
    job = queue.claim(store, worker, kinds)
    if job is not None:
        with _heard(store, job, worker, parent) as pulse:
            do(store, job, worker, pulse=pulse)
    return job is not None


def do(store: Store, job: Job, worker: str, *, kinds: Mapping[str, Kind] = KINDS, pulse: "Pulse | None" = None) -> None:
    """
    Do one job that this worker has claimed, and write what came of it, once.

    Parameters
    ----------
    store, job, worker : as claimed
    kinds : what each kind of job does
    pulse : that tells of its progress
    """
    pulse, kind = pulse or Pulse(store, job, worker), kinds[job.kind]
    try:
        record = kind.do(store, job, lambda name: pulse.stage(name, kind.share))
    except (InputError, NotFoundError) as reason:
        queue.fail(store, job, worker, str(reason))
    except Exception as error:  # told by its place in the program: the message could hold a row
        where = traceback.extract_tb(error.__traceback__)[-1]
        _LOG.error("job %d: %s at %s, line %s", job.id, type(error).__name__, where.name, where.lineno)
        queue.fail(store, job, worker, trouble(error) or _OUR_FAULT)
    else:
        queue.finish(store, job, worker, record)


class Pulse:
    """Where a job is, told at each stage and once a second: the job stays its worker's only while it is heard of."""

    def __init__(self, store: Store, job: Job, worker: str) -> None:
        self._store, self._job, self._worker = store, job, worker
        self._stage, self._share = "begun", 0.0

    @contextmanager
    def stage(self, name: str, share: Callable[[str, float], float]) -> Iterator[None]:
        """Tell that a stage begins, and what share of the work is done by then."""
        self._stage, self._share = name, share(name, self._share)
        self.beat()
        yield

    def beat(self) -> bool:
        """Tell where the job is; return whether it is still wanted of this worker."""
        try:
            return queue.tell(self._store, self._job, self._worker, self._stage, self._share)
        except OperationalError:  # not heard this time: silence is borne for a while
            return True


@contextmanager
def _heard(store: Store, job: Job, worker: str, parent: int) -> Iterator[Pulse]:
    """Tell of a job while it runs, beside it; end the whole process when nobody wants the job done here any more."""
    pulse, over = Pulse(store, job, worker), threading.Event()

    def go_on() -> None:
        while not over.wait(BEAT_SECONDS):
            if (not pulse.beat() and not over.is_set()) or os.getppid() != parent:
                os._exit(NOT_WANTED)

    thread = threading.Thread(target=go_on, daemon=True)
    thread.start()
    try:
        yield pulse
    finally:
        over.set()
        thread.join()
