"""One row per thing measured: how long, on how many cores, with how much memory, how far off; as JSON or as a table."""

import ctypes
import gc
import json
import os
import platform
import re
import time
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field, replace
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Final

OURS: Final = "beatplan"
NAMED: Final = (
    "geopandas",
    "highspy",
    "KDEpy",
    "libkdv",
    "numba",
    "numpy",
    "opencv-python-headless",
    "pandas",
    "scikit-learn",
    "scipy",
    "shapely",
)
KIB_PER_MIB: Final = 1024.0
MIB: Final = 1 << 20  # bytes


def versions() -> dict[str, str]:
    """Return the versions of the interpreter and of the libraries that may be compared, those that are installed."""
    found = {"python": platform.python_version()}
    for name in NAMED:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def load() -> float:
    """Return how many processes ran or wanted to, the mean of the last minute; NaN where the system does not tell."""
    return round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else float("nan")


@dataclass(frozen=True)
class Row:
    """
    What one subject needed for one task.

    Parameters
    ----------
    task : what was done
    parameters : sizes and settings, the same for all subjects that are compared
    subject : whose code; ours begins with "beatplan"
    seconds, cpu_seconds : the least of all runs by the clock, and the least processor time; where others use the
        machine, the second says more
    peak_mib : memory above what was held before, at its height
    error : of the result against the exact one, relative to its peak; None where nothing was to be compared
    threads : that the subject may use
    versions : of the interpreter and the libraries
    load : processes, this one too, that ran or wanted to at the time: the mean of the last minute
    """

    task: str
    parameters: dict[str, Any]
    subject: str
    seconds: float
    cpu_seconds: float
    peak_mib: float
    error: float | None = None
    threads: int = 1
    versions: dict[str, str] = field(default_factory=versions)
    load: float = field(default_factory=load)


@dataclass(frozen=True)
class Measured:
    """The best of some runs of one call, and what it returned."""

    seconds: float
    cpu_seconds: float
    peak_mib: float
    result: Any


def measure(call: Callable[[], Any]) -> Measured:
    """Run `call` once and return what it took."""
    _forget_peak()
    before = _memory("VmRSS")
    wall, cpu = time.perf_counter(), time.process_time()
    result = call()
    taken = time.perf_counter() - wall, time.process_time() - cpu
    return Measured(*taken, max(0.0, _memory("VmHWM") - before), result)


def best(first: Measured, second: Measured) -> Measured:
    """Return the least of two runs by each clock; machines are shared, and more says more about the neighbours."""
    return replace(
        first if first.seconds <= second.seconds else second,
        cpu_seconds=min(first.cpu_seconds, second.cpu_seconds),
        peak_mib=min(first.peak_mib, second.peak_mib),
    )


def write_rows(rows: Iterable[Row], path: Path) -> None:
    """Write the rows as a JSON list."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps([asdict(row) for row in rows], indent=1) + "\n", encoding="utf-8")


def read_rows(path: Path) -> list[Row]:
    """Return the rows of a file that `write_rows` wrote."""
    return [Row(**row) for row in json.loads(path.read_text(encoding="utf-8"))]


def least(rows: Iterable[Row]) -> tuple[float, float]:
    """Return our least seconds by the clock and of processor time, in the unit that the others are told in."""
    ours = [(row.seconds, row.cpu_seconds) for row in rows if row.subject.startswith(OURS)] or [(float("nan"),) * 2]
    return min(wall for wall, _ in ours), min(cpu for _, cpu in ours)


def print_table(rows: Iterable[Row]) -> None:
    """Print the rows by task and parameters, each with its time as a multiple of ours."""
    rows = list(rows)
    for task, settings in dict.fromkeys((row.task, json.dumps(row.parameters)) for row in rows):
        group = [row for row in rows if (row.task, json.dumps(row.parameters)) == (task, settings)]
        ours = least(group)
        given = ", ".join(f"{name} {value}" for name, value in json.loads(settings).items())
        print(f"\n{task}: {given}")
        print(
            f"  {'subject':<46}{'seconds':>10}{'CPU':>10}{'MiB':>9}{'threads':>9}{'error':>10}{'x ours':>9}{'x CPU':>9}"
        )
        for row in group:
            error = "" if row.error is None else f"{row.error:.1e}"
            print(
                f"  {row.subject:<46}{row.seconds:>10.4f}{row.cpu_seconds:>10.4f}{row.peak_mib:>9.0f}"
                f"{row.threads:>9}{error:>10}{row.seconds / ours[0]:>9.2f}{row.cpu_seconds / ours[1]:>9.2f}"
            )


def peak_mib() -> float:
    """Return the most memory that this process has held since it began."""
    return _memory("VmHWM")


def _forget_peak() -> None:
    """Give freed memory back and have the kernel count the peak from now on, where it can (Linux)."""
    gc.collect()
    try:
        ctypes.CDLL(None).malloc_trim(0)
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    except (OSError, AttributeError, TypeError):
        return


def _memory(name: str) -> float:
    try:
        status = Path("/proc/self/status").read_text(encoding="ascii")
    except OSError:
        return float("nan")
    found = re.search(rf"^{name}:\s+(\d+) kB", status, re.MULTILINE)
    return float(found[1]) / KIB_PER_MIB if found else float("nan")
