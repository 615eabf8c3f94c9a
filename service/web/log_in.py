"""Letting an account in by its password."""

from typing import Final

from sqlalchemy import RowMapping, select

from geodata.errors import InputError
from service.store import Store
from service.store.tables import ACCOUNTS
from service.web.accounts import ELSEWHERE, account_of
from service.web.passwords import fits
from service.web.sessions import Session, begin_session, end_session
from service.web.settings import Settings
from service.web.throttle import count, refuse_too_often

_WAIT: Final = "Too many log-ins have failed. Wait {minutes} minutes, and try again."


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
    TooOftenError
        If too many log-ins of that account, or from that origin, have failed of late.
    """
    row = _known(store, name, password, (f"account {name[:64]}", f"origin {origin[:64]}"), settings)
    if row is None:
        return None
    end_session(store, before)
    return begin_session(store, account_of(row))


def knows_password(store: Store, name: str, password: str, *, settings: Settings) -> None:
    """
    Refuse somebody who is in, but does not know the password.

    Raises
    ------
    InputError
        If it is not the account's.
    TooOftenError
        If too many guesses have failed of late.
    """
    if _known(store, name, password, (f"account {name[:64]}",), settings) is None:
        raise InputError("The password now is not right.")


def _known(store: Store, name: str, password: str, whose: tuple[str, ...], settings: Settings) -> RowMapping | None:
    """Return the open account's row if the password is its own; count a failure otherwise."""
    minutes = settings.failure_minutes
    refuse_too_often(store, whose, settings.failures, minutes, _WAIT.format(minutes=minutes))
    with store.reading() as reading:
        row = reading.execute(select(ACCOUNTS).where(ACCOUNTS.c.name == name)).mappings().first()
    own = row is not None and row["password"] != ELSEWHERE
    known = fits(row["password"] if row is not None and own else None, password)
    if row is None or not known or row["state"] != "open":
        count(store, whose, minutes)
        return None
    return row
