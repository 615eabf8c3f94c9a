"""What meetings decided, and what neighbourhoods asked for."""

from typing import Final

from sqlalchemy import Column, Float, ForeignKey, Index, Integer, String, Table, Text, UniqueConstraint

from service.store.tables._metadata import METADATA

MEETINGS: Final = Table(
    "meetings",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("force", String(64), nullable=False),
    Column("run_id", Integer, ForeignKey("runs.id"), nullable=False),
    Column("began", String(32), nullable=False),
    Column("chair", String(64), nullable=False),  # account, who alone closes it
    Column("present", Text, nullable=False),  # by role, not by name
    Column("closed", String(32), nullable=True),
    Index("meetings_by_force", "force", "id"),
)

# Only ever added to: the one with the greatest version is in force, the others are what it changed.
DECISIONS: Final = Table(
    "decisions",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("meeting_id", Integer, ForeignKey("meetings.id"), nullable=False),
    Column("hotspot_id", String(64), nullable=False),
    Column("version", Integer, nullable=False),  # from 1
    Column("decision", String(10), nullable=False),  # as in `maps.pack.DECISIONS`
    Column("reason", Text, nullable=False),
    Column("owner", Text, nullable=False),
    Column("review_date", String(10), nullable=False),  # YYYY-MM-DD, or nothing
    Column("at", String(32), nullable=False),
    Column("actor", Text, nullable=False),
    UniqueConstraint("meeting_id", "hotspot_id", "version", name="decisions_by_version"),
)

PRIORITIES: Final = Table(
    "priorities",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("force", String(64), nullable=False),
    Column("ward", String(32), nullable=False),
    Column("weight", Float, nullable=False),  # 1 is no change
    Column("reason", Text, nullable=False),
    Column("first_day", String(10), nullable=False),
    Column("last_day", String(10), nullable=True),  # none: until another is entered or this one is taken back
    Column("at", String(32), nullable=False),
    Column("actor", Text, nullable=False),
    Column("taken_back", String(32), nullable=True),
    Index("priorities_by_ward", "force", "ward"),
)

PETITIONS: Final = Table(
    "petitions",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("force", String(64), nullable=False),
    Column("ward", String(32), nullable=False),
    Column("subject", Text, nullable=False),
    Column("signatures", Integer, nullable=False),
    Column("received", String(10), nullable=False),
    Column("at", String(32), nullable=False),
    Column("actor", Text, nullable=False),
    Column("meeting_id", Integer, ForeignKey("meetings.id"), nullable=True),  # that answered it
    Column("answer", Text, nullable=True),
    Column("answered", String(32), nullable=True),
    Index("petitions_by_force", "force", "id"),
)
