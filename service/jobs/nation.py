"""The national picture from what the store holds of every force, asked for on the machine of the service."""

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection

from service.jobs import queue
from service.jobs.queue import Job, Record
from service.jobs.workshop import workshop
from service.manifest import RUN_DIGITS
from service.stages import Stage
from service.store import Store, audit

NATION: Final = "nation"  # whose the job is: no force's account sees it
SHARES: Final = {"forces": 0.0, "league, page and tables": 0.95}
_PATHS: Final = ("forces", "people", "wards")


def ask_nation(store: Store, request: Mapping[str, Any], *, actor: str) -> int:
    """
    Put a national run in the queue and return the job's number.

    Parameters
    ----------
    store : Store
    request : forces (path of their areas on the service's machine) and, where given, people, wards, first and last, as
        of `NationRequest`
    actor : who asks

    Raises
    ------
    InputError, NotFoundError
        If what is asked breaks a rule, or a file cannot be read: at once, and not when its turn comes.
    """
    from service.national.force_areas import read_forces
    from service.national.force_figures import read_figures

    asked = _request(request, Path())
    read_figures(asked.people, read_forces(asked.forces))
    told = {name: str(Path(value).resolve()) if name in _PATHS else value for name, value in request.items() if value}
    return queue.ask(store, NATION, "national", told, actor=actor)


def work_through_nation(store: Store, job: Job, stage: Stage) -> Record:
    """
    Work through the nation as a job asks, and return what records its products.

    Parameters
    ----------
    store : Store
    job : of `ask_nation`
    stage : called with each stage's name

    Raises
    ------
    InputError, NotFoundError
        If anything given breaks a rule; nothing is kept then.
    """
    from service.national.nation import run_nation

    home = Path("runs") / NATION / f"national-{job.id}"
    with workshop(store, job) as folder:
        request = _request(job.request, folder / "out")
        found = run_nation(request, store=store, stage=stage)
        shutil.rmtree(request.work)
        target = store.folder / home
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.rmtree(target, ignore_errors=True)
        request.out.replace(target)
    run = str(found.manifest["run"])[:RUN_DIGITS]

    def record(writing: Connection) -> dict[str, Any]:
        audit.append(
            writing, at=store.now, actor=job.actor, act="combination", subject=f"national run {job.id}",
            details={"run": run, "forces": len(found.figures["forces"])},
        )  # fmt: skip
        return {"folder": home.as_posix(), "run": run, "notes": found.figures["notes"]}

    return record


def _request(asked: Mapping[str, Any], out: Path) -> Any:
    from service.national.nation_request import NationRequest

    paths: dict[str, Any] = {name: Path(asked[name]) for name in _PATHS if asked.get(name)}
    return NationRequest(out=out, first=asked.get("first"), last=asked.get("last"), **paths)
