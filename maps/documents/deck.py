"""What a set of slides says, apart from how it is drawn."""

from dataclasses import dataclass

from maps.documents.blocks import Edition
from maps.figures.base import Picture
from maps.report.table import Table


@dataclass(frozen=True)
class Slide:
    """
    One slide: a title that says what it is about, a few sentences, one picture, one small table.

    Parameters
    ----------
    title : few words
    points : sentences, each a point of its own
    picture : left of the points; without one they take the whole width
    table : below the points
    rows : most rows of the table that are shown
    """

    title: str
    points: tuple[str, ...]
    picture: Picture | None = None
    table: Table | None = None
    rows: int = 5


@dataclass(frozen=True)
class Deck:
    """Slides for one meeting, with what stands on each of them."""

    title: str
    edition: Edition
    slides: tuple[Slide, ...]
