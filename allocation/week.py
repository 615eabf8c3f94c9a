"""
A week of CSO hours to plan, and its numbered rules (stage 2): which tours of duty, which hot spots when.

Bases b with K[b] CSOs; days d and shifts s make slots; tours p are the legal ways to work a week; hot spots h, each of
one base. z[p] CSOs work tour p; g[d,s] patrols go out; x[h,d,s,n] = 1 if h has an n-th visit in shift s of day d.

    maximise  sum v[h,d,s] decay[n] x[h,d,s,n]
    H1  each CSO works one tour: one shift on each of `days` days, `rest_hours` between shifts, week after week
    H2  at least the share `off_weekend` of a base's CSOs, rounded down, is off on Saturday and Sunday
    H3  a patrol is one CSO, in the shifts `pairs` (after dark) two; no more patrols go out than CSOs on duty make
    H4  a patrol makes V[b] visits in a shift at most: its patrol minutes over the minutes of a visit and of the walk
    H5  the n-th visit of a shift to a hot spot is worth decay[n] of the first; no hot spot has more than `most` a day,
        nor more in a shift than fit into the minutes of a patrol with `gap` minutes between two of them
    H6  every ward has `ward_visits` visits a week from the base that holds most of its value
    H7  a hot spot of the first tier is visited on `tier_days` days
    H8  at least the share `antisocial_share` of a base's visits, each counted by its hot spot's share of anti-social
        behaviour, goes to anti-social behaviour

H6 to H8 give way where they cannot all be kept, as little as possible, and what is unmet is said. Every base is solved
by itself, to a bound (`_solvers.week`).
"""

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from allocation.problem import Shift
from geodata.cast import whole, within
from geodata.errors import InputError
from geodata.tables import WEEKLY_VISITS, check


@dataclass(frozen=True)
class TourRules:
    """
    The knobs of the rules H1 to H8.

    Parameters
    ----------
    days : days of duty a week, 1 to 6
    rest_hours : between the end of one shift and the start of the next
    off_weekend : share of the CSOs off on Saturday and Sunday
    pairs : names of the shifts in which CSOs walk in twos
    minutes : of one visit; the evidence is for about 15 (Koper)
    gap : minutes between the end of one visit to a hot spot and the start of the next
    decay : worth of the first, second, ... visit of a shift beside the first
    most : visits a day to a hot spot
    ward_visits : visits a week that every ward has
    tier_days : days of the week on which a hot spot of the first tier is visited
    antisocial_share : of the visits
    """

    days: int = 5
    rest_hours: float = 11.0
    off_weekend: float = 0.0
    pairs: tuple[str, ...] = ()
    minutes: int = 15
    gap: int = 0
    decay: tuple[float, ...] = (1.0, 0.55, 0.30)
    most: int = 3
    ward_visits: int = 1
    tier_days: int = 5
    antisocial_share: float = 0.0

    def __post_init__(self) -> None:
        within(whole(self.days, "days", 1), "days", 1, 6)
        within(self.rest_hours, "rest_hours", 0, 24)
        within(self.off_weekend, "off_weekend", 0, 1)
        whole(self.minutes, "minutes", 1)
        whole(self.gap, "gap")
        whole(self.most, "most", 1)
        whole(self.ward_visits, "ward_visits")
        within(whole(self.tier_days, "tier_days"), "tier_days", 0, 7)
        within(self.antisocial_share, "antisocial_share", 0, 1)
        falls = all(0 <= later <= earlier for earlier, later in zip(self.decay, self.decay[1:], strict=False))
        if not self.decay or self.decay[0] != 1.0 or not falls:
            raise InputError("`decay` must start at 1, never rise and never fall below 0.")


@dataclass(frozen=True)
class TourBase:
    """
    A base and its CSOs.

    Parameters
    ----------
    name : what people call it
    csos : how many report in there
    minutes : on patrol in a shift
    walk : minutes from one visit to the next, on average
    """

    name: str
    csos: int
    minutes: int
    walk: float = 5.0

    def __post_init__(self) -> None:
        whole(self.csos, "csos")
        whole(self.minutes, "minutes")
        if not 0 <= self.walk < np.inf:
            raise InputError(f"`walk` must be from 0 minutes, got {self.walk:g}.")

    def room(self, minutes: int) -> int:
        """Return how many visits of so many minutes one patrol makes in a shift."""
        return int(self.minutes // (minutes + self.walk))

    def again(self, minutes: int, gap: int) -> int:
        """Return how often one place can be visited in a shift for so many minutes, so many minutes apart."""
        return max(1, (self.minutes + gap) // (minutes + gap))


@dataclass(frozen=True)
class Week:
    """
    A week of CSO hours to plan.

    Parameters
    ----------
    bases : with unique names
    shifts : of a day, with unique names
    visits : table of weekly visits
        Windows that are missing are worth nothing.
    rules : the knobs of the rules H1 to H8

    Raises
    ------
    InputError
        If a name is used twice or not known, a window stands twice, or no legal tour can be made of the shifts.
    """

    bases: tuple[TourBase, ...]
    shifts: tuple[Shift, ...]
    visits: pd.DataFrame
    rules: TourRules = field(default_factory=TourRules)

    def __post_init__(self) -> None:
        check(self.visits, WEEKLY_VISITS)
        for what, things in (("base", self.bases), ("shift", self.shifts)):
            names = [thing.name for thing in things]
            if not names or len(set(names)) < len(names):
                raise InputError(f"A week must have at least one {what}, each of another name.")
            strange = int((~self.visits[what].isin(names)).sum())
            if strange:
                raise InputError(f"Visits must be of a known {what}, got {strange} that are not.")
        unknown = sorted(set(self.rules.pairs) - {shift.name for shift in self.shifts})
        if unknown:
            raise InputError(f"`pairs` must name shifts of the week, got {unknown[0]}.")
        if self.visits.duplicated(["hotspot_id", "day", "shift"]).any():
            raise InputError("Weekly visits must have one row per hot spot, day and shift, got some with more.")
        if len(self.visits[["hotspot_id", "base", "ward"]].drop_duplicates()) > self.visits["hotspot_id"].nunique():
            raise InputError("A hot spot must be of one base and one ward, got some of more.")
