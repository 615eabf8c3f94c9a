"""
Plans beside known optima: every instance of a family in a folder, solved, bounded and checked.

    python -m benchmarks.plans --family pmedian|cpmp|top|toptw|op|staffing|shifts|patrols --folder DIR
        [--seconds 10] [--only PATTERN] [--json FILE] [--table FILE]

The folder is searched to its depths, compressed files and archives too; a file that is not an instance of the family is
skipped and named; one that cannot be read or solved has a row that says why. A reference value is read from the
folder's own lists where they hold one ("name value" a line, or columns instance, m and value). `seconds` limits the
search for a plan; what a family takes for its proof is in its module. The verdict is the independent checker's:
"clean", or the rules that are broken. Rows are written as they come.
"""

import argparse
import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, is_dataclass
from importlib import import_module
from importlib.util import find_spec
from inspect import signature
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from benchmarks._plans_record import summary, table
from benchmarks._record import versions

MODULES: Final[Mapping[str, str]] = MappingProxyType(
    {
        name: f"benchmarks._plans_{name}"
        for name in ("pmedian", "cpmp", "top", "toptw", "op", "staffing", "shifts", "patrols")
        if find_spec(f"benchmarks._plans_{name}")
    }
)
SECONDS: Final = 10.0


def main(arguments: list[str] | None = None) -> None:
    """Run a family's instances, and write or print their rows."""
    given = _words().parse_args(arguments)
    if not given.folder.is_dir():
        raise SystemExit(f"`--folder` must be a folder, got {given.folder.name} that is not.")
    rows: list[dict[str, Any]] = []
    for row in _rows(given.family, given.folder, given.seconds, given.only):
        rows.append(row)
        print(summary(row), file=sys.stderr, flush=True)
        if given.json:
            _write(rows, given.json)
    if not rows:
        print(f"No instance of the family {given.family} was found in {given.folder.name}.", file=sys.stderr)
    if given.json:
        _write(rows, given.json)
    if given.table:
        given.table.parent.mkdir(parents=True, exist_ok=True)
        given.table.write_text(table(rows), encoding="utf-8")
    if not (given.json or given.table):
        print(table(rows))


def _rows(family: str, folder: Path, seconds: float, only: str) -> Iterator[dict[str, Any]]:
    """Yield the rows of one family, each with the versions that it ran on."""
    run = import_module(MODULES[family]).run
    keywords = {"only": only} if "only" in signature(run).parameters else {}
    found: Iterable[Any] = run(folder, seconds, **keywords)
    for row in found:
        yield (asdict(row) if is_dataclass(row) and not isinstance(row, type) else dict(row)) | {"versions": versions()}


def _write(rows: list[dict[str, Any]], path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    told = [{name: None if value != value else value for name, value in row.items()} for row in rows]
    path.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")


def _words() -> argparse.ArgumentParser:
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--family", choices=tuple(MODULES), required=True)
    words.add_argument("--folder", type=Path, required=True)
    words.add_argument("--seconds", type=float, default=SECONDS, help="for the search for a plan, an instance")
    words.add_argument("--only", default="*", help="names of instances, as in the shell: 'p4.2.*'")
    words.add_argument("--json", type=Path)
    words.add_argument("--table", type=Path, help="the same as a Markdown table")
    return words


if __name__ == "__main__":
    main()
