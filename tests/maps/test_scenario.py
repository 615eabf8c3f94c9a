"""The scenario map: two plans side by side, and what differs between them, in a real browser."""

import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from playwright.sync_api import Page

from geodata import InputError
from maps.drawing.offline import page_html
from maps.scenario.page import scenario_map
from maps.scenario.sides import Side, Sides, changed, sides_of_packs, signed
from tests.barriers import barriers
from tests.maps.sample import sample_pack
from tests.maps.test_map_browser import HOSTILE, SIZES

CENTRES = """() => Object.keys(window).filter((name) => /^map_\\d+$/.test(name)).map((name) => window[name])
  .map((map) => [map.getCenter().lat.toFixed(5), map.getCenter().lng.toFixed(5), map.getZoom()].join(" "))"""
POINT_AT_ALL = """() => {
  Object.keys(window).filter((name) => /^map_\\d+$/.test(name)).forEach((name) => window[name].eachLayer((layer) => {
    if (layer.getTooltip && layer.getTooltip()) layer.openTooltip();
  }));
  return document.querySelectorAll(".tip").length;
}"""


def sample_sides(hostile: str = "") -> Sides:
    """Return three plans: two CSOs more in one ward and one fewer in another, then the same with a patrol dropped."""
    pack = sample_pack(hostile=hostile)
    table = pack.staffing.table.copy()
    table["csos"] = table["csos"] + [2, -1, 0, 0]
    table["constables"] = table["constables"] + [0, 0, 1, 0]
    table.loc[2, "csos"] -= 1
    plan = pack.schedule.plan
    fewer = plan[plan["unit"] != plan["unit"].iloc[0]]
    more = replace(pack, staffing=replace(pack.staffing, table=table))
    less = replace(
        more, schedule=replace(pack.schedule, plan=fewer), routes=pack.routes[pack.routes["unit"].isin(fewer["unit"])]
    )
    return sides_of_packs([pack, more, less], [name + hostile for name in ("As it is", "More CSOs", "A patrol less")])


@pytest.fixture(scope="module")
def page() -> str:
    return page_html(scenario_map(sample_sides()))


def press(page: Page, number: int) -> None:
    page.locator("[name=scenario]").nth(number).check(force=True)


def test_what_differs_is_told_ward_by_ward() -> None:
    sides = sample_sides()
    more = sides.more(sides.sides[1])
    assert more["more"].tolist() == [2, -1, 0, 0]
    assert more["csos"].tolist() == [2, -1, -1, 0]
    assert more["constables_before"].tolist() == [5, 2, 2, 3]
    sentence = sides.sentence(sides.sides[1])
    assert sentence.startswith(
        "1 ward gains posts, 1 ward loses posts and 1 ward has as many, of other roles; 1 post more"
    )


def test_visits_are_both_new_gone_or_neither() -> None:
    sides = sample_sides()
    assert sides.visits(sides.sides[1])["look"].tolist() == ["both"] * 5
    assert sides.visits(sides.sides[2])["look"].tolist() == ["both", "gone", "gone", "both", "both"]
    turned = replace(sides, sides=(sides.sides[2], sides.sides[0]))
    assert turned.visits(turned.sides[1])["sign"].tolist() == ["", "+", "+", "", ""]


def test_signs_and_words_of_a_change() -> None:
    assert [signed(number) for number in (2, 0, -1)] == ["+2", "±0", "\N{MINUS SIGN}1"]
    assert [changed(number, "CSO") for number in (2, 0, -1)] == ["2 CSOs more", "as many CSOs", "1 CSO fewer"]


def test_one_plan_alone_is_refused() -> None:
    sides = sample_sides()
    with pytest.raises(InputError, match="two or more at a time, got 1"):
        replace(sides, sides=sides.sides[:1])
    with pytest.raises(InputError, match="only where hot spots and patrols"):
        replace(sides, hotspots=None).visits(sides.sides[1])


def test_the_same_plans_give_the_same_bytes(page: str) -> None:
    assert page_html(scenario_map(sample_sides())) == page


@pytest.mark.browser
def test_what_is_done_to_one_map_is_done_to_the_other(visit: Callable, page: str) -> None:
    seen = visit(page)
    maps = seen.page.locator(".folium-map")
    for number, key in ((0, "ArrowRight"), (1, "ArrowDown"), (0, "+"), (1, "-")):
        before = seen.page.evaluate(CENTRES)
        maps.nth(number).focus()
        seen.page.keyboard.press(key)
        seen.page.wait_for_timeout(400)
        after = seen.page.evaluate(CENTRES)
        assert after != before
        assert after[0] == after[1]
    assert seen.is_quiet(), (seen.asked, seen.complaints)


@pytest.mark.browser
def test_the_difference_is_shown_by_colour_sign_and_table(visit: Callable, page: str) -> None:
    seen = visit(page, width=1920, height=1080).page
    right = seen.locator(".folium-map").nth(1)
    assert sorted(right.locator(".delta").all_inner_texts()) == sorted(["+2", "\N{MINUS SIGN}1", "±0"])
    assert right.locator(".change.up.size-2").count() == right.locator(".change.down").count() == 1
    assert seen.locator(".folium-map").first.locator(".delta").count() == 0
    press(seen, 1)
    assert seen.locator("[data-name]").inner_text() == "A patrol less"
    assert right.locator(".visited.gone").count() == 2
    assert "no longer visited" in seen.locator("[data-side='2']").inner_text()
    assert seen.locator("[data-side='1']").is_hidden()
    seen.locator("[data-switch=change]").uncheck()
    assert right.locator(".delta").count() == 0
    seen.locator("[data-switch=routes]").check()
    assert right.locator("path.route").count() == 2
    assert seen.locator(".folium-map").first.locator("path.route").count() == 3


@pytest.mark.browser
def test_a_ward_in_the_table_is_found_on_both_maps_by_keyboard(visit: Callable, page: str) -> None:
    seen = visit(page).page
    button = seen.locator("[data-side='1'] [data-key]").first
    button.focus()
    seen.keyboard.press("Enter")
    assert button.get_attribute("aria-pressed") == "true"
    assert [seen.locator(".folium-map").nth(at).locator("path.ward.picked").count() for at in (0, 1)] == [1, 1]
    seen.keyboard.press("Escape")
    assert seen.locator("path.ward.picked").count() == 0


@pytest.mark.browser
@pytest.mark.parametrize("policy", [True, False], ids=["with policy", "without policy"])
def test_text_from_the_data_runs_nothing(visit: Callable, policy: bool) -> None:
    html = page_html(scenario_map(sample_sides(HOSTILE)))
    seen = visit(html if policy else re.sub(r"<meta http-equiv[^>]*>", "", html))
    press(seen.page, 1)
    seen.page.locator("[data-switch=routes]").check()
    assert seen.page.evaluate(POINT_AT_ALL) > 8
    assert seen.page.evaluate("window.__hit") is None
    assert seen.is_quiet(), (seen.asked, seen.complaints)


@pytest.mark.browser
@pytest.mark.parametrize(("width", "height"), SIZES)
def test_the_page_fits_and_axe_finds_nothing(visit: Callable, page: str, width: int, height: int) -> None:
    seen = visit(page, width=width, height=height).page
    press(seen, 1)
    assert seen.evaluate("document.documentElement.scrollWidth") <= width
    assert barriers(seen) == []


def test_plans_without_patrols_have_teams_alone() -> None:
    sides = sample_sides()
    bare = tuple(Side(side.name, side.teams) for side in sides.sides)
    html = page_html(scenario_map(replace(sides, sides=bare, hotspots=None)))
    assert 'data-switch="teams"' in html
    assert 'data-switch="routes"' not in html
