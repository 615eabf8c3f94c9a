"""Two runs side by side, on hot spots that one can pair by looking at them."""

import json

import pandas as pd
import pytest
import shapely
from geopandas import GeoDataFrame

from service.comparison import compare_runs


def write(folder, squares, posts, *, sha="a" * 64, seed=0):
    """A run's folder: hot spots as squares (west edge, width) by rank, posts by ward."""
    folder.mkdir()
    ids = [f"H{rank:02d}" for rank in range(1, len(squares) + 1)]
    table = {
        "hotspot_id": ids,
        "rank": range(1, len(ids) + 1),
        "name": [f"Place {x}" for x, _ in squares],
        "ward": "W1",
    }
    boxes = [shapely.box(x, 0, x + width, 100) for x, width in squares]
    GeoDataFrame(table, geometry=boxes, crs="EPSG:27700").to_file(folder / "hotspots.gpkg", layer="hot_spots")
    wards = pd.DataFrame(posts, columns=["code", "name", "constables", "csos"])
    where = GeoDataFrame(wards, geometry=[shapely.box(0, 0, 1, 1)] * len(wards), crs="EPSG:27700")
    where.to_file(folder / "hotspots.gpkg", layer="wards", mode="a")
    inputs = [{"kind": "areas", "file": "areas.geojson", "sha256": sha}]
    told = {"inputs": inputs, "settings": {"seed": seed, "profile": {"posts": {"csos": 4}}}}
    (folder / "manifest.json").write_text(json.dumps(told), encoding="utf-8")
    return folder


@pytest.fixture
def before(tmp_path):
    return write(tmp_path / "a", [(0, 100), (500, 100), (900, 100)], [("W1", "West", 2, 1), ("W2", "East", 1, 1)])


def test_a_run_beside_itself_differs_in_nothing(before):
    found = compare_runs(before, before)
    assert (found.inputs, found.settings, found.teams) == ((), (), ())
    assert [(row["before"], row["after"]) for row in found.hotspots] == [(f"H0{n}", f"H0{n}") for n in (1, 2, 3)]


def test_hot_spots_are_the_same_where_each_has_most_of_the_other(before, tmp_path):
    squares = [(510, 100), (560, 60), (20, 100), (2000, 100)]
    after = write(tmp_path / "b", squares, [("W1", "West", 2, 3), ("W3", "New", 1, 0)], sha="b" * 64, seed=7)
    found = compare_runs(before, after)
    told = [(row["before"], row["after"], row["rank_before"], row["rank_after"]) for row in found.hotspots]
    assert told == [
        ("H02", "H01", 2, 1),
        ("", "H02", "", 2),
        ("H01", "H03", 1, 3),
        ("", "H04", "", 4),
        ("H03", "", 3, ""),
    ]
    assert found.inputs == ({"kind": "areas", "file": "areas.geojson", "change": "other content"},)
    assert found.settings == ({"setting": "seed", "before": "0", "after": "7"},)
    posts = {row["ward"]: (row["constables_before"], row["csos_before"], row["constables_after"], row["csos_after"])
             for row in found.teams}  # fmt: skip
    assert posts == {"W1 West": (2, 1, 2, 3), "W2 East": (1, 1, "", ""), "W3 New": ("", "", 1, 0)}


def test_a_run_without_layers_is_compared_in_what_went_in(before, tmp_path):
    after = write(tmp_path / "b", [(0, 100)], [("W1", "West", 2, 1)], seed=1)
    (after / "hotspots.gpkg").unlink()
    found = compare_runs(before, after)
    assert (found.hotspots, found.teams) == ((), ())
    assert len(found.settings) == 1
