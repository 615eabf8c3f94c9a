"""Each day has its own sheet: what a patrol is shown and tells is that day's order, not the typical day's."""

import json

import pytest
from sqlalchemy import select

from service.manifest import sha256_of
from service.store.tables import DEBRIEF_STOPS
from tests.service.tasking.made_run import FOLDER
from tests.service.web.test_doors import told_of

DAYS = """day,unit,role,base,shift,stop,arrive,leave,minutes,hotspot_id
1,CSO 1,CSO,Central,day,1,11:00,11:15,15,H02
1,CSO 1,CSO,Central,day,2,11:40,11:55,15,H01
1,CSO 2,CSO,Canal,day,1,10:00,10:15,15,H05
2,CSO 1,CSO,Central,day,1,09:30,09:45,15,H03
"""
FACTS = {"accept": "application/json"}


@pytest.fixture
def planned(store):
    """A run whose patrols have two days' plans; its files are shared with other stores, and so written anew."""
    folder = store.folder / FOLDER
    told = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    for name in ("days.csv", "manifest.json"):
        (folder / name).unlink()
    (folder / "days.csv").write_text(DAYS, encoding="utf-8")
    told["products"]["days.csv"] = sha256_of(folder / "days.csv")
    (folder / "manifest.json").write_text(json.dumps(told), encoding="utf-8")
    return store


def stops(browser, number):
    told = browser.get(f"/patrols/1/{number}", headers=FACTS).json()["stops"]
    return [(stop["hotspot"], stop["arrive"]) for stop in told]


def test_a_sheet_is_that_of_its_day_and_comes_round_again(planned, enter, clock):
    seen = []
    for _ in range(3):
        browser, _ = enter("patrol")
        seen.append((stops(browser, 1), stops(browser, 2)))
        clock.pass_minutes(24 * 60)
    first = ([("H02", "11:00"), ("H01", "11:40")], [("H05", "10:00")])
    assert seen == [first, ([("H03", "09:30")], []), first]


def test_the_list_of_a_shift_counts_the_stops_of_the_day(planned, enter):
    browser, _ = enter("patrol")
    told = browser.get("/patrols", headers=FACTS).json()["shifts"]
    counts = {walk["unit"]: walk["stops"] for shift in told for walk in shift["walks"]}
    assert (counts["CSO 1"], counts["CSO 2"], counts["CSO 3"]) == (2, 1, 2)  # the third has one plan for all days
    page = browser.get("/patrols/1/1").text
    assert "Each day has its own order" in page
    assert 'name="sheet" value="2024-07-01"' in page


def test_what_is_told_is_of_the_sheet_that_was_shown(planned, enter):
    browser, token = enter("patrol")
    form = {"key": "0123456789abcdef", "day": "2024-07-01", "sheet": "2024-07-01", "form_token": token}
    both = {name: value for stop in (1, 2) for name, value in told_of(stop).items()}
    assert browser.post("/patrols/1/1/debrief", data=form | told_of(1)).status_code == 400
    assert browser.post("/patrols/1/1/debrief", data=form | both).status_code == 303
    with planned.reading() as reading:
        kept = reading.execute(select(DEBRIEF_STOPS.c.hotspot_id).order_by(DEBRIEF_STOPS.c.stop)).scalars().all()
    assert kept == ["H02", "H01"]


def test_a_plan_of_days_that_somebody_has_changed_is_not_shown(planned, enter):
    (planned.folder / FOLDER / "days.csv").write_text(DAYS.replace("H03", "H04"), encoding="utf-8")
    browser, _ = enter("patrol")
    with pytest.raises(RuntimeError, match=r"days\.csv is not what the run made"):
        browser.get("/patrols/1/1")
