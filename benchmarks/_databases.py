"""New databases to try things on: files of SQLite, or databases of a PostgreSQL server that lives as long as a run."""

import getpass
import os
import shutil
import subprocess
import tempfile
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from sqlalchemy import create_engine, text

PROGRAMS: Final = sorted(Path("/usr/lib/postgresql").glob("*/bin"))


@contextmanager
def databases(kind: str, folder: Path) -> Iterator[Callable[[], str]]:
    """Give a way to have the address of an empty database of a kind, "sqlite" or "postgresql"."""
    if kind == "sqlite":
        yield lambda: f"sqlite:///{folder / uuid.uuid4().hex}.db"
        return
    names = [f"t{uuid.uuid4().hex[:12]}" for _ in range(2)]
    with _server() as address:
        yield lambda: _made_anew(address, names)


@contextmanager
def _server() -> Iterator[str]:
    """Run a server on a socket of its own."""
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    user = "postgres" if os.geteuid() == 0 else getpass.getuser()
    if os.geteuid() == 0:  # PostgreSQL refuses to run as root
        shutil.chown(folder, "postgres")
    program, data = PROGRAMS[-1], str(folder / "data")
    _as_server(str(program / "initdb"), "-D", data, "-A", "trust", "-U", user, "-N", "--locale=C", "-E", "UTF8")
    options = f"-c listen_addresses='' -c unix_socket_directories={folder}"
    _as_server(str(program / "pg_ctl"), "-D", data, "-o", options, "-l", str(folder / "log"), "-w", "start")
    try:
        yield f"postgresql://{user}@/{{name}}?host={folder}"
    finally:
        _as_server(str(program / "pg_ctl"), "-D", data, "-m", "immediate", "-w", "stop")
        shutil.rmtree(folder, ignore_errors=True)


def _as_server(*command: str) -> None:
    before = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    subprocess.run([*before, *command], check=True, capture_output=True)


def _made_anew(address: str, names: list[str]) -> str:
    """Make an empty database of the name whose turn it is: thousands of old ones would fill the disk."""
    names.reverse()
    manager = address.format(name="postgres").replace("postgresql", "postgresql+psycopg")
    engine = create_engine(manager, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"DROP DATABASE IF EXISTS {names[0]} WITH (FORCE)"))
        connection.execute(text(f"CREATE DATABASE {names[0]}"))
    engine.dispose()
    return address.format(name=names[0])
