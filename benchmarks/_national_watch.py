"""A command watched from outside, with all processes that it starts: time, memory, bytes read and bytes moved."""

import os
import random
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from benchmarks._record import MIB

EVERY_SECONDS: Final = 0.25
_PAGE: Final = os.sysconf("SC_PAGE_SIZE")
_TICKS: Final = os.sysconf("SC_CLK_TCK")
_WORKER: Final = "multiprocessing.spawn"  # in the command line of a worker that a cluster of this machine starts


@dataclass(frozen=True)
class Watched:
    """
    What a command needed.

    Parameters
    ----------
    code : it ended with
    seconds : by the clock
    cpu_seconds : of all its processes
    peak_mib : resident in all its processes at once, at its height; what two of them share counts twice
    read_bytes : asked of files and sockets by all of them
    moved_bytes : through the loopback device, by which workers and scheduler speak; of the whole machine
    killed : workers killed on the way
    output : its standard output
    errors : the end of its standard error
    """

    code: int
    seconds: float
    cpu_seconds: float
    peak_mib: float
    read_bytes: int
    moved_bytes: int
    killed: int
    output: str
    errors: str


@dataclass
class _Seen:
    """What was seen of each process while it was there: processor seconds and bytes read; and the height of memory."""

    cpu: dict[int, float] = field(default_factory=dict)
    read: dict[int, int] = field(default_factory=dict)
    peak: int = 0
    killed: int = 0


def watched(command: Sequence[str], *, kill_every: float | None = None, seed: int = 0) -> Watched:
    """
    Run a command and return what it and its processes needed.

    Parameters
    ----------
    command : program and words
    kill_every : seconds after which, again and again, one of its workers is killed
    seed : of which
    """
    before, moved, began = children_cpu(), _moved(), time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    output, errors, seen = "", "", _Seen()
    rng, next_kill = random.Random(seed), began + (kill_every or float("inf"))  # noqa: S311 - of victims, not of secrets
    while True:
        try:
            output, errors = process.communicate(timeout=EVERY_SECONDS)
            break
        except subprocess.TimeoutExpired:
            tree = _tree(process.pid)
            _look(tree, seen)
        if time.perf_counter() >= next_kill:
            seen.killed += _kill_one(tree[1:], rng)
            next_kill = time.perf_counter() + (kill_every or 0)
    taken = time.perf_counter() - began
    cpu = max(children_cpu() - before, sum(seen.cpu.values()))
    return Watched(
        process.returncode, taken, cpu, seen.peak / MIB, sum(seen.read.values()), _moved() - moved, seen.killed,
        output, errors[-2_000:],
    )  # fmt: skip


def python(*words: str) -> list[str]:
    """Return the command of a module of this Python."""
    return [sys.executable, *words]


def _tree(root: int) -> list[int]:
    """Return a process and all below it."""
    found = [root]
    for parent in found:  # which grows meanwhile
        for place in sorted(Path(f"/proc/{parent}/task").glob("*/children")):
            try:
                found += [int(child) for child in place.read_text(encoding="ascii").split()]
            except OSError:  # it has ended meanwhile
                continue
    return found


def _look(tree: list[int], seen: _Seen) -> None:
    resident = 0
    for pid in tree:
        try:
            place = Path(f"/proc/{pid}")
            resident += int((place / "statm").read_text(encoding="ascii").split()[1]) * _PAGE
            after_name = (place / "stat").read_text(encoding="utf-8").rpartition(") ")[2].split()
            seen.cpu[pid] = (int(after_name[11]) + int(after_name[12])) / _TICKS
            told = (place / "io").read_text(encoding="ascii").splitlines()
            seen.read[pid] = int(told[0].removeprefix("rchar: "))
        except (OSError, IndexError):  # it has ended meanwhile
            continue
    seen.peak = max(seen.peak, resident)


def _kill_one(below: list[int], rng: random.Random) -> int:
    """Kill one worker among the processes, and return how many were."""
    workers = [pid for pid in below if _is_worker(pid)]
    if not workers:
        return 0
    try:
        os.kill(rng.choice(workers), signal.SIGKILL)
    except ProcessLookupError:
        return 0
    return 1


def _is_worker(pid: int) -> bool:
    try:
        return _WORKER in Path(f"/proc/{pid}/cmdline").read_text(encoding="utf-8")
    except OSError:
        return False


def children_cpu() -> float:
    """Return the processor seconds of all children that have ended, and of theirs."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _moved() -> int:
    """Return the bytes that the loopback device has received."""
    for line in Path("/proc/net/dev").read_text(encoding="ascii").splitlines():
        name, _, counts = line.partition(":")
        if name.strip() == "lo":
            return int(counts.split()[0])
    return 0
