"""A store on SQLite and on a PostgreSQL server of the tests' own, which listens on a socket only."""

import getpass
import os
import shutil
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import NullPool, create_engine, text

from service.store import Store, open_store

PROGRAMS = sorted(Path("/usr/lib/postgresql").glob("*/bin"))


class Clock:
    """A clock that goes on by a minute each time it is read."""

    def __init__(self) -> None:
        self.moment = datetime(2024, 7, 1, 9, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        self.moment += timedelta(minutes=1)
        return self.moment


def _as_server(*command: str) -> None:
    """PostgreSQL refuses to run as root: then as the account that its package made."""
    before = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    subprocess.run([*before, *command], check=True, capture_output=True)


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """The address of a PostgreSQL server without a database's name."""
    if not PROGRAMS:
        pytest.skip("PostgreSQL is not installed (apt install postgresql)")
    folder = Path(tempfile.mkdtemp(prefix="pg-", dir="/tmp"))
    user = "postgres" if os.geteuid() == 0 else getpass.getuser()
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres")
    program, data = PROGRAMS[-1], str(folder / "data")
    _as_server(str(program / "initdb"), "-D", data, "-A", "trust", "-U", user, "-N", "--locale=C", "-E", "UTF8")
    options = f"-c listen_addresses='' -c unix_socket_directories={folder} -c fsync=off"
    _as_server(str(program / "pg_ctl"), "-D", data, "-o", options, "-l", str(folder / "log"), "-w", "start")
    yield f"postgresql://{user}@/{{name}}?host={folder}"
    _as_server(str(program / "pg_ctl"), "-D", data, "-m", "immediate", "-w", "stop")
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(params=["sqlite", "postgresql"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of an empty database."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'store.db'}"
        return
    server = request.getfixturevalue("server")
    name = f"t{uuid.uuid4().hex[:12]}"
    manager = create_engine(
        server.format(name="postgres").replace("postgresql", "postgresql+psycopg"), isolation_level="AUTOCOMMIT",
        poolclass=NullPool,  # a test may restart the server
    )  # fmt: skip
    with manager.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    yield server.format(name=name)
    with manager.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    manager.dispose()


@pytest.fixture
def store(address: str, tmp_path: Path) -> Iterator[Store]:
    """An empty store."""
    opened = open_store(address, tmp_path / "kept", clock=Clock())
    yield opened
    opened.close()
