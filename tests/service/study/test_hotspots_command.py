"""`beatplan hotspots`: what it writes, that it holds together, that it repeats to the byte, and what it refuses."""

import contextlib
import io
import json
import sys
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from pyproj import CRS

from geodata.town import make_town, write_police_uk, write_town
from service.cli import main
from service.manifest import sha256_of

SURFACES = {f"density_{what}.{end}" for what in ("crimes", "harm") for end in ("asc", "prj")}
NAMES = ("cells", "history", "emerging", "concentration", "lorenz", "sensitivity", "scan", "scan_maxima")
TABLES = {f"{name}.csv" for name in NAMES}
PRODUCTS = {"study.html", "tables.xlsx", "hotspots.gpkg", "manifest.json"} | TABLES | SURFACES
OVER_TIME = {"history.csv", "emerging.csv", "scan.csv", "scan_maxima.csv"}


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A town of twelve months: police.uk files and areas."""
    folder = tmp_path_factory.mktemp("year")
    town = make_town(5, wards=6, months=12, incidents=3000, hotspots=3)
    write_police_uk(town, folder / "police_uk")
    return folder / "police_uk", write_town(town, folder / "extract")["areas"]


def run(beatplan, town_files, out: Path, *words: object):
    return beatplan("hotspots", "--crimes", town_files.police_uk, "--areas", town_files.areas, "--out", out, *words)


def run_year(beatplan, year: tuple[Path, Path], out: Path, *words: object):
    return beatplan("hotspots", "--crimes", year[0], "--areas", year[1], "--out", out, "--quiet", *words)


@pytest.fixture(scope="module")
def plain(year, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A study of the town's year as it is by default: its folder, with the figures beside it, and what was printed."""
    folder, said = tmp_path_factory.mktemp("plain"), io.StringIO()
    words = ["--crimes", year[0], "--areas", year[1], "--out", folder / "out"]
    with pytest.MonkeyPatch.context() as patch, contextlib.redirect_stdout(said):
        patch.setattr(sys, "argv", ["beatplan", "hotspots", *map(str, words), "--json", str(folder / "figures.json")])
        with pytest.raises(SystemExit) as stopped:
            main()
    assert not stopped.value.code
    return folder / "out", said.getvalue()


def read_surface(path: Path) -> tuple[dict[str, float], np.ndarray]:
    lines = path.read_text(encoding="ascii").splitlines()
    head = {name: float(value) for name, value in (line.split() for line in lines[:6])}
    return head, np.array([[float(value) for value in line.split()] for line in lines[6:]])


def test_a_study_holds_together(plain) -> None:
    out, said = plain
    assert {path.name for path in out.iterdir()} == PRODUCTS
    assert all(name in said for name in PRODUCTS)
    manifest = json.loads((out / "manifest.json").read_text(encoding="utf-8"))
    assert manifest == json.loads((out.parent / "figures.json").read_text(encoding="utf-8"))
    assert manifest["products"] == {name: sha256_of(out / name) for name in PRODUCTS - {"manifest.json"}}
    cells, spots = pd.read_csv(out / "cells.csv"), gpd.read_file(out / "hotspots.gpkg", layer="hot_spots")
    assert manifest["figures"]["crimes"] == cells["crimes"].sum()
    assert manifest["figures"]["hotspots"] == len(spots) > 0
    assert manifest["figures"]["hot_cells"] == (cells["spot"] == "hot").sum() > 0
    assert manifest["figures"]["histories"] == spots["history"].value_counts().to_dict()
    assert len(gpd.read_file(out / "hotspots.gpkg", layer="cells")) == len(cells)
    assert "dated by month" in manifest["figures"]["week"]["note"] or "known to within" in said


def test_a_surface_gives_back_the_crimes_of_a_week_where_they_lie(plain) -> None:
    out, _ = plain
    head, values = read_surface(out / "density_crimes.asc")
    assert values.shape == (head["nrows"], head["ncols"])
    inside = values != head["NODATA_value"]
    assert inside.any()
    assert not inside.all()
    cells, weeks = pd.read_csv(out / "cells.csv"), 365 / 7
    # What is spread over the border of the town is not in the sum.
    held = values[inside].sum() * head["cellsize"] ** 2 / 1e6
    assert held == pytest.approx(cells["crimes"].sum() / weeks, rel=0.04)
    assert CRS((out / "density_crimes.prj").read_text(encoding="ascii")) == CRS("EPSG:27700")
    cells = cells.nlargest(20, "crimes")
    column = ((cells["easting"] - head["xllcorner"]) // head["cellsize"]).astype(int)
    row = ((cells["northing"] - head["yllcorner"]) // head["cellsize"]).astype(int)
    assert values[::-1][row, column] == pytest.approx(cells["density_crimes"], rel=1e-4)


def test_the_classes_follow_from_the_tables_beside_them(plain) -> None:
    out, _ = plain
    for name in ("history", "emerging"):
        table = pd.read_csv(out / f"{name}.csv")
        z, q = (table.filter(regex=rf"^{what} 20").to_numpy() for what in ("z", "q"))
        assert z.shape[1] == 12
        assert ((z > 0) & (q <= 0.05)).sum(axis=1).tolist() == table["hot_periods"].tolist()
    cells = pd.read_csv(out / "cells.csv")
    assert cells["emerging"].tolist() == table["class"].tolist()
    assert cells["crimes"].sum() == json.loads((out / "manifest.json").read_text())["figures"]["crimes"]


def test_what_all_offences_and_years_hold_adds_up(plain) -> None:
    table = pd.read_csv(plain[0] / "concentration.csv")
    whole = table.iloc[0]
    assert (whole["offence"], whole["year"]) == ("all", "all")
    assert whole["crimes"] == pd.read_csv(plain[0] / "cells.csv")["crimes"].sum()
    by_year = table[(table["offence"] == "all") & (table["year"] != "all")]
    assert by_year["crimes"].sum() == whole["crimes"]
    assert (table["gini_low"] <= table["gini_high"]).all()


def test_the_same_bytes_twice(beatplan, year, plain, tmp_path) -> None:
    assert run_year(beatplan, year, tmp_path).code == 0
    for name in PRODUCTS:
        assert (tmp_path / name).read_bytes() == (plain[0] / name).read_bytes(), name


def test_another_kernel_is_another_run_with_the_same_hot_spots(beatplan, year, plain, tmp_path) -> None:
    assert run_year(beatplan, year, tmp_path, "--kernel", "gaussian").code == 0
    one, other = (json.loads((folder / "manifest.json").read_text()) for folder in (plain[0], tmp_path))
    assert one["run"] != other["run"]
    kernels = [found["figures"].pop("density").split(",")[0] for found in (one, other)]
    assert kernels == ["quartic", "gaussian"]
    assert one["figures"] == other["figures"]
    assert one["products"]["density_crimes.asc"] != other["products"]["density_crimes.asc"]


def test_a_bandwidth_below_the_cell_is_warned_of(beatplan, town_files, tmp_path) -> None:
    ran = run(beatplan, town_files, tmp_path, "--cell", "100", "--bandwidth", "60")
    assert ran.code == 0, ran.err
    assert "below the side of a cell" in ran.out
    assert not (tmp_path / "sensitivity.csv").exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--bandwidth", "-300"), ("--bandwidth", "-300")),
        (("--bandwidth", "0"), ("--bandwidth", "0")),
        (("--bandwidth", "nan"), ("--bandwidth", "nan")),
        (("--bandwidth", "wide"), ("--bandwidth", "wide", "auto")),
        (("--cell", "nan"), ("--cell", "nan")),
        (("--cell", "-1"), ("--cell", "-1")),
        (("--cell", "1e7"), ("small enough",)),
        (("--cell", "0.01"), ("50,000,000",)),
        (("--kernel", "quadratic"), ("--kernel", "quadratic", "epanechnikov")),
        (("--network",), ("--network", "--streets")),
        (("--most-street", "900"), ("--most-street", "--streets")),
        (("--as-of", "1999-01-01"), ("whole month",)),
    ],
)
def test_what_breaks_a_rule_is_refused_in_one_sentence(beatplan, town_files, tmp_path, words, said) -> None:
    ran = run(beatplan, town_files, tmp_path / "deep" / "out", "--quiet", *words)
    assert ran.code == 2, ran.err
    assert ran.err.startswith("beatplan: ")
    assert ran.err.count("\n") == 1
    assert all(word in ran.err for word in said)
    assert not (tmp_path / "deep").exists()


def test_a_missing_month_is_refused(beatplan, town_files, tmp_path) -> None:
    files = sorted(town_files.police_uk.rglob("*street.csv"))
    words = [word for file in files[:2] + files[3:] for word in ("--crimes", file)]
    ran = beatplan("hotspots", *words, "--areas", town_files.areas, "--out", tmp_path / "no")
    assert ran.code == 2
    assert "2023-03" in ran.err
    assert not (tmp_path / "no").exists()


def test_one_crime_makes_a_study(beatplan, town_files, tmp_path) -> None:
    lines = next(town_files.police_uk.rglob("*street.csv")).read_text(encoding="utf-8").splitlines(keepends=True)
    alone = tmp_path / "2023-01-force-street.csv"
    alone.write_text(lines[0] + next(line for line in lines if "Burglary" in line), encoding="utf-8")
    ran = beatplan(
        "hotspots", "--crimes", alone, "--areas", town_files.areas, "--out", tmp_path / "out", "--bandwidth", "auto"
    )
    assert ran.code == 0, ran.err
    assert {path.name for path in (tmp_path / "out").iterdir()} == PRODUCTS - OVER_TIME
