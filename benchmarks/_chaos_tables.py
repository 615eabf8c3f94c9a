"""Migrations that are killed: from any earlier version, with something in it, to the tables that the program knows."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, func, select

from benchmarks._chaos_base import FORCE, Act, Tell
from service.store import Store, audit, migrations
from service.store.catalogue import driver_address
from service.store.tables import AUDIT, METADATA

_ENTRIES: Final = 3


def _older(url: str, seed: int) -> list[Any]:
    """Make the tables of an earlier version, or none; write into them, and return how many entries."""
    settings = Config()
    settings.set_main_option("script_location", str(Path(migrations.__path__[0])))
    versions = [script.revision for script in ScriptDirectory.from_config(settings).walk_revisions()][::-1]
    version = ["base", *versions[:-1]][seed % len(versions)]
    engine = create_engine(driver_address(url))
    with engine.begin() as connection:
        settings.attributes["connection"] = connection
        if version != "base":
            command.upgrade(settings, version)
            for number in range(_ENTRIES):
                about = {"at": "2024-07-01T09:00:00+00:00", "actor": "chaos", "act": "collection"}
                audit.append(connection, **about, subject=f"crimes of {FORCE}", details={"number": number})
    engine.dispose()
    return [0 if version == "base" else _ENTRIES]


def _migrate(_store: Store, tell: Tell, _seed: int) -> None:
    tell("open")


def _wrong(store: Store, told: list[Any]) -> Iterator[str]:
    with store.reading() as reading:
        if compare_metadata(MigrationContext.configure(reading), METADATA):
            yield "the tables are not those that the program knows"
        if reading.execute(select(func.count()).select_from(AUDIT)).scalar_one() != told[0]:
            yield "what was kept before is lost"


MIGRATION: Final = Act(_migrate, _wrong, longest=0.12, before=_older)
