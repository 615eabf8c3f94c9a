"""A force that does not exist, for a look round: its files, its crimes, and a run that is published when it is made."""

from pathlib import Path
from typing import Final

from service.jobs import queue
from service.jobs.queue import Job, Record
from service.jobs.running import ask_run
from service.jobs.workshop import workshop
from service.profile.force import read_profile
from service.stages import Stage
from service.store import Store
from service.store.files import current_files, keep_bytes, record_file
from service.store.importing import import_crimes

WARDS: Final = 16
INCIDENTS: Final = 12_000
PRODUCTS: Final = ("report", "map", "tables", "gis", "plan", "patrol-maps")
SHARES: Final = {"make up a force": 0.05, "import its crimes": 0.6}


def make_up(store: Store, job: Job, stage: Stage) -> Record:
    """
    Make up a force and ask for a run of it; what an earlier try has done is not done again.

    Parameters
    ----------
    store, job : for whose force
    stage : called with each stage's name
    """
    from geodata.crimes import read_crimes
    from service.demo import made_up_request

    with workshop(store, job) as folder:
        with stage("make up a force"):
            made = made_up_request(folder, seed=0, wards=WARDS, incidents=INCIDENTS)
        with stage("import its crimes"):
            profile = read_profile(made.profile)
            paths = [str(path) for path in made.crimes] if isinstance(made.crimes, tuple) else []
            read = read_crimes(paths, crs=profile.analysis.crs, mapping=profile.crimes.extract)
            import_crimes(store, job.force, read, actor=job.actor)
        for kind, path in (("profile", made.profile), ("areas", made.areas), ("streets", made.streets)):
            if path is not None:
                _give(store, job, kind, path)
    months = read.crimes["occurred_from"].dt.strftime("%Y-%m")
    if not queue.newest(store, job.force, kind="run"):
        ask_run(store, job.force, actor=job.actor, months=(months.min(), months.max()), products=PRODUCTS, publish=True)
    return lambda _: {"found": "The made-up force has its files and crimes; its first run is being made."}


def _give(store: Store, job: Job, kind: str, path: Path) -> None:
    with path.open("rb") as content:
        kept = {"kind": kind, "name": path.name, "sha256": keep_bytes(store, content)}
    with store.writing() as writing:
        there = current_files(writing, job.force).get(kind)
        if there is None or there.sha256 != kept["sha256"]:
            record_file(store, writing, kept, force=job.force, actor=job.actor)
