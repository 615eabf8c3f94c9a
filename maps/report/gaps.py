"""Intelligence gaps and limits of the data: what is not known, why, and what would bring it."""

from typing import Final

from maps import words
from maps.documents.blocks import Block, Bullets, Heading, Paragraph, TableBlock
from maps.pack import Pack
from maps.report import missing
from maps.report.summary import warnings
from maps.report.table import Column, Table

_ASK: Final = (
    "What do officers, CSOs and partners who work in the first hot spots know of them that is in no record?",
    "Who suffers there and does not report it?",
    "What changed at these places since: opening hours, works, an event, a new route, a closed service?",
)


def gaps(pack: Pack) -> tuple[Block, ...]:
    """Return the gaps of this run as blocks: questions for the meeting, claims that cannot be made, and warnings."""
    absent = _absent(pack)
    said = warnings(pack)
    return (
        Paragraph(
            ("Recorded crime is what was reported and written down.", "These questions are for people, not data:")
        ),
        Bullets(_ASK),
        TableBlock(barred(pack), most=12),
        *((Heading("Parts that are not in this assessment"), Bullets(absent)) if absent else ()),
        *((Heading("Limits of the data"), Bullets(tuple(map(words.glued, said)))) if said else ()),
    )


def barred(pack: Pack) -> Table:
    """Return what cannot be claimed from the data, and why."""
    held = pack.fitness.claims
    held = held[~held["allowed"].astype(bool)] if len(held) else held
    columns = (Column("Claim that cannot be made", held["claim"].tolist()), Column("Why", held["reason"].tolist()))
    empty = "No claim that was examined is barred by the data."
    return Table("barred", "What this data cannot bear", columns, empty=empty)


def _absent(pack: Pack) -> tuple[str, ...]:
    parts = ((pack.change, missing.CHANGE), (pack.suffering, missing.SUFFERING), (pack.past, missing.PAST))
    return tuple(sentence for part, sentence in parts if part is None)
