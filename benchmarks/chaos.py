"""
Kill the service's work at random points, and look at what it leaves: nothing half-done, nothing lost that was told of.

    python -m benchmarks.chaos [--kills 200] [--database sqlite|postgresql] [--act ACT] [--seconds S] --json FILE

A trial starts a process that imports, runs, decides, debriefs or makes the tables, kills it (SIGKILL) after a random
while, opens the store again and checks it. Acts take turns, until each was killed so often on each database; what FILE
tells of this program already counts, and trials are added to it, so that the work may be done in pieces. Runs are
those of the queue, with three small products in place of an hour's work: what is tried is what is claimed, laid down
and told, not what is computed. Each process is a copy of this one, which has done everything once: nothing has to wake.
"""

import argparse
import json
import multiprocessing
import os
import random
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final, Self

from benchmarks._chaos_acts import ACTS, child, warm, wrong
from benchmarks._databases import databases
from geodata.drafts import written_whole

DATABASES: Final = ("sqlite", "postgresql")
_WAIT_SECONDS: Final = 60


@dataclass
class Tally:
    """
    What came of the trials of one act on one database.

    Parameters
    ----------
    database, act, program : what was done, on what, by which version
    trials, killed : processes, and how many of them were still at it when they were killed
    told : how often they told of something kept
    losses : trials after which something did not hold
    problems : what, in words
    """

    database: str
    act: str
    program: str = field(default_factory=lambda: version("beatplan"))
    trials: int = 0
    killed: int = 0
    told: int = 0
    losses: int = 0
    problems: list[str] = field(default_factory=list)

    def with_trial(self, killed: bool, told: int, problems: list[str]) -> Self:
        """Count one trial more."""
        self.trials, self.killed, self.told = self.trials + 1, self.killed + killed, self.told + told
        self.losses += bool(problems)
        self.problems = sorted({*self.problems, *problems})
        return self


def main() -> None:
    """Run the trials and write or print what came of them; end with 1 where anything did not hold."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--kills", type=int, default=200, help="of each act on each database")
    words.add_argument("--database", choices=DATABASES, action="append")
    words.add_argument("--act", choices=tuple(ACTS), action="append")
    words.add_argument("--seconds", type=float, default=float("inf"), help="begin no trial after so long")
    words.add_argument("--json", type=Path)
    given = words.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # ended from outside, it still tidies up
    tallies = read(given.json)
    end = time.monotonic() + given.seconds
    for kind in given.database or DATABASES:
        for _ in trials(kind, given.act or tuple(ACTS), tallies, kills=given.kills):
            if given.json:
                write(given.json, tallies)
            if time.monotonic() > end:
                break
    for tally in tallies:
        print(" ".join(f"{name}={value}" for name, value in asdict(tally).items()))
    raise SystemExit(any(tally.losses for tally in tallies))


def read(path: Path | None) -> list[Tally]:
    """Return what a file tells of earlier trials; nothing where there is none."""
    return [Tally(**row) for row in json.loads(path.read_text("utf-8"))] if path and path.is_file() else []


def write(path: Path, tallies: list[Tally]) -> None:
    """Tell of all trials so far, in one step: what was tried is not lost either."""
    with written_whole(path) as draft:
        draft.write_text(json.dumps([asdict(tally) for tally in tallies], indent=1) + "\n", encoding="utf-8")


def trials(kind: str, acts: tuple[str, ...], tallies: list[Tally], *, kills: int) -> Iterator[Tally]:
    """Kill each act on a kind of database in turn until it was killed so often, and return its tally each time."""
    mine = [_tally(tallies, kind, act) for act in acts]
    with tempfile.TemporaryDirectory(prefix="chaos-") as name, databases(kind, Path(name)) as new:
        for act in acts:
            warm(act, new(), Path(name) / f"warm-{act}")
        while left := [tally for tally in mine if tally.killed < kills]:
            for tally in left:
                seed = tally.trials
                after = random.Random(f"{kind} {tally.act} {seed}").uniform(0, ACTS[tally.act].longest)  # noqa: S311 - of moments
                yield tally.with_trial(*_trial(tally.act, new(), Path(name) / f"{tally.act}-{seed}", after, seed))


def _tally(tallies: list[Tally], database: str, act: str) -> Tally:
    """Return this program's tally of an act, a new one where there is none."""
    new = Tally(database, act)
    for tally in tallies:
        if (tally.database, tally.act, tally.program) == (database, act, new.program):
            return tally
    tallies.append(new)
    return new


def _trial(act: str, url: str, folder: Path, after: float, seed: int) -> tuple[bool, int, list[str]]:
    """Return whether a process was killed so many seconds after it began, how often it told, and what is wrong."""
    processes = multiprocessing.get_context("fork")
    ours, theirs = processes.Pipe()
    process = processes.Process(target=child, args=(act, url, folder, seed, theirs))
    process.start()
    theirs.close()
    told = _hear(ours, int(process.pid or 0), after)
    process.join(_WAIT_SECONDS)
    failed = [] if process.exitcode in (0, -signal.SIGKILL) else ["the process failed before it was killed"]
    return process.exitcode == -signal.SIGKILL, len(told), failed + wrong(act, url, folder, told)


def _hear(pipe: Any, pid: int, after: float) -> list[Any]:
    """Return what a process tells until it is killed, so many seconds after it began."""
    told: list[Any] = []
    while (said := pipe.recv() if pipe.poll(_WAIT_SECONDS) else None) != "begun":
        if said is None:
            raise RuntimeError("the process did not begin")
        told.append(said)
    end = time.monotonic() + after
    try:
        while (left := end - time.monotonic()) > 0 and pipe.poll(left):
            told.append(pipe.recv())
        os.kill(pid, signal.SIGKILL)
        while True:
            told.append(pipe.recv())
    except (EOFError, OSError):
        return told


if __name__ == "__main__":
    main()
