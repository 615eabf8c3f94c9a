"""Scenarios: planned side by side over the hot spots of a run, each from the one before it."""

import json
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pyogrio
from sqlalchemy import Connection

from geodata.errors import InputError, NotFoundError
from service.jobs import queue
from service.jobs.queue import Job, Record
from service.jobs.workshop import workshop
from service.profile.force import Profile
from service.reading.last_run import HOT_SPOTS, MANIFEST
from service.stages import Stage
from service.store import Store, audit
from service.store.files import current_files, lay_out
from service.store.runs import Run, find_run
from service.store.segments import Segment

if TYPE_CHECKING:
    from geodata.crimes import CrimeRead

MOST: Final = 4  # scenarios side by side, beside the base
SHARES: Final = {"read": 0.05, "staff teams": 0.2, "write": 0.95}
_TOLD: Final = ("summary", "wards", "notes")


def ask_plan(
    store: Store, force: str, scenarios: Sequence[Mapping[str, Any]], *, run: int, actor: str, published_only: bool
) -> int:
    """
    Put scenarios in the queue, to be planned side by side; return the job's number.

    Parameters
    ----------
    store, force, actor : whose, and who asks
    scenarios : one to four, each the lines of the profile that it changes
    run : number of the run over whose hot spots they are planned
    published_only : whether the run must be published

    Raises
    ------
    InputError
        If there are none or too many, two have one name, or one breaks a rule of the profile.
    NotFoundError
        If there is no such run.
    """
    from service.deployment.changes import changed, profile_of

    if not 1 <= len(scenarios) <= MOST:
        raise InputError(f"At least one and at most {MOST} scenarios are compared, got {len(scenarios)}.")
    base = base_of(store, force, run, published_only=published_only)
    names = []
    for number, lines in enumerate(scenarios, start=1):
        name, settings, _ = changed(base, lines, number)
        _refuse_over_budget(profile_of(settings, name), name)
        names.append(name)
    if len({*names, "base"}) <= len(names):
        raise InputError('Scenarios side by side must have different names, none of them "base".')
    request = {"run": run, "scenarios": [dict(lines) for lines in scenarios], "names": names}
    return queue.ask(store, force, "scenario", request, actor=actor)


def base_of(store: Store, force: str, run: int, *, published_only: bool) -> dict[str, Any]:
    """
    Return the settings of the profile that a run was made with, headcounts filled in as it took them.

    Raises
    ------
    NotFoundError
        If there is no such run.
    """
    found = find_run(store, force, run, published_only=published_only)
    manifest = json.loads((store.folder / found.folder / MANIFEST).read_text(encoding="utf-8"))
    profile: dict[str, Any] = manifest["settings"]["profile"]
    taken = {} if None not in profile["posts"].values() else _taken(store.folder / found.folder / HOT_SPOTS)
    posts = {name: taken.get(name, 0) if held is None else held for name, held in profile["posts"].items()}
    return profile | {"posts": posts}


def _refuse_over_budget(profile: Profile, name: str) -> None:
    """Refuse at once what costs too much, as far as the posts are known before the wards are read."""
    from service.deployment.staffing import refuse_over_budget

    known = {"constables": profile.posts.constables, "csos": profile.posts.csos,
             "sergeants": profile.staff.sergeants, "inspectors": profile.staff.inspectors}  # fmt: skip
    try:
        refuse_over_budget(profile, {rank: count or 0 for rank, count in known.items()})
    except InputError as reason:
        raise InputError(f"{name}: {reason}") from None


def _taken(layers: Path) -> dict[str, int]:
    """Return the headcounts that a run took where its profile gave none: what its wards have together."""
    if not layers.is_file():
        return {}
    wards = pyogrio.read_dataframe(layers, layer="wards", read_geometry=False)
    return {name: int(wards[name].sum()) for name in ("constables", "csos") if name in wards}


def plan(store: Store, job: Job, stage: Stage) -> Record:
    """
    Plan scenarios as a job asks, and return what records their tables.

    Parameters
    ----------
    store : Store
    job : of `ask_plan`
    stage : called with each stage's name

    Raises
    ------
    InputError, NotFoundError
        If anything given breaks a rule; nothing is kept then.
    """
    from service.deployment.scenarios import ScenarioRequest, compare

    run = find_run(store, job.force, job.request["run"], published_only=False)
    home = Path("runs") / job.force / f"scenarios-{job.id}"
    with workshop(store, job) as folder:
        request = ScenarioRequest(
            base=None, scenarios=tuple(job.request["scenarios"]), run=store.folder / run.folder,
            streets=_streets(store, job, run.folder, folder), crimes=_crimes(store, run), out=folder / "out",
        )  # fmt: skip
        found = compare(request, stage=stage)
        target = store.folder / home
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.rmtree(target, ignore_errors=True)
        (folder / "out").replace(target)
    told = {"folder": home.as_posix(), **{name: found.figures[name] for name in _TOLD}}

    def record(writing: Connection) -> dict[str, Any]:
        audit.append(
            writing, at=store.now, actor=job.actor, act="combination", subject=f"scenarios {job.id} of {job.force}",
            details={"run": run.id, "scenarios": job.request["names"]},
        )  # fmt: skip
        return told

    return record


def _crimes(store: Store, run: Run) -> "CrimeRead | tuple[str, ...]":
    """
    Return the crimes that a run was made from, for the times of day and other weights of crime types.

    None where some were erased since, or where the harm table is the force's own, which lies with its files.
    """
    from service.jobs.running import kept_crimes

    profile = Profile.model_validate(base_of(store, run.force, run.id, published_only=False))
    asked = queue.find(store, run.force, run.job_id).request.get("segments", [])
    if not asked or profile.harm.table.endswith(".csv"):
        return ()
    try:
        return kept_crimes(store, [Segment(**each) for each in asked], profile)
    except NotFoundError:
        return ()


def _streets(store: Store, job: Job, run_folder: str, folder: Path) -> Path | None:
    """Return the streets that the run walked on, where they are still those in force."""
    manifest = json.loads((store.folder / run_folder / MANIFEST).read_text(encoding="utf-8"))
    walked = {row["sha256"] for row in manifest["inputs"] if row["kind"] == "streets"}
    with store.reading() as reading:
        held = current_files(reading, job.force).get("streets")
    if held is None or held.sha256 not in walked:
        return None
    return lay_out(store, {"streets": {"name": held.name, "sha256": held.sha256}}, folder)["streets"]
