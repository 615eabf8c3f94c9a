"""Who did what, and whether the chain that tells it is whole."""

from typing import Final

from fastapi.responses import Response
from sqlalchemy import select

from service.store import audit
from service.store.tables import AUDIT
from service.web.page import page
from service.web.visit import CurrentVisit, tell

_LATEST: Final = 100  # entries of a list on one page


def audit_page(visit: CurrentVisit) -> Response:
    """Show the newest entries of the chain, and whether it is whole; that somebody looked is an entry too."""
    tell(visit, "consultation", "audit")
    with visit.store.reading() as reading:
        found = audit.verify(reading)
        rows = reading.execute(select(AUDIT).order_by(AUDIT.c.number.desc()).limit(_LATEST)).mappings().all()
    return page(visit, "audit.html", found=found, rows=[dict(row) for row in rows])
