"""Reports of intelligence on the places of the newest run."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any, Final

import pandas as pd
from fastapi import Form, Query
from fastapi.responses import RedirectResponse, Response

from geodata.errors import InputError, NotFoundError
from service.intelligence import reports
from service.intelligence.grading import ASSESSMENTS, HANDLING, SOURCES, read_grading
from service.tasking.published import newest
from service.web.page import HEADERS, Typed, page
from service.web.roles import may
from service.web.rooms.typed import Number, Text, line
from service.web.visit import CurrentVisit, Visit

_COLUMNS: Final = ["id", "hotspot", "ward", "at", "grading", "original", "body"]
Roles = Annotated[list[str], Form(max_length=len(reports.SHARED_WITH))]


def intelligence_page(visit: CurrentVisit) -> Response:
    """Show the reports that the account may see; that it looked is told to the audit."""
    return _page(visit)


def add_report(
    visit: CurrentVisit, hotspot: Typed = "", body: Text = "", source: Typed = "", assessment: Typed = "",
    handling: Typed = "", old: Typed = "", conditions: Text = "", shared_with: Roles = [],  # noqa: B006 - FastAPI's way
) -> Response:  # fmt: skip
    """Keep a report; the grading of an older one, where there is one, instead of the three answers."""
    tasked = newest(visit.store, visit.account.force)
    if tasked is None:
        raise NotFoundError("No run has been published yet.")
    try:
        grading = read_grading(old or source + assessment + handling)
        told = reports.Report(hotspot, line(body), grading, line(conditions), tuple(shared_with))
        reports.write_report(visit.store, tasked, told, actor=visit.account.name)
    except NotFoundError:
        raise
    except InputError as reason:
        return _page(visit, status=400, error=str(reason))
    return RedirectResponse("/intelligence", status_code=303)


def withdraw_report(visit: CurrentVisit, number: Number) -> Response:
    """Withdraw a report."""
    reports.withdraw_report(visit.store, visit.account.force, number, actor=visit.account.name)
    return RedirectResponse("/intelligence", status_code=303)


def reports_file(visit: CurrentVisit, to: Annotated[str, Query(max_length=200)] = "") -> Response:
    """Hand over the reports that may leave without conditions, to somebody named."""
    from maps.tables.spreadsheet import write_table

    rows = reports.export_reports(visit.store, visit.account.force, recipient=line(to), actor=visit.account.name)
    with TemporaryDirectory() as folder:
        table = pd.DataFrame(rows, columns=_COLUMNS)
        written = write_table(table, Path(folder) / "intelligence.csv").read_bytes()
    offered = {"Content-Disposition": 'attachment; filename="intelligence.csv"'}
    return Response(written, media_type="text/csv; charset=utf-8", headers=HEADERS | offered)


def _page(visit: Visit, *, status: int = 200, error: str = "") -> Response:
    store, account = visit.store, visit.account
    tasked = newest(store, account.force)
    rows = reports.see_reports(store, account.force, account.role, actor=account.name)
    names = {} if tasked is None else {spot["hotspot_id"]: spot["name"] for spot in tasked.spots}
    weight = 0.0 if tasked is None else tasked.profile.intelligence.weight
    wards = {} if tasked is None else tasked.wards
    weighed = reports.weighed({}, reports.standing_points(store, account.force), weight)
    return page(
        visit, "intelligence.html", status=status, error=error, writes=may(account.role, "handle intelligence"),
        rows=[_shown(row) for row in rows], spots=[{"hotspot": key, "name": name} for key, name in names.items()],
        weight=weight, weighed=[{"ward": wards.get(code, code), "factor": each} for code, each in weighed.items()],
        sources=SOURCES, assessments=ASSESSMENTS, handlings=HANDLING, roles=reports.SHARED_WITH,
    )  # fmt: skip


def _shown(row: dict[str, Any]) -> dict[str, Any]:
    return row | {"shareable": read_grading(row["grading"]).shared}
