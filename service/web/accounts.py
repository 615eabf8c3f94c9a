"""Accounts and sessions: argon2id, tokens that the store knows by their print only, and a limit on failures."""

import hashlib
import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from sqlalchemy import delete, func, insert, select, update

from geodata.errors import InputError, NotFoundError
from service.store import Store, audit
from service.store.segments import refuse_bad_name
from service.store.tables import ACCOUNTS, FAILURES, SESSIONS
from service.web.roles import ROLES
from service.web.settings import Settings

SHORTEST_PASSWORD: Final = 12
_NAME: Final = re.compile(r"[a-z][a-z0-9.-]{1,62}")


class TooManyFailuresError(Exception):
    """Too many log-ins have failed of late: the answer to any more is to wait."""


@dataclass(frozen=True)
class Account:
    """Who is in: name, role, and whose rows the account sees."""

    name: str
    role: str
    force: str


@dataclass(frozen=True)
class Session:
    """
    A browser's visit.

    Parameters
    ----------
    token : what the browser holds; the store knows its print only
    form_token : what every form must bring back
    account : None before the log-in
    """

    token: str
    form_token: str
    account: Account | None


def create_account(store: Store, name: str, *, role: str, force: str, password: str, actor: str) -> Account:
    """
    Make an account.

    Raises
    ------
    InputError
        If the name is taken or badly written, the role is not known, or the password is short.
    """
    if not _NAME.fullmatch(name):
        raise InputError("An account's name must be 2 to 63 lower-case letters, digits, dots and hyphens.")
    if role not in ROLES:
        raise InputError(f"A role must be one of {', '.join(ROLES)}.")
    refuse_bad_name(force)
    if len(password) < SHORTEST_PASSWORD:
        raise InputError(f"A password must have at least {SHORTEST_PASSWORD} characters, got {len(password)}.")
    kept = {"name": name, "role": role, "force": force, "password": _hasher().hash(password), "state": "open"}
    with store.writing() as writing:
        if writing.execute(select(ACCOUNTS.c.name).where(ACCOUNTS.c.name == name)).first():
            raise InputError("An account's name must be new, and there is one of that name.")
        writing.execute(insert(ACCOUNTS).values(**kept))
        audit.append(
            writing, at=store.now, actor=actor, act="alteration", subject=f"account {name}",
            details={"role": role, "force": force, "done": "opened"},
        )  # fmt: skip
    return Account(name, role, force)


def close_account(store: Store, name: str, *, actor: str) -> None:
    """
    Let an account in no more, and end its sessions.

    Raises
    ------
    NotFoundError
        If there is no open account of that name.
    """
    with store.writing() as writing:
        asked = update(ACCOUNTS).where(ACCOUNTS.c.name == name, ACCOUNTS.c.state == "open").values(state="closed")
        if writing.execute(asked).rowcount == 0:
            raise NotFoundError("There is no open account of that name.")
        writing.execute(delete(SESSIONS).where(SESSIONS.c.account == name))
        audit.append(
            writing, at=store.now, actor=actor, act="alteration", subject=f"account {name}", details={"done": "closed"}
        )


def list_accounts(store: Store) -> list[dict[str, str]]:
    """Return name, role, force and state of every account, by name."""
    columns = (ACCOUNTS.c.name, ACCOUNTS.c.role, ACCOUNTS.c.force, ACCOUNTS.c.state)
    with store.reading() as reading:
        return [dict(row) for row in reading.execute(select(*columns).order_by(ACCOUNTS.c.name)).mappings()]


def begin_session(store: Store, account: Account | None = None) -> Session:
    """Begin a visit, with a token that nobody has seen before."""
    session = Session(secrets.token_urlsafe(32), secrets.token_urlsafe(32), account)
    row = {
        "token": _print(session.token),
        "account": None if account is None else account.name,
        "form_token": session.form_token,
        "began": store.now,
        "seen": store.now,
    }
    with store.writing() as writing:
        writing.execute(insert(SESSIONS).values(**row))
    return session


def find_session(store: Store, token: str, settings: Settings) -> Session | None:
    """Return a visit by what the browser holds, unless it is over; an account closed since is out."""
    asked = (
        select(SESSIONS, ACCOUNTS.c.role, ACCOUNTS.c.force, ACCOUNTS.c.state)
        .join(ACCOUNTS, SESSIONS.c.account == ACCOUNTS.c.name, isouter=True)
        .where(SESSIONS.c.token == _print(token))
    )
    with store.reading() as reading:
        row = reading.execute(asked).mappings().first()
    if row is None or _over(row["began"], row["seen"], store.now, settings):
        return None
    if row["account"] is None:
        return Session(token, row["form_token"], None)
    if row["state"] != "open":
        return None
    with store.writing() as writing:
        writing.execute(update(SESSIONS).where(SESSIONS.c.token == row["token"]).values(seen=store.now))
    return Session(token, row["form_token"], Account(row["account"], row["role"], row["force"]))


def end_session(store: Store, session: Session | None) -> None:
    """End a visit: what the browser holds opens nothing more."""
    if session is not None:
        with store.writing() as writing:
            writing.execute(delete(SESSIONS).where(SESSIONS.c.token == _print(session.token)))


def log_in(
    store: Store, name: str, password: str, *, origin: str, before: Session | None, settings: Settings
) -> Session | None:
    """
    Return a new visit of the account, in place of the one before the log-in, or None where name or password are wrong.

    Parameters
    ----------
    store : Store
    name, password : as typed
    origin : where the asking comes from
    before : the visit so far, which ends: nobody may have planted its token
    settings : how many failures are borne

    Raises
    ------
    TooManyFailuresError
        If too many log-ins of that account, or from that origin, have failed of late.
    """
    _refuse_after_failures(store, (f"account {name[:64]}", f"origin {origin[:64]}"), settings)
    with store.reading() as reading:
        row = reading.execute(select(ACCOUNTS).where(ACCOUNTS.c.name == name)).mappings().first()
    known = _fits(row["password"] if row is not None else _nobodys_password(), password)
    if row is None or not known or row["state"] != "open":
        _remember_failure(store, (f"account {name[:64]}", f"origin {origin[:64]}"))
        return None
    end_session(store, before)
    return begin_session(store, Account(row["name"], row["role"], row["force"]))


def _refuse_after_failures(store: Store, whose: tuple[str, ...], settings: Settings) -> None:
    since = _moment(store.now) - timedelta(minutes=settings.failure_minutes)
    asked = (
        select(func.count().label("failed"))
        .where(FAILURES.c.who.in_(whose), FAILURES.c.at >= since.isoformat(timespec="seconds"))
        .group_by(FAILURES.c.who)
    )
    with store.reading() as reading:
        counts = reading.execute(asked).scalars().all()
    if max(counts, default=0) >= settings.failures:
        raise TooManyFailuresError


def _remember_failure(store: Store, whose: tuple[str, ...]) -> None:
    with store.writing() as writing:
        writing.execute(insert(FAILURES), [{"who": who, "at": store.now} for who in whose])


def _over(began: str, seen: str, now: str, settings: Settings) -> bool:
    idle, whole = timedelta(minutes=settings.idle_minutes), timedelta(hours=settings.session_hours)
    return _moment(now) - _moment(seen) > idle or _moment(now) - _moment(began) > whole


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _print(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


@cache
def _hasher() -> PasswordHasher:
    return PasswordHasher()


@cache
def _nobodys_password() -> str:
    """Return a hash to compare with where there is no such account: that takes as long, and tells nothing."""
    return _hasher().hash(secrets.token_urlsafe(16))


def _fits(kept: str, password: str) -> bool:
    try:
        return _hasher().verify(kept, password)
    except (VerifyMismatchError, InvalidHashError):
        return False
