"""
Import of a nation: a folder of data.police.uk, every force and month of it, into the store.

Jobs read the files of a force, a year each, write the segment of each month and tell of it; once a force is read, the
one who has called for the jobs tells the catalogue, in the way of every import: what is there already changes nothing,
what differs takes its place, and a line of the audit says so. A file that cannot be read is told with its reason, and
the others go on.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pandas as pd

from geodata.errors import InputError
from geodata.police_uk import STREET_CSV
from geodata.tables import WORKING_CRS
from service.cluster import Engine, Facts, Job, work_through
from service.national.month_files import MonthFile, month_files, read_months
from service.stages import Stage, silent
from service.store import Store
from service.store.differences import COLUMNS, month_differences
from service.store.importing import Draft, confirm_import
from service.store.segments import Segment, current

MOST_TRIES: Final = 5  # to compare with what is there, where another import goes on beside this one


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
    files = month_files(store, folder, crs, forces, months)
    jobs = _jobs(files)
    force_of = {job.name: job.arguments[0].force for job in jobs}
    left = Counter(force_of.values())
    read: dict[str, list[Facts]] = {force: [] for force in left}
    kept: dict[str, dict[str, Any]] = {}

    def ended(job: Job, facts: Facts) -> None:
        force = force_of[job.name]
        read[force] += facts["months"]
        left[force] -= 1
        if left[force]:
            return
        read[force].sort(key=lambda facts: str(facts["name"]))  # however the jobs ended
        if not _differs(store, force, read[force]):
            kept[force] = _keep(store, force, read[force], engine, ledger, actor)

    work_through(engine, jobs, ledger, stage=stage, ended=ended)
    with stage("compare with what was there"):
        for force in sorted(set(read) - set(kept)):
            kept[force] = _keep(store, force, read[force], engine, ledger, actor)
    told = [facts for force in sorted(read) for facts in read[force]]
    broken = [(facts["name"], facts["broken"]) for facts in told if facts["broken"]]
    sources = _sources([facts for facts in told if not facts["broken"]])
    return NationImported(pd.DataFrame([kept[force] for force in sorted(kept)]), sources, tuple(broken))


def compare_month(folder: str, segment: Segment, before: Segment) -> Facts:
    """Tell what a segment would change of the one that is there."""
    return {"row": month_differences(Path(folder), segment, before)}


def _jobs(files: Sequence[MonthFile]) -> list[Job]:
    """A job for each year of a force: its months are read one by one, but a cluster is not asked for each of them."""
    years: dict[str, list[MonthFile]] = {}
    for file in files:
        years.setdefault(f"import {file.force} {file.month[:4]}", []).append(file)
    return [Job(name, read_months, tuple(held)) for name, held in years.items()]


def _differs(store: Store, force: str, read: Sequence[Facts]) -> bool:
    """Whether a month that is there is another than that which was read: the two must be compared."""
    with store.reading() as reading:
        there = {segment.month: segment.sha256 for segment in current(reading, force)}
    held = [facts["segment"] for facts in read if facts["segment"]]
    return any(there.get(each["month"], each["sha256"]) != each["sha256"] for each in held)


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
