"""What goes with crimes that are erased: records of that time, and what runs made of them; and that it is told."""

import json

import pytest
from sqlalchemy import func, insert, select

from geodata.errors import InputError, NotFoundError
from service.intelligence.grading import read_grading
from service.intelligence.reports import Report, write_report
from service.jobs import queue
from service.store import audit, open_store
from service.store.erasure import forget_before, forget_crime
from service.store.importing import import_crimes
from service.store.runs import find_run, list_runs
from service.store.segments import current
from service.store.tables import AUDIT, DEBRIEF_STOPS, DEBRIEFS, JOBS, PETITIONS, PRIORITIES, REPORTS, RUNS
from service.tasking import community, meetings
from service.tasking.community import Petition, Priority
from service.tasking.published import find, newest
from service.tasking.since import last_meeting
from service.tasking.times import day_of
from service.upkeep import Upkeep, look_after
from service.web.settings import Settings
from tests.service.store.extracts import extract
from tests.service.tasking.made_run import FORCE, tell_of_run, write_run

RECORDS = (DEBRIEFS, DEBRIEF_STOPS, PETITIONS, PRIORITIES, REPORTS)


@pytest.fixture
def force(store):
    """Crimes of two months, a run over the first of them, and records of the time of that run."""
    import_crimes(store, FORCE, extract(["2023-05", "2024-05"]), actor="analyst")
    write_run(store.folder / "runs" / "one")
    number = tell_of_run(store, "runs/one")
    with store.writing() as writing:
        segments = [vars(each) for each in current(writing, FORCE) if each.month == "2023-05"]
        writing.execute(JOBS.update().values(request=json.dumps({"segments": segments})))
        writing.execute(RUNS.update().values(until="2023-06-01"))
        row = {"force": FORCE, "run_id": number, "key": "0123456789abcdef", "day": "2023-06-02", "unit": "CSO 1",
               "shift": "late", "at": "2023-06-02T20:00:00+00:00", "actor": "patrol"}  # fmt: skip
        told = writing.execute(insert(DEBRIEFS).values(**row).returning(DEBRIEFS.c.id)).scalar_one()
        stop = {"debrief_id": told, "stop": 1, "hotspot_id": "H01", "done": True, "minutes": 15.0, "seen": "talked"}
        writing.execute(insert(DEBRIEF_STOPS).values(**stop, note="With the warden"))
    wards = find(store, FORCE, number).wards
    for received in ("2023-06-20", "2024-06-20"):
        told = Petition("E05000002", "Light the underpass", 250, received)
        community.petition(store, FORCE, told, wards=wards, actor="panel")
    for last in ("2023-07-01", ""):
        told = Priority("E05000001", 2.0, "Speeding", "2023-06-01", last)
        community.prioritise(store, FORCE, told, wards=wards, actor="panel")
    write_report(store, find(store, FORCE, number), Report("H01", "Vans", read_grading("1AP")), actor="intelligence")
    with store.writing() as writing:
        writing.execute(REPORTS.update().values(at="2023-06-03T08:00:00+00:00"))
    meetings.begin(store, FORCE, number, present="", actor="tasking")
    meetings.close(store, FORCE, 1, actor="tasking")
    return store


def counts(store):
    with store.reading() as reading:
        return [reading.execute(select(func.count()).select_from(table)).scalar_one() for table in RECORDS]


def test_records_and_products_of_a_time_that_is_over_go_with_its_crimes(force):
    assert counts(force) == [1, 1, 2, 2, 1]
    gone = forget_before(force, FORCE, "2024-01", actor="admin").facts
    assert gone == {"crimes": 6, "segments": 1, "unrepeatable": 1, "debriefs": 1, "petitions": 1, "priorities": 1,
                    "reports": 1, "runs": 1}  # fmt: skip
    assert counts(force) == [0, 0, 1, 1, 0]
    assert not (force.folder / "runs" / "one").exists()
    assert list_runs(force, FORCE, published_only=False) == []
    assert newest(force, FORCE) is None
    assert last_meeting(force, FORCE, day_of(force.clock())) is None
    with pytest.raises(NotFoundError, match="over its time, and was erased"):
        find_run(force, FORCE, 1, published_only=False)
    with force.reading() as reading:
        told = reading.execute(select(AUDIT).where(AUDIT.c.act == "erasure")).mappings().one()
        assert audit.verify(reading).broken is None
    assert json.loads(told["details"]) == gone | {"before": "2024-01"}


def test_what_is_told_before_its_time_stays(force):
    assert forget_before(force, FORCE, "2023-01", actor="admin").facts == {}
    assert counts(force) == [1, 1, 2, 2, 1]
    assert find_run(force, FORCE, 1, published_only=True).erased_since is None


def test_another_forces_records_stay(force):
    forget_before(force, "other-force", "2030-01", actor="admin")
    assert counts(force) == [1, 1, 2, 2, 1]


def test_a_run_that_knew_an_erased_crime_says_that_nobody_can_make_it_again(force):
    gone = forget_crime(force, FORCE, "C0-1", actor="admin")
    assert (gone.crimes, gone.unrepeatable) == (1, 1)
    run = find_run(force, FORCE, 1, published_only=True)
    assert run.erased_since is not None
    assert (force.folder / run.folder / "map.html").is_file()


def test_scenarios_over_an_erased_run_go_with_it(force):
    number = queue.ask(force, FORCE, "scenario", {"run": 1, "names": ["More"]}, actor="planner")
    folder = force.folder / "runs" / FORCE / f"scenarios-{number}"
    folder.mkdir(parents=True)
    queue.finish(force, queue.claim(force, "here:1", {"scenario"}), "here:1", lambda _: {"folder": str(folder)})
    assert forget_before(force, FORCE, "2024-01", actor="admin").facts["scenarios"] == 1
    assert not folder.exists()
    assert "was erased" in queue.find(force, FORCE, number).outcome["error"]


def test_nothing_is_erased_while_work_could_bring_it_back(tmp_path):
    settings = Settings(store=f"sqlite:///{tmp_path / 'store.db'}", folder=tmp_path / "kept")
    store = open_store(settings.store, settings.folder)
    import_crimes(store, FORCE, extract(["2023-05"]), actor="analyst")
    number = queue.ask(store, FORCE, "run", {}, actor="analyst")
    with pytest.raises(InputError, match="no work of the force may be under way, and 1 jobs"):
        look_after(Upkeep("erase", force=FORCE, crime="C0-1"), settings)
    queue.cancel(store, FORCE, number, actor="analyst")
    figures, said = look_after(Upkeep("erase", force=FORCE, crime="C0-1"), settings)
    assert (figures["crimes"], said) == (1, "Erased: 1 crimes.")
    store.close()
