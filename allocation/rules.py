"""The knobs of the numbered rules in `allocation.problem`; every default is an assumption that a force replaces."""

from dataclasses import dataclass

from geodata.cast import above_zero, whole, within
from geodata.errors import InputError


@dataclass(frozen=True)
class TeamRules:
    """
    The knobs of the rules T1 to T5.

    Parameters
    ----------
    floor : constables and CSOs together that every ward has at least
    span : constables and CSOs that one sergeant leads at most
    constable_hours, cso_hours : hours a week on the street of one post
        40 hours x three quarters on duty after leave, sickness and training x the share of duty spent on patrol:
        70 % for CSOs, 40 % for constables. A force's own figures replace them.
    saturation_hours : hours a week on the street at which a ward of average demand has 63 % of its value
    """

    floor: int = 1
    span: int = 8
    constable_hours: float = 12.0
    cso_hours: float = 21.0
    saturation_hours: float = 40.0

    def __post_init__(self) -> None:
        whole(self.floor, "floor")
        whole(self.span, "span", 1)
        above_zero(self.constable_hours, "constable_hours", "hours a week")
        above_zero(self.cso_hours, "cso_hours", "hours a week")
        above_zero(self.saturation_hours, "saturation_hours", "hours a week")


@dataclass(frozen=True)
class Rules:
    """
    The knobs of the rules P1 to P8.

    Parameters
    ----------
    decay : worth of the first, second, ... visit in a shift, as a share of the first
        Falls or stays level; visits beyond its length are worth nothing and are not planned.
    gap : minutes between the end of one visit to a hot spot and the start of the next
    briefing, debrief : minutes at the base at the start and end of the shift
    walk_kmh : walking speed
    longest_walk : metres
        A longer leg is driven, and takes no less than this walk would: nobody gains by going farther.
    drive_kmh : driving speed door to door, or None: nobody drives
    detour : driven metres per metre in a straight line
    handover : minutes to get in, park and get out, each driven leg
    """

    decay: tuple[float, ...] = (1.0, 0.55, 0.30)
    gap: int = 60
    briefing: int = 15
    debrief: int = 15
    walk_kmh: float = 4.8
    longest_walk: float = 1500.0
    drive_kmh: float | None = 30.0
    detour: float = 1.3
    handover: int = 5

    def __post_init__(self) -> None:
        for name in ("gap", "briefing", "debrief", "handover"):
            whole(getattr(self, name), name)
        above_zero(self.walk_kmh, "walk_kmh", "km/h")
        above_zero(self.longest_walk, "longest_walk", "metres")
        within(self.detour, "detour", 1.0, 5.0)
        if self.drive_kmh is not None:
            above_zero(self.drive_kmh, "drive_kmh", "km/h")
        falls = all(later <= earlier for earlier, later in zip(self.decay, self.decay[1:], strict=False))
        if not self.decay or self.decay[0] != 1.0 or not falls or self.decay[-1] < 0:
            raise InputError("`decay` must start at 1, never rise and never fall below 0.")
