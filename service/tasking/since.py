"""What came of the last meeting: each decision with what was planned, delivered and recorded since."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import lru_cache
from typing import Any, Final

import geopandas as gpd
import pandas as pd
from geopandas import GeoDataFrame
from sqlalchemy import select

from geodata.errors import InputError, NotFoundError
from geodata.periods import Periods
from geodata.tables import REJECTS, empty
from maps.pack import Past
from maps.tasking.dates import day
from service.reading.last_run import HOT_SPOTS
from service.reading.tasking_records import Records
from service.store import Store
from service.store.segments import Segment, current, join_segments
from service.store.tables import MEETINGS
from service.tasking.debriefs import delivered, how_many
from service.tasking.meetings import in_force, last_closed
from service.tasking.published import Tasked, find
from service.tasking.records import decisions_of
from service.tasking.times import day_of

_KEPT: Final = 4  # looks back that are kept in memory


@dataclass(frozen=True)
class Dose:
    """
    What was planned and delivered at one hot spot.

    Parameters
    ----------
    hotspot, rank, name : of the run
    planned, delivered : minutes
    """

    hotspot: str
    rank: int
    name: str
    planned: float
    delivered: float


@dataclass(frozen=True, eq=False)
class LastMeeting:
    """
    The meeting that was closed last.

    Parameters
    ----------
    meeting : its row
    rows : one a hot spot that it decided on, by rank: the decision, the doses, and what was recorded, in a sentence
    sentence : the whole
    """

    meeting: dict[str, Any]
    rows: tuple[dict[str, Any], ...]
    sentence: str


@dataclass(frozen=True, eq=False)
class _Known:
    """The crimes that the store keeps, as far as a run would have analysed them."""

    crimes: GeoDataFrame
    periods: Periods


def doses(store: Store, tasked: Tasked, until: date) -> tuple[Dose, ...]:
    """
    Return what was planned and delivered at each hot spot of a run, from its day to `until`, both included.

    Planned minutes are one typical day's, times the days.
    """
    days = max(1, (until - day_of(datetime.fromisoformat(tasked.made))).days + 1)
    with store.reading() as reading:
        done = _by_spot(delivered(reading, tasked.force, tasked.number))
    planned = _by_spot(tasked.last.plan) * days
    return tuple(
        Dose(spot["hotspot_id"], spot["rank"], spot["name"], float(here), float(done.get(spot["hotspot_id"], 0.0)))
        for spot in tasked.spots
        if (here := planned.get(spot["hotspot_id"], 0.0)) > 0 or spot["hotspot_id"] in done
    )


def last_meeting(store: Store, force: str, today: date) -> LastMeeting | None:
    """
    Return what came of the meeting that was closed last, or None where there was none or its run was erased.

    Parameters
    ----------
    store : Store
    force : in the store
    today : by which a review is overdue, and to which minutes are counted where no newer crimes are known
    """
    with store.reading() as reading:
        meeting = last_closed(reading, force)
        decided = {} if meeting is None else in_force(reading, meeting["id"])
    if meeting is None:
        return None
    try:
        tasked = find(store, force, meeting["run_id"])
    except NotFoundError:
        return None
    with store.reading() as reading:
        segments, debriefs = tuple(current(reading, force)), how_many(reading, force, tasked.number)
    past = _past(store, tasked, meeting["id"], segments, debriefs)
    if isinstance(past, str):
        return _without_outcome(store, tasked, meeting, decided, today, past)
    told = past.hotspots.set_index("hotspot_id")
    rows = [
        _row(decided[spot], told.loc[spot, ["planned_minutes", "delivered_minutes"]].tolist(), today)
        | {"rank": told.loc[spot, "rank"], "name": told.loc[spot, "name"], "sentence": told.loc[spot, "sentence"]}
        for spot in told.index
        if spot in decided
    ]
    span = f"Before: {past.before}. Since: {past.after}."
    return LastMeeting(meeting, tuple(rows), " ".join((past.sentence, span, past.notes[-1])))


def get_ready(store: Store) -> None:
    """Look back on the last meeting of every force, so that whoever asks first does not wait for it."""
    with store.reading() as reading:
        forces = reading.execute(select(MEETINGS.c.force).distinct().order_by(MEETINGS.c.force)).scalars().all()
    for force in forces:
        last_meeting(store, force, day_of(store.clock()))


@lru_cache(maxsize=_KEPT)
def _past(store: Store, tasked: Tasked, meeting: int, segments: tuple[Segment, ...], debriefs: int) -> Past | str:
    """Look back once, until crimes or debriefs come in; or return why nothing can be said."""
    from service.analysis.last_time import look_back

    try:
        known = _known(store, tasked, segments)
        end = str(known.periods.edges[-1].date())
        with store.reading() as reading:
            decided, done = decisions_of(reading, meeting), delivered(reading, tasked.force, tasked.number, before=end)
        told = _records(done) if debriefs else None
        last = replace(tasked.last, decisions=_records(decided), delivered=told)
        return look_back(last, known, _wards(tasked))
    except InputError as reason:
        return str(reason)


@lru_cache(maxsize=1)
def _known(store: Store, tasked: Tasked, segments: tuple[Segment, ...]) -> _Known:
    from geodata.areas import locate

    until = str(tasked.last.until.date())
    if not segments or segments[-1].month < until[: len("2024-07")]:
        raise InputError(f"No crimes are kept from {day(until)} on, and the run knew all before.")
    kept, settings = join_segments(store, segments), tasked.profile.analysis
    inside = locate(kept, _wards(tasked)).notna() & ~kept["offence"].isin(settings.exclude)
    since = None if settings.since is None else pd.Timestamp(settings.since)
    periods = Periods.of(kept[inside], since=since)
    return _Known(periods.within(kept[inside]), periods)


def _without_outcome(
    store: Store, tasked: Tasked, meeting: dict[str, Any], decided: dict[str, dict[str, Any]], today: date, why: str
) -> LastMeeting:
    dosed = {dose.hotspot: dose for dose in doses(store, tasked, today)}
    rows = []
    for spot in tasked.spots:
        if spot["hotspot_id"] in decided:
            dose = dosed.get(spot["hotspot_id"])
            minutes = [0.0, 0.0] if dose is None else [dose.planned, dose.delivered]
            about = {"rank": spot["rank"], "name": spot["name"], "sentence": ""}
            rows.append(_row(decided[spot["hotspot_id"]], minutes, today) | about)
    return LastMeeting(meeting, tuple(rows), f"What was recorded since cannot be said yet. {why}")


def _row(decided: dict[str, Any], minutes: list[float], today: date) -> dict[str, Any]:
    planned, done = minutes
    overdue = bool(decided["review_date"]) and decided["review_date"] < today.isoformat()
    return decided | {"planned": planned, "delivered": None if pd.isna(done) else done, "overdue": overdue}


def _by_spot(table: pd.DataFrame) -> pd.Series:
    return table.groupby("hotspot_id")["minutes"].sum()


def _records(table: pd.DataFrame) -> Records:
    return Records(table, empty(REJECTS))


def _wards(tasked: Tasked) -> GeoDataFrame:
    return gpd.read_file(tasked.folder / HOT_SPOTS, layer="wards")
