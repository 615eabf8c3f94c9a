"""A service that is killed while it records: nothing half-done, nothing acknowledged lost, the chain whole."""

import os
import signal
import time

import numpy as np
from sqlalchemy import func, select

from service.store import audit, open_store
from service.store.tables import AUDIT, DEBRIEF_STOPS, DEBRIEFS, DECISIONS
from service.tasking import meetings
from service.tasking.debriefs import StopTold, debrief
from service.tasking.meetings import Ruling
from service.tasking.published import find
from tests.service.store.conftest import Clock
from tests.service.tasking.made_run import FORCE

KILLS = int(os.environ.get("BEATPLAN_KILLS", "5"))
LONGEST_SECONDS = 0.25


def record(address, folder, run, meeting, told):
    """Decide and debrief without end, and tell each act once it is kept."""
    store = open_store(address, folder, clock=Clock())
    tasked = find(store, FORCE, run)
    walk = tasked.walk(1)
    with store.reading() as reading:
        saw = meetings.in_force(reading, meeting).get("H01", {"version": 0})["version"]
    stops = [StopTold(stop.number, True, 15, "nothing") for stop in walk.stops]
    while True:
        ruling = Ruling("accept", owner="Insp.")
        saw = meetings.decide(store, FORCE, meeting, "H01", ruling, saw=saw, known=tasked.known, actor="a")
        os.write(told, f"decided {saw}\n".encode())
        key = os.urandom(16).hex()
        debrief(store, tasked, walk, key=key, day="2024-07-01", told=stops, actor="a")
        os.write(told, f"debriefed {key}\n".encode())


def killed(seconds, *given):
    """What a child had told by the time it was killed, so many seconds after it first told anything."""
    reads, writes = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.close(reads)
            record(*given, writes)
        finally:
            os._exit(1)
    os.close(writes)
    said = os.read(reads, 1 << 16)
    time.sleep(seconds)  # the moment is what is tried: nothing is waited for
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    while more := os.read(reads, 1 << 16):
        said += more
    os.close(reads)
    return [line.split() for line in said.decode().splitlines() if line]


def test_what_was_acknowledged_outlasts_a_kill_at_any_moment(address, store, publish):
    tasked = publish()
    meeting = meetings.begin(store, FORCE, tasked.number, present="", actor="a")
    decided, keys = 0, []
    for seconds in np.random.default_rng(7).uniform(0, LONGEST_SECONDS, KILLS):
        store.close()  # a child must not share a connection
        told = killed(seconds, address, store.folder, tasked.number, meeting)
        assert told
        decided = max([decided, *(int(words[1]) for words in told if words[0] == "decided")])
        keys += [words[1] for words in told if words[0] == "debriefed"]
        with store.reading() as reading:
            versions = list(reading.execute(select(DECISIONS.c.version).order_by(DECISIONS.c.id)).scalars())
            assert versions == list(range(1, len(versions) + 1))
            assert len(versions) >= decided
            assert set(keys) <= set(reading.execute(select(DEBRIEFS.c.key)).scalars())
            debriefs = reading.execute(select(func.count()).select_from(DEBRIEFS)).scalar_one()
            stops = reading.execute(select(func.count()).select_from(DEBRIEF_STOPS)).scalar_one()
            assert stops == debriefs * len(tasked.walk(1).stops)
            entries = reading.execute(select(func.count()).select_from(AUDIT)).scalar_one()
            assert entries == 1 + len(versions) + debriefs
            assert audit.verify(reading).broken is None
