"""Pages: GOV.UK Design System components, without crown or GDS Transport, under a policy that lets nothing else in."""

import secrets
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Final

import jinja2
from fastapi import Form
from fastapi.responses import HTMLResponse, Response

from service.web.accounts import Session
from service.web.roles import may
from service.web.visit import COOKIE, Visit

TEMPLATES: Final = Path(__file__).parent / "templates"
_POLICY: Final = (
    "default-src 'none'; script-src 'nonce-{nonce}'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "frame-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
HEADERS: Final = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
}
WAYS: Final = (  # what the head of a page offers: permission, address, words
    ("import", "/imports", "Imports"),
    ("audit", "/audit", "Audit"),
    ("administer", "/accounts", "Accounts"),
)

Typed = Annotated[str, Form(max_length=200)]
"""A short line of a form."""


def page(visit: Visit, template: str, *, status: int = 200, **content: Any) -> Response:
    """Return a page of the visit."""
    nonce = secrets.token_urlsafe(16)
    session = visit.session
    account = None if session is None else session.account
    ways = [(address, words) for permission, address, words in WAYS if account and may(account.role, permission)]
    written = (
        _environment()
        .get_template(template)
        .render(
            account=account, ways=ways, nonce=nonce, form_token="" if session is None else session.form_token, **content
        )
    )
    policy = {"Content-Security-Policy": _POLICY.format(nonce=nonce)}
    return HTMLResponse(written, status_code=status, headers=HEADERS | policy)


def with_cookie(answer: Response, session: Session | None) -> Response:
    """Return `answer` with the session's cookie, which no script reads and no other site sends."""
    if session is not None:
        answer.set_cookie(COOKIE, session.token, httponly=True, secure=True, samesite="lax", path="/")
    return answer


@cache
def _environment() -> jinja2.Environment:
    loader = jinja2.ChoiceLoader(
        [
            jinja2.FileSystemLoader(TEMPLATES),
            jinja2.PrefixLoader({"govuk_frontend_jinja": jinja2.PackageLoader("govuk_frontend_jinja")}),
        ]
    )
    # The components ask for parameters that nobody gave: an undefined value must answer with another.
    return jinja2.Environment(loader=loader, autoescape=True, undefined=jinja2.ChainableUndefined, trim_blocks=True)
