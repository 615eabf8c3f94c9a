"""The catalogue's tables; `migrations` makes them, and a test holds the two to each other."""

from service.store.tables._metadata import METADATA
from service.store.tables.accounts import ACCOUNTS, FAILURES, SESSIONS
from service.store.tables.crimes import AUDIT, IMPORTS, REJECTS, SEGMENTS
from service.store.tables.intelligence import REPORTS
from service.store.tables.meeting import DECISIONS, MEETINGS, PETITIONS, PRIORITIES
from service.store.tables.patrols import DEBRIEF_STOPS, DEBRIEFS
from service.store.tables.public import RELEASES
from service.store.tables.sign_on import SIGN_ONS
from service.store.tables.work import FILES, JOBS, RUNS

__all__ = [
    "ACCOUNTS", "AUDIT", "DEBRIEFS", "DEBRIEF_STOPS", "DECISIONS", "FAILURES", "FILES", "IMPORTS", "JOBS", "MEETINGS",
    "METADATA", "PETITIONS", "PRIORITIES", "REJECTS", "RELEASES", "REPORTS", "RUNS", "SEGMENTS", "SESSIONS",
    "SIGN_ONS",
]  # fmt: skip
