"""What was measured as a Markdown table for each task and setting."""

import json
from collections.abc import Iterable

from benchmarks._record import OURS, Row

HEADINGS = "| subject | seconds | x ours | CPU seconds | MiB | threads | error |\n|---|---:|---:|---:|---:|---:|---:|\n"


def table(rows: Iterable[Row]) -> str:
    """Return the tables; "x ours" is the time as a multiple of our best in the same setting."""
    groups: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        groups.setdefault((row.task, json.dumps(row.parameters)), []).append(row)
    return "\n".join(_group(*key, group) for key, group in groups.items())


def _group(task: str, settings: str, rows: list[Row]) -> str:
    given = ", ".join(f"{name} {value}" for name, value in json.loads(settings).items())
    ours = min((row.seconds for row in rows if row.subject.startswith(OURS)), default=float("nan"))
    lines = "".join(
        f"| {row.subject} | {row.seconds:.4f} | {row.seconds / ours:.2f} | {row.cpu_seconds:.4f} "
        f"| {row.peak_mib:.0f} | {row.threads} | {'' if row.error is None else f'{row.error:.1e}'} |\n"
        for row in rows
    )
    return f"**{task}**: {given}\n\n{HEADINGS}{lines}"
