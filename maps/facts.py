"""What a tasking map says in words beside the drawing: plain values, escaped only where they are printed."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import pandas as pd
import shapely

from maps import words
from maps.pack import Pack
from maps.style import ROUTES

_PART_OF_MIX: Final = re.compile(r"(.+?) (\d+(?:\.\d+)?)\s?%(?:, |$)")


@dataclass(frozen=True)
class Stop:
    """One stop of a patrol: its number, the hot spot with its rank and place, when, and the walk there in metres."""

    number: int
    hotspot: str
    rank: int
    place: str
    arrive: str
    leave: str
    metres: float


@dataclass(frozen=True)
class Patrol:
    """
    One unit's patrol.

    Parameters
    ----------
    key : what the page calls it
    colour : number of its colour and dash pattern
    line : the walk in the working CRS
    """

    key: str
    unit: str
    role: str
    base: str
    shift: str
    colour: int
    metres: float
    line: shapely.LineString
    stops: tuple[Stop, ...]


@dataclass(frozen=True)
class Story:
    """
    Why a hot spot is one, and what is proposed for it.

    Parameters
    ----------
    mix : offence and its percentage; empty where the mix could not be taken apart, and `mix_text` says it
    visits : patrol and stop
    unmet : why visits that it calls for are not planned
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
    visits: tuple[tuple[Patrol, Stop], ...]
    unmet: tuple[str, ...]


def patrols(pack: Pack) -> tuple[Patrol, ...]:
    """Return the patrols in the order of `pack.routes`, each with its stops; colours go round within a shift."""
    spots = pack.hotspots.set_index("hotspot_id")
    stops = {unit: _stops(rows, spots) for unit, rows in pack.schedule.plan.groupby("unit", sort=False)}
    turn = pack.routes.groupby("shift", sort=False).cumcount()
    return tuple(
        Patrol(
            key=f"patrol-{number}",
            unit=row.unit,
            role=row.role,
            base=row.base,
            shift=row.shift,
            colour=int(place) % len(ROUTES),
            metres=float(row.metres),
            line=row.geometry,
            stops=stops.get(row.unit, ()),
        )
        for number, (row, place) in enumerate(zip(records(pack.routes), turn, strict=True))
    )


def shifts(walks: tuple[Patrol, ...]) -> dict[str, tuple[Patrol, ...]]:
    """Return the patrols by shift, in words ("day shift"), in the order in which shifts first occur."""
    held: dict[str, list[Patrol]] = {}
    for walk in walks:
        held.setdefault(shift_name(walk.shift), []).append(walk)
    return {name: tuple(group) for name, group in held.items()}


def shift_name(shift: str) -> str:
    """Return "day shift" for "day", and what already says so as it is."""
    return shift if "shift" in shift.lower() else f"{shift} shift"


def stories(pack: Pack, walks: tuple[Patrol, ...]) -> tuple[Story, ...]:
    """Return one story a hot spot, by rank."""
    wards = pack.wards.set_index("code")["name"]
    unmet = pack.schedule.unmet
    return tuple(
        Story(
            key=spot.hotspot_id,
            rank=int(spot.rank),
            place=spot.name,
            ward="" if pd.isna(spot.ward) else str(wards.get(spot.ward, spot.ward)),
            reason=spot.reason,
            recorded=int(spot.crimes),
            crimes=words.number(spot.expected_crimes),
            harm=words.number(spot.expected_harm),
            crimes_range=words.interval(spot.expected_crimes_low, spot.expected_crimes_high),
            harm_range=words.interval(spot.expected_harm_low, spot.expected_harm_high),
            trend=spot.trend,
            history=spot.history,
            rank_range="" if pd.isna(spot.rank_low) else f"{spot.rank_low:.0f} to {spot.rank_high:.0f}",
            hectares=words.number(spot.area_m2 / 10_000),
            mix=offence_mix(spot.offence_mix),
            mix_text=spot.offence_mix,
            visits=tuple((walk, stop) for walk in walks for stop in walk.stops if stop.hotspot == spot.hotspot_id),
            unmet=_unmet(unmet.loc[unmet["hotspot_id"] == spot.hotspot_id]),
        )
        for spot in records(pack.hotspots.sort_values("rank", kind="stable"))
    )


def records(table: pd.DataFrame) -> Iterator[Any]:
    """Return the rows of `table`, their values by the names of the columns."""
    return table.itertuples(index=False)


def offence_mix(text: str) -> tuple[tuple[str, float], ...]:
    """Return the parts of "Burglary 40 %, Vehicle crime 22 %", or none if the text is not wholly of that form."""
    parts = _PART_OF_MIX.findall(text)
    rebuilt = sum(len(found.group(0)) for found in _PART_OF_MIX.finditer(text))
    return tuple((name, float(percent)) for name, percent in parts) if rebuilt == len(text) else ()


def ward_rows(pack: Pack) -> pd.DataFrame:
    """Return the table of wards with their teams (constables, csos, officers, reason), most officers first."""
    teams = pack.staffing.table.drop(columns=["name"]).rename(columns={"ward": "code"})
    rows = pack.ward_table.merge(teams, on="code", how="left", validate="one_to_one")
    rows[["constables", "csos"]] = rows[["constables", "csos"]].fillna(0).astype("int64")
    rows["reason"] = rows["reason"].fillna("")
    rows["officers"] = rows["constables"] + rows["csos"]
    return rows.sort_values(["officers", "expected_harm", "code"], ascending=[False, False, True], kind="stable")


def _stops(rows: pd.DataFrame, spots: pd.DataFrame) -> tuple[Stop, ...]:
    return tuple(
        Stop(
            number=int(row.stop),
            hotspot=row.hotspot_id,
            rank=int(spots.loc[row.hotspot_id, "rank"]),
            place=str(spots.loc[row.hotspot_id, "name"]),
            arrive=row.arrive,
            leave=row.leave,
            metres=float(row.metres),
        )
        for row in records(rows.sort_values("stop"))
    )


def _unmet(rows: pd.DataFrame) -> tuple[str, ...]:
    return tuple(f"{words.sentence(shift_name(row.shift))[:-1]}: {row.reason}" for row in records(rows))
