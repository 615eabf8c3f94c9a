"""The tasking map in a real browser: it asks nobody, runs nothing of the data's, and works by keyboard."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from maps.drawing.offline import page_html
from maps.tasking.page import map_fragment, tasking_map
from tests.barriers import barriers
from tests.maps.bare import bare_pack
from tests.maps.sample import sample_pack

pytestmark = pytest.mark.browser

SIZES = ((1920, 1080), (1366, 768), (390, 844))
HOSTILE = (
    ' <script>window.__hit=1</script>${window.__hit=1}`${window.__hit=1}`</script><img src=x onerror="window.__hit=1">'
    "\"'><svg onload=window.__hit=1> javascript:window.__hit=1 {{ 6*7 }} {% raw %} \u2028 --> ]]>"
)
OPEN_ALL = """() => {
  document.querySelectorAll("details").forEach((held) => { held.open = true; });
  document.querySelectorAll("[data-switch]").forEach((box) => { if (!box.checked) box.click(); });
  document.querySelectorAll("[hidden]:not(#story, #found, [data-play])").forEach((part) => { part.hidden = false; });
}"""
QUESTIONS = ("Where?", "Who suffers?", "What changed?", "When?", "Who goes?", "What was delivered?")
POINT_AT_ALL = """() => {
  const map = window[Object.keys(window).find((name) => /^map_\\d+$/.test(name))];
  map.eachLayer((layer) => { if (layer.getTooltip && layer.getTooltip()) layer.openTooltip(); });
  return document.querySelectorAll(".tip").length;
}"""


@pytest.fixture(scope="module")
def sample_page() -> str:
    return page_html(tasking_map(sample_pack()))


@pytest.fixture(scope="module")
def hostile_page() -> str:
    return page_html(tasking_map(sample_pack(hostile=HOSTILE)))


def centre(page: Page) -> list[float]:
    """Where the map's middle lies, read off its first hot spot's place on the screen."""
    box = page.locator(".rank").first.bounding_box()
    assert box is not None
    return [round(box["x"]), round(box["y"])]


def story_of(page: Page) -> str:
    return page.locator("#story h2").inner_text()


def ask(page: Page, question: str, choice: str = "") -> None:
    page.get_by_role("radio", name=question, exact=True).check(force=True)
    if choice:
        page.get_by_role("radio", name=choice).check(force=True)


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_the_page_asks_nobody_and_has_no_complaint(visit: Callable, sample_page: str, width: int, height: int) -> None:
    seen = visit(sample_page, width=width, height=height)
    seen.page.evaluate(OPEN_ALL)
    seen.page.wait_for_selector(".stop.route-0", state="attached")
    assert seen.asked == []
    assert seen.complaints == []


@pytest.mark.parametrize("policy", [True, False], ids=["with policy", "without policy"])
def test_text_from_the_data_is_shown_and_runs_nothing(visit: Callable, hostile_page: str, policy: bool) -> None:
    """Without the policy too: the escaping has to hold by itself."""
    html = hostile_page if policy else re.sub(r"<meta http-equiv[^>]*>", "", hostile_page)
    seen = visit(html)
    seen.page.evaluate(OPEN_ALL)
    keys = seen.page.evaluate("[...document.querySelectorAll('template')].map((held) => held.id.slice(6))")
    assert len(keys) == 12  # five hot spots, four wards, three patrols
    for key in keys:
        seen.page.evaluate("key => beatplan.state.pick(key)", key)
        assert "<script>window.__hit=1" in seen.page.locator("#story").inner_text()
    assert seen.page.evaluate(POINT_AT_ALL) > 10
    assert seen.page.evaluate("window.__hit") is None
    assert seen.asked == []
    assert seen.complaints == []


def test_text_from_the_data_reads_as_it_was_written(visit: Callable, hostile_page: str) -> None:
    page = visit(hostile_page).page
    ask(page, "When?")
    ask(page, "Who goes?")
    page.evaluate("document.querySelectorAll('[name=choice-goes]')[1].click()")
    page.evaluate(OPEN_ALL)
    page.evaluate(POINT_AT_ALL)
    wanted = " ".join(HOSTILE.split())
    page.evaluate("beatplan.state.pick('H01')")
    for place in ("h1", ".marking >> nth=0", "#story h2", ".list th button >> nth=0", ".base >> nth=0",
                  ".ward-name >> nth=0", ".tip >> nth=0", ".credits", "#moment-rows button >> nth=0",
                  "#stops output", "#teams-heading ~ table button >> nth=0"):  # fmt: skip
        assert wanted in " ".join((page.locator(place).text_content() or "").split()), place
    assert page.title().startswith("Tasking map, Sample Police <script>")


def test_the_questions_switch_the_layers_by_keyboard(visit: Callable, sample_page: str) -> None:
    page = visit(sample_page).page
    assert [text.strip() for text in page.locator(".questions label").all_inner_texts()] == list(QUESTIONS)
    page.get_by_role("radio", name="Where?").focus()
    shown = {
        "Where?": (".leaflet-image-layer", ".label.rank"),
        "Who suffers?": ("path.window", ".label.tier"),
        "What changed?": (".leaflet-image-layer", ".label.mark.rose"),
        "When?": (".label.moment",),
        "Who goes?": (".label.team",),
        "What was delivered?": (".label.dose", "path.past"),
    }
    for question in QUESTIONS:
        assert page.get_by_role("radio", name=question, exact=True).is_checked()
        for name, marks in shown.items():
            for mark in marks:
                if name == question:
                    assert page.locator(mark).count() > 0, (question, mark)
                elif mark not in shown[question]:
                    assert page.locator(mark).count() == 0, (question, mark)
        page.keyboard.press("ArrowRight")


def test_layers_are_switched_one_by_one_too(visit: Callable, sample_page: str) -> None:
    page = visit(sample_page).page
    page.evaluate("document.querySelectorAll('details').forEach((held) => { held.open = true; })")
    box = page.get_by_role("checkbox", name="Where harm gathers")
    box.focus()
    page.keyboard.press("Space")
    assert page.locator(".leaflet-image-layer").count() == 0
    page.keyboard.press("Space")
    assert page.locator(".leaflet-image-layer").count() == 1


def test_a_slider_tells_what_each_shift_of_the_week_holds(visit: Callable, sample_page: str) -> None:
    page = visit(sample_page).page
    ask(page, "When?")
    slider = page.get_by_role("slider", name="Moment")
    slider.focus()
    assert slider.get_attribute("aria-valuetext") == "Monday, early 06:00 to 14:00: 0.67 crimes expected"
    page.keyboard.press("ArrowRight")
    assert "Monday, late 14:00 to 22:00: 1.2 crimes expected" in page.locator("#when output").inner_text()
    assert page.locator("#moment-rows tr").first.inner_text().split()[:2] == ["Station", "Road"]
    page.keyboard.press("End")
    assert page.locator("#when output").inner_text().startswith("Sunday, night 22:00 to 06:00")
    assert page.locator("[data-play]:visible").count() == 0  # motion is not wanted here, so none is offered


def test_months_so_far_can_be_stepped_through(visit: Callable, sample_page: str) -> None:
    page = visit(sample_page).page
    ask(page, "When?", "Month by month: wards")
    assert page.locator("#when output").inner_text() == "April 2024: 18 crimes recorded"
    page.locator("#when").get_by_role("button", name="Later").click()
    assert page.locator("#when output").inner_text() == "May 2024: 22 crimes recorded"
    page.locator("#moment-rows button").first.click()
    assert story_of(page) == "Weavers' Hill"


def test_patrols_are_stepped_through_by_the_clock(visit: Callable, sample_page: str) -> None:
    page = visit(sample_page).page
    ask(page, "Who goes?", "Patrols: day shift")
    said = page.locator("#stops output")
    assert said.inner_text() == "10:05: CSO 2 comes on foot to 5. Quay Parade, until 10:20"
    page.locator("#stops").get_by_role("slider").focus()
    page.keyboard.press("ArrowRight")
    assert said.inner_text() == "10:10: CSO 1 comes on foot to 1. Station Road, until 10:25"
    assert page.locator(".walker.here").count() == 2
    page.keyboard.press("ArrowRight")
    assert "CSO 1 comes on foot to 2. Bull Ring, until 10:55; CSO 2 comes" in said.inner_text()


def test_a_place_is_found_by_typing(visit: Callable, sample_page: str) -> None:
    page = visit(sample_page).page
    box = page.get_by_role("combobox", name="Find a ward, street or hot spot")
    box.focus()
    page.keyboard.type("we")
    assert page.locator("#found [role=option]").all_inner_texts() == ["Weavers' Hill\nward"]
    page.keyboard.press("Escape")
    assert page.locator("#found").is_hidden()
    page.keyboard.type("avers h")  # apostrophes do not matter
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    assert story_of(page) == "Weavers' Hill"
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.id") == "find"


def test_a_base_is_ringed_where_it_is_found(visit: Callable, sample_page: str) -> None:
    page = visit(sample_page).page
    page.get_by_role("combobox", name="Find a ward").fill("central")
    page.keyboard.press("Enter")
    assert page.locator(".label.found").count() == 1


def test_every_control_is_reached_by_tab_and_shows_it(visit: Callable, sample_page: str) -> None:
    page = visit(sample_page).page
    page.evaluate("document.querySelectorAll('details').forEach((held) => { held.open = true; })")
    controls = page.evaluate(
        """() => [...document.querySelectorAll("a[href], button, input, select, summary, [tabindex='0']")]
          .filter((held) => held.checkVisibility() && !(held.type === "radio" && !held.checked)).length"""
    )
    reached = 0
    for _ in range(controls + 10):
        page.keyboard.press("Tab")
        seen = page.evaluate(
            """() => {
              const held = document.activeElement;
              if (held === document.body) return null;
              const told = held.type === "radio" ? held.nextElementSibling : held;
              return getComputedStyle(told).outlineStyle !== "none";
            }"""
        )
        if seen is None:
            break
        assert seen, page.evaluate("document.activeElement.outerHTML")
        reached += 1
    assert reached >= controls


def test_the_map_moves_by_keyboard(visit: Callable, sample_page: str) -> None:
    page = visit(sample_page).page
    page.locator(".folium-map").focus()
    before = centre(page)
    page.keyboard.press("ArrowRight")
    page.wait_for_function(
        "before => document.querySelector('.rank').getBoundingClientRect().x < before", arg=before[0]
    )
    scale = page.locator(".leaflet-control-scale-line").first.inner_text()
    page.keyboard.press("+")
    page.wait_for_function(
        "before => document.querySelector('.leaflet-control-scale-line').innerText !== before", arg=scale
    )


def test_a_hot_spots_story_opens_and_closes_by_keyboard(visit: Callable, sample_page: str) -> None:
    page = visit(sample_page).page
    button = page.get_by_role("button", name="Bull Ring")
    button.focus()
    page.keyboard.press("Enter")
    assert story_of(page) == "2 Bull Ring"
    story = " ".join(page.locator("#story").inner_text().split())
    for told in ("It holds 9 % of expected harm", "Burglary", "22 %", "5.13", "205", "10:40 to 10:55", "trend: steady",
                 "Most on Monday", "3 crimes in April 2024", "From 31 to 12 crimes", "Decided: amend"):  # fmt: skip
        assert told in story
    assert page.evaluate("document.activeElement.tagName") == "H2"
    assert page.evaluate("window.scrollY") == 0  # the facts scroll, the page stays
    assert page.locator(".rank.picked").inner_text() == "2"
    page.keyboard.press("Escape")
    assert page.locator("#story").is_hidden()
    assert page.evaluate("document.activeElement.innerText") == "Bull Ring"


def test_a_click_on_the_map_tells_the_story_too(visit: Callable, sample_page: str) -> None:
    page = visit(sample_page).page
    page.locator(".rank >> text=4").click()
    assert story_of(page) == "4 Mill Street"
    page.get_by_role("button", name="Close Mill Street").click()
    assert page.locator("#story").is_hidden()


def test_a_patrol_is_picked_out_and_followed(visit: Callable, sample_page: str) -> None:
    page = visit(sample_page).page
    ask(page, "Who goes?", "Patrols: day shift")
    page.get_by_role("button", name="CSO 2").click()
    assert page.locator("path.route.picked").count() == 1
    assert page.locator("path.route.dimmed").count() == 1
    assert page.locator("#stops output").inner_text().startswith("10:05: CSO 2 comes")
    page.locator("#stops").get_by_role("button", name="Later").click()
    assert page.locator("#story tr.now").inner_text().split()[:2] == ["2", "10:40"]


def test_a_patrol_of_a_story_turns_to_who_goes(visit: Callable, sample_page: str) -> None:
    page = visit(sample_page).page
    page.get_by_role("button", name="Mill Street", exact=True).click()
    page.locator("#story").get_by_role("button", name="CSO 3").click()
    assert story_of(page) == "CSO 3"
    assert page.get_by_role("radio", name="Patrols: late shift").is_checked()


def test_the_wall_shows_the_map_and_its_questions_alone(visit: Callable, sample_page: str) -> None:
    page = visit(sample_page, width=1920, height=1080).page
    page.get_by_role("button", name="Wall view").click()
    page.wait_for_function("document.querySelector('.folium-map').getBoundingClientRect().width === innerWidth")
    assert page.locator("#facts").is_hidden()
    assert page.locator(".questions").is_visible()
    assert page.evaluate("parseFloat(getComputedStyle(document.documentElement).fontSize)") >= 19
    page.locator(".rank >> text=4").click()
    assert page.locator("#story").is_visible()
    page.keyboard.press("Escape")
    assert page.locator("#story").is_hidden()
    page.get_by_role("button", name="Wall view").click()
    assert page.locator("#facts").is_visible()


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_no_text_is_small_and_none_runs_out_of_the_page(
    visit: Callable, hostile_page: str, width: int, height: int
) -> None:
    page = visit(hostile_page, width=width, height=height).page
    page.evaluate(OPEN_ALL)
    smallest = page.evaluate(
        """() => Math.min(...[...document.querySelectorAll("body *")]
          .filter((part) => part.offsetParent && part.checkVisibility() && !part.closest(".unseen, .crowded")
            && [...part.childNodes].some((child) => child.nodeType === 3 && child.data.trim()))
          .map((part) => parseFloat(getComputedStyle(part).fontSize)))"""
    )
    assert smallest >= (19 if width == 1920 else 16)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_axe_finds_nothing(visit: Callable, sample_page: str, width: int, height: int) -> None:
    """With every key, table and control in sight at once, and with a story open."""
    page = visit(sample_page, width=width, height=height).page
    page.evaluate(OPEN_ALL)
    assert barriers(page) == []
    page.evaluate("beatplan.state.pick('H01')")
    assert barriers(page) == []


def test_axe_finds_nothing_whatever_is_asked(visit: Callable, sample_page: str) -> None:
    page = visit(sample_page).page
    for question in QUESTIONS[1:]:
        ask(page, question)
        assert barriers(page) == [], question


def test_axe_finds_nothing_on_a_force_without_findings(visit: Callable) -> None:
    seen = visit(page_html(tasking_map(bare_pack())))
    assert seen.complaints == []
    assert barriers(seen.page) == []


def test_the_map_works_inside_a_sandboxed_frame_of_another_page(visit: Callable) -> None:
    host = f'<!DOCTYPE html><html lang="en"><title>Report</title><h1>Report</h1>{map_fragment(sample_pack())}</html>'
    seen = visit(host)
    frame = seen.page.frame_locator("iframe")
    frame.get_by_label("Who goes?").check(force=True)
    assert frame.locator(".team").count() == 4
    assert seen.asked == []
    assert seen.complaints == []
    assert barriers(seen.page) == []


def test_a_frame_that_is_shown_later_is_fitted_then(visit: Callable) -> None:
    """While its page is laid out a frame has no size, and on a busy machine the map is ready first."""
    fragment = str(map_fragment(sample_pack())).replace("<iframe ", "<iframe hidden ")
    page = visit(f'<!DOCTYPE html><html lang="en"><title>Report</title><h1>Report</h1>{fragment}</html>').page
    page.frames[1].wait_for_selector(".label.rank", state="attached")
    page.evaluate("document.querySelector('iframe').hidden = false")
    page.frames[1].wait_for_function(
        """() => [...document.querySelectorAll(".label.rank")].filter((held) => {
          const { x, y } = held.getBoundingClientRect();
          return x > 0 && x < innerWidth && y > 0 && y < innerHeight;
        }).length === 5"""
    )
