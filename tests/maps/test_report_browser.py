"""The report in a real browser: no request, no error, nothing run from data, readable by all."""

import re
from functools import cache

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


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """Each report, written when it is first asked for."""

    @cache
    def page(name):
        given = PACKS[name]
        pack = bare_pack() if given is None else sample_pack(**given)
        return write_report(pack, tmp_path_factory.mktemp(name) / "report.html").read_text(encoding="utf-8")

    return page


@pytest.fixture(scope="module", params=PACKS)
def report(request, written):
    return written(request.param)


@pytest.mark.parametrize("size", SIZES)
def test_it_asks_no_one_runs_nothing_from_data_breaks_no_rule_and_never_scrolls_sideways(visit, report, size):
    seen = visit(report, **SIZES[size])
    seen.page.locator("iframe").scroll_into_view_if_needed()
    seen.page.frame_locator("iframe").locator("main").wait_for()
    assert seen.is_quiet(), (seen.asked, seen.complaints)
    assert [frame.evaluate("window.hacked ?? null") for frame in seen.page.frames] == [None, None]
    assert barriers(seen.page) == []
    inside, outside = seen.page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
    assert inside <= outside


def test_the_map_in_its_frame_begins_with_every_hot_spot_in_sight(visit, written):
    held = visit(written("sample"))
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
