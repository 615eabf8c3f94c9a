"""Dates and times of the week as a meeting says them, in English whatever the machine's locale."""

from datetime import date
from typing import Final

MONTHS: Final = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
DAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def day(written: str) -> str:
    """Return "13 July 2024" for "2024-07-13"."""
    held = date.fromisoformat(written)
    return f"{held.day} {MONTHS[held.month - 1]} {held.year}"


def period(label: str) -> str:
    """Return "June 2024" for the month "2024-06", and "the week from 3 June 2024" for the week "2024-06-03"."""
    if len(label) == len("2024-06"):
        year, month = label.split("-")
        return f"{MONTHS[int(month) - 1]} {year}"
    return f"the week from {day(label)}"


def since(label: str) -> str:
    """Return "in June 2024" for the month "2024-06", and "since 3 June 2024" for weeks from "2024-06-03" on."""
    return f"in {period(label)}" if len(label) == len("2024-06") else f"since {day(label)}"


def tick(label: str) -> str:
    """Return "Jun 2024" for "2024-06", and "3 Jun 2024" for "2024-06-03", on two lines."""
    year, month, *rest = label.split("-")
    name = MONTHS[int(month) - 1][:3]
    return f"{int(rest[0])} {name}\n{year}" if rest else f"{name}\n{year}"


def clock(hour: int) -> str:
    """Return "06:00" for 6 and for 30."""
    return f"{hour % 24:02d}:00"
