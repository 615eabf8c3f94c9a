"""
What a review may say: never more than the evidence bears.

"Fell" takes a 95 % interval below 1 of the ratio beside the comparison, a 90 % interval below 0 of the weighted
difference in crimes, and a fall that a steady drift from before the start does not explain. "Probably fell" takes a
90 % interval of the ratio below 1. Everything else is "cannot tell", however large the percentage. Rises are held to
the same. That it fell is not yet that the intervention did it: the sentence says "more than beside it", not "because".
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from hotspots.impact import DisplacementDifference, Effect
from hotspots.interrupted import InterruptedSeries, Ratio
from service.review.counts import Counts, Windows
from service.review.dosage import Delivered
from service.review.intervention import Intervention
from service.review.zones import CONTROL, REST, TREATED

FEW: Final = 20  # crimes before and after together, below which a percentage misleads
UNLIKE: Final = 1.5  # times as much crime before as the other: counts then cannot run in parallel
IN_RUNS: Final = 1.5  # dispersion from which crime comes in runs


@dataclass(frozen=True)
class Judged:
    """
    What is made of an intervention.

    Parameters
    ----------
    effect : ratio beside the comparison, None where there is none
    verdict : fell, probably fell, rose, probably rose, cannot tell
    sentence : what happened, and how sure it is that it was more than chance
    notes : what limits it, and what was delivered
    """

    effect: Ratio | None
    verdict: str
    sentence: str
    notes: tuple[str, ...]


def judge(
    plan: Intervention,
    spans: Windows,
    held: Counts,
    difference: DisplacementDifference,
    series: InterruptedSeries | None,
    dosage: Delivered | None,
) -> Judged:
    """Return what may be said of an intervention."""
    beside = "the rest of the force" if plan.controls is None else "the controls"
    known = series is not None and np.isfinite(series.effect.log)
    effect = series.effect if series is not None and known else None
    verdict = _verdict(series, difference.local, sum(held.of(TREATED)))
    told = [_happened(plan, spans, held, beside), _beside(effect, verdict, beside)]
    if plan.displacement_metres > 0:
        told.append(_around(difference, plan.displacement_metres))
    notes = [*spans.notes, *_limits(plan, held, series, sum(held.of(TREATED)))]
    return Judged(effect, verdict, " ".join(told), (*notes, *([dosage.sentence] if dosage else [])))


def comparison(plan: Intervention) -> int:
    """Return the zone that an intervention is set beside."""
    return REST if plan.controls is None else CONTROL


def _verdict(series: InterruptedSeries | None, local: Effect, crimes: int) -> str:
    if series is None or not np.isfinite(series.effect.log) or crimes == 0:
        return "cannot tell"
    word = "fell" if series.effect.log < 0 else "rose"
    sign = -1.0 if word == "fell" else 1.0
    if not _clear(series.effect, sign, 0.9):
        return "cannot tell"
    drifting = _clear(series.drift, sign, 0.9) and not _clear(series.allowing_for_drift, sign, 0.9)
    counted = min(sign * end for end in local.interval(0.9)) > 0
    return word if _clear(series.effect, sign, 0.95) and counted and not drifting else f"probably {word}"


def _clear(ratio: Ratio, sign: float, level: float) -> bool:
    """Tell whether the whole interval lies on one side of 1."""
    return bool(np.isfinite(ratio.log) and min(sign * np.log(end) for end in ratio.interval(level)) > 0)


def _happened(plan: Intervention, spans: Windows, held: Counts, beside: str) -> str:
    what = " and ".join(plan.offences) if plan.offences else "Crime"
    (before, after), days = held.of(TREATED), spans.days
    same = days[0] == days[1]
    moved = (
        f"from {before:,} to {after:,}" if same else f"from {before:,} in {days[0]:,} days to {after:,} in {days[1]:,}"
    )
    each = f", {days[0]:,} days each" if same else " a day"
    return (
        f"{what} in the places went {moved} ({change(held, TREATED, spans)}{each}); in {beside} it changed by "
        f"{change(held, comparison(plan), spans)}."
    )


def _beside(effect: Ratio | None, verdict: str, beside: str) -> str:
    if effect is None:
        return f"There is too little crime, or too short a series, to set it beside {beside}: nothing can be concluded."
    ratio = f"{percent(effect)} (90 % interval {ends(effect)})"
    start = f"Over the whole series the places changed by {ratio} beside {beside}:"
    if verdict == "cannot tell":
        return f"{start} chance alone may be the reason, and nothing can be concluded."
    if verdict.startswith("probably"):
        return f"{start} it {verdict} more than {beside} did, but that is not sure."
    return f"{start} it {verdict} more than {beside} did, and chance alone is an unlikely reason."


def _around(difference: DisplacementDifference, metres: float) -> str:
    moved, total = difference.displacement, difference.total
    low, high = moved.interval(0.9)
    what = "crime rose" if low > 0 else "crime fell too" if high < 0 else "no change beyond chance can be seen"
    least, most = total.interval(0.95)
    return (
        f"Within {metres:g} m around, {what} ({moved.change:+,.0f} crimes, 90 % interval {low:+,.0f} to {high:+,.0f}); "
        f"places and surroundings together changed by {total.change:+,.0f} (95 % interval {least:+,.0f} to "
        f"{most:+,.0f})."
    )


def _limits(plan: Intervention, held: Counts, series: InterruptedSeries | None, crimes: int) -> list[str]:
    notes = []
    if plan.retrospective:
        notes.append(
            "Retrospective: places and dates may have been chosen for what had already happened there, and crime that "
            "stood high falls by itself."
        )
    if crimes < FEW:
        notes.append(f"Only {crimes} crimes in all: read the counts, not the percentages.")
    if plan.controls is None:
        notes.append("No controls were registered: the rest of the force stands in, weighed to the places' crime.")
    elif plan.controls.weigh == "none" and _unlike(held):
        notes.append(
            "The controls held far more or far less crime before than the places: trust the ratio rather than the "
            'difference of counts, or register controls with `weigh = "crime"`.'
        )
    if series is not None and series.dispersion >= IN_RUNS:
        notes.append(
            f"Crime came in runs (dispersion {series.dispersion:.1f}): the interval of the ratio allows for it, that "
            "of the weighted difference does not."
        )
    if series is not None and _drifts(series.drift):
        notes.append(
            f"The places had been drifting by {100 * (series.drift.value - 1):+.1f} % a period before the start."
        )
    return notes


def _unlike(held: Counts) -> bool:
    place, control = held.of(TREATED)[0], held.of(CONTROL)[0]
    return max(place, control) > UNLIKE * min(place, control)


def _drifts(drift: Ratio) -> bool:
    return _clear(drift, 1.0, 0.9) or _clear(drift, -1.0, 0.9)


def change(held: Counts, zone: int, spans: Windows) -> str:
    """Return the change of a zone's crime a day."""
    before, after = (count / days for count, days in zip(held.of(zone), spans.days, strict=True))
    return f"{100 * (after / before - 1):+.0f} %" if before else "-"


def percent(ratio: Ratio | None) -> str:
    """Return a ratio as a change in per cent."""
    return "-" if ratio is None else f"{100 * (ratio.value - 1):+.0f} %"


def ends(ratio: Ratio | None) -> str:
    """Return the 90 % interval of a ratio as changes in per cent."""
    if ratio is None:
        return "-"
    low, high = ratio.interval(0.9)
    return f"{100 * (low - 1):+.0f} to {100 * (high - 1):+.0f} %"
