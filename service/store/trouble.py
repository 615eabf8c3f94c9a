"""What is wrong where things are kept, in a sentence: no room, nothing may be written, or the database is away."""

import errno
import sqlite3
from typing import Final

from sqlalchemy.exc import DBAPIError, OperationalError

NO_ROOM: Final = "There is no room left where the service keeps things: make room, look what was kept, and go on."
NOT_WRITABLE: Final = "The service may not write where it keeps things: allow it, and do this again; nothing was kept."
AWAY: Final = "The service's database broke off or does not answer: look what was kept, and go on in a while."

_BY_NUMBER: Final = {
    **dict.fromkeys((errno.ENOSPC, errno.EDQUOT, errno.EFBIG), NO_ROOM),
    **dict.fromkeys((errno.EROFS, errno.EACCES, errno.EPERM), NOT_WRITABLE),
}
_BY_SQLITE: Final = {
    **dict.fromkeys((sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR), NO_ROOM),
    **dict.fromkeys((sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM, sqlite3.SQLITE_CANTOPEN), NOT_WRITABLE),
    **dict.fromkeys((sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED), AWAY),
}
_BY_STATE: Final = {"53100": NO_ROOM, "25006": NOT_WRITABLE, "42501": NOT_WRITABLE}
_AWAY_CLASSES: Final = ("08", "53", "57")  # connection, resources, intervention of an operator
_PRIMARY: Final = 0xFF  # the rest of SQLite's number tells it more finely


def trouble(error: BaseException) -> str | None:
    """Return a sentence where a disk, a right or the database's absence is to blame; None where something else is."""
    if isinstance(error, OSError):
        return _BY_NUMBER.get(error.errno or 0)
    if not isinstance(error, DBAPIError) or error.orig is None:
        return None
    if isinstance(error.orig, sqlite3.Error):
        return _BY_SQLITE.get(getattr(error.orig, "sqlite_errorcode", 0) & _PRIMARY)
    state = getattr(error.orig, "sqlstate", None) or ""
    unconnected = isinstance(error, OperationalError) and not state  # the server has said nothing of it
    away = unconnected or error.connection_invalidated or state[:2] in _AWAY_CLASSES
    return _BY_STATE.get(state, AWAY if away else None)
