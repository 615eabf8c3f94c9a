"""What goes with crimes that are over their time, or of somebody whom nothing must be kept of: records and products."""

import json
import shutil
from collections.abc import Collection
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Table, delete, or_, select, update

from service.store.catalogue import Store
from service.store.tables import DEBRIEF_STOPS, DEBRIEFS, JOBS, PETITIONS, PRIORITIES, REPORTS, RUNS

_GONE: Final = json.dumps({"error": "The run that it was planned over is over its time, and was erased."})


def forget_records(writing: Connection, force: str, month: str) -> dict[str, int]:
    """
    Erase debriefs, petitions, priorities and intelligence from before a month, and what runs made that knew no later.

    The runs, and what meetings decided on them, stay in the catalogue; `take_away` deletes the products.

    Parameters
    ----------
    writing : the transaction
    force : whose
    month : "2019-04", the first that stays

    Returns
    -------
    erased : how many of each kind, by its name
    """
    day = f"{month}-01"
    old = select(DEBRIEFS.c.id).where(DEBRIEFS.c.force == force, DEBRIEFS.c.day < day)
    writing.execute(delete(DEBRIEF_STOPS).where(DEBRIEF_STOPS.c.debrief_id.in_(old)))
    over = or_(PRIORITIES.c.last_day < day, PRIORITIES.c.taken_back < day)
    found = {
        "debriefs": _delete(writing, DEBRIEFS, force, DEBRIEFS.c.day < day),
        "petitions": _delete(writing, PETITIONS, force, PETITIONS.c.received < day),
        "priorities": _delete(writing, PRIORITIES, force, over),
        "reports": _delete(writing, REPORTS, force, REPORTS.c.at < day),
    }
    knew_no_later = (RUNS.c.force == force, RUNS.c.until < day, RUNS.c.state != "erased")
    runs = list(writing.execute(select(RUNS.c.id).where(*knew_no_later)).scalars())
    writing.execute(update(RUNS).where(RUNS.c.id.in_(runs)).values(state="erased"))
    return found | {"runs": len(runs), "scenarios": _forget_scenarios(writing, force, runs)}


def mark_runs(writing: Connection, force: str, gone: Collection[str], *, at: str) -> int:
    """
    Mark the runs that were made from segments that are gone: nobody can make them again; return how many.

    Parameters
    ----------
    writing : the transaction
    force : whose
    gone : fingerprints of segments
    at : when, UTC
    """
    asked = select(RUNS.c.id, JOBS.c.request).join(JOBS, RUNS.c.job_id == JOBS.c.id).where(RUNS.c.force == force)
    whole = writing.execute(asked.where(RUNS.c.erased_since.is_(None))).all()
    made = [number for number, request in whole if _segments(request) & set(gone)]
    writing.execute(update(RUNS).where(RUNS.c.id.in_(made)).values(erased_since=at))
    return len(made)


def take_away(store: Store) -> None:
    """Delete the products of which the catalogue says that they are erased, those too that a crash has left."""
    erased = select(RUNS.c.folder).where(RUNS.c.state == "erased")
    plans = select(JOBS.c.force, JOBS.c.id).where(JOBS.c.kind == "scenario", JOBS.c.outcome == _GONE)
    with store.reading() as reading:
        folders = list(reading.execute(erased).scalars())
        folders += [f"runs/{force}/scenarios-{number}" for force, number in reading.execute(plans)]
    for folder in folders:
        shutil.rmtree(store.folder / folder, ignore_errors=True)


def _delete(writing: Connection, table: Table, force: str, old: ColumnElement[bool]) -> int:
    return int(writing.execute(delete(table).where(table.c.force == force, old)).rowcount)


def _forget_scenarios(writing: Connection, force: str, runs: Collection[int]) -> int:
    """Let the plans over erased runs say so in place of what they found."""
    asked = select(JOBS.c.id, JOBS.c.request).where(JOBS.c.force == force, JOBS.c.kind == "scenario")
    done = writing.execute(asked.where(JOBS.c.state == "done")).all()
    gone = [number for number, request in done if _read(request).get("run") in runs]
    writing.execute(update(JOBS).where(JOBS.c.id.in_(gone)).values(state="failed", outcome=_GONE))
    return len(gone)


def _segments(request: str) -> set[str]:
    return {each["sha256"] for each in _read(request).get("segments", [])}


def _read(request: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(request)
    return found
