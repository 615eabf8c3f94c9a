"""Who may sign in."""

from typing import Annotated

from fastapi import Path as InPath
from fastapi.responses import RedirectResponse, Response

from geodata.errors import InputError, NotFoundError
from service.web import accounts as keys
from service.web.page import Typed, page
from service.web.roles import ROLES
from service.web.rooms.typed import Text, line
from service.web.sessions import count_sessions
from service.web.visit import CurrentVisit, Visit

Named = Annotated[str, InPath(max_length=64)]


def accounts(visit: CurrentVisit) -> Response:
    """Show every account."""
    return _accounts_page(visit)


def open_account(
    visit: CurrentVisit,
    name: Typed,
    role: Typed,
    force: Typed,
    password: Typed,
    areas: Text = "",
) -> Response:
    """Make an account."""
    try:
        keys.create_account(
            visit.store, name, role=role, force=force, password=password, actor=visit.account.name, areas=_listed(areas)
        )
    except InputError as reason:
        return _accounts_page(visit, status=400, error=str(reason))
    return RedirectResponse("/accounts", status_code=303)


def reset_password(visit: CurrentVisit, name: Named, password: Typed) -> Response:
    """Give an account another password, which its owner is to change."""
    try:
        keys.set_password(visit.store, name, password, actor=visit.account.name)
    except InputError as reason:
        return _accounts_page(visit, status=400, error=str(reason))
    return RedirectResponse("/accounts", status_code=303)


def hold(visit: CurrentVisit, name: Named, areas: Text = "") -> Response:
    """Hold an account to areas of its force."""
    try:
        keys.hold(visit.store, name, _listed(areas), actor=visit.account.name)
    except InputError as reason:
        return _accounts_page(visit, status=400, error=str(reason))
    return RedirectResponse("/accounts", status_code=303)


def end_sessions(visit: CurrentVisit, name: Named) -> Response:
    """End every visit of an account."""
    if keys.find_account(visit.store, name) is None:
        raise NotFoundError("There is no open account of that name.")
    keys.end_sessions(visit.store, name, actor=visit.account.name)
    return RedirectResponse("/accounts", status_code=303)


def shut_account(visit: CurrentVisit, name: Named) -> Response:
    """Let an account in no more."""
    if name == visit.account.name:
        return _accounts_page(visit, status=400, error="Nobody can close their own account.")
    keys.close_account(visit.store, name, actor=visit.account.name)
    return RedirectResponse("/accounts", status_code=303)


def _listed(areas: str) -> tuple[str, ...]:
    """Return the areas that were typed, with semicolons between them."""
    return tuple(dict.fromkeys(area for area in (line(part) for part in areas.split(";")) if area))


def _accounts_page(visit: Visit, *, status: int = 200, error: str = "") -> Response:
    counts = count_sessions(visit.store, visit.settings)
    rows = [row | {"sessions": counts.get(row["name"], 0)} for row in keys.list_accounts(visit.store)]
    return page(visit, "accounts.html", status=status, error=error, rows=rows, roles=list(ROLES), held=keys.HELD)
