"""Reports of intelligence: graded in either system, shown as their handling allows, told of to the audit, weighed."""

import json

import pytest
from sqlalchemy import select

from geodata.errors import InputError, NotFoundError
from service.intelligence.grading import read_grading
from service.intelligence.reports import (
    Report,
    export_reports,
    see_reports,
    standing_points,
    weighed,
    withdraw_report,
    write_report,
)
from service.store import audit
from service.store.tables import AUDIT
from tests.service.tasking.made_run import FORCE


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("1AP", "1AP"),
        (" 3-e/c ", "3EC"),
        ("A11", "1AP"),
        ("B24", "1AC"),
        ("C35", "2BC"),
        ("E 4 1", "2DP"),
        ("d55", "3EC"),
    ],
)
def test_a_grading_of_either_system_is_read_and_the_original_kept(written, code):
    grading = read_grading(written)
    assert grading.code == code
    assert grading.original == "".join(each for each in written.upper() if each.isalnum())


@pytest.mark.parametrize("written", ["", "4AP", "1FP", "1AX", "F11", "B60", "1APP", "=1AP"])
def test_another_grading_is_refused(written):
    with pytest.raises(InputError, match="must be of 3x5x2"):
        read_grading(written)


def test_a_better_grading_never_weighs_less():
    for assessment in "ABCDE":
        points = [read_grading(f"{source}{assessment}P").points for source in "123"]
        assert points == sorted(points, reverse=True)
    for source in "123":
        points = [read_grading(f"{source}{assessment}C").points for assessment in "ABCDE"]
        assert points == sorted(points, reverse=True)


def report(grading="1AP", **more):
    return Report("H01", "Bicycles are taken", read_grading(grading), **more)


@pytest.mark.parametrize(
    ("refused", "told"),
    [
        (lambda: report("1AC"), "must say its conditions"),
        (lambda: report("1AP", conditions="ask first"), "code P has none"),
        (lambda: report("1AC", conditions="ask", shared_with=("patrol",)), "may be shared with"),
        (lambda: Report("H01", "", read_grading("1AP")), "must say something"),
    ],
)
def test_a_report_whose_handling_is_not_clear_is_refused(refused, told):
    with pytest.raises(InputError, match=told):
        refused()


def told_last(store):
    with store.reading() as reading:
        assert audit.verify(reading).broken is None
        last = reading.execute(select(AUDIT).order_by(AUDIT.c.number.desc())).mappings().first()
    return last["act"], json.loads(last["details"])


def test_the_handling_code_decides_who_sees_and_what_leaves_and_every_look_is_told(store, tasked):
    write_report(store, tasked, report("1AC", conditions="Ask first", shared_with=("tasking",)), actor="x")
    write_report(store, tasked, report("B21"), actor="x")
    seen = {role: [row["id"] for row in see_reports(store, FORCE, role, actor="x")] for role in
            ("intelligence", "tasking", "analyst", "patrol", "auditor")}  # fmt: skip
    assert seen == {"intelligence": [3, 2, 1], "tasking": [3, 2, 1], "analyst": [3, 1], "patrol": [], "auditor": []}
    see_reports(store, FORCE, "analyst", actor="x")
    assert told_last(store) == ("consultation", {"reports": [3, 1]})
    assert see_reports(store, "other-force", "intelligence", actor="x") == []
    assert [row["id"] for row in export_reports(store, FORCE, recipient="The council", actor="x")] == [3, 1]
    assert told_last(store) == ("disclosure", {"to": "The council", "reports": [3, 1], "withheld": 1})
    with pytest.raises(InputError, match="must say to whom"):
        export_reports(store, FORCE, recipient="", actor="x")


def test_a_withdrawn_report_is_shown_and_weighed_no_more(store, tasked):
    assert standing_points(store, FORCE) == {tasked.spots[0]["ward"]: 0.5}  # 2A: half a point
    with pytest.raises(NotFoundError, match="no such report"):
        withdraw_report(store, "other-force", 1, actor="x")
    withdraw_report(store, FORCE, 1, actor="x")
    assert see_reports(store, FORCE, "intelligence", actor="x") == []
    assert standing_points(store, FORCE) == {}
    with pytest.raises(NotFoundError, match="no such report"):
        withdraw_report(store, FORCE, 1, actor="x")


def test_a_report_is_on_a_hot_spot_of_the_run(store, tasked):
    with pytest.raises(NotFoundError, match="no such hot spot"):
        write_report(store, tasked, Report("H99", "x", read_grading("1AP")), actor="x")


def test_points_weigh_on_top_of_priorities_within_bounds_and_not_at_all_at_zero():
    points, own = {"W1": 2.0, "W2": 0.0, "W3": 20.0}, {"W1": 1.5, "W4": 2.0}
    assert weighed(own, points, 0.5) == {"W1": 3.0, "W4": 2.0, "W3": 4.0}
    assert weighed(own, points, 0.0) == own
    assert weighed({}, {}, 1.0) == {}


def test_the_room_keeps_an_older_grading_and_hands_over_what_may_leave(enter):
    browser, token = enter("intelligence")
    form = {"hotspot": "H01", "body": "=1+1", "old": "B24", "conditions": "Ask first", "form_token": token}
    assert browser.post("/intelligence", data=form | {"shared_with": ["tasking", "analyst"]}).status_code == 303
    page = browser.get("/intelligence").text
    assert "given as B24" in page
    assert "Reports weigh nothing in demand" in page
    form |= {"old": "A11", "conditions": ""}
    assert browser.post("/intelligence", data=form).status_code == 303
    handed = browser.get("/intelligence/reports.csv", params={"to": "The council"}).text
    assert "1AC" not in handed
    assert "'=1+1" in handed  # no cell is a formula
    wrong = browser.post("/intelligence", data=form | {"old": "Z99"})
    assert (wrong.status_code, "must be of 3x5x2" in wrong.text) == (400, True)
    assert browser.get("/intelligence/reports.csv").status_code == 400
