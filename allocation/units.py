"""From posts to patrols: which CSOs report to which base, and how many patrols that makes on a typical day."""

from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd
from geopandas import GeoDataFrame

from allocation.compare import apportion
from allocation.problem import Base, Shift, Unit
from allocation.rules import Rules
from geodata.cast import above_zero, whole, within
from geodata.errors import InputError

ON_DUTY = 5 / 7 * 0.75  # of a post on a typical day: five days of seven, a quarter away on leave, sick or in training
PATROL_SHARE = 0.70  # of duty time that a CSO spends on patrol


def csos_by_base(staffing: pd.DataFrame, areas: GeoDataFrame, bases: Iterable[Base]) -> dict[str, int]:
    """
    Return the CSOs that report to each base: those of a ward to the base nearest to it.

    Parameters
    ----------
    staffing : table of staffing
    areas : table of areas, one for each ward of `staffing`
    bases : where patrols start

    Raises
    ------
    InputError
        If there is no base, or a ward has no area.
    """
    bases = list(bases)
    if not bases:
        raise InputError("At least one base is needed, got none.")
    centre = areas.set_index("code").geometry.representative_point()
    lacking = int((~staffing["ward"].isin(centre.index)).sum())
    if lacking:
        raise InputError(f"Every ward of the staffing must have an area, got {lacking} that have none.")
    points = centre.loc[list(staffing["ward"])]
    x, y = np.array([base.x for base in bases]), np.array([base.y for base in bases])
    nearest = np.hypot(points.x.to_numpy()[:, None] - x, points.y.to_numpy()[:, None] - y).argmin(axis=1)
    count = np.bincount(nearest, weights=staffing["csos"], minlength=len(bases))
    return {base.name: int(csos) for base, csos in zip(bases, count, strict=True)}


def patrol_units(
    csos: Mapping[str, int],
    shifts: Iterable[Shift],
    *,
    weights: Mapping[str, float] | None = None,
    on_duty: float = ON_DUTY,
    patrol_share: float = PATROL_SHARE,
    officers: int = 1,
    rules: Rules | None = None,
) -> tuple[Unit, ...]:
    """
    Return the CSO patrols of a typical day.

    Posts x `on_duty` / `officers` make the day's patrols, in whole numbers over bases and shifts by largest remainder.
    A patrol's minutes are those of `patrol_minutes`.

    Parameters
    ----------
    csos : posts by the name of the base
    shifts : of the day's pattern
    weights : share of the patrols by the name of the shift, by default equal
    on_duty : share of a post that is on duty on a typical day, 0 to 1
    patrol_share : share of duty time spent on patrol, 0 to 1
    officers : CSOs who walk together
    rules : for briefing and debrief

    Returns
    -------
    units : by base and shift, in the order given; none where there are no CSOs

    Raises
    ------
    InputError
        If a share is not between 0 and 1, a shift has no weight, or a shift leaves no time for patrol.
    """
    shifts, rules = list(shifts), rules or Rules()
    within(on_duty, "on_duty", 0.0, 1.0)
    within(patrol_share, "patrol_share", 0.0, 1.0)
    whole(officers, "officers", 1)
    shares = np.array([_weight(shift, weights) for shift in shifts])
    above_zero(float(shares.sum()), "weights")
    posts = np.array([whole(count, "csos") for count in csos.values()], dtype=np.float64)
    total = int(posts.sum() * on_duty / officers + 0.5)
    if total == 0 and posts.sum() >= officers and on_duty > 0:
        total = 1
    if total == 0:
        return ()
    minutes = [patrol_minutes(shift, patrol_share, rules) for shift in shifts]
    count = apportion(total, np.outer(posts, shares).ravel()).reshape(len(posts), len(shifts))
    return tuple(
        Unit(f"{base} {shift.name} {number}", "CSO", base, shift.name, minutes[column], officers)
        for row, base in enumerate(csos)
        for column, shift in enumerate(shifts)
        for number in range(1, int(count[row, column]) + 1)
    )


def _weight(shift: Shift, weights: Mapping[str, float] | None) -> float:
    if weights is None:
        return 1.0
    if shift.name not in weights:
        raise InputError("`weights` must hold every shift, got one that is missing.")
    return within(weights[shift.name], "weights", 0.0, 1e9)


def patrol_minutes(shift: Shift, patrol_share: float, rules: Rules) -> int:
    """
    Return the minutes of a shift spent away from the base.

    The share of the shift, rounded down; where that would run into briefing and debrief, what they leave.

    Raises
    ------
    InputError
        If less than a minute is left.
    """
    minutes = min(int(shift.minutes * patrol_share + 1e-9), shift.minutes - rules.briefing - rules.debrief)
    if minutes < 1:
        raise InputError(
            f"A shift must leave time for patrol after briefing and debrief, got {minutes} minutes in one of "
            f"{shift.minutes}."
        )
    return minutes
