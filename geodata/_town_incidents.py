"""The incidents of the made-up force: drawn offence by offence, planted, and written down as a table."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd
import shapely
from geopandas import GeoDataFrame
from numpy.random import Generator

from geodata._town_crime import BURGLARY, OFFENCES, Calendar, chances, drawn
from geodata._town_places import HOME, Premises, numbered
from geodata._town_plant import NearRepeats, burglaries, repeat_chains
from geodata.cast import BoolArray, FloatArray, IntArray
from geodata.tables import CRIMES, WORKING_CRS, check

REPEAT_SHARE: Final = 0.08  # of the crimes that people suffer at home, burglary apart
CRIMES_FILE: Final = "crimes.csv"
_RESIDENTS: Final = 3  # people numbered at each premises; the next number is the business itself
_NOBODY: Final = -1


@dataclass(frozen=True, eq=False)
class Incidents:
    """
    Incidents as numbers, one of each array per incident.

    Parameters
    ----------
    offence : position in `OFFENCES`
    place : number of the premises at or before which it happened
    outdoors : whether on the street before it
    victim : number of who suffered, -1 for nobody in person
    begin, end : minutes from the start of the calendar
    by : number of the incident that brought it on, -1 for none
    """

    offence: IntArray
    place: IntArray
    outdoors: BoolArray
    victim: IntArray
    begin: IntArray
    end: IntArray
    by: IntArray

    def in_order(self) -> "Incidents":
        """Return the incidents by their beginning."""
        order = np.argsort(self.begin, kind="stable")
        new = np.append(np.argsort(order, kind="stable"), -1)
        return Incidents(
            offence=self.offence[order],
            place=self.place[order],
            outdoors=self.outdoors[order],
            victim=self.victim[order],
            begin=self.begin[order],
            end=self.end[order],
            by=new[self.by[order]],
        )


def draw_incidents(
    rng: Generator, premises: Premises, risk: FloatArray, *, calendar: Calendar, near: NearRepeats, count: int
) -> tuple[Incidents, pd.DataFrame]:
    """Return exactly `count` incidents in the order of time, and the repeat victims planted: number, place, crimes."""
    drawn_parts = list(_parts(rng, premises, risk, calendar, near, count))
    offence, place, minute, by = (np.concatenate(part) for part in zip(*drawn_parts, strict=True))
    outdoors = rng.uniform(size=count) < np.array([kind.outdoors for kind in OFFENCES])[offence]
    suffers = np.array([kind.victim or "" for kind in OFFENCES])[offence]
    at_home = (premises.kind[place] == HOME) & ~outdoors
    chains = repeat_chains(rng, np.flatnonzero(at_home & (by == -1) & _personal(offence, suffers)), REPEAT_SHARE)
    for chain in chains:
        place[chain] = place[chain[0]]
    victim = _victims(rng, premises, place, suffers, at_home)
    for chain in chains:
        victim[chain] = victim[chain[0]]
    begin, end = _seen(rng, minute, np.array([kind.span for kind in OFFENCES])[offence], calendar)
    repeats = {
        "victim": np.array([victim[chain[0]] for chain in chains], dtype=np.int64),
        "place": np.array([place[chain[0]] for chain in chains], dtype=np.int64),
        "crimes": np.array([len(chain) for chain in chains], dtype=np.int64),
    }
    return Incidents(offence, place, outdoors, victim, begin, end, by).in_order(), pd.DataFrame(repeats)


def crimes_table(incidents: Incidents, premises: Premises, calendar: Calendar) -> GeoDataFrame:
    """Return the incidents as a table of crimes; those on the street have no premises."""
    size = len(incidents.offence)
    xy = np.where(incidents.outdoors[:, None], premises.kerb[incidents.place], premises.door[incidents.place])
    known = np.where(incidents.outdoors, -1, incidents.place)
    used, code = np.unique(known[known >= 0], return_inverse=True)
    place = np.full(size, -1)
    place[known >= 0] = code
    table = {
        "crime_id": crime_ids(np.arange(size)),
        "offence": pd.Categorical.from_codes(
            incidents.offence, pd.Index([kind.name for kind in OFFENCES], dtype="str")
        ),
        "occurred_from": calendar.clock(incidents.begin),
        "occurred_to": calendar.clock(incidents.end),
        "precision": _constant("instant", size),
        "place_id": pd.Categorical.from_codes(place, pd.Index(premises_ids(used), dtype="str")),
        "place_kind": _constant("premises", size),
        "victim_id": victim_ids(incidents.victim),
        "location": pd.Categorical.from_codes(
            premises.street[incidents.place], pd.Index(premises.streets, dtype="str")
        ),
        "lsoa": _lsoas(premises, incidents.place),
        "grading": pd.Categorical.from_codes(np.full(size, -1), pd.Index([], dtype="str")),
        "source_file": _constant(CRIMES_FILE, size),
        "source_row": np.arange(size, dtype=np.int64) + 2,
    }
    return check(GeoDataFrame(table, geometry=shapely.points(xy), crs=WORKING_CRS), CRIMES)


def crime_ids(number: IntArray) -> pd.Series:
    """Return incident numbers as texts."""
    return pd.Series(numbered("DL", number + 1, 8).to_pandas(), dtype="string")


def premises_ids(number: IntArray) -> pd.Series:
    """Return the numbers of premises as texts."""
    return pd.Series(numbered("P", number + 1, 8).to_pandas(), dtype="string")


def victim_ids(number: IntArray) -> pd.Series:
    """Return the numbers of victims as texts; missing for nobody."""
    return pd.Series(numbered("V", number + 1, 9).to_pandas(), dtype="string").mask(number == _NOBODY)


def lsoa_codes(count: int) -> list[str]:
    """Return codes for as many quarters."""
    return [f"X01{number:06d}" for number in range(1, count + 1)]


def _parts(
    rng: Generator, premises: Premises, risk: FloatArray, calendar: Calendar, near: NearRepeats, count: int
) -> list[tuple[IntArray, IntArray, IntArray, IntArray]]:
    """Return offence, place, minute and bringer-on of the burglaries, then of all else, offence by offence."""
    burglary = OFFENCES.index(BURGLARY)
    expected = int(rng.binomial(count, BURGLARY.share))
    place, minute, by = burglaries(rng, premises, chances(premises, BURGLARY, risk), calendar, near, expected, count)
    parts = [(np.full(len(place), burglary), place, minute, by)]
    shares = np.array([0.0 if kind is BURGLARY else kind.share for kind in OFFENCES])
    for number, size in enumerate(rng.multinomial(count - len(place), shares / shares.sum())):
        place = drawn(rng, chances(premises, OFFENCES[number], risk), int(size))
        minute = calendar.moments(rng, OFFENCES[number], premises.kind[place])
        parts.append((np.full(size, number), place, minute, np.full(size, -1)))
    return parts


def _personal(offence: IntArray, suffers: np.ndarray) -> BoolArray:
    personal: BoolArray = np.isin(suffers, ("person", "resident")) & (offence != OFFENCES.index(BURGLARY))
    return personal


def _victims(rng: Generator, premises: Premises, place: IntArray, suffers: np.ndarray, at_home: BoolArray) -> IntArray:
    """Return who suffered: someone who lives there, someone from anywhere in the force, the business, or nobody."""
    homes = np.flatnonzero(premises.kind == HOME)
    anywhere = rng.choice(homes, len(place)) if len(homes) else place
    lives = np.where(at_home | (suffers == "resident"), place, anywhere)
    resident = lives * (_RESIDENTS + 1) + rng.integers(0, _RESIDENTS, len(place))
    business = place * (_RESIDENTS + 1) + _RESIDENTS
    return np.select([suffers == "premises", suffers != ""], [business, resident], _NOBODY).astype(np.int64)


def _seen(rng: Generator, minute: IntArray, span: FloatArray, calendar: Calendar) -> tuple[IntArray, IntArray]:
    """Return when each incident may have begun and ended: to five minutes where nobody was there, else the moment."""
    before, after = (rng.uniform(0.05, 1, (2, len(minute))) * span * 30).astype(np.int64)
    unseen = span > 0
    begin = np.where(unseen, (minute - before) // 5 * 5, minute)
    end = np.where(unseen, (minute + after) // 5 * 5 + 5, minute)
    begin, end = calendar.settled(np.maximum(begin, 0)), calendar.settled(np.minimum(end, calendar.minutes))
    return begin, np.maximum(begin, end)


def _lsoas(premises: Premises, place: IntArray) -> pd.Categorical:
    codes = pd.Index(lsoa_codes(int(premises.quarter.max(initial=-1)) + 1), dtype="str")
    return pd.Categorical.from_codes(premises.quarter[place], codes)


def _constant(value: str, size: int) -> pd.Categorical:
    return pd.Categorical.from_codes(np.zeros(size, dtype=np.int8), pd.Index([value], dtype="str"))
