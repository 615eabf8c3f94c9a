"""What a program is told at the doors of files, extracts, jobs, runs, scenarios and national runs."""

from typing import Any

from pydantic import BaseModel


class OneJob(BaseModel):
    """One job: what it is at, and where to see what came of it."""

    id: int
    kind: str
    words: str
    actor: str
    at: str
    state: str
    stage: str
    share: float
    unfinished: bool
    ended: str | None
    said: str
    to: str
    again: str


class Jobs(BaseModel):
    """The newest jobs of the account's force."""

    rows: list[OneJob]


class JobPage(BaseModel):
    """One job."""

    job: OneJob


class OneFile(BaseModel):
    """One file of the force."""

    id: int
    kind: str
    name: str
    sha256: str
    at: str
    actor: str
    state: str


class Files(BaseModel):
    """The files of the account's force."""

    rows: list[OneFile]


class Month(BaseModel):
    """What an extract would change of a month: crimes."""

    month: str
    rows: int
    added: int
    removed: int
    changed: int
    kept: int


class Reason(BaseModel):
    """How many rows were refused for one reason."""

    reason: str
    rows: int


class Extract(BaseModel):
    """What was read of an extract, and what it would change."""

    id: int
    rows_read: int
    rows_accepted: int
    rows_rejected: int
    months: list[Month]
    reasons: list[Reason]
    skipped: list[str]
    decided: str


class OneRun(BaseModel):
    """One run of the cycle."""

    id: int
    run: str
    at: str
    until: str
    state: str


class Runs(BaseModel):
    """The runs of the account's force that the account may see."""

    rows: list[OneRun]


class RunPage(BaseModel):
    """One run and what it made."""

    run: OneRun
    products: list[str]
    figures: dict[str, Any]


class Shown(BaseModel):
    """A page that a run made, and where it lies."""

    name: str
    what: str
    address: str


class Compared(BaseModel):
    """What differs between two runs."""

    run: OneRun
    other: OneRun
    inputs: list[dict[str, Any]]
    settings: list[dict[str, Any]]
    hotspots: list[dict[str, Any]]
    teams: list[dict[str, Any]]


class OneScenario(BaseModel):
    """Scenarios that were asked for together."""

    id: int
    run: int
    names: str
    state: str
    at: str


class Scenarios(BaseModel):
    """The scenarios of the account's force, and what a form can name."""

    rows: list[OneScenario]
    runs: list[OneRun]
    wards: dict[str, str]


class Measure(BaseModel):
    """A figure under each plan."""

    words: str
    figures: list[str]


class WardPosts(BaseModel):
    """A ward's posts under each plan: constables + CSOs."""

    ward: str
    posts: list[str]


class ScenarioPage(BaseModel):
    """Scenarios beside the base."""

    id: int
    run: int
    plans: list[str]
    measures: list[Measure]
    wards: list[WardPosts]
    notes: list[str]
    unmet: list[str]


class OneNational(BaseModel):
    """One national run that was asked for."""

    id: int
    at: str
    actor: str
    state: str
    months: str


class OneHolding(BaseModel):
    """What is kept of one force."""

    force: str
    first: str
    last: str
    months: int
    crimes: int


class National(BaseModel):
    """The national runs, and what is kept of every force."""

    rows: list[OneNational]
    holdings: list[OneHolding]
    months: list[str]


class Taken(BaseModel):
    """A file that can be taken away, and what it holds."""

    name: str
    words: str


class NationalRun(BaseModel):
    """One national run and what it made."""

    id: int
    run: str
    at: str
    period: str
    forces: int
    rows: int
    notes: list[str]
    files: list[Taken]
