"""Runs of the cycle: what they made lies in the store's folder, and is for those who made it until it is published."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, RowMapping, insert, select, update

from geodata.errors import InputError, NotFoundError
from service.store import audit
from service.store.catalogue import Store
from service.store.tables import RUNS

_PRODUCT: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


@dataclass(frozen=True)
class Run:
    """
    One run.

    Parameters
    ----------
    id, force, job_id : which
    run : the manifest's fingerprint
    at : when it was made
    until : last day of the crimes that it knew
    folder : of its products, within the store's
    state : "made", "published", "withdrawn" or "erased"
    erased_since : when something that it was made from was erased; None where all is kept
    """

    id: int
    force: str
    job_id: int
    run: str
    at: str
    until: str
    folder: str
    state: str
    erased_since: str | None = None


def list_runs(store: Store, force: str, *, published_only: bool, most: int = 100) -> list[Run]:
    """Return the runs of a force whose products are there, the newest first."""
    asked = select(RUNS).where(RUNS.c.force == force, RUNS.c.state != "erased").order_by(RUNS.c.id.desc()).limit(most)
    if published_only:
        asked = asked.where(RUNS.c.state == "published")
    with store.reading() as reading:
        return [_run(row) for row in reading.execute(asked).mappings()]


def find_run(store: Store, force: str, number: int, *, published_only: bool) -> Run:
    """
    Return a run of the force.

    Raises
    ------
    NotFoundError
        If the force has no such run, its products were erased, or only published ones are asked for and it is not.
    """
    with store.reading() as reading:
        row = reading.execute(select(RUNS).where(RUNS.c.force == force, RUNS.c.id == number)).mappings().first()
    if row is None or (published_only and row["state"] != "published"):
        raise NotFoundError("There is no such run.")
    if row["state"] == "erased":
        raise NotFoundError("What that run made is over its time, and was erased.")
    return _run(row)


def products_of(store: Store, run: Run) -> list[str]:
    """Return the names of what a run made."""
    return sorted(path.name for path in (store.folder / run.folder).iterdir() if path.is_file())


def product_path(store: Store, run: Run, name: str) -> Path:
    """
    Return where a product lies.

    Raises
    ------
    NotFoundError
        If the run made nothing of that name.
    """
    path = store.folder / run.folder / name
    if not _PRODUCT.fullmatch(name) or not path.is_file():
        raise NotFoundError("The run made nothing of that name.")
    return path


def record_run(writing: Connection, store: Store, *, actor: str, **told: str | int) -> int:
    """Tell the catalogue of a run whose products lie in the store's folder."""
    number = int(writing.execute(insert(RUNS).values(at=store.now, **told).returning(RUNS.c.id)).scalar_one())
    audit.append(
        writing, at=store.now, actor=actor, act="combination", subject=f"run {number} of {told['force']}",
        details={"job": told["job_id"], "run": told["run"], "state": told["state"]},
    )  # fmt: skip
    return number


def set_state(store: Store, run: Run, state: str, *, actor: str) -> None:
    """
    Publish a run to those who may see the map, or withdraw it from them.

    Raises
    ------
    InputError
        If it is in that state already, or withdrawn without having been published.
    """
    before = {"published": ("made", "withdrawn"), "withdrawn": ("published",)}[state]
    with store.writing() as writing:
        asked = update(RUNS).where(RUNS.c.id == run.id, RUNS.c.state.in_(before)).values(state=state)
        if writing.execute(asked).rowcount == 0:
            raise InputError(f"Only a run that is {' or '.join(before)} can be {state}.")
        audit.append(
            writing, at=store.now, actor=actor, act="alteration", subject=f"run {run.id} of {run.force}",
            details={"done": state},
        )  # fmt: skip


def _run(row: RowMapping) -> Run:
    return Run(**dict(row))
