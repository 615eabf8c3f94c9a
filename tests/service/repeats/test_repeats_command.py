"""`beatplan repeats`: claims made and refused, figures, and restricted lists that nothing else gives away."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from service.reading.inputs import KEY_VARIABLE
from service.repeats.run import run_repeats
from service.repeats.scene import RepeatsRequest
from tests.service.conftest import Ran, TownFiles

Beatplan = Callable[..., Ran]
HEADER = "id,type,when,x,y,place,person\n"
COLUMNS = ("--x", "x", "--y", "y", "--date", "when", "--offence-column", "type")


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(KEY_VARIABLE, "0123456789abcdef")


def events(folder: Path, *rows: str) -> Path:
    path = folder / "events.csv"
    path.write_text(HEADER + "\n".join(rows) + "\n", encoding="utf-8")
    return path


def figures(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "found.json").read_text(encoding="utf-8"))
    return found


def told(beatplan: Beatplan, folder: Path, *words: object) -> dict[str, Any]:
    ran = beatplan("repeats", *words, "--json", folder / "found.json", "--quiet")
    assert ran.err == ""
    assert ran.code == 0
    return figures(folder)


def row(kind: dict[str, Any], offence: str = "All crime types") -> dict[str, Any]:
    return next(each for each in kind["offences"] if each["offence"] == offence)


def home_office(folder: Path) -> Path:
    """459 burglaries against 250 people: 209 repeats, 46 %."""
    people = [*range(250), *(number % 100 for number in range(209))]
    return events(
        folder,
        *(
            f"C{n},Burglary,2023-{1 + n % 12:02d}-{1 + n % 28:02d},{425000 + person},564000,{person} High St,V{person}"
            for n, person in enumerate(people)
        ),
    )


def test_the_home_office_example_by_place_and_by_victim(beatplan: Beatplan, tmp_path: Path) -> None:
    found = told(
        beatplan, tmp_path, "--events", home_office(tmp_path), *COLUMNS, "--place", "place", "--victim", "person",
        "--places", 3000, "--people", 7000,
    )  # fmt: skip
    for kind, level, targets in (("place", "premises", 3000), ("victim", "victim", 7000)):
        held = found["kinds"][kind]
        assert (held["level"], held["claimed"]) == (level, True)
        for offence in ("All crime types", "Burglary"):
            each = row(held, offence)
            assert (each["crimes"], each["victims"], each["repeats"]) == (459, 250, 209)
            assert f"{each['share']:.0%}" == "46%"
            assert each["prevalence"] == pytest.approx(250 / targets, abs=1e-6)
            assert each["table"] == {"0": targets - 250, "1": 150, "2": 0, "3+": 100}
    assert found["refused"] == []


def test_block_addresses_are_refused_and_counted_as_blocks(beatplan: Beatplan, tmp_path: Path) -> None:
    rows = [f"{n},Theft,2023-01-{1 + n % 28:02d},425{n % 5}00,564000,{n % 5 + 1}1XX BURNABY ST," for n in range(60)]
    found = told(beatplan, tmp_path, "--events", events(tmp_path, *rows), *COLUMNS, "--place", "place")
    held = found["kinds"]["place"]
    assert (held["level"], held["claimed"]) == ("street block", False)
    assert row(held)["victims"] == 5
    assert row(held)["prevalence"] is None
    assert [each["claim"] for each in found["refused"]] == [
        "Repeat victimisation of premises",
        "Repeat victimisation of people",
    ]
    assert "named so" in found["refused"][0]["reason"]
    assert found["restricted"]["due"] == {"gold": 0, "silver": 0, "bronze": 0}


def test_bare_positions_are_no_premises(beatplan: Beatplan, tmp_path: Path) -> None:
    rows = [f"{n},Burglary,2023-01-{1 + n % 28:02d},425{n % 5}00,564000,," for n in range(30)]
    found = told(beatplan, tmp_path, "--events", events(tmp_path, *rows), "--x", "x", "--y", "y", "--date", "when")
    held = found["kinds"]["place"]
    assert (held["level"], held["claimed"]) == ("recorded position", False)
    assert [each["offence"] for each in held["offences"]] == ["All crime types"]


def test_months_and_map_points_bear_no_time_course(beatplan: Beatplan, town_files: TownFiles, tmp_path: Path) -> None:
    found = told(beatplan, tmp_path, "--crimes", town_files.police_uk, "--areas", town_files.areas)
    held = found["kinds"]["place"]
    assert (held["level"], held["claimed"], held["time_course"]) == ("map point", False, [])
    assert "dated by month only" in held["time_course_note"]
    assert "victim" not in found["kinds"]
    assert "Drugs" not in [each["offence"] for each in held["offences"]]


PROFILE = """[force]
name = "Doggerland & <Sons>"
[crimes.extract]
crime_id = "incident"
offence = "offence"
occurred_from = "from"
occurred_to = "to"
place_id = "premises"
victim_id = "victim"
location = "street"
x = "easting"
y = "northing"
"""


def asked(files: TownFiles, folder: Path) -> RepeatsRequest:
    """What the made-up force asks of its own extract, with areas and population."""
    profile = folder / "force.toml"
    profile.write_text(PROFILE, encoding="utf-8")
    return RepeatsRequest(
        crimes=(str(files.crimes),), areas=files.areas, profile=profile, out=folder / "out",
        population=files.crimes.parent / "wards.csv",
    )  # fmt: skip


@pytest.fixture(scope="module")
def of_the_town(town_files: TownFiles, tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Any], Path]:
    """Figures and products of the made-up force."""
    folder = tmp_path_factory.mktemp("repeats")
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv(KEY_VARIABLE, "0123456789abcdef")
        found = run_repeats(asked(town_files, folder))
    return found.figures, folder / "out"


def test_the_restricted_lists_are_marked_and_nothing_else_gives_a_pseudonym_away(
    of_the_town: tuple[dict[str, Any], Path],
) -> None:
    found, out = of_the_town
    restricted = sorted(path.name for path in out.iterdir() if path.name.startswith("restricted-"))
    assert restricted == [
        "restricted-neighbours.csv", "restricted-premises-review.csv", "restricted-priority-places.csv",
        "restricted-priority-victims.csv", "restricted-response-list.csv", "restricted-response-list.html",
    ]  # fmt: skip
    due = pd.read_csv(out / "restricted-response-list.csv")
    assert len(due) == sum(found["restricted"]["due"].values()) > 0
    secret: set[str] = set()
    for name in restricted[:5]:
        table = pd.read_csv(out / name, dtype=str)
        assert set(table["marking"]) <= {"OFFICIAL-SENSITIVE"}
        secret |= {each for column in ("subject", "premises") if column in table for each in table[column]}
    assert all(len(each) == 32 for each in secret)
    assert "OFFICIAL-SENSITIVE" in (out / "restricted-response-list.html").read_text(encoding="utf-8")
    public = [path for path in out.iterdir() if not path.name.startswith("restricted-")]
    for name, held in [(path.name, path.read_bytes()) for path in public] + [("", json.dumps(found).encode())]:
        assert not any(each.encode() in held for each in secret), name


def test_the_lists_hold_pseudonyms_and_no_identifier_of_the_force(
    of_the_town: tuple[dict[str, Any], Path], town_files: TownFiles
) -> None:
    _, out = of_the_town
    given = pd.read_csv(town_files.crimes, dtype=str)
    names = set(given["victim"].dropna()) | set(given["premises"].dropna())
    for path in out.glob("restricted-*"):
        text = path.read_text(encoding="utf-8")
        assert not any(f"{name}" in text for name in names), path.name


def test_zeros_come_from_the_population(of_the_town: tuple[dict[str, Any], Path]) -> None:
    found, _ = of_the_town
    people = row(found["kinds"]["victim"])
    assert people["table"]["0"] + people["victims"] == people["targets"]
    areas = found["kinds"]["victim"]["areas"]
    every = [each for each in areas if each["offence"] == "All crime types"]
    assert sum(each["targets"] for each in every) == people["targets"]
    assert row(found["kinds"]["place"])["table"]["0"] is None


def test_the_page_can_be_read_and_escapes_what_it_is_given(of_the_town: tuple[dict[str, Any], Path]) -> None:
    _, out = of_the_town
    page = (out / "repeats.html").read_text(encoding="utf-8")
    assert "Doggerland &amp; &lt;Sons&gt;" in page
    assert "<Sons>" not in page
    assert 'id="places-times"' in page
    assert "data:image/svg+xml" in page
    assert "http://" not in page.replace("http://www.w3.org", "")


def test_a_second_run_into_the_same_folder_makes_the_same_bytes(
    of_the_town: tuple[dict[str, Any], Path], town_files: TownFiles
) -> None:
    _, out = of_the_town
    first = {path.name: path.read_bytes() for path in out.iterdir()}
    run_repeats(asked(town_files, out.parent))
    assert {path.name: path.read_bytes() for path in out.iterdir()} == first


def test_a_listed_neighbour_is_told_and_text_is_no_formula(beatplan: Beatplan, tmp_path: Path) -> None:
    given = events(
        tmp_path, "=1+1,=cmd Burglary,2023-05-01,425000,564000,P1,", "C2,Burglary,2023-05-02,425000,564000,P2,"
    )
    listed = tmp_path / "premises.csv"
    listed.write_text("place_id,x,y\nP1,425000,564000\nP2,425000,564000\nP3,425030,564000\nP4,425500,564000\n")
    told(
        beatplan, tmp_path, "--events", given, *COLUMNS, "--place", "place", "--premises", listed, "--out",
        tmp_path / "out",
    )  # fmt: skip
    near = pd.read_csv(tmp_path / "out" / "restricted-neighbours.csv")
    assert sorted(near["ring_m"]) == [25, 25, 50]  # P1 and P2 of each other, P3 of both; P4 is too far
    assert set(near["expires"].str[:10]) <= {"2023-06-12", "2023-06-13", "2023-06-14"}
    text = (tmp_path / "out" / "repeats.csv").read_text(encoding="utf-8")
    assert ",'=cmd Burglary," in text
    assert row(figures(tmp_path)["kinds"]["place"])["table"]["0"] == 2


def test_a_forces_own_response_takes_the_place_of_those_built_in(beatplan: Beatplan, tmp_path: Path) -> None:
    profile = tmp_path / "force.toml"
    profile.write_text(
        """[repeats]
marking = "OFFICIAL-SENSITIVE: VICTIMS"
[[repeats.responses]]
name = "cycle theft"
offences = ["bicycle"]
bronze = {within_hours = 1, actions = ["send a stamp"]}
silver = {within_hours = 1, actions = ["send a stamp"]}
gold = {within_hours = 1, actions = ["send a stamp"]}
""",
        encoding="utf-8",
    )
    given = events(tmp_path, "1,Bicycle theft,2023-05-01,425000,564000,P1,", "2,Burglary,2023-05-02,425000,564000,P2,")
    told(
        beatplan, tmp_path, "--events", given, *COLUMNS, "--place", "place", "--force", profile, "--out", tmp_path / "o"
    )
    due = pd.read_csv(tmp_path / "o" / "restricted-response-list.csv")
    assert due[["marking", "response", "actions"]].to_numpy().tolist() == [
        ["OFFICIAL-SENSITIVE: VICTIMS", "cycle theft", "send a stamp"]
    ]


def test_an_extract_with_addresses_and_some_uprns_is_matched_with_flats_apart(
    beatplan: Beatplan, tmp_path: Path
) -> None:
    profile = tmp_path / "force.toml"
    profile.write_text(
        """[crimes.extract]
crime_id = "ref"
offence = "type"
occurred_from = "when"
place_id = "uprn"
location = "address"
x = "x"
y = "y"
""",
        encoding="utf-8",
    )
    extract = tmp_path / "crimes.csv"
    extract.write_text(
        "ref,type,when,uprn,address,x,y\n"
        'C1,Burglary,01/05/2023,100012345678,"Flat 2, 14 High St",425000,564000\n'
        'C2,Burglary,09/05/2023,,"FLAT 2, 14 HIGH STREET",425000,564000\n'
        'C3,Burglary,10/05/2023,,"Flat 3, 14 High St",425000,564000\n'
        'C4,Burglary,11/05/2023,,"Flat 3, 14 Hihg St",425000,564000\n'
        'C5,Burglary,12/05/2023,,"High Street",425000,564000\n',
        encoding="utf-8",
    )
    out = tmp_path / "out"
    found = told(beatplan, tmp_path, "--crimes", extract, "--force", profile, "--out", out)
    each = row(found["kinds"]["place"], "Burglary")
    assert (each["crimes"], each["victims"], each["repeats"], each["unknown"]) == (4, 3, 1, 1)
    due = pd.read_csv(out / "restricted-response-list.csv").set_index("crime_id")
    assert due["tier"].to_dict() == {"C2": "silver", "C3": "bronze", "C4": "bronze"}
    review = pd.read_csv(out / "restricted-premises-review.csv")
    assert set(review["why"]) == {"nearly the same words"}


@pytest.mark.parametrize(
    "rows",
    [
        ["1,Burglary,2023-05-01,425000,564000,P1,V1"],
        ["1,Burglary,2023-05-01,425000,564000,P1,V1"] * 3,
        [f"{n},Burglary,2023-05-01,425000,564000,P1,V1" for n in range(40)],
        ["1,Burglary,2023-05-01,425000,564000,,", "2,Robbery,2023-05-01,425000,564000,P1,"],
    ],
    ids=["one", "the same row three times", "all of one day on one point", "hardly any premises"],
)
def test_few_or_equal_crimes_are_a_result(beatplan: Beatplan, tmp_path: Path, rows: list[str]) -> None:
    found = told(
        beatplan, tmp_path, "--events", events(tmp_path, *rows), *COLUMNS, "--place", "place", "--victim", "person",
        "--out", tmp_path / "out",
    )  # fmt: skip
    assert row(found["kinds"]["place"])["crimes"] <= len(rows)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "Exactly one of `--events`, `--crimes`"),
        (("--crimes", "x", "--events", "y"), "Exactly one of"),
        (("--events", "EVENTS", *COLUMNS, "--place", "nowhere"), "lacks nowhere"),
        (("--events", "EVENTS", *COLUMNS, "--population", "EVENTS"), "`--areas` is not given"),
        (("--events", "EVENTS", *COLUMNS, "--premises", "OTHER"), "such as uprn or address"),
        (("--events", "EVENTS", *COLUMNS, "--as-of", "2020-01-01"), "Some crime must be left"),
        (("--events", "EVENTS", *COLUMNS, "--place", "place", "--places", "-5"), "`--places` must be above 0"),
    ],
)
def test_what_cannot_be_done_is_refused_in_a_sentence(
    beatplan: Beatplan, tmp_path: Path, words: tuple[str, ...], said: str
) -> None:
    given = events(tmp_path, "1,Burglary,2023-05-01,425000,564000,P1,V1")
    other = tmp_path / "other.csv"
    other.write_text("name,x,y\nA,1,2\n", encoding="utf-8")
    files = {"EVENTS": given, "OTHER": other}
    ran = beatplan("repeats", *(files.get(word, word) for word in words))
    assert ran.code == 2
    assert said in ran.err
    assert ran.err.count("beatplan: ") == 1


def test_victims_are_read_only_under_a_key(beatplan: Beatplan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(KEY_VARIABLE)
    ran = beatplan("repeats", "--events", home_office(tmp_path), *COLUMNS, "--victim", "person")
    assert ran.code == 2
    assert "only under a key" in ran.err


@pytest.mark.shared
def test_vancouvers_blocks_and_chicagos_positions_are_answered_as_such(
    beatplan: Beatplan, shared: Path, tmp_path: Path
) -> None:
    vancouver = told(
        beatplan, tmp_path, "--events", shared / "data/incidents/vancouver_thefts_2020.csv.gz", "--x", "X", "--y", "Y",
        "--date", "YEAR,MONTH,DAY", "--crs", "EPSG:26910", "--place", "HUNDRED_BLOCK",
    )  # fmt: skip
    held = vancouver["kinds"]["place"]
    assert (held["level"], held["claimed"]) == ("street block", False)
    assert row(held)["repeats"] == row(held)["crimes"] - row(held)["victims"] > 10_000
    chicago = told(
        beatplan, tmp_path, "--events", shared / "data/incidents/chicago_burglary_2016-01.csv", "--x", "0", "--y", "1",
        "--date", "2", "--crs", "EPSG:26971",
    )  # fmt: skip
    assert chicago["kinds"]["place"]["level"] == "recorded position"
    assert row(chicago["kinds"]["place"])["crimes"] == 970
