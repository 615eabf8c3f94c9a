"""Who asks, and may they: every door's first question."""

import hmac
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated, Final

from fastapi import Depends, Request

from service.store import Store
from service.web.accounts import Account, Session, find_session
from service.web.roles import may
from service.web.settings import Settings

COOKIE: Final = "__Host-beatplan"  # the prefix: only over a safe way, for the whole site, from this host alone
FORM_FIELD: Final = "form_token"
FORM_HEADER: Final = "x-form-token"
_SAFE: Final = ("GET", "HEAD")


class NotSignedInError(Exception):
    """Nobody is signed in, and the door asks for an account."""


class NotPermittedError(Exception):
    """The account may not come through this door."""


class StaleFormError(Exception):
    """The form does not bring back what the session gave it: it is old, or another site's."""


@dataclass(frozen=True)
class Visit:
    """
    One asking at one door.

    Parameters
    ----------
    store, settings : the service's
    session : the browser's; None where it has none that is still good
    """

    store: Store
    settings: Settings
    session: Session | None

    @property
    def account(self) -> Account:
        """The account; behind every door that is not for the public there is one."""
        if self.session is None or self.session.account is None:
            raise NotSignedInError
        return self.session.account


def at_the_door(permission: str) -> Callable[[Request], Awaitable[None]]:
    """
    Return what every door asks first: the session, the permission, and, where it changes anything, the form.

    Parameters
    ----------
    permission : of `roles.PERMISSIONS`
    """

    async def enter(request: Request) -> None:
        store, settings = request.app.state.store, request.app.state.settings
        token = request.cookies.get(COOKIE, "")
        session = find_session(store, token, settings) if token else None
        role = None if session is None or session.account is None else session.account.role
        if not may(role, permission):
            raise NotSignedInError if role is None else NotPermittedError
        if request.method not in _SAFE:
            await _check_form(request, session)
        request.state.visit = Visit(store, settings, session)

    return enter


async def _check_form(request: Request, session: Session | None) -> None:
    brought = request.headers.get(FORM_HEADER)
    if brought is None and "form" in request.headers.get("content-type", ""):
        brought = str((await request.form()).get(FORM_FIELD, ""))
    if session is None or not hmac.compare_digest((brought or "").encode(), session.form_token.encode()):
        raise StaleFormError


def _the_visit(request: Request) -> Visit:
    visit: Visit = request.state.visit
    return visit


CurrentVisit = Annotated[Visit, Depends(_the_visit)]
"""What a handler's `visit` is: the door has let it in before."""
