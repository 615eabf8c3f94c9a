"""Repeat victimisation of a made-up year, with any text where data stand."""

from functools import cache

import numpy as np
import pandas as pd

from hotspots.repeats import repeat_table, repeats
from hotspots.response import cocoon, response_list
from hotspots.time_course import time_course
from maps.repeats.study import EVERY, Kind, RepeatStudy, RestrictedLists

LAST = pd.Timestamp("2024-01-01", tz="Europe/London")
EDITION = {"run_id": "0123456789ab", "stamp": pd.Timestamp("2023-12-31")}


def sample_crimes(text: str = "") -> pd.DataFrame:
    """Four hundred crimes of two types against 300 people at 200 places, many of them soon after the first."""
    rng = np.random.default_rng(1)
    person, day = rng.integers(0, 300, 300), rng.integers(0, 360, 300)
    person, day = np.append(person, person[:100]), np.append(day, np.minimum(day[:100] + rng.integers(1, 9, 100), 364))
    return pd.DataFrame(
        {
            "crime_id": [f"C{number}{text}" for number in range(400)],
            "offence": np.where(np.arange(400) % 3, f"Burglary{text}", f"Hate crime{text}"),
            "last": LAST - pd.to_timedelta(365 - day, unit="D"),
            "place": [f"P{number % 200:03d}" for number in person],
            "victim": [f"V{number:03d}" for number in person],
            "x": 10.0 * (person % 200),
            "y": 0.0,
        }
    )


@cache
def sample_study(text: str = "") -> RepeatStudy:
    crimes = sample_crimes(text)
    return RepeatStudy(
        force=f"Force{text}", marking=f"OFFICIAL{text}", period="1 January 2023 to 31 December 2023",
        sources=pd.DataFrame({"kind": [f"force extract{text}"]}), refusals=((f"A claim{text}", f"A reason{text}."),),
        kinds=(sample_kind(crimes, "place", text), sample_kind(crimes, "victim", text)), notes=(f"A note{text}.",),
        **EDITION,
    )  # fmt: skip


def sample_kind(crimes: pd.DataFrame, kind: str, text: str) -> Kind:
    who, targets, ones = crimes[kind], 1000.0, pd.Series(1.0, index=crimes.index)
    offence = crimes["offence"].rename("offence")
    counts = pd.concat([
        repeats(who, day=crimes["last"], harm=ones, targets=targets).rename({"all": EVERY}),
        repeats(who, by=offence, day=crimes["last"], harm=ones, targets=targets),
    ])  # fmt: skip
    names = [str(name) for name in counts.index]
    of = {name: crimes["offence"].eq(name) | (name == EVERY) for name in names}
    code = pd.Series(f"W1{text}", index=who.index, name="code")
    area = repeats(who, by=code, day=crimes["last"], harm=ones, targets=targets)
    return Kind(
        kind=kind, level="premises" if kind == "place" else "victim", claimed=True, reason=f"Most crimes say{text}.",
        counts=counts.rename_axis("offence"),
        times=pd.concat({name: repeat_table(who[rows], targets) for name, rows in of.items()},
                        names=["offence", "times"]),
        areas=area.reset_index().assign(name=f"Ward{text}", offence=EVERY), course_note="", q={},
        courses={name: time_course(who[rows], crimes.loc[rows, "last"], calendars=49, draws=49)
                 for name, rows in of.items()},
    )  # fmt: skip


@cache
def sample_lists(text: str = "") -> RestrictedLists:
    crimes = sample_crimes(text)
    due = response_list(crimes, as_of=LAST)
    doors = crimes[["place", "x", "y"]].rename(columns={"place": "premises"})
    at = crimes.loc[due.index, ["x", "y", "place"]].rename(columns={"place": "premises"})
    return RestrictedLists(
        force=f"Force{text}", marking=f"OFFICIAL-SENSITIVE{text}", as_of="31 December 2023", due=due,
        neighbours=cocoon(due, at, doors, as_of=LAST), priority={}, notes=(f"A note{text}.",),
        review=pd.DataFrame({"address": [f"14 High Street{text}"]}), **EDITION,
    )  # fmt: skip
