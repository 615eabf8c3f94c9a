"""What neighbourhoods ask for: priorities by ward, dated, and petitions, which many signatures put before a meeting."""

from collections.abc import Collection, Container
from dataclasses import dataclass
from math import isfinite
from typing import Any, Final

from sqlalchemy import Connection, insert, or_, select, update

from geodata.errors import InputError, NotFoundError
from geodata.tables import PRIORITIES as WEIGHTS
from service.store import Store, audit
from service.store.tables import PETITIONS, PRIORITIES
from service.tasking.meetings import is_day, open_meeting

LONGEST: Final = 300
_MOST_SIGNATURES: Final = 10_000_000


@dataclass(frozen=True)
class Priority:
    """
    What a ward is to count more or less for.

    Parameters
    ----------
    ward : its code
    weight : 1 is no change
    reason : in a sentence
    first_day, last_day : "2024-08-01"; without a last day it stands until another is entered
    """

    ward: str
    weight: float
    reason: str
    first_day: str
    last_day: str = ""

    def __post_init__(self) -> None:
        low, high = WEIGHTS
        if not (isfinite(self.weight) and low <= self.weight <= high):
            raise InputError(f"A ward's weight must be from {low:g} to {high:g}, where 1 is no change.")
        _said("why the ward counts", self.reason)
        if not is_day(self.first_day) or (self.last_day and not is_day(self.last_day)):
            raise InputError("A priority's days must be written YYYY-MM-DD.")
        if self.last_day and self.last_day < self.first_day:
            raise InputError("A priority's last day must not be before its first.")


@dataclass(frozen=True)
class Petition:
    """What people of a ward signed, how many of them, and on which day it was handed over."""

    ward: str
    subject: str
    signatures: int
    received: str

    def __post_init__(self) -> None:
        _said("what is asked for", self.subject)
        if not 1 <= self.signatures <= _MOST_SIGNATURES:
            raise InputError(f"Signatures must be from 1 to {_MOST_SIGNATURES:,}.")
        if not is_day(self.received):
            raise InputError("The day on which a petition was received must be written YYYY-MM-DD.")


def prioritise(store: Store, force: str, priority: Priority, *, wards: Container[str], actor: str) -> int:
    """
    Enter a ward's priority, and return its number.

    Raises
    ------
    NotFoundError
        If the ward is none of the force's.
    """
    _known(priority.ward, wards)
    at = store.now
    with store.writing() as writing:
        row = vars(priority) | {"last_day": priority.last_day or None, "force": force, "at": at, "actor": actor}
        number = int(writing.execute(insert(PRIORITIES).values(**row).returning(PRIORITIES.c.id)).scalar_one())
        told = {"ward": priority.ward, "weight": priority.weight, "from": priority.first_day, "until": row["last_day"]}
        _tell(writing, at, actor, f"priority {number} of {force}", told)
    return number


def take_back(store: Store, force: str, number: int, *, actor: str, wards: Collection[str] = ()) -> None:
    """
    Take a priority back: it stays, and counts no more.

    Parameters
    ----------
    store, force, number, actor : whose, which, and who
    wards : to which whoever asks is held; the whole force where there are none

    Raises
    ------
    NotFoundError
        If the force has none of that number that counts.
    """
    at, own = store.now, (PRIORITIES.c.force == force, PRIORITIES.c.id == number, PRIORITIES.c.taken_back.is_(None))
    near = (PRIORITIES.c.ward.in_(wards),) if wards else ()
    with store.writing() as writing:
        if writing.execute(update(PRIORITIES).where(*own, *near).values(taken_back=at)).rowcount == 0:
            raise NotFoundError("There is no such priority.")
        _tell(writing, at, actor, f"priority {number} of {force}", {"done": "taken back"})


def priorities_on(store: Store, force: str, day: str) -> dict[str, float]:
    """
    Return what each ward counts for on a day, by its code: what a run is given as community priorities.

    Of two that hold on one day, the one entered last counts; a weight of 1 is told too, as it replaces another.

    Parameters
    ----------
    store : Store
    force : in the store
    day : "2024-08-01"
    """
    holds = (PRIORITIES.c.first_day <= day, or_(PRIORITIES.c.last_day.is_(None), PRIORITIES.c.last_day >= day))
    asked = select(PRIORITIES.c.ward, PRIORITIES.c.weight).where(
        PRIORITIES.c.force == force, PRIORITIES.c.taken_back.is_(None), *holds
    )
    with store.reading() as reading:
        found = {row.ward: row.weight for row in reading.execute(asked.order_by(PRIORITIES.c.id))}
    return dict(sorted(found.items()))


def petition(store: Store, force: str, told: Petition, *, wards: Container[str], actor: str) -> int:
    """
    Enter a petition, and return its number.

    Raises
    ------
    NotFoundError
        If the ward is none of the force's.
    """
    _known(told.ward, wards)
    at = store.now
    with store.writing() as writing:
        row = vars(told) | {"force": force, "at": at, "actor": actor}
        number = int(writing.execute(insert(PETITIONS).values(**row).returning(PETITIONS.c.id)).scalar_one())
        _tell(writing, at, actor, f"petition {number} of {force}", {"ward": told.ward, "signatures": told.signatures})
    return number


def answer(store: Store, force: str, meeting: int, number: int, words: str, *, actor: str) -> None:
    """
    Record what an open meeting answers to a petition, once.

    Raises
    ------
    NotFoundError
        If the force has no such meeting, or no such petition that waits for an answer.
    InputError
        If the meeting is closed, or nothing is said.
    """
    _said("what the meeting answers", words)
    at = store.now
    with store.writing() as writing:
        open_meeting(writing, force, meeting)
        own = (PETITIONS.c.force == force, PETITIONS.c.id == number, PETITIONS.c.answered.is_(None))
        values = {"answer": words, "answered": at, "meeting_id": meeting}
        if writing.execute(update(PETITIONS).where(*own).values(**values)).rowcount == 0:
            raise NotFoundError("There is no such petition that waits for an answer.")
        _tell(writing, at, actor, f"petition {number} of {force}", {"done": "answered", "meeting": meeting})


def priorities(reading: Connection, force: str) -> list[dict[str, Any]]:
    """Return every priority of a force, the newest first, those taken back too."""
    asked = select(PRIORITIES).where(PRIORITIES.c.force == force).order_by(PRIORITIES.c.id.desc())
    return [dict(row) for row in reading.execute(asked).mappings()]


def petitions(reading: Connection, force: str) -> list[dict[str, Any]]:
    """Return every petition of a force, the newest first."""
    asked = select(PETITIONS).where(PETITIONS.c.force == force).order_by(PETITIONS.c.id.desc())
    return [dict(row) for row in reading.execute(asked).mappings()]


def waiting(reading: Connection, force: str, signatures: int) -> list[dict[str, Any]]:
    """Return the petitions with enough signatures that no meeting has answered, the most signed first."""
    enough = [row for row in petitions(reading, force) if row["signatures"] >= signatures and not row["answered"]]
    return sorted(enough, key=lambda row: (-row["signatures"], row["id"]))


def answered_by(reading: Connection, meeting: int) -> list[dict[str, Any]]:
    """Return the petitions that a meeting answered."""
    asked = select(PETITIONS).where(PETITIONS.c.meeting_id == meeting).order_by(PETITIONS.c.id)
    return [dict(row) for row in reading.execute(asked).mappings()]


def _known(ward: str, wards: Container[str]) -> None:
    if ward not in wards:
        raise NotFoundError("There is no such ward in the force's newest run.")


def _said(what: str, text: str) -> None:
    if not text:
        raise InputError(f"It must be said {what}.")
    if len(text) > LONGEST:
        raise InputError(f"It must be said in at most {LONGEST} characters {what}, got {len(text)}.")


def _tell(writing: Connection, at: str, actor: str, subject: str, told: dict[str, Any]) -> None:
    audit.append(writing, at=at, actor=actor, act="alteration", subject=subject, details=told)
