"""
Work in pieces: jobs that can be done anywhere and twice, and a ledger of those that are done.

A job is a function of a module, called with small arguments; data travel by path, and a function knows nothing of who
calls it. What is done is told in the ledger, so that work which breaks off goes on where it stopped.
"""

import hashlib
import importlib.util
import json
import traceback
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, fields, is_dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Final, Protocol

import numpy as np

from geodata.drafts import written_whole
from geodata.errors import InputError, NotFoundError
from service.manifest import sha256_of, versions
from service.stages import Stage, silent

Facts = Mapping[str, Any]
"""What a job tells of itself as JSON can hold it, small; under "files", if anything, paths without which it counts
as not done."""

_PACKAGES: Final = ("geodata", "hotspots", "allocation", "maps", "service")


@dataclass(frozen=True)
class Job:
    """
    One piece of work, the same from run to run.

    Parameters
    ----------
    name : unique within a piece of work
    function : of a module, so that a worker finds it; pure but for the files it writes, each at once
    arguments : paths, numbers, texts, dates and frozen dataclasses of them
    """

    name: str
    function: Callable[..., Facts]
    arguments: tuple[Any, ...]


class Engine(Protocol):
    """Whoever does jobs."""

    def results(self, jobs: Sequence[Job]) -> Iterator[tuple[Job, Facts]]:
        """Return what each job tells, in the order in which they end; what is refused in one comes out as it is."""


def work_through(
    engine: Engine, jobs: Sequence[Job], ledger: Path, *, stage: Stage = silent,
    ended: Callable[[Job, Facts], None] = lambda *_: None,
) -> dict[str, Facts]:  # fmt: skip
    """
    Do the jobs that a ledger does not hold, and return what each job told.

    Parameters
    ----------
    engine : of `open_engine`
    jobs : each of another name
    ledger : folder of one small file a job, by a print of its name, arguments and this program: what another program
        did, or another question, is not taken for done
    stage : called once, with how many are left
    ended : called here with each job that is done, while others may go on: first those of the ledger

    Returns
    -------
    facts : by name, in the order of `jobs`

    Raises
    ------
    InputError, NotFoundError
        As a job refused; or, if the scheduler was lost. What was done by then stays done.
    """
    if len({job.name for job in jobs}) < len(jobs):
        raise ValueError("each job must have a name of its own")
    ledger.mkdir(parents=True, exist_ok=True)
    places = {job.name: ledger / f"{_print_of(job)}.json" for job in jobs}
    done = {name: facts for name, place in places.items() if (facts := _told_before(place)) is not None}
    left = [job for job in jobs if job.name not in done]
    for job in jobs:
        if job.name in done:
            ended(job, done[job.name])
    told = stage(f"{len(left):,} of {len(jobs):,} jobs") if left else silent("")
    with told, closing(_each(engine.results(left))) as results:  # whatever ends this ends the jobs that wait
        for job, facts in results:
            done[job.name] = facts
            _write(places[job.name], job, facts)
            ended(job, facts)
    return {job.name: done[job.name] for job in jobs}


@cache
def program_print() -> str:
    """Return the sha256 over this program's own files and the versions of what it computes with, once a process."""
    homes = {name: importlib.util.find_spec(name) for name in _PACKAGES}
    folders = {name: Path(found.submodule_search_locations[0])
               for name, found in homes.items() if found and found.submodule_search_locations}  # fmt: skip
    parts = [(name, path.relative_to(folder).as_posix(), sha256_of(path))
             for name, folder in folders.items() for path in sorted(folder.rglob("*.py"))]  # fmt: skip
    return hashlib.sha256(repr((parts, sorted(versions().items()))).encode()).hexdigest()


def do(job: Job, program: str | None = None) -> Facts:
    """
    Do a job where it is to be done; an error of ours is told by the job's name and its place, not in its own words.

    Parameters
    ----------
    job : what is to be done
    program : print of the program that asks, where it may be another than this one
    """
    if program not in (None, program_print()):
        raise InputError("The workers of a cluster must run this same program, and one of them runs another.")
    try:
        return dict(json.loads(json.dumps(dict(job.function(*job.arguments)), allow_nan=False)))
    except (InputError, NotFoundError):
        raise
    except Exception as error:
        where = traceback.extract_tb(error.__traceback__)[-1]
        told = f"{type(error).__name__} in {Path(where.filename).name}, line {where.lineno}"
        raise RuntimeError(f"the job `{job.name}` failed: {told}") from error


def _each(results: Iterator[tuple[Job, Facts]]) -> Generator[tuple[Job, Facts], None, None]:
    yield from results


def _write(place: Path, job: Job, facts: Facts) -> None:
    with written_whole(place) as draft:
        draft.write_text(json.dumps({"job": job.name, "facts": facts}, sort_keys=True), encoding="utf-8")


def _told_before(place: Path) -> Facts | None:
    """What a job told that is done; None where it is not, or its files are gone."""
    try:
        facts = json.loads(place.read_text(encoding="utf-8"))["facts"]
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return None
    return facts if all(Path(path).is_file() for path in facts.get("files", ())) else None


def _print_of(job: Job) -> str:
    asked = [job.name, job.function.__module__, job.function.__qualname__, job.arguments, program_print()]
    return hashlib.sha256(json.dumps(asked, sort_keys=True, default=_plain).encode()).hexdigest()


def _plain(value: object) -> Any:
    """An argument as JSON can hold it, the same in every process."""
    if is_dataclass(value) and not isinstance(value, type):
        return [type(value).__qualname__, {each.name: getattr(value, each.name) for each in fields(value)}]
    if isinstance(value, Path | date):
        return str(value)
    if isinstance(value, np.generic):
        return value.item()
    raise TypeError(f"a job's arguments must be small and plain, got {type(value).__name__}")
