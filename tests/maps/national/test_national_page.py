"""The national page in a real browser: it asks nobody, sorts, tells what is picked, and can be used by everybody."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from maps.drawing.offline import page_html
from maps.national import national_map, write_national
from maps.national.rows import key_of, shade
from tests.barriers import barriers
from tests.maps.national.nation_sample import sample_nation
from tests.maps.test_map_browser import HOSTILE, SIZES


@pytest.fixture(scope="module")
def page() -> str:
    return page_html(national_map(sample_nation()))


def test_shades_are_fifths_of_the_forces_and_like_rates_share_one() -> None:
    assert shade(pd.Series([5.0, 1, 4, 2, 3])).tolist() == [5, 1, 4, 2, 3]
    assert shade(pd.Series([7.0, 7, 7, np.nan])).tolist() == [1, 1, 1, 0]
    assert shade(pd.Series(np.arange(43.0))).tolist() == sorted(shade(pd.Series(np.arange(43.0))).tolist())
    assert key_of(sample_nation(), "Burglary") == ["50.0", "", "80.0", "", ""]


def test_the_same_findings_give_the_same_bytes_and_tables_are_guarded(tmp_path) -> None:
    files = []
    for name in "ab":
        folder = tmp_path / name
        folder.mkdir()
        files.append({key: path.read_bytes() for key, path in write_national(sample_nation(), folder).items()})
    assert files[0] == files[1]
    assert sorted(files[0]) == ["forces.csv", "groups.csv", "league.csv", "national.html"]
    folder = tmp_path / "c"
    folder.mkdir()
    written = write_national(sample_nation(hostile="\n=1+1"), folder)
    assert written["league.csv"].read_text().count("\n") == 7
    assert "'=1" not in written["league.csv"].read_text()  # only a text that starts so is run


@pytest.mark.browser
@pytest.mark.parametrize(("width", "height"), SIZES)
def test_the_page_asks_nobody_and_fits_every_screen(visit: Callable, page: str, width: int, height: int) -> None:
    seen = visit(page, width=width, height=height)
    assert seen.is_quiet()
    assert seen.page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    assert seen.page.locator(".league tbody tr").count() == 3


@pytest.mark.browser
def test_everybody_can_use_it(visit: Callable, page: str) -> None:
    seen = visit(page)
    for step in (None, "Ayshire", "Where it is dense"):
        if step == "Ayshire":
            seen.page.get_by_role("button", name=step).first.click()
        elif step:
            seen.page.get_by_role("radio", name=step).check(force=True)
        assert barriers(seen.page) == []


@pytest.mark.browser
def test_the_league_sorts_and_a_type_changes_it(visit: Callable, page: str) -> None:
    seen = visit(page).page
    first = seen.locator(".league tbody tr").first
    seen.get_by_role("button", name="Crimes", exact=True).click()
    assert first.inner_text().startswith("Ayshire")
    seen.get_by_role("button", name="Crimes", exact=True).click()
    assert first.inner_text().startswith("Seashire")
    assert seen.locator("th[aria-sort=ascending]").count() == 1
    seen.get_by_role("button", name="Per 1,000 people").click()
    assert seen.locator(".league tbody tr").last.inner_text().startswith("Seashire")  # not known comes last
    seen.get_by_label("Type of crime").select_option(label="Burglary")
    assert seen.locator("[data-offence]").inner_text() == "Burglary"
    seen.get_by_role("radio", name="Where it is dense").check(force=True)
    assert seen.locator("img.leaflet-image-layer").count() == 0
    seen.get_by_label("Type of crime").select_option(label="All crime types")
    assert seen.locator("img.leaflet-image-layer").count() == 1


@pytest.mark.browser
def test_a_force_that_is_picked_tells_its_story(visit: Callable, page: str) -> None:
    seen = visit(page).page
    seen.get_by_role("button", name="Ayshire").click()
    story = seen.locator("[data-card]:visible")
    assert "120 cells are hot." in story.inner_text()
    assert seen.locator(".force.picked").count() == 1
    story.get_by_role("button", name="Beeshire").click()
    assert seen.locator("[data-card]:visible h2").inner_text() == "Beeshire"
    seen.keyboard.press("Escape")
    assert seen.locator("[data-card]:visible").count() == 0


@pytest.mark.browser
def test_text_from_the_data_is_shown_and_runs_nothing(visit: Callable) -> None:
    seen = visit(page_html(national_map(sample_nation(hostile=HOSTILE))))
    seen.page.locator(".league .link").first.click()
    seen.page.locator("#offence").select_option(index=1)
    seen.page.locator(".force").first.hover()
    assert seen.page.evaluate("window.__hit === undefined")
    assert seen.is_quiet()
    assert "<script>window.__hit=1" in seen.page.locator("[data-card]:visible").inner_text()
