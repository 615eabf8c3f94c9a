"""The validation report: published values beside those of this machine, to hand to whoever doubts them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Final

import pandas as pd

from maps import words
from maps.documents.blocks import Document, Edition, Paragraph, Section, TableBlock
from maps.documents.docx import write_docx
from maps.documents.html import write_html
from maps.report.table import Column, Table

KIND: Final = "Validation report"
_STAMP: Final = pd.Timestamp("2000-01-01")  # of files that depend on no clock
_HOW: Final = (
    "Each value below was published by somebody else, and was worked out again by this program on this machine.",
    "It agrees if it is the published number to the last digit that was published.",
    "What a forecast or a plan is worth on a force's own data is told in that force's report, not here.",
)


@dataclass(frozen=True)
class Agreement:
    """
    One published value beside ours.

    Parameters
    ----------
    method, source, what : what was worked out, where it was published, which number of it
    published, found : both as printed
    agrees : to the last digit published
    """

    method: str
    source: str
    what: str
    published: str
    found: str
    agrees: bool


def validation(rows: Sequence[Agreement], sentences: Sequence[str], versions: Mapping[str, str]) -> Document:
    """
    Return the validation report.

    Parameters
    ----------
    rows : every value, those of one method and source together
    sentences : how many agree
    versions : library to version
    """
    tables = [
        _table(f"value-{at}", method, source, list(each))
        for at, ((method, source), each) in enumerate(groupby(rows, lambda row: (row.method, row.source)))
    ]
    libraries = Column("Library", list(versions)), Column("Version", list(versions.values()))
    used = TableBlock(Table("versions", "Versions", libraries, empty=""), most=len(versions))
    sections = (
        Section("in-short", "In short", (Paragraph(tuple(sentences), "lead"), Paragraph(_HOW))),
        Section("values", "Value by value", tuple(tables)),
        Section("versions", "What it was worked out with", (used,)),
    )
    edition = Edition("Beatplan", "OFFICIAL", f"Version {versions.get('beatplan', '')}", "", _STAMP)
    return Document(KIND, "Published values worked out again", edition, sections)


def write_validation(
    folder: Path, rows: Sequence[Agreement], sentences: Sequence[str], versions: Mapping[str, str]
) -> tuple[Path, ...]:
    """Write the report as a page and for Word; the same values give the same bytes."""
    document = validation(rows, sentences, versions)
    return write_html(document, folder / "validation.html"), write_docx(document, folder / "validation.docx")


def _table(name: str, method: str, source: str, rows: Sequence[Agreement]) -> TableBlock:
    columns = (
        Column("Value", [row.what for row in rows]),
        Column("Published", [row.published for row in rows]),
        Column("Worked out here", [row.found for row in rows]),
        Column("Agrees", ["yes" if row.agrees else "NO" for row in rows]),
    )
    return TableBlock(Table(name, method, columns, empty="No value.", note=words.sentence(source)), most=len(rows))
