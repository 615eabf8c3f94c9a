"""One's own account: where it is signed in, and its password."""

from fastapi.responses import RedirectResponse, Response

from geodata.errors import InputError
from service.web import accounts as keys
from service.web.log_in import knows_password
from service.web.page import Typed, page, with_cookie
from service.web.sessions import begin_session, list_sessions
from service.web.visit import CurrentVisit, Visit


def my_account(visit: CurrentVisit) -> Response:
    """Show where the account is signed in."""
    return _page(visit)


def change_password(visit: CurrentVisit, old: Typed, new: Typed) -> Response:
    """Change the password, and end every other visit."""
    account = visit.account
    try:
        knows_password(visit.store, account.name, old, settings=visit.settings)
        keys.set_password(visit.store, account.name, new, actor=account.name)
    except InputError as reason:
        return _page(visit, status=400, error=str(reason))
    return _anew(visit)


def end_others(visit: CurrentVisit) -> Response:
    """End every visit of the account but this one."""
    keys.end_sessions(visit.store, visit.account.name, actor=visit.account.name)
    return _anew(visit)


def _anew(visit: Visit) -> Response:
    return with_cookie(RedirectResponse("/my-account", status_code=303), begin_session(visit.store, visit.account))


def _page(visit: Visit, *, status: int = 200, error: str = "") -> Response:
    rows = list_sessions(visit.store, visit.account.name, visit.settings)
    return page(visit, "my-account.html", status=status, error=error, sessions=rows)
