"""
Write the tables of measured figures into the model cards, from benchmarks/results; nobody types them.

    python docs/models/measured.py

A card has its table between `<!-- measured: NAME -->` and `<!-- end -->`. A test fails where a card is behind.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

HERE: Final = Path(__file__).parent
RESULTS: Final = HERE.parents[1] / "benchmarks" / "results"
_TABLE: Final = re.compile(r"<!-- measured: ([\w -]+) -->\n.*?<!-- end -->", re.DOTALL)
_ALTERNATIVES: Final = (
    "status quo", "equal split", "per head", "proportional to crime", "proportional to harm with a floor", "greedy"
)  # fmt: skip


def rows_of(name: str) -> Any:
    """Return what a benchmark wrote down."""
    return json.loads((RESULTS / f"{name}.json").read_text(encoding="utf-8"))


def forecasts(*methods: str) -> Iterator[str]:
    """Return a line for each data set and method: what it caught in 1 % of the area, beside the best baseline."""
    yield "| data | method | caught in 1 % of the area | PAI (90 % interval) | beside the best baseline (90 %) |"
    yield "|---|---|---:|---:|---:|"
    for data, found in sorted(rows_of("forecasts").items()):
        for method in methods:
            row = found["methods"].get(method)
            yield f"| {data} | {method} | {_scores(row, found['best_baseline'])} |"


def _scores(row: Mapping[str, Any] | None, baseline: str) -> str:
    if row is None:
        return "not run | | "
    beside = row.get("pai_beside_best_baseline")
    more = f"it is the best baseline ({baseline})"
    if beside:
        more = f"{beside['difference']:+.2f} ({beside['low_90']:+.2f} to {beside['high_90']:+.2f})"
    return f"{row['hit_rate']:.1%} | {row['pai']:.2f} ({row['pai_low']:.2f} to {row['pai_high']:.2f}) | {more}"


def near_repeat() -> Iterator[str]:
    """Return a line for each size and program: seconds of the test."""
    yield "| crimes | bands | dealings | whose | seconds |"
    yield "|---:|---|---:|---|---:|"
    best: dict[tuple[Any, ...], float] = {}
    for row in rows_of("near-repeat"):
        asked = row["parameters"]
        key = (asked["n"], asked["bands"], asked["permutations"], row["subject"])
        best[key] = min(row["seconds"], best.get(key, row["seconds"]))
    for (size, bands, dealings, subject), seconds in sorted(best.items()):
        if "first call" not in subject:
            yield f"| {size:,} | {bands} | {dealings} | {subject} | {seconds:.3g} |"


def plans(*families: str) -> Iterator[str]:
    """Return a line for each family of instances: how many, checked, proven, and the widest gap."""
    yield "| instances | how many | kept every rule (independent check) | proven the best | widest gap |"
    yield "|---|---:|---:|---:|---:|"
    for family in families:
        rows = [row for row in rows_of("plans") if row["family"] == family]
        clean, proven = sum(row["verdict"] == "clean" for row in rows), sum(bool(row["proven"]) for row in rows)
        yield f"| {family} | {len(rows)} | {clean} | {proven} | {max(row['gap'] for row in rows):.2%} |"


def staffing() -> Iterator[str]:
    """Return the families, and what simpler ways to share officers out reach of the plan's value."""
    yield from plans("staffing", "pmedian", "cpmp")
    yield ""
    yield "| made-up force | " + " | ".join(_ALTERNATIVES) + " |"
    yield "|---|" + "---:|" * len(_ALTERNATIVES)
    for row in rows_of("plans"):
        if row["family"] == "staffing":
            values = row["extra"]["alternatives"]
            shares = [f"{values[name] / values['this plan']:.1%}" for name in _ALTERNATIVES]
            yield f"| {row['instance']}, share of the plan's value | " + " | ".join(shares) + " |"


TABLES: Final[Mapping[str, Callable[[], Iterator[str]]]] = {
    "density": lambda: forecasts("density", "raw count"),
    "self-exciting": lambda: forecasts("self-exciting"),
    "self-exciting by cell": lambda: forecasts("self-exciting by cell"),
    "learned": lambda: forecasts("learned"),
    "near repeat": near_repeat,
    "teams": staffing,
    "patrols": lambda: plans("patrols", "shifts", "toptw", "top"),
}


def with_tables(card: str) -> str:
    """Return a card's text with its tables as they are now."""
    return _TABLE.sub(lambda at: "\n".join([f"<!-- measured: {at[1]} -->", *TABLES[at[1]](), "<!-- end -->"]), card)


def main() -> None:
    """Bring every card up to date."""
    for path in sorted(HERE.glob("*.md")):
        path.write_text(with_tables(path.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
