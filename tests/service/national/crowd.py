"""Three services and two importers over one store, each a process of its own, all at once."""

import io
import json
import multiprocessing
import os
import sys
from pathlib import Path

from service.cluster import open_engine
from service.jobs import queue
from service.jobs.kinds import KINDS
from service.jobs.worker import do
from service.national.importing import import_nation
from service.store import open_store
from service.store.files import keep_bytes

EACH = 8  # jobs that each service is asked for


def serve(start, url: str, folder: str, number: int) -> None:
    """Ask for work as pages do, and do whatever work there is until none is left."""
    store, name = open_store(url, Path(folder)), f"service-{number}:{os.getpid()}"
    start.wait()
    for at in range(EACH):
        text = f'[force]\nname = "Force {number} {at}"\n'.encode()
        kept = {"kind": "profile", "name": "ours.toml", "sha256": keep_bytes(store, io.BytesIO(text))}
        queue.ask(store, f"force-{number}", "file", kept, actor=f"analyst-{number}")
        if job := queue.claim(store, name, KINDS):
            do(store, job, name)
    while job := queue.claim(store, name, KINDS):
        do(store, job, name)
    store.close()


def gather(start, url: str, folder: str, nation: str, told) -> None:
    """Import a nation."""
    store = open_store(url, Path(folder))
    start.wait()
    with open_engine() as engine:
        done = import_nation(store, Path(nation), engine, Path(f"{nation} ledger"), actor=Path(nation).name)
    told.put(done.forces.to_dict("records"))
    store.close()


if __name__ == "__main__":
    store_url, store_folder, *nations = sys.argv[1:]
    fork = multiprocessing.get_context("fork")  # nothing is open yet, and everything is loaded once
    barrier, answers = fork.Barrier(3 + len(nations)), fork.SimpleQueue()
    crowd = [fork.Process(target=serve, args=(barrier, store_url, store_folder, number)) for number in range(3)]
    crowd += [fork.Process(target=gather, args=(barrier, store_url, store_folder, each, answers)) for each in nations]
    for process in crowd:
        process.start()
    for process in crowd:
        process.join()
    imports = [answers.get() for _ in nations] if all(process.exitcode == 0 for process in crowd) else []
    json.dump({"ended": [process.exitcode for process in crowd], "imports": imports}, sys.stdout)
