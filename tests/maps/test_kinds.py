"""The tasking map narrowed to one type of crime: which hot spots stay, on the map, in the list and in words."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from playwright.sync_api import Page

from maps.drawing.offline import page_html
from maps.pack import Pack
from maps.tasking.kinds import kinds
from maps.tasking.page import tasking_map
from tests.maps.bare import bare_pack
from tests.maps.sample import sample_pack, text
from tests.maps.test_map_browser import ask

MIXES = (
    "Burglary 40 %, Vehicle crime 22 %", "Shoplifting 70 %, Burglary 10 %", "Robbery <b>& co</b> 100 %",
    "Burglary 31 %, Robbery <b>& co</b> 30 %", "no crime recorded",
)  # fmt: skip
NAMES = ["All types", "Burglary (3)", "Robbery <b>& co</b> (2)", "Shoplifting (1)", "Vehicle crime (1)"]


def mixed(*mixes: str) -> Pack:
    pack = sample_pack()
    return replace(pack, hotspots=pack.hotspots.sort_values("rank").assign(offence_mix=text(*mixes)))


def test_types_are_told_by_how_many_hot_spots_have_them() -> None:
    found = kinds(mixed(*MIXES))
    assert [(kind.name, kind.keys) for kind in found] == [
        ("Burglary", ("H01", "H02", "H04")), ("Robbery <b>& co</b>", ("H03", "H04")), ("Shoplifting", ("H02",)),
        ("Vehicle crime", ("H01",)),
    ]  # fmt: skip
    assert found[0].told.startswith("3 of 5 hot spots have it among their most recorded types.")
    assert found[2].told.startswith("1 of 5 hot spots has it")


def test_where_there_is_nothing_to_choose_nothing_is_offered() -> None:
    assert kinds(mixed(*["Burglary 100 %"] * 5)) == ()
    assert kinds(bare_pack()) == ()
    assert 'id="kind"' not in page_html(tasking_map(bare_pack()))
    assert 'id="kind"' not in page_html(tasking_map(mixed(*MIXES), compact=True))


def shown(page: Page) -> tuple[list[str], list[str]]:
    """Return the ranks that are read on the map and in the list."""
    marks = [mark.inner_text() for mark in page.locator(".label.rank > span").all() if mark.is_visible()]
    return sorted(marks), page.locator("#spots tbody .badge").all_inner_texts()


@pytest.mark.browser
def test_one_type_is_chosen_by_keyboard_on_the_map_and_in_the_list(visit: Callable) -> None:
    seen = visit(page_html(tasking_map(mixed(*MIXES))))
    page = seen.page
    everything = ["1", "2", "3", "4", "5"]
    assert page.locator("#kind option").all_inner_texts() == NAMES
    assert shown(page)[1] == everything
    assert page.locator("#kind-told").is_hidden()
    page.get_by_label("Type of crime").focus()
    page.keyboard.press("R")
    page.wait_for_function("document.getElementById('kind').value === '1'")
    rows = page.locator("#spots tbody tr")
    assert [row.is_visible() for row in rows.all()] == [False, False, True, True, False]
    assert shown(page)[0] == ["3", "4"]
    assert page.locator("path.spot.other").count() == 3
    assert page.get_by_role("status").filter(has_text="2 of 5 hot spots").count() == 1
    page.evaluate("beatplan.state.pick('H01')")  # what is asked for by name is shown whatever was chosen
    assert "1" in shown(page)[0]
    page.keyboard.press("Escape")
    ask(page, "When?")
    assert page.locator(".label.moment > span").first.is_visible()
    ask(page, "Where?")
    page.select_option("#kind", "")
    assert shown(page)[0] == everything
    assert seen.is_quiet(), (seen.asked, seen.complaints)
