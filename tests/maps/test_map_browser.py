"""The tasking map in a real browser: it asks nobody, runs nothing of the data's, and works by keyboard."""

import re
from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from maps.offline import page_html
from maps.tasking import map_fragment, tasking_map
from tests.maps.bare import bare_pack
from tests.maps.sample import sample_pack

pytestmark = pytest.mark.browser

SIZES = ((1920, 1080), (1366, 768), (390, 844))
HOSTILE = (
    ' <script>window.__hit=1</script>${window.__hit=1}`${window.__hit=1}`</script><img src=x onerror="window.__hit=1">'
    "\"'><svg onload=window.__hit=1> javascript:window.__hit=1 {{ 6*7 }} {% raw %} \u2028 --> ]]>"
)
STANDARDS = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]}}
OPEN_ALL = """() => {
  document.querySelectorAll("details").forEach((held) => { held.open = true; });
  document.querySelectorAll("[data-switch]").forEach((box) => { if (!box.checked) box.click(); });
}"""
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
    return page.locator(".story:visible h3").inner_text()


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
    for button in seen.page.locator("tbody [data-key]").all():
        button.click()
    assert seen.page.evaluate(POINT_AT_ALL) > 10
    assert seen.page.evaluate("window.__hit") is None
    assert seen.asked == []
    assert seen.complaints == []


def test_text_from_the_data_reads_as_it_was_written(visit: Callable, hostile_page: str) -> None:
    page = visit(hostile_page).page
    page.evaluate(OPEN_ALL)
    page.evaluate(POINT_AT_ALL)
    wanted = " ".join(HOSTILE.split())
    for place in ("h1", ".marking >> nth=0", ".story h3 >> nth=0", ".list th button >> nth=0", ".base >> nth=0",
                  ".ward-name >> nth=0", ".tip >> nth=0", ".credits", ".walk h3 >> nth=0"):  # fmt: skip
        assert wanted in " ".join((page.locator(place).text_content() or "").split()), place
    assert page.title().startswith("Tasking map, Sample Police <script>")


def test_layers_are_switched_by_keyboard(visit: Callable, sample_page: str) -> None:
    page = visit(sample_page).page
    box = page.get_by_role("checkbox", name="Where harm gathers")
    box.focus()
    assert page.locator(".leaflet-image-layer").count() == 1
    page.keyboard.press("Space")
    assert page.locator(".leaflet-image-layer").count() == 0
    assert page.locator(".legend").is_hidden()
    page.keyboard.press("Space")
    assert page.locator(".leaflet-image-layer").count() == 1
    assert page.locator(".team").count() == 0
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    assert page.locator(".team").count() == 4


def test_the_switches_ask_the_meetings_questions(visit: Callable, sample_page: str) -> None:
    page = visit(sample_page).page
    asked = [text.strip() for text in page.locator(".switches label").all_inner_texts()]
    assert asked == [
        "Where harm gathers",
        "Hot spots",
        "Who goes: teams by ward",
        "Patrols: day shift",
        "Patrols: late shift",
        "Bases",
    ]


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
    story = page.locator(".story:visible").inner_text()
    for told in ("It holds 9 % of expected harm", "Burglary", "22 %", "5.13", "205", "10:40 to 10:55", "trend: steady"):
        assert told in story
    assert page.evaluate("document.activeElement.tagName") == "H3"
    assert page.evaluate("window.scrollY") == 0  # the facts scroll, the page stays
    assert page.locator(".rank.picked").inner_text() == "2"
    page.keyboard.press("Escape")
    assert page.locator(".story:visible").count() == 0
    assert page.evaluate("document.activeElement.innerText") == "Bull Ring"


def test_a_click_on_the_map_tells_the_story_too(visit: Callable, sample_page: str) -> None:
    page = visit(sample_page).page
    page.locator(".rank >> text=4").click()
    assert story_of(page) == "4 Mill Street"
    assert page.get_by_role("button", name="Mill Street", exact=True).get_attribute("aria-pressed") == "true"


def test_a_patrol_is_picked_out_and_its_layer_switched_on(visit: Callable, sample_page: str) -> None:
    page = visit(sample_page).page
    page.evaluate("document.querySelectorAll('details').forEach((held) => { held.open = true; })")
    page.get_by_role("button", name="CSO 3").click()
    assert page.get_by_role("checkbox", name="Patrols: late shift").is_checked()
    assert page.locator("path.route.picked").count() == 1
    assert page.locator("path.route.dimmed").count() == 2


def test_the_map_can_fill_the_page(visit: Callable, sample_page: str) -> None:
    page = visit(sample_page, width=1920, height=1080).page
    page.get_by_role("button", name="Map only").click()
    box = page.locator(".folium-map").bounding_box()
    assert box is not None
    assert box["width"] == 1920
    page.get_by_role("button", name="Map only").click()
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
    page = visit(sample_page, width=width, height=height).page
    page.evaluate(OPEN_ALL)
    page.get_by_role("button", name="Station Road").first.click()
    found = Axe().run(page, options=STANDARDS)
    assert found.violations_count == 0, found.generate_report()


def test_axe_finds_nothing_on_a_force_without_findings(visit: Callable) -> None:
    seen = visit(page_html(tasking_map(bare_pack())))
    assert seen.complaints == []
    found = Axe().run(seen.page, options=STANDARDS)
    assert found.violations_count == 0, found.generate_report()


def test_the_map_works_inside_a_sandboxed_frame_of_another_page(visit: Callable) -> None:
    host = f'<!DOCTYPE html><html lang="en"><title>Report</title><h1>Report</h1>{map_fragment(sample_pack())}</html>'
    seen = visit(host)
    frame = seen.page.frame_locator("iframe")
    frame.get_by_label("Who goes: teams by ward").check()
    assert frame.locator(".team").count() == 4
    assert seen.asked == []
    assert seen.complaints == []
    found = Axe().run(seen.page, options=STANDARDS)
    assert found.violations_count == 0, found.generate_report()
