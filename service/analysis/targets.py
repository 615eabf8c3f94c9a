"""Progress against the force's targets, with the uncertainty of the trend that it is read from."""

from collections.abc import Iterable
from typing import Any, Final

import numpy as np
import pandas as pd

from geodata.periods import Periods
from hotspots.course import Course, course
from maps import words
from maps.repeats.study import EVERY
from service.analysis.last_time_words import day
from service.profile.public import Target

COLUMNS: Final = [
    "name", "offences", "measure", "baseline", "aim", "by", "now", "now_low", "now_high", "expected", "expected_low",
    "expected_high", "progress", "verdict", "sentence",
]  # fmt: skip
CANNOT: Final = "cannot be told"


def progress(targets: Iterable[Target], offences: pd.DataFrame, periods: Periods) -> pd.DataFrame:
    """
    Return one row a target.

    Parameters
    ----------
    targets : of the profile
    offences : one row a period and crime type: period, offence, crimes, harm
    periods : of `offences`
    """
    rows = [_row(target, offences, periods) for target in targets]
    return pd.DataFrame(rows, columns=COLUMNS)


def _row(target: Target, offences: pd.DataFrame, periods: Periods) -> dict[str, Any]:
    own = offences[offences["offence"].isin(target.offences)] if target.offences else offences
    amounts = own.groupby("period")[target.measure].sum().reindex(periods.labels, fill_value=0)
    ahead = (pd.Timestamp(target.by) - periods.end.tz_localize(None)).days / 7
    found = course(amounts.to_numpy(), periods.weeks.to_numpy(), ahead=ahead)
    verdict = _verdict(target, found, past=ahead < 0)
    return {
        "name": target.name,
        "offences": words.listing(target.offences) or EVERY,
        "measure": target.measure,
        "baseline": target.baseline,
        "aim": target.aim,
        "by": target.by.isoformat(),
        "now": found.now,
        "now_low": found.now_low,
        "now_high": found.now_high,
        "expected": found.then,
        "expected_low": found.then_low,
        "expected_high": found.then_high,
        "progress": (target.baseline - found.now) / (target.baseline - target.aim),
        "verdict": verdict,
        "sentence": _sentence(target, found, verdict, past=ahead < 0),
    }


def _verdict(target: Target, found: Course, *, past: bool) -> str:
    """Return a verdict that the whole of an interval bears, or that none can be given."""
    now = _beyond(target, found.now_low, found.now_high)
    if now == "all":
        return "met"
    if past:
        return "not met" if now == "none" else CANNOT
    then = _beyond(target, found.then_low, found.then_high)
    return {"all": "on course", "none": "not on course"}.get(then, CANNOT)


def _beyond(target: Target, low: float, high: float) -> str:
    """Tell whether all, some or none of an interval is at or beyond the aim."""
    if np.isnan(low) or np.isnan(high):
        return "some"
    if target.aim < target.baseline:
        return "all" if high <= target.aim else "none" if low > target.aim else "some"
    return "all" if low >= target.aim else "none" if high < target.aim else "some"


def _sentence(target: Target, found: Course, verdict: str, *, past: bool) -> str:
    aim = f"from {words.number(target.baseline)} to {words.number(target.aim)} a week by {day(pd.Timestamp(target.by))}"
    now = words.with_interval(found.now, found.now_low, found.now_high)
    head = f"{words.capital(target.measure)}, {aim}: {now} a week in the latest quarter"
    if past or np.isnan(found.then):
        return f"{head}; {verdict}."
    then = words.with_interval(found.then, found.then_low, found.then_high)
    return f"{head}, and {then} by then if the trend goes on; {verdict}."
