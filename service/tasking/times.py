"""Moments of the catalogue by the clock on the wall."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from geodata.tables import TIME_ZONE
from maps.tasking.dates import day


def day_of(moment: datetime) -> date:
    """Return the day by the clock on the wall."""
    return moment.astimezone(ZoneInfo(TIME_ZONE)).date()


def clock_of(written: str) -> str:
    """Return "14:05" of a moment of the catalogue."""
    return f"{datetime.fromisoformat(written).astimezone(ZoneInfo(TIME_ZONE)):%H:%M}"


def moment_in_words(written: str) -> str:
    """Return "1 July 2024, 14:05" of a moment of the catalogue."""
    moment = datetime.fromisoformat(written)
    return f"{day(day_of(moment).isoformat())}, {clock_of(written)}"
