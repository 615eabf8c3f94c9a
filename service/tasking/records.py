"""
What the next run takes up: decisions and delivered patrols, in the files that it reads, and the wards' priorities.

    handed = for_the_next_run(store, force, folder)
    run_cycle(replace(request, last=handed.last, decisions=handed.decisions, delivered=handed.delivered,
                      priorities=priorities_on(store, force, day)))
"""

from dataclasses import dataclass
from pathlib import Path

import pandas as pd
from sqlalchemy import Connection

from maps.tables.spreadsheet import write_table
from service.reading.tasking_records import DECISION_COLUMNS
from service.store import Store
from service.tasking.debriefs import delivered
from service.tasking.meetings import in_force, newest_of
from service.tasking.published import Tasked, newest


@dataclass(frozen=True)
class Handed:
    """
    What is handed to a run: its request's `last`, `decisions` and `delivered`.

    Parameters
    ----------
    last : folder of the last tasking's products
    decisions : CSV, or None where no meeting has decided on it
    delivered : CSV, or None where nobody has debriefed
    """

    last: Path
    decisions: Path | None
    delivered: Path | None


def decisions_of(reading: Connection, meeting: int) -> pd.DataFrame:
    """Return the decisions in force of a meeting, in the columns that `report --decisions` reads."""
    rows = list(in_force(reading, meeting).values())
    table = pd.DataFrame(rows, columns=list(DECISION_COLUMNS)).astype("string")
    return table.mask(table == "")


def decisions_table(store: Store, tasked: Tasked) -> pd.DataFrame:
    """Return what the newest meeting on a run decided; without rows where there was none."""
    with store.reading() as reading:
        meeting = newest_of(reading, tasked.force, tasked.number)
        return decisions_of(reading, 0 if meeting is None else meeting["id"])


def delivered_table(store: Store, tasked: Tasked) -> pd.DataFrame:
    """Return what was delivered of a run, in the columns that `report --delivered` reads."""
    with store.reading() as reading:
        return delivered(reading, tasked.number)


def for_the_next_run(store: Store, force: str, folder: Path) -> Handed | None:
    """
    Write what the next run takes up of the last tasking, or return None where none was published.

    Parameters
    ----------
    store : Store
    force : in the store
    folder : there already; where the two files go
    """
    tasked = newest(store, force)
    if tasked is None:
        return None
    decided, done = decisions_table(store, tasked), delivered_table(store, tasked)
    return Handed(
        last=tasked.folder,
        decisions=write_table(decided, folder / "decisions.csv") if len(decided) else None,
        delivered=write_table(done, folder / "delivered.csv") if len(done) else None,
    )
