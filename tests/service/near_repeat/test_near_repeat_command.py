"""`beatplan near-repeat`: what it says and writes, of any city's events, and what it refuses."""

import json
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

from geodata.town import make_town
from tests.service.conftest import Ran

KEYS = ("observed", "expected", "ratio", "ratio_low", "ratio_high", "z", "p", "q")


@pytest.fixture(scope="module")
def burglaries() -> pd.DataFrame:
    """A made-up force's burglaries as a table with a position and a date."""
    town = make_town(1, wards=8, incidents=12_000)
    crimes = town.crimes[town.crimes["offence"] == "Burglary"]
    dates = crimes["occurred_from"].dt.tz_localize(None)
    return pd.DataFrame({"x": crimes.geometry.x, "y": crimes.geometry.y, "date": dates.dt.strftime("%Y-%m-%d")})


@pytest.fixture
def events(burglaries: pd.DataFrame, tmp_path: Path) -> Path:
    path = tmp_path / "burglaries.csv"
    burglaries.to_csv(path, index=False)
    return path


def figures(beatplan, path: Path, *words: object) -> tuple[dict, Ran]:
    ran = beatplan("near-repeat", "--events", path, "--json", path.with_suffix(".json"), *words)
    assert ran.code == 0, ran.err
    return json.loads(path.with_suffix(".json").read_text(encoding="utf-8")), ran


def test_everything_is_found_and_written(beatplan, events, burglaries, tmp_path) -> None:
    words = ("--out", tmp_path / "out", "--space", "0,0.1,100,200,inf", "--seed", 3, "--as-of", "2024-10-01")
    found, ran = figures(beatplan, events, *words)
    assert found["notation"]["space"] == ["[0, 0.1)", "[0.1, 100)", "[100, 200)", "[200, inf)"]
    assert found["bands"] == {"space": [0, 0.1, 100, 200, "inf"], "time": [0, 7, 14, 21, 28], "closed": "left"}
    assert all(np.shape(found[name]) == (4, 4) for name in KEYS)
    assert found["q"][1][0] <= 0.05
    assert found["reach"]["strength_low"] > 0
    assert found["windows"]["open"] > 0
    assert "[0.1, 100) metres and [0, 7) days" in ran.out
    names = {"bands.csv", "chains.csv", "manifest.json", "matrix.svg", "near_repeat.gpkg", "windows.csv"}
    assert {path.name for path in (tmp_path / "out").iterdir()} == names
    chains = pd.read_csv(tmp_path / "out" / "chains.csv")
    assert chains["class"].value_counts().to_dict() == {k: v for k, v in found["chains"]["counts"].items() if v}
    assert len(chains) == len(burglaries)
    assert len(gpd.read_file(tmp_path / "out" / "near_repeat.gpkg", layer="links")) == chains["linked_to"].notna().sum()
    windows = gpd.read_file(tmp_path / "out" / "near_repeat.gpkg", layer="windows")
    assert len(windows) == found["windows"]["open"]
    before = {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir()}
    again, _ = figures(beatplan, events, *words, "--quiet")
    assert again == found
    assert before == {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir()}


def test_other_tests_agree(beatplan, events) -> None:
    found, ran = figures(beatplan, events, "--cross-checks", "--permutations", 99)
    assert {name: test["p"] for name, test in found["cross_checks"].items()} == dict.fromkeys(
        ("mantel", "modified_knox", "jacquez"), 0.01
    )
    assert "jacquez: " in ran.out


def test_windows_over_more_than_a_tenth_of_the_land_are_not_given(beatplan, events, tmp_path) -> None:
    found, ran = figures(beatplan, events, "--out", tmp_path / "out", "--permutations", 99)
    assert (found["windows"]["open"], found["windows"]["burden"] > 0.1) == (0, True)
    assert "of the area would lie in a window" in ran.out
    assert pd.read_csv(tmp_path / "out" / "windows.csv").empty


def test_a_file_without_a_header_and_other_dates_say_the_same(beatplan, events, burglaries, tmp_path) -> None:
    plain, _ = figures(beatplan, events, "--permutations", 19, "--quiet")
    other = burglaries.assign(date=pd.to_datetime(burglaries["date"]).dt.strftime("%d/%m/%Y 14:30"))
    other.to_csv(tmp_path / "bare.csv", index=False, header=False)
    bare, _ = figures(
        beatplan, tmp_path / "bare.csv", "--x", 0, "--y", 1, "--date", 2, "--dayfirst", "--permutations", 19
    )
    assert all(bare[name] == plain[name] for name in KEYS)
    degrees = gpd.GeoSeries.from_xy(burglaries["x"], burglaries["y"], crs=27700).to_crs(4326)
    pd.DataFrame({"lon": degrees.x, "lat": degrees.y, "date": burglaries["date"]}).to_csv(tmp_path / "degrees.csv")
    there, _ = figures(
        beatplan, tmp_path / "degrees.csv", "--x", "lon", "--y", "lat", "--crs", "EPSG:4326", "--permutations", 0,
        "--space", "1,100,200",
    )  # fmt: skip
    assert np.sum(there["observed"]) == pytest.approx(np.sum(plain["observed"][1:3]), rel=0.03)  # OSTN15's millimetres


@pytest.mark.parametrize("size", [1, 2])
def test_one_event_and_two_at_one_place_make_a_table(beatplan, events, burglaries, tmp_path, size) -> None:
    burglaries.iloc[[0] * size].to_csv(tmp_path / "few.csv", index=False)
    found, ran = figures(beatplan, tmp_path / "few.csv", "--out", tmp_path / "out", "--closed", "right")
    assert found["observed"][0][0] == size - 1
    assert found["notation"]["space"][:2] == ["[0, 0.1]", "(0.1, 100]"]
    assert "No band holds more pairs than chance" in ran.out
    assert found["reach"] is None
    assert pd.read_csv(tmp_path / "out" / "chains.csv")["class"].tolist() == ["alone"] * size


def test_pairs_of_two_offences_and_the_calculators_labels(beatplan, burglaries, tmp_path) -> None:
    kinds = np.where(np.arange(len(burglaries)) % 3, "Burglary", "Robbery")
    burglaries.assign(kind=kinds).to_csv(tmp_path / "kinds.csv", index=False)
    words = ("--offence-column", "kind", "--permutations", 19, "--space", "0,1,100,200", "--nrc-labels")
    crossed, ran = figures(beatplan, tmp_path / "kinds.csv", *words, "--offence", "burglary", "--against", "Robbery")
    assert crossed["events"] == [(kinds == "Burglary").sum(), (kinds == "Robbery").sum()]
    assert crossed["chains"] is None
    assert figures(beatplan, tmp_path / "kinds.csv", *words, "--against", "robbery")[0]["z"] == crossed["z"]
    same = beatplan(
        "near-repeat", "--events", tmp_path / "kinds.csv", *words, "--offence", "Robbery", "--against", "robbery"
    )
    assert (same.code, "must differ" in same.err) == (2, True)
    assert crossed["calculator_labels"]["space"] == ["Same location", "1 to 100", "101 to 200"]
    assert "labels are one unit too high" in ran.out
    alone, _ = figures(beatplan, tmp_path / "kinds.csv", *words)
    parts = [
        figures(beatplan, tmp_path / "kinds.csv", *words, "--offence", kind)[0] for kind in ("Robbery", "Burglary")
    ]
    assert alone["observed"] == np.sum([part["observed"] for part in (*parts, crossed)], axis=0).tolist()


def test_crime_by_month_at_map_points_is_refused_and_told_what_can_be_said(beatplan, town_files, tmp_path) -> None:
    ran = beatplan("near-repeat", "--crimes", town_files.police_uk, "--out", tmp_path / "out")
    assert ran.code == 2
    assert ran.err.count("\n") == 1
    assert "dated by month only" in ran.err
    assert "What can be said from it: where crime gathers, street by street" in ran.err
    assert not (tmp_path / "out").exists()


def test_streets_and_premises(beatplan, town, town_files, tmp_path) -> None:
    crimes = town.crimes[town.crimes["offence"] == "Burglary"]
    dates = crimes["occurred_from"].dt.strftime("%Y-%m-%d")
    path, premises = tmp_path / "b.csv", tmp_path / "premises.csv"
    pd.DataFrame({"x": crimes.geometry.x, "y": crimes.geometry.y, "date": dates}).to_csv(path, index=False)
    doors = town.premises.door
    pd.DataFrame({"uprn": np.arange(len(doors)), "x": doors[:, 0], "y": doors[:, 1]}).to_csv(premises, index=False)
    words = ("--metric", "network", "--streets", town_files.streets, "--premises", premises, "--permutations", 99)
    along, _ = figures(beatplan, path, *words, "--space", "0,50,100,200,400")
    across, _ = figures(beatplan, path, "--permutations", 0, "--space", "0,50,100,200,400")
    assert 0 < np.sum(along["observed"]) < np.sum(across["observed"])


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--space", "0,a"), ("--space", "numbers parted by commas", "0,a")),
        (("--space", "100,0"), ("rise", "100, 0")),
        (("--time", "7"), ("2 to 201 edges", "got 1")),
        (("--closed", "both"), ("left or right", "both")),
        (("--metric", "chess"), ("--metric", "chess")),
        (("--metric", "network"), ("--streets", "together")),
        (("--closed", "right", "--nrc-labels"), ("closed on the left",)),
        (("--offence", "arson"), ("--offence", "any")),
        (("--exact-times",), ("dated to the minute",)),
        (("--date", "nothing"), ("nothing",)),
        (("--crimes", "crimes.csv"), ("Exactly one", "--events", "--crimes")),
    ],
)
def test_what_breaks_a_rule_is_refused_in_one_sentence(beatplan, events, tmp_path, words, said) -> None:
    ran = beatplan("near-repeat", "--events", events, "--quiet", "--out", tmp_path / "deep" / "out", *words)
    assert ran.code == 2, ran.err
    assert ran.err.count("\n") == 1
    assert all(word in ran.err for word in said), ran.err
    assert not (tmp_path / "deep").exists()


@pytest.mark.shared
def test_the_published_table_of_chicago_from_the_command(beatplan, shared, tmp_path) -> None:
    held = tmp_path / "chicago.json"
    words = ("--x", 0, "--y", 1, "--date", 2, "--crs", "EPSG:26971", "--metric", "manhattan", "--seed", 1)
    path = shared / "data" / "incidents" / "chicago_burglary_2016-01.csv"
    edges = ("--space", "0,0.1,200,400,600", "--time", "0,7,14,21")
    assert beatplan("near-repeat", "--events", path, *words, *edges, "--json", held).code == 0
    found = json.loads(held.read_text(encoding="utf-8"))
    assert found["observed"] == [[28, 5, 5], [141, 69, 27], [186, 140, 100], [237, 192, 128]]
    assert np.round(found["ratio"], 4).tolist()[0] == [1.8032, 0.4016, 0.6163]
    assert found["chains"]["connections"] == 28 + 141
