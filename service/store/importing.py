"""
Taking in an extract: whole months, each in place of what was there, and what came and went told.

It may be looked at before it is confirmed: a draft has its segments on the disk, and the catalogue knows nothing of
them until somebody confirms.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Self

import pandas as pd
from sqlalchemy import Connection, insert, update

from geodata.crimes import CrimeRead
from geodata.errors import InputError
from service.store import audit
from service.store.catalogue import Store
from service.store.differences import differences
from service.store.segments import (
    Segment,
    current,
    months_of,
    not_erased,
    refuse_bad_name,
    write_segment,
)
from service.store.tables import IMPORTS, REJECTS, SEGMENTS


@dataclass(frozen=True, eq=False)
class Imported:
    """
    What an import did.

    Parameters
    ----------
    number : of the import; None where everything was there already
    months : as of `Draft`
    rows_read, rows_accepted, rows_rejected : the second and the third add up to the first
    """

    number: int | None
    months: pd.DataFrame
    rows_read: int
    rows_accepted: int
    rows_rejected: int


@dataclass(frozen=True, eq=False)
class Draft:
    """
    An extract that waits to be confirmed.

    Parameters
    ----------
    force : whose
    segments : of each of its months, on the disk
    before : month to the fingerprint of what is there, "" where nothing is
    months : one row a month: month, rows, added, removed, kept (crimes, beside what was there), and how many of those
        added and removed are one crime that has changed
    sources, rejects : as read
    """

    force: str
    segments: tuple[Segment, ...]
    before: Mapping[str, str]
    months: pd.DataFrame
    sources: pd.DataFrame
    rejects: pd.DataFrame

    @property
    def rows(self) -> dict[str, int]:
        """Rows read, accepted and rejected."""
        return {name: int(self.sources[name].sum()) for name in ("rows_read", "rows_accepted", "rows_rejected")}

    @property
    def facts(self) -> dict[str, Any]:
        """All but the rejects, as JSON can hold it."""
        return {
            "segments": [vars(each) for each in self.segments], "before": dict(self.before),
            "months": self.months.to_dict("records"), "sources": self.sources.to_dict("records"), **self.rows,
        }  # fmt: skip

    @classmethod
    def of_facts(cls, force: str, facts: Mapping[str, Any], rejects: pd.DataFrame) -> Self:
        """Return the draft of which `facts` tells."""
        segments = tuple(Segment(**each) for each in facts["segments"])
        months, sources = pd.DataFrame(facts["months"]), pd.DataFrame(facts["sources"])
        return cls(force, segments, facts["before"], months, sources, rejects)


def import_crimes(store: Store, force: str, read: CrimeRead, *, actor: str) -> Imported:
    """
    Keep the crimes of an extract: every month that it holds, in place of what was kept of that month.

    What is replaced stays, marked as superseded. An extract that holds what is there already changes nothing.

    Parameters
    ----------
    store : Store
    force : whose crimes; lower-case letters, digits and hyphens
    read : what was read of the extract
    actor : account

    Raises
    ------
    InputError
        If `force` breaks its rule, or the extract holds no crime.
    """
    _refuse(force, read)
    with store.writing() as writing:
        return _keep(store, writing, _drafted(store, writing, force, read), actor)


def draft_import(store: Store, force: str, read: CrimeRead) -> Draft:
    """
    Put the crimes of an extract on the disk, and say what they would change; nothing is kept until it is confirmed.

    Parameters
    ----------
    store, force, read : as for `import_crimes`

    Raises
    ------
    InputError
        If `force` breaks its rule, or the extract holds no crime.
    """
    _refuse(force, read)
    with store.reading() as reading:
        return _drafted(store, reading, force, read)


def confirm_import(
    store: Store, draft: Draft, *, actor: str, also: Callable[[Connection, Imported], None] = lambda *_: None
) -> Imported:
    """
    Keep the crimes of a draft, as it said that it would.

    Parameters
    ----------
    store : Store
    draft : of `draft_import`
    actor : account
    also : done in the same transaction

    Raises
    ------
    InputError
        If what was there has changed since, or the draft's files are gone.
    """
    months = tuple(each.month for each in draft.segments)
    with store.writing() as writing:
        there = {each.month: each.sha256 for each in current(writing, draft.force, months)}
        moved = [each.month for each in draft.segments if there.get(each.month, "") not in
                 (draft.before.get(each.month, ""), each.sha256)]  # fmt: skip
        if moved:
            raise InputError(f"What was there must be as it was compared; {moved[0]} has changed since: send it again.")
        if not all((store.segments / each.path).is_file() for each in draft.segments):
            raise InputError("What was read must still lie on the disk, and has been cleared away: send it again.")
        done = _keep(store, writing, draft, actor)
        also(writing, done)
    return done


def discard_draft(store: Store, draft: Draft) -> None:
    """Take the files of a draft away that nobody confirmed."""
    with store.writing() as writing:
        kept = {segment.path for segment in not_erased(writing)}
        for each in draft.segments:
            if each.path not in kept:
                (store.segments / each.path).unlink(missing_ok=True)


def _refuse(force: str, read: CrimeRead) -> None:
    refuse_bad_name(force)
    if read.crimes.empty:
        rows = int(read.sources["rows_read"].sum())
        raise InputError(f"An extract must hold a crime; of {rows:,} rows none was accepted.")


def _drafted(store: Store, reading: Connection, force: str, read: CrimeRead) -> Draft:
    written = {month: write_segment(store, force, month, crimes) for month, crimes in months_of(read.crimes)}
    there = {segment.month: segment for segment in current(reading, force, tuple(written))}
    before = {month: there[month].sha256 if month in there else "" for month in written}
    told = differences(store, written, there)
    return Draft(force, tuple(written.values()), before, told, read.sources, read.rejects)


def _keep(store: Store, writing: Connection, draft: Draft, actor: str) -> Imported:
    """Tell the catalogue of the new segments, of what they replace, of the import and of what it refused."""
    there = {segment.month: segment for segment in current(writing, draft.force)}
    news = {each.month: each for each in draft.segments if there.get(each.month) != each}
    if not news:
        return Imported(None, draft.months, **draft.rows)
    files = draft.sources[["file", "kind", "sha256"]].to_dict("records")
    about = {"force": draft.force, "at": store.now, "actor": actor, "files": json.dumps(files, sort_keys=True)}
    number = int(writing.execute(insert(IMPORTS).values(**about, **draft.rows).returning(IMPORTS.c.id)).scalar_one())
    replaced = (SEGMENTS.c.force == draft.force, SEGMENTS.c.state == "current", SEGMENTS.c.month.in_(list(news)))
    writing.execute(update(SEGMENTS).where(*replaced).values(state="superseded"))
    writing.execute(
        insert(SEGMENTS), [{**vars(each), "state": "current", "import_id": number} for each in news.values()]
    )
    if len(draft.rejects):
        rows = zip(*(draft.rejects[name].tolist() for name in ("file", "line", "reason")), strict=True)
        refused = [{"import_id": number, "file": file, "line": line, "reason": why} for file, line, why in rows]
        writing.execute(insert(REJECTS), refused)
    sums = {name: int(draft.months[name].sum()) for name in ("added", "removed", "kept")}
    audit.append(
        writing, at=about["at"], actor=actor, act="collection", subject=f"crimes of {draft.force}",
        details={"import": number, "months": list(news), **draft.rows, **sums},
    )  # fmt: skip
    return Imported(number, draft.months, **draft.rows)
