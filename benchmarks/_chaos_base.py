"""What the acts that are killed have in common."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, insert, select

from service.store import Store
from service.store.runs import record_run
from service.store.tables import AUDIT, JOBS

Tell = Callable[[Any], None]
FORCE: Final = "sample-force"


@dataclass(frozen=True)
class Act:
    """
    One thing that is done again and again, and killed.

    Parameters
    ----------
    go : tells that it has begun, does it, and tells of each time that it was kept
    wrong : what does not hold of the store, in words, given what was told
    longest : seconds until it is killed
    before : done to the new store's database before the act opens it; what it returns is told, too
    """

    go: Callable[[Store, Tell, int], None]
    wrong: Callable[[Store, list[Any]], Iterator[str]]
    longest: float
    before: Callable[[str, int], list[Any]] = lambda *_: []


def details(reading: Connection, act: str) -> list[dict[str, Any]]:
    """Return what the audit tells of an act, entry by entry."""
    return [json.loads(told) for told in reading.execute(select(AUDIT.c.details).where(AUDIT.c.act == act)).scalars()]


def published_run(store: Store) -> int:
    """Tell the catalogue of a run that was made and published, and return its number."""
    job = {
        "force": FORCE, "kind": "run", "request": "{}", "actor": "x", "at": store.now, "state": "done",
        "stage": "done", "share": 1.0, "attempts": 1,
    }  # fmt: skip
    with store.writing() as writing:
        number = writing.execute(insert(JOBS).values(**job).returning(JOBS.c.id)).scalar_one()
        about = {"job_id": number, "run": "0" * 16, "until": "2024-06-30", "folder": "runs/x", "state": "published"}
        return record_run(writing, store, actor="chaos", force=FORCE, **about)
