"""The tasking meeting: what it decided of each hot spot, who said so and when; what was changed stays."""

import hashlib
import json
from collections.abc import Container
from dataclasses import dataclass, fields
from datetime import date
from typing import Any, Final

from sqlalchemy import Connection, insert, select, update

from geodata.errors import InputError, NotFoundError
from maps.pack import DECISIONS as ANSWERS
from service.store import Store, audit
from service.store.tables import DECISIONS, MEETINGS

LONGEST_REASON: Final = 500
_LONGEST: Final = {"reason": LONGEST_REASON, "owner": 100}


class ChangedMeanwhileError(InputError):
    """
    Somebody else has decided since the form was opened: what they said is in force, and what is typed is not lost.

    Parameters
    ----------
    now : the decision in force
    """

    def __init__(self, now: dict[str, Any]) -> None:
        super().__init__(f"{now['actor']} has decided on this hot spot since you opened it: {now['decision']}.")
        self.now = now


@dataclass(frozen=True)
class Ruling:
    """
    What a meeting says of one hot spot.

    Parameters
    ----------
    decision : "accept", "amend" or "decline"
    reason : must be there to amend or decline
    owner : who sees to it; must be there to accept or amend
    review_date : "2024-08-01", or nothing
    """

    decision: str
    reason: str = ""
    owner: str = ""
    review_date: str = ""

    def __post_init__(self) -> None:
        if self.decision not in ANSWERS:
            raise InputError(f"A decision must be one of {', '.join(ANSWERS)}.")
        if self.decision != "accept" and not self.reason:
            raise InputError(f"To {self.decision} a hot spot, a meeting must say why.")
        if self.decision != "decline" and not self.owner:
            raise InputError(f"To {self.decision} a hot spot, a meeting must say who sees to it.")
        for name, most in _LONGEST.items():
            if len(getattr(self, name)) > most:
                raise InputError(f"The {name} must have at most {most} characters, got {len(getattr(self, name))}.")
        if self.review_date and not is_day(self.review_date):
            raise InputError("A review date must be a day, written YYYY-MM-DD.")


def begin(store: Store, force: str, run: int, *, present: str, actor: str) -> int:
    """
    Begin a meeting on a run, and return its number; whoever begins it is in the chair.

    Where somebody has just begun it, that is the meeting.

    Raises
    ------
    InputError
        If a meeting of the force on another run is still open, or `present` is too long.
    """
    if len(present) > LONGEST_REASON:
        raise InputError(f"Who is there must be said in at most {LONGEST_REASON} characters, got {len(present)}.")
    at = store.now
    with store.writing() as writing:
        there = still_open(writing, force)
        if there is not None and there["run_id"] == run:
            return int(there["id"])
        if there is not None:
            raise InputError("A meeting must be closed before another begins, and one on another run is open.")
        row = {"force": force, "run_id": run, "began": at, "chair": actor, "present": present}
        number = int(writing.execute(insert(MEETINGS).values(**row).returning(MEETINGS.c.id)).scalar_one())
        _tell(writing, at, actor, force, number, {"done": "begun", "run": run})
    return number


def take_chair(store: Store, force: str, number: int, *, actor: str) -> None:
    """Put somebody else in the chair of an open meeting."""
    at = store.now
    with store.writing() as writing:
        before = open_meeting(writing, force, number)["chair"]
        writing.execute(update(MEETINGS).where(MEETINGS.c.id == number).values(chair=actor))
        _tell(writing, at, actor, force, number, {"done": "chair taken", "from": before})


def decide(
    store: Store, force: str, number: int, hotspot: str, ruling: Ruling, *, saw: int, known: Container[str], actor: str
) -> int:
    """
    Decide on a hot spot, and return the version of the decision; the one before it stays.

    Parameters
    ----------
    store : Store
    force, number : of an open meeting
    hotspot : its identifier
    ruling : what is decided
    saw : version that stood when the form was opened, 0 where none did
    known : identifiers of the run's hot spots
    actor : account

    Raises
    ------
    NotFoundError
        If there is no such meeting or hot spot.
    ChangedMeanwhileError
        If somebody else has decided since.
    InputError
        If the meeting is closed.
    """
    if hotspot not in known:
        raise NotFoundError("There is no such hot spot in this run.")
    at = store.now
    with store.writing() as writing:
        open_meeting(writing, force, number)
        now = in_force(writing, number).get(hotspot)
        if now is not None and now["version"] != saw:
            raise ChangedMeanwhileError(now)
        version = saw + 1 if now is not None else 1
        own = {each.name: getattr(ruling, each.name) for each in fields(ruling)}
        row = {"meeting_id": number, "hotspot_id": hotspot, "version": version, "at": at, "actor": actor}
        writing.execute(insert(DECISIONS).values(**row, **own))
        told = {"hotspot": hotspot, "decision": ruling.decision, "version": version}
        _tell(writing, at, actor, force, number, told)
    return version


def close(store: Store, force: str, number: int, *, actor: str) -> None:
    """
    Close a meeting: nothing that it decided changes after that, and the audit knows the print of it.

    Raises
    ------
    NotFoundError
        If the force has no such meeting.
    InputError
        If it is closed already, or somebody else is in the chair.
    """
    at = store.now
    with store.writing() as writing:
        chair = open_meeting(writing, force, number)["chair"]
        if chair != actor:
            raise InputError(f"Only the chair may close a meeting, and that is {chair}: take the chair first.")
        writing.execute(update(MEETINGS).where(MEETINGS.c.id == number).values(closed=at))
        kept = history(writing, number)
        record = hashlib.sha256(json.dumps(kept, sort_keys=True).encode()).hexdigest()
        told = {"done": "closed", "decided": len(in_force(writing, number)), "record": record}
        _tell(writing, at, actor, force, number, told)


def find(reading: Connection, force: str, number: int) -> dict[str, Any]:
    """
    Return a meeting of the force.

    Raises
    ------
    NotFoundError
        If it has none of that number.
    """
    row = _newest(reading, force, MEETINGS.c.id == number)
    if row is None:
        raise NotFoundError("There is no such meeting.")
    return row


def open_meeting(reading: Connection, force: str, number: int) -> dict[str, Any]:
    """
    Return a meeting of the force that can still decide.

    Raises
    ------
    NotFoundError
        If the force has none of that number.
    InputError
        If it is closed.
    """
    row = find(reading, force, number)
    if row["closed"] is not None:
        raise InputError("The decisions of a closed meeting are fixed.")
    return row


def newest_of(reading: Connection, force: str, run: int) -> dict[str, Any] | None:
    """Return the newest meeting on a run, or None."""
    return _newest(reading, force, MEETINGS.c.run_id == run)


def last_closed(reading: Connection, force: str, *, run: int | None = None) -> dict[str, Any] | None:
    """Return the meeting that was closed last, on a run where one is given, or None."""
    own = () if run is None else (MEETINGS.c.run_id == run,)
    return _newest(reading, force, MEETINGS.c.closed.is_not(None), *own)


def still_open(reading: Connection, force: str) -> dict[str, Any] | None:
    """Return the force's open meeting, or None."""
    return _newest(reading, force, MEETINGS.c.closed.is_(None))


def history(reading: Connection, number: int) -> list[dict[str, Any]]:
    """Return every decision of a meeting by hot spot and version, those that were changed too."""
    asked = select(DECISIONS).where(DECISIONS.c.meeting_id == number)
    ordered = asked.order_by(DECISIONS.c.hotspot_id, DECISIONS.c.version)
    return [dict(row) for row in reading.execute(ordered).mappings()]


def in_force(reading: Connection, number: int) -> dict[str, dict[str, Any]]:
    """Return the decisions of a meeting that are in force, by hot spot."""
    return {row["hotspot_id"]: row for row in history(reading, number)}


def is_day(text: str) -> bool:
    """Return whether `text` is a day, written YYYY-MM-DD."""
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _newest(reading: Connection, force: str, *which: Any) -> dict[str, Any] | None:
    asked = select(MEETINGS).where(MEETINGS.c.force == force, *which).order_by(MEETINGS.c.id.desc()).limit(1)
    row = reading.execute(asked).mappings().first()
    return None if row is None else dict(row)


def _tell(writing: Connection, at: str, actor: str, force: str, number: int, told: dict[str, Any]) -> None:
    audit.append(writing, at=at, actor=actor, act="alteration", subject=f"meeting {number} of {force}", details=told)
