"""What was told to everybody, and what the next release must print again."""

from typing import Final

from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table, Text

from service.store.tables._metadata import METADATA

# Only ever added to, but for the state: what was printed once is printed again to the digit, or never again.
RELEASES: Final = Table(
    "releases",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("force", String(64), nullable=False),
    Column("run_id", Integer, ForeignKey("runs.id"), nullable=False),
    Column("at", String(32), nullable=False),
    Column("actor", Text, nullable=False),
    Column("folder", Text, nullable=False),  # of its page, table and layer, within the store's folder
    Column("quarters", Text, nullable=False),  # JSON: that it was the first to print
    Column("carried", Text, nullable=False),  # table in that folder from which the next release carries on
    Column("state", String(10), nullable=False),  # "published", "superseded" or "withdrawn"
    Column("reason", Text, nullable=True),  # of its withdrawal
    Index("releases_by_force", "force", "id"),
)
