"""Sessions: who is in, by tokens that the store knows by their print only."""

import hashlib
import secrets
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, insert, select, update

from service.store import Store
from service.store.tables import ACCOUNTS, SESSIONS
from service.web.accounts import Account, account_of
from service.web.settings import Settings

_SEEN_EACH: Final = timedelta(minutes=1)
_CLOCKS_APART: Final = timedelta(minutes=2)  # of two services of one store


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


def begin_session(store: Store, account: Account | None = None) -> Session:
    """Begin a visit, with a token that nobody has seen before."""
    session = Session(secrets.token_urlsafe(32), secrets.token_urlsafe(32), account)
    row = {
        "token": token_print(session.token),
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
        select(SESSIONS, *(ACCOUNTS.c[name] for name in ("name", "role", "force", "areas", "state")))
        .join(ACCOUNTS, SESSIONS.c.account == ACCOUNTS.c.name, isouter=True)
        .where(SESSIONS.c.token == token_print(token))
    )
    with store.reading() as reading:
        row = reading.execute(asked).mappings().first()
    if row is None:
        return None
    if _over(row["began"], row["seen"], store.now, settings):
        _forget(store, row["token"])  # for good: a clock that is put back opens it no more
        return None
    if row["account"] is None:
        return Session(token, row["form_token"], None)
    if row["state"] != "open":
        return None
    if _moment(store.now) - _moment(row["seen"]) >= _SEEN_EACH:  # a write for each page would be most of its time
        with store.writing() as writing:
            writing.execute(update(SESSIONS).where(SESSIONS.c.token == row["token"]).values(seen=store.now))
    return Session(token, row["form_token"], account_of(row))


def end_session(store: Store, session: Session | None) -> None:
    """End a visit: what the browser holds opens nothing more."""
    if session is not None:
        _forget(store, token_print(session.token))


def list_sessions(store: Store, name: str, settings: Settings) -> list[dict[str, str]]:
    """Return when each visit of an account that is not over began and was seen, the newest first."""
    return [row for row in _good(store, settings) if row["account"] == name]


def count_sessions(store: Store, settings: Settings) -> dict[str, int]:
    """Return how many visits of each account are not over."""
    return dict(Counter(row["account"] for row in _good(store, settings)))


def _good(store: Store, settings: Settings) -> list[dict[str, str]]:
    columns = (SESSIONS.c.account, SESSIONS.c.began, SESSIONS.c.seen)
    asked = select(*columns).where(SESSIONS.c.account.is_not(None)).order_by(SESSIONS.c.began.desc())
    with store.reading() as reading:
        rows = [dict(row) for row in reading.execute(asked).mappings()]
    return [row for row in rows if not _over(row["began"], row["seen"], store.now, settings)]


def _forget(store: Store, known: str) -> None:
    with store.writing() as writing:
        writing.execute(delete(SESSIONS).where(SESSIONS.c.token == known))


def _over(began: str, seen: str, now: str, settings: Settings) -> bool:
    """Whether a visit has lasted too long; one of the future too: nothing says how long it would."""
    idle, whole = timedelta(minutes=settings.idle_minutes), timedelta(hours=settings.session_hours)
    unseen = _moment(now) - _moment(seen)
    return unseen > idle or unseen < -_CLOCKS_APART or _moment(now) - _moment(began) > whole


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def token_print(token: str) -> str:
    """Return what the store knows of a token."""
    return hashlib.sha256(token.encode()).hexdigest()
