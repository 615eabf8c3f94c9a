"""The tasking map as a page: complete in words, the same each time, small, and made from any findings."""

import html as entities
import re
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from geopandas import GeoDataFrame

import maps
from geodata.grid import Grid
from geodata.tables import AREAS, check
from maps.offline import page_html, script_hashes
from maps.pack import Pack
from maps.tasking import map_fragment, tasking_map
from tests.maps.bare import bare_pack
from tests.maps.sample import PLACES, WARDS, sample_pack


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


def whole_force(wards: GeoDataFrame, spots: int) -> Pack:
    """The sample's findings, copied over the wards of a real force: its size is what is tested, not its figures."""
    pack, source = sample_pack(), np.random.default_rng(5)
    codes = [str(code) for code in wards["ward_code"]]
    table = {"code": codes, "name": wards["ward_name"].astype(str), "kind": "ward", "edition": 2022}
    frame = GeoDataFrame(table, geometry=wards.geometry.to_numpy(), crs=wards.crs)
    frame = frame.assign(population=np.nan, deprivation_decile=np.nan)[list(AREAS.columns)]
    strings = dict.fromkeys(("code", "name", "kind"), "string")
    frame = check(frame.astype({**strings, "edition": "Int64"}), AREAS)
    grid = Grid.over(frame, 200.0)
    middles = frame.geometry.representative_point().sample(spots, random_state=1, replace=True)
    hotspots = pd.concat([pack.hotspots] * (spots // 5), ignore_index=True).set_geometry(
        [shapely.box(p.x - 150, p.y - 150, p.x + 150, p.y + 150) for p in middles], crs=frame.crs
    )
    hotspots["rank"] = np.arange(1, spots + 1)
    hotspots["hotspot_id"] = pd.Series([f"H{rank:02d}" for rank in hotspots["rank"]], dtype="string")
    base = {"code": frame["code"], "name": frame["name"]}
    ward_table = pd.DataFrame(base).assign(crimes=10, expected_crimes=1.0, expected_harm=2.0, hotspots=0)
    teams = pd.DataFrame({"ward": frame["code"], "name": frame["name"]})
    teams = teams.assign(sergeants=0.5, constables=3, csos=2, value=1.0, reason="held at the floor")
    return replace(
        pack,
        wards=frame,
        grid=grid,
        study=grid.mask(frame),
        risk=pd.Series(source.pareto(1.2, grid.size), index=grid.index),
        hotspots=hotspots,
        ward_table=ward_table,
        staffing=replace(pack.staffing, table=teams),
    )


@pytest.mark.shared
def test_a_whole_force_stays_small(shared: Path, tmp_path: Path) -> None:
    wards = gpd.read_file(shared / "data" / "boundaries" / "northumbria_wards_2022.gpkg")
    html = maps.save_page(tasking_map(whole_force(wards, 100)), tmp_path / "map.html")
    assert len(wards) == 177
    assert len(html.encode()) < 3_000_000
