"""What meetings leave behind: their list, their minutes, what came of the last one, and the files for the next run."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import pandas as pd
from fastapi.responses import HTMLResponse, Response
from sqlalchemy import select

from geodata.errors import NotFoundError
from service.store.tables import MEETINGS
from service.tasking import meetings
from service.tasking.minutes import minutes_docx, minutes_html
from service.tasking.published import Tasked, newest
from service.tasking.records import decisions_table, delivered_table
from service.tasking.since import last_meeting
from service.tasking.times import day_of
from service.web.page import HEADERS, page
from service.web.rooms.typed import FRAMED, Number
from service.web.visit import CurrentVisit, Visit, tell

_WORD: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_LATEST: Final = 100  # meetings of a list on one page


def meetings_page(visit: CurrentVisit) -> Response:
    """Show the force's meetings, the newest first."""
    asked = select(MEETINGS).where(MEETINGS.c.force == visit.account.force).order_by(MEETINGS.c.id.desc())
    with visit.store.reading() as reading:
        rows = [dict(row) for row in reading.execute(asked.limit(_LATEST)).mappings()]
        counts = {row["id"]: len(meetings.in_force(reading, row["id"])) for row in rows}
    return page(visit, "meetings.html", rows=[row | {"decided": counts[row["id"]]} for row in rows])


def last_time(visit: CurrentVisit) -> Response:
    """Show what came of the meeting that was closed last."""
    found = last_meeting(visit.store, visit.account.force, day_of(visit.store.clock()))
    if found is None:
        return page(visit, "last-meeting.html", meeting=None, rows=[], sentence="")
    return page(visit, "last-meeting.html", **vars(found))


def minutes_page(visit: CurrentVisit, meeting: Number) -> Response:
    """Show the minutes of a meeting."""
    written = minutes_html(visit.store, visit.account.force, meeting)
    tell(visit, "consultation", f"minutes of meeting {meeting} of {visit.account.force}")
    return HTMLResponse(written, headers=FRAMED)


def minutes_document(visit: CurrentVisit, meeting: Number) -> Response:
    """Hand over the minutes of a meeting for Word."""
    written = minutes_docx(visit.store, visit.account.force, meeting)
    tell(visit, "disclosure", f"minutes of meeting {meeting} of {visit.account.force}")
    return _file(written, f"minutes-{meeting}.docx", _WORD)


def decisions_file(visit: CurrentVisit) -> Response:
    """Hand over what the newest meeting decided, as `report --decisions` reads it."""
    tasked = _newest(visit)
    return _table(visit, decisions_table(visit.store, tasked.force, tasked.number), "decisions", tasked)


def delivered_file(visit: CurrentVisit) -> Response:
    """Hand over what patrols delivered of the newest run, as `report --delivered` reads it."""
    tasked = _newest(visit)
    return _table(visit, delivered_table(visit.store, tasked.force, tasked.number), "delivered", tasked)


def _table(visit: Visit, table: pd.DataFrame, name: str, tasked: Tasked) -> Response:
    from maps.tables.spreadsheet import write_table

    with TemporaryDirectory() as folder:
        written = write_table(table, Path(folder) / f"{name}.csv").read_bytes()
    tell(visit, "disclosure", f"{name} of {tasked.force}", {"run": tasked.number, "rows": len(table)})
    return _file(written, f"{name}.csv", "text/csv; charset=utf-8")


def _file(content: bytes, name: str, kind: str) -> Response:
    offered = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type=kind, headers=HEADERS | offered)


def _newest(visit: Visit) -> Tasked:
    tasked = newest(visit.store, visit.account.force)
    if tasked is None:
        raise NotFoundError("No run has been published yet.")
    return tasked
