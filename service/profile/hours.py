"""The shifts of a profile by the clock."""

from typing import Final

from service.profile.force import Hours, Profile

DAY_AND_LATE: Final = (Hours(name="day", start="08:00", end="16:00"), Hours(name="late", start="14:00", end="22:00"))
_DAY: Final = 24 * 60


def hours_of(profile: Profile) -> tuple[tuple[str, int, int], ...]:
    """Return name, start and end of each shift, in minutes after midnight of the day on which it starts."""
    return tuple(_span(each) for each in profile.shifts or DAY_AND_LATE)


def minutes_of(clock: str) -> int:
    """Return minutes after midnight of a time of day."""
    hour, minute = clock.split(":")
    return int(hour) * 60 + int(minute)


def _span(hours: Hours) -> tuple[str, int, int]:
    start, end = minutes_of(hours.start), minutes_of(hours.end)
    return hours.name, start, end if end > start else end + _DAY
