"""
Kill the service's work at random points, and look at what it leaves: nothing half-done, nothing lost that was told of.

    python -m benchmarks.chaos [--trials 200] [--database sqlite|postgresql] [--seed 0] --json FILE

A trial starts a process that imports, decides, finishes runs or makes the tables, kills it (SIGKILL) after a random
while, opens the store again and checks it. Acts take turns. Runs are those of the queue, with three small products in
place of an hour's work: what is tried is what is claimed, laid down and told, not what is computed.
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
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from benchmarks._chaos_acts import ACTS, child, wrong
from benchmarks._databases import databases

_WAIT_SECONDS: Final = 60
_HERE: Final = "benchmarks._chaos_acts"


@dataclass(frozen=True)
class Trial:
    """
    One process and its end.

    Parameters
    ----------
    act, database : what it did, on what
    after : seconds from its beginning to its end
    killed : whether it was still at it
    told : how often it told of something kept
    wrong : what did not hold afterwards, in words
    """

    act: str
    database: str
    after: float
    killed: bool
    told: int
    wrong: list[str]


def main() -> None:
    """Run the trials and write or print what came of them; end with 1 where anything did not hold."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--trials", type=int, default=200, help="on each database")
    words.add_argument("--database", choices=("sqlite", "postgresql"), action="append")
    words.add_argument("--seed", type=int, default=0)
    words.add_argument("--json", type=Path)
    given = words.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # ended from outside, it still tidies up and tells
    found: list[Trial] = []
    try:
        for kind in given.database or ("sqlite", "postgresql"):
            for trial in trials(kind, given.trials, given.seed):
                found.append(trial)  # noqa: PERF402 - what was found so far is told whenever it ends
    finally:
        rows = summary(found)
        if given.json:
            given.json.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")
        for row in rows:
            print(" ".join(f"{name}={value}" for name, value in row.items()))
    raise SystemExit(any(row["wrong"] for row in rows))


def trials(kind: str, count: int, seed: int) -> Iterator[Trial]:
    """Run so many trials on a kind of database, the acts in turn."""
    processes = multiprocessing.get_context("forkserver")
    processes.set_forkserver_preload([_HERE])
    rng = random.Random(seed)  # noqa: S311 - of moments, not of secrets
    with tempfile.TemporaryDirectory(prefix="chaos-") as name, databases(kind, Path(name)) as new:
        for number in range(count):
            act = list(ACTS)[number % len(ACTS)]
            folder, url = Path(name) / str(number), new()
            yield _trial(processes, act, kind, url, folder, rng.uniform(0, ACTS[act].longest), number)


def summary(found: list[Trial]) -> list[dict[str, Any]]:
    """Return a row for each act on each database."""
    keys = dict.fromkeys((each.database, each.act) for each in found)
    return [_row(*key, [each for each in found if (each.database, each.act) == key]) for key in keys]


def _row(database: str, act: str, mine: list[Trial]) -> dict[str, Any]:
    problems = sorted({sentence for each in mine for sentence in each.wrong})
    counts = {"trials": len(mine), "killed": sum(each.killed for each in mine), "told": sum(each.told for each in mine)}
    return {"database": database, "act": act, **counts, "wrong": len([each for each in mine if each.wrong]),
            "problems": problems}  # fmt: skip


def _trial(processes: Any, act: str, kind: str, url: str, folder: Path, after: float, seed: int) -> Trial:
    ours, theirs = processes.Pipe()
    process = processes.Process(target=child, args=(act, url, folder, seed, theirs))
    process.start()
    theirs.close()
    told = _hear(ours, process.pid, after)
    process.join(_WAIT_SECONDS)
    return Trial(act, kind, after, process.exitcode == -signal.SIGKILL, len(told), wrong(act, url, folder, told))


def _hear(pipe: Any, pid: int, after: float) -> list[Any]:
    """Return what a process tells until it is killed, so many seconds after it began."""
    told: list[Any] = []
    if not pipe.poll(_WAIT_SECONDS) or pipe.recv() != "begun":
        raise RuntimeError("the process did not begin")
    end = time.monotonic() + after
    try:
        while (left := end - time.monotonic()) > 0 and pipe.poll(left):
            told.append(pipe.recv())
    except EOFError:
        return told
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return told
    try:
        while True:
            told.append(pipe.recv())
    except (EOFError, OSError):
        return told


if __name__ == "__main__":
    main()
