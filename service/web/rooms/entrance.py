"""The way in and out: the state of the service, its assets, the log-in, and the desk."""

import shutil
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from platform import python_version
from typing import Annotated, Final

from fastapi import Path as InPath
from fastapi import Request
from fastapi.responses import FileResponse, JSONResponse, RedirectResponse, Response
from sqlalchemy import func, select

from geodata.errors import NotFoundError
from service.store.catalogue import schema_version
from service.store.tables import SEGMENTS
from service.web import accounts as keys
from service.web import log_in as opening
from service.web.answers import Health
from service.web.page import HEADERS, Typed, page, with_cookie
from service.web.sessions import begin_session, end_session
from service.web.visit import CurrentVisit
from service.web.vouching import origin_of, vouched_for

ASSETS: Final = Path(__file__).parents[1] / "assets"
_KINDS: Final = {
    **dict.fromkeys(("govuk-frontend.css", "beatplan.css", "tasking.css"), "text/css"),
    **dict.fromkeys(("govuk-frontend.js", "tasking.js", "patrol.js", "work.js"), "text/javascript"),
}


def health(visit: CurrentVisit) -> JSONResponse:
    """Say that the service answers, of which versions it is, and how the store is."""
    store = visit.store
    with store.reading() as reading:
        segments = reading.execute(select(func.count()).select_from(SEGMENTS)).scalar_one()
        schema = schema_version(reading)
    told = Health(
        status="ok", beatplan=version("beatplan"), python=python_version(), database=store.engine.dialect.name,
        schema_version=schema, segments=segments, free_bytes=shutil.disk_usage(store.segments).free,
    )  # fmt: skip
    return JSONResponse(told.model_dump(), headers=HEADERS)


def asset(name: Annotated[str, InPath(max_length=100)]) -> Response:
    """Return a style sheet or script of ours."""
    if name not in _KINDS:
        raise NotFoundError("There is no such file.")
    return FileResponse(ASSETS / name, media_type=_KINDS[name], headers={"Cache-Control": "max-age=86400"})


def home(visit: CurrentVisit) -> Response:
    """Show who is in, and what they may do."""
    return page(visit, "home.html")


def log_in_page(visit: CurrentVisit, request: Request) -> Response:
    """Show the form of the log-in; it needs a session, so that no other site can send it."""
    vouched = keys.find_account(visit.store, vouched_for(request, visit.settings))
    if vouched is not None:
        end_session(visit.store, visit.session)
        return with_cookie(RedirectResponse("/", status_code=303), begin_session(visit.store, vouched))
    offered = visit.settings.sign_on is not None
    if visit.session is not None:
        return page(visit, "log-in.html", sign_on=offered)
    begun = replace(visit, session=begin_session(visit.store))
    return with_cookie(page(begun, "log-in.html", sign_on=offered), begun.session)


def log_in(visit: CurrentVisit, request: Request, name: Typed, password: Typed) -> Response:
    """Let an account in, with a new session."""
    origin = origin_of(request, visit.settings)
    session = opening.log_in(visit.store, name, password, origin=origin, before=visit.session, settings=visit.settings)
    if session is None:
        return page(visit, "log-in.html", status=403, error="The name or the password is not right.")
    return with_cookie(RedirectResponse("/", status_code=303), session)


def log_out(visit: CurrentVisit) -> Response:
    """End the session."""
    end_session(visit.store, visit.session)
    return RedirectResponse("/log-in", status_code=303)
