"""The work on one force as jobs: what is found of each of them, one job a finding."""

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Any, Final

from geodata.errors import InputError
from service.national.force_forecast import forecasts
from service.national.force_local import local_statistics
from service.national.force_patterns import concentration, near_repeats, repeats
from service.national.force_staffing import staffing
from service.national.force_tally import tally
from service.national.force_task import ForceTask
from service.work import Facts, Job

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


def job_name(finding: str, force: str) -> str:
    """Return what the job of a finding and a force is called."""
    return f"{finding} {force}"


def find(finding: str, task: ForceTask) -> Facts:
    """Do one job; what one force's data cannot bear is told, and holds up no other force."""
    try:
        return FINDINGS[finding](task)
    except InputError as refusal:
        return {"refused": str(refusal), "files": []}
