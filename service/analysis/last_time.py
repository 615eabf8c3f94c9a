"""
The last tasking, looked back on: decided, delivered, and what was recorded there before and since.

Harm was exposed to patrol; whether patrol changed it is another question, which `beatplan review` answers with places
left alone. Nothing here uses a stronger word.
"""

from typing import Protocol

import numpy as np
import pandas as pd
from geopandas import GeoDataFrame

from geodata.areas import locate
from geodata.cast import FloatArray
from geodata.errors import InputError
from geodata.periods import Periods
from geodata.tables import REJECTS, empty
from hotspots.rate_ratio import rate_ratios, spread
from maps.pack import Past
from service.analysis.last_time_words import day, notes, sentence, span, summary
from service.manifest import RUN_DIGITS
from service.reading.last_run import LastRun
from service.reading.tasking_records import DECISION_COLUMNS


class Known(Protocol):
    """What is known now: a `Scene`, or what a store keeps."""

    @property
    def crimes(self) -> GeoDataFrame:
        """Table of crimes of the offences analysed."""

    @property
    def periods(self) -> Periods:
        """Weeks or months that they fill."""


def look_back(last: LastRun, scene: Known, wards: GeoDataFrame) -> Past:
    """
    Return what became of each hot spot of the last tasking.

    The time since is compared with a time of the same length before, or as much of it as there is.

    Parameters
    ----------
    last : the last tasking
    scene : the crimes analysed now
    wards : table of areas

    Raises
    ------
    InputError
        If the last tasking is not earlier, no crime before it is among those read, or its hot spots lie outside the
        areas.
    """
    edges = _edges(last, scene)
    spots = last.hotspots
    if len(spots) and locate(spots.geometry.representative_point(), wards).isna().all():
        raise InputError("The hot spots of the last tasking must lie in the areas, and none does.")
    counts = _counts(scene, spots, edges)
    weeks = np.diff(edges.to_numpy()) / np.timedelta64(7, "D")
    changes = rate_ratios(
        counts[:, -2], counts[:, -1], weeks=(weeks[-2], weeks[-1]), spread=spread(counts[:, :-1], weeks[:-1])
    )
    days = (edges[-1] - edges[-2]).days
    table = pd.concat([_tasked(last, days, edges[-1]), changes.drop(columns="p")], axis=1)
    table["sentence"] = [sentence(row) for row in table.to_dict("records")]
    planned = float(table["planned_minutes"].sum())
    delivered = float("nan") if last.delivered is None else float(table["delivered_minutes"].sum())
    return Past(
        run_id=last.run[:RUN_DIGITS],
        before=span(edges[-3], edges[-2]),
        after=span(edges[-2], edges[-1]),
        hotspots=GeoDataFrame(table.assign(geometry=spots.geometry), geometry="geometry", crs=spots.crs),
        planned_minutes=planned,
        delivered_minutes=delivered,
        rejects=_rejects(last),
        sentence=summary(table, planned, delivered),
        notes=notes(last),
    )


def _edges(last: LastRun, scene: Known) -> pd.DatetimeIndex:
    """Return the edges of times of one length, the newest since the last tasking; fewer than two such, and the rest."""
    known = scene.periods.edges.tz_localize(None)
    start, end = known[0], known[-1]
    if scene.periods.unit == "month":
        since = int((known >= last.until).sum()) - 1
        edges = known[::-1][:: max(1, since)][::-1]
    else:
        since = (end - last.until).days
        edges = pd.date_range(end=end, periods=(end - start).days // max(1, since) + 1, freq=f"{max(1, since)}D")
    if since < 1:
        raise InputError(f"The last tasking must be earlier: it knew all until {day(last.until)}, this run {day(end)}.")
    if len(edges) > 2:
        return edges
    if not start < edges[-2]:
        raise InputError("Some crime from before the last tasking must be among those read, to compare with; none is.")
    return pd.DatetimeIndex([start, edges[-2], end])


def _counts(scene: Known, spots: GeoDataFrame, edges: pd.DatetimeIndex) -> FloatArray:
    """Return crimes by hot spot and time."""
    owner = locate(scene.crimes, spots, by="hotspot_id")
    row = pd.Index(spots["hotspot_id"]).get_indexer(pd.Index(owner))
    began = scene.crimes["occurred_from"].dt.tz_localize(None).to_numpy()
    time = np.searchsorted(edges.to_numpy(), began, side="right") - 1
    held = (row >= 0) & (time >= 0) & (time < len(edges) - 1)
    counts = np.zeros((len(spots), len(edges) - 1))
    np.add.at(counts, (row[held], time[held]), 1.0)
    return counts


def _tasked(last: LastRun, days: int, today: pd.Timestamp) -> pd.DataFrame:
    """Return what was decided, planned and delivered at each hot spot."""
    table = pd.DataFrame(last.hotspots.drop(columns="geometry"))
    none = pd.DataFrame(columns=list(DECISION_COLUMNS), dtype="string")
    decided = none if last.decisions is None else last.decisions.table
    table = table.merge(decided, on="hotspot_id", how="left", validate="one_to_one")
    minutes = last.plan.groupby("hotspot_id")["minutes"].sum()
    table["planned_minutes"] = table["hotspot_id"].map(minutes).fillna(0.0).astype("float64") * days
    done = pd.Series(dtype="float64") if last.delivered is None else _summed(last.delivered.table)
    table["delivered_minutes"] = table["hotspot_id"].map(done).astype("float64")
    due = pd.to_datetime(table["review_date"], format="%Y-%m-%d")
    return table.assign(overdue=(due < today).fillna(False).astype("bool"))


def _summed(delivered: pd.DataFrame) -> pd.Series:
    return delivered.groupby("hotspot_id")["minutes"].sum()


def _rejects(last: LastRun) -> pd.DataFrame:
    found = [each.rejects for each in (last.decisions, last.delivered) if each is not None]
    return pd.concat(found, ignore_index=True) if found else empty(REJECTS)
