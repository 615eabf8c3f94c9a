"""What was imported."""

from typing import Final

from fastapi.responses import Response
from sqlalchemy import select

from service.store.tables import IMPORTS
from service.web.page import page
from service.web.visit import CurrentVisit

_LATEST: Final = 100  # entries of a list on one page


def imports(visit: CurrentVisit) -> Response:
    """Show the newest imports of the account's force: rows read, accepted, refused."""
    asked = select(IMPORTS).where(IMPORTS.c.force == visit.account.force).order_by(IMPORTS.c.id.desc()).limit(_LATEST)
    with visit.store.reading() as reading:
        rows = [dict(row) for row in reading.execute(asked).mappings()]
    return page(visit, "imports.html", rows=rows)
