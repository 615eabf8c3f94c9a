"""The doors as programs see them: an OpenAPI document of the same table, typed by what each door tells."""

from typing import Any, Final

from fastapi import FastAPI
from pydantic import BaseModel

from service.web.doors import Door
from service.web.roles import PUBLIC
from service.web.visit import COOKIE, FORM_HEADER

ABOUT: Final = (
    "Every door tells a program facts where it shows a browser a page: ask with `Accept: application/json`. "
    "Sign in at `/log-in` and keep the cookie; each answer brings a token in the header `X-Form-Token`, "
    "which every POST must bring back. A door that has changed something answers 303 with the address of what to see."
)


class Problem(BaseModel):
    """Why a door did not open, in a sentence."""

    error: str


def answers_of(door: Door) -> dict[int | str, dict[str, Any]]:
    """Return what a door may answer, by status, as FastAPI takes it."""
    refusals = [400, 403, 404, 422] if door.permission == PUBLIC else [400, 401, 403, 404, 422, 429]
    if door.method != "GET":
        refusals += [403, 406, 409, 411, 413, 429]
    told: dict[int | str, dict[str, Any]] = {status: {"model": Problem} for status in sorted(set(refusals))}
    told |= {303: {"description": "Done: see the address."}}
    if door.method != "GET":
        return told
    return told | ({200: {"model": door.answer}} if door.answer else {200: {"description": "A file."}})


def document(app: FastAPI) -> dict[str, Any]:
    """Return the OpenAPI document of an application, with the keys that its doors ask for."""
    whole = app.openapi()
    whole["components"]["securitySchemes"] = {
        "session": {"type": "apiKey", "in": "cookie", "name": COOKIE},
        "form": {"type": "apiKey", "in": "header", "name": FORM_HEADER},
    }
    return whole
