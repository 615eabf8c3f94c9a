"""A clock that is put back: what was done keeps its order, and nothing that was shut opens again."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from benchmarks._chaos_base import published_run
from benchmarks._chaos_said import _SPOTS
from service.jobs import queue
from service.store import audit
from service.store.importing import import_crimes
from service.store.segments import read_kept
from service.store.tables import AUDIT, RUNS
from service.tasking import meetings
from service.tasking.meetings import Ruling
from service.web import Settings
from service.web.log_in import log_in
from service.web.sessions import begin_session, count_sessions, find_session
from service.web.throttle import TooOftenError, count, refuse_too_often
from tests.service.store.extracts import extract

FORCE = "sample-force"
BACK = (timedelta(minutes=10), timedelta(days=400))
any_way_back = pytest.mark.parametrize("back", BACK, ids=str)


@any_way_back
def test_what_was_done_stands_in_the_order_in_which_it_was_done(store, clock, back):
    import_crimes(store, FORCE, extract(["2024-05"], seed=1), actor="first")
    run = published_run(store)
    meeting = meetings.begin(store, FORCE, run, present="", actor="first")
    meetings.decide(
        store, FORCE, meeting, "H01", Ruling("accept", owner="A"), saw=0, known=_SPOTS, actor="first"
    )  # fmt: skip
    clock.moment -= back
    import_crimes(store, FORCE, extract(["2024-05"], seed=2), actor="second")
    later = published_run(store)
    ruling = Ruling("decline", reason="B")
    meetings.decide(store, FORCE, meeting, "H01", ruling, saw=1, known=_SPOTS, actor="second")
    with store.reading() as reading:
        found = audit.verify(reading)
        actors = list(reading.execute(select(AUDIT.c.actor).order_by(AUDIT.c.number)).scalars())
        kept = meetings.in_force(reading, meeting)["H01"]
        newest = reading.execute(select(RUNS.c.id).order_by(RUNS.c.id.desc())).scalars().first()
    assert found.broken is None
    assert actors == ["first", "chaos", "first", "first", "second", "chaos", "second"]
    assert (kept["version"], kept["decision"]) == (2, "decline")
    assert newest == later
    assert set(read_kept(store, FORCE)["crime_id"].str[:2]) == {"C2"}


@any_way_back
def test_a_visit_that_was_over_stays_over(store, clock, back):
    settings, began = Settings(), clock.moment
    token = begin_session(store).token
    clock.pass_minutes(settings.idle_minutes + 1)
    assert find_session(store, token, settings) is None
    clock.moment = began - back
    assert find_session(store, token, settings) is None
    clock.moment = began
    assert find_session(store, token, settings) is None


@any_way_back
def test_a_visit_of_the_future_opens_nothing(store, clock, back):
    settings, token = Settings(), begin_session(store).token
    assert find_session(store, token, settings) is not None
    clock.moment -= back
    assert find_session(store, token, settings) is None
    assert count_sessions(store, settings) == {}


def test_two_services_whose_clocks_are_a_minute_apart_share_a_visit(store, clock):
    settings, token = Settings(), begin_session(store).token
    clock.moment -= timedelta(minutes=1)
    assert find_session(store, token, settings) is not None


@any_way_back
def test_who_has_guessed_too_often_guesses_no_more(store, clock, back):
    settings = Settings()
    for _ in range(settings.failures):
        count(store, ("account x", "origin y"), settings.failure_minutes)
    clock.moment -= back
    with pytest.raises(TooOftenError, match="Wait"):
        refuse_too_often(store, ("account x",), settings.failures, settings.failure_minutes, "Wait.")
    with pytest.raises(TooOftenError, match="Wait"):
        log_in(store, "x", "guess", origin="elsewhere", before=None, settings=settings)


@any_way_back
def test_a_job_is_done_once_and_none_is_left_behind(store, clock, back):
    first = queue.ask(store, FORCE, "run", {}, actor="a")
    job = queue.claim(store, "w1", {"run"})
    clock.moment -= back
    second = queue.ask(store, FORCE, "run", {}, actor="a")
    assert queue.claim(store, "w2", {"run"}).id == second
    assert queue.claim(store, "w3", {"run"}) is None
    assert queue.tell(store, job, "w1", "still at it", 0.5)
    clock.pass_minutes(2)
    again = queue.claim(store, "w3", {"run"})
    assert (again.id, again.attempts) == (first, 2)
    assert not queue.finish(store, job, "w1", lambda _: {"told": "twice"})
    assert queue.finish(store, again, "w3", lambda _: {})
