"""National runs: asked for over what the store holds of every force, looked at, and taken away."""

import json
from pathlib import Path
from typing import Annotated, Any, Final

from fastapi import Form
from fastapi.responses import FileResponse, RedirectResponse, Response

from geodata.errors import InputError, NotFoundError
from geodata.periods import whole_months
from service.jobs import queue
from service.jobs.nation import NATION, ask_held, held
from service.jobs.queue import Job
from service.national.near_repeat_types import NEAR_REPEAT
from service.reading.last_run import MANIFEST
from service.store.files import current_files, sorts_of
from service.web.page import HEADERS, page
from service.web.rooms.runs import Month, ProductName, framed
from service.web.rooms.typed import Number, line, number_of
from service.web.visit import CurrentVisit, Visit, tell

PAGE: Final = "national.html"
_WORDS: Final = {  # of what can be taken away, in the order in which it is offered
    PAGE: "the page, which asks no other computer for anything",
    "league.csv": "each force beside those like it, by type of crime",
    "groups.csv": "which forces are like which, and how much",
    "forces.csv": "a row a force: the main figure of every finding",
    "cells.csv": "hot and cold cells, with their class",
    "concentration.csv": "how far crime gathers in few places",
    "repeats.csv": "premises, or map points, with one crime and with more",
    "near_repeats.csv": "near repeats within each force",
    "near_repeats_nation.csv": "near repeats over the nation, across every border",
    "forecasts.csv": "how well the last months could have been foretold",
    "staffing.csv": "teams by ward, or by square",
    "density.csv": "the files of the density, which lie in the folder of the run",
    "refused.csv": "what could not be said of which force, and why",
    MANIFEST: "every input by its fingerprint, every setting and version",
}
_FIELDS: Final = {  # what an option of the command is called in the form
    "`--from`": "The first month", "`--to`": "the last month", "`cell`": "The side of a cell",
    "`--near-repeat`": "The types tested for near repeats",
}  # fmt: skip
_Short = Annotated[str, Form(max_length=20)]


def national_page(visit: CurrentVisit) -> Response:
    """Show the national runs, and what another one would be made from."""
    return _page(visit)


def ask(
    visit: CurrentVisit,
    first: Month,
    final: Month,
    cell: _Short = "",
    share: _Short = "",
    seed: Annotated[str, Form(max_length=9, pattern=r"^\d*$")] = "",
    near_repeat: Annotated[str, Form(max_length=500)] = "",
) -> Response:
    """Put a national run in the queue."""
    try:
        settings: dict[str, Any] = {}
        if cell:
            settings["cell"] = number_of(cell, "The side of a cell")
        if share:
            percent = number_of(share, "The share of the area")
            if not 0 < percent <= 100:
                raise InputError(f"The share of the area must be above 0 and at most 100 %, got {percent:g}.")
            settings["share"] = percent / 100
        if seed:
            settings["seed"] = int(seed)
        types = [named for each in near_repeat.split(";") if (named := line(each))]
        job = ask_held(
            visit.store, actor=visit.account.name, first=first, last=final, settings=settings,
            near_repeat=types or None,
        )  # fmt: skip
    except InputError as reason:
        sentence = str(reason)
        for option, field in _FIELDS.items():
            sentence = sentence.replace(option, field)
        return _page(visit, status=400, error=sentence)
    return RedirectResponse(f"/jobs/{job}", status_code=303)


def run_page(visit: CurrentVisit, number: Number) -> Response:
    """Show what a national run made and from what."""
    job = queue.find(visit.store, NATION, number, kind="national")
    if job.state != "done":
        return RedirectResponse(f"/jobs/{number}", status_code=303)
    folder = _folder(visit, job)
    manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    kinds = [each["kind"] for each in manifest["inputs"]]
    tell(visit, "consultation", f"national run {job.id}")
    return page(
        visit, "nation.html", id=job.id, at=job.ended, actor=job.actor, run=job.outcome["run"],
        period=manifest["figures"]["period"], forces=len(manifest["figures"]["forces"]), rows=manifest["rows_accepted"],
        settings=manifest["settings"], beside=sorted({kind for kind in kinds if kind in sorts_of(NATION)}),
        notes=job.outcome["notes"], versions=manifest["versions"],
        files=[{"name": name, "words": _WORDS.get(name, "")} for name in _products(folder)],
    )  # fmt: skip


def product_page(visit: CurrentVisit, number: Number) -> Response:
    """Return the national page, for a frame."""
    job, path = _product(visit, number, PAGE)
    tell(visit, "consultation", f"national run {job.id}", {"product": PAGE})
    return framed(path)


def product_file(visit: CurrentVisit, number: Number, name: ProductName) -> Response:
    """Hand over a product as a file."""
    job, path = _product(visit, number, name)
    tell(visit, "disclosure", f"national run {job.id}", {"product": name})
    return FileResponse(
        path, media_type="application/octet-stream", filename=f"national-{number}-{name}", headers=HEADERS
    )


def _page(visit: Visit, *, status: int = 200, error: str = "") -> Response:
    jobs = queue.newest(visit.store, NATION, kind="national")
    with visit.store.reading() as reading:
        files = current_files(reading, NATION)
    holdings = held(visit.store)
    rows = [
        {"id": job.id, "at": job.at, "actor": job.actor, "state": job.state, "done": job.state == "done",
         "months": " to ".join(filter(None, (job.request.get("first"), job.request.get("last")))) or "all months"}
        for job in jobs
    ]  # fmt: skip
    return page(
        visit, "national.html", status=status, error=error, rows=rows, holdings=holdings, files=files,
        sorts=sorts_of(NATION), months=_months(holdings), near_repeat=NEAR_REPEAT,
        busy=next((job for job in jobs if job.unfinished), None),
    )  # fmt: skip


def _months(holdings: list[Any]) -> list[str]:
    """Return every month from the first that is kept of any force to the last."""
    if not holdings:
        return []
    return whole_months(min(each.first for each in holdings), max(each.last for each in holdings)).labels


def _folder(visit: Visit, job: Job) -> Path:
    folder = visit.store.folder / str(job.outcome.get("folder", ""))
    if job.state != "done" or not (folder / MANIFEST).is_file():
        raise NotFoundError("What that run made is not there: it has not ended well, or its files were taken away.")
    return folder


def _products(folder: Path) -> list[str]:
    """Return the names of what can be taken away: what is told of first, and all else by name."""
    there = {path.name for path in folder.iterdir() if path.is_file()}
    return [*(name for name in _WORDS if name in there), *sorted(there - set(_WORDS))]


def _product(visit: Visit, number: int, name: str) -> tuple[Job, Path]:
    job = queue.find(visit.store, NATION, number, kind="national")
    folder = _folder(visit, job)
    if name not in _products(folder):
        raise NotFoundError("The run made nothing of that name.")
    return job, folder / name
