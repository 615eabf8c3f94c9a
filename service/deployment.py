"""From demand to a plan: teams by ward, and the CSO patrols that they make."""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd
from geopandas import GeoDataFrame

from allocation.bases import suggest_bases
from allocation.demand import visit_demand, ward_demand
from allocation.problem import DAY, Base, Posts, Problem, Shift, Unit
from allocation.rules import Rules
from allocation.schedule import Schedule, schedule_patrols
from allocation.teams import Staffing, plan_teams
from allocation.times import shift_shares
from allocation.units import csos_by_base, patrol_minutes, patrol_units
from geodata.areas import locate
from geodata.errors import InputError
from geodata.projection import to_metres
from service.analysis import Scene, by_ward
from service.inputs import Inputs
from service.profile import Hours, Place, Profile
from service.staffing import deprived, posts_note, team_problem

WARDS_PER_BASE: Final = 20
MOST_BASES: Final = 12
OFFICERS_IN_A_PATROL: Final = 2
DAY_AND_LATE: Final = (Hours(name="day", start="08:00", end="16:00"), Hours(name="late", start="14:00", end="22:00"))
LONGITUDE_LATITUDE: Final = "EPSG:4326"


@dataclass(frozen=True)
class Teams:
    """
    Who works in which ward.

    Parameters
    ----------
    demand : table of ward demand
    posts : constables and CSOs shared out
    staffing : the teams, with their proof
    notes : what was taken because the profile does not say, each a sentence
    """

    demand: pd.DataFrame
    posts: Posts
    staffing: Staffing
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Patrols:
    """
    Who goes to which hot spot, when.

    Parameters
    ----------
    problem : what was planned: bases, shifts, units and visits
    schedule : one typical day, with its bound
    notes : what was taken because the profile does not say, each a sentence
    """

    problem: Problem
    schedule: Schedule
    notes: tuple[str, ...]


def staff(given: Inputs, scene: Scene) -> Teams:
    """Share the posts out between wards."""
    profile = given.profile
    sums = by_ward(scene, given.wards)
    demand = ward_demand(
        given.wards, crimes=sums["expected_crimes"], harm=sums["expected_harm"], priorities=profile.community_priorities
    )
    weights = deprived(profile, dict(zip(given.wards["code"], given.wards["deprivation_decile"], strict=True)))
    demand = demand.assign(priority=demand["priority"] * demand["ward"].map(weights).fillna(1.0).astype("float64"))
    problem = team_problem(profile, demand)
    return Teams(demand, problem.posts, plan_teams(problem), _said(posts_note(profile, len(given.wards))))


def patrol(given: Inputs, scene: Scene, hotspots: GeoDataFrame, teams: Teams) -> Patrols:
    """Plan one typical day of patrols to the hot spots."""
    profile = given.profile
    bases, base_note = _bases(profile, given.wards, teams.demand)
    shifts, shift_note = _shifts(profile)
    rules = Rules(
        briefing=profile.patrol.briefing_minutes,
        debrief=profile.patrol.debrief_minutes,
        walk_kmh=profile.patrol.walking_kmh,
    )
    units, unit_note = _units(given, teams, bases, shifts, rules)
    shares = shift_shares(
        scene.crimes, shifts, hotspot=_hotspot_of(scene, hotspots), hotspots=hotspots["hotspot_id"], weight=scene.harm
    )
    visits = visit_demand(
        hotspots,
        shifts,
        share_by_shift=shares.table,
        measure="expected_harm" if profile.analysis.rank_by == "harm" else "expected_crimes",
        minutes=profile.patrol.visit_minutes,
        most=profile.patrol.most_visits,
    )
    problem = Problem.of(units, bases, shifts, visits=visits, streets=given.streets, rules=rules)
    crimes = dict(zip(hotspots["hotspot_id"], hotspots["expected_crimes"], strict=True))
    schedule = schedule_patrols(problem, crimes=crimes, seed=given.seed)
    return Patrols(problem, schedule, _said(base_note, shift_note, unit_note, shares.basis))


def _said(*notes: str | None) -> tuple[str, ...]:
    return tuple(note for note in notes if note is not None)


def _bases(profile: Profile, areas: GeoDataFrame, demand: pd.DataFrame) -> tuple[tuple[Base, ...], str | None]:
    if profile.bases:
        return tuple(_base(place, profile.analysis.crs) for place in profile.bases), None
    middle = areas.geometry.representative_point()
    harm = demand.set_index("ward")["harm"].reindex(areas["code"]).to_numpy()
    count = min(MOST_BASES, math.ceil(len(areas) / WARDS_PER_BASE))
    bases = suggest_bases(middle.x, middle.y, count=count, weight=harm)
    return bases, (
        f"No bases were given: {len(bases)} {'was' if len(bases) == 1 else 'were'} put close to the wards' harm. "
        "They are not real stations."
    )


def _base(place: Place, crs: str) -> Base:
    if place.easting is not None and place.northing is not None:
        return Base(place.name, place.easting, place.northing)
    x, y = to_metres(np.array([place.lon]), np.array([place.lat]), LONGITUDE_LATITUDE, crs)
    if not np.isfinite(x[0] + y[0]):
        raise InputError(f'The base "{place.name}" must lie where {crs} reaches, and its lon and lat do not.')
    return Base(place.name, float(x[0]), float(y[0]))


def _shifts(profile: Profile) -> tuple[tuple[Shift, ...], str | None]:
    hours = profile.shifts or DAY_AND_LATE
    shifts = tuple(_shift(each) for each in hours)
    if profile.shifts:
        return shifts, None
    named = " and ".join(f"{each.name} ({each.start} to {each.end})" for each in hours)
    return shifts, f"No shifts were given: {named} were taken."


def _shift(hours: Hours) -> Shift:
    start, end = _minutes(hours.start), _minutes(hours.end)
    return Shift(hours.name, start, end if end > start else end + DAY)


def _minutes(clock: str) -> int:
    hour, minute = clock.split(":")
    return int(hour) * 60 + int(minute)


def _units(
    given: Inputs, teams: Teams, bases: tuple[Base, ...], shifts: tuple[Shift, ...], rules: Rules
) -> tuple[tuple[Unit, ...], str | None]:
    profile = given.profile
    share = profile.patrol.share_on_patrol
    if not profile.units:
        csos = csos_by_base(teams.staffing.table, given.wards, bases)
        together = min(OFFICERS_IN_A_PATROL, max(1, sum(csos.values())))
        units = patrol_units(csos, shifts, patrol_share=share, officers=together, rules=rules)
        company = "alone" if together == 1 else "in pairs"
        return units, (
            f"No units were given: the wards' CSOs report to the nearest base and walk {company}, {len(units)} patrols "
            "on a typical day."
        )
    made: list[Unit] = []
    minutes = {shift.name: patrol_minutes(shift, share, rules) for shift in shifts}
    for group in profile.units:
        for _ in range(group.patrols):
            name = f"{group.base} {group.shift} {group.role}"
            number = 1 + sum(unit.name.startswith(f"{name} ") for unit in made)
            made.append(
                Unit(f"{name} {number}", group.role, group.base, group.shift, minutes[group.shift], group.officers)
            )
    return tuple(made), None


def _hotspot_of(scene: Scene, hotspots: GeoDataFrame) -> pd.Series:
    """The hot spot that holds each crime, or `<NA>`."""
    return locate(scene.crimes, hotspots.rename(columns={"hotspot_id": "code"}))
