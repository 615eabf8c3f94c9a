"""Files that are there whole or not at all: written as a draft beside their place, then moved into it."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def drafted(path: Path) -> Iterator[Path]:
    """
    Lend a draft beside a file, of this writer alone on whichever machine it is; it is removed where it was not moved.

    Parameters
    ----------
    path : of the file; its folder is made where there is none
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{os.urandom(8).hex()}.draft")
    try:
        yield draft
    finally:
        draft.unlink(missing_ok=True)


@contextmanager
def written_whole(path: Path) -> Iterator[Path]:
    """
    Lend a draft that takes the file's place once it is written; where writing fails, the file is what it was.

    Parameters
    ----------
    path : of the file; its folder is made where there is none
    """
    with drafted(path) as draft:
        yield draft
        draft.replace(path)


def settle(draft: Path, path: Path) -> None:
    """Move a draft into its place, so that both its bytes and its name are on the disk whatever happens next."""
    _sync(draft)
    draft.replace(path)
    _sync(path.parent)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
