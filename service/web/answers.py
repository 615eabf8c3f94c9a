"""What a program is told at each door, where a browser sees a page: the facts of the page, typed."""

from pydantic import BaseModel


class Health(BaseModel):
    """How the service is: nothing of anybody."""

    status: str
    beatplan: str
    python: str
    database: str
    schema_version: str | None
    segments: int
    free_bytes: int


class LogIn(BaseModel):
    """The way in: nothing but the header that every answer carries."""


class Way(BaseModel):
    """A room that the account may go to."""

    address: str
    words: str


class Who(BaseModel):
    """An account."""

    name: str
    role: str
    force: str


class Desk(BaseModel):
    """Who is in, and where they may go."""

    account: Who
    ways: list[Way]


class Import(BaseModel):
    """One import, as it was told to the catalogue."""

    id: int
    at: str
    actor: str
    rows_read: int
    rows_accepted: int
    rows_rejected: int


class Imports(BaseModel):
    """The newest imports of the account's force."""

    rows: list[Import]


class OneAccount(Who):
    """An account, to which areas it is held, whether it is open, and how often it is signed in."""

    areas: list[str]
    state: str
    sessions: int


class Accounts(BaseModel):
    """Every account, and the roles that there are."""

    rows: list[OneAccount]
    roles: list[str]


class OneSession(BaseModel):
    """A visit: nothing that opens it."""

    began: str
    seen: str


class MyAccount(BaseModel):
    """One's own account, and where it is signed in."""

    account: Who
    sessions: list[OneSession]


class Chain(BaseModel):
    """Whether the chain is whole."""

    entries: int
    head: str
    broken: int | None


class Entry(BaseModel):
    """One entry of the audit."""

    number: int
    at: str
    actor: str
    act: str
    subject: str
    details: str


class Audit(BaseModel):
    """The newest entries of the audit."""

    found: Chain
    rows: list[Entry]


class OneReport(BaseModel):
    """A report of intelligence, with its grading and its conditions."""

    id: int
    hotspot: str
    at: str
    actor: str
    body: str
    grading: str
    original: str
    shareable: bool
    conditions: str
    shared_with: list[str]


class Spot(BaseModel):
    """A hot spot of the newest run."""

    hotspot: str
    name: str


class Weighed(BaseModel):
    """What a ward counts for its reports."""

    ward: str
    factor: float


class Reports(BaseModel):
    """The reports that the account may see, and what all of them weigh."""

    rows: list[OneReport]
    spots: list[Spot]
    weight: float
    weighed: list[Weighed]
