"""
What larger machines would need, worked out from what was measured on this one.

With T(1) and T(2) seconds on one and two workers, the part that no worker shortens is s = 2 T(2) - T(1), not below 0,
and n workers need T(n) = s + (T(1) - s) / n [1]_: more than s is never saved, so that T(1) / s is the most that any
number of workers gains.

References
----------
.. [1] Amdahl, G. M. (1967). Validity of the single processor approach to achieving large scale computing capabilities.
   AFIPS Conference Proceedings 30, 483-485.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from benchmarks._national_rows import NationalRow
from geodata.errors import InputError

WORKERS: Final = (4, 8, 16, 32)
STRONG: Final = "strong scaling"
WEAK: Final = "weak scaling"
_BEGIN, _END = "<!-- measured: begin -->", "<!-- measured: end -->"


@dataclass(frozen=True)
class Law:
    """
    How long a step takes on any number of workers.

    Parameters
    ----------
    step : what it is
    one, two : seconds measured on one and two workers
    force_months : in it
    beyond : seconds measured on more workers than two, which the law did not know
    """

    step: str
    one: float
    two: float
    force_months: int
    beyond: Mapping[int, float] = field(default_factory=dict)

    @property
    def serial(self) -> float:
        """Seconds that no worker shortens."""
        return max(0.0, 2 * self.two - self.one)

    def seconds(self, workers: int) -> float:
        """Return the seconds on so many workers."""
        return self.serial + (self.one - self.serial) / workers

    @property
    def most(self) -> float:
        """By how much any number of workers is faster than one."""
        return self.one / self.serial if self.serial else float("inf")

    @property
    def enough(self) -> int | None:
        """Workers after which one more saves less than a hundredth of what is left; None where there is no end."""
        if not self.serial:
            return None
        workers = 1
        while self.seconds(workers) - self.seconds(workers + 1) >= 0.01 * self.seconds(workers):
            workers += 1
        return workers


def laws(rows: Iterable[NationalRow]) -> list[Law]:
    """Return the law of each step that was measured on one worker and on two."""
    taken: dict[str, dict[int, NationalRow]] = {}
    for row in rows:
        if row.task.startswith(f"{STRONG}: "):
            taken.setdefault(row.task.removeprefix(f"{STRONG}: "), {})[row.threads] = row
    return [
        Law(
            step,
            by[1].seconds,
            by[2].seconds,
            int(by[1].facts["force_months"]),
            {workers: row.seconds for workers, row in sorted(by.items()) if workers > 2},
        )
        for step, by in taken.items()
        if {1, 2} <= set(by)
    ]


def fill(page: Path, rows: list[NationalRow]) -> None:
    """
    Write the tables of what was measured into a page, between its two marks.

    Raises
    ------
    InputError
        If the page lacks a mark, or no step was measured on one worker and on two.
    """
    text = page.read_text(encoding="utf-8")
    if _BEGIN not in text or _END not in text:
        raise InputError(f"The page must have the marks {_BEGIN} and {_END}; `{page.name}` lacks one.")
    found = laws(rows)
    if not found:
        raise InputError("A plan needs a step measured on one worker and on two; the rows hold none.")
    parts = (_costs(rows), _ends(found), _ahead(found), _beyond(found), _weak(rows))
    tables = "\n\n".join(["\n".join(part) for part in parts if part])
    pattern = re.compile(f"{re.escape(_BEGIN)}.*{re.escape(_END)}", re.DOTALL)
    page.write_text(pattern.sub(lambda _: f"{_BEGIN}\n{tables}\n{_END}", text), encoding="utf-8")


def _costs(rows: Iterable[NationalRow]) -> list[str]:
    lines = [
        "| step | workers | force-months | seconds | CPU seconds a force-month | peak MiB | MiB read a force-month "
        "| MiB between processes a force-month |",
        "|---|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for row in rows:
        months = int(row.facts.get("force_months", 0))
        if months:
            lines.append(
                f"| {row.task} | {row.threads} | {months:,} | {row.seconds:,.1f} | {row.cpu_seconds / months:.3f} "
                f"| {row.peak_mib:,.0f} | {row.read_mib / months:.2f} | {row.moved_mib / months:.4f} |"
            )
    return lines


def _ends(found: list[Law]) -> list[str]:
    lines = [
        "| step | 1 worker, s | 2 workers, s | not shortened by workers, s | at most times faster "
        "| workers worth having |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    for law in found:
        most = f"{law.most:.1f}" if law.serial else "not reached at 2"
        enough = f"{law.enough}" if law.enough else "not reached at 2"
        lines.append(f"| {law.step} | {law.one:,.1f} | {law.two:,.1f} | {law.serial:,.1f} | {most} | {enough} |")
    return lines


def _ahead(found: list[Law]) -> list[str]:
    lines = [
        f"| step, seconds | measured on 2 | {' | '.join(f'{workers} workers' for workers in WORKERS)} |",
        f"|---|---:|{'---:|' * len(WORKERS)}",
    ]
    lines += [
        f"| {law.step} | {law.two:,.1f} | {' | '.join(f'{law.seconds(workers):,.1f}' for workers in WORKERS)} |"
        for law in found
    ]
    return lines


def _beyond(found: list[Law]) -> list[str]:
    """What the law of one and two workers foretold of more, beside what they took."""
    lines = [
        "| step | workers | foretold from 1 and 2, s | measured, s | times faster than 1 |",
        "|---|---:|---:|---:|---:|",
    ]
    lines += [
        f"| {law.step} | {workers} | {law.seconds(workers):,.1f} | {taken:,.1f} | {law.one / taken:.1f} |"
        for law in found
        for workers, taken in law.beyond.items()
    ]
    return lines if len(lines) > 2 else []


def _weak(rows: Iterable[NationalRow]) -> list[str]:
    lines = [
        "| step, each worker with as much to do | workers | rows | seconds | rows a second and worker |",
        "|---|---:|---:|---:|---:|",
    ]
    lines += list(_weak_lines(rows))
    return lines if len(lines) > 2 else []


def _weak_lines(rows: Iterable[NationalRow]) -> Iterator[str]:
    for row in rows:
        if row.task.startswith(f"{WEAK}: "):
            count, step = int(row.facts["rows"]), row.task.removeprefix(f"{WEAK}: ")
            each = count / row.seconds / row.threads
            yield f"| {step} | {row.threads} | {count:,} | {row.seconds:,.1f} | {each:,.0f} |"
