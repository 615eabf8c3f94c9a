"""Decisions and debriefs that are killed: what somebody was told is kept, and nothing by half."""

import os
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any, Final, cast

from sqlalchemy import func, select

from benchmarks._chaos_base import FORCE, Act, Tell, details, published_run
from service.store import Store
from service.store.tables import DEBRIEF_STOPS, DEBRIEFS, DECISIONS
from service.tasking import meetings
from service.tasking.debriefs import StopTold, debrief
from service.tasking.meetings import Ruling
from service.tasking.published import Stop, Tasked, Walk
from service.tasking.times import day_of

_SPOTS: Final = tuple(f"H{number:02d}" for number in range(1, 6))
_STOPS: Final = tuple(Stop(n, spot, "", "", "08:00", "08:15", 15, "", "") for n, spot in enumerate(_SPOTS, start=1))
_WALK: Final = Walk(1, "U1", "early", "CSO", 2, "base", "", _STOPS)


def _decide(store: Store, tell: Tell, seed: int) -> None:
    run = published_run(store)
    meeting = meetings.begin(store, FORCE, run, present="", actor="chaos")
    tell("begun")
    for step in range(1_000):
        spot, said = _SPOTS[(seed + step) % len(_SPOTS)], Ruling("accept", owner=f"Sergeant {step}")
        with store.reading() as reading:
            saw = meetings.in_force(reading, meeting).get(spot, {"version": 0})["version"]
        version = meetings.decide(store, FORCE, meeting, spot, said, saw=saw, known=_SPOTS, actor="chaos")
        tell((meeting, spot, version))
        if step % 7 == 6:
            meetings.close(store, FORCE, meeting, actor="chaos")
            meeting = meetings.begin(store, FORCE, run, present="", actor="chaos")


def _wrong_decisions(store: Store, told: list[Any]) -> Iterator[str]:
    with store.reading() as reading:
        columns = (DECISIONS.c.meeting_id, DECISIONS.c.hotspot_id, DECISIONS.c.version)
        kept = [tuple(row) for row in reading.execute(select(*columns))]
        entries = [row for row in details(reading, "alteration") if "hotspot" in row]
    if not set(map(tuple, told)) <= set(kept):
        yield "a decision that was told of is lost"
    if len(set(kept)) != len(kept) or len(entries) != len(kept):
        yield "a decision is there twice, or not in the audit"
    for meeting, spot, version in kept:
        if version > 1 and (meeting, spot, version - 1) not in kept:
            yield "a version of a decision is missing"


def _debrief(store: Store, tell: Tell, seed: int) -> None:
    tasked = cast(Tasked, SimpleNamespace(force=FORCE, number=published_run(store)))  # no more of it is read
    told = [StopTold(stop.number, True, 15, "nothing", f"{seed}") for stop in _STOPS]
    day = day_of(store.clock()).isoformat()
    tell("begun")
    while True:
        key = os.urandom(16).hex()
        for again in (False, True):
            kept = debrief(store, tasked, _WALK, key=key, day=day, told=told, actor="chaos")
            tell((key, kept.again == again))


def _wrong_debriefs(store: Store, told: list[Any]) -> Iterator[str]:
    with store.reading() as reading:
        kept = list(reading.execute(select(DEBRIEFS.c.key)).scalars())
        stops = reading.execute(select(func.count()).select_from(DEBRIEF_STOPS)).scalar_one()
        entries = [row for row in details(reading, "collection") if "stops" in row]
    if not {key for key, _ in told} <= set(kept):
        yield "a debrief that was told of is lost"
    if len(set(kept)) != len(kept) or not all(once for _, once in told):
        yield "a debrief that was sent twice is kept twice"
    if stops != len(kept) * len(_STOPS):
        yield "a debrief is there by half"
    if len(entries) != len(kept):
        yield "a debrief is not in the audit"


DECISION: Final = Act(_decide, _wrong_decisions, longest=0.4)
DEBRIEF: Final = Act(_debrief, _wrong_debriefs, longest=0.4)
