"""Reports on hot spots: written once, withdrawn rather than changed, and shown to those whom their handling allows."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import RowMapping, insert, select, update

from geodata.errors import InputError, NotFoundError
from geodata.tables import PRIORITIES
from service.intelligence.grading import Grading, read_grading
from service.store import Store, audit
from service.store.tables import REPORTS
from service.tasking.published import Tasked

OWNER: Final = "intelligence"  # the role that sees every report of its force
SHARED_WITH: Final = ("analyst", "planner", "tasking")  # the roles that may see a report, as its handling allows
LONGEST: Final = 2_000


@dataclass(frozen=True)
class Report:
    """
    A report.

    Parameters
    ----------
    hotspot : as the newest run names it
    body : what is said: of the place, not of people
    grading : of either system
    conditions : of sharing; under handling code C there must be some, and under P none
    shared_with : roles that the conditions let see it
    """

    hotspot: str
    body: str
    grading: Grading
    conditions: str = ""
    shared_with: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not 0 < len(self.body) <= LONGEST:
            raise InputError(f"A report must say something, in at most {LONGEST:,} characters.")
        if self.grading.shared == bool(self.conditions or self.shared_with):
            raise InputError("A report with handling code C must say its conditions, and one with code P has none.")
        if not set(self.shared_with) <= set(SHARED_WITH):
            raise InputError(f"A report may be shared with {', '.join(SHARED_WITH)}.")


def write_report(store: Store, tasked: Tasked, report: Report, *, actor: str) -> int:
    """
    Keep a report on a hot spot of a run, and return its number.

    Raises
    ------
    NotFoundError
        If the run has no such hot spot.
    """
    spot = next((spot for spot in tasked.spots if spot["hotspot_id"] == report.hotspot), None)
    if spot is None:
        raise NotFoundError("There is no such hot spot in the newest run.")
    row = {
        "force": tasked.force, "hotspot": report.hotspot, "run_id": tasked.number, "ward": spot["ward"],
        "at": store.now, "actor": actor, "body": report.body, "grading": report.grading.code,
        "original": report.grading.original, "conditions": report.conditions,
        "shared_with": json.dumps(sorted(report.shared_with)), "state": "current",
    }  # fmt: skip
    with store.writing() as writing:
        number = int(writing.execute(insert(REPORTS).values(**row).returning(REPORTS.c.id)).scalar_one())
        audit.append(
            writing, at=row["at"], actor=actor, act="collection", subject=f"intelligence of {tasked.force}",
            details={"report": number, "hotspot": report.hotspot, "grading": report.grading.original},
        )  # fmt: skip
    return number


def withdraw_report(store: Store, force: str, number: int, *, actor: str) -> None:
    """
    Withdraw a report: it is kept, and shown and weighed no more.

    Raises
    ------
    NotFoundError
        If the force has no such report that stands.
    """
    own = (REPORTS.c.id == number, REPORTS.c.force == force, REPORTS.c.state == "current")
    with store.writing() as writing:
        if writing.execute(update(REPORTS).where(*own).values(state="withdrawn")).rowcount == 0:
            raise NotFoundError("There is no such report.")
        audit.append(
            writing, at=store.now, actor=actor, act="alteration", subject=f"intelligence of {force}",
            details={"report": number, "done": "withdrawn"},
        )  # fmt: skip


def see_reports(store: Store, force: str, role: str, *, actor: str) -> list[dict[str, Any]]:
    """Return the reports that a role may see, the newest first; that somebody looked is an entry of the audit."""
    found = [row for row in _standing(store, force) if _may_see(row, role)]
    _tell(store, force, actor, "consultation", {"reports": [row["id"] for row in found]})
    return found


def export_reports(store: Store, force: str, *, recipient: str, actor: str) -> list[dict[str, Any]]:
    """
    Return the reports that may leave without conditions; to whom they go is an entry of the audit.

    Raises
    ------
    InputError
        If nobody is named.
    """
    if not recipient:
        raise InputError("An export must say to whom it goes.")
    standing = _standing(store, force)
    found = [row for row in standing if read_grading(row["grading"]).shared]
    told = {"to": recipient, "reports": [row["id"] for row in found], "withheld": len(standing) - len(found)}
    _tell(store, force, actor, "disclosure", told)
    return found


def standing_points(store: Store, force: str) -> dict[str, float]:
    """Return the sum of points of every ward's reports that stand, whoever may see them: only sums leave."""
    points: dict[str, float] = {}
    for row in sorted(_standing(store, force), key=lambda row: row["id"]):
        points[row["ward"]] = points.get(row["ward"], 0.0) + read_grading(row["grading"]).points
    return dict(sorted(points.items()))


def weighed(priorities: Mapping[str, float], points: Mapping[str, float], weight: float) -> dict[str, float]:
    """
    Return what each ward counts for when its reports weigh in: its priority x (1 + weight x points), within bounds.

    Parameters
    ----------
    priorities : by code, 1 where it is missing
    points : by code, of `standing_points`
    weight : of the force's profile; 0 changes nothing

    Returns
    -------
    priorities : by code; bounded as a community priority is
    """
    low, high = PRIORITIES
    factors = {ward: 1.0 + weight * sum_ for ward, sum_ in points.items() if weight * sum_ > 0}
    changed = {ward: min(max(priorities.get(ward, 1.0) * factor, low), high) for ward, factor in factors.items()}
    return {**priorities, **changed}


def _standing(store: Store, force: str) -> list[dict[str, Any]]:
    asked = select(REPORTS).where(REPORTS.c.force == force, REPORTS.c.state == "current").order_by(REPORTS.c.id.desc())
    with store.reading() as reading:
        return [_row(row) for row in reading.execute(asked).mappings()]


def _row(row: RowMapping) -> dict[str, Any]:
    return dict(row) | {"shared_with": json.loads(row["shared_with"])}


def _may_see(row: Mapping[str, Any], role: str) -> bool:
    return role == OWNER or (
        role in SHARED_WITH and (read_grading(row["grading"]).shared or role in row["shared_with"])
    )


def _tell(store: Store, force: str, actor: str, act: str, details: Mapping[str, Any]) -> None:
    with store.writing() as writing:
        audit.append(writing, at=store.now, actor=actor, act=act, subject=f"intelligence of {force}", details=details)
