"""What is recorded in the made-up force: how often, at which kind of premises, at which hours, for how long."""

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
import pandas as pd
from numpy.random import Generator

from geodata._town_places import LICENSED, Premises
from geodata.cast import FloatArray, IntArray
from geodata.tables import TIME_ZONE

MINUTES_A_DAY: Final = 1440
Victim = Literal["resident", "person", "premises"]
Rhythm = Literal["day", "shops", "out", "evening", "overnight", "night economy"]


@dataclass(frozen=True)
class Offence:
    """
    A category of data.police.uk.

    Parameters
    ----------
    name : as published
    share : of all incidents, before planting
    pulls : how strongly a home, shop, licensed premises or other premises attracts it
    rhythm : name of its hours and days
    outdoors : share that happens on the street, so that no premises is known
    span : hours for which nobody was there to see it, 0 where the moment is known
    victim : who suffers: a resident, anyone, the business at the premises, or nobody in person
    winter : by how much of its level it rises at midwinter and falls at midsummer
    """

    name: str
    share: float
    pulls: tuple[float, float, float, float]
    rhythm: Rhythm
    outdoors: float
    span: float = 0.0
    victim: Victim | None = None
    winter: float = 0.0


BURGLARY: Final = Offence("Burglary", 0.055, (1, 1.2, 1, 1.5), "out", 0, 9, "resident", 0.15)
OFFENCES: Final = (
    Offence("Violence and sexual offences", 0.335, (1, 3, 40, 4), "evening", 0.3, victim="person", winter=-0.06),
    Offence("Anti-social behaviour", 0.170, (1, 10, 25, 6), "evening", 0.9, winter=-0.25),
    Offence("Shoplifting", 0.085, (0, 1, 0.02, 0), "shops", 0, victim="premises", winter=0.05),
    Offence("Criminal damage and arson", 0.080, (1, 3, 4, 4), "overnight", 0.3, 7, "resident", -0.05),
    Offence("Other theft", 0.080, (1, 10, 15, 6), "day", 0.2, 3, "person"),
    Offence("Vehicle crime", 0.070, (1, 1.5, 2, 5), "overnight", 1, 10, "resident", 0.1),
    Offence("Public order", 0.070, (1, 8, 30, 5), "evening", 0.7, winter=-0.1),
    BURGLARY,
    Offence("Drugs", 0.030, (1, 5, 10, 4), "day", 0.8),
    Offence("Other crime", 0.020, (1, 2, 2, 2), "day", 0.1),
    Offence("Theft from the person", 0.020, (0.2, 12, 50, 4), "night economy", 0.8, victim="person"),
    Offence("Robbery", 0.015, (1, 8, 15, 4), "evening", 0.95, victim="person", winter=0.05),
    Offence("Bicycle theft", 0.012, (1, 6, 6, 8), "day", 0.9, 4, "resident", -0.35),
    Offence("Possession of weapons", 0.008, (1, 5, 12, 4), "evening", 0.9),
)

# Relative levels by hour from midnight, and by day from Monday. A night belongs to the day on which it began.
_HOURS: Final[dict[Rhythm, tuple[float, ...]]] = {
    "day": (1, 1, 1, 0, 0, 0, 1, 2, 4, 5, 6, 6, 7, 7, 7, 7, 7, 7, 6, 5, 4, 4, 3, 2),
    "shops": (0, 0, 0, 0, 0, 0, 1, 2, 4, 7, 9, 10, 11, 11, 11, 11, 11, 10, 8, 6, 4, 2, 1, 0),
    "out": (2, 2, 2, 2, 1, 1, 2, 4, 6, 8, 9, 9, 9, 9, 9, 8, 8, 7, 6, 5, 4, 3, 3, 2),
    "evening": (5, 3, 2, 1, 1, 1, 1, 2, 3, 3, 3, 4, 4, 4, 4, 6, 6, 6, 7, 7, 7, 7, 7, 6),
    "overnight": (9, 9, 9, 8, 6, 4, 2, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 3, 4, 5, 6, 7, 8, 9),
    "night economy": (10, 9, 7, 4, 1, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 2, 2, 3, 4, 5, 7, 9),
}
_DAYS: Final[dict[Rhythm, tuple[float, ...]]] = {
    "day": (1, 1, 1, 1, 1.1, 1, 0.9),
    "shops": (1, 1, 1, 1, 1.1, 1.3, 0.8),
    "out": (1.1, 1.1, 1.1, 1.1, 1.2, 0.8, 0.7),
    "evening": (0.9, 0.9, 0.9, 1, 1.2, 1.3, 1),
    "overnight": (1, 1, 1, 1, 1.1, 1.1, 1),
    "night economy": (0.6, 0.6, 0.8, 1.2, 3.2, 3.8, 0.9),
}


@dataclass(frozen=True)
class Calendar:
    """The days in which incidents are recorded: the first, and how many."""

    first: pd.Timestamp
    days: int

    @property
    def minutes(self) -> int:
        """The number of minutes in all."""
        return self.days * MINUTES_A_DAY

    def moments(self, rng: Generator, offence: Offence, kind: IntArray) -> IntArray:
        """Return a minute for each incident, by the rhythm of its offence and, at licensed premises, of the night."""
        minute = np.empty(len(kind), dtype=np.int64)
        late = (kind == LICENSED) & (offence.rhythm not in ("shops", "out"))
        for rhythm, chosen in ((offence.rhythm, ~late), ("night economy", late)):
            level = np.cumsum(self._levels(rhythm, offence.winter))
            hour = np.searchsorted(level, rng.uniform(0, level[-1], int(chosen.sum())), side="right")
            minute[chosen] = np.minimum(hour, len(level) - 1) * 60
        return minute + rng.integers(0, 60, len(kind))

    def settled(self, minute: IntArray) -> IntArray:
        """Return the minutes, those of the hour that a change of clocks skips or strikes twice moved to the next."""
        wall = self._wall(minute)
        changing = wall.month.isin((3, 10)) & (wall.day >= 25) & (wall.day_of_week == 6) & (wall.hour == 1)
        return minute + np.where(changing, 60, 0)

    def clock(self, minute: IntArray) -> pd.DatetimeIndex:
        """Return settled minutes as moments on the clock of Europe/London."""
        sure = np.ones(len(minute), dtype=np.bool_)
        return self._wall(minute).tz_localize(TIME_ZONE, ambiguous=sure, nonexistent="shift_forward")

    def _wall(self, minute: IntArray) -> pd.DatetimeIndex:
        return pd.DatetimeIndex(np.datetime64(self.first, "s") + minute.astype("timedelta64[m]")).as_unit("s")

    def _levels(self, rhythm: Rhythm, winter: float) -> FloatArray:
        """Return the level of every hour, rounded so that no machine's last digit matters."""
        hour = np.arange(self.days * 24)
        day = (hour - 6) // 24 + int(self.first.day_of_week)
        year = 2 * np.pi * (hour / 24 + self.first.day_of_year - 15) / 365.25
        level: FloatArray = (
            np.array(_HOURS[rhythm])[hour % 24] * np.array(_DAYS[rhythm])[day % 7] * (1 + winter * np.cos(year))
        )
        return np.asarray(np.round(level, 9), dtype=np.float64)


def chances(premises: Premises, offence: Offence, risk: FloatArray) -> FloatArray:
    """Return the chance of each premises to be the place of an offence, in sum 1; equal where none attracts it."""
    weight: FloatArray = np.array(offence.pulls, dtype=np.float64)[premises.kind] * risk
    if not weight.any():
        weight = np.ones(premises.size)
    return np.asarray(weight / weight.sum(), dtype=np.float64)


def drawn(rng: Generator, chance: FloatArray, count: int) -> IntArray:
    """Return the numbers of `count` premises drawn by their chance, with replacement."""
    level = np.cumsum(chance)
    place: IntArray = np.searchsorted(level, rng.uniform(0, level[-1], count), side="right").astype(np.int64)
    return np.minimum(place, len(level) - 1)
