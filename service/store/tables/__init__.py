"""The catalogue's tables; `migrations` makes them, and a test holds the two to each other."""

from service.store.tables._metadata import METADATA
from service.store.tables.accounts import ACCOUNTS, FAILURES, SESSIONS
from service.store.tables.crimes import AUDIT, IMPORTS, REJECTS, SEGMENTS
from service.store.tables.work import FILES, JOBS, RUNS

__all__ = [
    "ACCOUNTS", "AUDIT", "FAILURES", "FILES", "IMPORTS", "JOBS", "METADATA", "REJECTS", "RUNS", "SEGMENTS", "SESSIONS",
]  # fmt: skip
