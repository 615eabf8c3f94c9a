"""
Speed of the compiled core beside peers that answer the same question, all in one run.

    python -m benchmarks.speed [--only density|hotspots] [--quick] [--rounds N] --json FILE

Each subject runs once to warm up and then in turn with the others, and the best of its rounds counts: timings drift
with the machine's neighbours, ratios less so. The first call in a process, which compiles or loads compiled code
from disk, is a row of its own. Errors are those at the densest and at random cells against the direct sum, relative to
the peak; a peer with another kernel is held to the sum with its own. libkdv runs where it is installed.
"""

import argparse
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final

from benchmarks import _speed_density, _speed_hotspots
from benchmarks._record import Row, print_table, write_rows

TASKS: Final[Mapping[str, Callable[[bool, int], Iterator[Row]]]] = MappingProxyType(
    {"density": _speed_density.rows, "hotspots": _speed_hotspots.rows}
)


def main(arguments: list[str] | None = None) -> None:
    """Run the benchmark and write or print its rows."""
    given = _words().parse_args(arguments)
    rows: list[Row] = []
    for name, task in TASKS.items():
        if given.only in (None, name):
            rows += task(given.quick, given.rounds)
    write_rows(rows, given.json) if given.json else print_table(rows)


def _words() -> argparse.ArgumentParser:
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--only", choices=tuple(TASKS))
    words.add_argument("--quick", action="store_true", help="small sizes only")
    words.add_argument("--rounds", type=int, default=5, help="runs of each subject, of which the best counts")
    words.add_argument("--json", type=Path)
    return words


if __name__ == "__main__":
    main()
