"""Runs of the cycle: asked for, looked at, compared, published and withdrawn; and what they made, in a frame."""

import json
from pathlib import Path
from typing import Annotated, Any, Final
from urllib.parse import urlsplit

from fastapi import Form
from fastapi import Path as InPath
from fastapi.responses import FileResponse, RedirectResponse, Response

from geodata.errors import InputError, NotFoundError
from service.comparison import compare_runs
from service.jobs import queue
from service.jobs.running import ask_run
from service.reading.last_run import MANIFEST
from service.store.files import SORTS, current_files
from service.store.runs import Run, find_run, list_runs, product_path, products_of, set_state
from service.store.segments import current
from service.tasking.community import priorities_on
from service.tasking.times import day_of
from service.web.page import HEADERS, page
from service.web.roles import may
from service.web.rooms.typed import Number
from service.web.visit import CurrentVisit, Visit, tell

ProductName = Annotated[str, InPath(max_length=100)]
Month = Annotated[str, Form(pattern=r"^\d{4}-\d{2}$")]

# What a run makes, by the name under which it is asked for.
OFFERED: Final = {
    "report": "Tasking report", "map": "Tasking map", "tables": "Workbook of every table, and the rows refused",
    "gis": "Layers for a GIS", "exchange": "The same layers as File GDB and GeoParquet",
    "plan": "Patrols for spreadsheets, handsets and maps", "patrol-maps": "One map a patrol",
    "briefing": "One sheet a patrol, page and PDF", "tactical": "Tactical assessment", "problem": "Problem profiles",
    "strategic": "Strategic assessment", "assurance": "Fairness, certainty and feedback",
    "slides": "Slides for the meeting", "figures": "Standard figures",
    "public": "Neighbourhood figures for every household",
}  # fmt: skip
USUAL: Final = ("report", "map", "tables", "gis", "plan", "patrol-maps")
TITLES: Final = {
    "briefing": "Briefing sheets",
    "public": "Public page",
    "patrol": "Patrol map",
    "problem": "Problem profile",
}
_PAGE: Final = ".html"
# A product runs its own scripts as a page of nobody: it reaches no cookie, no other page and no server of ours.
_OWN_POLICY: Final = (
    "sandbox allow-scripts allow-downloads; default-src 'none'; script-src 'unsafe-inline' blob:; "
    "style-src 'unsafe-inline'; img-src data: blob:{tiles}; font-src data:; connect-src data: blob:; worker-src blob:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
)


def framed(path: Path, *, tiles: str = "") -> Response:
    """Return a page that a run made, for a frame; it may ask for tiles where an address of theirs is given."""
    policy = {"Content-Security-Policy": _OWN_POLICY.format(tiles=tiles)}
    return FileResponse(path, media_type="text/html; charset=utf-8", headers=HEADERS | policy)


def title_of(page: str) -> str:
    """Return what a page of a run is called: "Patrol map 1" for `patrol-01.html`, "Tasking map" for `map.html`."""
    kind, _, which = page.removesuffix(_PAGE).partition("-")
    title = TITLES.get(kind) or OFFERED.get(kind, page)
    return f"{title} {which.lstrip('0')}" if which else title


def runs_page(visit: CurrentVisit) -> Response:
    """Show the runs of the force, and, to whoever may ask for one, what it would be made from."""
    return _page(visit)


def ask(
    visit: CurrentVisit,
    first: Month,
    final: Month,
    products: Annotated[list[str], Form(max_length=20)] = [],  # noqa: B006 - FastAPI copies it
    seed: Annotated[str, Form(max_length=9, pattern=r"^\d*$")] = "",
    last: Annotated[str, Form(max_length=9, pattern=r"^\d*$")] = "",
    gaps: Annotated[str, Form(max_length=3)] = "",
) -> Response:
    """Put a run in the queue."""
    try:
        unknown = sorted(set(products) - set(OFFERED))
        if unknown:
            raise InputError(f"A product must be one of {', '.join(OFFERED)}.")
        job = ask_run(
            visit.store, visit.account.force, actor=visit.account.name, months=(first, final),
            products=tuple(products) or USUAL, seed=int(seed) if seed else None, last=int(last) if last else None,
            allow_gaps=bool(gaps),
        )  # fmt: skip
    except (InputError, NotFoundError) as reason:
        return _page(visit, status=400, error=str(reason))
    return RedirectResponse(f"/jobs/{job}", status_code=303)


def run_page(visit: CurrentVisit, number: Number) -> Response:
    """Show what a run made and from what."""
    run = _find(visit, number)
    manifest = _manifest(visit, run)
    others = [each for each in list_runs(visit.store, run.force, published_only=False) if each.id < run.id]
    tell(visit, "consultation", f"run {run.id} of {run.force}")
    mine = may(visit.account.role, "run")
    return page(
        visit, "run.html", run=run, products=products_of(visit.store, run), figures=manifest["figures"],
        inputs=manifest["inputs"], versions=manifest["versions"],
        mine=mine, before=others[0] if mine and others else None, title_of=title_of,
    )  # fmt: skip


def see_product(visit: CurrentVisit, number: Number, name: ProductName) -> Response:
    """Show a page that a run made, in a frame that reaches nothing."""
    run = _find(visit, number)
    _page_of(visit, run, name)
    home = f"/runs/{run.id}"
    return page(
        visit, "product.html", name=title_of(name), what=f"run {run.id}", back=home,
        address=f"{home}/pages/{name}",
    )  # fmt: skip


def product_page(visit: CurrentVisit, number: Number, name: ProductName) -> Response:
    """Return a page that a run made, for a frame."""
    run = _find(visit, number)
    path = _page_of(visit, run, name)
    tell(visit, "consultation", f"run {run.id} of {run.force}", {"product": name})
    return framed(path, tiles=_tiles(_manifest(visit, run)))


def product_file(visit: CurrentVisit, number: Number, name: ProductName) -> Response:
    """Hand over a product as a file."""
    run = _find(visit, number)
    path = product_path(visit.store, run, name)
    tell(visit, "disclosure", f"run {run.id} of {run.force}", {"product": name})
    return FileResponse(path, media_type="application/octet-stream", filename=f"run-{run.id}-{name}", headers=HEADERS)


def publish(visit: CurrentVisit, number: Number) -> Response:
    """Show a run to those who may see the map."""
    set_state(visit.store, _find(visit, number), "published", actor=visit.account.name)
    return RedirectResponse(f"/runs/{number}", status_code=303)


def withdraw(visit: CurrentVisit, number: Number) -> Response:
    """Take a run back from those who see published ones."""
    set_state(visit.store, _find(visit, number), "withdrawn", actor=visit.account.name)
    return RedirectResponse(f"/runs/{number}", status_code=303)


def compare(visit: CurrentVisit, number: Number, other: Number) -> Response:
    """Show what differs from an earlier run."""
    run, before = _find(visit, number), _find(visit, other)
    found = compare_runs(*(visit.store.folder / each.folder for each in (before, run)))
    tell(visit, "consultation", f"run {run.id} of {run.force}", {"compared with": other})
    return page(visit, "compared.html", run=run, other=before, **vars(found))


def _page(visit: Visit, *, status: int = 200, error: str = "") -> Response:
    force, mine = visit.account.force, may(visit.account.role, "run")
    rows = list_runs(visit.store, force, published_only=not mine)
    with visit.store.reading() as reading:
        files, months = current_files(reading, force), [each.month for each in current(reading, force)]
    jobs = queue.newest(visit.store, force, kind="run", most=queue.MOST_UNFINISHED)
    busy = next((job for job in jobs if job.unfinished), None)
    return page(
        visit, "runs.html", status=status, error=error, rows=rows, mine=mine, files=files, months=months,
        sorts=SORTS, offered=OFFERED, usual=USUAL, busy=busy,
        priorities=priorities_on(visit.store, force, day_of(visit.store.clock()).isoformat()),
    )  # fmt: skip


def _page_of(visit: Visit, run: Run, name: str) -> Path:
    if not name.endswith(_PAGE):
        raise NotFoundError("Only a page can be shown; everything else is handed over as a file.")
    return product_path(visit.store, run, name)


def _find(visit: Visit, number: int) -> Run:
    return find_run(visit.store, visit.account.force, number, published_only=not may(visit.account.role, "run"))


def _manifest(visit: Visit, run: Run) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(Path(visit.store.folder, run.folder, MANIFEST).read_text(encoding="utf-8"))
    return found


def _tiles(manifest: dict[str, Any]) -> str:
    """Return the force's own tile server, where its profile names one: the one place a map may ask."""
    address = manifest["settings"].get("profile", {}).get("map", {}).get("tiles")
    parts = urlsplit(address or "")
    return f" {parts.scheme}://{parts.netloc}" if parts.scheme == "https" and " " not in parts.netloc else ""
