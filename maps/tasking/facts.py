"""What a tasking map says in words beside the drawing: plain values, escaped only where they are printed."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import pandas as pd
import shapely

from maps.patrols.legs import legs
from maps.style import ROUTES

if TYPE_CHECKING:
    from maps.pack import Pack

_PART_OF_MIX: Final = re.compile(r"(.+?) (\d+(?:\.\d+)?)\s?%(?:, |$)")


@dataclass(frozen=True)
class Stop:
    """
    One stop of a patrol.

    Parameters
    ----------
    number : from 1
    hotspot, rank, place : where, as hot spots are called
    arrive, leave : "14:05", local clock
    metres : walked there from the stop before it or the base; 0 where that leg is driven
    leg : the way there in the working CRS
    """

    number: int
    hotspot: str
    rank: int
    place: str
    arrive: str
    leave: str
    metres: float
    leg: shapely.LineString

    @property
    def driven(self) -> bool:
        """Whether the way there is driven: rule P8 of `allocation.problem` counts no metres then."""
        return self.metres == 0 and self.leg.length > 0


@dataclass(frozen=True)
class Patrol:
    """
    One unit's patrol.

    Parameters
    ----------
    key : what the page calls it
    colour : number of its colour and dash pattern
    metres : walked, the way back with them
    line : the way in the working CRS
    home : the last leg, back to the base
    driven_back : whether that leg is driven
    """

    key: str
    unit: str
    role: str
    base: str
    shift: str
    colour: int
    metres: float
    line: shapely.LineString
    home: shapely.LineString
    driven_back: bool
    stops: tuple[Stop, ...]


def patrols(pack: "Pack") -> tuple[Patrol, ...]:
    """Return the patrols in the order of `pack.routes`, each with its stops; colours go round within a shift."""
    planned = dict(iter(pack.schedule.plan.groupby("unit", sort=False)))
    nothing = pack.schedule.plan.iloc[:0]
    spots = pack.hotspots.set_index("hotspot_id").assign(middle=lambda held: held.geometry.representative_point())
    turn = pack.routes.groupby("shift", sort=False).cumcount() % len(ROUTES)
    return tuple(
        _patrol(f"patrol-{number}", int(colour), row, planned.get(row.unit, nothing), spots)
        for number, (row, colour) in enumerate(zip(records(pack.routes), turn, strict=True))
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


def records(table: pd.DataFrame) -> Iterator[Any]:
    """Return the rows of `table`, their values by the names of the columns."""
    return table.itertuples(index=False)


def offence_mix(text: str) -> tuple[tuple[str, float], ...]:
    """Return the parts of "Burglary 40 %, Vehicle crime 22 %", or none if the text is not wholly of that form."""
    parts = _PART_OF_MIX.findall(text)
    rebuilt = sum(len(found.group(0)) for found in _PART_OF_MIX.finditer(text))
    return tuple((name, float(percent)) for name, percent in parts) if rebuilt == len(text) else ()


def ward_rows(pack: "Pack") -> pd.DataFrame:
    """Return the table of wards with their teams (constables, csos, officers, reason), most officers first."""
    teams = pack.staffing.table.drop(columns=["name"]).rename(columns={"ward": "code"})
    rows = pack.ward_table.merge(teams, on="code", how="left", validate="one_to_one")
    rows[["constables", "csos"]] = rows[["constables", "csos"]].fillna(0).astype("int64")
    rows["reason"] = rows["reason"].fillna("")
    rows["officers"] = rows["constables"] + rows["csos"]
    return rows.sort_values(["officers", "expected_harm", "code"], ascending=[False, False, True], kind="stable")


def _patrol(key: str, colour: int, row: Any, planned: pd.DataFrame, spots: pd.DataFrame) -> Patrol:
    stops = planned.sort_values("stop")
    middle = shapely.get_coordinates(spots.loc[stops["hotspot_id"], "middle"].to_numpy())
    *there, home = legs(row.geometry, middle)
    return Patrol(
        key=key,
        unit=row.unit,
        role=row.role,
        base=row.base,
        shift=row.shift,
        colour=colour,
        metres=float(row.metres),
        line=row.geometry,
        home=home,
        driven_back=bool(row.driven_back),
        stops=tuple(_stop(stop, leg, spots) for stop, leg in zip(records(stops), there, strict=True)),
    )


def _stop(row: Any, leg: shapely.LineString, spots: pd.DataFrame) -> Stop:
    return Stop(
        number=int(row.stop),
        hotspot=row.hotspot_id,
        rank=int(spots.loc[row.hotspot_id, "rank"]),
        place=str(spots.loc[row.hotspot_id, "name"]),
        arrive=row.arrive,
        leave=row.leave,
        metres=float(row.metres),
        leg=leg,
    )
