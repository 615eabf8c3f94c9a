"""Pages: GOV.UK Design System components, without crown or GDS Transport, under a policy that lets nothing else in."""

import json
import secrets
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Final
from zoneinfo import ZoneInfo

import jinja2
from fastapi import Form, Request
from fastapi.responses import HTMLResponse, JSONResponse, Response

from geodata.tables import TIME_ZONE
from maps import words
from maps.tasking.dates import day
from service.web.accounts import Account
from service.web.roles import may
from service.web.sessions import Session
from service.web.visit import COOKIE, FORM_HEADER, Visit, visit_of

TEMPLATES: Final = Path(__file__).parent / "templates"
_POLICY: Final = (
    "default-src 'none'; script-src 'nonce-{nonce}'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "frame-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
HEADERS: Final = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
}
WAYS: Final = (  # what the head of a page offers: permission, address, words
    ("import", "/imports", "Imports"),
    ("import", "/files", "Files"),
    ("see map", "/runs", "Runs"),
    ("plan", "/scenarios", "Scenarios"),
    ("queue", "/jobs", "Work"),
    ("see map", "/tasking", "Tasking"),
    ("patrol", "/patrols", "Patrols"),
    ("patrol", "/patrols/delivery", "Delivered"),
    ("prioritise", "/panel", "Neighbourhoods"),
    ("see map", "/intelligence", "Intelligence"),
    ("see releases", "/releases", "Public"),
    ("audit", "/audit", "Audit"),
    ("administer", "/accounts", "Accounts"),
)
NATIONAL_WAYS: Final = (  # what it offers an account of the nation in place of a force's rooms
    ("import", "/files", "Files"),
    ("run", "/national", "National"),
    ("queue", "/jobs", "Work"),
    ("audit", "/audit", "Audit"),
    ("administer", "/accounts", "Accounts"),
)
_HEADINGS: Final = {
    401: "Sign in first",
    403: "This is not open to you",
    404: "There is nothing here",
    413: "This is too large",
    429: "Too often, too soon",
    500: "Something went wrong here",
}
_MONTHS: Final = (  # not the machine's language
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip

Typed = Annotated[str, Form(max_length=200)]
"""A short line of a form."""


def page(visit: Visit, template: str, *, status: int = 200, **content: Any) -> Response:
    """Return a page of the visit, or, where a program asks, what the page would tell."""
    account = None if visit.session is None else visit.session.account
    common = {"account": account, "ways": ways_of(account)}
    if visit.program:
        return _facts(visit, status, common | content)
    nonce, token = secrets.token_urlsafe(16), "" if visit.session is None else visit.session.form_token
    written = _environment().get_template(template).render(nonce=nonce, form_token=token, **common, **content)
    policy = {"Content-Security-Policy": _POLICY.format(nonce=nonce)}
    return HTMLResponse(written, status_code=status, headers=HEADERS | policy)


def ways_of(account: Account | None) -> list[dict[str, str]]:
    """Return what the head of a page offers an account."""
    if account is None:
        return []
    offered = NATIONAL_WAYS if account.sees_every_force else WAYS
    return [
        {"address": address, "words": words} for permission, address, words in offered if may(account.role, permission)
    ]


def with_cookie(answer: Response, session: Session | None) -> Response:
    """Return `answer` with the session's cookie, which no script reads and no other site sends."""
    if session is not None:
        answer.set_cookie(COOKIE, session.token, httponly=True, secure=True, samesite="lax", path="/")
    return answer


def said(request: Request, status: int, sentence: str) -> Response:
    """Return why a door did not open: a page for a browser, and for a program the sentence."""
    if wants_a_page(request):
        heading = _HEADINGS.get(status, "This did not work")
        return page(visit_of(request), "said.html", status=status, title=heading, sentence=sentence)
    return JSONResponse({"error": sentence}, status_code=status, headers=HEADERS)


def wants_a_page(request: Request) -> bool:
    """Return whether a browser asks."""
    return "text/html" in request.headers.get("accept", "")


def _facts(visit: Visit, status: int, content: dict[str, Any]) -> Response:
    headers = HEADERS | ({FORM_HEADER: visit.session.form_token} if visit.session else {})
    if content.get("error"):
        return JSONResponse({"error": content["error"]}, status_code=status, headers=headers)
    if visit.answer is None:
        return JSONResponse({"error": "This door shows a page only."}, status_code=406, headers=headers)
    told = visit.answer.model_validate(content, from_attributes=True)
    return JSONResponse(told.model_dump(mode="json"), status_code=status, headers=headers)


def _when(written: str) -> str:
    """Return a moment of the catalogue in words, by the clock on the wall: 1 July 2024, 10:05."""
    moment = datetime.fromisoformat(written).astimezone(ZoneInfo(TIME_ZONE))
    return f"{moment.day} {_MONTHS[moment.month - 1]} {moment:%Y, %H:%M}"


def _listed(written: str) -> str:
    """Return the facts of an entry of the audit in words: import 3, months 2024-05 and 2024-06."""
    facts: dict[str, Any] = json.loads(written)
    told = {key: words.listing(map(str, held)) if isinstance(held, list) else held for key, held in facts.items()}
    return ", ".join(f"{key.replace('_', ' ')} {held}" for key, held in told.items() if held not in ("", None))


@cache
def _environment() -> jinja2.Environment:
    loader = jinja2.ChoiceLoader(
        [
            jinja2.FileSystemLoader(TEMPLATES),
            jinja2.PrefixLoader({"govuk_frontend_jinja": jinja2.PackageLoader("govuk_frontend_jinja")}),
        ]
    )
    # The components ask for parameters that nobody gave: an undefined value must answer with another.
    made = jinja2.Environment(loader=loader, autoescape=True, undefined=jinja2.ChainableUndefined, trim_blocks=True)
    made.filters |= {"day": day, "when": _when, "listed": _listed}
    return made
