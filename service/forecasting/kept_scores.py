"""Scores of a back-test kept in a file as they come, so that a run cut short goes on where it stopped."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from geodata.errors import InputError
from hotspots.backtest import Remember
from hotspots.scoring import Score


def remembering(path: Path | None, run: str, tick: Callable[[], None]) -> Remember:
    """
    Return what gives the score of a method in a period: the one kept, or what the work finds, which is then kept.

    The file is of JSON lines: the first names the run, each other holds one score. A file of another run is begun
    anew; a last line that was cut short is worked out again.

    Parameters
    ----------
    path : the file, or None to keep nothing
    run : fingerprint of all that a score depends on
    tick : called as each score is there

    Raises
    ------
    InputError
        If `path` is there and no file.
    """
    kept = {} if path is None else _kept(path, run)

    def remember(method: str, origin: str, work: Callable[[], Score]) -> Score:
        found = kept.get((method, origin))
        if found is None:
            found = work()
            if path is not None:
                with path.open("a", encoding="utf-8") as file:
                    file.write(_line({"method": method, "origin": origin, **found.as_json()}))
        tick()
        return found

    return remember


def _kept(path: Path, run: str) -> dict[tuple[str, str], Score]:
    if path.exists() and not path.is_file():
        raise InputError(f"Scores must be kept in a file, and {path.name} is none.")
    first = _line({"run": run})
    lines = _whole_lines(path.read_bytes()) if path.exists() else []
    lines = lines if lines[:1] == [first] else [first]
    path.write_text("".join(lines), encoding="utf-8")
    return {(row["method"], row["origin"]): Score.of_json(row) for row in map(json.loads, lines[1:])}


def _line(row: dict[str, Any]) -> str:
    return json.dumps(row, allow_nan=False) + "\n"


def _whole_lines(data: bytes) -> list[str]:
    """Return the lines up to the first that is cut short."""
    lines = data.decode("utf-8", errors="replace").splitlines(keepends=True)
    return lines if lines and lines[-1].endswith("}\n") else lines[:-1]
