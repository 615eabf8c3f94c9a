"""The application: the doors of the table and nothing else, and one table from what went wrong to what is answered."""

from collections.abc import Awaitable, Callable, Coroutine
from functools import cache
from importlib.metadata import version
from typing import Any, Final

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, RedirectResponse, Response
from fastapi.routing import APIRoute, APIRouter
from sqlalchemy.exc import DataError, DBAPIError
from starlette.exceptions import HTTPException
from starlette.routing import BaseRoute

from geodata.errors import InputError, NotFoundError
from service.store import Store
from service.store.trouble import AWAY, trouble
from service.web.accounts import NotPermittedHereError, SignOnError
from service.web.doors import DOORS
from service.web.interface import ABOUT, answers_of
from service.web.page import said, wants_a_page
from service.web.settings import Settings
from service.web.throttle import TooOftenError
from service.web.visit import (
    NotPermittedError,
    NotSignedInError,
    StaleFormError,
    TooLargeError,
    UnmeasuredError,
    enter,
)
from service.web.vouching import NotTrustedError
from service.web.watch import Log, Watched

_ANSWERS: Final[dict[type[Exception], tuple[int, str]]] = {
    InputError: (400, ""),  # its own sentence
    NotFoundError: (404, ""),
    RequestValidationError: (
        422,
        "A field of the form is empty, too long or no number: mend it, and send it again.",
    ),
    NotPermittedError: (403, "Your account may not come through this door."),
    StaleFormError: (403, "The form was old or not ours: go back, load the page again, and send it again."),
    TooOftenError: (429, ""),
    NotPermittedHereError: (403, ""),
    SignOnError: (403, ""),
    NotTrustedError: (403, "Only the proxy of the settings may say who asks."),
    DataError: (400, "What was sent holds a character or number that cannot be kept."),
    TooLargeError: (413, ""),
    UnmeasuredError: (411, "What is sent must say how long it is."),
}
_UNOPENED: Final = {400: "What was sent could not be read.", 404: "There is no such door."}
_BY_ADDRESS: Final = {(door.method, door.path): door for door in DOORS}


class _DoorRoute(APIRoute):
    """A door asks who comes before anything of what they send is read."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        inside = super().get_route_handler()
        door = _BY_ADDRESS[min(self.methods or ()), self.path]

        async def handler(request: Request) -> Response:
            await enter(request, door)
            return await inside(request)

        return handler


@cache  # they know no application, and take the greater part of the time to make one
def _routes() -> tuple[BaseRoute, ...]:
    router = APIRouter(route_class=_DoorRoute)
    for door in DOORS:
        router.add_api_route(
            door.path, door.handler, methods=[door.method], response_model=None, responses=answers_of(door),
            response_class=JSONResponse if door.answer else Response, status_code=200 if door.method == "GET" else 303,
        )  # fmt: skip
    return tuple(router.routes)


def create_app(settings: Settings, store: Store, *, log: Log | None = None) -> FastAPI:
    """
    Return the service.

    Parameters
    ----------
    settings : how it is set
    store : what it keeps, and its clock
    log : where a line of every asking goes; without it nothing is written, and our own faults go through
    """
    app = FastAPI(
        title="Beatplan",
        version=version("beatplan"),
        description=ABOUT,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        telemetry={"tracing": False, "metrics": False},
    )
    app.state.settings, app.state.store = settings, store
    app.router.routes.extend(_routes())
    for kind, (status, sentence) in _ANSWERS.items():
        app.add_exception_handler(kind, _answer(status, sentence))
    for kept in (OSError, DBAPIError):
        app.add_exception_handler(kept, _in_trouble)
    app.add_exception_handler(NotSignedInError, _to_the_log_in)
    app.add_exception_handler(HTTPException, _nothing_there)
    if log is not None:
        app.add_middleware(Watched, log=log)
    return app


def _answer(status: int, sentence: str) -> Callable[[Request, Exception], Awaitable[Response]]:
    async def answer(request: Request, error: Exception) -> Response:
        return said(request, status, sentence or str(error))

    return answer


async def _in_trouble(request: Request, error: Exception) -> Response:
    """Say that nothing can be kept at the moment; whatever else it is, is our fault."""
    sentence = trouble(error)
    if sentence is None:
        raise error
    return said(request, 503 if sentence == AWAY else 507, sentence)


async def _to_the_log_in(request: Request, _: Exception) -> Response:
    if request.method == "GET" and wants_a_page(request):
        return RedirectResponse("/log-in", status_code=303)
    return said(request, 401, "Sign in first.")


async def _nothing_there(request: Request, error: Exception) -> Response:
    status = getattr(error, "status_code", 404)
    return said(request, status, _UNOPENED.get(status, "This door does not open so."))
