"""The command line: its exit codes, its words, and how little it needs to say what it can do."""

import json
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from service import cycle
from service.profile.force import Profile, read_profile

HEAVY = ("geopandas", "numba", "osmnx", "matplotlib", "folium", "highspy", "pandera", "pydantic", "sklearn")
PRODUCTS = {
    *("report.html", "map.html", "hotspots.gpkg", "tables.xlsx", "plan.csv", "briefing.csv", "days.csv", "patrols.gpx"),
    *("patrols.geojson", "rejects.csv", "tasking.qgz", "manifest.json"),
}


@pytest.mark.parametrize("verb", [[], ["report"], ["hotspots"]])
def test_help_needs_none_of_the_heavy_libraries(verb: list[str]) -> None:
    heavy = [name for name in HEAVY if name != "pydantic" or not verb]  # typer itself loads it to read annotations
    program = (
        f"import sys; from service.cli import main; sys.argv = {['beatplan', *verb, '--help']!r}\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        f"sys.stderr.write(','.join(name for name in {heavy!r} if name in sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert "Usage: beatplan" in done.stdout
    assert done.stderr == ""


def test_an_unknown_option_is_refused_with_2(beatplan) -> None:
    assert beatplan("report", "--crime", "x").code == 2


def test_a_fault_of_ours_ends_with_1_and_tells_no_data(beatplan, town_files, tmp_path, monkeypatch) -> None:
    def broken(*_: object) -> None:
        raise KeyError("a row of data")

    monkeypatch.setattr(cycle.analysis, "set_scene", broken)
    ran = beatplan("report", "--crimes", town_files.police_uk, "--areas", town_files.areas, "--out", tmp_path / "out")
    assert ran.code == 1
    assert "our fault" in ran.err
    assert "a row of data" not in ran.err
    assert not (tmp_path / "out").exists()


def test_a_starting_profile_reads_back_as_the_defaults(beatplan, town_files, tmp_path) -> None:
    file = tmp_path / "force.toml"
    ran = beatplan("profile", "--areas", town_files.areas, "--out", file)
    assert ran.code == 0
    written, default = read_profile(file), Profile()
    assert written == default


def test_every_example_of_a_starting_profile_is_a_valid_setting(beatplan, town_files) -> None:
    text = beatplan("profile", "--areas", town_files.areas).out
    lines = [line.removeprefix("# ") for line in text.splitlines()]
    kept = [line for line in lines if "=" in line.split("#")[0] or line.startswith("[")]
    given = tomllib.loads("\n".join(kept))
    assert {"bases", "shifts", "units", "crimes"} <= set(given)
    Profile.model_validate(given)


def test_a_profile_is_never_overwritten(beatplan, town_files, tmp_path) -> None:
    file = tmp_path / "force.toml"
    file.write_text("mine", encoding="utf-8")
    assert beatplan("profile", "--areas", town_files.areas, "--out", file).code == 2
    assert file.read_text(encoding="utf-8") == "mine"


def test_a_forces_own_extract_run_again_makes_the_same_bytes_in_the_same_folder_and_says_where_they_are(
    beatplan, made_up_pack, tmp_path
) -> None:
    out, given, figures = tmp_path / "out", made_up_pack / "inputs", tmp_path / "figures.json"
    shutil.copytree(made_up_pack, out)
    ran = beatplan(
        "report", "--crimes", given / "crimes.csv", "--areas", given / "wards.geojson",
        "--streets", given / "streets.osm", "--force", given / "profile.toml", "--seed", 5,
        "--out", out, "--json", figures,
    )  # fmt: skip
    assert ran.code == 0, ran.err
    assert files_of(out) == files_of(made_up_pack)
    assert {path.name for path in out.iterdir()} == PRODUCTS | {"inputs"}
    assert all(name in ran.out for name in PRODUCTS)
    assert json.loads(figures.read_text(encoding="utf-8"))["rows_read"] == 3000


def files_of(folder: Path) -> dict[Path, bytes]:
    return {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_what_was_known_before_a_day_is_all_that_is_used(beatplan, town_files, one_patrol, tmp_path) -> None:
    words = ("report", "--crimes", town_files.police_uk, "--areas", town_files.areas, "--force", one_patrol)
    plan_alone = ("--product", "plan", "--out", tmp_path / "early")
    assert beatplan(*words, *plan_alone, "--as-of", "2023-06-15").code == 0
    manifest = json.loads((tmp_path / "early" / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["figures"]["period"] == "1 January 2023 to 31 May 2023"


def test_a_missing_month_is_refused_unless_it_is_allowed(beatplan, town_files, one_patrol, tmp_path) -> None:
    files = sorted(town_files.police_uk.rglob("*street.csv"))
    words = [word for file in files[:2] + files[3:] for word in ("--crimes", file)]
    areas = ("--areas", town_files.areas, "--force", one_patrol)
    refused = beatplan("report", *words, *areas, "--out", tmp_path / "no")
    assert refused.code == 2
    assert "2023-03" in refused.err
    assert not (tmp_path / "no").exists()
    report_alone = ("--product", "report", "--out", tmp_path / "yes")
    assert beatplan("report", *words, *areas, *report_alone, "--allow-gaps").code == 0
    assert "2023-03" in (tmp_path / "yes" / "report.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("wards", [1, 2])
def test_a_very_small_force_still_makes_a_pack(beatplan, tmp_path: Path, wards: int) -> None:
    ran = beatplan("demo", "--out", tmp_path / "demo", "--wards", wards, "--incidents", 200, "--quiet")
    assert ran.code == 0, ran.err
    assert {path.name for path in (tmp_path / "demo").iterdir()} == PRODUCTS | {"inputs"}


def test_one_crime_makes_a_pack(beatplan, town_files, tmp_path) -> None:
    lines = next(town_files.police_uk.rglob("*street.csv")).read_text(encoding="utf-8").splitlines(keepends=True)
    alone = tmp_path / "2023-01-force-street.csv"
    alone.write_text(lines[0] + next(line for line in lines if "Burglary" in line), encoding="utf-8")
    ran = beatplan("report", "--crimes", alone, "--areas", town_files.areas, "--out", tmp_path / "out", "--quiet")
    assert ran.code == 0, ran.err


def test_a_bandwidth_below_the_cell_is_said_in_the_report(beatplan, town_files, one_patrol, tmp_path) -> None:
    profile = tmp_path / "force.toml"
    profile.write_text(f"{one_patrol.read_text()}[analysis]\ncell = 100\nbandwidth = 60\n", encoding="utf-8")
    ran = beatplan(
        "report", "--crimes", town_files.police_uk, "--areas", town_files.areas, "--out", tmp_path / "out",
        "--force", profile, "--quiet", "--product", "report",
    )  # fmt: skip
    assert ran.code == 0, ran.err
    assert ran.err == ""
    assert "is below the side of a cell" in (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
