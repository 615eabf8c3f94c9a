"""Patrol maps in a real browser: on a phone, on a desk and on paper."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from maps.drawing.offline import page_html
from maps.figures.still_ground import Atlas
from maps.pack import Pack
from maps.patrols.page import patrol_map, write_patrol_maps
from maps.tasking.facts import patrols
from tests.barriers import barriers
from tests.maps.bare import bare_pack
from tests.maps.ground_sample import with_ground
from tests.maps.sample import sample_pack
from tests.maps.test_basemap import PAINTED
from tests.maps.test_map_browser import HOSTILE, POINT_AT_ALL, SIZES


def first_page(pack: Pack) -> str:
    return page_html(patrol_map(pack, patrols(pack)[0], Atlas.of(pack)))


@pytest.fixture(scope="module")
def page() -> str:
    return first_page(with_ground(sample_pack()))


def test_each_patrol_has_a_page_and_the_same_findings_give_the_same_bytes(tmp_path: Path) -> None:
    pack = with_ground(sample_pack())
    (tmp_path / "again").mkdir()
    paths, again = write_patrol_maps(pack, tmp_path), write_patrol_maps(pack, tmp_path / "again")
    assert [path.name for path in paths] == ["patrol-01.html", "patrol-02.html", "patrol-03.html"]
    assert [path.read_bytes() for path in paths] == [path.read_bytes() for path in again]
    assert all(path.stat().st_size < 600_000 for path in paths)


def test_a_force_without_patrols_or_streets_has_none_to_write(tmp_path: Path) -> None:
    assert write_patrol_maps(bare_pack(), tmp_path) == ()
    assert "basemap.ground(" not in first_page(sample_pack())


@pytest.mark.browser
def test_stops_are_told_in_order_with_times_and_why(visit: Callable, page: str) -> None:
    seen = visit(page, width=390, height=844)
    cards = seen.page.locator(".stops .card")
    assert cards.count() == 3
    first = cards.first.inner_text()
    for said in ("10:10 to 10:25", "Station Road", "Canal Side", "9 % of expected harm", "Violence"):
        assert said in first.replace("\N{NO-BREAK SPACE}", " "), said
    assert seen.page.locator(".stop").count() == 3
    expect(seen.page.locator(".stop > span").first).to_be_visible()


@pytest.mark.browser
def test_a_stop_is_shown_and_the_whole_way_again_by_keyboard(visit: Callable, page: str) -> None:
    seen = visit(page, width=390, height=844)
    seen.page.wait_for_function(PAINTED)
    button = seen.page.locator("[data-stop]").nth(1)
    button.focus()
    seen.page.keyboard.press("Enter")
    assert button.get_attribute("aria-pressed") == "true"
    assert seen.page.evaluate("window[Object.keys(window).find((n) => /^map_\\d+$/.test(n))].getZoom()") >= 17
    seen.page.get_by_role("button", name="Whole way").click()
    assert button.get_attribute("aria-pressed") == "false"
    assert seen.page.evaluate("window[Object.keys(window).find((n) => /^map_\\d+$/.test(n))].getZoom()") < 17
    assert seen.is_quiet(), (seen.asked, seen.complaints)


@pytest.mark.browser
@pytest.mark.parametrize("policy", [True, False], ids=["with policy", "without policy"])
def test_text_from_the_data_runs_nothing(visit: Callable, policy: bool) -> None:
    html = first_page(with_ground(sample_pack(hostile=HOSTILE), HOSTILE))
    seen = visit(html if policy else re.sub(r"<meta http-equiv[^>]*>", "", html))
    assert seen.page.evaluate(POINT_AT_ALL) > 3
    assert seen.page.evaluate("window.__hit") is None
    assert seen.is_quiet(), (seen.asked, seen.complaints)


@pytest.mark.browser
@pytest.mark.parametrize(("width", "height"), SIZES)
def test_the_page_fits_and_axe_finds_nothing(visit: Callable, page: str, width: int, height: int) -> None:
    seen = visit(page, width=width, height=height)
    seen.page.locator("[data-stop]").first.click()
    assert seen.page.evaluate("document.documentElement.scrollWidth") <= width
    assert barriers(seen.page) == []
