"""The catalogue's tables; `migrations` makes them, and a test holds the two to each other."""

from typing import Final

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, MetaData, String, Table, Text

METADATA: Final = MetaData()

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

ACCOUNTS: Final = Table(
    "accounts",
    METADATA,
    Column("name", String(64), primary_key=True),
    Column("role", String(16), nullable=False),
    Column("force", String(64), nullable=False),  # whose rows it sees
    Column("password", Text, nullable=False),  # argon2id
    Column("state", String(10), nullable=False),  # "open" or "closed"
)

SESSIONS: Final = Table(
    "sessions",
    METADATA,
    Column("token", String(64), primary_key=True),  # sha256 of what the browser holds
    Column("account", String(64), ForeignKey("accounts.name"), nullable=True),  # none before the log-in
    Column("form_token", String(64), nullable=False),  # that every form must bring back
    Column("began", String(32), nullable=False),
    Column("seen", String(32), nullable=False),
)

FAILURES: Final = Table(
    "failures",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("who", String(128), nullable=False),  # an account's name, or where the asking came from
    Column("at", String(32), nullable=False),
    Index("failures_by_who", "who", "at"),
)
