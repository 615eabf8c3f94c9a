"""One row per thing measured: how long, on how many cores, with how much memory, how far off; as JSON or as a table."""

import ctypes
import gc
import json
import platform
import re
import time
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field
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
    "pandas",
    "scikit-learn",
    "scipy",
    "shapely",
)
KIB_PER_MIB: Final = 1024.0


def versions() -> dict[str, str]:
    """Return the versions of the interpreter and of the libraries that may be compared, those that are installed."""
    found = {"python": platform.python_version()}
    for name in NAMED:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


@dataclass(frozen=True)
class Row:
    """
    What one subject needed for one task.

    Parameters
    ----------
    task : what was done
    parameters : sizes and settings, the same for all subjects that are compared
    subject : whose code; ours begins with "beatplan"
    seconds, cpu_seconds : of the best run by the clock, and the processor time of that run
    peak_mib : memory above what was held before, at its height
    error : of the result against the exact one, relative to its peak; None where nothing was to be compared
    threads : that the subject may use
    versions : of the interpreter and the libraries
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
    """Return the quicker of two runs; machines are shared, and the slower one says more about the neighbours."""
    return first if first.seconds <= second.seconds else second


def write_rows(rows: Iterable[Row], path: Path) -> None:
    """Write the rows as a JSON list."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps([asdict(row) for row in rows], indent=1) + "\n", encoding="utf-8")


def print_table(rows: Iterable[Row]) -> None:
    """Print the rows by task and parameters, each with its time as a multiple of ours."""
    rows = list(rows)
    for task, settings in dict.fromkeys((row.task, json.dumps(row.parameters)) for row in rows):
        group = [row for row in rows if (row.task, json.dumps(row.parameters)) == (task, settings)]
        ours = min((row.seconds for row in group if row.subject.startswith(OURS)), default=float("nan"))
        given = ", ".join(f"{name} {value}" for name, value in json.loads(settings).items())
        print(f"\n{task}: {given}")
        print(f"  {'subject':<46}{'seconds':>10}{'CPU':>10}{'MiB':>9}{'threads':>9}{'error':>10}{'x ours':>9}")
        for row in group:
            error = "" if row.error is None else f"{row.error:.1e}"
            print(
                f"  {row.subject:<46}{row.seconds:>10.4f}{row.cpu_seconds:>10.4f}{row.peak_mib:>9.0f}"
                f"{row.threads:>9}{error:>10}{row.seconds / ours:>9.2f}"
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
