"""`beatplan bases`: today's bases beside the best of each number, and what cannot be meant in a sentence."""

import json
from pathlib import Path

import geopandas as gpd
import pytest
import shapely

PROFILE = """
[[bases]]
name = "Old"
easting = 450
northing = 450
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    squares = [shapely.box(5000 * number, 0, 5000 * number + 900, 900) for number in range(4)]
    table = {"ward_code": ["A1", "A2", "A3", "A4"], "ward_name": ["North", "East", "South", "West"]}
    gpd.GeoDataFrame(table, geometry=squares, crs="EPSG:27700").to_file(tmp_path / "wards.gpkg")
    (tmp_path / "demand.csv").write_text("ward,harm\nA1,1\nA2,1\nA3,1\nA4,5\n", encoding="utf-8")
    (tmp_path / "force.toml").write_text(PROFILE, encoding="utf-8")
    return tmp_path


def words(folder: Path, *more: object) -> list[object]:
    return [
        "bases", "--wards", folder / "wards.gpkg", "--demand", folder / "demand.csv", "--force", folder / "force.toml",
        "--json", folder / "bases.json", "--quiet", *more,
    ]  # fmt: skip


def test_the_best_bases_stand_beside_todays_with_their_proof(beatplan, folder) -> None:
    assert beatplan(*words(folder, "--most", 2, "--within", 5, "--out", folder / "out")).code == 0
    found = json.loads((folder / "bases.json").read_text(encoding="utf-8"))
    rows = {(row["bases"], row["plan"]): row for row in found["choices"]}
    # four wards 5 km apart, 1.3 times the line at 30 km/h: 13 minutes from one to the next
    assert rows[1, "current"]["mean_minutes"] == pytest.approx((0 + 13 + 26 + 5 * 39) / 8, abs=0.01)
    assert rows[1, "nearest on average"]["sites"] == "in West"
    assert rows[1, "least far"]["farthest_minutes"] == pytest.approx(26, abs=0.01)
    assert rows[2, "nearest on average"]["mean_minutes"] == pytest.approx((0 + 13 + 13) / 8, abs=0.01)
    assert rows[2, "most covered"]["covered"] == pytest.approx(6 / 8)
    assert rows[1, "covered again"]["twice"] == 0.0
    assert (2, "with room for all") in rows
    assert all(row["gap"] is None or row["gap"] < 1e-6 for row in found["choices"])
    assert (folder / "out" / "bases.csv").exists()
    assert any("because no streets were given" in note for note in found["notes"])


def test_the_table_is_read_at_a_glance(beatplan, folder) -> None:
    said = beatplan(*[word for word in words(folder, "--most", 1) if word != "--quiet"]).out
    assert "nearest on average" in said
    assert "within 10 min" in said


@pytest.mark.parametrize(
    ("more", "profile", "sentence"),
    [
        (("--most", 9), PROFILE, "from 1 to the number of sites, 5, got 9"),
        (("--within", 0), PROFILE, "`within` must be above 0"),
        ((), PROFILE.replace("450", "950000"), "must lie in or near the wards, got 1"),
        ((), PROFILE + "[patrol]\ndriving_kmh = 0\n", "Driving needs `driving_kmh` above 0"),
        (("--wards", "wards.csv"), PROFILE, "need wards with a shape"),
    ],
)
def test_what_cannot_be_sited_is_refused_in_a_sentence(beatplan, folder, more, profile, sentence) -> None:
    (folder / "force.toml").write_text(profile, encoding="utf-8")
    ran = beatplan(*words(folder, *more))
    assert ran.code == 2
    assert sentence in ran.err
