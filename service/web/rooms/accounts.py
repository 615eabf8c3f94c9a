"""Who may sign in."""

from typing import Annotated

from fastapi import Path as InPath
from fastapi.responses import RedirectResponse, Response

from geodata.errors import InputError
from service.web import accounts as keys
from service.web.page import Typed, page
from service.web.roles import ROLES
from service.web.visit import CurrentVisit, Visit


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


def _accounts_page(visit: Visit, *, status: int = 200, error: str = "") -> Response:
    return page(
        visit, "accounts.html", status=status, error=error, rows=keys.list_accounts(visit.store), roles=list(ROLES)
    )
