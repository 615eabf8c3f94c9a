"""Whole packs from real open data: every row accounted for, every product there, the same bytes twice."""

import json
from pathlib import Path

import geopandas as gpd
import openpyxl
import pandas as pd
import pytest

from allocation.scenario import Scenario
from service.deployment.changes import profile_of
from service.deployment.scenario_ground import ground_of_run, profile_of_run
from service.deployment.scenario_teams import compared, problem_of
from service.manifest import sha256_of

pytestmark = pytest.mark.shared

PRODUCTS = {
    *("report.html", "map.html", "hotspots.gpkg", "tables.xlsx", "plan.csv", "briefing.csv", "days.csv", "patrols.gpx"),
    *("patrols.geojson", "rejects.csv", "tasking.qgz", "manifest.json"),
}


def pack_of(beatplan, out: Path, **given: object) -> dict:
    words = [word for name, value in given.items() for word in (f"--{name}", value)]
    ran = beatplan("report", "--quiet", "--out", out, *words)
    assert ran.code == 0, ran.err
    return json.loads((out / "manifest.json").read_text(encoding="utf-8"))


def whole(out: Path, manifest: dict) -> None:
    """Every product is there, is what the manifest says, opens, and the rows add up to the row."""
    assert {path.name for path in out.iterdir()} == PRODUCTS
    assert manifest["products"] == {name: sha256_of(out / name) for name in PRODUCTS - {"manifest.json"}}
    assert manifest["rows_read"] == manifest["rows_accepted"] + manifest["rows_rejected"]
    assert len(pd.read_csv(out / "rejects.csv")) == manifest["rows_rejected"]
    assert len(gpd.read_file(out / "hotspots.gpkg", layer="hot_spots")) == manifest["figures"]["hotspots"] > 0
    assert openpyxl.load_workbook(out / "tables.xlsx", read_only=True).sheetnames
    assert len(pd.read_csv(out / "plan.csv")) > 0


def test_northumbria(beatplan, shared, tmp_path) -> None:
    data = shared / "data"
    out = tmp_path / "northumbria"
    areas = data / "boundaries" / "northumbria_wards_2022.gpkg"
    manifest = pack_of(beatplan, out, crimes=data / "crime" / "northumbria", areas=areas)
    whole(out, manifest)
    assert (manifest["rows_read"], manifest["rows_rejected"]) == (162_666, 0)
    # 99.92 % of rows lie inside the wards (the folder's own count).
    assert manifest["figures"]["crimes_outside"] == pytest.approx(0.0008 * 162_666, rel=0.1)


def test_city_of_london_with_its_streets_twice(beatplan, shared, tmp_path) -> None:
    data = shared / "data"
    given = {
        "crimes": data / "crime" / "city-of-london",
        "areas": data / "boundaries" / "city_of_london_wards_2014.geojson",
        "streets": data / "osm" / "city_of_london_drive.osm.gz",
    }
    first = pack_of(beatplan, tmp_path / "first", **given)
    whole(tmp_path / "first", first)
    assert first["rows_read"] == 18_867
    assert first["rows_rejected"] / first["rows_read"] == pytest.approx(0.084, abs=0.0005)
    inputs = [word for file in given.values() for word in ("--inputs", file)]
    ran = beatplan("reproduce", tmp_path / "first" / "manifest.json", *inputs, "--json", tmp_path / "again.json")
    again = json.loads((tmp_path / "again.json").read_text(encoding="utf-8"))
    assert again["products"] == dict.fromkeys(sorted(PRODUCTS - {"manifest.json"}), "same")
    assert (ran.code, again["run"]) == (0, again["run_again"])
    a_scenario_starts_from(tmp_path / "first")


def a_scenario_starts_from(out: Path) -> None:
    """The base of a scenario has the posts that the report offers, ward by ward: the robust teams here."""
    base = profile_of(profile_of_run(out), "base")
    ground = ground_of_run(out, base)
    found, which = compared([Scenario("base", problem_of(base, ground)[0], {})], {"base": base}, ground)
    wards = gpd.read_file(out / "hotspots.gpkg", layer="wards").sort_values("code")
    posts = ["sergeants", "constables", "csos"]
    assert found.staffings["base"].table[posts].to_numpy().tolist() == wards[posts].to_numpy().tolist()
    assert which == ("Teams are the robust ones, as a report offers them, in base.",)


def test_islington_from_api_answers(beatplan, shared, tmp_path) -> None:
    data = shared / "data"
    profile = tmp_path / "islington.toml"
    profile.write_text('[force]\nname = "Islington"\n[crimes]\nrecord_key = "record"\n', encoding="utf-8")
    out = tmp_path / "islington"
    manifest = pack_of(
        beatplan,
        out,
        crimes=data / "crime" / "islington-api",
        areas=data / "boundaries" / "islington_wards_2014.geojson",
        force=profile,
        lsoas=data / "boundaries" / "islington_lsoa_2011.geojson",
        deprivation=data / "tables" / "imd2019_england_lsoa11.csv.gz",
    )
    whole(out, manifest)
    wards = gpd.read_file(out / "hotspots.gpkg", layer="wards")
    assert wards["deprivation_decile"].between(1, 10).all()
    assert manifest["rows_read"] == 83_945
    assert manifest["rows_rejected"] == 5_269  # records of boundary roads, answered for two wards
