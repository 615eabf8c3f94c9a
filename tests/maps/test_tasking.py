"""The tasking map as a page: complete in words, the same each time, small, and made from any findings."""

import html as entities
import re
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
from geopandas import GeoDataFrame

import maps
from maps.drawing.offline import page_html, script_hashes
from maps.tasking.page import map_fragment, tasking_map
from tests.maps.bare import bare_pack
from tests.maps.sample import PLACES, WARDS, sample_pack
from tests.maps.whole_force import whole_force


@pytest.fixture(scope="module")
def page() -> str:
    return page_html(tasking_map(sample_pack()))


def words_of(html: str) -> str:
    """The page as a reader without a map has it."""
    bare = re.sub(r"<(script|style)>.*?</\1>", " ", html, flags=re.DOTALL)
    return " ".join(entities.unescape(re.sub(r"<[^>]*>", " ", bare)).split())


def test_same_findings_same_bytes(page: str) -> None:
    assert page_html(tasking_map(sample_pack())) == page


def test_the_marking_stands_at_the_top_and_at_the_bottom(page: str) -> None:
    body = page[page.index("<body") :]
    assert re.findall(r'<p class="marking">(.*?)</p>', body) == ["OFFICIAL", "OFFICIAL"]
    assert body.index("OFFICIAL") < body.index("<main") < body.rindex("</main>") < body.rindex("OFFICIAL")


def test_who_when_and_which_run_are_told(page: str) -> None:
    told = words_of(page)
    for wanted in ("Sample Police", "1 June 2023 to 30 June 2024", "the week after 30 June 2024", "0123456789ab"):
        assert wanted in told
    assert "Open Government Licence v3.0" in told


def test_everything_drawn_is_told_in_words_too(page: str) -> None:
    told = words_of(page)
    for name in (*PLACES, *WARDS, "CSO 1", "CSO 2", "CSO 3", "Central", "Canal"):
        assert name in told
    for wanted in (
        "310 186–466",  # expected harm of the first hot spot, with its range
        "10:10 to 10:25",
        "CSO 3, late shift, from Central, 1,300 m on foot",
        "Tier 1, Burglary: 2 recent crimes, open until 13 July 2024 (12 days left)",
        "From 20 to 44 crimes: 2.20 times as many a week (1.41 to 3.43), rose.",
        "Decided: amend, Sgt B: later shift. Review is due on 15 July 2024.",
        "450 minutes planned, no debrief given.",
        "Most on Monday from 23:00 to 00:00: 1.2 % of the week's crime.",
        "12 crimes in April 2024, 14 in June 2024; most in June 2024: 14.",
        "Violence and sexual offences",
        "the next CSO here is worth 4.1, the cut-off was 5.3",
        "Late shift: no unit within reach",
        "Near repeats in days: Dates are known by month only.",
        "No staffing was given: 12 constables and 8 CSOs were taken.",
        "500 rows were read",
    ):
        assert wanted in told


def test_simpler_plans_stand_beside_these(page: str) -> None:
    told = words_of(page)
    for plan in ("this plan", "equal split", "proportional to crime", "proportional to harm with a floor"):
        assert plan in told


def test_every_heading_level_follows_from_the_one_above(page: str) -> None:
    levels = [int(level) for level in re.findall(r"<h([1-6])\b", page)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_names_of_parts_are_used_once(page: str) -> None:
    names = re.findall(r'\bid="?([\w-]+)', page[page.index("<body") :])
    assert len(names) == len(set(names))


def test_findings_without_anything_found_make_a_page() -> None:
    told = words_of(page_html(tasking_map(bare_pack())))
    assert "No hot spot was found." in told
    assert "Where harm gathers" not in told


def test_a_force_that_ranks_by_crimes_is_not_told_of_harm_in_crimes() -> None:
    told = words_of(page_html(tasking_map(replace(sample_pack(), rank_by="crimes", risk_unit="crimes a week"))))
    assert "Where crime gathers" in told
    assert "Expected crimes a week, in each square of 100 by 100 metres." in told
    assert "Harm: crimes" not in told


def test_one_hot_spot_in_one_ward_makes_a_page() -> None:
    pack = sample_pack()
    lone = replace(
        pack,
        wards=pack.wards.iloc[:1],
        hotspots=pack.hotspots.iloc[:1],
        ward_table=pack.ward_table.iloc[:1],
        staffing=replace(pack.staffing, table=pack.staffing.table.iloc[:1]),
        routes=pack.routes.iloc[:0],
        schedule=replace(pack.schedule, plan=pack.schedule.plan.iloc[:0]),
    )
    told = words_of(page_html(tasking_map(lone)))
    assert "Station Road" in told
    assert "No visit is planned." in told


def test_a_hot_spot_outside_every_ward_is_told_without_one() -> None:
    pack = sample_pack()
    stray = pack.hotspots.assign(ward=pack.hotspots["ward"].mask(pack.hotspots["rank"] == 1))
    assert "<NA>" not in words_of(page_html(tasking_map(replace(pack, hotspots=stray))))


def test_cells_outside_the_study_area_are_not_painted() -> None:
    pack = sample_pack()
    nowhere = replace(pack, study=np.zeros_like(pack.study))
    assert "Where harm gathers" not in words_of(page_html(tasking_map(nowhere)))


def test_the_fragment_is_one_quoted_frame() -> None:
    fragment = map_fragment(sample_pack(hostile='"></iframe><script>alert(1)</script>'), height="30rem")
    assert re.fullmatch(r'<iframe [^<>"]*(?:"[^"]*"[^<>"]*)*></iframe>', str(fragment))
    assert 'sandbox="allow-scripts"' in fragment
    assert "height:30rem" in fragment
    inside = entities.unescape(re.search(r'srcdoc="([^"]*)"', fragment)[1])
    assert len(script_hashes(inside)) > 2
    assert "<h1" not in inside
    assert "<table" not in inside


def test_the_package_names_its_public_face() -> None:
    assert {"escape", "map_fragment", "save_page", "tasking_map"} <= set(maps.__all__)
    assert maps.escape("<$>") == "&lt;&#36;&gt;"


@pytest.mark.shared
def test_a_whole_force_stays_small(shared: Path, tmp_path: Path) -> None:
    read = gpd.read_file(shared / "data" / "boundaries" / "northumbria_wards_2022.gpkg")
    table = {"code": read["ward_code"], "name": read["ward_name"], "kind": "ward"}
    wards = GeoDataFrame(table, geometry=read.geometry.to_numpy(), crs=read.crs)
    html = maps.save_page(tasking_map(whole_force(wards, spots=100, patrols=20)), tmp_path / "map.html")
    assert len(wards) == 177
    assert len(html.encode()) < 4_000_000
