"""What jobs found, in files that are named by their content: another answer never takes the place of one told of."""

import hashlib
from collections.abc import Collection
from pathlib import Path
from typing import Final

import pyarrow as pa

from geodata.drafts import written_whole

_NAME_DIGITS: Final = 16


def keep(folder: Path, name: str, ending: str, content: bytes | pa.Buffer) -> Path:
    """Write a file that is named by its content, too, at once, and return where."""
    path = folder / f"{name}-{hashlib.sha256(content).hexdigest()[:_NAME_DIGITS]}{ending}"
    with written_whole(path) as draft:
        draft.write_bytes(content)
    return path


def remove_others(folder: Path, pattern: str, kept: Collection[str]) -> None:
    """Remove the files of other answers, and what a worker that was killed had begun."""
    for path in folder.glob(pattern):
        if str(path) not in kept:
            path.unlink(missing_ok=True)
