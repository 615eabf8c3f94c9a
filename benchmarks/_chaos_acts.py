"""What a process does until it is killed, and what must hold of the store afterwards."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from geopandas import GeoDataFrame, GeoSeries
from sqlalchemy import Connection, func, insert, select

from geodata.crimes import CrimeRead
from geodata.tables import CRIMES, REJECTS, SOURCES, TIME_ZONE, WORKING_CRS, check, empty
from service.jobs import queue
from service.jobs.kinds import Kind
from service.jobs.queue import Job, Record
from service.jobs.worker import do
from service.stages import Stage
from service.store import Store, audit, open_store
from service.store.importing import import_crimes
from service.store.runs import record_run
from service.store.segments import not_erased, read_segment
from service.store.tables import AUDIT, DECISIONS, IMPORTS, JOBS, METADATA, RUNS, SEGMENTS
from service.tasking import meetings
from service.tasking.meetings import Ruling

Tell = Callable[[Any], None]
FORCE: Final = "sample-force"
MONTHS: Final = ("2024-05", "2024-06")
_ROWS: Final = 40
_SPOTS: Final = tuple(f"H{number:02d}" for number in range(1, 6))
_PRODUCTS: Final = ("a.txt", "b.txt", "c.txt")


@dataclass(frozen=True)
class Act:
    """
    One thing that is done again and again, and killed.

    Parameters
    ----------
    go : tells that it has begun, does it, and tells of each time that it was kept
    wrong : what does not hold of the store, in words, given what was told
    longest : seconds until it is killed
    """

    go: Callable[[Store, Tell, int], None]
    wrong: Callable[[Store, list[Any]], Iterator[str]]
    longest: float = 0.6


def extract(seed: int) -> CrimeRead:
    """Return two months of made-up crimes, others for each seed."""
    rng, size = np.random.default_rng(seed), _ROWS * len(MONTHS)
    days = pd.to_datetime(np.repeat(MONTHS, _ROWS)) + pd.to_timedelta(rng.integers(0, 27 * 24, size), unit="h")
    when = pd.Series(days).dt.tz_localize(TIME_ZONE, ambiguous=True, nonexistent="shift_forward").dt.as_unit("s")
    words = {name: pd.Categorical([None] * size, categories=["x"]) for name in ("location", "lsoa", "grading")}
    table = {
        "crime_id": pd.array([f"C{seed}-{number}" for number in range(size)], dtype="string"),
        "offence": pd.Categorical(rng.choice(["Burglary", "Robbery"], size)), "occurred_from": when,
        "occurred_to": when, "precision": pd.Categorical(["instant"] * size),
        "place_id": pd.Categorical(["P1"] * size), "place_kind": pd.Categorical(["premises"] * size),
        "victim_id": pd.array([None] * size, dtype="string"), **words,
        "source_file": pd.Categorical([f"{seed}.csv"] * size), "source_row": np.arange(2, size + 2),
    }  # fmt: skip
    places = GeoSeries.from_xy(rng.uniform(4e5, 4.1e5, size), rng.uniform(3e5, 3.1e5, size), crs=WORKING_CRS)
    counts = {"rows_read": [size], "rows_accepted": [size], "rows_rejected": [0]}
    about = pd.DataFrame({"file": [f"{seed}.csv"], "kind": ["made up"], "sha256": ["0" * 64], **counts})
    sources = check(about.astype(dict.fromkeys(("file", "kind", "sha256"), "string")), SOURCES)
    crimes = check(GeoDataFrame(table, geometry=places), CRIMES)
    return CrimeRead(GeoDataFrame(crimes), check(empty(REJECTS), REJECTS), sources, ())


def _import(store: Store, tell: Tell, seed: int) -> None:
    import_crimes(store, FORCE, extract(1_000 * seed + 999), actor="chaos")  # the first one is slow: libraries wake up
    tell("begun")
    for step in range(999):
        tell(import_crimes(store, FORCE, extract(1_000 * seed + step), actor="chaos").number)


def _wrong_imports(store: Store, told: list[Any]) -> Iterator[str]:
    with store.reading() as reading:
        kept = set(reading.execute(select(IMPORTS.c.id)).scalars())
        entries = [row["import"] for row in _details(reading, "collection")]
        months = reading.execute(select(SEGMENTS.c.import_id, func.count()).group_by(SEGMENTS.c.import_id)).all()
        current = list(reading.execute(select(SEGMENTS.c.month).where(SEGMENTS.c.state == "current")).scalars())
        segments = not_erased(reading)
    if not set(told) <= kept:
        yield "an import that was told of is lost"
    if sorted(entries) != sorted(kept) or {number for number, _ in months} != kept:
        yield "an import is there by half: not in the audit, or without segments"
    if any(count != len(MONTHS) for _, count in months) or (kept and sorted(current) != sorted(MONTHS)):
        yield "a month is there by half, twice or not at all"
    for segment in segments:
        if len(read_segment(store, segment)) != segment.rows:
            yield "a segment is not what it was"


def _decide(store: Store, tell: Tell, seed: int) -> None:
    with store.writing() as writing:
        job = {
            "force": FORCE, "kind": "run", "request": "{}", "actor": "x", "at": store.now, "state": "done",
            "stage": "done", "share": 1.0, "attempts": 1,
        }  # fmt: skip
        number = writing.execute(insert(JOBS).values(**job).returning(JOBS.c.id)).scalar_one()
        about = {"job_id": number, "run": "0" * 16, "until": "2024-06-30", "folder": "runs/x", "state": "made"}
        run = record_run(writing, store, actor="chaos", force=FORCE, **about)
    meeting = meetings.begin(store, FORCE, run, present="", actor="chaos")
    tell("begun")
    for step in range(1_000):
        spot, said = _SPOTS[(seed + step) % len(_SPOTS)], Ruling("accept", owner=f"Sergeant {step}")
        with store.reading() as reading:
            saw = meetings.in_force(reading, meeting).get(spot, {"version": 0})["version"]
        version = meetings.decide(store, FORCE, meeting, spot, said, saw=saw, known=_SPOTS, actor="chaos")
        tell((meeting, spot, version))
        if step % 7 == 6:
            meetings.close(store, FORCE, meeting, actor="chaos")
            meeting = meetings.begin(store, FORCE, run, present="", actor="chaos")


def _wrong_decisions(store: Store, told: list[Any]) -> Iterator[str]:
    with store.reading() as reading:
        columns = (DECISIONS.c.meeting_id, DECISIONS.c.hotspot_id, DECISIONS.c.version)
        kept = [tuple(row) for row in reading.execute(select(*columns))]
        entries = [row for row in _details(reading, "alteration") if "hotspot" in row]
    if not set(map(tuple, told)) <= set(kept):
        yield "a decision that was told of is lost"
    if len(set(kept)) != len(kept) or len(entries) != len(kept):
        yield "a decision is there twice, or not in the audit"
    for meeting, spot, version in kept:
        if version > 1 and (meeting, spot, version - 1) not in kept:
            yield "a version of a decision is missing"


def _make(store: Store, job: Job, stage: Stage) -> Record:
    """Do what a run does at its end: lay its products where they stay, then tell of them."""
    folder = Path("runs") / job.force / f"job-{job.id}"
    (store.folder / folder).mkdir(parents=True, exist_ok=True)
    with stage("gather"):
        for name in _PRODUCTS:
            (store.folder / folder / name).write_text(str(job.id))
    about: dict[str, str | int] = {"job_id": job.id, "run": f"{job.id:016d}", "until": "2024-06-30"}
    about |= {"folder": str(folder), "state": "made"}
    return lambda writing: {"run": record_run(writing, store, actor=job.actor, force=job.force, **about)}


def _run(store: Store, tell: Tell, seed: int) -> None:
    tell("begun")
    for step in range(1_000):
        tell(("asked", queue.ask(store, FORCE, "run", {"seed": seed, "step": step}, actor="chaos")))
        job = queue.claim(store, "chaos", {"run"})
        if job is not None:
            do(store, job, "chaos", kinds={"run": Kind("run", _make)})
            tell(("done", job.id))


def _wrong_runs(store: Store, told: list[Any]) -> Iterator[str]:
    queue.release(store, "chaos")
    while job := queue.claim(store, "chaos", {"run"}):
        do(store, job, "chaos", kinds={"run": Kind("run", _make)})
    with store.reading() as reading:
        states = {row["id"]: row["state"] for row in reading.execute(select(JOBS)).mappings()}
        runs = [(row["job_id"], row["folder"]) for row in reading.execute(select(RUNS)).mappings()]
        entries = [row["job"] for row in _details(reading, "combination")]
    if any(number not in states or (what == "done" and states[number] != "done") for what, number in told):
        yield "a job that was told of is lost"
    done = sorted(number for number, state in states.items() if state == "done")
    if set(states.values()) - {"done"}:
        yield "a job was not taken up again"
    if sorted(number for number, _ in runs) != done or sorted(entries) != done:
        yield "a run was told of twice, or not at all"
    for number, folder in runs:
        if {(store.folder / folder / name).read_text() for name in _PRODUCTS} != {str(number)}:
            yield "a run's products are there by half"


def _migrate(_store: Store, tell: Tell, _seed: int) -> None:
    tell("open")


def _wrong_tables(store: Store, _told: list[Any]) -> Iterator[str]:
    with store.reading() as reading:
        if compare_metadata(MigrationContext.configure(reading), METADATA):
            yield "the tables are not those that the program knows"


ACTS: Final = {
    "import": Act(_import, _wrong_imports, longest=2.0),
    "decision": Act(_decide, _wrong_decisions),
    "run": Act(_run, _wrong_runs),
    "migration": Act(_migrate, _wrong_tables, longest=0.3),
}


def child(name: str, url: str, folder: Path, seed: int, pipe: Any) -> None:
    """Open the store and do an act until the end comes."""
    if name == "migration":
        pipe.send("begun")
    store = open_store(url, folder)
    ACTS[name].go(store, pipe.send, seed)


def wrong(name: str, url: str, folder: Path, told: list[Any]) -> list[str]:
    """Open what a killed process left, and return what does not hold."""
    with _opened(url, folder) as store:
        with store.reading() as reading:
            chain = [] if audit.verify(reading).broken is None else ["the chain is broken"]
        return chain + list(ACTS[name].wrong(store, told))


@contextmanager
def _opened(url: str, folder: Path) -> Iterator[Store]:
    store = open_store(url, folder)
    try:
        yield store
    finally:
        store.close()


def _details(reading: Connection, act: str) -> list[dict[str, Any]]:
    return [json.loads(told) for told in reading.execute(select(AUDIT.c.details).where(AUDIT.c.act == act)).scalars()]
