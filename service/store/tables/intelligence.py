"""Reports of intelligence on hot spots, each with its grading and who may see it."""

from typing import Final

from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table, Text

from service.store.tables._metadata import METADATA

# What a report says is never changed; a report that is wrong is withdrawn, and another written.
REPORTS: Final = Table(
    "reports",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("force", String(64), nullable=False),
    Column("hotspot", String(64), nullable=False),  # as the run names it
    Column("run_id", Integer, ForeignKey("runs.id"), nullable=False),  # that named it
    Column("ward", String(16), nullable=False),  # code: runs name hot spots anew
    Column("at", String(32), nullable=False),
    Column("actor", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("grading", String(3), nullable=False),  # 3x5x2: "1AP"
    Column("original", String(3), nullable=False),  # as given: the same, or 5x5x5: "B24"
    Column("conditions", Text, nullable=False),  # of sharing; empty under handling code P
    Column("shared_with", Text, nullable=False),  # JSON: roles that the conditions let see it
    Column("state", String(10), nullable=False),  # "current" or "withdrawn"
    Index("reports_by_hotspot", "force", "hotspot"),
)
