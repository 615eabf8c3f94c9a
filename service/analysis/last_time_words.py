"""What came of the last tasking, in sentences; no verb says that patrol brought about what was recorded."""

from collections.abc import Hashable
from typing import Any, Final

import numpy as np
import pandas as pd

from hotspots.trend import TOO_FEW
from maps import words
from service.reading.last_run import LastRun

FALL_BACK: Final = (
    "Places are chosen because crime was high there: some of it falls back by itself, patrolled or not. Nothing here "
    "says that patrol prevented crime; `beatplan review` asks that, beside places left alone."
)
NOT_DELIVERED: Final = "No delivered patrols were given: nobody can say whether the plan or its absence was seen."
NOT_DECIDED: Final = "No decisions of the meeting were given."
_SAID: Final = {"accept": "Accepted", "amend": "Amended", "decline": "Declined"}
_VERDICTS: Final = ("fell", "rose", "no clear change", TOO_FEW)


def sentence(row: dict[Hashable, Any]) -> str:
    """Say what was decided, done and recorded at one hot spot; no verb says that one brought about the other."""
    return " ".join((_decided(row), _done(row), _recorded(row)))


def _decided(row: dict[Hashable, Any]) -> str:
    if pd.isna(row["decision"]):
        return "No decision is recorded."
    owner = "" if pd.isna(row["owner"]) else f"; owner {row['owner']}"
    when = "was due" if row["overdue"] else "is due"
    review = "" if pd.isna(row["review_date"]) else f"; review {when} on {row['review_date']}"
    return f"{_SAID[row['decision']]}{owner}{review}."


def _done(row: dict[Hashable, Any]) -> str:
    planned, delivered = row["planned_minutes"], row["delivered_minutes"]
    if np.isnan(delivered):
        return f"{planned:,.0f} minutes of patrol were planned here; none are recorded as delivered."
    return f"Harm here was exposed to {delivered:,.0f} minutes of patrol, of {planned:,.0f} planned."


def _recorded(row: dict[Hashable, Any]) -> str:
    rates = f"{words.number(row['before'])} crimes a week before, {words.number(row['after'])} since"
    if row["verdict"] == TOO_FEW or not np.isfinite(row["ratio"]):
        return f"{rates}: too few to say."
    ends = f"90{words.SPACE}% interval {words.gain(row['low'] - 1)} to {words.gain(row['high'] - 1)}"
    return f"{rates}: {words.gain(row['ratio'] - 1)} ({ends}), {row['verdict']}."


def summary(table: pd.DataFrame, planned: float, delivered: float) -> str:
    """Say how much was tasked, delivered and recorded."""
    verdicts = table["verdict"].value_counts()
    found = words.listing([f"{name} at {int(verdicts[name])}" for name in _VERDICTS if name in verdicts])
    done = NOT_DELIVERED
    if not np.isnan(delivered):
        done = f"{delivered:,.0f} of {planned:,.0f} planned minutes were delivered."
    return (
        f"{words.capital(words.count(len(table), 'hot spot'))} tasked. {done} Crimes a week: {found or 'none to tell'}."
    )


def notes(last: LastRun) -> tuple[str, ...]:
    """Return what a reader must know of the files and of the comparison."""
    decided = NOT_DECIDED if last.decisions is None else f"Decisions: {last.decisions.sentence}."
    done = NOT_DELIVERED if last.delivered is None else f"Delivered patrols: {last.delivered.sentence}."
    planned = "Planned minutes are one typical day's, times the days since."
    return decided, done, planned, FALL_BACK


def span(start: pd.Timestamp, stop: pd.Timestamp) -> str:
    """Return a time in words, its last day included."""
    return f"{day(start)} to {day(stop - pd.Timedelta(days=1))}"


def day(moment: pd.Timestamp) -> str:
    """Return a day in words, whatever the machine's locale."""
    return f"{moment.day} {moment.month_name()} {moment.year}"
