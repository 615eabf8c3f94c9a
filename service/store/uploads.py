"""What was sent and is not yet read: a folder to each upload, and archives unpacked with a limit on what they hold."""

import gzip
import secrets
import shutil
import zipfile
import zlib
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import IO, Any, Final

from geodata.errors import InputError
from service.store.catalogue import Store
from service.store.files import safe_name
from service.store.trouble import trouble

MOST_FILES: Final = 1_000
_PIECE: Final = 1 << 20
_WORKBOOKS: Final = (".xlsx", ".xlsm", ".xlsb", ".ods")  # zip archives, too: the reader says what to do with them
_UNREADABLE: Final = (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, NotImplementedError)


def new_upload(store: Store) -> str:
    """Make an empty folder for an upload, and return its name."""
    name = secrets.token_hex(16)
    folder_of(store, name).mkdir(parents=True)
    return name


def folder_of(store: Store, name: str) -> Path:
    """Return where an upload lies."""
    return store.folder / "uploads" / name


def drop_upload(store: Store, name: str) -> None:
    """Take an upload away."""
    shutil.rmtree(folder_of(store, name), ignore_errors=True)


def save(folder: Path, name: str, content: IO[bytes]) -> Path:
    """Put a file that was sent into its folder, under a name that is safe there, and return its path."""
    target = _free(folder, safe_name(name))
    with target.open("wb") as file:
        shutil.copyfileobj(content, file, _PIECE)
    return target


def unpack(folder: Path, into: Path, *, most: int) -> None:
    """
    Lay the files of a folder out plain: archives and packed files are unpacked, as far as their content is allowed.

    Parameters
    ----------
    folder : of what was sent
    into : folder of the plain files, there already
    most : bytes that all of them may have together, whatever an archive says of itself

    Raises
    ------
    InputError
        If there is more in it than that, or more files than `MOST_FILES`; or if an archive is damaged, locked, or holds
        another archive.
    """
    left = most
    for path in sorted(folder.iterdir()):
        if zipfile.is_zipfile(path) and path.suffix.lower() not in _WORKBOOKS:
            left = _unzip(path, into, left, most)
        elif path.name.lower().endswith(".gz"):
            left -= _copy(partial(gzip.open, path), _free(into, path.name[:-3]), left, most, path.name)
        else:
            left -= _copy(partial(path.open, "rb"), _free(into, path.name), left, most, path.name)


def _unzip(path: Path, into: Path, left: int, most: int) -> int:
    try:
        with zipfile.ZipFile(path) as archive:
            entries = [entry for entry in archive.infolist() if not entry.is_dir()]
            if len(entries) > MOST_FILES:
                raise InputError(f"An archive may hold at most {MOST_FILES:,} files, and {path.name} holds more.")
            for entry in entries:
                name = safe_name(entry.filename)
                if name.lower().endswith((".zip", ".gz")):
                    raise InputError(f"An archive may hold no other archive, and {path.name} does.")
                left -= _copy(partial(archive.open, entry), _free(into, name), left, most, path.name)
    except _UNREADABLE as error:
        _not_our_disk(error)
        raise InputError(f"An archive must be whole and open to all, and {path.name} is not.") from None
    return left


def _copy(opened: Callable[[], Any], target: Path, left: int, most: int, name: str) -> int:
    """Copy what a file really holds, and give up as soon as it is too much: what it says of its size may be a lie."""
    got = 0
    try:
        with opened() as source, target.open("wb") as file:
            while piece := source.read(_PIECE):
                got += len(piece)
                if got > left:
                    raise InputError(f"An upload may hold at most {most:,} bytes unpacked, and {name} holds more.")
                file.write(piece)
    except _UNREADABLE as error:
        _not_our_disk(error)
        raise InputError(f"A packed file must be whole, and {name} is not.") from None
    return got


def _not_our_disk(error: Exception) -> None:
    """Let the error go on where our disk is to blame and not the file."""
    if trouble(error):
        raise error


def _free(folder: Path, name: str) -> Path:
    """Return a path of that name, with a number before it where another file has it."""
    path, number = folder / name, 2
    while path.exists():
        path, number = folder / f"{number} {name}", number + 1
    return path
