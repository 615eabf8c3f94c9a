"""Meetings and what they decide, on both databases."""

import io
import shutil
import threading
import zipfile

import pytest
from sqlalchemy import select, update

from geodata.errors import InputError, NotFoundError
from service.reading.last_run import read_last_run
from service.reading.tasking_records import read_decisions
from service.store import audit
from service.store.tables import AUDIT, DECISIONS, RUNS
from service.tasking import community, meetings
from service.tasking.meetings import ChangedMeanwhileError, Ruling
from service.tasking.minutes import minutes_docx, minutes_html
from service.tasking.published import newest
from service.tasking.records import hand_over
from tests.service.tasking.made_run import FORCE, tell_of_run

ACCEPT = Ruling("accept", owner="Insp. North", review_date="2024-08-01")
DECLINE = Ruling("decline", reason="=roadworks until autumn")


def began(store, tasked):
    return meetings.begin(store, FORCE, tasked.number, present="analyst, two sergeants", actor="chair")


def decide(store, tasked, number, ruling, *, spot="H01", saw=0, actor="chair"):
    return meetings.decide(store, FORCE, number, spot, ruling, saw=saw, known=tasked.known, actor=actor)


def acts(store):
    with store.reading() as reading:
        assert audit.verify(reading).broken is None
        return list(reading.execute(select(AUDIT.c.details).order_by(AUDIT.c.number)).scalars())


def test_a_changed_decision_keeps_the_old_one_and_each_is_told_to_the_audit(store, publish):
    tasked = publish()
    number = began(store, tasked)
    assert decide(store, tasked, number, ACCEPT) == 1
    assert decide(store, tasked, number, DECLINE, saw=1, actor="deputy") == 2
    with store.reading() as reading:
        kept = meetings.history(reading, number)
        now = meetings.in_force(reading, number)
    assert [(row["decision"], row["actor"], row["version"]) for row in kept] == [
        ("accept", "chair", 1),
        ("decline", "deputy", 2),
    ]
    assert now["H01"]["decision"] == "decline"
    told = acts(store)
    assert '"decision":"accept","hotspot":"H01","version":1' in told[1]
    assert "roadworks" not in "".join(told)


def test_who_decides_second_is_told_and_nothing_is_lost(store, publish):
    tasked = publish()
    number = began(store, tasked)
    said = []

    def one(actor):
        try:
            said.append((actor, decide(store, tasked, number, ACCEPT, actor=actor)))
        except ChangedMeanwhileError as told:
            said.append((actor, told.now["actor"]))

    people = [threading.Thread(target=one, args=(name,)) for name in ("first", "second", "third")]
    for person in people:
        person.start()
    for person in people:
        person.join()
    (winner,) = [actor for actor, answer in said if answer == 1]
    assert sorted(answer for _, answer in said if answer != 1) == [winner, winner]
    with store.reading() as reading:
        assert len(reading.execute(select(DECISIONS)).all()) == 1


def test_a_closed_meeting_is_fixed_and_only_the_chair_closes_it(store, publish):
    tasked = publish()
    number = began(store, tasked)
    decide(store, tasked, number, ACCEPT)
    assert began(store, tasked) == number
    with pytest.raises(InputError, match="one on another run is open"):
        began(store, publish())
    with pytest.raises(InputError, match="Only the chair may close a meeting, and that is chair"):
        meetings.close(store, FORCE, number, actor="deputy")
    meetings.take_chair(store, FORCE, number, actor="deputy")
    meetings.close(store, FORCE, number, actor="deputy")
    for change in (
        lambda: decide(store, tasked, number, DECLINE, saw=1),
        lambda: meetings.close(store, FORCE, number, actor="deputy"),
        lambda: meetings.take_chair(store, FORCE, number, actor="chair"),
    ):
        with pytest.raises(InputError, match="closed meeting are fixed"):
            change()
    assert '"record":"' in acts(store)[-1]
    assert began(store, tasked) == number + 1


def test_another_forces_meeting_is_not_there(store, publish):
    tasked = publish()
    number = began(store, tasked)
    for ask in (
        lambda: meetings.close(store, "other-force", number, actor="chair"),
        lambda: meetings.take_chair(store, "other-force", number, actor="chair"),
        lambda: meetings.decide(
            store, "other-force", number, "H01", ACCEPT, saw=0, known=tasked.known, actor="somebody"
        ),
    ):
        with pytest.raises(NotFoundError, match="no such meeting"):
            ask()
    with pytest.raises(NotFoundError, match="no such hot spot"):
        decide(store, tasked, number, ACCEPT, spot="H99")
    assert newest(store, "other-force") is None


@pytest.mark.parametrize(
    ("ruling", "why"),
    [
        ({"decision": "maybe"}, "must be one of accept"),
        ({"decision": "amend", "owner": "Insp."}, "must say why"),
        ({"decision": "accept"}, "who sees to it"),
        ({"decision": "accept", "owner": "x" * 101}, "at most 100"),
        ({"decision": "accept", "owner": "Insp.", "review_date": "1/8/2024"}, "written YYYY-MM-DD"),
    ],
)
def test_a_ruling_that_breaks_a_rule_is_refused(ruling, why):
    with pytest.raises(InputError, match=why):
        Ruling(**ruling)


def test_the_minutes_are_the_same_bytes_and_tell_of_changes_and_of_what_was_left(store, publish):
    tasked = publish()
    number = began(store, tasked)
    decide(store, tasked, number, ACCEPT)
    decide(store, tasked, number, Ruling("amend", "later shift <b>", "Insp. North"), saw=1)
    asked = community.Petition("E05000002", "Lights in the underpass", 250, "2024-06-20")
    petition = community.petition(store, FORCE, asked, wards=tasked.wards, actor="panel")
    community.answer(store, FORCE, number, petition, "The council is asked.", actor="chair")
    assert "Minutes, not closed yet" in minutes_html(store, FORCE, number)
    meetings.close(store, FORCE, number, actor="chair")
    page, word = minutes_html(store, FORCE, number), minutes_docx(store, FORCE, number)
    assert (page, word) == (minutes_html(store, FORCE, number), minutes_docx(store, FORCE, number))
    text = zipfile.ZipFile(io.BytesIO(word)).read("word/document.xml").decode()
    for said in ("Station Road", "Amended", "later shift", "Accepted", "Bull Ring", "Lights in the underpass"):
        assert said in page
        assert said in text
    assert "<b>" not in page.split("<main")[1]
    with pytest.raises(NotFoundError, match="no such meeting"):
        minutes_html(store, FORCE, number + 1)


def test_the_minutes_stay_when_what_the_run_made_is_erased(store, publish):
    tasked = publish()
    number = began(store, tasked)
    decide(store, tasked, number, DECLINE)
    asked = community.Petition("E05000002", "Lights in the underpass", 250, "2024-06-20")
    petition = community.petition(store, FORCE, asked, wards=tasked.wards, actor="panel")
    community.answer(store, FORCE, number, petition, "The council is asked.", actor="chair")
    meetings.close(store, FORCE, number, actor="chair")
    with store.writing() as writing:
        writing.execute(update(RUNS).where(RUNS.c.id == tasked.number).values(state="erased"))
    text = zipfile.ZipFile(io.BytesIO(minutes_docx(store, FORCE, number))).read("word/document.xml").decode()
    for page in (minutes_html(store, FORCE, number), text):
        for said in ("H01", "Declined", "roadworks", "Closed on", "It decided on 1 hot spot.", "E05000002"):
            assert said in page
        assert "What its run made is over its time, and was erased" in page
        assert "Station Road" not in page
    publish()
    assert "Market" in minutes_html(store, FORCE, number)  # the ward's name, as the run published last has it


def test_decisions_go_out_as_the_next_run_reads_them(store, publish, tmp_path):
    tasked = publish()
    assert hand_over(store, FORCE, tasked.number, tmp_path).decisions is None
    number = began(store, tasked)
    decide(store, tasked, number, ACCEPT)
    decide(store, tasked, number, DECLINE, spot="H02")
    handed = hand_over(store, FORCE, tasked.number, tmp_path)
    read = read_decisions(handed.decisions, tasked.known)
    assert read.rejects.empty
    assert read.table.fillna("").to_numpy().tolist() == [
        ["H01", "accept", "", "Insp. North", "2024-08-01"],
        ["H02", "decline", "'=roadworks until autumn", "", ""],
    ]
    last = read_last_run(tasked.folder, tasked.profile, handed.decisions, handed.delivered)
    assert len(last.decisions.table) == 2


def test_a_run_that_is_not_published_or_made_no_plan_is_not_shown(store, publish):
    tasked = publish()
    tell_of_run(store, "runs/sample", state="made")
    bare = store.folder / "runs" / "bare"
    bare.mkdir()
    shutil.copyfile(tasked.folder / "manifest.json", bare / "manifest.json")
    tell_of_run(store, "runs/bare")
    assert newest(store, FORCE).number == tasked.number
