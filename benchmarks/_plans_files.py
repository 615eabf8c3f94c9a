"""The texts in a folder, compressed or not, and the reference values in its lists."""

import gzip
import sys
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path, PurePosixPath
from typing import Final, TypeVar

from benchmarks._plans_record import PlanRow, failed
from geodata.errors import InputError

Instance = TypeVar("Instance")
LONGEST: Final = 200_000_000  # characters of one text
LISTS: Final = ("optim", "reference", "best", "score", "value", "optima")


@dataclass(frozen=True)
class Unread:
    """Why a file could not be read."""

    reason: str


Found = tuple[str, str | Unread]


def texts(folder: Path) -> Iterator[Found]:
    """Yield the name and the text of each file below a folder, in order, without blank lines; of archives too."""
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            yield from _texts(path)


def _texts(path: Path) -> Iterator[Found]:
    try:
        if tarfile.is_tarfile(path):
            with tarfile.open(path) as archive:
                files = sorted((member for member in archive if member.isfile()), key=lambda member: member.name)
                for member in files:
                    content = archive.extractfile(member)
                    yield from _unpacked(member.name, content.read() if content else b"")
        elif zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as bag:
                for name in sorted(name for name in bag.namelist() if not name.endswith("/")):
                    yield from _unpacked(name, bag.read(name))
        else:
            yield from _unpacked(path.name, path.read_bytes())
    except (OSError, EOFError, zlib.error, tarfile.TarError, zipfile.BadZipFile) as error:
        yield path.name, Unread(f"it cannot be read ({type(error).__name__})")


def _unpacked(name: str, content: bytes) -> Iterator[Found]:
    if name.endswith(".gz"):
        name, content = name[: -len(".gz")], gzip.decompress(content)
    if b"\0" in content[:1000] or len(content) > LONGEST:
        skipped(name, "it is not text")
        return
    lines = content.decode("utf-8-sig", errors="replace").splitlines()
    yield name, "\n".join(line.strip() for line in lines if line.strip())


def instances(
    folder: Path, read: Callable[[str], Instance | None], only: str = "*"
) -> Iterator[tuple[str, Instance | Unread]]:
    """
    Yield the name and the content of each instance in a folder that `only` matches; name the files that are none.

    Parameters
    ----------
    folder : where to look
    read : a text to an instance; None or ValueError where it is not of the family
    only : pattern of the names, as in the shell
    """
    for path, text in texts(folder):
        name = PurePosixPath(path).name.removesuffix(".txt").removesuffix(".dat")
        try:
            instance = text if isinstance(text, Unread) else read(text)
        except (ValueError, IndexError, KeyError, TypeError):
            instance = None
        if instance is None:
            skipped(path, "it is not an instance of the family")
        elif fnmatch(name, only):
            yield name, instance


def rows(
    family: str,
    folder: Path,
    read: Callable[[str], Instance | None],
    only: str,
    solve: Callable[[str, Instance], Iterable[PlanRow]],
) -> Iterator[PlanRow]:
    """Yield the rows of each instance; one that cannot be read or solved has a row that says why."""
    for name, instance in instances(folder, read, only):
        try:
            if isinstance(instance, Unread):
                raise InputError(instance.reason)
            yield from solve(name, instance)
        except (InputError, RuntimeError, ArithmeticError, MemoryError, LookupError, ValueError) as error:
            yield failed(family, name, str(error) or type(error).__name__)


def skipped(name: str, reason: str) -> None:
    """Say that a file was left out."""
    print(f"skipped {name}: {reason}", file=sys.stderr)


def references(folder: Path) -> dict[tuple[str, int | None], float]:
    """Return the values in the folder's lists, by instance and number of paths (None where the list gives none)."""
    found: dict[tuple[str, int | None], float] = {}
    for path, text in texts(folder):
        stem = PurePosixPath(path).name.lower()
        if any(word in stem for word in LISTS) and isinstance(text, str):
            for line in text.splitlines():
                found |= _reference(line)
    return found


def _reference(line: str) -> dict[tuple[str, int | None], float]:
    """Return {(name, paths): value} of a line "name value" or "name,paths,value,...", or nothing."""
    cells = [cell.strip() for cell in line.split(",")] if "," in line else line.split()
    name, *rest = cells or [""]
    numbers: list[float] = []
    for cell in rest[:2]:
        try:
            numbers.append(float(cell))
        except ValueError:
            break
    if not numbers or not any(letter.isalpha() for letter in name):
        return {}
    paths = int(numbers[0]) if len(numbers) == 2 else None
    return {(name.removesuffix(".txt"), paths): numbers[-1]}
