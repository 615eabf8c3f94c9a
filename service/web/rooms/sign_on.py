"""The way in through the force's own sign-on."""

from typing import Annotated

from fastapi import Query
from fastapi.responses import RedirectResponse, Response

from service.web.page import with_cookie
from service.web.sessions import begin_session, end_session
from service.web.visit import CurrentVisit

Brought = Annotated[str, Query(max_length=4000)]


def begin(visit: CurrentVisit) -> Response:
    """Send a browser to the provider; to the log-in, where there is none."""
    provider = visit.settings.sign_on
    if provider is None:
        return RedirectResponse("/log-in", status_code=303)
    from service.web.sign_on import ask

    session = visit.session or begin_session(visit.store)
    return with_cookie(RedirectResponse(ask(visit.store, session, provider), status_code=303), session)


def come_back(visit: CurrentVisit, state: Brought = "", code: Brought = "") -> Response:
    """Let in whom the provider vouches for, with a new session."""
    provider = visit.settings.sign_on
    if provider is None:
        return RedirectResponse("/log-in", status_code=303)
    from service.web.sign_on import answer

    account = answer(visit.store, visit.session, provider, state=state, code=code)
    end_session(visit.store, visit.session)
    return with_cookie(RedirectResponse("/", status_code=303), begin_session(visit.store, account))
