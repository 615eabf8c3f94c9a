"""What a run of the service was made from, found again in the store: crimes, files, and what was handed over."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import select

from geodata.crimes import CrimeRead
from geodata.errors import NotFoundError
from service.jobs import queue
from service.jobs.running import KEPT, kept_crimes
from service.profile.force import Profile
from service.store import Store
from service.store.segments import of_row
from service.store.tables import RUNS, SEGMENTS
from service.tasking.records import hand_over

_FOLDERS = ("files", "runs", "releases")


def crimes_again(store: Store, inputs: Sequence[Mapping[str, Any]], profile: Profile) -> CrimeRead:
    """
    Return the crimes that a manifest names as kept, superseded ones too.

    Raises
    ------
    NotFoundError
        If some were erased since.
    """
    prints = [row["sha256"] for row in inputs if row["kind"] == KEPT]
    asked = select(SEGMENTS).where(SEGMENTS.c.sha256.in_(prints), SEGMENTS.c.state != "erased")
    with store.reading() as reading:
        found = {row["sha256"]: of_row(row) for row in reading.execute(asked).mappings()}
    gone = [row["file"] for row in inputs if row["kind"] == KEPT and row["sha256"] not in found]
    if gone:
        raise NotFoundError(f"The crimes that a run was made from must be kept; {gone[0]} was erased since.")
    return kept_crimes(store, [found[each] for each in prints], profile)


def places_of(store: Store, run: str, workshop: Path) -> tuple[Path, ...]:
    """
    Return folders among which a run's other inputs lie.

    Parameters
    ----------
    store : Store
    run : fingerprint of the run
    workshop : folder for what was handed over of the run before, which is written again
    """
    with store.reading() as reading:
        row = reading.execute(select(RUNS).where(RUNS.c.run == run).limit(1)).mappings().first()
    last = None if row is None else queue.find(store, row["force"], row["job_id"]).request.get("last")
    if row is not None and last is not None:
        hand_over(store, row["force"], last, workshop)
    return (workshop, *(store.folder / name for name in _FOLDERS if (store.folder / name).is_dir()))
