"""The knobs of the numbered rules in `allocation.problem`; every default is an assumption that a force replaces."""

from dataclasses import dataclass
from typing import Final

from geodata.cast import above_zero, whole, within
from geodata.errors import InputError

OBJECTIVES: Final = ("total", "worst first", "fair")
WIDEST_BAND: Final = 1000.0


@dataclass(frozen=True)
class Strand:
    """
    One kind of demand, such as anti-social behaviour or violence.

    Parameters
    ----------
    name : column of the table of strands
    weight : what a unit of its harm counts
    saturation_hours : hours a week on the street at which a ward of average demand of the kind has 63 % of its value
    """

    name: str
    weight: float = 1.0
    saturation_hours: float = 40.0

    def __post_init__(self) -> None:
        above_zero(self.weight, "weight")
        above_zero(self.saturation_hours, "saturation_hours", "hours a week")


@dataclass(frozen=True)
class Lock:
    """
    What is settled about a ward before planning: the fewest and the most of each role.

    Parameters
    ----------
    constables, csos : fewest and most, or None: open
    """

    constables: tuple[int, int] | None = None
    csos: tuple[int, int] | None = None

    def __post_init__(self) -> None:
        for name, limits in (("constables", self.constables), ("csos", self.csos)):
            if limits is not None and whole(limits[0], name) > whole(limits[1], name):
                raise InputError(
                    f"A lock's fewest {name} must not exceed its most, got {limits[0]} to {limits[1]}: they contradict."
                )


@dataclass(frozen=True)
class TeamRules:
    """
    The knobs of the rules T1 to T13 and of the objective; None: the rule is not asked for.

    Parameters
    ----------
    floor : constables and CSOs together that every ward has at least
    span : constables and CSOs that one sergeant leads at most
    constable_hours, cso_hours : hours a week on the street of one post, as `street_hours` gives
        40 hours x three quarters on duty after leave, sickness and training x the share of duty spent on patrol:
        70 % for CSOs, 40 % for constables. A force's own figures replace them.
    saturation_hours : hours a week on the street at which a ward of average demand has 63 % of its value
    strands : kinds of demand, each with its own table of harm; none: the ward's harm is one kind
    largest : most constables, and most CSOs, of one ward; None: as many as there are
    workload : crimes a week for each constable or CSO at most
    moves : posts that may leave their ward of today at most
    loss_cap : share of its constables and CSOs of today that a ward may lose at most; 0: no losers
    band : how far a group's share of hours may be from its share of harm, as a share of it
    inspector_each : whether every neighbourhood has an inspector of its own
    least_service : share of its demand that every ward's team reaches at least
    objective : "total", "worst first" or "fair"
    """

    floor: int = 1
    span: int | None = 8
    constable_hours: float = 12.0
    cso_hours: float = 21.0
    saturation_hours: float = 40.0
    strands: tuple[Strand, ...] = ()
    largest: int | None = None
    workload: float | None = None
    moves: int | None = None
    loss_cap: float | None = None
    band: float | None = None
    least_service: float | None = None
    inspector_each: bool = True
    objective: str = "total"

    def __post_init__(self) -> None:
        whole(self.floor, "floor")
        above_zero(self.constable_hours, "constable_hours", "hours a week")
        above_zero(self.cso_hours, "cso_hours", "hours a week")
        above_zero(self.saturation_hours, "saturation_hours", "hours a week")
        if self.workload is not None:
            above_zero(self.workload, "workload", "crimes a week")
        for name, least in (("span", 1), ("largest", 1), ("moves", 0)):
            if getattr(self, name) is not None:
                whole(getattr(self, name), name, least)
        for name, most in (("loss_cap", 1.0), ("band", WIDEST_BAND), ("least_service", 1.0)):
            if getattr(self, name) is not None:
                within(getattr(self, name), name, 0.0, most)
        if self.objective not in OBJECTIVES:
            raise InputError(f"`objective` must be one of {', '.join(OBJECTIVES)}, got {self.objective}.")
        names = [strand.name for strand in self.strands]
        if len(set(names)) < len(names):
            raise InputError("Strands must have different names, got some used twice.")


def street_hours(contract: float, *, on_duty: float, patrol_share: float, abstraction: float = 0.0) -> float:
    """
    Return the hours a week on the street of one post.

    Parameters
    ----------
    contract : hours a week
    on_duty : share of them left after leave, sickness and training
    patrol_share : share of duty spent on patrol
    abstraction : share of patrol time that other calls take away, below 1

    Raises
    ------
    InputError
        If a figure is out of its range.
    """
    above_zero(contract, "contract", "hours a week")
    shares = within(on_duty, "on_duty", 0.0, 1.0) * within(patrol_share, "patrol_share", 0.0, 1.0)
    hours = contract * shares * (1 - within(abstraction, "abstraction", 0.0, 1.0))
    return above_zero(round(hours, 9), "hours on the street", "a week")


@dataclass(frozen=True)
class Rules:
    """
    The knobs of the rules P1 to P8 and P10.

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
    pairs_from, pairs_until : minutes after midnight between which nobody patrols alone; None: the rule is not asked for
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
    pairs_from: int | None = None
    pairs_until: int = 360

    def __post_init__(self) -> None:
        if self.pairs_from is not None:
            within(whole(self.pairs_from, "pairs_from"), "pairs_from", whole(self.pairs_until, "pairs_until"), 1440)
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

    def in_pairs(self, start: int, end: int) -> bool:
        """Return whether from one minute after midnight to another nobody patrols alone for some of the time."""
        return self.pairs_from is not None and (start < self.pairs_until or end > self.pairs_from)


@dataclass(frozen=True)
class MealBreak:
    """
    The knobs of rule P9.

    Parameters
    ----------
    minutes : of the break
    after, before : minutes into the shift: the earliest and the latest at which it may begin
    """

    minutes: int = 30
    after: int = 120
    before: int = 330

    def __post_init__(self) -> None:
        whole(self.minutes, "minutes", 1)
        if not whole(self.after, "after") <= whole(self.before, "before"):
            raise InputError(f"A break's earliest start must not be after its latest, got {self.after}, {self.before}.")

    @property
    def rule(self) -> str:
        """Rule P9 in plain words."""
        return (
            f"P9 Every patrol has a break of {self.minutes} minutes, begun {self.after} to {self.before} minutes into "
            "its shift, at its base or where it stands."
        )
