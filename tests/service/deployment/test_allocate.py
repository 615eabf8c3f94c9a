"""`beatplan allocate` and `beatplan scenario`: from files to a plan, and what cannot be meant in a sentence."""

import json
from contextlib import nullcontext
from pathlib import Path

import geopandas as gpd
import pytest
import shapely

from geodata.errors import InputError, NotFoundError
from service.deployment.allocate import AllocateRequest, allocate
from service.deployment.changes import overlay
from service.deployment.scenarios import ScenarioRequest, compare
from service.profile.force import read_profile
from service.reading.ward_tables import read_ward_tables

WARDS = """code,name,neighbourhood,population,deprivation_decile,constables,csos
A1,Alpha,North,5000,1,2,1
A2,Beta,North,7000,3,1,2
A3,Gamma,South,6000,2,2,1
A4,Delta,South,9000,9,1,1
"""
DEMAND = "ward,crimes,harm\nA1,20,300\nA2,10,120\nA3,30,500\nA4,5,60\n"
PROFILE = """
[posts]
constables = 7
csos = 6
officers_per_sergeant = 6
[staff]
wards = "wards.csv"
demand = "demand.csv"
sergeants = 4
inspectors = 2
moves = 3
[staff.funds."High crime"]
constables = 2
wards = ["A1", "A3"]
[staff.funds."Partner CSOs"]
csos = 1
wards = ["A4"]
[staff.costs]
csos = 38000
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in (("wards.csv", WARDS), ("demand.csv", DEMAND), ("base.toml", PROFILE)):
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def request(folder: Path, profile: str | None = "base.toml") -> AllocateRequest:
    force = None if profile is None else folder / profile
    return AllocateRequest(folder / "wards.csv", folder / "demand.csv", folder / "out", force)


def test_a_plan_is_made_proven_explained_and_written(folder) -> None:
    found = allocate(request(folder)).figures
    assert found["gap"] <= 1e-9
    assert sum(row["constables"] for row in found["staffing"]) == 7
    assert {row["fund"] for row in found["funds"]} == {"High crime", "Partner CSOs", "own budget"}
    assert [row["inspectors"] for row in found["leaders"]] == [1, 1]
    more = {(row["rank"], row["fund"]): row["gain"] for row in found["plus_one"]}
    assert more["constables", "own budget"] > 0
    assert more["csos", "Partner CSOs"] < more["csos", "own budget"]
    fewer = {(row["rank"], row["fund"]): row["gain"] for row in found["minus_one"]}
    assert fewer["inspectors", "own budget"] is None
    assert {row["rule"] for row in found["prices"]} == {"T3", "T4", "T7", "T9"}
    plans = [row["plan"] for row in found["alternatives"]]
    assert plans[:2] == ["this plan", "status quo"]
    assert {"per head", "greedy", "proportional to harm with a floor"} < set(plans)
    assert found["infeasible"] == []
    page = (folder / "out" / "explanation.md").read_text(encoding="utf-8")
    assert "Partner CSOs may be spent in 1 ward only" in page
    assert (folder / "out" / "staffing.csv").read_text(encoding="utf-8").count("\n") == 5
    json.dumps(found, allow_nan=False)


def test_the_same_files_have_the_same_figures(folder) -> None:
    assert allocate(request(folder)).figures == allocate(request(folder)).figures


def test_polygons_and_no_profile_do_as_well(folder) -> None:
    squares = [shapely.box(1000 * number, 0, 1000 * number + 900, 900) for number in range(4)]
    table = {"ward_code": ["A1", "A2", "A3", "A4"], "ward_name": list("abcd"), "neighbourhood": ["n", "n", "s", "s"]}
    gpd.GeoDataFrame(table, geometry=squares, crs="EPSG:27700").to_file(folder / "wards.gpkg")
    found = allocate(AllocateRequest(folder / "wards.gpkg", folder / "demand.csv", folder / "out"))
    assert len(found.staffing.leaders) == 2
    assert any("8 constables (2 a ward) and 4 CSOs (1 a ward)" in note for note in found.figures["notes"])


def test_one_ward_and_one_officer_do_as_well(folder) -> None:
    (folder / "wards.csv").write_text("code\nA1\n", encoding="utf-8")
    (folder / "demand.csv").write_text("code,harm\nA1,3\n", encoding="utf-8")
    (folder / "one.toml").write_text("[posts]\nconstables = 0\ncsos = 1\n", encoding="utf-8")
    found = allocate(request(folder, "one.toml")).figures
    assert found["staffing"][0]["csos"] == 1


def test_clashing_rules_make_a_plan_that_says_what_is_unmet(folder) -> None:
    text = PROFILE.replace("moves = 3", "moves = 0\nloss_cap = 0.0").replace("csos = 6", "csos = 3")
    (folder / "few.toml").write_text(text, encoding="utf-8")
    found = allocate(request(folder, "few.toml")).figures
    assert found["infeasible"]
    assert set(found["infeasible"][0]["rules"]) <= {"T2", "T9", "T10"}
    assert found["infeasible"][0]["taken"] in found["unmet"][0]


def test_priorities_deprivation_strands_and_surges_weigh(folder) -> None:
    text = (
        "[community_priorities]\nA4 = 4.0\n[staff]\ndeprivation = { 9 = 2.0 }\nsurge = { A2 = 3.0 }\n"
        "[staff.strands.harm]\nweight = 2.0\n"
    )
    (folder / "weights.toml").write_text(text, encoding="utf-8")
    profile = read_profile(folder / "weights.toml")
    tables = read_ward_tables(folder / "wards.csv", folder / "demand.csv", profile)
    assert tables.demand["priority"].tolist() == [1.0, 1.0, 1.0, 8.0]
    found = allocate(request(folder, "weights.toml")).figures
    assert "T5" in " ".join(found["rules"])


@pytest.mark.parametrize(
    ("file", "old", "new", "sentence"),
    [
        ("demand.csv", "A1,20", "X9,20", "must be of the wards in wards.csv, got 1 others"),
        ("demand.csv", "300", "-300", "Numbers in `harm` of demand.csv must be finite and at least 0, got 1"),
        ("demand.csv", "300", "many", "must be finite and at least 0, got 1 that are not"),
        ("demand.csv", "A2,10", "A1,10", "must be one ward, got 0 without code and 1 repeated"),
        ("demand.csv", "ward,crimes,harm", "ward,a,b", "must have a column crimes, harm or both"),
        ("demand.csv", "ward,", "place,", "must have a column ward or code"),
        ("wards.csv", "Alpha,North", "Alpha,", "must belong to a neighbourhood, got 1 that do not"),
        ("base.toml", '["A1", "A3"]', "[]", "must have a ward to be spent in, got none that is eligible"),
        ("base.toml", '["A1", "A3"]', '["B7"]', "must list wards of the demand, got 1 that are not"),
        ("base.toml", "constables = 2", "constables = 20", "must not pay for more constables than there are"),
        ("base.toml", "moves = 3", "hours_a_week = -1", "`staff.hours_a_week`: input should be greater than 0"),
        ("base.toml", "moves = 3", "abstraction = 1.0", "must be above 0"),
        ("base.toml", "moves = 3", "locks = { A1 = { csos = [3, 1] } }", "they contradict"),
        ("base.toml", "moves = 3", "locks = { B7 = { csos = 1 } }", "must be the code of a ward"),
        ("base.toml", "moves = 3", "floor = 1", "`staff.floor` is not a setting"),
        (
            "base.toml",
            "constables = 7\ncsos = 6",
            "constables = 0\ncsos = 0",
            "at least one constable or CSO, got none",
        ),
    ],
)
def test_what_cannot_be_meant_is_refused_in_a_sentence(folder, file, old, new, sentence) -> None:
    text = (folder / file).read_text(encoding="utf-8")
    assert old in text
    (folder / file).write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(InputError, match=sentence):
        allocate(request(folder))
    assert not (folder / "out").exists()


def test_a_file_that_is_not_there_is_named(folder) -> None:
    with pytest.raises(NotFoundError, match=r"none at .*nothing\.csv"):
        allocate(AllocateRequest(folder / "nothing.csv", folder / "demand.csv", folder / "out"))


def scenario(folder: Path, name: str, text: str) -> Path:
    (folder / name).write_text(text, encoding="utf-8")
    return folder / name


def test_scenarios_stand_beside_the_base(folder) -> None:
    files = (
        scenario(folder, "more.toml", '[scenario]\nname = "two more CSOs"\n[posts]\ncsos = "+2"\n'),
        scenario(folder, "event.toml", "[staff]\nmoves = 0\nsurge = { A4 = 5 }\n"),
    )
    found = compare(ScenarioRequest(folder / "base.toml", files, out=folder / "side"), stage=quiet)
    summary = found.comparison.summary.set_index("scenario")
    assert summary.index.tolist() == ["base", "two more CSOs", "event"]
    assert summary["csos"].tolist() == [6, 8, 6]
    assert summary.loc["two more CSOs", "value"] > summary.loc["base", "value"]
    assert summary.loc["two more CSOs", "cost"] - summary.loc["base", "cost"] == 2 * 38000
    assert (summary["gap"] <= 1e-9).all()
    assert len(found.comparison.groups) == 6
    more = found.comparison.wards.query("scenario == 'two more CSOs'")
    assert more["more"].sum() == 2
    assert (folder / "side" / "wards.csv").exists()
    assert found.profiles["event"].staff.surge == {"A4": 5.0}


def test_a_closed_base_takes_its_patrols_with_it(folder) -> None:
    bases = (
        '[[bases]]\nname = "One"\nlon = 0\nlat = 51\n[[bases]]\nname = "Two"\nlon = 0\nlat = 52\n'
        '[[shifts]]\nname = "late"\nstart = "14:00"\nend = "22:00"\n'
        '[[units]]\nbase = "One"\nshift = "late"\n[[units]]\nbase = "Two"\nshift = "late"\n'
    )
    scenario(folder, "base.toml", PROFILE + bases)
    closed = scenario(folder, "closed.toml", '[scenario]\nclose_bases = ["Two"]\n')
    found = compare(ScenarioRequest(folder / "base.toml", (closed,)), stage=quiet)
    assert [unit.base for unit in found.profiles["closed"].units] == ["One"]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("[staff]\nfloor = 2\n", "`staff.floor` is not a setting"),
        ('[staff]\nworkload = "+2"\n', "only where the base gives a number"),
        ('[scenario]\nclose_bases = ["Nowhere"]\n', "must be one of the base profile's"),
        ("[scenario]\nspeed = 3\n", "may have a name and close_bases; `speed`"),
        ('[scenario]\nname = "base"\n', "must have different names"),
        ("[staff\n", "must be TOML"),
        ("[staff]\nsurge = { B7 = 2 }\n", "A surge must be in wards of the demand, got 1 that are not"),
    ],
)
def test_a_scenario_that_cannot_be_meant_is_refused(folder, text, sentence) -> None:
    with pytest.raises(InputError, match=sentence):
        compare(ScenarioRequest(folder / "base.toml", (scenario(folder, "what.toml", text),)), stage=quiet)


def test_more_than_four_scenarios_are_refused(folder) -> None:
    files = tuple(scenario(folder, f"s{number}.toml", f"[posts]\ncsos = {number + 1}\n") for number in range(5))
    with pytest.raises(InputError, match="At most 4 scenarios can stand beside the base, got 5"):
        compare(ScenarioRequest(folder / "base.toml", files), stage=quiet)


def test_sections_merge_and_numbers_add() -> None:
    base = {"posts": {"csos": 6, "floor": 1}, "bases": [1, 2]}
    assert overlay(base, {"posts": {"csos": "+2"}, "bases": [3]}) == {"posts": {"csos": 8, "floor": 1}, "bases": [3]}


def quiet(_name: str) -> nullcontext[None]:
    return nullcontext()
