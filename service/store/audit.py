"""
Who did what, when: a chain that cannot be changed without being seen.

Each entry holds the hash of the one before it. The database refuses to change or delete an entry; whoever gets past the
database breaks the chain, which `verify` finds. Only entries cut off at the end leave the rest whole: `head` is to be
kept elsewhere, and given to `verify` again.

The acts are those that a competent authority must log [1]_.

References
----------
.. [1] Data Protection Act 2018, section 62.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, RowMapping, func, insert, select

from service.store.tables import AUDIT

ACTS: Final = ("collection", "alteration", "consultation", "combination", "disclosure", "erasure")
_BEFORE_THE_FIRST: Final = "0" * 64


@dataclass(frozen=True)
class Verdict:
    """
    What was found of the chain.

    Parameters
    ----------
    entries : how many there are
    head : hash of the last one
    broken : number of the first entry that does not follow from the one before it; None where all do
    """

    entries: int
    head: str
    broken: int | None


def append(
    writing: Connection, *, at: str, actor: str, act: str, subject: str, details: Mapping[str, Any] | None = None
) -> None:
    """
    Add an entry, inside the transaction of what it tells of: both are kept, or neither is.

    Parameters
    ----------
    writing : a connection of `Store.writing`, which lets one writer in at a time
    at : UTC, ISO 8601
    actor : account, or "system"
    act : one of `ACTS`
    subject : what was acted on, "crimes of northumbria"
    details : counts and names of files; never a row of data
    """
    if act not in ACTS:
        raise ValueError(f"an act must be one of {ACTS}, got {act}")
    last = writing.execute(select(AUDIT).order_by(AUDIT.c.number.desc()).limit(1)).mappings().first()
    entry = {
        "number": 1 if last is None else last["number"] + 1,
        "at": at,
        "actor": actor,
        "act": act,
        "subject": subject,
        "details": json.dumps(details or {}, sort_keys=True, separators=(",", ":")),
        "previous": _BEFORE_THE_FIRST if last is None else last["hash"],
    }
    writing.execute(insert(AUDIT).values(**entry, hash=_hash(entry)))


def verify(reading: Connection, *, head: str | None = None) -> Verdict:
    """
    Return whether each entry follows from the one before it.

    Parameters
    ----------
    reading : a connection
    head : hash that an earlier `verify` told; the chain must still hold it

    Returns
    -------
    Verdict
        With `broken` one past the end where all follow, but `head` is not among them: entries were cut off.
    """
    previous, number, seen = _BEFORE_THE_FIRST, 0, head is None
    for entry in reading.execute(select(AUDIT).order_by(AUDIT.c.number)).mappings():
        number += 1
        if (entry["number"], entry["previous"], entry["hash"]) != (number, previous, _hash(entry)):
            entries = reading.execute(select(func.count()).select_from(AUDIT)).scalar_one()
            return Verdict(entries, previous, number)
        previous = entry["hash"]
        seen = seen or previous == head
    return Verdict(number, previous, None if seen else number + 1)


def _hash(entry: Mapping[str, Any] | RowMapping) -> str:
    told = [entry[name] for name in ("number", "at", "actor", "act", "subject", "details", "previous")]
    return hashlib.sha256(json.dumps(told, ensure_ascii=True, separators=(",", ":")).encode()).hexdigest()
