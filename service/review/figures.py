"""What a review found, as JSON can hold it."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import numpy as np
from scipy import stats

from hotspots.impact import DisplacementDifference, Effect
from hotspots.interrupted import InterruptedSeries, Ratio
from service.review.one import Reviewed
from service.review.zones import NAMES, REST


def tally(reviewed: Sequence[Reviewed]) -> dict[str, Any]:
    """Return how many fell beside their comparison, and how often chance alone sets so many on one side."""
    known = [each.judged.effect.value for each in reviewed if each.judged.effect is not None]
    down = sum(value < 1 for value in known)
    p = float(stats.binomtest(down, len(known)).pvalue) if known else None
    return {
        "interventions": len(reviewed), "compared": len(known), "down": down, "p": p,
        "surely_down": sum(each.judged.verdict == "fell" for each in reviewed),
        "surely_up": sum(each.judged.verdict == "rose" for each in reviewed),
    }  # fmt: skip


def figures_of(found: Reviewed) -> dict[str, Any]:
    """Return everything found of one intervention."""
    plan, spans, held = found.plan, found.spans, found.counts
    names = [name for zone, name in enumerate(NAMES) if zone == REST or held.areas[zone] > 0]
    return {
        **plan.model_dump(mode="json", include={"name", "registered", "retrospective", "start", "end", "review"}),
        "offences": list(plan.offences) or list(held.offences),
        "before": [str(day) for day in spans.before],
        "after": [str(day) for day in spans.after],
        "days": list(spans.days),
        "crimes": {name: list(held.of(NAMES.index(name))) for name in names},
        "areas_m2": {name: float(held.areas[NAMES.index(name)]) for name in names if name != "rest"},
        "weighed_by": "crime" if plan.controls is None else plan.controls.weigh,
        "wdd": _parts(found.difference),
        "wdd_harm": None if found.harm is None else _parts(found.harm),
        "e_test_p": found.e_test,
        "beside_controls": _told(found.controls),
        "beside_force": _told(found.force),
        "dosage": None if found.dosage is None else asdict(found.dosage),
        "verdict": found.judged.verdict,
        "sentence": found.judged.sentence,
        "notes": list(found.judged.notes),
    }


def _parts(found: DisplacementDifference) -> dict[str, Any]:
    return {name: _effect(getattr(found, name)) for name in ("local", "displacement", "total")}


def _effect(effect: Effect) -> dict[str, Any]:
    (low, high), (lower, higher) = effect.interval(0.9), effect.interval(0.95)
    return {
        "change": effect.change, "error": effect.error, "z": effect.z if np.isfinite(effect.z) else None,
        "low_90": low, "high_90": high, "low_95": lower, "high_95": higher,
    }  # fmt: skip


def _told(series: InterruptedSeries | None) -> dict[str, Any] | None:
    if series is None:
        return None
    ratios = {name: _ratio(getattr(series, name)) for name in ("effect", "allowing_for_drift", "drift")}
    return {**ratios, "dispersion": series.dispersion, "periods_before": series.before, "periods_after": series.after}


def _ratio(ratio: Ratio) -> dict[str, float] | None:
    if not np.isfinite(ratio.log):
        return None
    (low, high), (lower, higher) = ratio.interval(0.9), ratio.interval(0.95)
    return {"ratio": ratio.value, "low_90": low, "high_90": high, "low_95": lower, "high_95": higher}
