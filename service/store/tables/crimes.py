"""Crimes by segment, imports with what they refused, and the chain of who did what."""

from typing import Final

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, String, Table, Text

from service.store.tables._metadata import METADATA

# Only ever added to: the database itself refuses a change or a deletion (see the first migration).
AUDIT: Final = Table(
    "audit",
    METADATA,
    Column("number", Integer, primary_key=True, autoincrement=False),  # from 1, without a gap
    Column("at", String(32), nullable=False),  # UTC, ISO 8601
    Column("actor", Text, nullable=False),
    Column("act", String(16), nullable=False),  # as in `audit.ACTS`
    Column("subject", Text, nullable=False),
    Column("details", Text, nullable=False),  # JSON: counts and names of files, never a row of data
    Column("previous", String(64), nullable=False),
    Column("hash", String(64), nullable=False),
)

IMPORTS: Final = Table(
    "imports",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("force", String(64), nullable=False),
    Column("at", String(32), nullable=False),
    Column("actor", Text, nullable=False),
    Column("files", Text, nullable=False),  # JSON: name, kind and fingerprint of each
    Column("rows_read", BigInteger, nullable=False),
    Column("rows_accepted", BigInteger, nullable=False),
    Column("rows_rejected", BigInteger, nullable=False),
)

REJECTS: Final = Table(
    "rejects",
    METADATA,
    Column("import_id", Integer, ForeignKey("imports.id"), nullable=False),
    Column("file", Text, nullable=False),
    Column("line", BigInteger, nullable=False),
    Column("reason", Text, nullable=False),
    Index("rejects_by_import", "import_id"),
)

# A segment is one force's crimes of one month, in one file that never changes. It exists if this table says so.
SEGMENTS: Final = Table(
    "segments",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("sha256", String(64), nullable=False),
    Column("force", String(64), nullable=False),
    Column("month", String(7), nullable=False),
    Column("rows", BigInteger, nullable=False),
    Column("state", String(10), nullable=False),  # "current", "superseded" or "erased"
    Column("import_id", Integer, ForeignKey("imports.id"), nullable=False),
    Index("segments_by_month", "force", "month"),
)
