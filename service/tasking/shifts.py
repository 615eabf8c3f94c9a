"""Which shift it is: by the clock on the wall, and on which day it began."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from geodata.tables import TIME_ZONE
from service.profile.hours import hours_of
from service.tasking.published import Tasked, Walk

_DAY: Final = 24 * 60
_TO_DEBRIEF: Final = 120  # minutes after its end in which a shift is still that of the day on which it began


@dataclass(frozen=True)
class OnShift:
    """
    The patrols of one shift.

    Parameters
    ----------
    name : of the shift
    hours : "08:00 to 16:00", or nothing where they are not known
    day : on which it began, or begins: "2024-07-01"
    now : whether it is going on or being debriefed
    walks : its patrols
    """

    name: str
    hours: str
    day: str
    now: bool
    walks: tuple[Walk, ...]


def todays_shifts(tasked: Tasked, moment: datetime) -> tuple[OnShift, ...]:
    """
    Return today's shifts with their patrols, the one that is going on first.

    A shift that began yesterday, and is going on or being debriefed, is yesterday's.

    Parameters
    ----------
    tasked : a published run
    moment : now
    """
    here = moment.astimezone(ZoneInfo(TIME_ZONE))
    known = {name: (start, end) for name, start, end in hours_of(tasked.profile)}
    held: dict[str, list[Walk]] = {}
    for walk in tasked.walks:
        held.setdefault(walk.shift, []).append(walk)
    found = [_shift(name, known.get(name), tuple(walks), here) for name, walks in held.items()]
    return tuple(sorted(found, key=lambda shift: not shift.now))


def _shift(name: str, hours: tuple[int, int] | None, walks: tuple[Walk, ...], here: datetime) -> OnShift:
    day, minute = here.date(), here.hour * 60 + here.minute
    if hours is None:
        return OnShift(name, "", day.isoformat(), False, walks)
    start, end = hours
    since_yesterday = minute < start and minute + _DAY < end + _TO_DEBRIEF
    now = since_yesterday or start <= minute < end + _TO_DEBRIEF
    began = day - timedelta(days=1) if since_yesterday else day
    return OnShift(name, f"{_clock(start)} to {_clock(end)}", began.isoformat(), now, walks)


def _clock(minute: int) -> str:
    return f"{minute // 60 % 24:02d}:{minute % 60:02d}"
