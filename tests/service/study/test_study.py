"""A study with everything asked of it: exact times, streets, another period, clusters, awkward crimes."""

import csv
import json
import re
from pathlib import Path

import geopandas as gpd
import numpy as np
import openpyxl
import pandas as pd
import pytest

from geodata.errors import InputError
from geodata.town import Town, make_town, write_town
from service.reading.inputs import Request
from service.study.options import options_of
from service.study.run import StudyOutcome, run_study
from tests.maps.reading import read_page

PROFILE = """
[crimes.extract]
x = "easting"
y = "northing"
occurred_from = "from"
occurred_to = "to"
offence = "offence"
location = "street"
crs = "EPSG:27700"
"""


@pytest.fixture(scope="module")
def small_town(tmp_path_factory: pytest.TempPathFactory) -> tuple[Town, dict[str, Path], Path]:
    """A town of half a year with exact times, on disk, and the profile that reads its crimes."""
    folder = tmp_path_factory.mktemp("study")
    town = make_town(7, wards=5, months=6, incidents=1500, hotspots=2)
    files = write_town(town, folder)
    profile = folder / "profile.toml"
    profile.write_text(PROFILE, encoding="utf-8")
    return town, files, profile


@pytest.fixture(scope="module")
def study(small_town, tmp_path_factory) -> StudyOutcome:
    _, files, profile = small_town
    folder = tmp_path_factory.mktemp("full")
    rates = folder / "rates.csv"
    inputs = ("dwelling_burglary", "dwelling_damage", "income_deprivation", "employment_deprivation", "aged_15_to_24")
    rates.write_text(f"LSOA11CD,{','.join(inputs)}\nE01000001,1,2,3,4,5\nE01000002,5,4,3,2,1\n", encoding="utf-8")
    request = Request(
        (str(files["crimes"]),), files["areas"], folder / "out", profile=profile, streets=files["streets"]
    )
    options = options_of(
        streets=True, network=True, against="before:2023-04-01", edge="diggle", bandwidth="normal", cell=150,
        localities=rates, most_street=2_000,
        space_time=14,
    )  # fmt: skip
    return run_study(request, options)


def test_the_figures_hold_what_a_program_wants(study):
    found = study.manifest["figures"]
    assert json.loads(json.dumps(found, allow_nan=False)) == found
    first = found["hot_spots"][0]
    assert first["hotspot_id"] == "H01"
    assert first["rank_low"] <= first["rank"] <= first["rank_high"]
    assert first["hours"] == pytest.approx(max(0.25, first["street_m"] / 4_800))
    assert first["per_hour"] == pytest.approx(first["expected_harm"] / first["hours"])
    assert sum(found["gistar"]["crimes"].values()) == sum(found["gistar"]["harm"].values()) == found["cells_with_crime"]
    assert found["gistar"]["crimes"]["hot"] == found["hot_cells"]
    assert found["bandwidth_choice"]["how"] == "normal reference"
    assert found["bandwidth"] == pytest.approx(found["bandwidth_choice"]["normal_reference"])
    assert found["sensitivity"]["settings"][0]["jaccard"] == 1
    cluster = found["scan"]["clusters"][0]
    assert {"llr", "p", "recurrence_periods", "recurrence_years", "observed", "expected"} <= set(cluster)
    assert found["concentration"]["all"]["crimes"] == found["crimes"]
    assert found["vulnerable_localities"]["missing"] == ["share of people without the expected educational attainment"]
    assert found["vulnerable_localities"]["priority"] == []


def test_no_hot_spot_holds_more_street_than_asked_for(study):
    cells = study.study.hotspots["area_m2"] / 150**2
    metres = study.study.insight.hours["street_m"]
    assert ((metres <= 2_000) | (cells.to_numpy() == 1)).all()


def test_the_weeks_of_the_hot_spots_hold_their_crimes(study):
    held, week = study.study.hotspots, pd.read_csv(study.products["week.csv"])
    assert week["hotspot_id"].tolist() == held["hotspot_id"].tolist()
    assert week.shape[1] == 169
    assert week.drop(columns="hotspot_id").sum(axis=1).to_numpy() == pytest.approx(held["crimes"].to_numpy(), abs=1e-3)
    figures = study.manifest["figures"]["week"]
    assert figures["known_within_hours"]["24"] > 0.5
    assert len(figures["profiles"]["H01"]) == 168


def test_the_shifts_share_out_the_crimes_of_the_day(study):
    surfaces = study.study.surfaces
    assert list(study.study.shifts) == ["early", "late", "night"]
    parts = sum(surfaces[name] for name in study.study.shifts.values())
    whole = parts.sum() * study.study.grid.cell_area / 1e6
    crimes, weeks = study.manifest["figures"]["crimes"], study.study.insight.scan.crimes
    assert weeks == crimes
    # what is spread over the border is not made up for in the shifts
    assert whole * 25 == pytest.approx(crimes, rel=0.1)


def test_crime_beside_an_earlier_period_counts_every_crime_once(study):
    beside = study.manifest["figures"]["against"]
    assert beside["crimes"] + beside["reference"] == study.manifest["figures"]["crimes"]
    assert {row["by"] for row in beside["contours"]} <= {"p", "q"}
    assert "before 2023-04-01" in beside["sentence"]


def test_the_page_shows_every_section_and_asks_nobody(study):
    html = study.products["study.html"].read_text(encoding="utf-8")
    page = read_page(html)
    assert list(page.sections) == [
        "summary", "where", "order", "when", "moving", "beyond", "time", "concentration", "settings", "streets",
        "against", "localities", "data", "about",
    ]  # fmt: skip
    assert all(picture["src"].startswith("data:image/") for picture in page.all("img"))
    assert len(page.all("img")) >= 9
    assert all(len(picture["alt"]) > 20 for picture in page.all("img"))
    assert {link["href"].removeprefix("#") for link in page.all("a")} <= {
        held["id"] for _, held in page.tags if "id" in held
    }
    assert "educational attainment" in page.sections["localities"]
    said = re.sub(r"base64,[\w+/=]+", "", html)
    assert "http" not in said.replace("http://www.w3.org", "").replace('http-equiv="', "")


@pytest.mark.browser
@pytest.mark.parametrize("width", [1920, 390])
def test_the_page_opens_from_disk_and_asks_nobody(study, visit, width):
    seen = visit(study.products["study.html"].read_text(encoding="utf-8"), width=width, height=900)
    seen.page.wait_for_load_state("networkidle")
    assert (seen.asked, seen.complaints) == ([], [])
    wide = seen.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0


def test_the_workbook_and_the_layers_hold_the_same_hot_spots(study):
    book = openpyxl.load_workbook(study.products["tables.xlsx"])
    assert {"Findings", "Hot spots", "Patrol hours", "When", "Week", "Classes", "Scan", "Sensitivity"} <= set(
        book.sheetnames
    )
    spots = gpd.read_file(study.products["hotspots.gpkg"], layer="hot_spots")
    assert book["Hot spots"].max_row - 1 == len(spots) == study.manifest["figures"]["hotspots"]
    assert {"street_m", "hours", "per_hour", "hour_rank"} <= set(spots.columns)
    layers = set(gpd.list_layers(study.products["hotspots.gpkg"])["name"]) - {"layer_styles"}
    assert {"cells", "hot_spots", "scan", "space_time", "street_density", "hot_streets"} <= layers


def test_the_peaks_in_space_and_time_are_those_of_the_density(study):
    found, scene = study.study.space_time, study.study
    table = pd.read_csv(study.products["space_time.csv"])
    assert study.manifest["figures"]["space_time"]["slice"] == "week"
    weeks = table["week"].unique()
    assert table["peak"].value_counts().to_dict() == {"densest": len(weeks), "furthest above usual": len(weeks)}
    assert len(weeks) == 25
    newest = found.newest[scene.study]
    assert found.newest.columns.tolist() == weeks[-12:].tolist()
    densest = table[table["peak"] == "densest"].set_index("week").loc[weeks[-12:]]
    assert densest["density"].to_numpy() == pytest.approx(newest.max().to_numpy(), rel=1e-5)
    assert densest["cell"].tolist() == newest.idxmax().tolist()
    above = table[table["peak"] == "furthest above usual"].set_index("week")
    for week, row in densest.iterrows():
        assert above.loc[week, "density"] - above.loc[week, "usual"] >= row["density"] - row["usual"] - 1e-9
    shapes = scene.hotspots.set_index("hotspot_id").geometry
    places = gpd.points_from_xy(table["easting"], table["northing"])
    inside = [name for name, at in zip(table["hotspot_id"], places, strict=True) if pd.notna(name)]
    assert inside
    assert all(
        shapes[name].intersects(at) for name, at in zip(table["hotspot_id"], places, strict=True) if pd.notna(name)
    )


def test_clusters_of_one_offence_lie_as_far_apart_as_asked_for(small_town, tmp_path):
    town, files, profile = small_town
    request = Request((str(files["crimes"]),), files["areas"], tmp_path / "out", profile=profile)
    offence = town.crimes["offence"].value_counts().index[0]
    found = run_study(
        request, options_of(clusters="dbscan", apart=250, offences=[offence], cell=150, bandwidth="200", adaptive=True)
    )
    figures = found.manifest["figures"]
    assert figures["crimes"] <= (town.crimes["offence"] == offence).sum()
    assert figures["hotspots"] > 0
    assert "DBSCAN" in found.study.hotspot_note
    assert "adaptive" in figures["density"]
    assert any("narrower than the side of a cell" in note for note in figures["notes"])
    shapes = found.study.hotspots.geometry
    gaps = [one.distance(other) for at, one in enumerate(shapes) for other in shapes.iloc[at + 1 :]]
    assert min(gaps, default=np.inf) >= 250


def test_the_hot_streets_are_ranked_by_harm_to_the_kilometre(study):
    pieces, hottest = (pd.read_csv(study.products[f"{name}.csv"]) for name in ("street_density", "hot_streets"))
    assert hottest["harm_per_km"].is_monotonic_decreasing
    assert hottest["rank"].tolist() == list(range(1, len(hottest) + 1))
    weekly = (pieces["crimes_per_km"] * pieces["length_m"]).sum() / 1000
    weeks = study.study.surfaces["density_crimes"].sum() * study.study.grid.cell_area / 1e6
    # each crime adds exactly 1 along the streets and, with the edge corrected, about 1 on the ground
    assert weekly == pytest.approx(weeks, rel=0.05)
    for layer, table in (("street_density", pieces), ("hot_streets", hottest)):
        assert len(gpd.read_file(study.products["hotspots.gpkg"], layer=layer)) == len(table) > 0


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"against": "before:1999-01-01"}, "0 on the other"),
        ({"against": "offence:Burglry"}, "did you mean `Burglary`"),
        ({"offences": ["Theft of dreams"]}, "An offence named must be among the crimes"),
        ({"against": "population"}, "none is known"),
        ({"against": "column:dwellings"}, "has no `dwellings`"),
        ({"localities": Path("nowhere.csv")}, "must exist"),
    ],
)
def test_what_the_crimes_or_areas_cannot_bear_is_refused(small_town, tmp_path, asked, said):
    _, files, profile = small_town
    request = Request((str(files["crimes"]),), files["areas"], tmp_path / "out", profile=profile)
    with pytest.raises(InputError, match=said):
        run_study(request, options_of(**asked))
    assert not (tmp_path / "out").exists()


def test_a_file_in_the_place_of_the_folder_is_refused_before_anything_is_read(tmp_path):
    (tmp_path / "out").write_text("")
    with pytest.raises(InputError, match="`--out` must be a folder, and out is a file"):
        run_study(Request(("nowhere",), tmp_path / "nowhere", tmp_path / "out"), options_of())


def rewritten(files: dict[str, Path], path: Path, change) -> Path:
    """Write the crimes of the town with each row changed, rows in order."""
    with files["crimes"].open(encoding="utf-8", newline="") as source:
        rows = list(csv.DictReader(source))
    with path.open("w", encoding="utf-8", newline="") as target:
        writer = csv.DictWriter(target, list(rows[0]))
        writer.writeheader()
        writer.writerows(change(number, dict(row)) for number, row in enumerate(rows))
    return path


def test_crimes_on_one_point_make_a_study(small_town, tmp_path):
    town, files, profile = small_town
    at = town.areas.geometry.iloc[0].representative_point()
    same = rewritten(files, tmp_path / "same.csv", lambda _, row: {**row, "easting": at.x, "northing": at.y})
    request = Request((str(same),), files["areas"], tmp_path / "out", profile=profile, streets=files["streets"])
    found = run_study(request, options_of(streets=True, network=True, cell=150))
    assert found.manifest["figures"]["cells_with_crime"] == 1
    assert found.manifest["figures"]["hotspots"] == 1
    with pytest.raises(InputError, match="at least two places"):
        run_study(request, options_of(bandwidth="normal", cell=150))
    with pytest.raises(InputError, match="true positions"):
        run_study(request, options_of(bandwidth="likelihood", cell=150))


def test_strays_and_missing_coordinates_are_counted_and_move_no_cell(small_town, tmp_path):
    town, files, profile = small_town

    def spoilt(number, row):
        if number == 0:
            return {**row, "easting": 90_000, "northing": 12_000}  # off Land's End
        return {**row, "easting": "nan", "northing": ""} if number < 6 else row

    awkward = rewritten(files, tmp_path / "awkward.csv", spoilt)
    request = Request((str(awkward),), files["areas"], tmp_path / "out", profile=profile)
    found = run_study(request, options_of(cell=150, clusters="hdbscan"))
    assert "HDBSCAN" in found.study.hotspot_note
    assert found.manifest["rows_read"] == found.manifest["rows_accepted"] + 5
    west, south, east, north = town.areas.total_bounds
    grid = found.study.grid
    assert grid.size <= ((east - west) / 150 + 2) * ((north - south) / 150 + 2)


def test_degrees_taken_for_metres_are_refused_in_a_sentence(small_town, tmp_path):
    town, files, profile = small_town
    lonlat = iter(town.crimes.to_crs("EPSG:4326").geometry)

    def degrees(_, row):
        point = next(lonlat)
        return {**row, "easting": point.x, "northing": point.y}

    wrong = rewritten(files, tmp_path / "degrees.csv", degrees)
    request = Request((str(wrong),), files["areas"], tmp_path / "out", profile=profile)
    with pytest.raises(InputError, match="overlap"):
        run_study(request, options_of())
