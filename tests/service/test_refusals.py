"""Bad input: exit code 2, one sentence on standard error, no traceback, and nothing half-written."""

import gzip
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import pytest

HEADER = (
    "Crime ID,Month,Reported by,Falls within,Longitude,Latitude,Location,LSOA code,LSOA name,Crime type,"
    "Last outcome category,Context\r\n"
)


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "out" / "pack"


def refused(ran, out: Path, *words: str) -> None:
    """One sentence that holds `words`, and no trace of a run."""
    assert ran.code == 2, ran.err
    assert ran.out == ""
    assert ran.err.count("\n") == 1
    assert ran.err.startswith("beatplan: ")
    assert "Traceback" not in ran.err
    for word in words:
        assert word in ran.err
    assert not out.exists()
    assert not out.parent.exists() or list(out.parent.iterdir()) == []


def report(beatplan: Callable, out: Path, **given: object):
    words = [word for name, value in given.items() for word in (f"--{name.replace('_', '-')}", value)]
    return beatplan("report", "--quiet", "--out", out, *words)


def test_an_empty_folder(beatplan, town_files, tmp_path, out) -> None:
    (tmp_path / "empty").mkdir()
    refused(report(beatplan, out, crimes=tmp_path / "empty", areas=town_files.areas), out, "no file")


def test_a_folder_that_is_not_there(beatplan, town_files, tmp_path, out) -> None:
    refused(report(beatplan, out, crimes=tmp_path / "nowhere", areas=town_files.areas), out, "nowhere")


def test_a_folder_of_pdfs(beatplan, town_files, tmp_path, out) -> None:
    folder = tmp_path / "minutes"
    folder.mkdir()
    for name in ("january.pdf", "february.pdf"):
        (folder / name).write_bytes(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n")
    refused(report(beatplan, out, crimes=folder, areas=town_files.areas), out, "2 ")


def test_wrong_columns(beatplan, town_files, tmp_path, out) -> None:
    wrong = tmp_path / "2024-01-force-street.csv"
    wrong.write_text("Crime ID,Month,Longitude,Crime type\r\n,2024-01,-1.5,Burglary\r\n", encoding="utf-8")
    refused(report(beatplan, out, crimes=wrong, areas=town_files.areas), out, wrong.name, "Latitude")


def test_a_truncated_gzip(beatplan, town_files, tmp_path, out) -> None:
    whole = next(town_files.police_uk.rglob("*street.csv")).read_bytes()
    cut = tmp_path / "2024-01-force-street.csv.gz"
    cut.write_bytes(gzip.compress(whole)[:-500])
    refused(report(beatplan, out, crimes=cut, areas=town_files.areas), out, cut.name)


def test_a_header_and_no_rows(beatplan, town_files, tmp_path, out) -> None:
    bare = tmp_path / "2024-01-force-street.csv"
    bare.write_text(HEADER, encoding="utf-8")
    refused(report(beatplan, out, crimes=bare, areas=town_files.areas), out)


def test_areas_labelled_with_the_wrong_crs(beatplan, town_files, tmp_path, out) -> None:
    areas = gpd.read_file(town_files.areas)
    metres = areas if areas.crs.is_projected else areas.to_crs("EPSG:27700")
    mislabelled = tmp_path / "areas.gpkg"
    metres.set_crs("EPSG:4326", allow_override=True).to_file(mislabelled)
    refused(report(beatplan, out, crimes=town_files.police_uk, areas=mislabelled), out, "areas.gpkg")


def test_areas_without_a_code_column(beatplan, town_files, tmp_path, out) -> None:
    areas = gpd.read_file(town_files.areas)[["geometry"]].assign(colour="grey")
    bare = tmp_path / "areas.gpkg"
    areas.to_file(bare)
    refused(report(beatplan, out, crimes=town_files.police_uk, areas=bare), out, "code", "colour")


def test_areas_that_do_not_overlap_the_crimes(beatplan, town_files, tmp_path, out) -> None:
    areas = gpd.read_file(town_files.areas).to_crs("EPSG:27700")
    elsewhere = tmp_path / "elsewhere.gpkg"
    areas.assign(geometry=areas.translate(60_000, 40_000)).to_file(elsewhere)
    refused(report(beatplan, out, crimes=town_files.police_uk, areas=elsewhere), out, "overlap")


def test_areas_that_are_not_there(beatplan, town_files, tmp_path, out) -> None:
    refused(report(beatplan, out, crimes=town_files.police_uk, areas=tmp_path / "no.gpkg"), out, "no.gpkg")


@pytest.mark.parametrize(
    ("profile", "words"),
    [
        ('[analysis]\nbandwith = 300\n', ("bandwith", "bandwidth")),
        ('[analysys]\ncell = 100\n', ("analysys", "analysis")),
        ('[analysis]\nbandwidth = -5\n', ("bandwidth", "greater than 0")),
        ('[analysis]\narea_share = 1.5\n', ("area_share",)),
        ('[[units]]\nbase = "Central"\nshift = "day"\n', ("base", "Central")),
        ('[[bases]]\nname = "A"\nlon = 1.0\nlat = 52.0\n[[units]]\nbase = "A"\nshift = "night"\n', ("shift", "night")),
        ('[[bases]]\nname = "A"\nlon = 1.0\n', ("lon and lat",)),
        ('[[shifts]]\nname = "day"\nstart = "8 am"\nend = "16:00"\n', ("start",)),
        ('[control_strategy]\n"Burglry" = 2\n', ("Burglry", "offence")),
        ('[community_priorities]\n"E99" = 2\n', ("E99", "area")),
        ('[harm]\ntable = "no such table"\n', ("no such table",)),
        ('[neighbourhoods.E99]\npriorities = ["x"]\n', ("E99", "area")),
        ('[public]\nwebsite = "javascript:alert(1)"\n', ("public.website", "http")),
        ('[map]\ntiles = "https://tiles.test/{z}/{x}.png"\nattribution = "us"\n', ("{y}",)),
        ('[map]\ntiles = "https://tiles.test/{z}/{x}/{y}.png"\n', ("attribution",)),
        ('[map]\ntiles = "https://{s}.tiles.test/{z}/{x}/{y}.png"\nattribution = "us"\n', ("map.tiles",)),
        ('[[targets]]\nname = "a"\nbaseline = 4\naim = 4\nby = 2026-01-01\n', ("another number",)),
        ('[[targets]]\nname = "a"\noffences = ["Burglry"]\nbaseline = 4\naim = 3\nby = 2026-01-01\n', ("Burglry",)),
        ('[force\nname = 3', ("TOML",)),
    ],
)  # fmt: skip
def test_a_profile_with_a_slip(beatplan, town_files, tmp_path, out, profile, words) -> None:
    file = tmp_path / "force.toml"
    file.write_text(profile, encoding="utf-8")
    ran = report(beatplan, out, crimes=town_files.police_uk, areas=town_files.areas, force=file)
    refused(ran, out, *words)


def test_a_profile_that_is_not_there(beatplan, town_files, tmp_path, out) -> None:
    ran = report(beatplan, out, crimes=town_files.police_uk, areas=town_files.areas, force=tmp_path / "no.toml")
    refused(ran, out, "no.toml")


def test_a_day_that_is_not_a_day(beatplan, town_files, out) -> None:
    ran = report(beatplan, out, crimes=town_files.police_uk, areas=town_files.areas, as_of="last Monday")
    refused(ran, out, "YYYY-MM-DD")


def test_a_day_before_all_crimes(beatplan, town_files, out) -> None:
    ran = report(beatplan, out, crimes=town_files.police_uk, areas=town_files.areas, as_of="1999-01-01")
    refused(ran, out, "whole month")


def test_the_same_file_twice(beatplan, town_files, tmp_path, out) -> None:
    one = next(town_files.police_uk.rglob("*street.csv"))
    for name in ("a-street.csv", "b-street.csv"):
        shutil.copy(one, tmp_path / name)
    ran = report(beatplan, out, crimes=tmp_path, areas=town_files.areas)
    refused(ran, out, "a-street.csv", "b-street.csv")


def test_an_out_folder_that_is_a_file(beatplan, town_files, tmp_path) -> None:
    file = tmp_path / "pack"
    file.write_text("mine", encoding="utf-8")
    ran = report(beatplan, file, crimes=town_files.police_uk, areas=town_files.areas)
    assert ran.code == 2
    assert file.read_text(encoding="utf-8") == "mine"


def test_streets_of_another_place(beatplan, town_files, tmp_path, out, shared) -> None:
    streets = shared / "data" / "osm" / "leeds_its_example.osm.pbf"
    ran = report(beatplan, out, crimes=town_files.police_uk, areas=town_files.areas, streets=streets)
    refused(ran, out, "overlap")


def test_a_table_of_other_areas(beatplan, town_files, tmp_path, out) -> None:
    table = tmp_path / "population.csv"
    table.write_text("code,population\nE01000001,1200\n", encoding="utf-8")
    ran = report(beatplan, out, crimes=town_files.police_uk, areas=town_files.areas, population=table)
    refused(ran, out, "population.csv", "codes")


def test_broken_json(beatplan, town_files, tmp_path, out) -> None:
    answers = tmp_path / "answers.json"
    answers.write_text(json.dumps([{"category": "burglary"}])[:-4], encoding="utf-8")
    refused(report(beatplan, out, crimes=answers, areas=town_files.areas), out, "answers.json")


def test_a_failed_run_leaves_the_last_pack_as_it_was(beatplan, town_files, one_patrol, tmp_path) -> None:
    out = tmp_path / "pack"
    given = {"crimes": town_files.police_uk, "areas": town_files.areas, "force": one_patrol, "product": "plan"}
    assert report(beatplan, out, **given).code == 0
    before = {path.name: path.read_bytes() for path in out.iterdir()}
    wrong = tmp_path / "wrong.csv"
    wrong.write_text("a,b\r\n1,2\r\n", encoding="utf-8")
    assert report(beatplan, out, crimes=wrong, areas=town_files.areas).code == 2
    assert {path.name: path.read_bytes() for path in out.iterdir()} == before


def test_no_message_holds_a_row_of_data(beatplan, town_files, tmp_path, out) -> None:
    leaky = tmp_path / "2024-01-force-street.csv"
    private = "PRIVATE-9f3"
    leaky.write_text(
        HEADER + f"{private},2024-13,x,x,{private},{private},{private},,,{private},,\r\n", encoding="utf-8"
    )
    ran = report(beatplan, out, crimes=leaky, areas=town_files.areas)
    assert ran.code == 2
    assert private not in ran.err
