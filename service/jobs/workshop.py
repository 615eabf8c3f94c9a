"""Where a job works: a folder of its own that is gone when it ends, whatever an earlier try left."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import select

from service.jobs.queue import UNFINISHED, Job
from service.store import Store
from service.store.tables import JOBS


@contextmanager
def workshop(store: Store, job: Job, *, going_on: bool = False) -> Iterator[Path]:
    """Lend a folder while the job is done, empty; or with what a killed try left, where the work can go on there."""
    folder = store.workshop / f"job-{job.id}"
    if not going_on:
        shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, exist_ok=going_on)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def ended_workshops(store: Store) -> list[Path]:
    """Return the folders that no job will work in again; another service of the same store may be at work beside."""
    with store.reading() as reading:
        unfinished = reading.execute(select(JOBS.c.id).where(JOBS.c.state.in_(UNFINISHED))).scalars()
        wanted = {f"job-{number}" for number in unfinished}
    there = store.workshop.iterdir() if store.workshop.is_dir() else ()
    return [folder for folder in there if folder.name not in wanted]
