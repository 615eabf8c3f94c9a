"""The queue: each job is done once and told once, whatever happens to its worker; on SQLite and on PostgreSQL."""

import os
import threading

import pytest

from geodata.errors import InputError, NotFoundError
from service.jobs import queue
from service.jobs.kinds import KINDS, Kind
from service.jobs.worker import do, is_gone, name_of
from service.store import audit

FORCE = "sample-force"
ANY = frozenset(KINDS)


def asked(store, kind="file", **request):
    return queue.ask(store, FORCE, kind, request, actor="analyst")


def made(outcome):
    """A kind of job that comes to `outcome`, or fails of it."""

    def work(_store, _job, stage):
        with stage("half of it"):
            if isinstance(outcome, Exception):
                raise outcome
        return lambda _writing: outcome

    return {"file": Kind("words", work, shares={"half of it": 0.5})}


def state(store, number):
    job = queue.find(store, FORCE, number)
    return job.state, job.outcome


def test_jobs_are_claimed_in_order_and_done_once(store):
    first, second = asked(store), asked(store)
    job = queue.claim(store, "a", ANY)
    assert (job.id, job.state, job.attempts) == (first, "running", 1)
    assert queue.claim(store, "b", ANY).id == second
    assert queue.claim(store, "c", ANY) is None
    do(store, job, "a", kinds=made({"found": 1}))
    assert state(store, first) == ("done", {"found": 1})
    assert queue.find(store, FORCE, first).share == 1.0


def test_of_many_workers_at_once_each_job_has_one(store):
    numbers = [asked(store) for _ in range(8)]
    claimed = []

    def take(worker):
        while job := queue.claim(store, worker, ANY):
            claimed.append(job.id)

    threads = [threading.Thread(target=take, args=(f"w{each}",)) for each in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(claimed) == numbers


def test_a_worker_does_only_the_kinds_that_are_its_own(store):
    asked(store, kind="run")
    assert queue.claim(store, "a", {"file"}) is None
    assert queue.claim(store, "a", {"run"}) is not None


def test_a_silent_workers_job_goes_to_the_next_and_its_own_outcome_is_not_written(store):
    number = asked(store)
    lost = queue.claim(store, "a", ANY)
    assert queue.claim(store, "b", ANY) is None
    store.clock.pass_minutes(2)
    job = queue.claim(store, "b", ANY)
    assert (job.id, job.attempts) == (number, 2)
    assert not queue.tell(store, lost, "a", "still here", 0.9)
    assert not queue.finish(store, lost, "a", lambda _: {"by": "a"})
    assert not queue.fail(store, lost, "a", "it went wrong")
    assert queue.finish(store, job, "b", lambda _: {"by": "b"})
    assert not queue.finish(store, job, "b", lambda _: {"by": "b again"})
    assert state(store, number) == ("done", {"by": "b"})


def test_a_job_that_ends_its_worker_again_and_again_is_failed(store):
    number = asked(store)
    for _ in range(queue.MOST_ATTEMPTS):
        assert queue.claim(store, "a", ANY).id == number
        assert queue.release(store, "a") == 1
    assert queue.claim(store, "a", ANY) is None
    assert state(store, number) == ("failed", {"error": "The work broke off 3 times without a word: "
                                               "it may be too large for this machine."})  # fmt: skip


def test_a_stop_is_not_held_against_a_job(store):
    number = asked(store)
    for _ in range(5):
        queue.claim(store, "a", ANY)
        queue.release(store, "a", to_blame=False)
    assert state(store, number) == ("waiting", {})


def test_what_fails_tells_its_sentence_and_never_a_row_or_where(store):
    numbers = [asked(store) for _ in range(2)]
    for error in (InputError("A cell must be above 0."), KeyError("Mrs A. Example, 1 Mill Street")):
        do(store, queue.claim(store, "a", ANY), "a", kinds=made(error))
    assert state(store, numbers[0]) == ("failed", {"error": "A cell must be above 0."})
    said = queue.find(store, FORCE, numbers[1]).outcome["error"]
    assert said.startswith("The program failed at this")
    assert "Example" not in said


def test_what_fails_as_it_is_written_down_leaves_the_job_as_it_was(store):
    number = asked(store)
    job = queue.claim(store, "a", ANY)

    def broken(writing):
        audit.append(writing, at=store.now, actor="a", act="collection", subject="x")
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        queue.finish(store, job, "a", broken)
    assert state(store, number) == ("running", {})
    with store.reading() as reading:
        assert audit.verify(reading).entries == 0


def test_a_cancelled_job_is_nobodys(store):
    number = asked(store)
    job = queue.claim(store, "a", ANY)
    queue.cancel(store, FORCE, number, actor="analyst")
    assert not queue.tell(store, job, "a", "on", 0.5)
    assert not queue.finish(store, job, "a", lambda _: {"found": 1})
    assert state(store, number) == ("cancelled", {})
    with pytest.raises(InputError, match="waits or runs"):
        queue.cancel(store, FORCE, number, actor="analyst")


def test_nobody_sees_or_cancels_another_forces_job(store):
    number = asked(store)
    for act in (queue.find, lambda *about: queue.cancel(*about, actor="x")):
        with pytest.raises(NotFoundError, match="no such job"):
            act(store, "other-force", number)
    assert queue.newest(store, "other-force") == []


def test_a_force_may_not_fill_the_queue(store):
    for _ in range(queue.MOST_UNFINISHED):
        asked(store)
    with pytest.raises(InputError, match="At most 10 jobs"):
        asked(store)
    assert queue.ask(store, "other-force", "file", {}, actor="x")


def test_a_worker_is_known_by_its_machine_and_process():
    assert not is_gone(name_of(os.getpid()))
    assert is_gone(name_of(2**22 + 1))
    assert not is_gone("another-machine:1")
