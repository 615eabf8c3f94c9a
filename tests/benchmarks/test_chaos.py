"""The trials that kill the service's work: a few of them here, and that they see what is wrong."""

import pytest
from sqlalchemy import delete, insert

from benchmarks._chaos_acts import ACTS
from benchmarks._chaos_imports import extract
from benchmarks._databases import PROGRAMS
from benchmarks.chaos import Tally, read, trials, write
from service.store import open_store
from service.store.importing import import_crimes
from service.store.tables import DECISIONS, JOBS, MEETINGS, RUNS, SEGMENTS


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_what_is_killed_at_a_random_point_leaves_nothing_half_done(kind):
    if kind == "postgresql" and not PROGRAMS:
        pytest.skip("PostgreSQL is not installed (apt install postgresql)")
    tallies = []
    assert list(trials(kind, tuple(ACTS), tallies, kills=1))
    assert [tally.act for tally in tallies] == list(ACTS)
    assert [(tally.act, tally.problems) for tally in tallies if tally.losses] == []


def test_trials_add_up_over_several_runs_and_those_of_another_program_stay_apart(tmp_path):
    file, earlier = tmp_path / "chaos.json", Tally("sqlite", "decision", program="0.0.1", trials=9, killed=9)
    write(file, [earlier])
    for kills in (1, 2):
        tallies = read(file)
        list(trials("sqlite", ("decision",), tallies, kills=kills))
        write(file, tallies)
    before, now = read(file)
    assert before == earlier
    assert now.killed == 2 <= now.trials
    assert list(trials("sqlite", ("decision",), [now], kills=2)) == []


def test_what_did_not_hold_is_counted_once_a_trial_and_each_sentence_kept():
    tally = Tally("sqlite", "run").with_trial(True, 3, ["b", "a"]).with_trial(False, 0, ["b"]).with_trial(True, 1, [])
    assert (tally.trials, tally.killed, tally.told, tally.losses, tally.problems) == (3, 2, 4, 2, ["a", "b"])


@pytest.fixture
def store(tmp_path):
    opened = open_store(f"sqlite:///{tmp_path / 'store.db'}", tmp_path / "kept")
    import_crimes(opened, "sample-force", extract(1), actor="chaos")
    yield opened
    opened.close()


def test_a_month_that_is_there_by_half_and_an_import_that_is_lost_are_seen(store):
    assert list(ACTS["import"].wrong(store, [1])) == []
    assert list(ACTS["import"].wrong(store, [1, 2])) == ["an import that was told of is lost"]
    with store.writing() as writing:
        writing.execute(delete(SEGMENTS).where(SEGMENTS.c.month == "2024-06"))
    assert list(ACTS["import"].wrong(store, [1])) == ["a month is there by half, twice or not at all"]


def test_a_decision_outside_the_audit_is_seen(store):
    with store.writing() as writing:
        job = {"force": "f", "kind": "run", "request": "{}", "actor": "x", "at": "x", "state": "done", "stage": "x",
               "share": 1.0, "attempts": 1}  # fmt: skip
        writing.execute(insert(JOBS).values(**job))
        run = {"force": "f", "job_id": 1, "run": "x", "at": "x", "until": "x", "folder": "x", "state": "made"}
        writing.execute(insert(RUNS).values(**run))
        meeting = {"force": "f", "run_id": 1, "began": "x", "chair": "x", "present": ""}
        writing.execute(insert(MEETINGS).values(**meeting))
        said = {"decision": "accept", "reason": "", "owner": "x", "review_date": "", "at": "x", "actor": "x"}
        writing.execute(insert(DECISIONS).values(meeting_id=1, hotspot_id="H01", version=2, **said))
    assert list(ACTS["decision"].wrong(store, [])) == [
        "a decision is there twice, or not in the audit", "a version of a decision is missing"
    ]  # fmt: skip
    assert "a decision that was told of is lost" in ACTS["decision"].wrong(store, [(1, "H02", 1)])
