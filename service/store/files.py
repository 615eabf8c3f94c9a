"""
What a force gave besides crimes: each file kept by its fingerprint, and which one of each kind is in force.

What it was called is told, and never used: on the disk a file has its fingerprint's name, and for a reader the name of
its kind. A file is on the disk before the catalogue tells of it.
"""

import hashlib
import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

from sqlalchemy import Connection, RowMapping, insert, select, update

from geodata.drafts import drafted, settle
from geodata.errors import InputError, NotFoundError
from service.store import audit
from service.store.catalogue import Store
from service.store.tables import FILES

_POLYGONS: Final = (".geojson", ".json", ".geojson.gz", ".gpkg", ".zip", ".fgb")
_TABLE: Final = (".csv", ".csv.gz", ".xlsx")
_PIECE: Final = 1 << 20
_LONGEST_NAME: Final = 120

NATION: Final = "nation"  # in place of a force's name: whose the files, jobs and accounts over all forces are


@dataclass(frozen=True)
class Sort:
    """
    One kind of file.

    Parameters
    ----------
    words : what it is, on pages
    endings : of its name, one of which the file must have
    national : whether it is for runs over all forces, and not for those of one
    """

    words: str
    endings: tuple[str, ...]
    national: bool = False


SORTS: Final[Mapping[str, Sort]] = {
    "profile": Sort("Force profile", (".toml",)),
    "areas": Sort("Wards, beats or neighbourhoods", _POLYGONS),
    "streets": Sort("Streets", (".osm.pbf", ".pbf", ".osm", ".osm.gz", ".osm.bz2", ".graphml")),
    "lsoas": Sort("LSOAs", _POLYGONS),
    "population": Sort("Population by area", _TABLE),
    "deprivation": Sort("Deprivation by area", _TABLE),
    "localities": Sort("Inputs of the Vulnerable Localities Index", _TABLE),
    "harm": Sort("Harm table, which the profile names harm.csv", (".csv",)),
    "forces": Sort("Areas of the forces", _POLYGONS, national=True),
    "people": Sort("People of each force: a table, or published tables in a zip", (".csv", ".zip"), national=True),
    "wards": Sort("Wards of all forces", _POLYGONS, national=True),
}


@dataclass(frozen=True)
class ForceFile:
    """One file, as the catalogue tells of it."""

    id: int
    force: str
    kind: str
    name: str
    sha256: str
    at: str
    actor: str
    state: str

    @property
    def plain_name(self) -> str:
        """What a reader finds it as: its kind, and an ending that we know."""
        return plain_name(self.kind, self.name)


def sorts_of(force: str) -> dict[str, Sort]:
    """Return the kinds of file that a force gives, or the nation."""
    return {kind: sort for kind, sort in SORTS.items() if sort.national == (force == NATION)}


def safe_name(name: str) -> str:
    """Return a file's name without folders, and without anything that a spreadsheet, a shell or a page could run."""
    last = re.split(r"[/\\]", name)[-1]
    plain = re.sub(r"[^A-Za-z0-9 ._-]", "_", last).lstrip(" .-_")
    return plain[-_LONGEST_NAME:] or "file"


def plain_name(kind: str, name: str) -> str:
    """
    Return the name under which a file of a kind is read.

    Raises
    ------
    InputError
        If there is no such kind, or its files have other endings.
    """
    if kind not in SORTS:
        raise InputError(f"A file must be one of {', '.join(SORTS)}.")
    endings = SORTS[kind].endings
    ending = next((each for each in endings if name.lower().endswith(each)), None)
    if ending is None:
        raise InputError(f"A file of this kind must be called something that ends in {', '.join(endings)}.")
    return kind + ending


def keep_bytes(store: Store, content: BinaryIO) -> str:
    """Put a file's bytes on the disk, piece by piece, and return their fingerprint."""
    digest = hashlib.sha256()
    with drafted(store.folder / "files" / "given") as draft:
        with draft.open("wb") as file:
            while piece := content.read(_PIECE):
                digest.update(piece)
                file.write(piece)
        target = bytes_of(store, digest.hexdigest())
        target.parent.mkdir(parents=True, exist_ok=True)
        settle(draft, target)
    return digest.hexdigest()


def bytes_of(store: Store, sha256: str) -> Path:
    """Return where the bytes of a fingerprint lie."""
    return store.folder / "files" / sha256[:2] / sha256


def drop_bytes(store: Store, sha256: str) -> None:
    """Take bytes away of which the catalogue does not tell."""
    with store.writing() as writing:
        if writing.execute(select(FILES.c.id).where(FILES.c.sha256 == sha256).limit(1)).first() is None:
            bytes_of(store, sha256).unlink(missing_ok=True)


def record_file(store: Store, writing: Connection, kept: Mapping[str, str], *, force: str, actor: str) -> int:
    """
    Tell the catalogue of a file that was found good, in place of the one of its kind that was in force.

    Parameters
    ----------
    store, writing : Store, and the transaction
    kept : kind, name and sha256
    force, actor : whose, and who gave it
    """
    same = (FILES.c.force == force, FILES.c.kind == kept["kind"], FILES.c.state == "current")
    writing.execute(update(FILES).where(*same).values(state="superseded"))
    row = {"force": force, "at": store.now, "actor": actor, "state": "current", **kept}
    number = int(writing.execute(insert(FILES).values(**row).returning(FILES.c.id)).scalar_one())
    audit.append(writing, at=row["at"], actor=actor, act="collection", subject=f"files of {force}", details=dict(kept))
    return number


def current_files(reading: Connection, force: str) -> dict[str, ForceFile]:
    """Return the file in force of each kind."""
    asked = select(FILES).where(FILES.c.force == force, FILES.c.state == "current").order_by(FILES.c.id)
    return {row["kind"]: _file(row) for row in reading.execute(asked).mappings()}


def all_files(reading: Connection, force: str) -> list[ForceFile]:
    """Return every file that the force gave, the newest first."""
    asked = select(FILES).where(FILES.c.force == force).order_by(FILES.c.id.desc())
    return [_file(row) for row in reading.execute(asked).mappings()]


def lay_out(store: Store, files: Mapping[str, Mapping[str, str]], folder: Path) -> dict[str, Path]:
    """
    Lay files side by side as a reader expects them, and return the path of each kind.

    Parameters
    ----------
    store : Store
    files : kind to name and sha256
    folder : there already

    Raises
    ------
    NotFoundError
        If one is no longer kept.
    RuntimeError
        If one is not what was given: the disk or somebody has changed it.
    """
    return {kind: _laid_out(store, kind, told, folder) for kind, told in files.items()}


def _laid_out(store: Store, kind: str, told: Mapping[str, str], folder: Path) -> Path:
    source, target = bytes_of(store, told["sha256"]), folder / plain_name(kind, told["name"])
    if not source.is_file():
        raise NotFoundError(f"The {SORTS[kind].words.lower()} given must be kept, and is not: give it again.")
    shutil.copyfile(source, target)
    with target.open("rb") as stream:
        if hashlib.file_digest(stream, "sha256").hexdigest() != told["sha256"]:
            raise RuntimeError(f"the file {kind} is not what was given")
    return target


def _file(row: RowMapping) -> ForceFile:
    return ForceFile(**dict(row))
