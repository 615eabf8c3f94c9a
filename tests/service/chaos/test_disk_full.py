"""A disk that fills up at any write of an import, an upload, a run or a back-up: a sentence, and nothing by half."""

import io

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError

from benchmarks._chaos_runs import RUN, _make
from geodata.errors import InputError
from service.jobs import queue
from service.jobs.kinds import Kind
from service.jobs.worker import do
from service.store import audit, open_store
from service.store.backup import back_up, restore
from service.store.files import keep_bytes
from service.store.importing import import_crimes
from service.store.segments import read_kept, sweep
from service.store.tables import IMPORTS, RUNS, SEGMENTS
from service.store.trouble import NO_ROOM, trouble
from service.store.uploads import unpack
from tests.service.chaos.limits import in_a_child
from tests.service.store.extracts import extract

FORCE, MONTHS = "sample-force", ["2024-05", "2024-06"]
SIZES = [1, 512, 6_000, 12_000, 20_000, 30_000, 65_536, 10**6]
PLENTY = 10**6
only_files = pytest.mark.parametrize("address", ["sqlite"], indirect=True)


def counts(store):
    with store.reading() as reading:
        assert audit.verify(reading).broken is None
        tables = (IMPORTS, SEGMENTS, RUNS)
        return [reading.execute(select(func.count()).select_from(table)).scalar_one() for table in tables]


def said_of(act):
    """What somebody is told: the sentence, or that it was done."""
    try:
        act()
    except InputError as error:
        return str(error)
    except (OSError, OperationalError) as error:
        return trouble(error) or f"no sentence for {error!r}"
    return "done"


@pytest.fixture
def held(store):
    import_crimes(store, FORCE, extract(["2024-05"], seed=1), actor="a")
    return store


def test_an_import_into_a_full_database_keeps_all_or_nothing_and_says_so(held, no_room):
    before, told = counts(held), []
    for step in range(40):
        no_room(step)
        told.append(said_of(lambda: import_crimes(held, FORCE, extract(MONTHS, rows=300, rejected=400), actor="a")))
        if told[-1] == "done":
            break
        assert counts(held) == before
        assert len(read_kept(held, FORCE)) == 6
    assert set(told) == {NO_ROOM, "done"}
    sweep(held)
    assert len(read_kept(held, FORCE)) == 600


@only_files
def test_an_import_whose_files_cannot_grow_keeps_all_or_nothing_and_says_so(held, address):
    before, told = counts(held), []
    held.close()

    def once():
        import_crimes(open_store(address, held.folder), FORCE, extract(MONTHS, rows=300), actor="a")

    while "done" not in told:
        told.append(in_a_child(lambda: said_of(once), longest_file=SIZES[len(told)]))
        if told[-1] != "done":
            assert counts(held) == before
            assert len(read_kept(held, FORCE)) == 6
    assert set(told) == {NO_ROOM, "done"}
    assert len(told) > 3
    assert len(read_kept(held, FORCE)) == 600


def lengthy(store, job, stage):
    """A run as those of the trials, of which there is so much to tell that the database must grow."""
    record = _make(store, job, stage)
    return lambda writing: record(writing) | {"notes": "x" * 30_000}


def test_a_run_that_ends_on_a_full_disk_is_taken_up_again_and_told_of_once(store, no_room):
    kinds, told = {"run": Kind("run", lengthy)}, []
    for step in range(8):
        queue.ask(store, FORCE, "run", {"step": step}, actor="a")
        job = queue.claim(store, "w", {"run"})
        no_room(step)
        told.append(said_of(lambda job=job: do(store, job, "w", kinds=kinds)))
        no_room(PLENTY)
        queue.release(store, "w")
        assert not list(RUN.wrong(store, []))
    assert NO_ROOM in told
    assert set(told) <= {NO_ROOM, "done"}


def test_a_run_that_cannot_lay_down_its_products_fails_with_the_sentence(store):
    def full(_store, _job, _stage):
        raise OSError(28, "No space left on device", "products/map.html")

    number = queue.ask(store, FORCE, "run", {}, actor="a")
    do(store, queue.claim(store, "w", {"run"}), "w", kinds={"run": Kind("run", full)})
    job = queue.find(store, FORCE, number)
    assert (job.state, job.outcome) == ("failed", {"error": NO_ROOM})


@only_files
def test_a_back_up_onto_a_full_disk_leaves_none_that_could_be_taken_for_one(held, tmp_path):
    keep_bytes(held, io.BytesIO(bytes(50_000)))
    import_crimes(held, FORCE, extract(["2024-06"], rows=300), actor="a")
    told = []
    while "done" not in told:
        folder = tmp_path / f"copy {len(told)}"
        act = in_a_child(lambda to=folder: said_of(lambda: back_up(held, to)), longest_file=SIZES[len(told)])
        told.append(act)
        assert folder.exists() == (act == "done")
    assert set(told) == {NO_ROOM, "done"}
    other = open_store(f"sqlite:///{tmp_path / 'other.db'}", tmp_path / "other")
    restore(other, folder)
    assert len(read_kept(other, FORCE)) == 306
    other.close()


def test_a_file_that_is_sent_is_not_blamed_for_a_full_disk(tmp_path):
    sent, plain = tmp_path / "sent", tmp_path / "plain"
    sent.mkdir()
    plain.mkdir()
    (sent / "crimes.csv").write_bytes(bytes(100_000))
    assert in_a_child(lambda: said_of(lambda: unpack(sent, plain, most=PLENTY)), longest_file=50_000) == NO_ROOM
