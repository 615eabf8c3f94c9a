"""What neighbourhoods ask for, on both databases."""

import pytest

from geodata.errors import InputError, NotFoundError
from service.assumptions import priorities_note
from service.reading.inputs import Request, read
from service.store import audit
from service.tasking import community, meetings
from service.tasking.community import Petition, Priority, priorities_on
from tests.service.tasking.made_run import FORCE

WARDS = ("E05000001", "E05000002")


def enter(store, weight, first, last="", ward=WARDS[0], force=FORCE):
    told = Priority(ward, weight, "Speeding by the school.", first, last)
    return community.prioritise(store, force, told, wards=WARDS, actor="panel")


def test_on_each_day_the_priority_entered_last_holds(store):
    enter(store, 2.0, "2024-07-01")
    short = enter(store, 3.0, "2024-07-10", "2024-07-20")
    enter(store, 1.5, "2024-07-05", ward=WARDS[1])
    enter(store, 4.0, "2024-07-01", force="other-force")
    assert priorities_on(store, FORCE, "2024-06-30") == {}
    assert priorities_on(store, FORCE, "2024-07-04") == {WARDS[0]: 2.0}
    assert priorities_on(store, FORCE, "2024-07-20") == {WARDS[0]: 3.0, WARDS[1]: 1.5}
    assert priorities_on(store, FORCE, "2024-07-21") == {WARDS[0]: 2.0, WARDS[1]: 1.5}
    with pytest.raises(NotFoundError):
        community.take_back(store, "other-force", short, actor="panel")
    community.take_back(store, FORCE, short, actor="panel")
    with pytest.raises(NotFoundError):
        community.take_back(store, FORCE, short, actor="panel")
    assert priorities_on(store, FORCE, "2024-07-15")[WARDS[0]] == 2.0
    with store.reading() as reading:
        assert len(community.priorities(reading, FORCE)) == 3
        assert audit.verify(reading).entries == 5


def test_a_petition_over_the_threshold_waits_until_a_meeting_answers_it_once(store, publish):
    tasked = publish()
    for signatures in (99, 100, 2_000):
        told = Petition(WARDS[1], "Light the underpass", signatures, "2024-06-20")
        community.petition(store, FORCE, told, wards=WARDS, actor="panel")

    def waiting(force=FORCE):
        with store.reading() as reading:
            return [row["id"] for row in community.waiting(reading, force, 100)]

    assert waiting() == [3, 2]
    assert waiting("other-force") == []
    number = meetings.begin(store, FORCE, tasked.number, present="", actor="chair")
    community.answer(store, FORCE, number, 3, "Lights are ordered.", actor="chair")
    assert waiting() == [2]
    with pytest.raises(NotFoundError, match="waits for an answer"):
        community.answer(store, FORCE, number, 3, "Again.", actor="chair")
    with pytest.raises(NotFoundError, match="no such meeting"):
        community.answer(store, "other-force", number, 2, "Ours?", actor="somebody")
    meetings.close(store, FORCE, number, actor="chair")
    with pytest.raises(InputError, match="closed meeting"):
        community.answer(store, FORCE, number, 2, "Too late.", actor="chair")


@pytest.mark.parametrize(
    ("made", "why"),
    [
        (lambda: Priority(WARDS[0], 5.0, "x", "2024-07-01"), "from 0.25 to 4"),
        (lambda: Priority(WARDS[0], float("nan"), "x", "2024-07-01"), "from 0.25 to 4"),
        (lambda: Priority(WARDS[0], 2.0, "", "2024-07-01"), "must be said why"),
        (lambda: Priority(WARDS[0], 2.0, "x" * 301, "2024-07-01"), "at most 300"),
        (lambda: Priority(WARDS[0], 2.0, "x", "1 July"), "written YYYY-MM-DD"),
        (lambda: Priority(WARDS[0], 2.0, "x", "2024-07-02", "2024-07-01"), "not be before its first"),
        (lambda: Petition(WARDS[0], "x", 0, "2024-07-01"), "from 1 to"),
        (lambda: Petition(WARDS[0], "x", 5, "lately"), "written YYYY-MM-DD"),
    ],
)
def test_what_breaks_a_rule_is_refused(made, why):
    with pytest.raises(InputError, match=why):
        made()


def test_a_ward_of_nobody_is_not_found(store):
    with pytest.raises(NotFoundError, match="no such ward"):
        enter(store, 2.0, "2024-07-01", ward="E09999999")


def test_a_run_counts_the_wards_as_the_panels_do_and_its_manifest_says_so(town, town_files, tmp_path):
    profile = tmp_path / "profile.toml"
    profile.write_text('[community_priorities]\n"{}" = 1.5\n"{}" = 1.5\n'.format(*codes(town)), encoding="utf-8")
    crimes = (str(town_files.police_uk),)
    request = Request(crimes, town_files.areas, tmp_path, profile=profile, priorities={codes(town)[0]: 3.0})
    given = read(request)
    told = given.settings["profile"]["community_priorities"]
    assert told == dict(zip(codes(town), (3.0, 1.5), strict=True))
    first, second = town.areas["name"][:2]
    assert f"{first} 3 times and {second} 1.5 times" in priorities_note(given)
    assert "every ward counts alike" in priorities_note(read(Request(crimes, town_files.areas, tmp_path)))
    with pytest.raises(InputError, match="community_priorities"):
        read(Request(crimes, town_files.areas, tmp_path, priorities={"E09999999": 2.0}))


def codes(town):
    return town.areas["code"].astype(str).tolist()[:2]
