"""How often: failures to log in, and what is heavy on the service or takes much out of it."""

from datetime import datetime, timedelta

from sqlalchemy import delete, func, insert, select

from service.store import Store
from service.store.tables import FAILURES


class TooOftenError(Exception):
    """It was tried too often of late: the answer to any more is to wait."""


def refuse_too_often(store: Store, whose: tuple[str, ...], most: int, minutes: int, sentence: str) -> None:
    """
    Refuse what was counted as often as is borne.

    Parameters
    ----------
    store : Store
    whose : what is counted, each by itself: an account's failures, an origin's
    most : times within `minutes`
    sentence : why, and what to do

    Raises
    ------
    TooOftenError
        If any of them was counted `most` times.
    """
    asked = (
        select(func.count())
        .where(FAILURES.c.who.in_(whose), FAILURES.c.at >= _since(store, minutes))
        .group_by(FAILURES.c.who)
    )
    with store.reading() as reading:
        counts = reading.execute(asked).scalars().all()
    if max(counts, default=0) >= most:
        raise TooOftenError(sentence)


def count(store: Store, whose: tuple[str, ...], minutes: int) -> None:
    """Count once more, and forget what is too long ago to matter."""
    with store.writing() as writing:
        writing.execute(delete(FAILURES).where(FAILURES.c.who.in_(whose), FAILURES.c.at < _since(store, minutes)))
        writing.execute(insert(FAILURES), [{"who": who, "at": store.now} for who in whose])


def _since(store: Store, minutes: int) -> str:
    moment = datetime.fromisoformat(store.now) - timedelta(minutes=minutes)
    return moment.isoformat(timespec="seconds")
