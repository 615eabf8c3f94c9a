"""
What is to be planned: bases, shifts, units, posts and rules, each of which checks itself; the numbered rules.

**Teams**: the rules T1 to T12 stand in `allocation.team_problem`.

**Patrols** (`schedule.schedule_patrols`). Units u with a base, a shift and minutes on patrol; hot spots i with, per
shift, minutes of a visit, the most visits and the value of the first. A plan is one day's pattern, repeated all week.

    maximise  sum over hot spots and shifts of the values of their visits
    P1  a unit patrols its own shift from its own base; its stops are numbered 1, 2, 3 ...
    P2  a stop is at a hot spot with a demand in that shift and lasts the minutes of a visit
    P3  between stops a unit travels: a leg of up to `longest_walk` metres is walked at `walk_kmh`; a longer one is
        driven at `drive_kmh` over `detour` times the straight line, with `handover` minutes to get in and out, in no
        less time than the longest walk, or is not made where `drive_kmh` is None; each leg takes whole minutes,
        rounded up; units may wait
    P4  a unit leaves its base after the briefing, is back before the debrief, and is away for its minutes at most
    P5  no hot spot has more than `most` visits in a shift
    P6  in one shift, a visit to a hot spot begins at least `gap` minutes after the last one ended, whoever made it
    P7  the n-th visit to a hot spot in a shift is worth decay[n] times the first, in order of arrival
    P8  `metres` counts what is walked from the last stop or the base; a driven leg counts 0
    P9  meal breaks, where they are asked for: `allocation.breaks`
    P10 no unit of one officer is away between `pairs_from` and `pairs_until`: a shift with such hours is for units of
        two and more (`company.in_company` makes them)
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from allocation.rules import Rules
from allocation.travel import Travel, measure_travel
from geodata.cast import whole, within
from geodata.errors import InputError
from geodata.streets import Streets
from geodata.tables import ROLES, VISITS, check

DAY = 1440  # minutes


@dataclass(frozen=True)
class Base:
    """
    A station that patrols start from and return to.

    Parameters
    ----------
    name : what people call it
    x, y : metres in the working CRS
    """

    name: str
    x: float
    y: float

    def __post_init__(self) -> None:
        _named(self.name, "base")
        if not (np.isfinite(self.x) and np.isfinite(self.y)):
            raise InputError("A base must have finite coordinates, got some that are not.")


@dataclass(frozen=True)
class Shift:
    """
    A span of duty within one day's pattern.

    Parameters
    ----------
    name : what people call it
    start, end : minutes after midnight
        `end` passes 1440 where the shift crosses midnight.
    """

    name: str
    start: int
    end: int

    def __post_init__(self) -> None:
        _named(self.name, "shift")
        within(whole(self.start, "start"), "start", 0, DAY - 1)
        if not self.start < whole(self.end, "end") <= self.start + DAY:
            raise InputError(
                f"A shift must end after it starts and last at most {DAY} minutes, got {self.start} to {self.end}."
            )

    @property
    def minutes(self) -> int:
        """The length of the shift."""
        return self.end - self.start


@dataclass(frozen=True)
class Unit:
    """
    What is sent: one or more officers who walk together.

    Parameters
    ----------
    name : call sign, unique in a problem
    role : one of `geodata.tables.ROLES`
    base, shift : names
    minutes : minutes on patrol, from leaving the base to being back
        As `units.patrol_minutes` gives, or as the force says.
    officers : how many walk together
    """

    name: str
    role: str
    base: str
    shift: str
    minutes: int
    officers: int = 1

    def __post_init__(self) -> None:
        _named(self.name, "unit")
        if self.role not in ROLES:
            raise InputError(f"A unit's role must be one of {', '.join(ROLES)}, got {self.role!r}.")
        whole(self.minutes, "minutes", 1)
        whole(self.officers, "officers", 1)


@dataclass(frozen=True)
class Posts:
    """
    The officers there are to place.

    Parameters
    ----------
    constables, csos : whole numbers
    sergeants : whole number, or None
        None: as many as the span of control asks for.
    inspectors : whole number, or None
        None: one for each neighbourhood.
    """

    constables: int
    csos: int
    sergeants: int | None = None
    inspectors: int | None = None

    def __post_init__(self) -> None:
        whole(self.constables, "constables")
        whole(self.csos, "csos")
        for name in ("sergeants", "inspectors"):
            if getattr(self, name) is not None:
                whole(getattr(self, name), name)
        if self.constables + self.csos == 0:
            raise InputError("`posts` must hold at least one constable or CSO, got none.")


@dataclass(frozen=True)
class Problem:
    """
    One day's pattern of patrols to plan.

    Parameters
    ----------
    units, bases, shifts : who patrols, from where, when; names are unique
    visits : table of visits demanded
        One row per hot spot and shift.
    travel : metres between bases and hot spots
        `Problem.of` measures them.
    rules : the knobs of the rules P1 to P8 and P10

    Raises
    ------
    InputError
        If there is no unit, a name is used twice, a unit has an unknown base or shift, patrols longer than its shift
        allows or alone when it must not, or a visit lasts longer than its shift.
    """

    units: tuple[Unit, ...]
    bases: tuple[Base, ...]
    shifts: tuple[Shift, ...]
    visits: pd.DataFrame
    travel: Travel
    rules: Rules = field(default_factory=Rules)

    def __post_init__(self) -> None:
        check(self.visits, VISITS)
        _check_names(self)
        _check_units(self)
        _check_visits(self)

    @classmethod
    def of(
        cls,
        units: Iterable[Unit],
        bases: Iterable[Base],
        shifts: Iterable[Shift],
        *,
        visits: pd.DataFrame,
        streets: Streets | None = None,
        rules: Rules | None = None,
    ) -> "Problem":
        """
        Return the problem with its travel measured: on `streets`, or in straight lines where there are none.

        Raises
        ------
        InputError
            As `Problem`, and if `visits` places one hot spot at two points.
        """
        units, bases, shifts, rules = tuple(units), tuple(bases), tuple(shifts), rules or Rules()
        travel = measure_travel(
            [(base.x, base.y) for base in bases],
            check(visits, VISITS),
            streets=streets,
            longest_walk=rules.longest_walk,
        )
        return cls(units, bases, shifts, visits, travel, rules)

    def shift(self, name: str) -> Shift:
        """Return the shift of that name."""
        return next(shift for shift in self.shifts if shift.name == name)


def _named(name: str, what: str) -> None:
    if not isinstance(name, str) or not name.strip():
        raise InputError(f"A {what} must have a name, got none.")


def _check_names(problem: Problem) -> None:
    for what, things in (("unit", problem.units), ("base", problem.bases), ("shift", problem.shifts)):
        names = [thing.name for thing in things]
        if not names:
            raise InputError(f"At least one {what} is needed to plan patrols, got none.")
        twice = len(names) - len(set(names))
        if twice:
            raise InputError(f"Names of {what}s must be unique, got {twice} used twice.")


def _check_units(problem: Problem) -> None:
    bases = {base.name for base in problem.bases}
    lengths = {shift.name: shift.minutes for shift in problem.shifts}
    dark = {shift.name for shift in problem.shifts if problem.rules.in_pairs(shift.start, shift.end)}
    alone = sum(unit.officers == 1 and unit.shift in dark for unit in problem.units)
    if alone:
        raise InputError(f"Units must be of two officers or more in shifts with hours for pairs, got {alone} of one.")
    office = problem.rules.briefing + problem.rules.debrief
    for unit in problem.units:
        if unit.base not in bases:
            raise InputError(f"A unit must start from a known base, got {unit.base!r}.")
        if unit.shift not in lengths:
            raise InputError(f"A unit must work a known shift, got {unit.shift!r}.")
        if unit.minutes + office > lengths[unit.shift]:
            raise InputError(
                f"A unit's minutes on patrol with briefing and debrief must fit its shift of {lengths[unit.shift]} "
                f"minutes, got {unit.minutes} + {office}."
            )


def _check_visits(problem: Problem) -> None:
    visits = problem.visits
    lengths = {shift.name: shift.minutes for shift in problem.shifts}
    endless = int((~np.isfinite(visits["value"])).sum())
    if endless:
        raise InputError(f"A visit must have a finite value, got {endless} that have not.")
    unknown = int((~visits["shift"].isin(list(lengths))).sum())
    if unknown:
        raise InputError(f"Visits must be in a known shift, got {unknown} that are not.")
    if visits.duplicated(["hotspot_id", "shift"]).any():
        raise InputError("Visits must have one row per hot spot and shift, got some with more.")
    long = sum(minutes > lengths[shift] for minutes, shift in zip(visits["minutes"], visits["shift"], strict=True))
    if long:
        raise InputError(f"A visit must not last longer than its shift, got {long} that do.")
    if problem.travel.places != tuple(sorted(set(visits["hotspot_id"]))):
        raise InputError("`travel` must measure the hot spots of `visits`, and no others.")
    if problem.travel.from_base.shape[0] != len(problem.bases):
        raise InputError(
            f"`travel` must measure from every base ({len(problem.bases)}), got {problem.travel.from_base.shape[0]}."
        )
