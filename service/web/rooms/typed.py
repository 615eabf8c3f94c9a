"""What is typed at a door, and how a run's own page is shown in a frame."""

from pathlib import Path
from typing import Annotated, Final

from fastapi import Form
from fastapi import Path as InPath
from fastapi.responses import FileResponse, Response

from geodata.errors import InputError, NotFoundError
from maps.words import printable
from service.tasking.published import Tasked
from service.web.page import HEADERS

_LARGEST: Final = 2**31 - 1  # number of a row, on either database

Number = Annotated[int, InPath(ge=1, le=_LARGEST)]
"""A row's number in an address."""

Text = Annotated[str, Form(max_length=2_000)]
"""A few sentences of a form."""

# It runs its own scripts, as a page of nobody: it reaches no cookie, no other page and no server.
FRAMED: Final = HEADERS | {"Content-Security-Policy": "sandbox allow-scripts allow-downloads; frame-ancestors 'self'"}


def line(text: str) -> str:
    """Return what was typed on one line, without anything that is not to be seen."""
    return printable(text).strip()


def number_of(text: str, what: str) -> float:
    """
    Return what was typed as a number.

    Raises
    ------
    InputError
        If it is none.
    """
    try:
        return float(text)
    except ValueError:
        raise InputError(f"{what} must be a number.") from None


def framed(tasked: Tasked, name: str) -> Response:
    """
    Return a page that a run made, to be shown in a frame.

    Raises
    ------
    NotFoundError
        If the run has not made it.
    """
    if name not in tasked.products:
        raise NotFoundError("The run did not make this page.")
    return FileResponse(Path(tasked.folder, name), media_type="text/html; charset=utf-8", headers=FRAMED)
