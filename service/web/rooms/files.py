"""What the force gives besides crimes: its profile, areas, streets and tables, each checked before it is in force."""

from typing import Annotated

from fastapi import File, UploadFile
from fastapi.responses import RedirectResponse, Response

from geodata.errors import InputError
from service.jobs import queue
from service.store.files import all_files, keep_bytes, plain_name, safe_name, sorts_of
from service.web.page import Typed, page
from service.web.visit import CurrentVisit, Visit


def files_page(visit: CurrentVisit) -> Response:
    """Show the files of the force, those in force first."""
    return _page(visit)


def give_file(visit: CurrentVisit, kind: Typed, file: Annotated[UploadFile, File()]) -> Response:
    """Keep a file, and have it checked by the readers that a run reads it with."""
    name, offered = safe_name(file.filename or ""), sorts_of(visit.account.force)
    try:
        if kind not in offered:
            raise InputError(f"A file must be one of {', '.join(offered)}.")
        plain_name(kind, name)
    except InputError as reason:
        return _page(visit, status=400, error=str(reason))
    request = {"kind": kind, "name": name, "sha256": keep_bytes(visit.store, file.file)}
    job = queue.ask(visit.store, visit.account.force, "file", request, actor=visit.account.name)
    return RedirectResponse(f"/jobs/{job}", status_code=303)


def _page(visit: Visit, *, status: int = 200, error: str = "") -> Response:
    with visit.store.reading() as reading:
        found = all_files(reading, visit.account.force)
    sorts = sorts_of(visit.account.force)
    rows = sorted(found, key=lambda file: (file.state != "current", list(sorts).index(file.kind), -file.id))
    return page(visit, "files.html", status=status, error=error, rows=rows, sorts=sorts)
