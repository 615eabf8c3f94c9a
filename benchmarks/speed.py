"""
Speed of the compiled core beside peers that answer the same question, all in one run.

    python -m benchmarks.speed [--only density|network|gistar|hotspots|space_time|near-repeat|forecast|backtest|walking]
        [--quick] [--rounds N] [--read FILE...] [--json FILE] [--table FILE] [--plot FILE]

Each subject runs once to warm up and then in turn with the others, and the least of its rounds counts, by the clock
and in processor time: timings drift with the machine's neighbours, ratios less so, and those of processor time least.
The first call in a process, which compiles or loads compiled code from disk, is a row of its own. Errors are those at
the densest and at random cells against the direct sum, relative to the peak; a peer with another kernel is held to the
sum with its own. libkdv and OpenCV run where they are installed.
"""

import argparse
from collections.abc import Iterable, Mapping
from importlib import import_module
from importlib.util import find_spec
from inspect import signature
from pathlib import Path
from types import MappingProxyType
from typing import Final

from benchmarks._markdown import table
from benchmarks._plot import plot
from benchmarks._record import Row, print_table, read_rows, write_rows

NAMES: Final = (
    "density", "network", "gistar", "hotspots", "space_time", "near-repeat", "forecast", "backtest", "walking"
)  # fmt: skip
MODULES: Final[Mapping[str, str]] = MappingProxyType(
    {
        name: f"benchmarks._speed_{name.replace('-', '_')}"
        for name in NAMES
        if find_spec(f"benchmarks._speed_{name.replace('-', '_')}")
    }
)


def main(arguments: list[str] | None = None) -> None:
    """Run the benchmark and write or print its rows."""
    given = _words().parse_args(arguments)
    rows: list[Row] = []
    for path in given.read:
        rows += read_rows(path)
    for name in [] if given.read else [given.only] if given.only else MODULES:
        rows += _rows(name, given.quick, given.rounds)
    if given.json:
        write_rows(rows, given.json)
    if given.table:
        given.table.parent.mkdir(parents=True, exist_ok=True)
        given.table.write_text(table(rows), encoding="utf-8")
    if given.plot:
        plot(rows, given.plot)
    if not (given.json or given.table or given.plot):
        print_table(rows)


def _rows(name: str, quick: bool, rounds: int) -> Iterable[Row]:
    """Yield the rows of one task; its module is read now, for some peers take seconds to load."""
    task = import_module(MODULES[name]).rows
    found: Iterable[Row] = task(quick, rounds) if "rounds" in signature(task).parameters else task(quick)
    return found


def _words() -> argparse.ArgumentParser:
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--only", choices=tuple(MODULES))
    words.add_argument("--quick", action="store_true", help="small sizes only")
    words.add_argument("--rounds", type=int, default=5, help="runs of each subject, of which the best counts")
    words.add_argument("--read", type=Path, nargs="+", default=[], help="rows written before, in place of a run")
    words.add_argument("--json", type=Path)
    words.add_argument("--table", type=Path, help="the same as a Markdown table")
    words.add_argument("--plot", type=Path, help="processor time by subject, as a picture")
    return words


if __name__ == "__main__":
    main()
