"""
A nation's load: made, imported, worked through, scaled, disturbed, and planned for larger machines.

    python -m benchmarks.national make --folder F [--forces 43] [--rows 65000000] [--years 15] [--seed 0] [--workers 2]
    python -m benchmarks.national run --folder F --json FILE --part import|density|year|scaling|chaos [--workers 2]
    python -m benchmarks.national plan --read FILE --page docs/deploy/scaling.md

Each part runs `beatplan national` as a user would, watched from outside with all its processes, and adds its rows to
FILE; a part whose rows are there already is not run again with `--resume`. The whole takes over half an hour, so that
each part can be begun by itself. Memory is what all processes held at once, at its height; bytes moved are those of the
loopback device, by which workers and scheduler speak, so that the machine should do nothing else.
"""

import argparse
from pathlib import Path

from benchmarks._national_make import make
from benchmarks._national_rows import NationalRow, keep
from benchmarks._record import print_table


def main(arguments: list[str] | None = None) -> None:
    """Do what the first word says."""
    given = _words().parse_args(arguments)
    rows = given.act(given)
    keep(rows, given.json)
    print_table(rows)


def _make(given: argparse.Namespace) -> list[NationalRow]:
    row = make(
        given.folder,
        forces=given.forces,
        rows=given.rows,
        years=given.years,
        start=given.start,
        seed=given.seed,
        workers=given.workers,
    )
    return [row]


def _words() -> argparse.ArgumentParser:
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    acts = words.add_subparsers(required=True)
    making = acts.add_parser("make", help="write a nation")
    making.set_defaults(act=_make)
    making.add_argument("--forces", type=int, default=43)
    making.add_argument("--rows", type=int, default=65_000_000)
    making.add_argument("--years", type=int, default=15)
    making.add_argument("--start", default="2011-01")
    making.add_argument("--seed", type=int, default=0)
    for act in (making,):
        act.add_argument("--folder", type=Path, required=True)
        act.add_argument("--workers", type=int, default=2)
        act.add_argument("--json", type=Path, help="rows are added to those that it holds")
    return words


if __name__ == "__main__":
    main()
