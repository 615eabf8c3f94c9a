"""The application: the doors of the table and nothing else, and one table from what went wrong to what is answered."""

from collections.abc import Awaitable, Callable
from typing import Final

from fastapi import Depends, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, RedirectResponse, Response
from starlette.exceptions import HTTPException

from geodata.errors import InputError, NotFoundError
from service.store import Store
from service.web.accounts import TooManyFailuresError
from service.web.doors import DOORS
from service.web.page import HEADERS
from service.web.settings import Settings
from service.web.visit import NotPermittedError, NotSignedInError, StaleFormError, at_the_door

_ANSWERS: Final[dict[type[Exception], tuple[int, str]]] = {
    InputError: (400, ""),  # its own sentence
    NotFoundError: (404, ""),
    RequestValidationError: (
        422,
        "What was sent does not fit this door: something is missing, too long or no number.",
    ),
    NotPermittedError: (403, "Your account may not come through this door."),
    StaleFormError: (403, "The form was old or not ours: go back, load the page again, and send it again."),
    TooManyFailuresError: (429, "Too many log-ins have failed. Wait a quarter of an hour, and try again."),
}


def create_app(settings: Settings, store: Store) -> FastAPI:
    """
    Return the service.

    Parameters
    ----------
    settings : how it is set
    store : what it keeps, and its clock
    """
    app = FastAPI(
        title="Beatplan",
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        telemetry={"tracing": False, "metrics": False},
        max_body_size=settings.largest_upload,
    )
    app.state.settings, app.state.store = settings, store
    for door in DOORS:
        first = [Depends(at_the_door(door.permission))]
        app.add_api_route(door.path, door.handler, methods=[door.method], dependencies=first, response_model=None)
    for kind, (status, sentence) in _ANSWERS.items():
        app.add_exception_handler(kind, _answer(status, sentence))
    app.add_exception_handler(NotSignedInError, _to_the_log_in)
    app.add_exception_handler(HTTPException, _nothing_there)
    return app


def _answer(status: int, sentence: str) -> Callable[[Request, Exception], Awaitable[Response]]:
    async def answer(_: Request, error: Exception) -> Response:
        return _said(status, sentence or str(error))

    return answer


async def _to_the_log_in(request: Request, _: Exception) -> Response:
    if request.method == "GET" and "text/html" in request.headers.get("accept", ""):
        return RedirectResponse("/log-in", status_code=303)
    return _said(401, "Sign in first.")


async def _nothing_there(_: Request, error: Exception) -> Response:
    status = getattr(error, "status_code", 404)
    return _said(status, "There is no such door." if status == 404 else "This door does not open so.")


def _said(status: int, sentence: str) -> Response:
    return JSONResponse({"error": sentence}, status_code=status, headers=HEADERS)
