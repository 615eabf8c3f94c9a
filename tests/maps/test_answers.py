"""What each question of the meeting is answered with says the same as the findings."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from geodata.streets import Streets
from maps.drawing.elements import Labels
from maps.drawing.surface import CHANGE, picture
from maps.pack import Pack
from maps.style import shading
from maps.tasking import changed, delivered, finder, moments, suffered
from maps.tasking.facts import patrols
from maps.tasking.questions import questions, switches
from maps.tasking.stories import stories
from maps.tasking.walks import steps
from tests.maps.bare import bare_pack
from tests.maps.sample import CENTRES, sample_pack


def asked(pack: Pack, *, moving: bool = True) -> dict[str, dict[str, tuple[str, ...]]]:
    walks = patrols(pack)
    parts = switches(pack, walks, shading(pack.risk.to_numpy()), moving=moving)
    return {question.name: dict(question.choices) for question in questions(pack, parts, walks, moving=moving)}


def test_every_question_shows_layers_that_there_are() -> None:
    found = asked(sample_pack())
    assert list(found) == ["where", "suffers", "changed", "when", "goes", "delivered"]
    assert found["changed"] == {"Against May 2024": ("change",), "Against June 2023": ("change-year",)}
    assert found["goes"]["Patrols: late shift"] == ("patrols-1", "bases")


def test_without_findings_only_where_and_who_goes_are_asked() -> None:
    assert asked(bare_pack()) == {"where": {"": ()}, "goes": {"Teams by ward": ("teams",)}}


def test_a_still_map_is_not_asked_when() -> None:
    assert "when" not in asked(sample_pack(), moving=False)


def test_who_suffers_is_asked_and_answered_with_the_reason_where_dates_are_by_month() -> None:
    pack = sample_pack()
    assert pack.suffering is not None
    reason = "Dates are by month: windows cannot be told."
    blind = replace(pack, suffering=replace(pack.suffering, windows=None, windows_note=reason))
    assert asked(blind)["suffers"] == {"": ("bases",)}
    told = suffered.facts(blind)
    assert told is not None
    assert (told["note"], told["windows"], told["tiers"]) == (reason, [], [])


def test_the_shifts_of_a_week_share_out_what_is_expected_in_it() -> None:
    pack = sample_pack()
    table = moments.by_shift(pack)
    expected = pack.hotspots.set_index("hotspot_id")["expected_crimes"].where(table.sum(axis=1) > 0, 0.0)
    assert table.shape == (5, 21)
    assert table.sum(axis=1).to_numpy() == pytest.approx(expected.to_numpy())
    assert table.columns[20] == "Sunday, night 22:00 to 06:00"  # into Monday morning


def test_hours_of_the_week_go_to_their_shift() -> None:
    pack = sample_pack()
    assert pack.insight is not None
    assert pack.insight.week is not None
    one = pd.DataFrame(0.0, index=pack.insight.week.profiles.index, columns=range(168))
    one[3] = 1.0  # Monday 03:00: the night that began on Sunday
    week = replace(pack.insight.week, profiles=one)
    table = moments.by_shift(replace(pack, insight=replace(pack.insight, week=week)))
    assert (table.idxmax(axis=1) == "Sunday, night 22:00 to 06:00").all()


def test_the_forces_own_shifts_are_told_and_so_are_the_hours_outside_them() -> None:
    pack = sample_pack()
    assert pack.insight is not None
    own = {"late": (930, 1440), "day": (450, 930)}
    assert list(moments.of_a_day(own)) == [
        "outside shifts 00:00 to 07:30",
        "day 07:30 to 15:30",
        "late 15:30 to 00:00",
    ]
    assert list(moments.of_a_day({"day": (540, 1020)})) == ["day 09:00 to 17:00", "outside shifts 17:00 to 09:00"]
    table = moments.by_shift(replace(pack, insight=replace(pack.insight, shifts=own)))
    expected = pack.hotspots.set_index("hotspot_id")["expected_crimes"].where(table.sum(axis=1) > 0, 0.0)
    assert table.shape == (5, 21)
    assert table.sum(axis=1).to_numpy() == pytest.approx(expected.to_numpy())


def test_a_rise_for_a_fall_turns_the_surface_about() -> None:
    pack = sample_pack()
    assert pack.change is not None
    one = changed._classes(pack, pack.change)
    other = changed._classes(pack, replace(pack.change, cells=-pack.change.cells))
    assert (np.where(one > 0, 5 - one, 0) == other).all()
    assert {1, 4} <= set(one.tolist())


def test_falls_are_striped_and_rises_are_not() -> None:
    pack = sample_pack()
    for number, stripes in ((1, True), (4, False)):
        drawn = picture(np.full(pack.grid.size, number), pack.grid, palette=CHANGE, striped=(1, 2))
        assert drawn is not None
        assert (drawn.pixels[::3].max() == 0) == stripes
        assert drawn.pixels[1::3].max() == number


def test_marks_say_rise_and_fall_by_sign_and_what_chance_explains_by_neither() -> None:
    pack = sample_pack()
    layer = next(part.layer for part in changed.switches(pack) if part.name == "change")
    labels = next(child for child in layer._children.values() if isinstance(child, Labels))
    assert "\\u25b2 +120 %" in labels.labels.replace("\xa0", " ").replace("\\u00a0", " ")
    assert '"mark fell"' in labels.labels
    assert '"text":"="' in labels.labels


def test_the_last_tasking_is_told_where_most_of_a_hot_spot_lies() -> None:
    pack = sample_pack()
    assert pack.past is not None
    moved = pack.past.hotspots.set_geometry(pack.past.hotspots.geometry.translate(150.0, 0.0))
    told = delivered.last_time(replace(pack, past=replace(pack.past, hotspots=moved)))
    assert told["H01"][0] == "Ranked 1 as Station Road."
    assert "Decided: accept, Insp A. Review was due on 15 June 2024." in told["H01"]
    far = pack.past.hotspots.set_geometry(pack.past.hotspots.geometry.translate(9e4, 0.0))
    assert delivered.last_time(replace(pack, past=replace(pack.past, hotspots=far))) == {}
    assert delivered.last_time(bare_pack()) == {}


def test_windows_are_told_on_the_hot_spots_they_touch() -> None:
    assert [key for key, said in suffered.near(sample_pack()).items() if said] == ["H01", "H02", "H03"]


def test_the_clock_of_a_shift_runs_past_midnight() -> None:
    pack = sample_pack()
    late = pack.schedule.plan.assign(arrive=pack.schedule.plan["arrive"], leave=pack.schedule.plan["leave"])
    late.loc[late["unit"] == "CSO 1", "arrive"] = ["22:30", "23:50", "00:20"]
    late.loc[late["unit"] == "CSO 1", "leave"] = ["22:45", "00:05", "00:35"]
    walks = patrols(replace(pack, schedule=replace(pack.schedule, plan=late)))
    (unit,) = steps(pack, walks[:1])
    assert [(stop["from"], stop["to"]) for stop in unit["stops"]] == [(0, 15), (80, 95), (110, 125)]


def test_a_leg_without_metres_is_driven_and_said_to_be() -> None:
    pack = sample_pack()
    plan = pack.schedule.plan.copy()
    plan.loc[1, "metres"] = 0.0
    driven = replace(pack, schedule=replace(pack.schedule, plan=plan))
    walks = patrols(driven)
    assert [stop.driven for stop in walks[0].stops] == [False, True, False]
    assert [stop["way"] for stop in steps(driven, walks)[0]["stops"]] == ["on foot", "by car", "on foot"]
    assert [stop.leg.length > 0 for stop in walks[0].stops] == [True] * 3


def test_a_street_is_found_in_every_ward_that_it_runs_through() -> None:
    x, y = (float(value) for value in CENTRES[0])
    points, starts = np.array([0, 1, 1, 2]), np.array([0, 2, 4])
    at = (np.array([x, x + 300.0, x + 900.0])[points], np.full(4, y))
    network = Streets.of_ways(points, at, starts, names=["Long Lane", "Long Lane"], crs="EPSG:27700", sha256="ab" * 32)
    found = finder.places(sample_pack(streets=network))
    assert [kind for name, kind, *_ in found if name == "Long Lane"] == ["street, Canal Side", "street, Market"]
    assert [name for name, kind, *_ in found if kind == "ward"] == [
        "Canal Side", "Market", "St Mary's & Park", "Weavers' Hill",
    ]  # fmt: skip


def test_a_story_has_visits_weeks_and_course_of_its_own_hot_spot() -> None:
    pack = sample_pack()
    told = {story.key: story for story in stories(pack, patrols(pack))}
    assert [walk.unit for walk, _ in told["H01"].visits] == ["CSO 1", "CSO 2", "CSO 3"]
    assert told["H05"].week is None  # nothing was recorded there at any hour
    course = told["H02"].course
    assert course is not None
    assert course.sentence == "3 crimes in April 2024, 5 in June 2024; most in June 2024: 5."
