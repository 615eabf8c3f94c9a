"""What a program is told at the doors of releases to the public."""

from pydantic import BaseModel

from service.web.work_answers import OneRun


class Quarter(BaseModel):
    """What would be printed of a quarter."""

    name: str
    words: str
    new: bool
    printed: int
    withheld: int


class ReleasePreview(BaseModel):
    """What a run would print for everybody."""

    run: OneRun
    quarters: list[Quarter]


class PublicPage(BaseModel):
    """What a force has published, and where it lies."""

    force: str
    at: str
    page: str
    figures: str
    layer: str


class Public(BaseModel):
    """What is published now."""

    rows: list[PublicPage]


class OneRelease(PublicPage):
    """A release."""

    id: int
    run_id: int
    actor: str
    quarters: str
    state: str
    reason: str


class Releases(BaseModel):
    """The releases of the account's force."""

    rows: list[OneRelease]
