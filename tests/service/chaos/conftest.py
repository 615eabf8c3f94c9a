"""Stores on both databases, and ways to take room, rights and the database away."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.engine import Connection

from service.store import Store, open_store
from tests.service.jobs.conftest import Clock
from tests.service.store.conftest import address, server

__all__ = ["address", "server"]


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(address: str, tmp_path: Path, clock: Clock) -> Iterator[Store]:
    """An empty store."""
    opened = open_store(address, tmp_path / "kept", clock=clock)
    yield opened
    opened.close()


@pytest.fixture
def no_room(store: Store) -> Callable[[int], None]:
    """Let the database grow by so many steps and no further: pages of SQLite, entries of the audit on PostgreSQL."""

    def leave(steps: int) -> None:
        with store.engine.connect() as connection, connection.begin():
            _sqlite(connection, steps) if store.engine.dialect.name == "sqlite" else _postgresql(connection, steps)

    return leave


def _sqlite(connection: Connection, pages: int) -> None:
    """What follows is on this connection: the pool hands out the one that came back."""
    held = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
    connection.exec_driver_sql(f"PRAGMA max_page_count = {held + pages}")


def _postgresql(connection: Connection, rows: int) -> None:
    """Fail as the server does on a full disk, at the row after so many."""
    connection.execute(text("DROP TRIGGER IF EXISTS full_disk ON audit"))
    raising = "RAISE EXCEPTION ''full'' USING ERRCODE = ''53100''"
    body = f"BEGIN IF NEW.number > {rows} THEN {raising}; END IF; RETURN NEW; END"
    connection.execute(text(f"CREATE OR REPLACE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS '{body}'"))
    made = "CREATE TRIGGER full_disk BEFORE INSERT ON audit FOR EACH ROW EXECUTE FUNCTION full_disk()"
    connection.execute(text(made))
