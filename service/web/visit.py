"""Who asks, and may they: every door's first question."""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Final, Protocol

from fastapi import Depends, Request
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel
from starlette.exceptions import HTTPException

from service.store import Store, audit
from service.web.accounts import Account
from service.web.roles import may
from service.web.sessions import Session, find_session
from service.web.settings import Settings
from service.web.throttle import count, refuse_too_often
from service.web.vouching import vouched_for

COOKIE: Final = "__Host-beatplan"  # the prefix: only over a safe way, for the whole site, from this host alone
FORM_FIELD: Final = "form_token"
FORM_HEADER: Final = "x-form-token"
_TOO_OFTEN: Final = "There was an {what} too many from this account. Wait {minutes} minutes, and try again."
_SAFE: Final = ("GET", "HEAD")


class NotSignedInError(Exception):
    """Nobody is signed in, and the door asks for an account."""


class NotPermittedError(Exception):
    """The account may not come through this door."""


class StaleFormError(Exception):
    """The form does not bring back what the session gave it: it is old, or another site's."""


class TooLargeError(Exception):
    """More is sent than the door takes."""


class UnmeasuredError(Exception):
    """What is sent does not say how long it is."""


@dataclass(frozen=True)
class Visit:
    """
    One asking at one door.

    Parameters
    ----------
    store, settings : the service's
    session : the browser's; None where it has none that is still good
    program : whether a program asks, which is told facts in place of a page
    answer : what it is told of this door's page; None where the door shows none
    """

    store: Store
    settings: Settings
    session: Session | None
    program: bool = False
    answer: type[BaseModel] | None = None

    @property
    def account(self) -> Account:
        """The account; behind every door that is not for the public there is one."""
        if self.session is None or self.session.account is None:
            raise NotSignedInError
        return self.session.account


class Asked(Protocol):
    """What the door's own line in the table says of it."""

    @property
    def permission(self) -> str:
        """Of `roles.PERMISSIONS`."""

    @property
    def answer(self) -> type[BaseModel] | None:
        """What a program is told in place of the page."""

    @property
    def uploads(self) -> bool:
        """Whether files come through."""

    @property
    def counted(self) -> str:
        """What is counted, "export" or "run"; nothing where it is empty."""

    @property
    def national(self) -> bool:
        """Whether it is there for accounts that see every force, and for no other."""


async def enter(request: Request, door: Asked) -> None:
    """
    Ask what every door asks first, before a byte of what is sent is read.

    That is: the session, the permission, and, where the door changes anything, the length and the form's token.

    Parameters
    ----------
    request : whoever knocks
    door : its line in the table
    """
    store, settings = request.app.state.store, request.app.state.settings
    session = await run_in_threadpool(_session_of, request, store, settings)
    accept = request.headers.get("accept", "")
    request.state.visit = Visit(store, settings, session, _is_program(accept), door.answer)
    account = None if session is None else session.account
    if door.national and account is not None and not account.sees_every_force:
        raise HTTPException(404)  # as of an address that is in no table
    role = None if account is None else account.role
    if not may(role, door.permission):
        raise NotSignedInError if role is None else NotPermittedError
    if request.method not in _SAFE:
        _check_length(request, settings.largest_upload if door.uploads else settings.largest_form)
        await _check_form(request, session)
    if door.counted and account is not None:
        await run_in_threadpool(_count, store, settings, door.counted, account)


def _session_of(request: Request, store: Store, settings: Settings) -> Session | None:
    """Return the browser's visit; where a proxy vouches for somebody else by now, it is not theirs."""
    token = request.cookies.get(COOKIE, "")
    session = find_session(store, token, settings) if token else None
    vouched = vouched_for(request, settings)
    if vouched and session is not None and session.account is not None and session.account.name != vouched:
        return None
    return session


def _count(store: Store, settings: Settings, what: str, account: Account) -> None:
    most, minutes = {"export": settings.exports, "run": settings.runs}[what], settings.failure_minutes
    whose = (f"{what} {account.name}",)
    refuse_too_often(store, whose, most, minutes, _TOO_OFTEN.format(what=what, minutes=minutes))
    count(store, whose, minutes)


def visit_of(request: Request) -> Visit:
    """Return the visit, or a stranger's where nobody has come through a door."""
    stranger = Visit(request.app.state.store, request.app.state.settings, None)
    found: Visit = getattr(request.state, "visit", stranger)
    return found


def tell(visit: Visit, act: str, subject: str, details: Mapping[str, Any] | None = None) -> None:
    """
    Write into the audit what the account looked at, or took with it.

    Parameters
    ----------
    visit : who asks
    act : "consultation" or "disclosure"
    subject, details : as of `audit.append`
    """
    with visit.store.writing() as writing:
        audit.append(writing, at=visit.store.now, actor=visit.account.name, act=act, subject=subject, details=details)


def _is_program(accept: str) -> bool:
    return "application/json" in accept and "text/html" not in accept


def _check_length(request: Request, most: int) -> None:
    length = request.headers.get("content-length", "")
    if not length.isdecimal():
        raise UnmeasuredError
    if int(length) > most:
        raise TooLargeError(f"What is sent to this door must be at most {most:,} bytes, and it is {int(length):,}.")


async def _check_form(request: Request, session: Session | None) -> None:
    brought = request.headers.get(FORM_HEADER)
    if brought is None and "form" in request.headers.get("content-type", ""):
        brought = str((await request.form()).get(FORM_FIELD, ""))
    if session is None or not hmac.compare_digest((brought or "").encode(), session.form_token.encode()):
        raise StaleFormError


CurrentVisit = Annotated[Visit, Depends(visit_of)]
"""What a handler's `visit` is: the door has let it in before."""
