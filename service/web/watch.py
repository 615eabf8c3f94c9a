"""A line of every asking, and an answer where the fault is ours: doors, roles, times; never rows, names, tokens."""

import secrets
import sys
import time
import traceback
from pathlib import Path
from typing import Final, Protocol

import structlog
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.web.page import said

OUR_FAULT: Final = "This is our fault, not yours. Whoever looks after the service finds it by its number: {number}."


class Log(Protocol):
    """What takes a line: an event and its facts."""

    def info(self, event: str, **facts: object) -> object:
        """Take what happened."""

    def error(self, event: str, **facts: object) -> object:
        """Take what went wrong with us."""


def written_log() -> Log:
    """Return a log that writes a line of JSON to standard error for each event."""
    log: Log = structlog.wrap_logger(
        structlog.PrintLogger(sys.stderr),
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(sort_keys=True),
        ],
        wrapper_class=structlog.BoundLogger,
    )
    return log


class Watched:
    """
    The application, watched.

    Parameters
    ----------
    app : the application
    log : where the lines go
    """

    def __init__(self, app: ASGIApp, log: Log) -> None:
        self.app, self.log = app, log

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass an asking on; tell of it afterwards."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        number, began, status = secrets.token_hex(8), time.perf_counter(), 0

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message["headers"], (b"x-request-id", number.encode())]
            await send(message)

        try:
            await self.app(scope, receive, sending)
        except Exception as error:
            self.log.error("fault", request=number, kind=type(error).__name__, place=_place(error))
            if not status:
                answer = said(Request(scope), 500, OUR_FAULT.format(number=number))
                await answer(scope, receive, sending)
        finally:
            milliseconds = round((time.perf_counter() - began) * 1000, 1)
            self.log.info("asked", request=number, **_facts(scope), status=status, milliseconds=milliseconds)


def _facts(scope: Scope) -> dict[str, str]:
    """Return the door by its line in the table, not by what was asked: an address may hold a name."""
    route, visit = scope.get("route"), scope.get("state", {}).get("visit")
    session = getattr(visit, "session", None)
    account = getattr(session, "account", None)
    door = f"{scope['method']} {route.path}" if route is not None else "none"
    return {"door": door, "role": "public" if account is None else account.role}


def _place(error: Exception) -> str:
    """Return where it went wrong; never what was said of it, which may hold a row of data."""
    last = traceback.extract_tb(error.__traceback__)[-1]
    return f"{Path(last.filename).name}:{last.lineno}"
