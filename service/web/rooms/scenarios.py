"""Scenarios: what if there were more, fewer, or other teams; planned, and laid side by side."""

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Annotated, Any, Final

import pyogrio
from fastapi import Form
from fastapi.responses import FileResponse, RedirectResponse, Response

from geodata.errors import InputError, NotFoundError
from maps.tasking.facts import offence_mix
from service.deployment.scenario_page import PAGE
from service.jobs import queue
from service.jobs.planning import MOST, ask_plan, base_of
from service.jobs.queue import Job
from service.reading.last_run import HOT_SPOTS
from service.store.runs import Run, list_runs
from service.web.page import HEADERS, page
from service.web.rooms.runs import framed
from service.web.rooms.typed import Number
from service.web.scenario_form import ScenarioForm, lines_of
from service.web.visit import CurrentVisit, Visit, tell

_TABLES: Final = ("summary.csv", "wards.csv", "groups.csv", "hotspots.csv", "unmet.csv")
_ROWS: Final = 3  # wards, and patrols, of one form
_MEASURES: Final = {  # of the summary: words and how a figure is written
    "value": ("Harm exposed to the teams, a week", "{:,.1f}"),
    "covered": ("Share of the demand covered", "{:.1%}"),
    "least_served": ("Share of its demand covered in the ward served least", "{:.1%}"),
    "exposed": ("Harm exposed to patrols, a week", "{:,.1f}"),
    "exposed_share": ("Share of what is asked of patrols", "{:.1%}"),
    "constables": ("Constables", "{:,.0f}"),
    "csos": ("CSOs", "{:,.0f}"),
    "sergeants": ("Sergeants", "{:,.0f}"),
    "moved": ("Posts that move", "{:,.0f}"),
    "patrols": ("Patrols", "{:,.0f}"),
    "walked_km": ("Walked, km a day", "{:,.1f}"),
    "driving_minutes": ("Driven, minutes a day", "{:,.0f}"),
    "unmet_visits": ("Visits unmet", "{:,.0f}"),
    "cost": ("Pounds a year", "{:,.0f}"),
    "gap": ("Teams: from the best at most", "{:.2%}"),
    "patrol_gap": ("Patrols: from the best at most", "{:.2%}"),
}


def scenarios_page(visit: CurrentVisit) -> Response:
    """Show the scenarios of the force, and the form of another one."""
    return _page(visit)


def ask(visit: CurrentVisit, form: Annotated[ScenarioForm, Form()]) -> Response:
    """Put a scenario in the queue."""
    force = visit.account.force
    try:
        lines = lines_of(form, base_of(visit.store, force, form.run, published_only=True))
        job = ask_plan(visit.store, force, [lines], run=form.run, actor=visit.account.name, published_only=True)
    except (InputError, NotFoundError) as reason:
        return _page(visit, status=400, error=str(reason), form=form)
    return RedirectResponse(f"/jobs/{job}", status_code=303)


def ask_side_by_side(
    visit: CurrentVisit,
    chosen: Annotated[list[Annotated[int, Form(ge=1, le=2**31 - 1)]], Form(max_length=20)] = [],  # noqa: B006
) -> Response:
    """Put scenarios that were planned before in the queue again, side by side."""
    force = visit.account.force
    try:
        jobs = [queue.find(visit.store, force, number, kind="scenario") for number in chosen]
        if len({job.request["run"] for job in jobs}) != 1:
            raise InputError("Scenarios side by side must be of one run: choose two or more of the same.")
        lines = [each for job in jobs for each in job.request["scenarios"]]
        run = jobs[0].request["run"]
        number = ask_plan(visit.store, force, lines, run=run, actor=visit.account.name, published_only=True)
    except (InputError, NotFoundError) as reason:
        return _page(visit, status=400, error=str(reason))
    return RedirectResponse(f"/jobs/{number}", status_code=303)


def scenario_page(visit: CurrentVisit, number: Number) -> Response:
    """Show scenarios beside the base: figures, wards and map."""
    job = queue.find(visit.store, visit.account.force, number, kind="scenario")
    if job.state != "done":
        return RedirectResponse(f"/jobs/{number}", status_code=303)
    folder = visit.store.folder / job.outcome["folder"]
    tell(visit, "consultation", f"scenarios {job.id} of {job.force}")
    return page(
        visit, "scenario.html", id=job.id, run=job.request["run"], plans=[row["scenario"] for row in _summary(job)],
        measures=_measures(_summary(job)), wards=_wards(job), notes=job.outcome["notes"],
        unmet=[f"{row['scenario']}: {row['unmet']}" for row in _summary(job) if row["unmet"]],
        map=(folder / PAGE).is_file(), files=[name for name in _TABLES if (folder / name).is_file()],
    )  # fmt: skip


def scenario_map(visit: CurrentVisit, number: Number) -> Response:
    """Return the map of scenarios, for a frame."""
    job, path = _file(visit, number, PAGE)
    tell(visit, "consultation", f"scenarios {job.id} of {job.force}", {"product": PAGE})
    return framed(path)


def scenario_table(visit: CurrentVisit, number: Number, name: str) -> Response:
    """Hand over a table of scenarios."""
    if name not in _TABLES:
        raise NotFoundError("There is no such table.")
    job, path = _file(visit, number, name)
    tell(visit, "disclosure", f"scenarios {job.id} of {job.force}", {"product": name})
    return FileResponse(path, media_type="text/csv", filename=f"scenarios-{number}-{name}", headers=HEADERS)


def _page(visit: Visit, *, status: int = 200, error: str = "", form: ScenarioForm | None = None) -> Response:
    force = visit.account.force
    runs = list_runs(visit.store, force, published_only=True)
    rows = [
        {"id": job.id, "run": job.request["run"], "names": ", ".join(job.request["names"]), "state": job.state,
         "at": job.at, "alone": len(job.request["names"]) == 1}
        for job in queue.newest(visit.store, force, kind="scenario")
    ]  # fmt: skip
    about = _choices(visit, runs[0]) if runs else {"wards": {}, "offences": [], "bases": [], "shifts": []}
    return page(
        visit, "scenarios.html", status=status, error=error, rows=rows, runs=runs, most=MOST, lines=range(_ROWS),
        typed=partial(_typed, {} if form is None else form.model_dump()), **about,
    )  # fmt: skip


def _typed(form: Mapping[str, Any], name: str, at: int | None = 0) -> Any:
    """Return what was typed in a field, that of one row where it has several; all of them where no row is named."""
    held = form.get(name, [])
    if not isinstance(held, list):
        return str(held)
    return held if at is None else held[at] if at < len(held) else ""


def _choices(visit: Visit, run: Run) -> dict[str, Any]:
    """Return the wards, bases and shifts that a form can name, of the newest published run."""
    profile = base_of(visit.store, run.force, run.id, published_only=True)
    layers = visit.store.folder / run.folder / HOT_SPOTS
    wards, offences = {}, sorted(profile["control_strategy"])
    if layers.is_file():
        offences = _offences(layers, profile)
        table = pyogrio.read_dataframe(layers, layer="wards", columns=["code", "name"], read_geometry=False)
        wards = dict(zip(table["code"], table["name"], strict=True))
    return {
        "wards": wards,
        "offences": [(name, name) for name in offences],
        "bases": [(base["name"], base["name"]) for base in profile["bases"]],
        "shifts": [(shift["name"], shift["name"]) for shift in profile["shifts"]],
    }


def _offences(layers: Path, profile: dict[str, Any]) -> list[str]:
    """Return the crime types that a form can weigh: those of the hot spots, and of the control strategy."""
    spots = pyogrio.read_dataframe(layers, layer="hot_spots", columns=["offence_mix"], read_geometry=False)
    named = {name for mix in spots["offence_mix"].dropna() for name, _ in offence_mix(mix)}
    return sorted({*profile["control_strategy"], *named})


def _summary(job: Job) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = job.outcome["summary"]
    return rows


def _measures(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return a line a measure, with its figure under each plan."""
    lines = []
    for name, (words, form) in _MEASURES.items():
        figures = [row.get(name) for row in rows]
        if any(figure is not None for figure in figures):
            written = ["–" if figure is None else form.format(figure) for figure in figures]
            lines.append({"words": words, "figures": written})
    return lines


def _wards(job: Job) -> list[dict[str, Any]]:
    """Return a line a ward, with its posts under each plan, where any of them changes them."""
    plans = [row["scenario"] for row in _summary(job)]
    posts: dict[str, dict[str, str]] = {}
    for row in job.outcome["wards"]:
        written = f"{row['constables']} + {row['csos']}"
        posts.setdefault(f"{row['ward']} {row['name']}", {})[row["scenario"]] = written
    lines = [{"ward": ward, "posts": [held.get(plan, "–") for plan in plans]} for ward, held in posts.items()]
    return [line for line in lines if len(set(line["posts"])) > 1]


def _file(visit: Visit, number: int, name: str) -> tuple[Job, Path]:
    job = queue.find(visit.store, visit.account.force, number, kind="scenario")
    path = visit.store.folder / str(job.outcome.get("folder", "")) / name
    if job.state != "done" or not path.is_file():
        raise NotFoundError("These scenarios have made nothing of that name.")
    return job, path
