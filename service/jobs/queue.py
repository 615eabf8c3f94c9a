"""
The queue: each job is claimed by one worker, heard of while it runs, and ended once.

Whatever changes a job's state does so in one transaction of the catalogue, which lets one writer in at a time. A worker
that falls silent loses its job to the next; if it speaks again, nobody listens: its outcome is not written.
"""

import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, RowMapping, func, insert, or_, select, update

from geodata.errors import InputError, NotFoundError
from service.store import Store, audit
from service.store.tables import JOBS

SILENT_SECONDS: Final = 90
MOST_ATTEMPTS: Final = 3
MOST_UNFINISHED: Final = 10  # jobs of one force that wait or run
UNFINISHED: Final = ("waiting", "running")

Record = Callable[[Connection], dict[str, Any]]
"""Writes what came of a job, in the transaction that ends it, and returns it as JSON can hold it."""


@dataclass(frozen=True)
class Job:
    """
    One job, as the catalogue knows it.

    Parameters
    ----------
    id, force, kind : which
    request : what is to be done
    actor, at : who asked for it, when
    state : "waiting", "running", "done", "failed" or "cancelled"
    stage, share : what it is at, in words, and how much is done, 0 to 1
    attempts : how often it was begun
    ended : when, or None
    outcome : what came of it; of a failed job, "error" holds a sentence
    """

    id: int
    force: str
    kind: str
    request: dict[str, Any]
    actor: str
    at: str
    state: str
    stage: str
    share: float
    attempts: int
    ended: str | None
    outcome: dict[str, Any]

    @property
    def unfinished(self) -> bool:
        """Whether it waits or runs."""
        return self.state in UNFINISHED


def ask(store: Store, force: str, kind: str, request: Mapping[str, Any], *, actor: str) -> int:
    """
    Put a job in the queue and return its number.

    Parameters
    ----------
    store : Store
    force : whose
    kind : of `kinds.KINDS`
    request : what is to be done, as JSON can hold it
    actor : account

    Raises
    ------
    InputError
        If too many jobs of the force wait already.
    """
    row = {
        "force": force, "kind": kind, "request": json.dumps(request, sort_keys=True), "actor": actor, "at": store.now,
        "state": "waiting", "stage": "waiting", "share": 0.0, "attempts": 0,
    }  # fmt: skip
    asked = select(func.count()).select_from(JOBS).where(JOBS.c.force == force, JOBS.c.state.in_(UNFINISHED))
    with store.writing() as writing:
        waiting = writing.execute(asked).scalar_one()
        if waiting >= MOST_UNFINISHED:
            raise InputError(f"At most {MOST_UNFINISHED} jobs may wait at once; wait until one of them has ended.")
        return int(writing.execute(insert(JOBS).values(**row).returning(JOBS.c.id)).scalar_one())


def find(store: Store, force: str, number: int, *, kind: str | None = None) -> Job:
    """
    Return a job of the force.

    Raises
    ------
    NotFoundError
        If the force has no such job, or none of that kind.
    """
    with store.reading() as reading:
        row = reading.execute(select(JOBS).where(JOBS.c.id == number, JOBS.c.force == force)).mappings().first()
    if row is None or kind not in (None, row["kind"]):
        raise NotFoundError("There is no such job.")
    return _job(row)


def newest(store: Store, force: str, *, most: int = 50, kind: str | None = None) -> list[Job]:
    """Return the jobs of the force, the newest first."""
    asked = select(JOBS).where(JOBS.c.force == force).order_by(JOBS.c.id.desc()).limit(most)
    if kind is not None:
        asked = asked.where(JOBS.c.kind == kind)
    with store.reading() as reading:
        return [_job(row) for row in reading.execute(asked).mappings()]


def claim(store: Store, worker: str, kinds: Collection[str]) -> Job | None:
    """
    Return the oldest job of some kinds that waits, or whose worker has fallen silent; it is this worker's now.

    A job that has ended its worker again and again is failed, so that it does not do so for ever.

    Parameters
    ----------
    store : Store
    worker : who asks
    kinds : that it does
    """
    free = or_(JOBS.c.state == "waiting", (JOBS.c.state == "running") & (JOBS.c.seen < _silent_since(store)))
    asked = select(JOBS).where(JOBS.c.kind.in_(kinds), free).order_by(JOBS.c.id).limit(1)
    with store.reading() as reading:
        if reading.execute(asked).first() is None:
            return None
    with store.writing() as writing:
        row = writing.execute(asked).mappings().first()
        if row is None:
            return None
        if row["attempts"] >= MOST_ATTEMPTS:
            sentence = f"The work broke off {MOST_ATTEMPTS} times without a word: it may be too large for this machine."
            _set(writing, row["id"], state="failed", ended=store.now, worker=None, outcome=_failure(sentence))
            return None
        _set(
            writing, row["id"], state="running", stage="begun", share=0.0, worker=worker, seen=store.now,
            attempts=row["attempts"] + 1,
        )  # fmt: skip
        return _job(writing.execute(select(JOBS).where(JOBS.c.id == row["id"])).mappings().one())


def tell(store: Store, job: Job, worker: str, stage: str, share: float) -> bool:
    """Say what the job is at; return whether it is still this worker's, and not cancelled."""
    with store.writing() as writing:
        return _set(writing, job.id, worker, stage=stage, share=share, seen=store.now)


def finish(store: Store, job: Job, worker: str, record: Record) -> bool:
    """Write what came of a job and end it, both or neither; return whether it was still this worker's."""
    with store.writing() as writing:
        if not _set(writing, job.id, worker, state="done", stage="done", share=1.0, ended=store.now):
            return False
        _set(writing, job.id, worker=None, outcome=json.dumps(record(writing), sort_keys=True))
    return True


def fail(store: Store, job: Job, worker: str, sentence: str) -> bool:
    """End a job with a sentence of what went wrong; return whether it was still this worker's."""
    with store.writing() as writing:
        return _set(
            writing, job.id, worker, state="failed", ended=store.now, outcome=_failure(sentence), worker=None
        )  # fmt: skip


def release(store: Store, worker: str, *, to_blame: bool = True, said: str = "waiting") -> int:
    """
    Put back what a worker had that is no more; return how many jobs.

    Parameters
    ----------
    store, worker : whose
    to_blame : whether it counts against the jobs, as it does where they may have ended it
    said : as their stage, until they are begun again
    """
    back = {"state": "waiting", "stage": said, "worker": None, "attempts": JOBS.c.attempts - int(not to_blame)}
    with store.writing() as writing:
        asked = update(JOBS).where(JOBS.c.worker == worker, JOBS.c.state == "running")
        return writing.execute(asked.values(**back)).rowcount


def cancel(store: Store, force: str, number: int, *, actor: str) -> None:
    """
    End a job that waits or runs; its worker is ended within a second or two, and nothing of it is kept.

    Raises
    ------
    NotFoundError
        If the force has no such job.
    InputError
        If it has ended.
    """
    job = find(store, force, number)
    with store.writing() as writing:
        asked = update(JOBS).where(JOBS.c.id == number, JOBS.c.state.in_(UNFINISHED))
        if writing.execute(asked.values(state="cancelled", ended=store.now, worker=None)).rowcount == 0:
            raise InputError("Only a job that waits or runs can be cancelled, and this one has ended.")
        audit.append(
            writing, at=store.now, actor=actor, act="alteration", subject=f"job {number} of {force}",
            details={"kind": job.kind, "done": "cancelled"},
        )  # fmt: skip


def running(store: Store) -> list[str]:
    """Return the workers that have a job."""
    with store.reading() as reading:
        return list(reading.execute(select(JOBS.c.worker).where(JOBS.c.state == "running")).scalars())


def _set(writing: Connection, number: int, held_by: str | None = None, **values: Any) -> bool:
    asked = update(JOBS).where(JOBS.c.id == number)
    if held_by is not None:
        asked = asked.where(JOBS.c.worker == held_by, JOBS.c.state == "running")
    return bool(writing.execute(asked.values(**values)).rowcount)


def _silent_since(store: Store) -> str:
    return (datetime.fromisoformat(store.now) - timedelta(seconds=SILENT_SECONDS)).isoformat(timespec="seconds")


def _failure(sentence: str) -> str:
    return json.dumps({"error": sentence})


def _job(row: RowMapping | Mapping[str, Any]) -> Job:
    names = ("id", "force", "kind", "actor", "at", "state", "stage", "share", "attempts", "ended")
    held = {name: row[name] for name in names}
    return Job(**held, request=json.loads(row["request"]), outcome=json.loads(row["outcome"] or "{}"))
