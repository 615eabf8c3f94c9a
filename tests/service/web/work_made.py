"""Work in every state: files in force, an import, an extract that waits, a run that runs and one made."""

import io
import json

from service.jobs import queue
from service.jobs.kinds import KINDS
from service.jobs.nation import NATION, ask_held
from service.jobs.worker import do
from service.store import Store
from service.store.files import keep_bytes, record_file
from service.store.importing import import_crimes
from service.store.uploads import folder_of, new_upload, save
from tests.service.store.extracts import extract
from tests.service.tasking.made_run import FOLDER, FORCE, tell_of_run

STREET = (
    "Crime ID,Month,Longitude,Latitude,Location,LSOA code,Crime type\n"
    "a1,2024-06,-1.60,54.97,On or near Mill Street,E01008162,Burglary\n"
    "a2,2024-06,-1.61,54.98,On or near Mill Street,E01008162,Robbery\n"
    "a3,2024-13,-1.61,54.98,On or near Mill Street,E01008162,Robbery\n"
)
PROFILE = b'[force]\nname = "Sample force"\n'
EXTRACT, RUNNING, SCENARIO, NATIONAL = 2, 3, 5, 6  # numbers of jobs, after those of the runs 1 and 2
PLANS = {"base": 4, "Four more CSOs": 8}


def work_made(store: Store) -> None:
    """Fill a store in which a run is published."""
    import_crimes(store, FORCE, extract(["2024-05"]), actor="the-analyst")
    kept = {"kind": "areas", "name": "wards.geojson", "sha256": keep_bytes(store, io.BytesIO(b"{}"))}
    with store.writing() as writing:
        record_file(store, writing, kept, force=FORCE, actor="the-analyst")
    assert read_one(store, STREET) == EXTRACT
    assert queue.ask(store, FORCE, "run", {}, actor="the-analyst") == RUNNING
    queue.claim(store, "elsewhere:1", {"run"})
    number = tell_of_run(store, FOLDER, state="made")
    assert number == 2
    assert _scenario(store) == SCENARIO
    assert _national(store) == NATIONAL


def _scenario(store: Store) -> int:
    """A scenario as a planner would find it: the figures are made up."""
    folder = store.folder / "runs" / "scenarios"
    folder.mkdir(parents=True)
    (folder / "summary.csv").write_text("scenario\nbase\n", encoding="utf-8")
    (folder / "scenario.html").write_text("<!DOCTYPE html><title>Two maps</title><p>Two maps", encoding="utf-8")
    row = {"ward": "E05000001", "name": "West", "constables": 2}
    outcome = {
        "folder": "runs/scenarios", "notes": ["Patrols are planned in straight lines."],
        "summary": [{"scenario": name, "value": 9.5, "covered": 0.7, "csos": csos, "unmet": "", "cost": None}
                    for name, csos in PLANS.items()],
        "wards": [row | {"scenario": name, "csos": csos} for name, csos in PLANS.items()],
    }  # fmt: skip
    lines = {"scenario": {"name": "Four more CSOs"}, "posts": {"csos": "+4"}}
    request = {"run": 1, "scenarios": [lines], "names": ["Four more CSOs"]}
    number = queue.ask(store, FORCE, "scenario", request, actor="the-planner")
    job = queue.claim(store, "here:1", {"scenario"})
    assert job is not None
    queue.finish(store, job, "here:1", lambda _: outcome)
    return number


def _national(store: Store) -> int:
    """A national run as its analyst would find it: the figures are made up."""
    kept = {"kind": "forces", "name": "forces.geojson", "sha256": keep_bytes(store, io.BytesIO(b"[]"))}
    with store.writing() as writing:
        record_file(store, writing, kept, force=NATION, actor="the-nations-analyst")
    number = ask_held(store, actor="the-nations-analyst", first="2024-05", last="2024-05", settings={})
    job = queue.claim(store, "here:1", {"national"})
    assert job is not None
    folder = store.folder / "runs" / NATION / f"national-{number}"
    folder.mkdir(parents=True)
    (folder / "national.html").write_text("<!DOCTYPE html><title>The nation</title><p>The nation", encoding="utf-8")
    (folder / "league.csv").write_text("force,offence\n", encoding="utf-8")
    manifest = {
        "figures": {"period": "1 May 2024 to 31 May 2024", "forces": [{"force": FORCE}]}, "rows_accepted": 9,
        "settings": {"cell": 250.0, "share": 0.01, "seed": 0}, "inputs": [{"kind": "forces"}], "versions": {},
    }  # fmt: skip
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    outcome = {"folder": f"runs/{NATION}/{folder.name}", "run": "0" * 12, "notes": ["Months differ."]}
    queue.finish(store, job, "here:1", lambda _: outcome)
    return number


def send(store: Store, text: str, name: str = "2024-06-street.csv") -> int:
    """Put an upload and its job in the queue; return the job's number."""
    upload = new_upload(store)
    sent = folder_of(store, upload) / "sent"
    sent.mkdir()
    save(sent, name, io.BytesIO(text.encode()))
    return queue.ask(store, FORCE, "extract", {"upload": upload}, actor="the-analyst")


def read_one(store: Store, text: str) -> int:
    """Send an extract, and have it read here and now."""
    number = send(store, text)
    work_off(store)
    return number


def work_off(store: Store) -> None:
    """Do whatever waits in the queue."""
    while job := queue.claim(store, "here:1", frozenset(KINDS)):
        do(store, job, "here:1")
