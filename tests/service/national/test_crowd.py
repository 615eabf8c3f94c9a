"""Many processes on one catalogue: nothing lost, nothing doubled."""

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import select

from service.store import audit, open_store
from service.store.segments import not_erased, read_segment
from service.store.tables import AUDIT, IMPORTS, JOBS, REJECTS, SEGMENTS
from tests.service.national.crowd import EACH
from tests.service.national.street_files import NOWHERE, write_month

ROOT = Path(__file__).resolve().parents[3]
FORCES = ("avon", "durham", "kent", "surrey")
MONTHS = [f"2023-{month:02d}" for month in range(1, 7)]


def rows_of(store, table):
    with store.reading() as reading:
        return [dict(row) for row in reading.execute(select(table)).mappings()]


@pytest.mark.parametrize("address", ["postgresql"], indirect=True)
def test_three_services_and_two_importers_at_once_lose_nothing_and_double_nothing(address, tmp_path):
    nations = [tmp_path / "first", tmp_path / "second"]
    for seed, nation in enumerate(nations):
        for force in FORCES:
            for month in MONTHS:  # of two forces both hold the same, of the others each its own
                own = seed if force in ("kent", "surrey") else 0
                write_month(nation, force, month, rows=9 + own, seed=own, more=(NOWHERE,))
    open_store(address, tmp_path / "kept").close()
    command = [sys.executable, "-m", "tests.service.national.crowd", address, tmp_path / "kept", *nations]
    ran = subprocess.run([str(word) for word in command], cwd=ROOT, capture_output=True, text=True, check=True)
    told = json.loads(ran.stdout)
    assert told["ended"] == [0] * 5, ran.stderr

    store = open_store(address, tmp_path / "kept")
    segments = rows_of(store, SEGMENTS)
    now = Counter((row["force"], row["month"]) for row in segments if row["state"] == "current")
    assert now == Counter({(force, month): 1 for force in FORCES for month in MONTHS})
    per_month = Counter((row["force"], row["month"]) for row in segments)
    for force in FORCES:
        assert {per_month[force, month] for month in MONTHS} == ({2} if force in ("kent", "surrey") else {1})
    with store.reading() as reading:
        assert all(len(read_segment(store, segment)) == segment.rows for segment in not_erased(reading))
        assert audit.verify(reading).broken is None

    imports, rejects = rows_of(store, IMPORTS), Counter(row["import_id"] for row in rows_of(store, REJECTS))
    assert {row["id"]: row["rows_rejected"] for row in imports} == rejects
    assert sum(row["rows_accepted"] for row in imports) == sum(row["rows"] for row in segments)
    numbers = [force["import"] for each in told["imports"] for force in each if force["import"]]
    assert sorted(numbers) == sorted(row["id"] for row in imports)
    jobs = rows_of(store, JOBS)
    assert [(row["state"], row["attempts"]) for row in jobs] == [("done", 1)] * (3 * EACH)
    found = {json.loads(row["outcome"])["found"] for row in jobs}
    assert found == {f"The profile of Force {a} {b}: 0 bases, 0 shifts." for a in range(3) for b in range(EACH)}
    subjects = [row["subject"].startswith("crimes of ") for row in rows_of(store, AUDIT)]
    assert (sum(subjects), len(subjects)) == (len(imports), len(imports) + 3 * EACH)
    store.close()
