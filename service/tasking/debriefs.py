"""What patrols tell at the end of their shift: where they were, how long, what they saw; sent twice, it counts once."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from math import isfinite
from typing import Any, Final

import pandas as pd
from sqlalchemy import Connection, RowMapping, func, insert, select

from geodata.errors import InputError
from geodata.tables import DELIVERED, check
from service.reading.tasking_records import LONGEST_PATROL
from service.store import Store, audit
from service.store.tables import DEBRIEF_STOPS, DEBRIEFS
from service.tasking.meetings import is_day
from service.tasking.published import Tasked, Walk
from service.tasking.times import day_of

SEEN: Final = {
    "nothing": "Nothing out of the ordinary",
    "talked": "Talked with people there",
    "disorder": "Disorder or nuisance",
    "crime": "A crime, under way or reported",
    "damage": "Damage, or something unsafe",
    "called away": "Not done: called away",
    "no time": "Not done: no time left",
    "told otherwise": "Not done: told to be elsewhere",
}
LONGEST_NOTE: Final = 200
OLDEST_DAYS: Final = 14
_KEY: Final = re.compile(r"[A-Za-z0-9-]{16,64}")


@dataclass(frozen=True)
class StopTold:
    """
    What is told of one stop.

    Parameters
    ----------
    stop : its number
    done : whether the patrol was there
    minutes : how long; 0 where it was not there
    seen : of `SEEN`
    note : in a few words, about the place and never about a person
    """

    stop: int
    done: bool
    minutes: float
    seen: str
    note: str = ""

    def __post_init__(self) -> None:
        if self.seen not in SEEN:
            raise InputError("What was seen must be one of the answers given.")
        if not (isfinite(self.minutes) and 0 <= self.minutes <= LONGEST_PATROL):
            raise InputError(f"Minutes at stop {self.stop} must be from 0 to {LONGEST_PATROL}.")
        if self.done and self.minutes == 0:
            raise InputError(f"Stop {self.stop} was made, and must have taken some minutes.")
        if len(self.note) > LONGEST_NOTE:
            raise InputError(f"A note must have at most {LONGEST_NOTE} characters, got {len(self.note)}.")


@dataclass(frozen=True)
class Kept:
    """
    What became of a debrief.

    Parameters
    ----------
    at : when it was received, UTC
    again : whether it was there already, and counts once
    """

    at: str
    again: bool


def debrief(
    store: Store, tasked: Tasked, walk: Walk, *, key: str, day: str, told: Sequence[StopTold], actor: str
) -> Kept:
    """
    Keep what a patrol tells; what the same key brought before is not kept twice.

    Parameters
    ----------
    store : Store
    tasked, walk : the published run, and which of its patrols
    key : made by the phone, 16 to 64 letters, digits and hyphens
    day : on which the shift began
    told : every stop of the patrol, once
    actor : account

    Raises
    ------
    InputError
        If something is not told, told twice, or of a day that is to come or long past.
    """
    _check(store, walk, key, day, told)
    at = store.now
    with store.writing() as writing:
        before = select(DEBRIEFS.c.at).where(DEBRIEFS.c.force == tasked.force, DEBRIEFS.c.key == key)
        there = writing.execute(before).scalar_one_or_none()
        if there is not None:
            return Kept(there, again=True)
        row = {"force": tasked.force, "run_id": tasked.number, "key": key, "day": day, "at": at, "actor": actor}
        whose = {"unit": walk.unit, "shift": walk.shift}
        number = writing.execute(insert(DEBRIEFS).values(**row, **whose).returning(DEBRIEFS.c.id)).scalar_one()
        where = {stop.number: stop.hotspot for stop in walk.stops}
        rows = [
            {**vars(each), "minutes": each.minutes if each.done else 0.0, "debrief_id": number,
             "hotspot_id": where[each.stop]}
            for each in told
        ]  # fmt: skip
        if rows:
            writing.execute(insert(DEBRIEF_STOPS), rows)
        facts = {"run": tasked.number, "day": day, "stops": len(rows), "done": sum(each.done for each in told)}
        subject = f"debrief {number} of {tasked.force}"
        audit.append(writing, at=at, actor=actor, act="collection", subject=subject, details=facts)
    return Kept(at, again=False)


def received(reading: Connection, force: str, run: int, day: str) -> dict[str, dict[str, Any]]:
    """Return the debrief that counts of each patrol of a day, by its unit."""
    return {unit: row for (own, unit), row in _counting(reading, force, run).items() if own == day}


def delivered(reading: Connection, force: str, run: int, *, before: str | None = None) -> pd.DataFrame:
    """
    Return what was delivered of a run, one row a stop; of one patrol on one day the last debrief counts.

    Parameters
    ----------
    reading : a connection
    force, run : which
    before : first day that does not count, where one is given

    Returns
    -------
    delivered : table of delivered patrols
    """
    counting = [
        row for (day, _), row in sorted(_counting(reading, force, run).items()) if before is None or day < before
    ]
    whose = {row["id"]: row for row in counting}
    asked = select(DEBRIEF_STOPS).join(DEBRIEFS).where(DEBRIEFS.c.run_id == run)
    stops = reading.execute(asked.order_by(DEBRIEF_STOPS.c.debrief_id, DEBRIEF_STOPS.c.stop)).mappings()
    rows = [_row(whose[stop["debrief_id"]], stop) for stop in stops if stop["debrief_id"] in whose]
    kinds = dict.fromkeys(DELIVERED.columns, "string") | {"minutes": "float64"}
    return check(pd.DataFrame(rows, columns=list(DELIVERED.columns)).astype(kinds), DELIVERED)


def how_many(reading: Connection, force: str, run: int) -> int:
    """Return how many debriefs of a run were received, those that were told again too."""
    asked = select(func.count()).select_from(DEBRIEFS).where(DEBRIEFS.c.force == force, DEBRIEFS.c.run_id == run)
    return int(reading.execute(asked).scalar_one())


def _row(whose: dict[str, Any], stop: RowMapping) -> tuple[Any, ...]:
    return (
        whose["unit"], whose["shift"], stop["hotspot_id"], stop["minutes"], SEEN[stop["seen"]], stop["note"] or None
    )  # fmt: skip


def _counting(reading: Connection, force: str, run: int) -> dict[tuple[str, str], dict[str, Any]]:
    asked = select(DEBRIEFS).where(DEBRIEFS.c.force == force, DEBRIEFS.c.run_id == run).order_by(DEBRIEFS.c.id)
    return {(row["day"], row["unit"]): dict(row) for row in reading.execute(asked).mappings()}


def _check(store: Store, walk: Walk, key: str, day: str, told: Sequence[StopTold]) -> None:
    if not _KEY.fullmatch(key):
        raise InputError("A debrief's key must be 16 to 64 letters, digits and hyphens.")
    now = day_of(store.clock())
    if not is_day(day) or not (now - timedelta(days=OLDEST_DAYS)).isoformat() <= day <= now.isoformat():
        raise InputError(f"A debrief's day must be today or one of the {OLDEST_DAYS} days before.")
    if sorted(each.stop for each in told) != [stop.number for stop in walk.stops]:
        raise InputError("A debrief must tell of every stop of the patrol, once.")
    if sum(each.minutes for each in told) > LONGEST_PATROL:
        raise InputError("A patrol's minutes must not be more than a day's.")
