"""The national picture from what the store holds of every force, asked for on the machine of the service."""

import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, func, select

from geodata.errors import InputError
from service.jobs import queue
from service.jobs.queue import Job, Record
from service.jobs.workshop import workshop
from service.manifest import RUN_DIGITS
from service.stages import Stage
from service.store import Store, audit
from service.store.files import NATION, current_files, lay_out
from service.store.tables import SEGMENTS
from service.store.uploads import unpack

__all__ = ["NATION", "Holding", "ask_held", "ask_nation", "held", "people_in", "work_through_nation"]

_STEP: Final = 5  # in a hundred
_EACH: Final = "each force: {} % done"
SHARES: Final = {  # as of a year of 43 forces
    "forces": 0.0, "density": 0.01, "near repeats": 0.28, "each force": 0.35,
    **{_EACH.format(part): 0.35 + 0.6 * part / 100 for part in range(0, 101, _STEP)},
    "league, page and tables": 0.95,
}  # fmt: skip
_PATHS: Final = ("forces", "people", "wards")
_MOST_UNPACKED: Final = 500_000_000  # bytes of published tables


@dataclass(frozen=True)
class Holding:
    """
    What is kept of one force.

    Parameters
    ----------
    force : whose
    first, last, months : "2024-01", and how many there are from the one to the other
    crimes : in them
    """

    force: str
    first: str
    last: str
    months: int
    crimes: int


def held(store: Store) -> list[Holding]:
    """Return what the store keeps of each force, by name."""
    month, at = SEGMENTS.c.month, SEGMENTS.c.force
    asked = select(at, func.min(month), func.max(month), func.count(), func.sum(SEGMENTS.c.rows))
    with store.reading() as reading:
        rows = reading.execute(asked.where(SEGMENTS.c.state == "current").group_by(at).order_by(at)).all()
    return [Holding(force, first, last, months, int(crimes)) for force, first, last, months, crimes in rows]


def ask_held(
    store: Store, *, actor: str, first: str, last: str, settings: Mapping[str, Any],
    near_repeat: Sequence[str] | None = None,
) -> int:  # fmt: skip
    """
    Put a run over what the store holds in the queue, with the nation's files that are in force; return its number.

    Parameters
    ----------
    store, actor : Store, and who asks
    first, last : months, "2024-01"
    settings : of `ForceSettings`
    near_repeat : types of crime, as of `NationRequest`; None: the usual ones

    Raises
    ------
    InputError
        If the forces' areas were not given, no crimes of those months are held, or anything breaks a rule.
    """
    with store.reading() as reading:
        files = {kind: asdict(file) for kind, file in current_files(reading, NATION).items()}
    if "forces" not in files:
        raise InputError("A national run needs the areas of the forces: give them under Files first.")
    kept = {kind: {"name": file["name"], "sha256": file["sha256"]} for kind, file in sorted(files.items())}
    request = {"files": kept, "first": first, "last": last, "settings": dict(settings)}
    if near_repeat is not None:
        request["near_repeat"] = list(near_repeat)
    _request(request, {"forces": Path()}, Path())
    if not any(each.first <= last and first <= each.last for each in held(store)):
        raise InputError(f"A national run needs crimes, and of no force are any kept of the months {first} to {last}.")
    return queue.ask(store, NATION, "national", request, actor=actor)


def ask_nation(store: Store, request: Mapping[str, Any], *, actor: str) -> int:
    """
    Put a national run in the queue and return the job's number.

    Parameters
    ----------
    store : Store
    request : forces (path of their areas on the service's machine) and, where given, people, wards, first, last,
        settings and near_repeat, as of `NationRequest`
    actor : who asks

    Raises
    ------
    InputError, NotFoundError
        If what is asked breaks a rule, or a file cannot be read: at once, and not when its turn comes.
    """
    from service.national.force_areas import read_forces
    from service.national.force_figures import read_figures

    told = {
        name: str(Path(value).resolve()) if name in _PATHS else value
        for name, value in request.items()
        if value is not None
    }
    asked = _request(told, _paths(told), Path())
    read_figures(asked.people, read_forces(asked.forces))
    return queue.ask(store, NATION, "national", told, actor=actor)


def work_through_nation(store: Store, job: Job, stage: Stage) -> Record:
    """
    Work through the nation as a job asks, and return what records its products.

    Parameters
    ----------
    store : Store
    job : of `ask_held` or `ask_nation`
    stage : called with each stage's name

    Raises
    ------
    InputError, NotFoundError
        If anything given breaks a rule; nothing is kept then.
    """
    from service.national.nation import run_nation

    home = Path("runs") / NATION / f"national-{job.id}"
    with workshop(store, job, going_on=True) as folder:
        paths = _paths(job.request) | lay_out(store, job.request.get("files", {}), folder)
        if "people" in paths:
            paths["people"] = people_in(paths["people"])
        request = _request(job.request, paths, folder / "out")
        found = run_nation(request, store=store, stage=stage, ended=_told_in(stage))
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


def _told_in(stage: Stage) -> Callable[[int, int], None]:
    """Return what tells, at each twentieth, how many of the forces' findings are made."""
    told = set[int]()

    def tell(made: int, of: int) -> None:
        part = 100 * made // of // _STEP * _STEP
        if part not in told:
            told.add(part)
            with stage(_EACH.format(part)):
                pass

    return tell


def people_in(path: Path) -> Path:
    """
    Return the table of people, or, where it is an archive of published tables, the folder that they are unpacked into.

    Raises
    ------
    InputError
        As of `unpack`.
    """
    if path.suffix != ".zip":
        return path
    sent, plain = path.with_name("sent"), path.with_name("people")
    for folder in (sent, plain):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
    path.replace(sent / path.name)
    unpack(sent, plain, most=_MOST_UNPACKED)
    return plain


def _paths(asked: Mapping[str, Any]) -> dict[str, Path]:
    return {name: Path(asked[name]) for name in _PATHS if asked.get(name)}


def _request(asked: Mapping[str, Any], paths: Mapping[str, Path], out: Path) -> Any:
    from service.national.force_task import ForceSettings
    from service.national.nation_request import NationRequest

    settings = ForceSettings(**asked.get("settings", {}))
    named: dict[str, Any] = {name: path for name, path in paths.items() if name in _PATHS}
    if asked.get("near_repeat") is not None:
        named["near_repeat"] = tuple(asked["near_repeat"])
    return NationRequest(out=out, first=asked.get("first"), last=asked.get("last"), settings=settings, **named)
