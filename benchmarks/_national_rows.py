"""Rows of the national benchmark: as of the others, and what went through files and between processes."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks._record import Row, write_rows


@dataclass(frozen=True)
class NationalRow(Row):
    """
    What one piece of national work needed.

    Parameters
    ----------
    read_mib : asked of files and sockets by all processes
    moved_mib : between processes, through the loopback device
    facts : what came of it: files and their fingerprints, workers killed, results lost
    """

    read_mib: float = 0.0
    moved_mib: float = 0.0
    facts: dict[str, Any] = field(default_factory=dict)


def read_national(path: Path) -> list[NationalRow]:
    """Return the rows of a file, none where there is none."""
    return [NationalRow(**row) for row in json.loads(path.read_text(encoding="utf-8"))] if path.is_file() else []


def keep(rows: list[NationalRow], path: Path | None) -> None:
    """Write rows beside those of earlier parts: a row of the same task, setting and subject is replaced."""
    if path is None:
        return
    known = {_key(row): row for row in read_national(path)}
    write_rows({**known, **{_key(row): row for row in rows}}.values(), path)


def fingerprint(parts: Mapping[str, str]) -> str:
    """Return one print of many by name."""
    return hashlib.sha256(json.dumps(dict(sorted(parts.items()))).encode()).hexdigest()


def _key(row: NationalRow) -> tuple[str, str, str]:
    return row.task, json.dumps(row.parameters, sort_keys=True), row.subject
