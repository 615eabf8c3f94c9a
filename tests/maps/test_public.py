"""The public page: whom it names, what it withholds, and that nothing but releases reaches it."""

import json
import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from maps.pack import Public
from maps.public.releases import read_earlier
from maps.report.public import write_public
from tests.barriers import barriers
from tests.maps.bare import bare_pack
from tests.maps.sample import sample_pack

HOSTILE = "<script>alert(1)</script>\"'`${1}{{7*7}}<img src=x onerror=alert(2)>"
MONTHS = [str(month) for month in pd.period_range("2023-01", "2024-04", freq="M")]


def public_pack(hostile="", **more):
    pack = sample_pack(hostile=hostile)
    names = [pack.wards["code"].astype(str), [f"Burglary{hostile}", "Vehicle crime", "Drugs"], MONTHS]
    every = pd.MultiIndex.from_product(names, names=["code", "offence", "month"]).to_frame(index=False)
    means = every["offence"].map(dict(zip(names[1], (40, 5, 0.7), strict=True)))
    recorded = every.assign(crimes=np.random.default_rng(3).poisson(means))
    return replace(pack, public=replace(pack.public, recorded=recorded), **more)


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    return {path.name: path for path in write_public(public_pack(), tmp_path_factory.mktemp("public"))}


def shown(written):
    return written["public.html"].read_text()


def test_it_names_the_team_the_priorities_and_what_changed(written):
    page = shown(written)
    for said in (
        "Sergeant A Example",
        "Fewer break-ins on Mill Street.",
        "Call 999 in an emergency.",
        "no clear change",
    ):
        assert said in page
    assert "90 % interval" in page.replace("\N{NARROW NO-BREAK SPACE}", " ").replace("\N{NO-BREAK SPACE}", " ")


def test_no_count_from_one_to_four_is_printed(written):
    table = pd.read_csv(written["public.csv"])
    assert not table["crimes"].between(1, 4).any()
    assert table["crimes"].isna().any()
    counts = re.findall(r'<td class="n">([^<]*)</td>', shown(written))
    assert counts
    assert not set(counts) & set("1234")
    areas = json.loads(written["public.geojson"].read_text())
    assert not {feature["properties"]["crimes"] for feature in areas["features"]} & {1, 2, 3, 4}


def test_page_table_and_areas_tell_the_same(written):
    releases = read_earlier(written["public.csv"])
    features = json.loads(written["public.geojson"].read_text())["features"]
    totals = {each["properties"]["code"]: each["properties"]["crimes"] for each in features}
    newest = {str(code): None if pd.isna(count) else int(count) for code, count in releases[-1].totals.items()}
    assert totals == newest
    assert "January to March 2024" in shown(written)


def test_the_protective_marking_and_the_places_of_patrol_stay_inside(written):
    pack, page = public_pack(), shown(written)
    assert pack.marking not in page
    assert pack.run_id not in page
    for name in (*pack.hotspots["hotspot_id"], *pack.routes["unit"]):
        assert f">{name}<" not in page
        assert str(name) not in written["public.geojson"].read_text()


def test_patrol_is_told_by_area_in_hours(written):
    assert "patrols spent 15.0 hours" in shown(written)


def test_the_same_findings_give_the_same_bytes(written, tmp_path):
    again = {path.name: path.read_bytes() for path in write_public(public_pack(), tmp_path)}
    assert again == {name: path.read_bytes() for name, path in written.items()}


def test_what_was_published_is_carried_over_and_the_newest_added(written, tmp_path):
    earlier = read_earlier(written["public.csv"])
    pack = public_pack()
    revised = pack.public.recorded.assign(crimes=lambda held: held["crimes"] + 50)
    write_public(replace(pack, public=replace(pack.public, recorded=revised, published=earlier[:-1])), tmp_path)
    again = read_earlier(tmp_path / "public.csv")
    pd.testing.assert_frame_equal(again[0].by_offence, earlier[0].by_offence)
    assert again[-1].totals.sum() > earlier[-1].totals.sum()


def test_without_a_whole_quarter_it_says_so(tmp_path):
    for pack in (bare_pack(), replace(sample_pack(), public=Public())):
        page = write_public(pack, tmp_path)[0].read_text()
        assert "No whole quarter of the calendar has been recorded yet" in page


@pytest.mark.browser
@pytest.mark.parametrize("width", [390, 1366])
def test_in_a_browser_it_is_accessible_runs_nothing_and_asks_nobody(visit, tmp_path, width):
    page = write_public(public_pack(hostile=HOSTILE), tmp_path)[0].read_text(encoding="utf-8")
    seen = visit(page, width=width, height=900)
    assert barriers(seen.page) == []
    assert seen.is_quiet()
    assert seen.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    seen.page.keyboard.press("Tab")
    seen.page.locator("svg.areas a").first.focus()
    seen.page.keyboard.press("Enter")
    assert seen.page.evaluate("location.hash") == "#area-1"
