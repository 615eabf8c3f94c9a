"""The minutes of a meeting as a document: for the screen and for Word, the same bytes from the same decisions."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Final

import pandas as pd
from sqlalchemy import select

from geodata.errors import NotFoundError
from maps import words
from maps.tasking.dates import day
from service.manifest import RUN_DIGITS
from service.profile.force import Force
from service.store import Store
from service.store.tables import RUNS
from service.tasking import community, meetings
from service.tasking.published import find, newest
from service.tasking.times import moment_in_words

if TYPE_CHECKING:
    from maps.documents.blocks import Document, Section
    from maps.report.table import Table

SAID: Final = {"accept": "Accepted", "amend": "Amended", "decline": "Declined"}
_DECIDED: Final = {
    "place": ("Hot spot", "text"),
    "said": ("Decision", "text"),
    "reason": ("Why", "text"),
    "owner": ("Owner", "text"),
    "review_date": ("Review", "text"),
    "who": ("Recorded", "text"),
}
_ASKED: Final = {
    "ward": ("Ward", "text"),
    "subject": ("What was asked for", "text"),
    "signatures": ("Signatures", "whole"),
    "answer": ("Answer", "text"),
}
_GONE: Final = (
    "What its run made is over its time, and was erased: hot spots are told by their number in it, and which others "
    "were recommended is not known any more."
)


@dataclass(frozen=True)
class _Run:
    """What the minutes tell of the run that a meeting was on; `gone` where its products were erased."""

    name: str
    marking: str
    period: str
    run: str
    spots: tuple[dict[str, Any], ...]
    wards: Mapping[str, str]
    gone: bool = False


def minutes_html(store: Store, force: str, number: int) -> str:
    """
    Return the minutes of a meeting as a page.

    Raises
    ------
    NotFoundError
        If the force has no such meeting.
    """
    from maps.documents.html import render

    return render(minutes(store, force, number))


def minutes_docx(store: Store, force: str, number: int) -> bytes:
    """
    Return the minutes of a meeting for Word.

    Raises
    ------
    NotFoundError
        If the force has no such meeting.
    """
    from maps.documents.docx import write_docx

    with TemporaryDirectory() as folder:
        return write_docx(minutes(store, force, number), Path(folder) / "minutes.docx").read_bytes()


def minutes(store: Store, force: str, number: int) -> "Document":
    """
    Return what the minutes say: nothing of the clock, and after the meeting is closed nothing that changes.

    They stay when what the run made is erased: what is then gone is said in them, and the force, its marking and its
    wards are named as by the run published last.

    Parameters
    ----------
    store : Store
    force : in the store
    number : of the meeting

    Raises
    ------
    NotFoundError
        If the force has no such meeting.
    """
    from maps.documents.blocks import Document, Edition

    with store.reading() as reading:
        meeting = meetings.find(reading, force, number)
        kept = meetings.history(reading, number)
        answered = community.answered_by(reading, number)
    last = max([meeting["began"], *(row["at"] for row in kept), *filter(None, [meeting["closed"]])])
    run = _run(store, force, meeting["run_id"])
    edition = Edition(
        force=words.capital(words.printable(run.name)),
        marking=words.printable(run.marking),
        period=f"Crimes {run.period}",
        run_id=run.run[:RUN_DIGITS],
        made=pd.Timestamp(last).tz_convert(None),
    )
    kind = "Minutes" if meeting["closed"] else "Minutes, not closed yet"
    title = f"Tasking meeting {number}, {moment_in_words(meeting['began'])}"
    return Document(kind, title, edition, _sections(run, meeting, kept, answered))


def _run(store: Store, force: str, number: int) -> _Run:
    """Return what is known of a run; where it was erased, from the catalogue and from the run published last."""
    try:
        tasked = find(store, force, number)
    except NotFoundError:
        with store.reading() as reading:
            row = reading.execute(select(RUNS).where(RUNS.c.id == number)).mappings().one()
        other = newest(store, force)
        own, wards = (Force(name=force), {}) if other is None else (other.profile.force, other.wards)
        return _Run(own.name, own.marking, f"until {row['until']}", row["run"], (), wards, gone=True)
    own = tasked.profile.force
    return _Run(own.name, own.marking, f"from {tasked.period}", tasked.last.run, tasked.spots, tasked.wards)


def _sections(
    run: _Run, meeting: dict[str, Any], kept: list[dict[str, Any]], answered: list[dict[str, Any]]
) -> tuple["Section", ...]:
    from maps.documents.blocks import Bullets, Paragraph, Section

    now = {row["hotspot_id"]: row for row in kept}
    changed = [row for row in kept if row is not now[row["hotspot_id"]]]
    left = [_place(spot) for spot in run.spots if spot["hotspot_id"] not in now]
    whole = "It is not known any more." if run.gone else "Every recommended hot spot was decided on."
    undecided = Bullets(tuple(left)) if left else Paragraph((whole,))
    made = {key: _table(run, key, rows) for key, rows in (("decided", list(now.values())), ("changed", changed))}
    return (
        Section("meeting", "The meeting", (_about(run, meeting, len(now)),)),
        Section("decisions", "Decisions", (_whole(made["decided"]),)),
        Section("undecided", "Not decided", (undecided,)),
        Section("changed", "Decisions that were changed", (_whole(made["changed"]),)),
        Section("petitions", "Petitions answered", (_whole(_petitions(run, answered)),)),
    )


def _about(run: _Run, meeting: dict[str, Any], decided: int) -> Any:
    from maps.documents.blocks import Bullets

    closed = "It is not closed yet, and its decisions may still change."
    if meeting["closed"]:
        closed = f"Closed on {moment_in_words(meeting['closed'])}; nothing that it decided has changed since."
    told = (
        f"Begun on {moment_in_words(meeting['began'])}.",
        closed,
        f"In the chair: {meeting['chair']}.",
        *([f"Present: {words.sentence(meeting['present'])}"] if meeting["present"] else []),
        _decided(run, decided),
        *([_GONE] if run.gone else []),
    )
    return Bullets(told)


def _decided(run: _Run, decided: int) -> str:
    if run.gone:
        return f"It decided on {words.count(decided, 'hot spot')}."
    return f"It decided on {decided} of {words.count(len(run.spots), 'recommended hot spot')}."


def _table(run: _Run, name: str, rows: list[dict[str, Any]]) -> "Table":
    from maps.report.table import Table

    order = {spot["hotspot_id"]: place for place, spot in enumerate(run.spots)}
    spots = {spot["hotspot_id"]: _place(spot) for spot in run.spots}
    told = [
        row
        | {
            "place": spots.get(row["hotspot_id"], row["hotspot_id"]),
            "said": SAID[row["decision"]],
            "review_date": day(row["review_date"]) if row["review_date"] else "",
            "who": f"{row['actor']}, {moment_in_words(row['at'])}",
        }
        for row in sorted(rows, key=lambda row: (order.get(row["hotspot_id"], 0), row["hotspot_id"], row["version"]))
    ]
    captions = {"decided": "What was decided", "changed": "What was said first, and changed later"}
    empty = {"decided": "Nothing was decided.", "changed": "No decision was changed."}
    frame = pd.DataFrame(told, columns=list(_DECIDED))
    return Table.of(name, captions[name], frame, _DECIDED, empty=empty[name])  # type: ignore[arg-type]


def _petitions(run: _Run, rows: list[dict[str, Any]]) -> "Table":
    from maps.report.table import Table

    frame = pd.DataFrame(rows, columns=list(_ASKED))
    frame["ward"] = [run.wards.get(code, code) for code in frame["ward"]]
    caption = "Petitions, and what the meeting answered"
    return Table.of("petitions", caption, frame, _ASKED, empty="No petition was answered.")  # type: ignore[arg-type]


def _whole(table: "Table") -> Any:
    """Return a table of which no row is left out."""
    from maps.documents.blocks import TableBlock

    return TableBlock(table, most=max(1, len(table)))


def _place(spot: dict[str, Any]) -> str:
    ward = f", {spot['ward_name']}" if spot["ward_name"] else ""
    return f"{spot['rank']}. {spot['name']}{ward}"
