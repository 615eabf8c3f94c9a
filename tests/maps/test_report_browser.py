"""The report in a real browser: no request, no error, nothing run from data, readable by all."""

import re

import pytest

from maps.report import write_report
from tests.barriers import barriers
from tests.maps.bare import bare_pack
from tests.maps.sample import sample_pack

pytestmark = pytest.mark.browser

# Each payload would set window.hacked if it ran, in the page or in the map.
HOSTILE = (
    "</script><script>window.hacked=1</script>\"'><img src=x onerror=window.hacked=2>"
    "${window.hacked=3}`+(window.hacked=4)+`{{window.hacked=5}}javascript:window.hacked=6"
)
PACKS = {"sample": {}, "hostile": {"hostile": HOSTILE}, "bare": None}
SIZES = {"laptop": {"width": 1366, "height": 768}, "phone": {"width": 390, "height": 844}}


@pytest.fixture(scope="module", params=PACKS)
def report(request, tmp_path_factory):
    given = PACKS[request.param]
    pack = bare_pack() if given is None else sample_pack(**given)
    path = write_report(pack, tmp_path_factory.mktemp(request.param) / "report.html")
    return path.read_text(encoding="utf-8")


@pytest.fixture(params=SIZES)
def seen(request, visit, report):
    held = visit(report, **SIZES[request.param])
    held.page.locator("iframe").scroll_into_view_if_needed()
    held.page.frame_locator("iframe").locator("main").wait_for()
    return held


def test_it_asks_no_one_logs_nothing_and_runs_nothing_from_data(seen):
    assert seen.is_quiet(), (seen.asked, seen.complaints)
    assert [frame.evaluate("window.hacked ?? null") for frame in seen.page.frames] == [None, None]


def test_it_breaks_no_rule_of_accessibility_and_never_scrolls_sideways(seen):
    assert barriers(seen.page) == []

    inside, outside = seen.page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
    assert inside <= outside


def test_the_map_in_its_frame_begins_with_every_hot_spot_in_sight(visit, tmp_path):
    held = visit(write_report(sample_pack(), tmp_path / "report.html").read_text(encoding="utf-8"))
    inside = held.page.frame_locator("iframe")
    held.page.locator("iframe").scroll_into_view_if_needed()
    stage, spots = inside.locator(".leaflet-container").bounding_box(), inside.locator(".label.rank > span")
    spots.first.wait_for()
    boxes = [spot.bounding_box() for spot in spots.all()]
    assert len(boxes) == 5
    assert all(stage["x"] <= box["x"] <= stage["x"] + stage["width"] for box in boxes)
    assert all(stage["y"] <= box["y"] <= stage["y"] + stage["height"] for box in boxes)


def test_the_keyboard_skips_to_the_content_and_goes_on_from_there(visit, report):
    page = visit(report).page
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    page.keyboard.press("Tab")
    assert page.evaluate("document.querySelector('main').contains(document.activeElement)")


def test_it_reads_without_scripts(browser, report, tmp_path):
    file = tmp_path / "report.html"
    file.write_text(report, encoding="utf-8")
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(file.as_uri())
    assert page.locator("main h2").first.inner_text() == "What to decide"
    assert page.locator("#team-table tbody tr").count() == 4
    context.close()


def test_on_paper_the_folds_are_open_and_the_map_is_a_picture(visit, report, tmp_path):
    page = visit(report).page
    paper = page.pdf(path=tmp_path / "report.pdf", prefer_css_page_size=True)
    assert page.evaluate("[...document.querySelectorAll('details')].every(held => held.open)")
    assert len(re.findall(rb"/Type\s*/Page\b", paper)) >= 6
    page.emulate_media(media="print")
    assert not page.locator("iframe").is_visible()
    assert page.locator("#map img").is_visible()
