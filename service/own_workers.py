"""Processes of this machine that do jobs, begun and ended by this one."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from geodata.errors import InputError

if TYPE_CHECKING:
    from distributed import Client, LocalCluster

MOST_BEGINNINGS: Final = 3  # of the processes of this machine
MOST_ATTEMPTS: Final = 10  # of one job, each of which ended its worker
_FOR_WORKERS: Final = (  # what dask sets in the process that begins workers, for them to find
    "MALLOC_TRIM_THRESHOLD_", "MKL_NUM_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "PYTHONHASHSEED",
    "__DASK_PARENT_PID",
)  # fmt: skip


@contextmanager
def own_cluster(workers: int) -> "Iterator[Client]":
    """
    Lend a client of processes of this machine, to which only this process holds the key; they show no page.

    Parameters
    ----------
    workers : how many

    Raises
    ------
    InputError
        If they are lost again and again before they have begun.
    """
    import dask
    from distributed import Client

    processors = len(os.sched_getaffinity(0))
    settings = {
        "distributed.scheduler.allowed-failures": MOST_ATTEMPTS - 1,
        "distributed.scheduler.http.routes": [], "distributed.worker.http.routes": [],
        "distributed.worker.profile.enabled": False,
        "distributed.nanny.environ.NUMBA_NUM_THREADS": max(1, processors // workers),
        "distributed.nanny.environ.RAYON_NUM_THREADS": max(1, processors // workers),
    }  # fmt: skip
    with (
        _environment_kept(),  # a worker that is killed is begun again meanwhile
        dask.config.set(settings),
        _begun(workers) as cluster,
        Client(cluster, set_as_default=False) as client,
    ):
        yield client


@contextmanager
def _environment_kept() -> Iterator[None]:
    """Leave this process without what is for its workers alone: its own arrays are worked on by every processor."""
    before = {name: os.environ.get(name) for name in _FOR_WORKERS}
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name, None)
            if value is not None:
                os.environ[name] = value


def _begun(workers: int) -> "LocalCluster":
    """Return processes that have begun; where one is killed meanwhile, all are begun again."""
    from distributed import LocalCluster, Security

    for _ in range(MOST_BEGINNINGS):
        try:
            with _environment_kept():
                return LocalCluster(
                    n_workers=workers,
                    threads_per_worker=1,
                    memory_limit=0,
                    host="127.0.0.1",
                    dashboard_address=None,
                    scheduler_kwargs={"dashboard_address": "127.0.0.1:0"},
                    security=Security.temporary(),
                    silence_logs=50,
                )
        except (RuntimeError, TimeoutError):
            continue
    raise InputError(f"Workers must begin, and were lost before they had, {MOST_BEGINNINGS} times: is there memory?")
