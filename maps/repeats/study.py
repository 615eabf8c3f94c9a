"""What `beatplan repeats` found: counts that a meeting may see, and apart from them the lists for those who act."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import pandas as pd

from hotspots.time_course import TimeCourse

EVERY: Final = "All crime types"
"""The row that stands for crimes of every type."""


@dataclass(frozen=True, eq=False)
class Kind:
    """
    Repeats of one kind of victim.

    Parameters
    ----------
    kind : "place" or "victim"
    level : "premises", "victim", or what rows name in place of premises: "street block", "map point", ...
    claimed : whether repeat victimisation proper is claimed
    reason : how much of the crime it rests on, or why nothing is claimed and what is counted instead
    counts : one row a crime type, all types first; the columns of `hotspots.repeats`
    times : one row a crime type and number of crimes (offence, times); the columns of `hotspots.repeat_table`
    areas : one row an area and crime type (code, name, offence); the columns of `hotspots.repeats`
    courses : crime type to time course, those with too few repeats left out
    q : crime type to the false discovery rate at which it would be said to have a high-risk period, over all types
    course_note : why there is no time course, or empty
    """

    kind: str
    level: str
    claimed: bool
    reason: str
    counts: pd.DataFrame
    times: pd.DataFrame
    areas: pd.DataFrame
    courses: Mapping[str, TimeCourse]
    q: Mapping[str, float]
    course_note: str

    @property
    def plural(self) -> str:
        """What is counted, in the plural."""
        return {"premises": "premises", "victim": "victims"}.get(self.level, f"{self.level}s")


@dataclass(frozen=True, eq=False)
class RepeatStudy:
    """
    Repeat victimisation in one run, without a word about any one victim or address.

    Parameters
    ----------
    force, marking, run_id : as on every product
    period : the time studied in words
    stamp : the day on which files are dated: the last day studied
    sources : table of files read
    kinds : places, and victims where rows say who
    refusals : claim and reason of what cannot be said
    notes : each a sentence that a reader must know
    """

    force: str
    marking: str
    run_id: str
    period: str
    stamp: pd.Timestamp
    sources: pd.DataFrame
    kinds: tuple[Kind, ...]
    refusals: tuple[tuple[str, str], ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class RestrictedLists:
    """
    What those who act on repeat victimisation need, under pseudonyms: never part of any other product.

    Parameters
    ----------
    force, marking, run_id, stamp : as on every product; the marking is that of restricted lists
    as_of : the moment of the lists in words
    due : the response list
    neighbours : premises to warn
    priority : "places" and "victims" to their ranking
    review : doubtful matches of premises; holds addresses
    notes : each a sentence
    """

    force: str
    marking: str
    run_id: str
    stamp: pd.Timestamp
    as_of: str
    due: pd.DataFrame
    neighbours: pd.DataFrame
    priority: Mapping[str, pd.DataFrame]
    review: pd.DataFrame
    notes: tuple[str, ...]
