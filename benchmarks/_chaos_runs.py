"""Runs that are killed: each is told of once, with all that it made."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from sqlalchemy import select

from benchmarks._chaos_base import FORCE, Act, Tell, details
from service.jobs import queue
from service.jobs.kinds import Kind
from service.jobs.queue import Job, Record
from service.jobs.worker import do
from service.stages import Stage
from service.store import Store
from service.store.runs import record_run
from service.store.tables import JOBS, RUNS

_PRODUCTS: Final = ("a.txt", "b.txt", "c.txt")


def _make(store: Store, job: Job, stage: Stage) -> Record:
    """Do what a run does at its end: lay its products where they stay, then tell of them."""
    folder = Path("runs") / job.force / f"job-{job.id}"
    (store.folder / folder).mkdir(parents=True, exist_ok=True)
    with stage("gather"):
        for name in _PRODUCTS:
            (store.folder / folder / name).write_text(str(job.id))
    about: dict[str, str | int] = {"job_id": job.id, "run": f"{job.id:016d}", "until": "2024-06-30"}
    about |= {"folder": str(folder), "state": "made"}
    return lambda writing: {"run": record_run(writing, store, actor=job.actor, force=job.force, **about)}


def _run(store: Store, tell: Tell, seed: int) -> None:
    tell("begun")
    for step in range(1_000):
        tell(("asked", queue.ask(store, FORCE, "run", {"seed": seed, "step": step}, actor="chaos")))
        job = queue.claim(store, "chaos", {"run"})
        if job is not None:
            do(store, job, "chaos", kinds={"run": Kind("run", _make)})
            tell(("done", job.id))


def _wrong(store: Store, told: list[Any]) -> Iterator[str]:
    queue.release(store, "chaos")
    while job := queue.claim(store, "chaos", {"run"}):
        do(store, job, "chaos", kinds={"run": Kind("run", _make)})
    with store.reading() as reading:
        states = {row["id"]: row["state"] for row in reading.execute(select(JOBS)).mappings()}
        runs = [(row["job_id"], row["folder"]) for row in reading.execute(select(RUNS)).mappings()]
        entries = [row["job"] for row in details(reading, "combination")]
    if any(number not in states or (what == "done" and states[number] != "done") for what, number in told):
        yield "a job that was told of is lost"
    done = sorted(number for number, state in states.items() if state == "done")
    if set(states.values()) - {"done"}:
        yield "a job was not taken up again"
    if sorted(number for number, _ in runs) != done or sorted(entries) != done:
        yield "a run was told of twice, or not at all"
    for number, folder in runs:
        if {(store.folder / folder / name).read_text() for name in _PRODUCTS} != {str(number)}:
            yield "a run's products are there by half"


RUN: Final = Act(_run, _wrong, longest=0.4)
