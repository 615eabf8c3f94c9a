"""The minutes of a meeting as a document: for the screen and for Word, the same bytes from the same decisions."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from maps import words
from maps.tasking.dates import day
from service.manifest import RUN_DIGITS
from service.store import Store
from service.tasking import community, meetings
from service.tasking.published import Tasked
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


def minutes_html(store: Store, tasked: Tasked, number: int) -> str:
    """
    Return the minutes of a meeting as a page.

    Raises
    ------
    NotFoundError
        If the force has no such meeting.
    """
    from maps.documents.html import render

    return render(minutes(store, tasked, number))


def minutes_docx(store: Store, tasked: Tasked, number: int) -> bytes:
    """
    Return the minutes of a meeting for Word.

    Raises
    ------
    NotFoundError
        If the force has no such meeting.
    """
    from maps.documents.docx import write_docx

    with TemporaryDirectory() as folder:
        return write_docx(minutes(store, tasked, number), Path(folder) / "minutes.docx").read_bytes()


def minutes(store: Store, tasked: Tasked, number: int) -> "Document":
    """
    Return what the minutes say: nothing of the clock, and after the meeting is closed nothing that changes.

    Parameters
    ----------
    store : Store
    tasked : the run that the meeting was on
    number : of the meeting

    Raises
    ------
    NotFoundError
        If the force has no such meeting.
    """
    from maps.documents.blocks import Document, Edition

    with store.reading() as reading:
        meeting = meetings.find(reading, tasked.force, number)
        kept = meetings.history(reading, number)
        answered = community.answered_by(reading, number)
    last = max([meeting["began"], *(row["at"] for row in kept), *filter(None, [meeting["closed"]])])
    force = tasked.profile.force
    edition = Edition(
        force=words.capital(words.printable(force.name)),
        marking=words.printable(force.marking),
        period=f"Crimes from {tasked.period}",
        run_id=tasked.last.run[:RUN_DIGITS],
        made=pd.Timestamp(last).tz_convert(None),
    )
    kind = "Minutes" if meeting["closed"] else "Minutes, not closed yet"
    title = f"Tasking meeting {number}, {moment_in_words(meeting['began'])}"
    return Document(kind, title, edition, _sections(tasked, meeting, kept, answered))


def _sections(
    tasked: Tasked, meeting: dict[str, Any], kept: list[dict[str, Any]], answered: list[dict[str, Any]]
) -> tuple["Section", ...]:
    from maps.documents.blocks import Bullets, Paragraph, Section

    now = {row["hotspot_id"]: row for row in kept}
    changed = [row for row in kept if row is not now[row["hotspot_id"]]]
    left = [_place(spot) for spot in tasked.spots if spot["hotspot_id"] not in now]
    undecided = Bullets(tuple(left)) if left else Paragraph(("Every recommended hot spot was decided on.",))
    made = {key: _table(tasked, key, rows) for key, rows in (("decided", list(now.values())), ("changed", changed))}
    return (
        Section("meeting", "The meeting", (_about(tasked, meeting, len(now)),)),
        Section("decisions", "Decisions", (_whole(made["decided"]),)),
        Section("undecided", "Not decided", (undecided,)),
        Section("changed", "Decisions that were changed", (_whole(made["changed"]),)),
        Section("petitions", "Petitions answered", (_whole(_petitions(tasked, answered)),)),
    )


def _about(tasked: Tasked, meeting: dict[str, Any], decided: int) -> Any:
    from maps.documents.blocks import Bullets

    closed = "It is not closed yet, and its decisions may still change."
    if meeting["closed"]:
        closed = f"Closed on {moment_in_words(meeting['closed'])}; nothing that it decided has changed since."
    told = (
        f"Begun on {moment_in_words(meeting['began'])}.",
        closed,
        f"In the chair: {meeting['chair']}.",
        *([f"Present: {words.sentence(meeting['present'])}"] if meeting["present"] else []),
        f"It decided on {decided} of {words.count(len(tasked.spots), 'recommended hot spot')}.",
    )
    return Bullets(told)


def _table(tasked: Tasked, name: str, rows: list[dict[str, Any]]) -> "Table":
    from maps.report.table import Table

    order = {spot["hotspot_id"]: place for place, spot in enumerate(tasked.spots)}
    spots = {spot["hotspot_id"]: _place(spot) for spot in tasked.spots}
    told = [
        row
        | {
            "place": spots[row["hotspot_id"]],
            "said": SAID[row["decision"]],
            "review_date": day(row["review_date"]) if row["review_date"] else "",
            "who": f"{row['actor']}, {moment_in_words(row['at'])}",
        }
        for row in sorted(rows, key=lambda row: (order[row["hotspot_id"]], row["version"]))
    ]
    captions = {"decided": "What was decided", "changed": "What was said first, and changed later"}
    empty = {"decided": "Nothing was decided.", "changed": "No decision was changed."}
    frame = pd.DataFrame(told, columns=list(_DECIDED))
    return Table.of(name, captions[name], frame, _DECIDED, empty=empty[name])  # type: ignore[arg-type]


def _petitions(tasked: Tasked, rows: list[dict[str, Any]]) -> "Table":
    from maps.report.table import Table

    frame = pd.DataFrame(rows, columns=list(_ASKED))
    frame["ward"] = frame["ward"].map(tasked.wards)
    caption = "Petitions, and what the meeting answered"
    return Table.of("petitions", caption, frame, _ASKED, empty="No petition was answered.")  # type: ignore[arg-type]


def _whole(table: "Table") -> Any:
    """Return a table of which no row is left out."""
    from maps.documents.blocks import TableBlock

    return TableBlock(table, most=max(1, len(table)))


def _place(spot: dict[str, Any]) -> str:
    ward = f", {spot['ward_name']}" if spot["ward_name"] else ""
    return f"{spot['rank']}. {spot['name']}{ward}"
