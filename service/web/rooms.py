"""What is behind each door."""

from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Final

from fastapi import Form, Request
from fastapi import Path as InPath
from fastapi.responses import FileResponse, JSONResponse, RedirectResponse, Response
from sqlalchemy import func, select

from geodata.errors import InputError, NotFoundError
from service.store import audit
from service.store.schema import AUDIT, IMPORTS, SEGMENTS
from service.web import accounts as keys
from service.web.page import page, with_cookie
from service.web.roles import ROLES
from service.web.visit import CurrentVisit, Visit

_ASSETS: Final = Path(__file__).parent / "assets"
_KINDS: Final = {"govuk-frontend.css": "text/css", "govuk-frontend.js": "text/javascript", "beatplan.css": "text/css"}
_LATEST: Final = 100  # entries of a list on one page

Typed = Annotated[str, Form(max_length=200)]


def health(visit: CurrentVisit) -> JSONResponse:
    """Say that the service answers, of which version it is, and that the store does too."""
    with visit.store.reading() as reading:
        segments = reading.execute(select(func.count()).select_from(SEGMENTS)).scalar_one()
    return JSONResponse({"status": "ok", "beatplan": version("beatplan"), "segments": segments})


def asset(name: Annotated[str, InPath(max_length=100)]) -> Response:
    """Return a style sheet or script of ours."""
    if name not in _KINDS:
        raise NotFoundError("There is no such file.")
    return FileResponse(_ASSETS / name, media_type=_KINDS[name], headers={"Cache-Control": "max-age=86400"})


def home(visit: CurrentVisit) -> Response:
    """Show who is in, and what they may do."""
    return page(visit, "home.html")


def log_in_page(visit: CurrentVisit) -> Response:
    """Show the form of the log-in; it needs a session, so that no other site can send it."""
    if visit.session is not None:
        return page(visit, "log-in.html")
    begun = replace(visit, session=keys.begin_session(visit.store))
    return with_cookie(page(begun, "log-in.html"), begun.session)


def log_in(visit: CurrentVisit, request: Request, name: Typed, password: Typed) -> Response:
    """Let an account in, with a new session."""
    origin = "" if request.client is None else request.client.host
    session = keys.log_in(visit.store, name, password, origin=origin, before=visit.session, settings=visit.settings)
    if session is None:
        return page(visit, "log-in.html", status=403, error="The name or the password is not right.")
    return with_cookie(RedirectResponse("/", status_code=303), session)


def log_out(visit: CurrentVisit) -> Response:
    """End the session."""
    keys.end_session(visit.store, visit.session)
    return RedirectResponse("/log-in", status_code=303)


def imports(visit: CurrentVisit) -> Response:
    """Show the newest imports of the account's force: rows read, accepted, refused."""
    asked = select(IMPORTS).where(IMPORTS.c.force == visit.account.force).order_by(IMPORTS.c.id.desc()).limit(_LATEST)
    with visit.store.reading() as reading:
        rows = [dict(row) for row in reading.execute(asked).mappings()]
    return page(visit, "imports.html", rows=rows)


def accounts(visit: CurrentVisit) -> Response:
    """Show every account."""
    return _accounts_page(visit)


def open_account(
    visit: CurrentVisit,
    name: Typed,
    role: Typed,
    force: Typed,
    password: Typed,
) -> Response:
    """Make an account."""
    try:
        keys.create_account(visit.store, name, role=role, force=force, password=password, actor=visit.account.name)
    except InputError as reason:
        return _accounts_page(visit, status=400, error=str(reason))
    return RedirectResponse("/accounts", status_code=303)


def shut_account(visit: CurrentVisit, name: Annotated[str, InPath(max_length=64)]) -> Response:
    """Let an account in no more."""
    if name == visit.account.name:
        return _accounts_page(visit, status=400, error="Nobody can close their own account.")
    keys.close_account(visit.store, name, actor=visit.account.name)
    return RedirectResponse("/accounts", status_code=303)


def audit_page(visit: CurrentVisit) -> Response:
    """Show the newest entries of the chain, and whether it is whole; that somebody looked is an entry too."""
    with visit.store.writing() as writing:
        audit.append(
            writing, at=visit.store.now, actor=visit.account.name, act="consultation", subject="audit", details={}
        )
    with visit.store.reading() as reading:
        found = audit.verify(reading)
        rows = reading.execute(select(AUDIT).order_by(AUDIT.c.number.desc()).limit(_LATEST)).mappings().all()
    return page(visit, "audit.html", found=found, rows=[dict(row) for row in rows])


def _accounts_page(visit: Visit, *, status: int = 200, error: str = "") -> Response:
    return page(
        visit, "accounts.html", status=status, error=error, rows=keys.list_accounts(visit.store), roles=list(ROLES)
    )
