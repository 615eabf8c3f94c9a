"""From demand to a plan: who there is, teams by ward, and CSO patrols by shift."""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd
from geopandas import GeoDataFrame

from allocation.bases import suggest_bases
from allocation.demand import visit_demand, ward_demand
from allocation.problem import Base, Posts, Problem, Shift, Unit
from allocation.rules import Rules, TeamRules
from allocation.schedule import Schedule, schedule_patrols
from allocation.teams import Staffing, staff_teams
from geodata.errors import InputError
from geodata.projection import to_metres
from service.analysis import Scene, by_ward
from service.inputs import Inputs
from service.profile import Hours, Place, Profile, Units

WARDS_PER_BASE: Final = 20
MOST_BASES: Final = 12
CONSTABLES_PER_WARD: Final = 1
CSOS_PER_WARD: Final = 2
DAY_AND_LATE: Final = (Hours(name="day", start="08:00", end="16:00"), Hours(name="late", start="14:00", end="22:00"))
DAY: Final = 24 * 60


@dataclass(frozen=True)
class Force:
    """
    Who there is, what is asked of them, and what was taken for granted because the profile does not say.

    Parameters
    ----------
    bases, shifts, units, posts : as `allocation.problem` defines them
    wards : table of ward demand
    visits : table of visits
    crimes : expected crimes a week by hot spot
    current : columns ward, constables, csos: today's teams, or None
    assumptions : each a sentence
    """

    bases: tuple[Base, ...]
    shifts: tuple[Shift, ...]
    units: tuple[Unit, ...]
    posts: Posts
    wards: pd.DataFrame
    visits: pd.DataFrame
    crimes: dict[str, float]
    current: pd.DataFrame | None
    assumptions: tuple[str, ...]


def muster(given: Inputs, scene: Scene, hotspots: GeoDataFrame) -> Force:
    """Gather officers, bases and shifts from the profile, fill what is missing, and state the demand on them."""
    profile = given.profile
    wards = _wards(given, scene)
    bases, base_note = _bases(profile, given.wards, wards)
    shifts, shift_note = _shifts(profile)
    units, unit_note = _units(profile, bases, shifts)
    posts, post_note = _posts(profile, len(given.wards))
    by_shift, time_note = _share_by_shift(scene, shifts)
    visits = visit_demand(
        hotspots, shifts, by_shift, minutes=profile.patrol.visit_minutes, most=profile.patrol.most_visits
    )
    crimes = dict(zip(hotspots["hotspot_id"], hotspots["expected_crimes"], strict=True))
    notes = (base_note, shift_note, unit_note, post_note, time_note)
    return Force(
        bases,
        shifts,
        units,
        posts,
        wards,
        visits,
        crimes,
        _current(profile),
        tuple(note for note in notes if note is not None),
    )


def staff(given: Inputs, force: Force) -> Staffing:
    """Share the posts out between wards."""
    posts = given.profile.posts
    rules = TeamRules(floor=posts.floor, span=posts.officers_per_sergeant)
    return staff_teams(force.wards, force.posts, rules=rules, current=force.current)


def problem(given: Inputs, force: Force) -> Problem:
    """State the day of patrols that is to be planned."""
    patrol = given.profile.patrol
    rules = Rules(briefing=patrol.briefing_minutes, debrief=patrol.debrief_minutes, walk_kmh=patrol.walking_kmh)
    return Problem.of(force.units, force.bases, force.shifts, visits=force.visits, streets=given.streets, rules=rules)


def schedule(given: Inputs, force: Force) -> Schedule:
    """Plan one typical day of patrols."""
    return schedule_patrols(problem(given, force), crimes=force.crimes, seed=given.seed)


def _wards(given: Inputs, scene: Scene) -> pd.DataFrame:
    sums = by_ward(scene, given.wards)
    priority = given.wards["code"].map(given.profile.community_priorities).astype("float64").fillna(1.0)
    return ward_demand(
        given.wards, crimes=sums["expected_crimes"], harm=sums["expected_harm"],
        priority=pd.Series(priority.to_numpy(), index=given.wards["code"]),
    )  # fmt: skip


def _bases(profile: Profile, areas: GeoDataFrame, wards: pd.DataFrame) -> tuple[tuple[Base, ...], str | None]:
    if profile.bases:
        return tuple(_base(place, profile.analysis.crs) for place in profile.bases), None
    count = min(MOST_BASES, math.ceil(len(areas) / WARDS_PER_BASE))
    middle = areas.geometry.representative_point()
    bases = suggest_bases(np.column_stack([middle.x, middle.y]), wards["harm"].to_numpy(), count=count)
    return bases, (
        f"No bases were given: {count} {'was' if count == 1 else 'were'} put where the walk to the wards, "
        "weighted by their expected harm, is shortest. They are not real stations."
    )


def _base(place: Place, crs: str) -> Base:
    if place.easting is not None and place.northing is not None:
        return Base(place.name, place.easting, place.northing)
    x, y = to_metres(np.array([place.lon]), np.array([place.lat]), "EPSG:4326", crs)
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


def _units(profile: Profile, bases: tuple[Base, ...], shifts: tuple[Shift, ...]) -> tuple[tuple[Unit, ...], str | None]:
    if profile.units:
        return _expand(profile, profile.units, shifts), None
    each = [Units(base=base.name, shift=shift.name) for base in bases for shift in shifts]
    return _expand(profile, tuple(each), shifts), (
        f"No units were given: one pair of CSOs from each base in each shift was taken, {len(each)} patrols a day."
    )


def _expand(profile: Profile, groups: tuple[Units, ...], shifts: tuple[Shift, ...]) -> tuple[Unit, ...]:
    """Make one unit of each patrol: "Central late CSO 2"."""
    minutes = {shift.name: _patrol_minutes(profile, shift) for shift in shifts}
    made: list[Unit] = []
    numbers: dict[tuple[str, str, str], int] = {}
    for group in groups:
        for _ in range(group.patrols):
            key = (group.base, group.shift, group.role)
            numbers[key] = numbers.get(key, 0) + 1
            name = f"{group.base} {group.shift} {group.role} {numbers[key]}"
            made.append(Unit(name, group.role, group.base, group.shift, minutes[group.shift], group.officers))
    return tuple(made)


def _patrol_minutes(profile: Profile, shift: Shift) -> int:
    """Minutes away from the base: the share of duty spent on patrol, and never over what the briefings leave."""
    patrol = profile.patrol
    longest = shift.minutes - patrol.briefing_minutes - patrol.debrief_minutes
    return max(1, min(int(shift.minutes * patrol.share_on_patrol), longest))


def _posts(profile: Profile, wards: int) -> tuple[Posts, str | None]:
    posts = profile.posts
    constables = CONSTABLES_PER_WARD * wards if posts.constables is None else posts.constables
    csos = CSOS_PER_WARD * wards if posts.csos is None else posts.csos
    taken = [
        f"{count:,} {name} ({each} a ward)"
        for count, name, each, own in (
            (constables, "constables", CONSTABLES_PER_WARD, posts.constables),
            (csos, "CSOs", CSOS_PER_WARD, posts.csos),
        )
        if own is None
    ]
    note = f"Headcount was not given: {' and '.join(taken)} were taken for the neighbourhood teams." if taken else None
    return Posts(constables, csos), note


def _current(profile: Profile) -> pd.DataFrame | None:
    if not profile.posts.current:
        return None
    rows = [(ward, constables, csos) for ward, (constables, csos) in sorted(profile.posts.current.items())]
    return pd.DataFrame(rows, columns=["ward", "constables", "csos"]).astype({"ward": "string"})


def _share_by_shift(scene: Scene, shifts: tuple[Shift, ...]) -> tuple[pd.Series, str | None]:
    """Share of a day's harm that falls within each shift, by the times of crimes; without them, by its length."""
    timed = scene.crimes["precision"] == "instant"
    if not timed.any():
        shares = {shift.name: min(1.0, shift.minutes / DAY) for shift in shifts}
        note = "The data has no time of day: harm was spread evenly over the 24 hours, so shifts count by their length."
        return pd.Series(shares, dtype="float64"), note
    moments = scene.crimes.loc[timed, "occurred_from"]
    middle = moments + (scene.crimes.loc[timed, "occurred_to"] - moments) / 2
    minute = (middle.dt.hour * 60 + middle.dt.minute).to_numpy()
    harm = scene.harm[timed].to_numpy()
    total = harm.sum()
    shares = {
        shift.name: float(harm[(minute - shift.start) % DAY < shift.minutes].sum() / total) if total else 0.0
        for shift in shifts
    }
    return pd.Series(shares, dtype="float64"), None
