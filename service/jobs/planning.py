"""Scenarios: planned side by side over the newest published run."""

from service.jobs.queue import Job, Record
from service.stages import Stage
from service.store import Store


def plan(store: Store, job: Job, stage: Stage) -> Record:
    """Plan scenarios."""
    raise NotImplementedError
