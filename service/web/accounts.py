"""Accounts: who may come in, as what, and whose rows they see."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from sqlalchemy import Connection, RowMapping, delete, insert, select, update

from geodata.errors import InputError, NotFoundError
from service.store import Store, audit
from service.store.files import NATION
from service.store.segments import refuse_bad_name
from service.store.tables import ACCOUNTS, SESSIONS
from service.web.passwords import hashed
from service.web.roles import ROLES

ELSEWHERE: Final = "*"  # in place of a password's hash: no password opens it, another's sign-on does
HELD: Final = ("panel", "patrol")  # roles that may be held to areas
_MOST_AREAS, _LONGEST_AREA = 50, 100
_NAME: Final = re.compile(r"[a-z][a-z0-9.@_-]{1,62}")


class NotPermittedHereError(Exception):
    """Whoever vouches for somebody is not enough for this account."""


class SignOnError(Exception):
    """The sign-on came to nothing, for a reason in a sentence."""


@dataclass(frozen=True)
class Account:
    """
    Who is in.

    Parameters
    ----------
    name, role : which
    force : whose rows the account sees
    areas : wards by code, or bases by name, to which a panel or a patrol is held; the whole force where there are none
    """

    name: str
    role: str
    force: str
    areas: tuple[str, ...] = ()

    @property
    def sees_every_force(self) -> bool:
        """Whether it is the nation's, and held to no areas: every other account is bounded by its force."""
        return self.force == NATION and not self.areas


def create_account(
    store: Store, name: str, *, role: str, force: str, password: str, actor: str, areas: tuple[str, ...] = ()
) -> Account:
    """
    Make an account.

    Raises
    ------
    InputError
        If the name is taken or badly written, the role is not known or not held to areas, or the password is short.
    """
    account = Account(name, role, force, areas)
    _refuse_bad_account(account)
    kept = _columns(account) | {"password": hashed(password), "state": "open"}
    with store.writing() as writing:
        if writing.execute(select(ACCOUNTS.c.name).where(ACCOUNTS.c.name == name)).first():
            raise InputError("An account's name must be new, and there is one of that name.")
        writing.execute(insert(ACCOUNTS).values(**kept))
        _tell(store, writing, actor, name, {"role": role, "force": force, "areas": list(areas), "done": "opened"})
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


def hold(store: Store, name: str, areas: tuple[str, ...], *, actor: str) -> None:
    """
    Hold an account to areas, or, where none are given, to none but its force.

    Raises
    ------
    NotFoundError
        If there is no open account of that name.
    InputError
        If its role is not held to areas, or they are too many or badly written.
    """
    account = find_account(store, name)
    if account is None:
        raise NotFoundError("There is no open account of that name.")
    _refuse_bad_account(replace(account, areas=areas))
    with store.writing() as writing:
        writing.execute(update(ACCOUNTS).where(ACCOUNTS.c.name == name).values(areas=json.dumps(areas)))
        _tell(store, writing, actor, name, {"areas": list(areas), "done": "held to areas"})


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
    with store.writing() as writing:
        row = writing.execute(select(ACCOUNTS).where(ACCOUNTS.c.name == account.name)).mappings().first()
        if row is not None and row["role"] == account.role:  # its areas are the administrator's, not the provider's
            account = replace(account, areas=account_of(row).areas)
        kept = _columns(account) | {"password": ELSEWHERE, "state": "open"}
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
    return None if row is None else account_of(row)


def account_of(row: RowMapping) -> Account:
    """Return the account that a row of the table tells of."""
    return Account(row["name"], row["role"], row["force"], tuple(json.loads(row["areas"])))


def list_accounts(store: Store) -> list[dict[str, Any]]:
    """Return name, role, force, areas and state of every account, by name."""
    with store.reading() as reading:
        rows = reading.execute(select(ACCOUNTS).order_by(ACCOUNTS.c.name)).mappings().all()
    return [vars(account_of(row)) | {"state": row["state"]} for row in rows]


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
    if account.areas and account.role not in HELD:
        raise InputError(f"Only the roles {' and '.join(HELD)} are held to areas; the others see their whole force.")
    if len(account.areas) > _MOST_AREAS or not all(0 < len(area) <= _LONGEST_AREA for area in account.areas):
        raise InputError(f"Areas must be at most {_MOST_AREAS}, of 1 to {_LONGEST_AREA} characters each.")


def _columns(account: Account) -> dict[str, str]:
    held = {"name": account.name, "role": account.role, "force": account.force}
    return held | {"areas": json.dumps(account.areas)}


def _tell(store: Store, writing: Connection, actor: str, name: str, details: Mapping[str, Any]) -> None:
    audit.append(writing, at=store.now, actor=actor, act="alteration", subject=f"account {name}", details=details)
