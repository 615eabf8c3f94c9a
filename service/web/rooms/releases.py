"""What everybody is told: the preview of a release, its publication and withdrawal, and the one page for the public."""

from typing import Annotated, Any, Final

from fastapi import Form
from fastapi import Path as InPath
from fastapi.responses import FileResponse, RedirectResponse, Response

from geodata.errors import InputError, NotFoundError
from service import releases
from service.quarters import Quarter, words_of
from service.releases import FIGURES, FILES, LAYER, LONGEST_REASON, PAGE, Published
from service.store.runs import find_run
from service.web.page import HEADERS, page
from service.web.roles import may
from service.web.rooms.typed import Number, Text, line
from service.web.visit import CurrentVisit, Visit, tell

Force = Annotated[str, InPath(max_length=64)]
FileName = Annotated[str, InPath(max_length=40)]
# A page for the public runs nothing and loads nothing.
_POLICY: Final = HEADERS | {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'",
    "Cache-Control": "max-age=300",
}


def public_page(visit: CurrentVisit) -> Response:
    """Show what is published, to anybody."""
    rows = [_shown(each) for each in releases.standing(visit.store)]
    return page(visit, "public.html", rows=rows)


def public_file(visit: CurrentVisit, force: Force, name: FileName) -> Response:
    """Return the page of a force's release, its table or its layer, to anybody."""
    found = next((each for each in releases.standing(visit.store) if each.force == force), None)
    if found is None or name not in FILES:
        raise NotFoundError("Nothing of that name is published.")
    path = visit.store.folder / found.folder / name
    return FileResponse(path, media_type=FILES[name], filename=None if name == PAGE else name, headers=_POLICY)


def preview(visit: CurrentVisit, number: Number) -> Response:
    """Show what a run would print for everybody, and how much of it is withheld."""
    return _preview(visit, number)


def publish(visit: CurrentVisit, number: Number) -> Response:
    """Publish what a run made for the public."""
    run = find_run(visit.store, visit.account.force, number, published_only=False)
    try:
        releases.release(visit.store, run, actor=visit.account.name)
    except InputError as reason:
        return _preview(visit, number, status=400, error=str(reason))
    return RedirectResponse("/releases", status_code=303)


def releases_page(visit: CurrentVisit) -> Response:
    """Show every release of the force."""
    return _releases(visit)


def withdraw(
    visit: CurrentVisit,
    number: Number,
    reason: Text = "",
    never: Annotated[list[str], Form(max_length=400)] = [],  # noqa: B006 - FastAPI copies it
) -> Response:
    """Take a release back."""
    store, account = visit.store, visit.account
    try:
        releases.withdraw(store, account.force, number, line(reason), actor=account.name, never=never)
    except InputError as why:
        return _releases(visit, status=400, error=str(why))
    return RedirectResponse("/releases", status_code=303)


def _preview(visit: Visit, number: int, *, status: int = 200, error: str = "") -> Response:
    store, account = visit.store, visit.account
    run = find_run(store, account.force, number, published_only=False)
    quarters: tuple[Quarter, ...] = ()
    try:
        quarters = releases.preview(store, run)
    except InputError as reason:
        error = error or str(reason)
    tell(visit, "consultation", f"release of run {number} of {account.force}")
    told = [vars(each) for each in quarters]
    return page(visit, "release.html", status=status, error=error, run=run, quarters=told, ready=bool(quarters))


def _releases(visit: Visit, *, status: int = 200, error: str = "") -> Response:
    found = releases.list_releases(visit.store, visit.account.force)
    now = [visit.store.folder / each.folder / each.carried for each in found if each.state == "published"]
    return page(
        visit, "releases.html", status=status, error=error, rows=[_shown(each) for each in found],
        longest=LONGEST_REASON, withdraws=may(visit.account.role, "administer"),
        printed=words_of(now[0]) if now else {},
    )  # fmt: skip


def _shown(found: Published) -> dict[str, Any]:
    address = f"/public/{found.force}"
    ways = {"page": f"{address}/{PAGE}", "figures": f"{address}/{FIGURES}", "layer": f"{address}/{LAYER}"}
    return vars(found) | ways | {"quarters": ", ".join(found.quarters)}
