"""
Import of a nation: a folder of data.police.uk, every force and month of it, into the store.

Each file is one job, which writes the segment of its month and tells of it; only then does the one who has called for
the jobs tell the catalogue, a force at a time, in the way of every import: what is there already changes nothing, what
differs takes its place, and a line of the audit says so. A file that cannot be read is told with its reason, and the
others go on.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import pandas as pd

from geodata.errors import InputError
from geodata.police_uk import STREET_CSV
from geodata.projection import working_crs
from geodata.street_months import force_and_month, read_street_month
from geodata.tables import WORKING_CRS
from service.cluster import Engine, Facts, Job, work_through
from service.stages import Stage, silent
from service.store import Store
from service.store.differences import COLUMNS, month_differences
from service.store.importing import Draft, confirm_import
from service.store.segments import Segment, current, refuse_bad_name, write_columns

MOST_TRIES: Final = 5  # to compare with what is there, where another import goes on beside this one


@dataclass(frozen=True)
class MonthFile:
    """
    One file to be read.

    Parameters
    ----------
    force, month : by its name
    path, name : where it lies, and in the folder given
    size, changed : bytes, and when it was last written, nanoseconds: a file that has changed is another
    segments : folder of the store's segments
    crs : the working CRS
    """

    force: str
    month: str
    path: str
    name: str
    size: int
    changed: int
    segments: str
    crs: str


@dataclass(frozen=True, eq=False)
class NationImported:
    """
    What came of an import.

    Parameters
    ----------
    forces : one row a force: files, rows_read, rows_accepted, rows_rejected, months (that are new or changed), import
        (its number, 0 where nothing was new)
    sources : file, kind, sha256, rows_read, rows_accepted and rows_rejected of each file that was read
    broken : file and reason of each that could not be read
    """

    forces: pd.DataFrame
    sources: pd.DataFrame
    broken: tuple[tuple[str, str], ...]


def import_nation(
    store: Store, folder: Path, engine: Engine, ledger: Path, *, actor: str, crs: str = WORKING_CRS,
    forces: Sequence[str] = (), months: Callable[[str], bool] | None = None, stage: Stage = silent,
) -> NationImported:  # fmt: skip
    """
    Keep every month of every force that a folder holds, and return what came of it.

    Parameters
    ----------
    store : Store
    folder : as data.police.uk hands it out, "2024-06/2024-06-durham-street.csv", plain or gzipped
    engine, ledger : as of `work_through`
    actor : account
    crs : the working CRS
    forces : only these; all of them where none is named
    months : whether a month, "2024-06", is wanted; None: all are
    stage : called with each stage's name

    Raises
    ------
    InputError
        If the folder holds no such file, none of a month asked for, or two of one, or the scheduler was lost.
    """
    files = [file for file in month_files(store, folder, crs, forces) if months is None or months(file.month)]
    if not files:
        raise InputError(f"A folder of data.police.uk must hold a month that is asked for; {folder} holds none.")
    jobs = [Job(f"import {file.force} {file.month}", read_month, (file,)) for file in files]
    told = work_through(engine, jobs, ledger, stage=stage)
    read: dict[str, list[Facts]] = {}
    for file, job in zip(files, jobs, strict=True):
        read.setdefault(file.force, []).append(told[job.name])
    with stage("tell the catalogue"):
        rows = [_keep(store, force, facts, engine, ledger, actor) for force, facts in read.items()]
    broken = [(facts["name"], facts["broken"]) for facts in told.values() if facts["broken"]]
    sources = _sources([facts for facts in told.values() if not facts["broken"]])
    return NationImported(pd.DataFrame(rows), sources, tuple(broken))


def month_files(store: Store, folder: Path, crs: str, forces: Sequence[str] = ()) -> list[MonthFile]:
    """
    Return the files of street-level crime in a folder, by force and month.

    Raises
    ------
    InputError
        If there is none, none of one of `forces`, or two of one force and month.
    """
    found: dict[tuple[str, str], Path] = {}
    for path in sorted(folder.rglob("*-street.csv*")):
        named = force_and_month(path.name)
        if named is None or (forces and named[0] not in forces):
            continue
        if named in found:
            both = " and ".join(each.relative_to(folder).as_posix() for each in (found[named], path))
            raise InputError(f"A force's month must lie in one file; {both} are of one.")
        found[named] = path
    missing = [force for force in forces if force not in {force for force, _ in found}]
    if missing or not found:
        whose = f"of {missing[0]} " if missing else ""
        raise InputError(f"A folder of data.police.uk must hold files such as 2024-06-durham-street.csv; {folder} "
                         f"holds none {whose}.".replace(" .", "."))  # fmt: skip
    about = {"segments": str(store.segments.resolve()), "crs": working_crs(crs).to_string()}
    return [_month_file(folder, path, force, month, about) for (force, month), path in sorted(found.items())]


def read_month(file: MonthFile) -> Facts:
    """Write the segment of one file, and tell of it: its rows, those refused by reason, or why it cannot be read."""
    told: dict[str, Any] = {"name": file.name, "broken": "", "rows": 0, "segment": None, "rejected": {}}
    try:
        read = read_street_month(Path(file.path), file.name, file.month, crs=file.crs)
    except InputError as reason:
        return told | {"broken": str(reason)}
    told |= {"rows": read.rows, "rejected": read.rejected, "sha256": read.sha256}
    if not read.crimes.num_rows:
        return told
    folder = Path(file.segments)
    segment = write_columns(folder, file.force, file.month, read.crimes, file.crs)
    return told | {"segment": asdict(segment), "files": [str(folder / segment.path)]}


def compare_month(folder: str, segment: Segment, before: Segment) -> Facts:
    """Tell what a segment would change of the one that is there."""
    return {"row": month_differences(Path(folder), segment, before)}


def _month_file(folder: Path, path: Path, force: str, month: str, about: Mapping[str, str]) -> MonthFile:
    refuse_bad_name(force)
    state, name = path.stat(), path.relative_to(folder).as_posix()
    return MonthFile(force, month, str(path.resolve()), name, state.st_size, state.st_mtime_ns, **about)


def _keep(store: Store, force: str, told: Sequence[Facts], engine: Engine, ledger: Path, actor: str) -> dict[str, Any]:
    """Tell the catalogue of a force's months that are new or changed; where another import came between, once more."""
    read = [facts for facts in told if not facts["broken"]]
    for left in range(MOST_TRIES, 0, -1):
        draft = _draft(store, force, read, engine, ledger)
        try:
            done = confirm_import(store, draft, actor=actor) if draft.segments else None
            break
        except InputError:
            if left == 1:
                raise
    accepted = sum(facts["segment"]["rows"] for facts in read if facts["segment"])
    rows = sum(facts["rows"] for facts in read)
    return {
        "force": force, "files": len(told), "rows_read": rows, "rows_accepted": accepted,
        "rows_rejected": rows - accepted, "months": len(draft.segments), "import": (done and done.number) or 0,
    }  # fmt: skip


def _draft(store: Store, force: str, read: Sequence[Facts], engine: Engine, ledger: Path) -> Draft:
    """What of a force is new or changed, beside what is there now."""
    with store.reading() as reading:
        there = {segment.month: segment for segment in current(reading, force)}
    held = {facts["name"]: Segment(**facts["segment"]) for facts in read if facts["segment"]}
    news = {name: each for name, each in held.items() if there.get(each.month) != each}
    new = [facts for facts in read if facts["name"] in news or not facts["segment"]]
    folder = str(store.segments.resolve())
    jobs = [Job(f"compare {force} {each.month}", compare_month, (folder, each, there[each.month]))
            for each in news.values() if each.month in there]  # fmt: skip
    compared = {facts["row"][0]: facts["row"] for facts in work_through(engine, jobs, ledger).values()}
    rows = [compared.get(each.month) or month_differences(store.segments, each, None) for each in news.values()]
    before = {each.month: there[each.month].sha256 if each.month in there else "" for each in news.values()}
    months = pd.DataFrame(rows, columns=list(COLUMNS))
    return Draft(force, tuple(news.values()), before, months, _sources(new), _rejects(new))


def _sources(read: Sequence[Facts]) -> pd.DataFrame:
    accepted = [facts["segment"]["rows"] if facts["segment"] else 0 for facts in read]
    rows = [(facts["name"], STREET_CSV, facts["sha256"], facts["rows"], rows, facts["rows"] - rows)
            for facts, rows in zip(read, accepted, strict=True)]  # fmt: skip
    return pd.DataFrame(rows, columns=["file", "kind", "sha256", "rows_read", "rows_accepted", "rows_rejected"])


def _rejects(read: Sequence[Facts]) -> pd.DataFrame:
    rows = [
        (facts["name"], line, reason)
        for facts in read
        for line, reason in sorted((line, reason) for reason, lines in facts["rejected"].items() for line in lines)
    ]
    return pd.DataFrame(rows, columns=["file", "line", "reason"])
