"""Who patrols, from where, when and by which rules: what a profile says, or what is taken where it does not."""

import math
from typing import Final

import numpy as np
import pandas as pd
from geopandas import GeoDataFrame

from allocation.bases import suggest_bases
from allocation.company import in_company
from allocation.problem import Base, Shift, Unit
from allocation.rules import MealBreak, Rules
from allocation.units import patrol_minutes, patrol_units
from geodata.cast import FloatArray
from geodata.errors import InputError
from geodata.projection import to_metres
from service.profile.force import Place, Profile
from service.profile.hours import DAY_AND_LATE, hours_of, minutes_of

WARDS_PER_BASE: Final = 20
MOST_BASES: Final = 12
OFFICERS_IN_A_PATROL: Final = 2
LONGITUDE_LATITUDE: Final = "EPSG:4326"


def patrol_rules(profile: Profile) -> Rules:
    """Return the knobs of the patrols' rules that a profile gives."""
    given = profile.patrol
    pairs = None if given.pairs_from == "never" else minutes_of(given.pairs_from)
    return Rules(
        gap=given.gap_minutes,
        briefing=given.briefing_minutes,
        debrief=given.debrief_minutes,
        walk_kmh=given.walking_kmh,
        longest_walk=given.longest_walk,
        drive_kmh=given.driving_kmh or None,
        pairs_from=pairs,
        pairs_until=minutes_of(given.pairs_until),
    )


def meal_break(profile: Profile) -> MealBreak | None:
    """Return the meal break of every patrol, or None where the profile wants none planned."""
    given = profile.patrol
    return MealBreak(given.meal_minutes, given.meal_after, given.meal_before) if given.meal_minutes else None


def own_bases(profile: Profile) -> tuple[Base, ...]:
    """
    Return the bases that a profile names, in its working CRS.

    Raises
    ------
    InputError
        If one lies where that CRS does not reach.
    """
    return tuple(_base(place, profile.analysis.crs) for place in profile.bases)


def bases_of(profile: Profile, areas: GeoDataFrame, demand: pd.DataFrame) -> tuple[tuple[Base, ...], str | None]:
    """Return the bases, and what was taken where the profile names none."""
    if profile.bases:
        return own_bases(profile), None
    middle = areas.geometry.representative_point()
    harm = demand.set_index("ward")["harm"].reindex(areas["code"]).to_numpy()
    count = min(MOST_BASES, math.ceil(len(areas) / WARDS_PER_BASE))
    bases = suggest_bases(middle.x, middle.y, count=count, weight=harm)
    return bases, (
        f"No bases were given: {len(bases)} {'was' if len(bases) == 1 else 'were'} put close to the wards' harm. "
        "They are not real stations."
    )


def shifts_of(profile: Profile) -> tuple[tuple[Shift, ...], str | None]:
    """Return the shifts, and what was taken where the profile names none."""
    shifts = tuple(Shift(*each) for each in hours_of(profile))
    if profile.shifts:
        return shifts, None
    named = " and ".join(f"{each.name} ({each.start} to {each.end})" for each in DAY_AND_LATE)
    return shifts, f"No shifts were given: {named} were taken."


def units_of(
    profile: Profile, csos: dict[str, int], shifts: tuple[Shift, ...], rules: Rules
) -> tuple[tuple[Unit, ...], str | None]:
    """
    Return the patrols of a typical day, none of them alone when nobody may be, and what was taken.

    Parameters
    ----------
    profile : its units; where it names none, the CSOs make them
    csos : by base
    shifts : of the day's pattern
    rules : of the patrols

    Raises
    ------
    InputError
        If nobody is left who may patrol.
    """
    if not profile.units:
        return _cso_units(profile, csos, shifts, rules)
    together = in_company(_named_units(profile, shifts, rules), shifts, rules)
    if together.left_out and not together.units:
        raise InputError(
            f"A patrol of one needs company from {profile.patrol.pairs_from}, and nobody has any: `pairs_from` or the "
            "officers of `units` must allow some patrol."
        )
    left = len(together.left_out)
    return together.units, (
        f"{left} {'patrol' if left == 1 else 'patrols'} of one had nobody to walk with from "
        f"{profile.patrol.pairs_from}, and {'was' if left == 1 else 'were'} left out."
        if left
        else None
    )


def ward_weights(demand: pd.DataFrame, hotspots: pd.DataFrame) -> FloatArray:
    """Return what makes each hot spot count for more: the priority of its ward in the demand, 1 outside all wards."""
    own: FloatArray = (
        hotspots["ward"]
        .map(dict(zip(demand["ward"], demand["priority"], strict=True)))
        .fillna(1.0)
        .to_numpy(np.float64)
    )
    return own


def share_on_patrol(profile: Profile) -> float:
    """Return the share of a shift on patrol that abstraction leaves."""
    return profile.patrol.share_on_patrol * (1.0 - profile.staff.abstraction)


def _cso_units(
    profile: Profile, csos: dict[str, int], shifts: tuple[Shift, ...], rules: Rules
) -> tuple[tuple[Unit, ...], str]:
    together = min(OFFICERS_IN_A_PATROL, max(1, sum(csos.values())))
    if together == 1:  # with nobody to walk with
        shifts = tuple(shift for shift in shifts if not rules.in_pairs(shift.start, shift.end))
        if not shifts:
            raise InputError(
                f"One CSO has nobody to walk with from {profile.patrol.pairs_from}, and every shift has such hours: "
                "`pairs_from` or `shifts` must leave one without."
            )
    units = patrol_units(csos, shifts, patrol_share=share_on_patrol(profile), officers=together, rules=rules)
    company = "alone" if together == 1 else "in pairs"
    return units, (
        f"No units were given: the wards' CSOs report to the nearest base and walk {company}, {len(units)} patrols on "
        "a typical day."
    )


def _named_units(profile: Profile, shifts: tuple[Shift, ...], rules: Rules) -> list[Unit]:
    made: list[Unit] = []
    minutes = {shift.name: patrol_minutes(shift, share_on_patrol(profile), rules) for shift in shifts}
    for group in profile.units:
        for _ in range(group.patrols):
            name = f"{group.base} {group.shift} {group.role}"
            number = 1 + sum(unit.name.startswith(f"{name} ") for unit in made)
            made.append(
                Unit(f"{name} {number}", group.role, group.base, group.shift, minutes[group.shift], group.officers)
            )
    return made


def _base(place: Place, crs: str) -> Base:
    if place.easting is not None and place.northing is not None:
        return Base(place.name, place.easting, place.northing)
    x, y = to_metres(np.array([place.lon]), np.array([place.lat]), LONGITUDE_LATITUDE, crs)
    if not np.isfinite(x[0] + y[0]):
        raise InputError(f'The base "{place.name}" must lie where {crs} reaches, and its lon and lat do not.')
    return Base(place.name, float(x[0]), float(y[0]))
