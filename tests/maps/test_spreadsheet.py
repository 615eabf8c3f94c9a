"""The tables as files: numbers stay numbers, text stays text, and no cell runs."""

import csv
import zipfile
from dataclasses import replace

import openpyxl
import pandas as pd
import pytest

from maps.tables.spreadsheet import guarded, write_plan, write_rejects, write_tables
from tests.maps.bare import bare_pack
from tests.maps.sample import sample_pack

SHEETS = {
    "Summary", "Data fitness", "Hot spots", "Back-test", "Wards", "Teams", "Patrols", "Alternatives", "Parameters",
    "Assumptions", "Rejects summary",
}  # fmt: skip
FORMULAS = ("=1+1", "@SUM(1)", "+1", "-1", "\t=1", "\r=1", "\n=1", "＝1+1")


def _running(text):
    """Return the sample in which every name begins like a formula."""
    pack = sample_pack()
    name = pack.hotspots["name"].map(lambda held: text + held).astype("string")
    plan = pack.schedule.plan.assign(unit=(text + pack.schedule.plan["unit"]).astype("string"))
    rejects = pack.rejects.assign(reason=(text + pack.rejects["reason"]).astype("string"))
    schedule = replace(pack.schedule, plan=plan)
    return replace(
        pack, force=text + pack.force, hotspots=pack.hotspots.assign(name=name), schedule=schedule, rejects=rejects
    )


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    return openpyxl.load_workbook(write_tables(sample_pack(), tmp_path_factory.mktemp("xlsx") / "tables.xlsx"))


def _column(sheet, heading):
    headings = [cell.value for cell in sheet[1]]
    return [row[headings.index(heading)].value for row in sheet.iter_rows(min_row=2)]


def test_every_sheet_is_there_with_its_heading_frozen(book):
    assert set(book.sheetnames) >= SHEETS
    assert {sheet.freeze_panes for sheet in book} == {"B2"}


def test_numbers_are_numbers_and_equal_the_findings(book):
    pack = sample_pack()
    assert _column(book["Hot spots"], "Harm expected a week") == pack.hotspots["expected_harm"].tolist()
    assert _column(book["Hot spots"], "Harm expected a week, high") == pack.hotspots["expected_harm_high"].tolist()
    assert _column(book["Teams"], "Constables") == pack.staffing.table["constables"].tolist()
    assert _column(book["Patrols"], "Metres walked to it") == pack.schedule.plan["metres"].tolist()
    assert _column(book["Alternatives"], "Share of the best here")[:2] == [1, 0.94]
    assert sum(_column(book["Rejects summary"], "Rows refused")) == len(pack.rejects)


def test_numbers_have_formats(book):
    assert book["Hot spots"]["F2"].number_format == "#,##0"
    assert book["Back-test"]["B2"].number_format == "0.0%"


@pytest.mark.parametrize("text", FORMULAS)
def test_text_like_a_formula_stays_text_in_the_workbook(text, tmp_path):
    path = write_tables(_running(text), tmp_path / "tables.xlsx")
    cells = [cell for sheet in openpyxl.load_workbook(path) for row in sheet.iter_rows() for cell in row]
    assert not [cell for cell in cells if cell.data_type == "f"]
    with zipfile.ZipFile(path) as parts:
        assert not any(b"<f>" in parts.read(name) for name in parts.namelist())


@pytest.mark.parametrize("text", FORMULAS)
def test_text_like_a_formula_gets_an_apostrophe_in_csv(text, tmp_path):
    pack = _running(text)
    for path, column in (
        (write_plan(pack, tmp_path / "plan.csv"), "unit"),
        (write_rejects(pack, tmp_path / "rejects.csv"), "reason"),
    ):
        with path.open(encoding="utf-8", newline="") as file:
            values = [row[column] for row in csv.DictReader(file)]
        assert values
        line = text.replace("\t", " ").replace("\r", " ").replace("\n", " ")
        assert all(value.startswith("'" + line) for value in values)


def test_plain_text_and_numbers_are_left_alone(tmp_path):
    assert guarded("CSO 1") == "CSO 1"
    plan = pd.read_csv(write_plan(sample_pack(), tmp_path / "plan.csv"))
    expected = sample_pack().schedule.plan
    assert plan["metres"].tolist() == expected["metres"].tolist()
    assert plan["unit"].tolist() == expected["unit"].tolist()
    assert list(plan.columns) == list(expected.columns)


def test_rejects_name_file_line_and_reason_and_nothing_else(tmp_path):
    text = write_rejects(sample_pack(), tmp_path / "rejects.csv").read_text(encoding="utf-8")
    assert text.splitlines()[:2] == ["file,line,reason", "2024-06-sample-street.csv,7,no coordinates"]
    assert len(text.splitlines()) == 7


def test_nothing_refused_and_no_patrol_are_files_with_a_heading(tmp_path):
    assert write_rejects(bare_pack(), tmp_path / "rejects.csv").read_text(encoding="utf-8") == "file,line,reason\n"
    assert (
        write_plan(bare_pack(), tmp_path / "plan.csv").read_text(encoding="utf-8").startswith("unit,role,base,shift,")
    )


def test_an_empty_pack_still_makes_every_sheet(tmp_path):
    assert set(openpyxl.load_workbook(write_tables(bare_pack(), tmp_path / "tables.xlsx")).sheetnames) >= SHEETS


def test_the_same_findings_give_the_same_bytes(tmp_path):
    one, two = (write_tables(sample_pack(), tmp_path / name).read_bytes() for name in ("one.xlsx", "two.xlsx"))
    assert one == two


def test_the_workbook_is_dated_by_its_findings(book):
    assert str(book.properties.created) == "2024-06-01 00:00:00"
    assert book.properties.subject == "OFFICIAL"
    assert book["Summary"].oddHeader.center.text == "OFFICIAL"


def test_hostile_and_endless_text_fits_a_cell(tmp_path):
    pack = sample_pack(hostile="\x00\x0b<&>" + "x" * 40_000)
    book = openpyxl.load_workbook(write_tables(pack, tmp_path / "tables.xlsx"))
    assert max(len(cell.value or "") for cell in book["Hot spots"]["C"]) <= 32_767
