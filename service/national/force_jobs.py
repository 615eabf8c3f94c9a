"""The work on one force as jobs: what is found of each of them, one job a finding."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import count
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from geodata.errors import InputError
from service.national.force_forecast import forecasts
from service.national.force_local import local_statistics
from service.national.force_patterns import concentration, near_repeats, repeats
from service.national.force_staffing import staffing
from service.national.force_tally import tally
from service.national.force_task import ForceTask
from service.national.kept_files import remove_others
from service.stages import Stage, silent
from service.work import Engine, Facts, Job, work_through

FINDINGS: Final[Mapping[str, Callable[[ForceTask], dict[str, Any]]]] = MappingProxyType(
    {
        "tally": tally,
        "local": local_statistics,
        "concentration": concentration,
        "repeats": repeats,
        "near repeats": near_repeats,
        "forecasts": forecasts,
        "staffing": staffing,
    }
)


def force_jobs(tasks: Iterable[ForceTask]) -> list[Job]:
    """Return a job for each force and finding, those of the largest forces first: they end last."""
    ordered = sorted(tasks, key=lambda task: (-len(task.own) - len(task.beside), task.force))
    return [Job(job_name(finding, task.force), find, (finding, task)) for task in ordered for finding in FINDINGS]


def work_on_forces(
    engine: Engine, tasks: Sequence[ForceTask], out: Path, ledger: Path, *, stage: Stage = silent,
    ended: Callable[[int, int], None] = lambda *_: None,
) -> dict[str, Facts]:  # fmt: skip
    """
    Do the jobs of all forces, and return what each told, by name.

    Parameters
    ----------
    engine : whoever does the jobs
    tasks : one a force
    out : folder of what is found, which then holds this answer and no other
    ledger : folder that tells what is done
    stage : called with what begins
    ended : called as each job is done, with how many are by then, and how many there are
    """
    jobs, done = force_jobs(tasks), count(1)
    told = work_through(engine, jobs, ledger, stage=stage, ended=lambda *_: ended(next(done), len(jobs)))
    remove_others(out, "*/*", {path for facts in told.values() for path in facts.get("files", ())})
    return told


def job_name(finding: str, force: str) -> str:
    """Return what the job of a finding and a force is called."""
    return f"{finding} {force}"


def find(finding: str, task: ForceTask) -> Facts:
    """Do one job; what one force's data cannot bear is told, and holds up no other force."""
    try:
        return FINDINGS[finding](task)
    except InputError as refusal:
        return {"refused": str(refusal), "files": []}
