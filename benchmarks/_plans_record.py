"""One row per plan: its value, a bound, the gap, how long it took, what an independent checker says of it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

CLEAN: Final = "clean"
HEADINGS: Final = (
    "| instance | value | bound | gap | seconds | reference | verdict |\n|---|---:|---:|---:|---:|---:|---|\n"
)


@dataclass(frozen=True)
class PlanRow:
    """
    What became of one instance.

    Parameters
    ----------
    family, instance : whose format, and its name
    size : of the instance, by name
    value, bound : of the plan as its checker counts it, and what no plan passes
    gap : between the two, relative to the larger
    seconds : for the plan and its proof together
    verdict : "clean", or the rules that the plan breaks
    reference : the value in the folder's own list; None where it holds none
    proven : whether value and bound are one
    extra : what else a family measures
    """

    family: str
    instance: str
    size: Mapping[str, float]
    value: float
    bound: float
    gap: float
    seconds: float
    verdict: str
    reference: float | None
    proven: bool
    extra: dict[str, Any] = field(default_factory=dict)


def verdict_of(faults: Iterable[str]) -> str:
    """Return "clean", or the first faults in a line."""
    return "; ".join(list(faults)[:5]) or CLEAN


def failed(family: str, name: str, reason: str) -> PlanRow:
    """Return the row of an instance that came to nothing; its verdict says why."""
    nan = float("nan")
    return PlanRow(family, name, {}, nan, nan, nan, 0.0, f"not solved: {reason}", None, False)


def summary(row: Mapping[str, Any]) -> str:
    """Return a row as one line."""
    reference = "" if row.get("reference") is None else f", reference {row['reference']:g}"
    return (
        f"{row['instance']}: {row['value']:.10g}, bound {row['bound']:.10g}, gap {row['gap']:.3%}, "
        f"{row['seconds']:.2f} s{reference}, {row['verdict']}"
    )


def table(rows: Iterable[Mapping[str, Any]]) -> str:
    """Return the rows as a Markdown table."""
    return HEADINGS + "".join(
        f"| {row['instance']} | {row['value']:.10g} | {row['bound']:.10g} | {row['gap']:.3%} | {row['seconds']:.2f} "
        f"| {'' if row.get('reference') is None else format(row['reference'], '.10g')} | {row['verdict']} |\n"
        for row in rows
    )
