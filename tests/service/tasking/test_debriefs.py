"""Debriefs: what is sent twice counts once, what is told again counts last, and what it comes to by hot spot."""

from datetime import UTC, date, datetime

import numpy as np
import pytest

from geodata.errors import InputError
from service.reading.tasking_records import read_delivered
from service.store.importing import import_crimes
from service.tasking import meetings
from service.tasking.debriefs import StopTold, debrief, delivered, received
from service.tasking.records import hand_over
from service.tasking.shifts import todays_shifts
from service.tasking.since import doses, last_meeting
from tests.service.store.extracts import extract
from tests.service.tasking.made_run import FORCE

KEY = "0123456789abcdef"
TODAY = "2024-07-01"


def told(walk, *minutes, seen="nothing", note=""):
    return [StopTold(stop.number, m > 0, m, seen, note) for stop, m in zip(walk.stops, minutes, strict=True)]


def send(store, tasked, *minutes, walk=1, key=KEY, day=TODAY, **more):
    own = tasked.walk(walk)
    return debrief(store, tasked, own, key=key, day=day, told=told(own, *minutes, **more), actor="cso")


def table(store, tasked):
    with store.reading() as reading:
        return delivered(reading, FORCE, tasked.number)


def test_what_is_sent_twice_counts_once(store, publish):
    tasked = publish()
    first = send(store, tasked, 15, 20, 0)
    again = send(store, tasked, 15, 20, 0)
    assert (first.again, again.again, again.at) == (False, True, first.at)
    assert table(store, tasked)["minutes"].tolist() == [15, 20, 0]


def test_a_debrief_told_again_counts_last_and_the_first_stays(store, publish):
    tasked = publish()
    send(store, tasked, 15, 20, 5)
    send(store, tasked, 10, 10, 10, key="f" * 16, seen="talked", note="bins set on fire")
    found = table(store, tasked)
    assert found["minutes"].tolist() == [10, 10, 10]
    assert set(found["outcome"]) == {"Talked with people there"}
    with store.reading() as reading:
        assert list(received(reading, FORCE, tasked.number, TODAY)) == ["CSO 1"]


def test_delivered_patrols_go_out_as_the_next_run_reads_them(store, publish, tmp_path):
    tasked = publish()
    send(store, tasked, 15, 20, 0, note="=gate left open")
    send(store, tasked, 7.5, 15, walk=2, key="b" * 20)
    read = read_delivered(hand_over(store, FORCE, tasked.number, tmp_path).delivered, tasked.known)
    assert read.rejects.empty
    assert read.table.groupby("hotspot_id")["minutes"].sum().to_dict() == {
        "H01": 30.0, "H02": 20.0, "H03": 0.0, "H05": 7.5
    }  # fmt: skip


def test_planned_minutes_stand_beside_delivered(store, publish):
    tasked = publish()
    send(store, tasked, 15, 20, 0)
    found = {dose.hotspot: (dose.planned, dose.delivered) for dose in doses(store, tasked, date(2024, 7, 2))}
    assert found == {
        "H01": (90.0, 15.0),
        "H02": (30.0, 20.0),
        "H03": (30.0, 0.0),
        "H04": (30.0, 0.0),
        "H05": (30.0, 0.0),
    }


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"key": "short"}, "16 to 64"),
        ({"key": "../../../etc/passwd"}, "16 to 64"),
        ({"day": "2024-07-02"}, "must be today"),
        ({"day": "2024-06-01"}, "must be today"),
        ({"day": "yesterday"}, "must be today"),
        ({"told": [StopTold(1, True, 15, "nothing")]}, "every stop of the patrol, once"),
        ({"told": [StopTold(n, True, 15, "nothing") for n in (1, 2, 2)]}, "every stop of the patrol, once"),
        ({"told": [StopTold(n, True, 600, "nothing") for n in (1, 2, 3)]}, "more than a day"),
    ],
)
def test_a_debrief_that_breaks_a_rule_is_not_kept(store, publish, change, why):
    tasked = publish()
    walk = tasked.walk(1)
    whole = {"key": KEY, "day": TODAY, "told": told(walk, 5, 5, 5), "actor": "cso"}
    with pytest.raises(InputError, match=why):
        debrief(store, tasked, walk, **(whole | change))
    assert table(store, tasked).empty


@pytest.mark.parametrize(
    ("stop", "why"),
    [
        ((1, True, float("nan"), "nothing"), "from 0 to 1440"),
        ((1, True, -1, "nothing"), "from 0 to 1440"),
        ((1, True, 0, "nothing"), "must have taken some minutes"),
        ((1, True, 5, "somebody"), "one of the answers"),
        ((1, True, 5, "nothing", "x" * 201), "at most 200"),
    ],
)
def test_a_stop_that_breaks_a_rule_is_refused(stop, why):
    with pytest.raises(InputError, match=why):
        StopTold(*stop)


@pytest.mark.parametrize(
    ("utc", "first", "day"),
    [
        (datetime(2024, 7, 1, 9, 0, tzinfo=UTC), "day", "2024-07-01"),
        (datetime(2024, 7, 1, 14, 30, tzinfo=UTC), "day", "2024-07-01"),  # 15:30 here: the late shift has begun too
        (datetime(2024, 7, 1, 18, 0, tzinfo=UTC), "late", "2024-07-01"),
        (datetime(2024, 7, 1, 22, 30, tzinfo=UTC), "late", "2024-07-01"),  # 23:30 here, and being debriefed
    ],
)
def test_the_shift_that_is_going_on_comes_first(store, publish, utc, first, day):
    shifts = todays_shifts(publish(), utc)
    assert (shifts[0].name, shifts[0].day, shifts[0].now) == (first, day, True)
    assert sum(len(shift.walks) for shift in shifts) == 3


def test_what_came_of_the_last_meeting(store, publish):
    tasked = publish()
    assert last_meeting(store, FORCE, date(2024, 7, 2)) is None
    number = meetings.begin(store, FORCE, tasked.number, present="", actor="chair")
    ruling = meetings.Ruling("accept", owner="Insp.", review_date="2024-07-01")
    meetings.decide(store, FORCE, number, "H01", ruling, saw=0, known=tasked.known, actor="chair")
    meetings.close(store, FORCE, number, actor="chair")
    send(store, tasked, 15, 20, 0)
    early = last_meeting(store, FORCE, date(2024, 7, 2))
    assert "cannot be said yet. No crimes are kept from 1 July 2024 on" in early.sentence
    (row,) = early.rows
    assert (row["planned"], row["delivered"], row["overdue"]) == (90.0, 15.0, True)
    months = [str(month) for month in np.arange("2023-07", "2024-08", dtype="datetime64[M]")]
    import_crimes(store, FORCE, extract(months, rows=40), actor="analyst")
    later = last_meeting(store, FORCE, date(2024, 7, 28))
    (row,) = later.rows
    assert "exposed to 15 minutes of patrol" in row["sentence"]
    assert "Nothing here says that patrol prevented crime" in later.sentence
    assert last_meeting(store, "other-force", date(2024, 7, 28)) is None
