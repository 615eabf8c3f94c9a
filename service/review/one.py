"""One intervention, as it was registered, held against what happened."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from geopandas import GeoDataFrame

from geodata.errors import InputError
from geodata.harm import HarmTable
from hotspots.impact import DisplacementDifference, poisson_e_test, weighted_displacement_difference
from hotspots.interrupted import InterruptedSeries, interrupted_series
from service.review.counts import Counts, Windows, counts, windows
from service.review.dosage import Delivered, delivered_minutes
from service.review.intervention import Intervention
from service.review.words import Judged, judge
from service.review.zones import AROUND, AROUND_CONTROL, CONTROL, REST, TREATED, Zones


@dataclass(frozen=True)
class Reviewed:
    """One intervention, with all that was found of it."""

    plan: Intervention
    spans: Windows
    counts: Counts
    difference: DisplacementDifference
    harm: DisplacementDifference | None
    e_test: float
    force: InterruptedSeries | None
    controls: InterruptedSeries | None
    dosage: Delivered | None
    judged: Judged


def review_one(
    plan: Intervention,
    crimes: GeoDataFrame,
    *,
    beside: Path,
    harm: HarmTable | None,
    delivered: Path | None,
    as_of: date | None,
) -> Reviewed:
    """
    Return what was found of one intervention.

    Parameters
    ----------
    plan : as registered
    crimes : table of crimes, of the whole force
    beside : folder from which the plan's files are meant
    harm : harm table, None to count crimes alone
    delivered : table of delivered patrols, None where there is none
    as_of : first day not yet known, None for the end of the data

    Raises
    ------
    InputError, NotFoundError
        If anything given breaks a rule.
    """
    spans, crs = windows(crimes, plan, as_of), crimes.crs.to_string()
    control = None if plan.controls is None else plan.controls.shape(beside, crs)
    zones = Zones.of(plan.places.shape(beside, crs), control, plan.displacement_metres)
    held = counts(crimes, plan, zones, spans)
    difference = _difference(held, plan, spans, None)
    weights = None if harm is None else harm.of(pd.Series(held.offences, dtype="str")).to_numpy(dtype=np.float64)
    weighed = None if weights is None else _difference(held, plan, spans, weights)
    before, after = held.of(TREATED)
    e_test = poisson_e_test(before, after, exposure=(float(spans.days[0]), float(spans.days[1])))
    force = _series(held, REST)
    controls = None if plan.controls is None else _series(held, CONTROL)
    dosage = delivered_minutes(plan, delivered)
    judged = judge(plan, spans, held, difference, controls or force, dosage)
    return Reviewed(plan, spans, held, difference, weighed, e_test, force, controls, dosage, judged)


def _difference(
    held: Counts, plan: Intervention, spans: Windows, harm: np.ndarray[Any, Any] | None
) -> DisplacementDifference:
    """Return the difference in crimes (or harm) over the time after, in the places' own size."""
    own = plan.controls is not None
    control, beyond = (CONTROL, AROUND_CONTROL) if own else (REST, REST)
    zones = [held.totals[zone] if harm is not None else held.totals[zone].sum(axis=1)
             for zone in (TREATED, control, AROUND, beyond)]  # fmt: skip
    days = spans.days
    around = plan.displacement_metres > 0
    return weighted_displacement_difference(
        zones[0], zones[1], displaced=zones[2] if around else None, displaced_control=zones[3] if around else None,
        time=(days[0] / days[1], 1.0), area=_weights(held, plan), harm=harm,
    )  # fmt: skip


def _weights(held: Counts, plan: Intervention) -> tuple[float, float, float, float]:
    """Return what the counts of places, controls, around and around the controls are divided by."""
    rule = "crime" if plan.controls is None else plan.controls.weigh
    if rule == "none":
        return 1.0, 1.0, 1.0, 1.0
    if rule == "area":
        place, control, around, beyond = held.areas
        return 1.0, control / place, 1.0, beyond / around if around > 0 else 1.0
    control, beyond = (REST, REST) if plan.controls is None else (CONTROL, AROUND_CONTROL)
    return 1.0, _times(held, control, TREATED), 1.0, _times(held, beyond, AROUND)


def _times(held: Counts, one: int, other: int) -> float:
    """Return how many times the crime of a zone another held before, 1 where either held none."""
    many, few = held.of(one)[0], held.of(other)[0]
    return many / few if many and few else 1.0


def _series(held: Counts, beside: int) -> InterruptedSeries | None:
    try:
        return interrupted_series(held.series[TREATED], held.series[beside], held.after)
    except InputError:
        return None  # too short; `judge` says it
