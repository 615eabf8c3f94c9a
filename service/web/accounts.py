"""Accounts: who may come in, as what, and whose rows they see."""

import re
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, delete, insert, select, update

from geodata.errors import InputError, NotFoundError
from service.store import Store, audit
from service.store.segments import refuse_bad_name
from service.store.tables import ACCOUNTS, SESSIONS
from service.web.passwords import hashed
from service.web.roles import ROLES

ELSEWHERE: Final = "*"  # in place of a password's hash: no password opens it, another's sign-on does
_NAME: Final = re.compile(r"[a-z][a-z0-9.@_-]{1,62}")


class NotPermittedHereError(Exception):
    """Whoever vouches for somebody is not enough for this account."""


class SignOnError(Exception):
    """The sign-on came to nothing, for a reason in a sentence."""


@dataclass(frozen=True)
class Account:
    """Who is in: name, role, and whose rows the account sees."""

    name: str
    role: str
    force: str


def create_account(store: Store, name: str, *, role: str, force: str, password: str, actor: str) -> Account:
    """
    Make an account.

    Raises
    ------
    InputError
        If the name is taken or badly written, the role is not known, or the password is short.
    """
    account = Account(name, role, force)
    _refuse_bad_account(account)
    kept = {"name": name, "role": role, "force": force, "password": hashed(password), "state": "open"}
    with store.writing() as writing:
        if writing.execute(select(ACCOUNTS.c.name).where(ACCOUNTS.c.name == name)).first():
            raise InputError("An account's name must be new, and there is one of that name.")
        writing.execute(insert(ACCOUNTS).values(**kept))
        _tell(store, writing, actor, name, {"role": role, "force": force, "done": "opened"})
    return account


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
        _tell(store, writing, actor, name, {"done": "closed"})


def set_password(store: Store, name: str, password: str, *, actor: str) -> None:
    """
    Give an account another password, and end its sessions.

    Raises
    ------
    NotFoundError
        If there is no open account of that name that has one.
    InputError
        If the password is short.
    """
    kept = hashed(password)
    whose = (ACCOUNTS.c.name == name, ACCOUNTS.c.state == "open", ACCOUNTS.c.password != ELSEWHERE)
    with store.writing() as writing:
        if writing.execute(update(ACCOUNTS).where(*whose).values(password=kept)).rowcount == 0:
            raise NotFoundError("There is no open account of that name with a password of its own.")
        writing.execute(delete(SESSIONS).where(SESSIONS.c.account == name))
        _tell(store, writing, actor, name, {"done": "password changed"})


def arrive(store: Store, account: Account) -> Account:
    """
    Return the account of somebody whom a sign-on of the force's has vouched for, made or changed as it says.

    Raises
    ------
    NotPermittedHereError
        If it is closed, or a password of ours opens it.
    InputError
        If its name or force is badly written.
    """
    _refuse_bad_account(account)
    kept = {**vars(account), "password": ELSEWHERE, "state": "open"}
    with store.writing() as writing:
        row = writing.execute(select(ACCOUNTS).where(ACCOUNTS.c.name == account.name)).mappings().first()
        if row is None:
            writing.execute(insert(ACCOUNTS).values(**kept))
        elif (row["password"], row["state"]) != (ELSEWHERE, "open"):
            raise NotPermittedHereError("That account is closed, or is opened by a password of its own.")
        else:
            writing.execute(update(ACCOUNTS).where(ACCOUNTS.c.name == account.name).values(**kept))
        if row is None or dict(row) != kept:
            done = "opened by sign-on" if row is None else "changed by sign-on"
            _tell(store, writing, "system", account.name, {"role": account.role, "force": account.force, "done": done})
    return account


def find_account(store: Store, name: str) -> Account | None:
    """Return an open account by its name."""
    asked = select(ACCOUNTS).where(ACCOUNTS.c.name == name, ACCOUNTS.c.state == "open")
    with store.reading() as reading:
        row = reading.execute(asked).mappings().first()
    return None if row is None else Account(row["name"], row["role"], row["force"])


def list_accounts(store: Store) -> list[dict[str, str]]:
    """Return name, role, force and state of every account, by name."""
    columns = (ACCOUNTS.c.name, ACCOUNTS.c.role, ACCOUNTS.c.force, ACCOUNTS.c.state)
    with store.reading() as reading:
        return [dict(row) for row in reading.execute(select(*columns).order_by(ACCOUNTS.c.name)).mappings()]


def end_sessions(store: Store, name: str, *, actor: str) -> None:
    """End every visit of an account."""
    with store.writing() as writing:
        writing.execute(delete(SESSIONS).where(SESSIONS.c.account == name))
        _tell(store, writing, actor, name, {"done": "sessions ended"})


def _refuse_bad_account(account: Account) -> None:
    if not _NAME.fullmatch(account.name):
        raise InputError("An account's name must be 2 to 63 lower-case letters, digits and any of . - _ @.")
    if account.role not in ROLES:
        raise InputError(f"A role must be one of {', '.join(ROLES)}.")
    refuse_bad_name(account.force)


def _tell(store: Store, writing: Connection, actor: str, name: str, details: dict[str, str]) -> None:
    audit.append(writing, at=store.now, actor=actor, act="alteration", subject=f"account {name}", details=details)
