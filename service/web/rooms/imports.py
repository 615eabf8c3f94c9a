"""Crimes: what was imported, and an extract on its way from the upload to the confirmation."""

import csv
import io
from collections.abc import Iterable
from typing import Annotated, Any, Final

from fastapi import File, UploadFile
from fastapi.responses import FileResponse, RedirectResponse, Response
from sqlalchemy import select
from starlette.background import BackgroundTask

from geodata.errors import NotFoundError
from service.jobs import extracts, queue
from service.store.tables import IMPORTS, REJECTS
from service.store.uploads import MOST_FILES, drop_upload, folder_of, new_upload, save
from service.tasking.since import get_ready
from service.web.page import HEADERS, page
from service.web.rooms.typed import Number
from service.web.visit import CurrentVisit, Visit, tell

_LATEST: Final = 100  # entries of a list on one page
_COLUMNS: Final = ("file", "line", "reason")


def imports(visit: CurrentVisit) -> Response:
    """Show the newest imports of the account's force: rows read, accepted, refused; and what waits to be confirmed."""
    return _page(visit)


def send_extract(visit: CurrentVisit, files: Annotated[list[UploadFile], File()]) -> Response:
    """Keep what was sent until it is read."""
    named = [file for file in files if file.filename]
    if visit.account.sees_every_force:
        return _page(visit, status=400, error="Crimes are a force's: an analyst of the force sends them.")
    if not 0 < len(named) <= MOST_FILES:
        error = f"An extract must be at least one file and at most {MOST_FILES:,}, got {len(named):,}."
        return _page(visit, status=400, error=error)
    upload = new_upload(visit.store)
    sent = folder_of(visit.store, upload) / "sent"
    sent.mkdir()
    try:
        for file in named:
            save(sent, file.filename or "", file.file)
        force, actor = visit.account.force, visit.account.name
        job = queue.ask(visit.store, force, "extract", {"upload": upload}, actor=actor)
    except BaseException:
        drop_upload(visit.store, upload)
        raise
    return RedirectResponse(f"/jobs/{job}", status_code=303)


def extract_page(visit: CurrentVisit, number: Number) -> Response:
    """Show what was read of an extract, what was refused, and what it would change."""
    job = queue.find(visit.store, visit.account.force, number, kind="extract")
    if job.state != "done":
        return RedirectResponse(f"/jobs/{number}", status_code=303)
    return page(visit, "extract.html", **({"skipped": [], "reasons": []} | job.outcome | {"id": number}))


def confirm_extract(visit: CurrentVisit, number: Number) -> Response:
    """Import an extract as it was shown."""
    job = queue.find(visit.store, visit.account.force, number, kind="extract")
    extracts.confirm(visit.store, job, actor=visit.account.name)
    again = BackgroundTask(get_ready, visit.store)  # crimes have come in: what came of the last meeting is another
    return RedirectResponse("/imports", status_code=303, background=again)


def discard_extract(visit: CurrentVisit, number: Number) -> Response:
    """Forget an extract that was read."""
    extracts.discard(visit.store, queue.find(visit.store, visit.account.force, number, kind="extract"))
    return RedirectResponse("/imports", status_code=303)


def extract_rejects(visit: CurrentVisit, number: Number) -> Response:
    """Hand over the rows refused of an extract that waits: file, line, reason."""
    job = queue.find(visit.store, visit.account.force, number, kind="extract")
    path = folder_of(visit.store, str(job.request["upload"])) / extracts.REJECTS
    if not path.is_file():
        raise NotFoundError("The rows refused stand with the import, or are gone with what was discarded.")
    tell(visit, "disclosure", f"rows refused of extract {number} of {visit.account.force}", {"file": "rejects.csv"})
    return FileResponse(path, media_type="text/csv; charset=utf-8", filename="rejects.csv", headers=HEADERS)


def import_rejects(visit: CurrentVisit, number: Number) -> Response:
    """Hand over the rows that an import refused: file, line, reason."""
    own = select(IMPORTS.c.id).where(IMPORTS.c.id == number, IMPORTS.c.force == visit.account.force)
    asked = select(*(REJECTS.c[name] for name in _COLUMNS)).where(REJECTS.c.import_id == number)
    with visit.store.reading() as reading:
        if reading.execute(own).first() is None:
            raise NotFoundError("There is no such import.")
        rows = reading.execute(asked.order_by(REJECTS.c.file, REJECTS.c.line)).all()
    tell(visit, "disclosure", f"rows refused of import {number} of {visit.account.force}", {"file": "rejects.csv"})
    held = HEADERS | {"Content-Disposition": 'attachment; filename="rejects.csv"'}
    return Response(_csv(rows), media_type="text/csv; charset=utf-8", headers=held)


def _page(visit: Visit, *, status: int = 200, error: str = "") -> Response:
    force = visit.account.force
    asked = select(IMPORTS).where(IMPORTS.c.force == force).order_by(IMPORTS.c.id.desc()).limit(_LATEST)
    with visit.store.reading() as reading:
        rows = [dict(row) for row in reading.execute(asked).mappings()]
    waiting = [job.outcome | {"id": job.id, "at": job.at} for job in extracts.undecided(visit.store, force)]
    return page(visit, "imports.html", status=status, error=error, rows=rows, waiting=waiting)


def _csv(rows: Iterable[Any]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(_COLUMNS)
    writer.writerows(rows)
    return text.getvalue()
