"""
What the next run takes up of the last tasking: decisions and delivered patrols, in the files that a run reads.

The wards' priorities go with them: `community.priorities_on` the day on which the run is asked for.
"""

from dataclasses import dataclass
from pathlib import Path

import pandas as pd
from sqlalchemy import Connection

from service.reading.tasking_records import DECISION_COLUMNS
from service.store import Store
from service.tasking.debriefs import delivered
from service.tasking.meetings import in_force, newest_of


@dataclass(frozen=True)
class Handed:
    """
    What is handed to a run, as its request's `decisions` and `delivered`.

    Parameters
    ----------
    decisions : CSV, or None where no meeting has decided anything
    delivered : CSV, or None where nobody has debriefed
    """

    decisions: Path | None = None
    delivered: Path | None = None


def decisions_of(reading: Connection, meeting: int) -> pd.DataFrame:
    """Return the decisions in force of a meeting, in the columns that `report --decisions` reads."""
    rows = list(in_force(reading, meeting).values())
    table = pd.DataFrame(rows, columns=list(DECISION_COLUMNS)).astype("string")
    return table.mask(table == "")


def decisions_table(store: Store, force: str, run: int) -> pd.DataFrame:
    """Return what the newest meeting on a run decided; without rows where there was none."""
    with store.reading() as reading:
        meeting = newest_of(reading, force, run)
        return decisions_of(reading, 0 if meeting is None else meeting["id"])


def delivered_table(store: Store, force: str, run: int) -> pd.DataFrame:
    """Return what was delivered of a run, in the columns that `report --delivered` reads."""
    with store.reading() as reading:
        return delivered(reading, force, run)


def hand_over(store: Store, force: str, run: int, folder: Path) -> Handed:
    """
    Write what the next run takes up of an earlier one.

    Parameters
    ----------
    store : Store
    force : in the store
    run : number of the earlier run
    folder : there already; where the two files go
    """
    from maps.tables.spreadsheet import write_table

    decided, done = decisions_table(store, force, run), delivered_table(store, force, run)
    return Handed(
        decisions=write_table(decided, folder / "decisions.csv") if len(decided) else None,
        delivered=write_table(done, folder / "delivered.csv") if len(done) else None,
    )
