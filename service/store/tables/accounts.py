"""Who may come in, who is in, and who failed to."""

from typing import Final

from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table, Text

from service.store.tables._metadata import METADATA

ACCOUNTS: Final = Table(
    "accounts",
    METADATA,
    Column("name", String(64), primary_key=True),
    Column("role", String(16), nullable=False),
    Column("force", String(64), nullable=False),  # whose rows it sees
    Column("password", Text, nullable=False),  # argon2id
    Column("state", String(10), nullable=False),  # "open" or "closed"
    Column("areas", Text, nullable=False, server_default="[]"),  # JSON: wards or bases to which it is held
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
