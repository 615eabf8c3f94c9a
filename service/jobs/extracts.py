"""An extract: read as the profile says, compared with what is there, and then confirmed by somebody, or discarded."""

import json
import time
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pandas as pd
from sqlalchemy import Connection, select, update

from geodata.errors import InputError, NotFoundError
from service.jobs import queue
from service.jobs.queue import Job, Record
from service.jobs.workshop import workshop
from service.profile.force import read_profile
from service.stages import Stage
from service.store import Store
from service.store.files import current_files, lay_out
from service.store.importing import Draft, Imported, confirm_import, discard_draft, draft_import
from service.store.tables import JOBS
from service.store.uploads import drop_upload, folder_of, unpack

if TYPE_CHECKING:
    from geodata.crimes import CrimeRead

SHARES: Final = {
    "unpack": 0.05,
    "read the rows": 0.1,
    "compare with what is there": 0.7,
    "write what was refused": 0.95,
}
REJECTS: Final = "rejects.csv"
_MOST_REASONS: Final = 20
_STILL_SENT_SECONDS: Final = 3_600  # somebody may be sending it to another service of the same store
_UNPACKED_FOR_SENT: Final = 20  # bytes for each byte sent, and at least:
_LEAST_UNPACKED: Final = 200_000_000


def read_extract(store: Store, job: Job, stage: Stage) -> Record:
    """
    Read an extract and compare it with what is there; nothing is imported before somebody confirms.

    Parameters
    ----------
    store : Store
    job : its request names the upload
    stage : called with each stage's name

    Raises
    ------
    InputError
        If the upload holds too much, or no crimes as the profile maps them; then it is gone.
    """
    upload = str(job.request["upload"])
    sent = folder_of(store, upload)
    try:
        with workshop(store, job) as folder:
            plain, beside = folder / "plain", folder / "beside"
            plain.mkdir()
            beside.mkdir()
            with stage("unpack"):
                unpack(sent / "sent", plain, most=_most(sent))
            with stage("read the rows"):
                read = _read(store, job.force, plain, beside)
        with stage("compare with what is there"):
            draft = draft_import(store, job.force, read)
        with stage("write what was refused"):
            read.rejects.to_csv(sent / REJECTS, index=False, lineterminator="\n")
    except (InputError, NotFoundError):
        drop_upload(store, upload)
        raise
    reasons = read.rejects["reason"].value_counts().head(_MOST_REASONS)
    told = draft.facts | {
        "upload": upload, "skipped": list(read.skipped), "decided": "",
        "reasons": [{"reason": str(reason), "rows": int(rows)} for reason, rows in reasons.items()],
    }  # fmt: skip
    return lambda _: told


def confirm(store: Store, job: Job, *, actor: str) -> Imported:
    """
    Import what a job has read.

    Raises
    ------
    InputError
        If it was decided on before, or what was there has changed since.
    """
    draft = _draft(store, job)

    def decided(writing: Connection, done: Imported) -> None:
        _decide(writing, job, "confirmed" if done.number else "nothing new", done.number)

    imported = confirm_import(store, draft, actor=actor, also=decided)
    drop_upload(store, job.outcome["upload"])
    return imported


def discard(store: Store, job: Job) -> None:
    """
    Forget what a job has read.

    Raises
    ------
    InputError
        If it was decided on before.
    """
    draft = _draft(store, job)
    with store.writing() as writing:
        _decide(writing, job, "discarded", None)
    discard_draft(store, draft)
    drop_upload(store, job.outcome["upload"])


def undecided(store: Store, force: str, *, most: int = 50) -> list[Job]:
    """Return the extracts that were read and wait for somebody to decide."""
    return [job for job in queue.newest(store, force, kind="extract", most=most) if job.outcome.get("decided") == ""]


def clear_up(store: Store) -> None:
    """Take uploads away that no job will read and nobody can confirm, of an hour ago or more: what a crash left."""
    with store.reading() as reading:
        rows = reading.execute(select(JOBS).where(JOBS.c.kind == "extract")).mappings().all()
    wanted = {
        json.loads(row["request"])["upload"]
        for row in rows
        if row["state"] in queue.UNFINISHED or json.loads(row["outcome"] or "{}").get("decided") == ""
    }
    folder = folder_of(store, "")
    for path in folder.iterdir() if folder.is_dir() else ():
        if path.name not in wanted and time.time() - path.stat().st_mtime > _STILL_SENT_SECONDS:
            drop_upload(store, path.name)


def _most(sent: Path) -> int:
    size = sum(path.stat().st_size for path in (sent / "sent").iterdir())
    return max(_LEAST_UNPACKED, _UNPACKED_FOR_SENT * size)


def _read(store: Store, force: str, plain: Path, beside: Path) -> "CrimeRead":
    from geodata.crimes import read_crimes
    from service.reading.given import pseudonym_key

    with store.reading() as reading:
        files = {kind: asdict(file) for kind, file in current_files(reading, force).items() if kind == "profile"}
    profile = read_profile(lay_out(store, files, beside).get("profile"))
    own = profile.crimes
    return read_crimes(
        [plain], crs=profile.analysis.crs, record_key=own.record_key, mapping=own.extract, key=pseudonym_key()
    )


def _draft(store: Store, job: Job) -> Draft:
    if job.state != "done" or job.outcome["decided"]:
        raise InputError("Only an extract that was read, and not yet decided on, can be confirmed or discarded.")
    path = folder_of(store, job.outcome["upload"]) / REJECTS
    words = {"file": "string", "line": "int64", "reason": "string"}
    rejects = pd.read_csv(path, dtype=words, keep_default_na=False)
    return Draft.of_facts(job.force, job.outcome, rejects)


def _decide(writing: Connection, job: Job, what: str, number: int | None) -> None:
    """Write down what was decided; of two who decide at once the second is refused."""
    held = json.loads(writing.execute(select(JOBS.c.outcome).where(JOBS.c.id == job.id)).scalar_one())
    if held["decided"]:
        raise InputError("Somebody has decided on this extract meanwhile.")
    told = json.dumps(held | {"decided": what, "import": number}, sort_keys=True)
    writing.execute(update(JOBS).where(JOBS.c.id == job.id).values(outcome=told))
