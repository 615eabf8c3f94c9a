"""What a force gave besides crimes, what the service was asked to work on, and what came of it."""

from typing import Final

from sqlalchemy import Column, Float, ForeignKey, Index, Integer, String, Table, Text

from service.store.tables._metadata import METADATA

# A file of a force: its profile, areas, streets. The bytes lie in the store's folder by their fingerprint.
FILES: Final = Table(
    "files",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("force", String(64), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("name", Text, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("at", String(32), nullable=False),
    Column("actor", Text, nullable=False),
    Column("state", String(10), nullable=False),  # "current" or "superseded"
    Index("files_by_kind", "force", "kind"),
)

JOBS: Final = Table(
    "jobs",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("force", String(64), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("request", Text, nullable=False),  # JSON
    Column("actor", Text, nullable=False),
    Column("at", String(32), nullable=False),
    Column("state", String(10), nullable=False),  # "waiting", "running", "done", "failed" or "cancelled"
    Column("stage", Text, nullable=False),  # what it is at, in words
    Column("share", Float, nullable=False),  # of the work done, 0 to 1
    Column("attempts", Integer, nullable=False),  # how often a worker has begun it
    Column("worker", String(64), nullable=True),  # who works on it
    Column("seen", String(32), nullable=True),  # when the worker was last heard of
    Column("ended", String(32), nullable=True),
    Column("outcome", Text, nullable=True),  # JSON, or the sentence of what went wrong
    Index("jobs_by_state", "state", "id"),
)

# A run of the working cycle: its products lie in the store's folder, with their manifest.
RUNS: Final = Table(
    "runs",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("force", String(64), nullable=False),
    Column("job_id", Integer, ForeignKey("jobs.id"), nullable=False),
    Column("run", String(64), nullable=False),  # the manifest's
    Column("at", String(32), nullable=False),
    Column("until", String(10), nullable=False),  # last day of the crimes that it knew
    Column("folder", Text, nullable=False),  # of its products, within the store's folder
    Column("state", String(10), nullable=False),  # "made", "published", "withdrawn" or "erased"
    Column("erased_since", String(32), nullable=True),  # when something that it was made from was erased
    Index("runs_by_force", "force", "id"),
)
