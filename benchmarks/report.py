"""
`beatplan report` as a whole and by stage: wall, CPU and peak memory, each run in a process of its own.

    python -m benchmarks.report [--quick] [--only northumbria|town] [--shared FOLDER] --json FILE

The peer does the first step only: pandas reads the same files and geopandas joins the points to wards. What the ratio
says is what a whole pack costs beside merely opening the data.
"""

import argparse
import contextlib
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from benchmarks._record import Row, peak_mib, print_table, write_rows

TOWN_INCIDENTS: Final = 1_000_000
QUICK_INCIDENTS: Final = 50_000


def main() -> None:
    """Run the benchmark and write or print its rows."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--quick", action="store_true", help="a small made-up force only")
    words.add_argument("--only", choices=("northumbria", "town"))
    words.add_argument("--shared", type=Path, default=Path(__file__).resolve().parents[2] / "shared")
    words.add_argument("--json", type=Path)
    words.add_argument("--one", help=argparse.SUPPRESS)
    given = words.parse_args()
    if given.one:
        print(json.dumps(_one(json.loads(given.one))))
        return
    with tempfile.TemporaryDirectory() as folder:
        rows = [row for task in _tasks(given, Path(folder)) for row in _rows(task)]
    write_rows(rows, given.json) if given.json else print_table(rows)


def _tasks(given: argparse.Namespace, folder: Path) -> Iterator[dict[str, Any]]:
    """What to report on: real recorded crime, and a made-up force at size."""
    if given.only != "town" and not given.quick:
        data = given.shared / "data"
        areas = data / "boundaries" / "northumbria_wards_2022.gpkg"
        crimes = data / "crime" / "northumbria"
        yield {"task": "northumbria", "crimes": str(crimes), "areas": str(areas), "out": str(folder / "northumbria")}
    if given.only != "northumbria":
        yield _town(folder, QUICK_INCIDENTS if given.quick else TOWN_INCIDENTS)


def _town(folder: Path, incidents: int) -> dict[str, Any]:
    from service.demo import INPUTS_FOLDER, made_up_request

    request = made_up_request(folder / "town", seed=0, wards=40, incidents=incidents)
    names = ("areas", "profile", "streets", "out")
    return {
        "task": f"made-up force, {incidents:,} rows",
        "crimes": str(folder / "town" / INPUTS_FOLDER / "crimes.csv"),
        **{name: str(getattr(request, name)) for name in names},
    }


def _rows(task: dict[str, Any]) -> Iterator[Row]:
    """Cold, then warm (compiled code and street network on disk), then the peer; each in a new process."""
    for subject in ("beatplan, first run", "beatplan", "pandas and geopandas: read and join only"):
        ran = _in_a_new_process({**task, "subject": subject})
        for stage in ran["stages"]:
            yield Row(
                task=task["task"],
                parameters={"stage": stage["name"], "rows": ran["rows"]},
                subject=subject,
                seconds=stage["seconds"],
                cpu_seconds=stage["cpu_seconds"],
                peak_mib=stage["peak_mib"],
            )


def _in_a_new_process(task: dict[str, Any]) -> dict[str, Any]:
    started = time.perf_counter()
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.report", "--one", json.dumps(task)],
        capture_output=True,
        text=True,
        check=True,
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    ran: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    whole = {
        "name": "whole process",
        "seconds": time.perf_counter() - started,
        "cpu_seconds": after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime,
        "peak_mib": ran["stages"][-1]["peak_mib"],
    }
    ran["stages"].append(whole)
    return ran


def _one(task: dict[str, Any]) -> dict[str, Any]:
    return _peer(task) if task["subject"].startswith("pandas") else _ours(task)


def _ours(task: dict[str, Any]) -> dict[str, Any]:
    stages: list[dict[str, Any]] = []
    with _timed("import", stages):
        from service.cycle import run_cycle
        from service.reading.inputs import Request
    files: Any = {name: Path(task[name]) for name in ("areas", "profile", "streets", "out") if name in task}
    outcome = run_cycle(Request(crimes=(task["crimes"],), **files), stage=lambda name: _timed(name, stages))
    return {"stages": stages, "rows": outcome.manifest["rows_read"]}


def _peer(task: dict[str, Any]) -> dict[str, Any]:
    stages: list[dict[str, Any]] = []
    with _timed("import", stages):
        import geopandas as gpd
        import pandas as pd
    place = Path(task["crimes"])
    files = sorted(place.rglob("*street.csv.gz")) if place.is_dir() else [place]
    with _timed("read", stages):
        rows = pd.concat([pd.read_csv(file) for file in files])
    with _timed("join", stages):
        in_metres = "easting" in rows
        x, y = (rows["easting"], rows["northing"]) if in_metres else (rows["Longitude"], rows["Latitude"])
        points = gpd.GeoDataFrame(geometry=gpd.points_from_xy(x, y), crs="EPSG:27700" if in_metres else "EPSG:4326")
        gpd.sjoin(points.to_crs("EPSG:27700"), gpd.read_file(task["areas"]).to_crs("EPSG:27700"))
    return {"stages": stages, "rows": len(rows)}


@contextlib.contextmanager
def _timed(name: str, stages: list[dict[str, Any]]) -> Iterator[None]:
    wall, cpu = time.perf_counter(), time.process_time()
    yield
    stages.append(
        {
            "name": name,
            "seconds": time.perf_counter() - wall,
            "cpu_seconds": time.process_time() - cpu,
            "peak_mib": peak_mib(),
        }
    )


if __name__ == "__main__":
    main()
