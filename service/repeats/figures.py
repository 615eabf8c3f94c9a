"""The figures of repeat victimisation as JSON can hold them, and in a few lines to print."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd

from hotspots.repeats import TIMES
from hotspots.time_course import TimeCourse
from maps import words
from maps.repeats.study import Kind, RepeatStudy, RestrictedLists
from maps.repeats.tables import said

MARKS: Final = (7, 14, 28, 91, 182, 365)
DIGITS: Final = 6
_MEASURES: Final = (
    "crimes", "victims", "repeats", "share", "share_low", "share_high", "prevalence", "incidence", "concentration",
    "harm", "harm_on_repeats", "same_day", "unknown", "targets",
)  # fmt: skip
_MOST_LINES: Final = 8


def figures(study: RepeatStudy, lists: RestrictedLists) -> dict[str, Any]:
    """Return the figures; nothing of any one victim or place is among them."""
    return {
        "force": study.force,
        "run": study.run_id,
        "period": study.period,
        "kinds": {kind.kind: _of_kind(kind) for kind in study.kinds},
        "refused": [{"claim": claim, "reason": reason} for claim, reason in study.refusals],
        "restricted": {
            "marking": lists.marking,
            "as_of": lists.as_of,
            "due": _tiers(lists.due),
            "neighbours": len(lists.neighbours),
            "ranked": {name: len(table) for name, table in lists.priority.items()},
            "doubtful_matches": len(lists.review),
        },
        "notes": [*study.notes, *lists.notes],
    }


def summary(study: RepeatStudy, lists: RestrictedLists, out: Path | None, products: Mapping[str, Path]) -> str:
    """Return what was found and made, in a few lines."""
    lines = [f"{study.force}: {study.period}, run {study.run_id}"]
    lines += [f"  {claim} is not claimed. {reason}" for claim, reason in study.refusals]
    for kind in study.kinds:
        lines += _lines(kind)
    tiers = ", ".join(f"{number:,} {tier}" for tier, number in _tiers(lists.due).items())
    if len(lists.due):
        lines.append(f"  Response list: {tiers}; {len(lists.neighbours):,} neighbouring premises to warn")
    lines += [f"  {note}" for note in (*study.notes, *lists.notes)]
    if out is not None:
        lines += [f"Made in {out}:", *(f"  {name}" for name in products)]
    return "\n".join(lines)


def _of_kind(kind: Kind) -> dict[str, Any]:
    return {
        "level": kind.level,
        "claimed": kind.claimed,
        "reason": kind.reason,
        "offences": [_row(kind, str(name)) for name in kind.counts.index],
        "areas": [_area(row) for row in kind.areas.to_dict("records")],
        "time_course": [_course(kind, name, course) for name, course in kind.courses.items()],
        "time_course_note": kind.course_note,
    }


def _row(kind: Kind, offence: str) -> dict[str, Any]:
    row, times = kind.counts.loc[offence], kind.times.loc[offence]
    table = {name: _number(times.loc[name, "victims"]) for name in TIMES}
    chance = {name: _number(times.loc[name, "expected"]) for name in TIMES}
    return {"offence": offence, **{name: _number(row[name]) for name in _MEASURES}, "table": table, "chance": chance}


def _area(row: dict[Any, Any]) -> dict[str, Any]:
    table = {"0": "none", "1": "one", "2": "two", "3+": "three_or_more"}
    return {
        **{name: str(row[name]) for name in ("code", "name", "offence")},
        **{name: _number(row[name]) for name in _MEASURES},
        "table": {name: _number(row[column]) for name, column in table.items()},
    }


def _course(kind: Kind, offence: str, course: TimeCourse) -> dict[str, Any]:
    return {
        "offence": offence,
        "victims": course.victims,
        "again": course.again,
        "p": _number(course.p),
        "q": _number(kind.q.get(offence, np.nan)),
        "high_risk_days": course.days,
        "high_risk_low": course.days_low,
        "high_risk_high": course.days_high,
        "excess": _number(course.excess),
        "within": {
            str(mark): {name: _number(course.curve.loc[mark, name]) for name in
                        course.curve.columns.drop(["at_risk", "again"])}
            for mark in MARKS
        },
        "after": {str(order): {str(name): _number(value) for name, value in row.items()}
                  for order, row in course.by_order.to_dict("index").items()},
        "sentence": course.sentence,
    }  # fmt: skip


def _number(value: Any) -> float | int | None:
    if pd.isna(value) or not np.isfinite(value):
        return None
    number = round(float(value), DIGITS)
    return int(number) if number.is_integer() else number


def _tiers(due: pd.DataFrame) -> dict[str, int]:
    counts = due["tier"].value_counts()
    return {tier: int(counts.get(tier, 0)) for tier in ("gold", "silver", "bronze")}


def _lines(kind: Kind) -> list[str]:
    lines = [f"  By {kind.level}:"]
    shown = kind.counts.sort_values(["crimes"], ascending=False, kind="stable").head(_MOST_LINES)
    for name, row in shown.iterrows():
        share = words.percent_with_interval(row["share"], row["share_low"], row["share_high"])
        lines.append(
            f"    {str(name)[:32]:<32} {row['crimes']:>8,.0f} crimes {row['victims']:>8,.0f} {kind.plural} "
            f"{row['repeats']:>7,.0f} repeats  {share}"
        )
    return [*lines, *(f"    {sentence}" for sentence in said(kind)[1:])]
