"""`beatplan bases --beats`: contiguous beats of like work beside today's, from files to files."""

import json
from pathlib import Path

import geopandas as gpd
import pytest
import shapely

from service.deployment.beats import touching

HOMES = ["a", "b", "a", "b", "a", "b"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Six wards in a row; today every other one belongs together."""
    squares = [shapely.box(1000 * number, 0, 1000 * number + 1000, 1000) for number in range(6)]
    table = {"ward_code": [f"A{n}" for n in range(6)], "ward_name": list("uvwxyz"), "neighbourhood": HOMES}
    gpd.GeoDataFrame(table, geometry=squares, crs="EPSG:27700").to_file(tmp_path / "wards.gpkg")
    (tmp_path / "demand.csv").write_text("ward,harm\nA0,3\nA1,1\nA2,1\nA3,1\nA4,1\nA5,1\n", encoding="utf-8")
    return tmp_path


def words(folder: Path, *more: object) -> list[object]:
    return [
        "bases", "--wards", folder / "wards.gpkg", "--demand", folder / "demand.csv",
        "--json", folder / "found.json", *more,
    ]  # fmt: skip


def test_beats_hang_together_and_have_like_work_beside_todays(beatplan, folder) -> None:
    said = beatplan(*words(folder, "--beats", 2, "--out", folder / "out"))
    assert said.code == 0, said.err
    found = json.loads((folder / "found.json").read_text(encoding="utf-8"))
    assert [row["beat"] for row in found["areas"]] == [1, 1, 2, 2, 2, 2]
    assert [row["work"] for row in found["beats"]] == [4.0, 4.0]
    drawn, today = found["plans"]
    assert (drawn["torn"], today["torn"]) == (0, 4)
    assert today["heaviest"] == pytest.approx(5 / 4)
    assert found["gap"] == pytest.approx(0.0, abs=1e-9)
    assert "drawn" in said.out
    outline = gpd.read_file(folder / "out" / "beats.geojson")
    assert outline["work"].tolist() == [4.0, 4.0]
    assert outline.geometry.geom_type.tolist() == ["Polygon", "Polygon"]
    assert (folder / "out" / "areas.csv").read_text(encoding="utf-8").splitlines()[0] == "code,name,work,beat,today"


def test_the_same_seed_draws_the_same_beats(beatplan, folder) -> None:
    held = []
    for _ in range(2):
        assert beatplan(*words(folder, "--beats", 3, "--seed", 7, "--quiet")).code == 0
        held.append((folder / "found.json").read_bytes())
    assert held[0] == held[1]


def test_where_no_beats_keep_the_band_it_says_so(beatplan, folder) -> None:
    said = beatplan(*words(folder, "--beats", 4, "--band", 0.05))
    assert said.code == 0
    assert "No beats were found whose work is within 5% of the mean" in said.out


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        (("--beats", 0), "`beats` must be"),
        (("--beats", 7), "at most the number of areas, 6, got 7"),
        (("--beats", 2, "--band", 0), "`band` must be above 0"),
        (("--beats", 2, "--wards", "wards.csv"), "need areas with a shape"),
    ],
)
def test_what_cannot_be_drawn_is_refused(beatplan, folder, more, sentence) -> None:
    said = beatplan(*words(folder, *more))
    assert said.code == 2
    assert sentence in said.err


def test_areas_apart_by_a_hair_touch_and_corners_do_not() -> None:
    boxes = [shapely.box(0, 0, 100, 100), shapely.box(100.5, 0, 200, 100), shapely.box(200, 100, 300, 200)]
    found = touching(gpd.GeoDataFrame(geometry=boxes, crs="EPSG:27700"))
    assert found.tolist() == [[False, True, False], [True, False, False], [False, False, False]]
