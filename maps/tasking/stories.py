"""A place's story: what happens there and when, how it has gone, why it was chosen, what is proposed."""

from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

import numpy as np
import pandas as pd

from geodata.cast import FloatArray
from maps import words
from maps.drawing.surface import WEEK, png
from maps.pack import Pack
from maps.tasking import changed, delivered, suffered
from maps.tasking.dates import DAYS, clock, period
from maps.tasking.facts import Patrol, Stop, offence_mix, records, shift_name, ward_rows
from maps.tasking.layers import lasting
from maps.tasking.walks import way

_HOURS: Final = 24
_PARTS: Final = (0, 6, 12, 18, 24)  # of the day, in hours, for the table beside the picture of a week
_SHADES: Final = np.array([0.0, 0.2, 0.4, 0.6, 0.8])  # of the busiest hour


@dataclass(frozen=True)
class WeekStory:
    """
    When in the week, as a picture, in a sentence and as a table.

    Parameters
    ----------
    url : picture of 7 rows (Monday first) and 24 columns
    peak : a sentence on the busiest hour and day
    rows : day, and percent of the week's crime in each quarter of the day
    parts : the quarters in words
    """

    url: str
    peak: str
    rows: tuple[tuple[str, tuple[str, ...]], ...]
    parts: tuple[str, ...]


@dataclass(frozen=True)
class CourseStory:
    """Crimes by period: a path for a drawing 300 wide and 60 high, and a sentence."""

    path: str
    sentence: str


@dataclass(frozen=True)
class Story:
    """
    Why a hot spot is one, and what is proposed for it.

    Parameters
    ----------
    mix : offence and its percentage; empty where the mix could not be taken apart, and `mix_text` says it
    week, course : None where the data do not bear them
    change : of the last period: words, and where its interval is drawn; None where nothing is compared
    windows : open for repeats and near repeats
    visits : patrol and stop, by the clock
    unmet : why visits that it calls for are not planned
    last_time : what was decided and delivered last time
    """

    key: str
    rank: int
    place: str
    ward: str
    reason: str
    recorded: int
    crimes: str
    harm: str
    crimes_range: str
    harm_range: str
    trend: str
    history: str
    rank_range: str
    hectares: str
    mix: tuple[tuple[str, float], ...]
    mix_text: str
    week: WeekStory | None
    course: CourseStory | None
    change: dict[str, Any] | None
    windows: tuple[str, ...]
    visits: tuple[tuple[Patrol, Stop], ...]
    unmet: tuple[str, ...]
    last_time: tuple[str, ...]


def stories(pack: Pack, walks: tuple[Patrol, ...]) -> tuple[Story, ...]:
    """Return one story a hot spot, by rank."""
    wards = dict(zip(pack.wards["code"], pack.wards["name"], strict=True))
    weeks, courses, changes = _weeks(pack), _courses(pack, "spots_by_period"), _changes(pack, "hotspots", "hotspot_id")
    windows, visits, unmet, past = suffered.near(pack), _visits(walks), _unmet(pack), delivered.last_time(pack)
    return tuple(
        Story(
            key=spot.hotspot_id,
            rank=int(spot.rank),
            place=spot.name,
            ward="" if pd.isna(spot.ward) else str(wards.get(spot.ward, spot.ward)),
            reason=words.glued(spot.reason),
            recorded=int(spot.crimes),
            crimes=words.number(spot.expected_crimes),
            harm=words.number(spot.expected_harm),
            crimes_range=words.interval(spot.expected_crimes_low, spot.expected_crimes_high),
            harm_range=words.interval(spot.expected_harm_low, spot.expected_harm_high),
            trend=spot.trend,
            history=lasting(spot.history),
            rank_range="" if pd.isna(spot.rank_low) else f"{spot.rank_low:.0f} to {spot.rank_high:.0f}",
            hectares=words.number(spot.area_m2 / 10_000),
            mix=offence_mix(spot.offence_mix),
            mix_text=spot.offence_mix,
            week=weeks.get(spot.hotspot_id),
            course=courses.get(spot.hotspot_id),
            change=changes.get(spot.hotspot_id),
            windows=windows.get(spot.hotspot_id, ()),
            visits=tuple(visits.get(spot.hotspot_id, ())),
            unmet=tuple(unmet.get(spot.hotspot_id, ())),
            last_time=past.get(spot.hotspot_id, ()),
        )
        for spot in records(pack.hotspots.sort_values("rank", kind="stable"))
    )


def ward_stories(pack: Pack) -> list[dict[str, Any]]:
    """Return one story a ward, with its team and its hot spots, most officers first."""
    courses, changes = _courses(pack, "wards_by_period"), _changes(pack, "wards", "code")
    spots: dict[str, list[dict[str, Any]]] = {}
    for spot in records(pack.hotspots.sort_values("rank", kind="stable")):
        held = {"key": spot.hotspot_id, "rank": spot.rank, "place": spot.name}
        spots.setdefault(str(spot.ward), []).append(held)
    return [
        {
            "key": f"ward-{row.code}",
            "name": row.name,
            "recorded": words.number(float(row.crimes), 0),
            "crimes": words.number(row.expected_crimes),
            "harm": words.number(row.expected_harm),
            "constables": row.constables,
            "csos": row.csos,
            "reason": row.reason,
            "course": courses.get(row.code),
            "change": changes.get(row.code),
            "spots": spots.get(row.code, []),
        }
        for row in records(ward_rows(pack))
    ]


def _changes(pack: Pack, table: str, key: str) -> dict[str, dict[str, Any]]:
    if pack.change is None:
        return {}
    return {
        getattr(row, key): {"told": words.sentence(changed.told(row)), "whisker": changed.whisker(row)}
        for row in records(getattr(pack.change, table))
    }


def _visits(walks: tuple[Patrol, ...]) -> dict[str, list[tuple[Patrol, Stop]]]:
    held: dict[str, list[tuple[Patrol, Stop]]] = {}
    for walk in walks:
        for stop in walk.stops:
            held.setdefault(stop.hotspot, []).append((walk, stop))
    return held


def visit_words(walk: Patrol, stop: Stop) -> str:
    """Return the unit with its shift and base, unless its name has them already, and how it gets there."""
    more = {walk.shift: shift_name(walk.shift), walk.base: f"from {walk.base}"}
    who = [walk.unit, *(told for name, told in more.items() if name not in walk.unit)]
    return ", ".join([*who, way(stop.metres, stop.driven)])


def _unmet(pack: Pack) -> dict[str, list[str]]:
    held: dict[str, list[str]] = {}
    for row in records(pack.schedule.unmet):
        said = f"{words.sentence(shift_name(row.shift))[:-1]}: {row.reason}"
        held.setdefault(row.hotspot_id, []).append(said)
    return held


def _weeks(pack: Pack) -> dict[str, WeekStory]:
    if pack.insight is None or pack.insight.week is None:
        return {}
    profiles = pack.insight.week.profiles
    hours = profiles.to_numpy(dtype=np.float64).reshape(-1, len(DAYS), _HOURS)
    return {str(key): _week(held) for key, held in zip(profiles.index, hours, strict=True) if held.sum() > 0}


def _week(hours: FloatArray) -> WeekStory:
    share = 100 * hours / hours.sum()
    parts = np.add.reduceat(share, _PARTS[:-1], axis=1)
    rows = tuple((day, tuple(words.number(part, 0) for part in row)) for day, row in zip(DAYS, parts, strict=True))
    named = tuple(f"{clock(a)} to {clock(b)}" for a, b in pairwise(_PARTS))
    classes = np.searchsorted(_SHADES, hours / hours.max(), side="left") + 1
    return WeekStory(png(classes, WEEK), _peak(share), rows, named)


def _peak(share: FloatArray) -> str:
    day, hour = np.unravel_index(int(share.argmax()), share.shape)
    busiest = int(share.sum(axis=1).argmax())
    return (
        f"Most on {DAYS[int(day)]} from {clock(int(hour))} to {clock(int(hour) + 1)}: "
        f"{words.number(float(share.max()), 1)} % of the week's crime. "
        f"{DAYS[busiest]} holds {words.number(float(share[busiest].sum()), 0)} %."
    )


def _courses(pack: Pack, table: str) -> dict[str, CourseStory]:
    held: pd.DataFrame | None = None if pack.insight is None else getattr(pack.insight, table)
    if held is None or held.shape[1] < 2:
        return {}
    labels, counts = [period(str(label)) for label in held.columns], held.to_numpy(dtype=np.float64)
    return {str(key): _course(row, labels) for key, row in zip(held.index, counts, strict=True)}


def _course(counts: FloatArray, labels: list[str]) -> CourseStory:
    across = np.linspace(2, 298, len(counts)).round(1)
    up = (56 - 52 * counts / max(1.0, counts.max())).round(1)
    points = "L".join(f"{x:g} {y:g}" for x, y in zip(across, up, strict=True))
    most = int(counts.argmax())
    said = (
        f"{words.count(counts[0], 'crime')} in {labels[0]}, {words.number(counts[-1], 0)} in {labels[-1]}; "
        f"most in {labels[most]}: {words.number(counts[most], 0)}."
    )
    return CourseStory(f"M{points}", words.capital(said))
