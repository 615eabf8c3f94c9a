"""What a document says, apart from how it is drawn: one content for the page, Word, PDF and slides."""

from dataclasses import dataclass
from typing import Final, Literal, Self

import pandas as pd

from maps import words
from maps.figures.base import Picture
from maps.pack import Pack
from maps.report.summary import Fact
from maps.report.table import Table
from maps.stamp import moment

LANGUAGE: Final = "en-GB"
MOST_ROWS: Final = 10
IN_THE_TABLES: Final = "in tables.xlsx"


@dataclass(frozen=True)
class Edition:
    """
    For whom a document is, and from which run: what stands on every page.

    Parameters
    ----------
    force, marking, period, run_id : as in a pack
    made : the moment that files are stamped with, of the findings and never of the clock
    """

    force: str
    marking: str
    period: str
    run_id: str
    made: pd.Timestamp

    @classmethod
    def of(cls, pack: Pack) -> Self:
        """Return the edition of one run."""
        force, marking, period = (words.printable(text) for text in (pack.force, pack.marking, pack.period))
        return cls(words.capital(force), marking, period, pack.run_id, moment(pack))


@dataclass(frozen=True)
class Heading:
    """A heading inside a section."""

    text: str


@dataclass(frozen=True)
class Paragraph:
    """Sentences that stand together; the lead is what to read if nothing else is read."""

    sentences: tuple[str, ...]
    kind: Literal["plain", "lead", "note"] = "plain"

    @property
    def text(self) -> str:
        """The sentences in a row, each percent sign kept with its number."""
        return words.glued(" ".join(words.printable(sentence) for sentence in self.sentences if sentence))


@dataclass(frozen=True)
class Bullets:
    """A list of sentences."""

    items: tuple[str, ...]


@dataclass(frozen=True)
class Note:
    """A box that must not be overlooked: a title and sentences."""

    title: str
    items: tuple[str, ...]


@dataclass(frozen=True)
class Facts:
    """Numbers large enough to read across a room."""

    facts: tuple[Fact, ...]


@dataclass(frozen=True)
class TableBlock:
    """
    A table of findings, of which a document shows the first rows.

    Parameters
    ----------
    table : all rows
    most : rows shown
    rest : where the others are, in words
    """

    table: Table
    most: int = MOST_ROWS
    rest: str = IN_THE_TABLES

    @property
    def rows(self) -> list[tuple[tuple[str, ...], ...]]:
        """The rows shown, in words; one row more is not worth leaving out."""
        held = self.table.rows
        return held if len(held) <= self.most + 1 else held[: self.most]

    @property
    def note(self) -> str:
        """The table's note, with how many rows are left out and where they are."""
        left = len(self.table) - len(self.rows)
        more = words.sentence(f"the other {words.count(left, 'row')} {_are(left)} {self.rest}") if left else ""
        return words.glued(words.printable(" ".join(part for part in (self.table.note, more) if part)))


def described(picture: Picture) -> str:
    """Return a picture's title and what it says, the title once."""
    told = picture.alt if picture.alt.startswith(picture.title) else f"{picture.title}. {picture.alt}"
    return words.glued(words.printable(told))


@dataclass(frozen=True)
class Figure:
    """A picture, whose title is drawn in it, with what else is to be said below it."""

    picture: Picture
    caption: str = ""

    @property
    def alt(self) -> str:
        """What the picture says, for whoever cannot see it."""
        return described(self.picture)


@dataclass(frozen=True)
class Decision:
    """
    What a meeting is asked to decide.

    Parameters
    ----------
    what : the question, as an instruction: "Agree the ten hot spots"
    why : the sentence that it is decided on
    owner, due : who sees to it and by when; empty where the meeting names them
    """

    what: str
    why: str
    owner: str = ""
    due: str = ""


@dataclass(frozen=True)
class DecisionList:
    """Decisions with room for owner and date, and a box to tick for each answer."""

    name: str
    decisions: tuple[Decision, ...]
    answers: tuple[str, ...] = ("Agreed", "Changed", "Declined")


Block = Heading | Paragraph | Bullets | Note | Facts | TableBlock | Figure | DecisionList


@dataclass(frozen=True)
class Section:
    """A numbered part of a document."""

    anchor: str
    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class Document:
    """
    A document.

    Parameters
    ----------
    kind : what it is: "Tactical assessment"
    title : what this one is about, in words
    edition : for whom, from which run
    sections : in the order they are read
    """

    kind: str
    title: str
    edition: Edition
    sections: tuple[Section, ...]

    @property
    def full_title(self) -> str:
        """The title by which a file or a window is known."""
        return words.printable(f"{self.kind}: {self.title}, {self.edition.period}")


def prose(section: Section) -> tuple[str, ...]:
    """Return every sentence group of a section that is read as running text: no table, no heading, no caption."""
    said: list[str] = []
    for block in section.blocks:
        if isinstance(block, Paragraph):
            said.append(block.text)
        elif isinstance(block, Bullets | Note):
            said.extend(block.items)
        elif isinstance(block, DecisionList):
            said.extend(decision.why for decision in block.decisions)
    return tuple(text for text in said if text)


def _are(count: int) -> str:
    return "is" if count == 1 else "are"
