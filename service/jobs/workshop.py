"""Where a job works: a folder of its own, empty when it begins and gone when it ends, whatever an earlier try left."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from service.jobs.queue import Job
from service.store import Store


@contextmanager
def workshop(store: Store, job: Job) -> Iterator[Path]:
    """Lend an empty folder while the job is done."""
    folder = store.workshop / f"job-{job.id}"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
