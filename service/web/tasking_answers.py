"""What a program is told at the doors of meetings, patrols and the neighbourhood panel."""

from pydantic import BaseModel


class Run(BaseModel):
    """A published run."""

    number: int
    run: str
    made: str
    period: str
    map: bool


class Meeting(BaseModel):
    """One meeting."""

    id: int
    run_id: int
    began: str
    chair: str
    present: str
    closed: str | None


class Decision(BaseModel):
    """One decision, with who recorded it and when."""

    hotspot_id: str
    version: int
    decision: str
    reason: str
    owner: str
    review_date: str
    at: str
    actor: str


class HotSpot(BaseModel):
    """A recommended hot spot, the decision in force, and those before it."""

    hotspot_id: str
    rank: int
    name: str
    ward: str
    ward_name: str
    offence_mix: str
    reason: str
    now: Decision | None
    before: list[Decision]


class Petition(BaseModel):
    """A petition."""

    id: int
    ward: str
    ward_name: str
    subject: str
    signatures: int
    received: str
    answer: str | None


class TaskingRoom(BaseModel):
    """What is recommended, and what has been decided of it."""

    run: Run | None
    meeting: Meeting | None
    spots: list[HotSpot]
    petitions: list[Petition]


class OneMeeting(Meeting):
    """A meeting, and on how many hot spots it decided."""

    decided: int


class Meetings(BaseModel):
    """The force's meetings, the newest first."""

    rows: list[OneMeeting]


class Outcome(Decision):
    """A decision of the last meeting, the minutes planned and delivered since, and what was recorded."""

    rank: int
    name: str
    planned: float
    delivered: float | None
    overdue: bool
    sentence: str


class LastMeeting(BaseModel):
    """What came of the meeting that was closed last."""

    meeting: Meeting | None
    rows: list[Outcome]
    sentence: str


class ListedWalk(BaseModel):
    """A patrol, and when it was debriefed today."""

    unit: str
    base: str
    stops: int
    address: str
    told: str


class Shift(BaseModel):
    """A shift of today."""

    name: str
    hours: str
    day: str
    now: bool
    walks: list[ListedWalk]


class Who(BaseModel):
    """Who asks."""

    name: str


class Patrols(BaseModel):
    """Today's shifts; a phone learns from it who is signed in."""

    account: Who
    shifts: list[Shift]


class Stop(BaseModel):
    """A stop, and what the meeting decided of its place."""

    number: int
    hotspot: str
    place: str
    ward: str
    arrive: str
    leave: str
    minutes: int
    offences: str
    reason: str
    decided: Decision | None


class Patrol(BaseModel):
    """One patrol: where to be, when, why, what to ask."""

    stops: list[Stop]
    asked: list[str]
    day: str
    told: str


class Dose(BaseModel):
    """Minutes planned and delivered at a hot spot."""

    hotspot: str
    rank: int
    name: str
    planned: float
    delivered: float


class Delivery(BaseModel):
    """Planned beside delivered minutes since the run."""

    rows: list[Dose]
    planned: float
    delivered: float
    since: str


class Priority(BaseModel):
    """What a ward counts for."""

    id: int
    ward: str
    ward_name: str
    weight: float
    reason: str
    first_day: str
    last_day: str | None
    taken_back: str | None


class Holding(BaseModel):
    """What a ward counts for today."""

    ward: str
    name: str
    weight: float


class Panel(BaseModel):
    """What neighbourhoods ask for."""

    today_holds: list[Holding]
    priorities: list[Priority]
    petitions: list[Petition]
    threshold: int | None
