"""
Back-tests on open data, condensed: what `beatplan backtest --json FILE` wrote, without its scores by period.

    python -m benchmarks.forecasts NAME=FILE... [--json FILE] [--table FILE]

Each method stands with its means and the interval of its PAI, and its PAI beside the best baseline's, period by period.
"""

import argparse
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

MEANS: Final = ("hit_rate", "pai", "pai_low", "pai_high", "pei", "log_score", "jaccard", "compactness")
KEPT: Final = ("area", "best", "best_baseline", "choosing_anew", "crimes", "not_run", "run", "sentence", "settings")
HEADINGS: Final = """\
| method | hit rate | PAI (90 % interval) | PEI\\* | log score | PAI more than the best baseline's (90 % interval) |
|---|---:|---|---:|---:|---|
"""


def main(arguments: list[str] | None = None) -> None:
    """Write the condensed back-tests, or print them."""
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("runs", nargs="+", metavar="NAME=FILE")
    words.add_argument("--json", type=Path)
    words.add_argument("--table", type=Path)
    given = words.parse_args(arguments)
    found = {name: condensed(json.loads(Path(path).read_text("utf-8"))) for name, path in map(_parted, given.runs)}
    text = "\n".join(table(name, one) for name, one in found.items())
    if given.json:
        given.json.write_text(json.dumps(found, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    if given.table:
        given.table.write_text(text, encoding="utf-8")
    if not (given.json or given.table):
        print(text)


def condensed(figures: Mapping[str, Any]) -> dict[str, Any]:
    """Return of a back-test's figures what its table needs, and what it takes to make it again."""
    beside = {
        row["method"]: row
        for row in figures["differences"]
        if row["measure"] == "pai" and row["against"] == figures["best_baseline"]
    }
    methods = {}
    for row in figures["summary"]:
        gain = beside.get(row["method"])
        difference = None if gain is None else {end: gain[end] for end in ("difference", "low_90", "high_90")}
        methods[row["method"]] = {**{name: row[name] for name in MEANS}, "pai_beside_best_baseline": difference}
    return {**{name: figures[name] for name in KEPT}, "versions": figures["versions"], "methods": methods}


def table(name: str, run: Mapping[str, Any]) -> str:
    """Return one back-test as Markdown."""
    settings, area = run["settings"], run["area"]
    head = (
        f"**{name}**: {run['crimes']['analysed']:,} crimes, {settings['from'][:10]} to {settings['to'][:10]}; "
        f"{area['km2']:,.0f} km2 in {area['cells']:,} cells of {settings['cell']:g} m, "
        f"{100 * area['flagged_share']:.2g} % flagged, seed {settings['seed']}\n\n"
    )
    lines = [_line(method, found, run) for method, found in run["methods"].items()]
    return f"{head}{HEADINGS}{''.join(lines)}\n{run['sentence']}\n"


def _line(method: str, found: Mapping[str, Any], run: Mapping[str, Any]) -> str:
    gain = found["pai_beside_best_baseline"]
    shown = "" if gain is None else f"{gain['difference']:+.2f} ({gain['low_90']:+.2f} to {gain['high_90']:+.2f})"
    mark = " (used)" if method == run["best"] else ""
    return (
        f"| {method}{mark} | {found['hit_rate']:.2%} | {found['pai']:.2f} ({found['pai_low']:.2f} to "
        f"{found['pai_high']:.2f}) | {found['pei']:.3f} | {found['log_score']:.5f} | {shown} |\n"
    )


def _parted(text: str) -> tuple[str, str]:
    name, _, path = text.partition("=")
    return name, path


if __name__ == "__main__":
    main()
