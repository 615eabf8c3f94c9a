"""Work under way: what waits, what runs and how far it is, and what came of it."""

from contextlib import suppress
from typing import Any, Final

from fastapi.responses import RedirectResponse, Response

from geodata.errors import InputError
from service.jobs import queue
from service.jobs.kinds import KINDS
from service.jobs.queue import Job
from service.web.page import page
from service.web.rooms.typed import Number
from service.web.visit import CurrentVisit

_FROM: Final = {
    "file": "/files", "extract": "/imports", "run": "/runs", "scenario": "/scenarios", "national": "/national"
}  # fmt: skip
_SAID: Final = {
    "waiting": "It waits for its turn.",
    "cancelled": "It was cancelled, and nothing of it was kept.",
    "done": "It is done.",
}


def jobs_page(visit: CurrentVisit) -> Response:
    """Show the newest jobs of the force."""
    return page(visit, "jobs.html", rows=[told(job) for job in queue.newest(visit.store, visit.account.force)])


def job_page(visit: CurrentVisit, number: Number) -> Response:
    """Show how far a job is; the page asks again by itself."""
    return page(visit, "job.html", job=told(queue.find(visit.store, visit.account.force, number)))


def cancel_job(visit: CurrentVisit, number: Number) -> Response:
    """End a job; where it has ended meanwhile, its page says how."""
    with suppress(InputError):
        queue.cancel(visit.store, visit.account.force, number, actor=visit.account.name)
    return RedirectResponse(f"/jobs/{number}", status_code=303)


def told(job: Job) -> dict[str, Any]:
    """Return what a page tells of a job."""
    known = {name: getattr(job, name) for name in ("id", "kind", "actor", "at", "state", "stage", "share", "ended")}
    said = job.outcome.get("error") or job.outcome.get("found") or _SAID.get(job.state, "")
    words = KINDS[job.kind].words if job.kind in KINDS else job.kind
    return known | {
        "again": _FROM.get(job.kind, "/jobs"),
        "unfinished": job.unfinished,
        "words": words,
        "said": said,
        "to": _result(job),
    }


def _result(job: Job) -> str:
    """Return where what came of a job is to be seen; empty where nothing did."""
    if job.state != "done":
        return ""
    run = f"/runs/{job.outcome['run']}" if "run" in job.outcome else "/runs"
    ways = {
        "file": "/files", "extract": f"/extracts/{job.id}", "run": run, "scenario": f"/scenarios/{job.id}",
        "national": f"/national/{job.id}",
    }  # fmt: skip
    return ways.get(job.kind, "")
