"""A run of the cycle over what is kept: the crimes of the months asked for, and the force's files."""

import shutil
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final

import pandas as pd
from geopandas import GeoDataFrame
from sqlalchemy import Connection

from geodata.crimes import CrimeRead
from geodata.errors import InputError, NotFoundError
from geodata.tables import REJECTS, SOURCES, check, empty
from service.intelligence.reports import standing_points, weighed
from service.jobs import queue
from service.jobs.queue import Job, Record
from service.jobs.workshop import workshop
from service.profile.force import Profile, read_profile
from service.releases import carried_on
from service.stages import Stage
from service.store import Store
from service.store.files import current_files, lay_out
from service.store.runs import find_run, record_run
from service.store.segments import Segment, current, join_segments
from service.tasking.community import priorities_on
from service.tasking.records import Handed, hand_over
from service.tasking.times import day_of

KEPT: Final = "crimes kept"
SHARES: Final = {
    "read": 0.02, "fitness": 0.06, "forecast and back-test": 0.08, "hot spots": 0.12, "staff teams": 0.22,
    "schedule patrols": 0.25, "plan CSO hours": 0.7, "what changed, who suffers": 0.82, "gather": 0.84,
}  # fmt: skip


def ask_run(
    store: Store, force: str, *, actor: str, months: tuple[str, str], products: tuple[str, ...] = (),
    seed: int | None = None, last: int | None = None, allow_gaps: bool = False, publish: bool = False,
) -> int:  # fmt: skip
    """
    Put a run in the queue, over what is in force now, whatever comes in meanwhile; return the job's number.

    Parameters
    ----------
    store, force, actor : whose, and who asks
    months : the first and the last, "2024-01"
    products : names; empty for the usual ones
    seed : in place of the profile's
    last : number of an earlier run to look back on
    allow_gaps : whether to go on although months are missing
    publish : whether it is published at once

    Raises
    ------
    InputError
        If there are no areas, or no crimes in those months.
    NotFoundError
        If there is no such earlier run.
    """
    first, final = months
    with store.reading() as reading:
        files = current_files(reading, force)
        segments = [each for each in current(reading, force) if first <= each.month <= final]
        published = carried_on(reading, force)
    if "areas" not in files:
        raise InputError("A run needs areas: give the force's wards, beats or neighbourhoods first.")
    if not segments:
        raise InputError(f"A run needs crimes, and none are kept of the months {first} to {final}.")
    if last is not None:
        find_run(store, force, last, published_only=False)
    request = {
        "files": {kind: {"name": file.name, "sha256": file.sha256} for kind, file in sorted(files.items())},
        "segments": [vars(each) for each in segments], "products": list(products), "seed": seed, "last": last,
        "allow_gaps": allow_gaps, "publish": publish, "published": published,
        "priorities": priorities_on(store, force, day_of(store.clock()).isoformat()),
        "intelligence": standing_points(store, force),
    }  # fmt: skip
    return queue.ask(store, force, "run", request, actor=actor)


def run(store: Store, job: Job, stage: Stage) -> Record:
    """
    Run the cycle as a job asks, and return what records its products.

    Parameters
    ----------
    store : Store
    job : of `ask_run`
    stage : called with each stage's name

    Raises
    ------
    InputError, NotFoundError
        If anything given breaks a rule, or has been erased since; nothing is kept then.
    """
    from service.cycle import run_cycle
    from service.reading.inputs import Request

    asked, home = job.request, Path("runs") / job.force / f"job-{job.id}"
    with workshop(store, job) as folder:
        files = lay_out(store, asked["files"], folder)
        profile = read_profile(files.get("profile"))
        crimes = kept_crimes(store, [Segment(**each) for each in asked["segments"]], profile)
        own = {**profile.community_priorities, **asked["priorities"]}
        priorities = weighed(own, asked.get("intelligence", {}), profile.intelligence.weight)
        last, handed = None, Handed()
        if asked["last"] is not None:
            last = store.folder / find_run(store, job.force, asked["last"], published_only=False).folder
            handed = hand_over(store, job.force, asked["last"], folder)
        outcome = run_cycle(
            Request(
                crimes=crimes, areas=files["areas"], out=folder / "out", profile=files.get("profile"),
                streets=files.get("streets"), lsoas=files.get("lsoas"), population=files.get("population"),
                deprivation=files.get("deprivation"), localities=files.get("localities"), last=last,
                products=tuple(asked["products"]), seed=asked["seed"], allow_gaps=asked["allow_gaps"],
                priorities=priorities, decisions=handed.decisions, delivered=handed.delivered,
                published=_printed(store, asked),
            ),
            stage=stage,
        )  # fmt: skip
        _move(folder / "out", store.folder / home)
    return lambda writing: _recorded(store, writing, job, home, outcome.manifest)


def kept_crimes(store: Store, segments: list[Segment], profile: Profile) -> CrimeRead:
    """
    Return crimes that are kept as a run takes them, each month with its fingerprint.

    Their rows were counted and refused as they were imported: here each segment's rows are read and accepted.

    Raises
    ------
    NotFoundError
        If a segment has been erased.
    InputError
        If the crimes were imported in another CRS than the profile's.
    """
    gone = [each.month for each in segments if not (store.segments / each.path).is_file()]
    if gone:
        raise NotFoundError(f"The crimes asked for must be kept; those of {gone[0]} have been erased since: ask again.")
    crimes = join_segments(store, segments)
    if crimes.crs != profile.analysis.crs:
        raise InputError(
            f"Crimes must be kept in the profile's CRS, {profile.analysis.crs}; these were imported in "
            f"{crimes.crs.to_string()}: import them again."
        )
    rows = [each.rows for each in segments]
    about = {
        "file": [f"{each.month}.parquet" for each in segments], "kind": [KEPT] * len(segments),
        "sha256": [each.sha256 for each in segments], "rows_read": rows, "rows_accepted": rows,
        "rows_rejected": [0] * len(segments),
    }  # fmt: skip
    words = dict.fromkeys(("file", "kind", "sha256"), "string")
    sources = check(pd.DataFrame(about).astype(words), SOURCES)
    return CrimeRead(GeoDataFrame(crimes), check(empty(REJECTS), REJECTS), sources, ())


def _printed(store: Store, asked: Mapping[str, Any]) -> Path | None:
    """Return what was printed last for the public, where the run makes a page for it."""
    found = asked.get("published") if "public" in asked["products"] else None
    return None if found is None else store.folder / found


def _move(made: Path, home: Path) -> None:
    """Put the products where they stay, all at once; an earlier try of this job that was not told of goes."""
    home.parent.mkdir(parents=True, exist_ok=True)
    shutil.rmtree(home, ignore_errors=True)
    made.replace(home)


def _recorded(store: Store, writing: Connection, job: Job, home: Path, manifest: Mapping[str, Any]) -> dict[str, Any]:
    until = date.fromisoformat(manifest["figures"]["until"]) - timedelta(days=1)
    number = record_run(
        writing, store, actor=job.actor, force=job.force, job_id=job.id, run=str(manifest["run"]),
        until=until.isoformat(), folder=home.as_posix(), state="published" if job.request["publish"] else "made",
    )  # fmt: skip
    return {"run": number}
