"""Products of repeat victimisation: text is text, restricted lists stay apart, and pages are read by all."""

import ast
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from maps.repeats.files import write_study
from maps.repeats.response_list import PREFIX, write_lists
from maps.report.repeats_page import render, render_lists
from tests.barriers import barriers

from .repeats_sample import sample_lists, sample_study

ROOT = Path(__file__).resolve().parents[2]
HOSTILE = "</script><script>window.hacked=1</script>\"'><img src=x onerror=window.hacked=2>${window.hacked=3}{{7*7}}"


def test_every_restricted_file_is_named_and_marked_as_such(tmp_path: Path) -> None:
    made = write_lists(sample_lists(), tmp_path)
    assert all(name.startswith(PREFIX) for name in made)
    for name, path in made.items():
        if name.endswith(".csv"):
            assert set(pd.read_csv(path)["marking"]) == {"OFFICIAL-SENSITIVE"}
    due = pd.read_csv(made[f"{PREFIX}response-list.csv"])
    assert due["due"].str.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d").all()


def test_only_what_writes_them_knows_the_restricted_lists() -> None:
    # a public product is made by other modules: none of them can even name the lists
    knows = {
        "maps/repeats/study.py", "maps/repeats/files.py", "maps/repeats/response_list.py",
        "maps/report/repeats_page.py", "service/repeats/lists.py", "service/repeats/figures.py",
        "service/repeats/run.py",
    }  # fmt: skip
    lists = {"RestrictedLists", "restricted_lists", "write_lists", "render_lists"}
    found = set()
    for package in ("maps", "service", "allocation", "hotspots", "geodata"):
        for path in (ROOT / package).rglob("*.py"):
            text = path.read_text(encoding="utf-8")
            if not any(name in text for name in lists):
                continue
            if lists & {node.id for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Name)}:
                found.add(path.relative_to(ROOT).as_posix())
    assert found <= knows


def test_what_a_meeting_sees_names_no_victim_and_no_place(tmp_path: Path) -> None:
    made = write_study(sample_study(), tmp_path)
    for path in made.values():
        held = path.read_bytes()
        assert b"V001" not in held
        assert b"P001" not in held


def test_the_workbook_and_the_tables_hold_text_as_text(tmp_path: Path) -> None:
    made = write_study(sample_study("=1+1"), tmp_path)
    book = openpyxl.load_workbook(made["repeats.xlsx"])
    assert "Places, 0 1 2 3+" in book.sheetnames
    assert all(cell.data_type != "f" for sheet in book for row in sheet.iter_rows() for cell in row)
    counts = pd.read_csv(made["repeats.csv"])
    assert counts.loc[0, ["kind", "offence", "crimes"]].tolist() == ["place", "All crime types", 400]
    periods = pd.read_csv(made["high-risk.csv"])
    assert periods.loc[0, "days_low"] <= periods.loc[0, "days"] <= periods.loc[0, "days_high"]
    curve = pd.read_csv(made["time-course.csv"])
    assert {"share", "chance_low", "at_risk"} <= set(curve.columns)


def test_nothing_on_a_page_is_run(tmp_path: Path) -> None:
    for page in (render(sample_study(HOSTILE)), render_lists(sample_lists(HOSTILE))):
        assert "<script>window" not in page
        assert "<img src=x" not in page
        assert "49" not in page.split("A note")[1][:200]


@pytest.mark.browser
@pytest.mark.parametrize("text", ["", HOSTILE], ids=["plain", "hostile"])
@pytest.mark.parametrize("restricted", [False, True], ids=["page", "restricted page"])
def test_pages_ask_nobody_run_nothing_and_are_read_by_all(visit, text: str, restricted: bool) -> None:
    seen = visit(render_lists(sample_lists(text)) if restricted else render(sample_study(text)))
    assert seen.is_quiet(), (seen.asked, seen.complaints)
    assert seen.page.evaluate("window.hacked ?? null") is None
    assert barriers(seen.page) == []
    inside, outside = seen.page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
    assert inside <= outside
