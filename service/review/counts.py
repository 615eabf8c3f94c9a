"""What was counted for a review: crimes by zone, before and after, and period by period."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

import numpy as np
import pandas as pd
from geopandas import GeoDataFrame

from geodata import cast
from geodata.cast import BoolArray, FloatArray, IntArray
from geodata.errors import InputError
from geodata.tables import TIME_ZONE
from service.review.intervention import ONE_DAY, Intervention
from service.review.zones import REST, Zones

WEEK: Final = 7  # days


@dataclass(frozen=True)
class Windows:
    """
    The two spans compared, as days on the clock: each holds its first day and not its second.

    Parameters
    ----------
    before, after : first day, and the first day no longer in it
    known : first and last day of the data
    notes : what the data cut short, sentences
    """

    before: tuple[date, date]
    after: tuple[date, date]
    known: tuple[date, date]
    notes: tuple[str, ...]

    @property
    def days(self) -> tuple[int, int]:
        """Days before and after."""
        return (self.before[1] - self.before[0]).days, (self.after[1] - self.after[0]).days


@dataclass(frozen=True)
class Counts:
    """
    Crimes of an intervention's offences.

    Parameters
    ----------
    totals : zones x before and after x offences; the last zone is the rest of the force
    offences : names
    series : zones x periods
    periods : first day of each
    after : True for each period from the start
    areas : square metres of each zone but the rest
    """

    totals: IntArray
    offences: tuple[str, ...]
    series: IntArray
    periods: tuple[str, ...]
    after: BoolArray
    areas: FloatArray

    def of(self, zone: int) -> tuple[int, int]:
        """Return the crimes of a zone before and after."""
        before, after = self.totals[zone].sum(axis=1).tolist()
        return int(before), int(after)


def windows(crimes: pd.DataFrame, plan: Intervention, as_of: date | None) -> Windows:
    """
    Return what is compared, as far as the data go.

    Raises
    ------
    InputError
        If the data begin after the start or end before it, or know only months and the spans are not whole months.
    """
    monthly = bool((crimes["precision"] == "month").any())
    first = crimes["occurred_from"].min().date()
    last = (crimes["occurred_to"].max() - pd.Timedelta(seconds=1)) if monthly else crimes["occurred_from"].max()
    final = last.date() if as_of is None else min(last.date(), as_of - ONE_DAY)
    if first >= plan.start or final < plan.start:
        raise InputError(
            f"A review of {plan.name} needs crimes from before and after its start on {plan.start}; "
            f"those given run from {first} to {final}."
        )
    before, after = (max(first, plan.compared_from), plan.start), (plan.start, min(final, plan.end) + ONE_DAY)
    if monthly and any(day.day != 1 for day in (plan.compared_from, plan.start, plan.end + ONE_DAY)):
        raise InputError(
            f"Where only the month of a crime is known, spans must be of whole months; those of {plan.name} are not."
        )
    notes = []
    if before[0] > plan.compared_from:
        notes.append(f"The data begin on {first}: the time before is cut short.")
    if final < plan.end:
        notes.append(f"The data end on {final}, before the intervention does: this is an interim look.")
    return Windows(before, after, (first, final), tuple(notes))


def counts(crimes: GeoDataFrame, plan: Intervention, zones: Zones, spans: Windows) -> Counts:
    """
    Count the crimes of the intervention's offences.

    Raises
    ------
    InputError
        If none is of its offences.
    """
    chosen = crimes[crimes["offence"].isin(plan.offences)] if plan.offences else crimes
    if chosen.empty:
        raise InputError(f"Some crime must be of the offences of {plan.name}; none of {len(crimes):,} is.")
    zone = zones.holding(*cast.coordinates(chosen, chosen.crs))
    began = chosen["occurred_from"].dt.tz_convert(TIME_ZONE).dt.tz_localize(None).to_numpy()
    code, names = pd.factorize(chosen["offence"].astype(str), sort=True)
    span = np.full(began.size, -1)
    for number, (start, stop) in enumerate((spans.before, spans.after)):
        span[(began >= np.datetime64(start)) & (began < np.datetime64(stop))] = number
    inside = span >= 0
    totals = np.zeros((REST + 1, 2, len(names)), dtype=np.int64)
    np.add.at(totals, (zone[inside], span[inside], code[inside]), 1)
    edges, late = _periods(spans, monthly=bool((crimes["precision"] == "month").any()))
    period = np.searchsorted(edges, began, side="right") - 1
    inside = (period >= 0) & (period < len(late))
    series = np.zeros((REST + 1, len(late)), dtype=np.int64)
    np.add.at(series, (zone[inside], period[inside]), 1)
    days = tuple(np.datetime_as_string(edges[:-1], unit="D").tolist())
    return Counts(totals, tuple(map(str, names)), series, days, late, zones.areas)


def _periods(spans: Windows, *, monthly: bool) -> tuple[np.ndarray[Any, np.dtype[np.datetime64]], BoolArray]:
    """Return the edges of whole weeks (or months) on both sides of the start, and which come after it."""
    start, first, stop = spans.after[0], spans.known[0], spans.after[1]
    if monthly:
        edges = pd.date_range(first, stop, freq="MS")
    else:
        back, on = (start - first).days // WEEK, (stop - start).days // WEEK
        edges = pd.DatetimeIndex([start + timedelta(days=WEEK * step) for step in range(-back, on + 1)])
    days = edges.to_numpy()
    return days, np.asarray(days[:-1] >= np.datetime64(start), dtype=np.bool_)
