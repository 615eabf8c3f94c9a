"""Briefing sheets: one A4 page a patrol, whatever its names and however many its stops."""

import base64
import re
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as ET

import pandas as pd
import pytest

from allocation.variants import Variants, visit_entropy
from maps.pack import Pack
from maps.patrols.ask import prompts
from maps.patrols.meal import meal
from maps.report.briefing import Layout, briefing_page, write_briefings
from maps.style import GROUND, WAYS
from maps.tasking.facts import patrols
from tests.barriers import barriers
from tests.maps.bare import bare_pack
from tests.maps.ground_sample import with_ground
from tests.maps.sample import sample_pack
from tests.maps.test_map_browser import HOSTILE, SIZES

BREAKS = ["unit", "shift", "start", "end", "hotspot_id"]
LONG = " of the Worshipful Company of Makers of Very Long Names and Other Things that Nobody Can Shorten" * 2


def many_stops(pack: Pack, stops: int) -> Pack:
    """Return a pack whose first patrol has so many stops, over and over at the same hot spots."""
    plan, unit = pack.schedule.plan, pack.schedule.plan["unit"].iloc[0]
    first, others = plan[plan["unit"] == unit], plan[plan["unit"] != unit]
    rows = pd.concat([first] * (stops // len(first) + 1), ignore_index=True).head(stops)
    plan = pd.concat([rows.assign(stop=range(1, stops + 1)), others], ignore_index=True)
    return replace(pack, schedule=replace(pack.schedule, plan=plan))


def sheets(path: Path) -> list[str]:
    """Return the words of each page of a PDF."""
    if shutil.which("pdftotext") is None:
        pytest.skip("pdftotext is not installed (apt install poppler-utils)")
    told = subprocess.run(["pdftotext", "-layout", str(path), "-"], check=True, capture_output=True, text=True)
    return told.stdout.split("\f")[:-1]


def pictures(page: str) -> list[str]:
    return [base64.b64decode(found).decode() for found in re.findall(r'svg\+xml;base64,([^"]+)"', page)]


@pytest.mark.parametrize("stops", [0, 1, 5, 6, 12, 20, 60])
def test_the_parts_of_a_sheet_fill_it_and_no_more(stops: int) -> None:
    layout = Layout.of(stops)
    assert layout.map >= 45.0
    assert layout.map + max(stops, 1) * layout.row == pytest.approx(176.5)
    assert stops > 20 or layout.letters_mm >= 2.8
    assert layout.fit(46) >= 4


@pytest.mark.parametrize(("stops", "hostile"), [(3, ""), (12, LONG), (25, LONG)])
def test_each_patrol_is_exactly_one_a4_page(tmp_path: Path, stops: int, hostile: str) -> None:
    pack = many_stops(with_ground(sample_pack(hostile=hostile), hostile), stops)
    pages = sheets(write_briefings(pack, tmp_path)[1])
    assert len(pages) == len(patrols(pack)) == 3
    told = subprocess.run(["pdfinfo", str(tmp_path / "briefing.pdf")], check=True, capture_output=True, text=True)
    assert "(A4)" in told.stdout
    for said in ("Be there", "Why here", "What to ask", "Debrief", "0123456789ab", "10:10"):
        assert said in pages[0], said
    assert all(page.replace(" ", "").count("OFFICIAL") >= 2 for page in pages), (
        "the marking stands at the top and at the bottom"
    )


def test_the_same_findings_give_the_same_bytes(tmp_path: Path) -> None:
    pack = with_ground(sample_pack())
    (tmp_path / "again").mkdir()
    first, again = write_briefings(pack, tmp_path), write_briefings(pack, tmp_path / "again")
    assert [path.read_bytes() for path in first] == [path.read_bytes() for path in again]
    assert first[0].read_text(encoding="utf-8") == briefing_page(pack)


def test_the_picture_is_well_formed_and_holds_every_stop() -> None:
    pack = with_ground(sample_pack(hostile=HOSTILE), HOSTILE)
    for picture, walk in zip(pictures(briefing_page(pack)), patrols(pack), strict=True):
        drawn = ET.fromstring(picture)  # noqa: S314 - what we wrote ourselves
        words = [element.text for element in drawn.iter("{http://www.w3.org/2000/svg}text")]
        assert {str(stop.number) for stop in walk.stops} <= set(" ".join(words).split())
        assert not list(drawn.iter("{http://www.w3.org/2000/svg}script"))


def test_streets_and_their_names_lie_below_the_way() -> None:
    picture = pictures(briefing_page(with_ground(sample_pack())))[0]
    assert ">High Street<" in picture or ">Row" in picture
    assert GROUND["water"] in picture
    assert picture.index(WAYS["street"][0]) < picture.index("#b3261e")


def test_a_break_is_told_with_where_and_when() -> None:
    pack = sample_pack()
    first, *others = patrols(pack)
    assert meal(pack, first) == ""
    rows = [(first.unit, first.shift, "12:05", "12:35", "H02"), (first.unit, "late", "20:00", "20:30", None)]
    breaks = pd.DataFrame(rows, columns=BREAKS)
    pack = replace(pack, schedule=replace(pack.schedule, breaks=breaks))
    assert meal(pack, first) == "Break 12:05 to 12:35 at Bull Ring."
    assert meal(pack, replace(first, shift="late")) == "Break 20:00 to 20:30 at Central."
    assert meal(pack, others[0]) == ""
    assert "Break 12:05 to 12:35 at Bull Ring." in briefing_page(pack)


def by_day(pack: Pack) -> Pack:
    """Return a pack of two days: on the first the typical day an hour later, on the second its first patrol alone."""
    plan, routes = pack.schedule.plan, pack.routes
    later = plan.assign(**{name: [f"{int(t[:2]) + 1:02d}{t[2:]}" for t in plan[name]] for name in ("arrive", "leave")})
    alone = routes["unit"] == plan["unit"].iloc[0]
    plans = (later, plan[plan["unit"] == plan["unit"].iloc[0]])
    rests = pd.DataFrame([(plan["unit"].iloc[0], plan["shift"].iloc[0], "12:05", "12:35", None)], columns=BREAKS)
    held = Variants(plans, (9.9, 9.0), 10.0, {}, visit_entropy(plan, plans), (rests.iloc[:0], rests))
    return replace(pack, variants=held, days=(routes, routes[alone].reset_index(drop=True)))


def test_each_day_has_its_own_sheets_one_day_after_the_other(tmp_path: Path) -> None:
    pages = sheets(write_briefings(by_day(with_ground(sample_pack(hostile=LONG))), tmp_path)[1])
    assert [re.search(r"day \d of 2", page)[0] for page in pages] == ["day 1 of 2"] * 3 + ["day 2 of 2"]
    assert "11:10" in pages[0]
    assert "10:10" not in pages[0]
    assert "10:10" in pages[3]
    assert ["Break 12:05" in page for page in pages] == [False] * 3 + [True]
    told = (tmp_path / "briefing.html").read_text(encoding="utf-8")
    names = re.findall(r' id="([^"]+)"', told)
    assert len(set(names)) == len(names)


def test_a_patrol_that_is_the_same_on_several_days_has_one_sheet_for_them() -> None:
    pack = by_day(sample_pack())
    (later, alone), (routes, one) = pack.variants.plans, pack.days
    held = replace(pack.variants, plans=(later, alone, later), breaks=None)
    told = briefing_page(replace(pack, variants=held, days=(routes, one, routes)))
    assert re.findall(r"<strong>[^<]*?, ((?:every |days? )[^<]*)</strong>", told) == ["days 1 and 3 of 3"] * 3 + [
        "day 2 of 3"
    ]
    held = replace(held, plans=(later, later[later["unit"] == alone["unit"].iloc[0]]))
    told = briefing_page(replace(pack, variants=held, days=(routes, one)))
    assert sorted(re.findall(r"<strong>[^<]*?, ((?:every |days? )[^<]*)</strong>", told)) == ["day 1 of 2"] * 2 + [
        "every day"
    ]


def test_where_every_day_is_the_typical_one_it_has_one_sheet_a_patrol() -> None:
    pack = sample_pack()
    same = replace(by_day(pack).variants, plans=(pack.schedule.plan,) * 2)
    typical = briefing_page(pack)
    assert briefing_page(replace(pack, variants=same, days=(pack.routes,) * 2)) == typical
    assert briefing_page(replace(pack, variants=by_day(pack).variants)) == typical
    assert "day 1" not in typical


def test_a_force_without_patrols_has_a_page_that_says_so(tmp_path: Path) -> None:
    assert "No patrol is planned." in briefing_page(bare_pack())
    assert len(sheets(write_briefings(bare_pack(), tmp_path)[1])) == 1


def test_what_to_ask_follows_what_happens_there() -> None:
    asked = prompts(["Burglary 60 %, Vehicle crime 20 %", "Burglary 10 %, Shoplifting 50 %"])
    assert [ask.split(":")[0] for ask in asked] == ["Households and shops", "Shops", "Drivers", "Anyone here"]
    assert prompts(["nothing known"]) == prompts([])
    assert len(prompts([])) == 1


@pytest.mark.browser
@pytest.mark.parametrize(("width", "height"), SIZES)
def test_the_page_is_quiet_fits_and_axe_finds_nothing(visit: Callable, width: int, height: int) -> None:
    seen = visit(briefing_page(with_ground(sample_pack())), width=width, height=height)
    assert seen.page.evaluate("document.documentElement.scrollWidth") <= width
    assert seen.is_quiet(), (seen.asked, seen.complaints)
    assert barriers(seen.page) == []


@pytest.mark.browser
@pytest.mark.parametrize("policy", [True, False], ids=["with policy", "without policy"])
def test_text_from_the_data_runs_nothing(visit: Callable, policy: bool) -> None:
    html = briefing_page(with_ground(sample_pack(hostile=HOSTILE), HOSTILE))
    seen = visit(html if policy else re.sub(r"<meta http-equiv[^>]*>", "", html))
    assert seen.page.evaluate("window.__hit") is None
    assert seen.is_quiet(), (seen.asked, seen.complaints)


@pytest.mark.browser
def test_the_browser_prints_one_page_a_patrol_too(visit: Callable, tmp_path: Path) -> None:
    seen = visit(briefing_page(many_stops(with_ground(sample_pack(hostile=LONG)), 12)))
    seen.page.pdf(path=str(tmp_path / "printed.pdf"), prefer_css_page_size=True)
    assert len(sheets(tmp_path / "printed.pdf")) == 3
