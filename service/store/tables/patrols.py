"""What patrols did, as they told it at the end of their shift."""

from typing import Final

from sqlalchemy import Boolean, Column, Float, ForeignKey, Index, Integer, String, Table, Text, UniqueConstraint

from service.store.tables._metadata import METADATA

# Only ever added to: of one patrol on one day the last debrief counts.
DEBRIEFS: Final = Table(
    "debriefs",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("force", String(64), nullable=False),
    Column("run_id", Integer, ForeignKey("runs.id"), nullable=False),
    Column("key", String(64), nullable=False),  # made by the phone: what is sent twice is one debrief
    Column("day", String(10), nullable=False),  # on which the shift began
    Column("unit", Text, nullable=False),
    Column("shift", Text, nullable=False),
    Column("at", String(32), nullable=False),
    Column("actor", Text, nullable=False),
    UniqueConstraint("force", "key", name="debriefs_by_key"),
    Index("debriefs_by_run", "run_id", "day"),
)

DEBRIEF_STOPS: Final = Table(
    "debrief_stops",
    METADATA,
    Column("debrief_id", Integer, ForeignKey("debriefs.id"), primary_key=True),
    Column("stop", Integer, primary_key=True, autoincrement=False),
    Column("hotspot_id", String(64), nullable=False),
    Column("done", Boolean, nullable=False),
    Column("minutes", Float, nullable=False),
    Column("seen", String(40), nullable=False),
    Column("note", Text, nullable=False),
)
