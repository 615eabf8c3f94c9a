"""The store: a database by its address, and the folder of segments; the same code on a file and on a server."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError, OperationalError

from geodata.errors import InputError, NotFoundError
from service.store.trouble import AWAY, trouble

Clock = Callable[[], datetime]

_MIGRATIONS: Final = Path(__file__).parent / "migrations"
_BUSY_MS: Final = 30_000
_ONE_WRITER: Final = 0x62656174  # any number that nobody else locks in this database
_DRIVERS: Final = {"sqlite": "sqlite+pysqlite", "postgresql": "postgresql+psycopg"}


@dataclass(frozen=True)
class Store:
    """
    What is kept.

    Parameters
    ----------
    engine : the catalogue's database
    folder : of everything that lies in files: crimes, what forces gave, what runs made
    clock : the present moment
    """

    engine: Engine
    folder: Path
    clock: Clock

    @property
    def segments(self) -> Path:
        """Where the crimes lie."""
        return self.folder / "segments"

    @property
    def workshop(self) -> Path:
        """Where jobs work; whatever lies there may go when none runs."""
        return self.folder / "workshop"

    @property
    def now(self) -> str:
        """The present moment as the catalogue keeps it: UTC, ISO 8601, to the second."""
        return self.clock().astimezone(UTC).isoformat(timespec="seconds")

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Look at the catalogue as it is now, whoever writes meanwhile."""
        with self.engine.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Change the catalogue: all that is done inside is kept, or nothing. One writer at a time; others wait."""
        with self.engine.connect().execution_options(writing=True) as connection, connection.begin():
            if self.engine.dialect.name == "postgresql":
                connection.execute(text(f"SELECT pg_advisory_xact_lock({_ONE_WRITER})"))
            yield connection

    def close(self) -> None:
        """Let go of the database."""
        self.engine.dispose()


def open_store(
    url: str, folder: Path | None = None, *, clock: Clock = lambda: datetime.now(UTC), make: bool = True
) -> Store:
    """
    Open the store, and make or bring up to date its tables.

    Parameters
    ----------
    url : "sqlite:///path/to/file" or "postgresql://user@host/database"
    folder : of the files; made where it is not there; None: beside the database's file
    clock : the present moment
    make : whether a file that is not there is made

    Raises
    ------
    NotFoundError
        If the database's file is not there and is not to be made.
    InputError
        If the address is not understood, the database does not answer, or a newer program has made it.
    """
    address = driver_address(url)
    if not make and address.get_backend_name() == "sqlite" and not Path(address.database or "").is_file():
        raise NotFoundError(f"There is no store at {address.database}.")
    # a message must hold no row; a connection that the database has closed since is told from a good one beforehand
    engine = create_engine(address, hide_parameters=True, pool_pre_ping=address.get_backend_name() == "postgresql")
    if engine.dialect.name == "sqlite":
        _careful_sqlite(engine)
    store = Store(engine, folder or _beside(address), clock)
    try:
        store.segments.mkdir(parents=True, exist_ok=True)
        _bring_up_to_date(store)
    except (OperationalError, OSError) as error:
        engine.dispose()
        away = f"The store's database must answer, and {address.database or 'it'} does not."
        reason = trouble(error)
        raise InputError(away if reason in (None, AWAY) else str(reason)) from None
    except InputError:
        engine.dispose()
        raise
    return store


def schema_version(reading: Connection) -> str | None:
    """Return the version of the catalogue's tables; None where there are none."""
    return MigrationContext.configure(reading).get_current_revision()


def driver_address(url: str) -> URL:
    """
    Return a database's address, with the driver that the program has for it.

    Raises
    ------
    InputError
        If it is not understood.
    """
    try:
        address = make_url(url)
        return address.set(drivername=_DRIVERS[address.drivername])
    except (ArgumentError, KeyError, ValueError):
        raise InputError("The store's address must begin with sqlite:/// or postgresql://.") from None


def _beside(address: URL) -> Path:
    """Return the folder of files that goes with a database: a file's own name, or one where the service starts."""
    held = address.get_backend_name() == "sqlite" and address.database not in (None, "", ":memory:")
    return Path(f"{Path(address.database or '').with_suffix('')}-files") if held else Path("beatplan-files")


def _careful_sqlite(engine: Engine) -> None:
    """Readers never wait, a commit is on the disk when it is told, and a writer takes its place before it reads."""

    @event.listens_for(engine, "connect")
    def _settings(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # transactions begin where we say
        for setting in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", f"busy_timeout={_BUSY_MS}"):
            connection.execute(f"PRAGMA {setting}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        writing = connection.get_execution_options().get("writing", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")


def _bring_up_to_date(store: Store) -> None:
    settings = Config()
    settings.set_main_option("script_location", str(_MIGRATIONS))
    scripts = ScriptDirectory.from_config(settings)
    with store.writing() as connection:
        found = schema_version(connection)
        if found == scripts.get_current_head():
            return
        if found is not None and found not in {script.revision for script in scripts.walk_revisions()}:
            raise InputError(f"The store was made by a newer program: this one does not know its version {found}.")
        settings.attributes["connection"] = connection
        command.upgrade(settings, "head")
