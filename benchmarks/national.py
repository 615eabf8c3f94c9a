"""
A nation's load: made, imported, worked through, scaled, disturbed, and planned for larger machines.

    python -m benchmarks.national make --folder F [--forces 43] [--rows 65000000] [--years 15] [--seed 0] [--workers 2]
    python -m benchmarks.national run --folder F --json FILE --part import|density|year|scaling|chaos [--workers 2]
    python -m benchmarks.national ci [--forces 6] [--rows 1000000] [--years 2]
    python -m benchmarks.national plan --read FILE --page docs/deploy/scaling.md [--plot FILE]

Each part runs `beatplan national` as a user would, watched from outside with all its processes, and adds its rows to
FILE; a part whose rows are there already is not run again with `--resume`. The whole takes over half an hour, so that
each part can be begun by itself. Memory is what all processes held at once, at its height; bytes moved are those of the
loopback device, by which workers and scheduler speak, so that the machine should do nothing else.
"""

import argparse
from pathlib import Path

from benchmarks._national_ci import small_run
from benchmarks._national_make import make
from benchmarks._national_plan import fill, laws
from benchmarks._national_plot import draw, draw_beyond
from benchmarks._national_rows import NationalRow, keep, read_national
from benchmarks._national_run import PARTS, Given
from benchmarks._record import print_table


def main(arguments: list[str] | None = None) -> None:
    """Do what the first word says."""
    given = _words().parse_args(arguments)
    given.act(given)


def _make(given: argparse.Namespace) -> None:
    row = make(
        given.folder,
        forces=given.forces,
        rows=given.rows,
        years=given.years,
        start=given.start,
        seed=given.seed,
        workers=given.workers,
    )
    _tell(row, given.json)


def _run(given: argparse.Namespace) -> None:
    done = {row.facts.get("part") for row in read_national(given.json)} if given.json else set()
    for part in PARTS if given.part is None else (given.part,):
        if given.resume and part in done:
            continue
        for row in PARTS[part](Given(given.folder, given.workers, given.kill, given.seed)):
            _tell(row, given.json)
        row.facts["part"] = part  # on its last row: a part that broke off is begun again
        keep([row], given.json)


def _ci(given: argparse.Namespace) -> None:
    row, wrong = small_run(
        forces=given.forces, rows=given.rows, years=given.years, workers=given.workers, seed=given.seed
    )
    _tell(row, given.json)
    raise SystemExit("\n".join(wrong) or None)


def _plan(given: argparse.Namespace) -> None:
    rows = read_national(given.read)
    fill(given.page, rows)
    if given.plot:
        (draw_beyond if any(law.beyond for law in laws(rows)) else draw)(rows, given.plot)


def _tell(row: NationalRow, path: Path | None) -> None:
    """Keep a row as soon as it is measured: what breaks off later does not lose it."""
    keep([row], path)
    print_table([row])
    print("  ", *(f"{name}={value}" for name, value in row.facts.items()))


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
    running = acts.add_parser("run", help="measure a part, or all one after the other")
    running.set_defaults(act=_run)
    running.add_argument("--part", choices=tuple(PARTS))
    running.add_argument("--resume", action="store_true", help="leave out parts of which FILE holds a row")
    running.add_argument("--kill", type=float, default=10.0, help="seconds between two workers killed")
    running.add_argument("--seed", type=int, default=0)
    small = acts.add_parser("ci", help="a small nation from files to league; ends with 1 where anything does not hold")
    small.set_defaults(act=_ci)
    small.add_argument("--forces", type=int, default=6)
    small.add_argument("--rows", type=int, default=1_000_000)
    small.add_argument("--years", type=int, default=2)
    small.add_argument("--seed", type=int, default=0)
    planning = acts.add_parser("plan", help="write the tables of a page from the rows")
    planning.set_defaults(act=_plan)
    planning.add_argument("--read", type=Path, required=True)
    planning.add_argument("--page", type=Path, required=True)
    planning.add_argument("--plot", type=Path, help="the scaling as a picture")
    for act in (making, running):
        act.add_argument("--folder", type=Path, required=True)
    for act in (making, running, small):
        act.add_argument("--workers", type=int, default=2)
        act.add_argument("--json", type=Path, help="rows are added to those that it holds")
    return words


if __name__ == "__main__":
    main()
