"""What was measured as a Markdown table for each task and setting."""

import json
from collections.abc import Iterable

from benchmarks._record import Row, least

HEADINGS = """\
| subject | seconds | x ours | CPU seconds | x ours | MiB | threads | error | load |
|---|---:|---:|---:|---:|---:|---:|---:|---:|
"""


def table(rows: Iterable[Row]) -> str:
    """Return the tables; "x ours" is the time as a multiple of our best in the same setting, by either clock."""
    groups: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        groups.setdefault((row.task, json.dumps(row.parameters)), []).append(row)
    return "\n".join(_group(*key, group) for key, group in groups.items())


def _group(task: str, settings: str, rows: list[Row]) -> str:
    given = ", ".join(f"{name} {value}" for name, value in json.loads(settings).items())
    wall, cpu = least(rows)
    lines = "".join(
        f"| {row.subject} | {row.seconds:.4f} | {row.seconds / wall:.2f} | {row.cpu_seconds:.4f} "
        f"| {row.cpu_seconds / cpu:.2f} | {row.peak_mib:.0f} | {row.threads} "
        f"| {'' if row.error is None else f'{row.error:.1e}'} | {row.load:.1f} |\n"
        for row in rows
    )
    return f"**{task}**: {given}\n\n{HEADINGS}{lines}"
