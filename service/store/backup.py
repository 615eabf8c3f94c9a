"""A copy of everything, in a form that either database takes: a table a file, the segments, and their fingerprints."""

import json
import shutil
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, Table, func, insert, select

from geodata.errors import InputError, NotFoundError
from service.manifest import sha256_of
from service.store.catalogue import Store, schema_version
from service.store.segments import not_erased
from service.store.tables import METADATA

_CONTENTS: Final = "contents.json"
# Folders whose files never change: what forces gave, what runs made, and what was told to everybody.
_ALONGSIDE: Final = ("files", "runs", "releases")


def back_up(store: Store, folder: Path) -> Path:
    """
    Write the whole store as it is at one moment; readers go on, and writers wait.

    Parameters
    ----------
    store : Store
    folder : not there yet

    Returns
    -------
    contents : file with the version, and with the fingerprint of every file

    Raises
    ------
    InputError
        If `folder` is there.
    """
    if folder.exists():
        raise InputError(f"A back-up must go to a new folder, and {folder.name} is there already.")
    folder.mkdir(parents=True)
    try:
        return _backed_up(store, folder)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)  # half a back-up is none
        raise


def _backed_up(store: Store, folder: Path) -> Path:
    with store.writing() as reading:
        for table in METADATA.sorted_tables:
            _write_rows(reading, table, folder / f"{table.name}.jsonl")
        for segment in not_erased(reading):
            _copy(store.segments / segment.path, folder / "segments" / segment.path)
        for name in _ALONGSIDE:
            for path in sorted((store.folder / name).rglob("*")):
                if path.is_file() and path.suffix != ".draft":
                    _copy(path, folder / path.relative_to(store.folder))
        version = schema_version(reading)
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    prints = {path.relative_to(folder).as_posix(): sha256_of(path) for path in files}
    contents = folder / _CONTENTS
    contents.write_text(json.dumps({"version": version, "files": prints}, indent=1, sort_keys=True), encoding="utf-8")
    return contents


def restore(store: Store, folder: Path) -> None:
    """
    Fill an empty store from a back-up, whichever database either has.

    Raises
    ------
    NotFoundError
        If `folder` holds no back-up.
    InputError
        If the store is not empty, the back-up is of another version, or a file of it has changed or is missing.
    """
    contents = folder / _CONTENTS
    if not contents.is_file():
        raise NotFoundError(f"A back-up must have its {_CONTENTS}, and {folder.name} has none.")
    told = json.loads(contents.read_text(encoding="utf-8"))
    if any(Path(name).is_absolute() or ".." in Path(name).parts for name in told["files"]):
        raise InputError("A back-up must name files within itself, and this one names others.")
    changed = [
        name
        for name, known in told["files"].items()
        if not (folder / name).is_file() or sha256_of(folder / name) != known
    ]
    if changed:
        raise InputError(f"A back-up must be as it was written; {len(changed)} files have changed or are missing.")
    with store.writing() as writing:
        if told["version"] != schema_version(writing):
            raise InputError(f"A back-up must be of this program's version; it is of {told['version']}.")
        if any(
            writing.execute(select(func.count()).select_from(table)).scalar_one() for table in METADATA.sorted_tables
        ):
            raise InputError("A back-up is restored into an empty store, and this one holds something.")
        for name in told["files"]:
            if Path(name).parts[0] in ("segments", *_ALONGSIDE):
                _copy(folder / name, store.folder / name)
        for table in METADATA.sorted_tables:
            rows = [json.loads(line) for line in (folder / f"{table.name}.jsonl").read_text("utf-8").splitlines()]
            if rows:
                writing.execute(insert(table), rows)
            _count_on(writing, table)


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)


def _write_rows(reading: Connection, table: Table, path: Path) -> None:
    with path.open("w", encoding="utf-8", newline="\n") as file:
        for row in reading.execute(select(table).order_by(*table.c)).mappings():
            file.write(json.dumps(dict(row), sort_keys=True) + "\n")


def _count_on(writing: Connection, table: Table) -> None:
    """Have PostgreSQL number new rows after those restored; SQLite does so by itself."""
    if writing.engine.dialect.name == "postgresql" and "id" in table.c:
        last = writing.execute(select(func.coalesce(func.max(table.c.id), 0))).scalar_one()
        if last:
            sequence: Any = func.pg_get_serial_sequence(table.name, "id")
            writing.execute(select(func.setval(sequence, last)))
