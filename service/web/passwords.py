"""Passwords: argon2id, and as long an answer for a name that is not there."""

import secrets
from functools import cache
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from geodata.errors import InputError

SHORTEST_PASSWORD: Final = 12


def hashed(password: str) -> str:
    """
    Return what is kept of a password.

    Raises
    ------
    InputError
        If it is short.
    """
    if len(password) < SHORTEST_PASSWORD:
        raise InputError(f"A password must have at least {SHORTEST_PASSWORD} characters, got {len(password)}.")
    return _hasher().hash(password)


def fits(kept: str | None, password: str) -> bool:
    """Return whether a password is the one kept; where none is kept the answer takes as long, and tells nothing."""
    try:
        return _hasher().verify(kept or _nobodys(), password)
    except (VerifyMismatchError, InvalidHashError):
        return False


@cache
def _hasher() -> PasswordHasher:
    return PasswordHasher()


@cache
def _nobodys() -> str:
    return _hasher().hash(secrets.token_urlsafe(16))
