from dataclasses import replace

import pandas as pd
import pytest

from allocation.problem import Shift
from allocation.tours import plan_week
from allocation.week import TourBase, TourRules, Week
from maps.report import hours
from maps.report.page import render
from maps.tables.sheets import sheets
from tests.maps.sample import sample_pack


@pytest.fixture(scope="module")
def pack():
    shifts = (Shift("day", 480, 960), Shift("late", 840, 1320))
    windows = [
        (f"H{spot}", base, f"W{spot}", day, shift.name, 1.0 + spot + day, spot == 0, 0.5)
        for base, spots in (("North", range(2)), ("South", range(2, 5)))
        for spot in spots
        for day in range(7)
        for shift in shifts
    ]
    columns = ["hotspot_id", "base", "ward", "day", "shift", "value", "first_tier", "antisocial"]
    text = dict.fromkeys(("hotspot_id", "base", "ward", "shift"), "string")
    visits = pd.DataFrame(windows, columns=columns).astype(text)
    week = Week((TourBase("North", 1, 60), TourBase("South", 2, 40)), shifts, visits, TourRules(pairs=("late",)))
    return replace(sample_pack(), week=plan_week(week, beside=1))


def test_every_base_stands_with_what_one_cso_fewer_and_more_would_change(pack) -> None:
    table = hours.bases(pack)
    held = {column.heading: list(column.values) for column in table.columns}
    assert held["Base"] == ["North", "South"]
    beside = pack.week.beside.set_index(["base", "csos"])["value"]
    own = pack.week.bases.set_index("base")["value"]
    assert held["One CSO more adds"] == pytest.approx(
        [beside["North", 2] - own["North"], beside["South", 3] - own["South"]]
    )
    assert held["One CSO fewer loses"] == pytest.approx(
        [own["North"] - beside["North", 0], own["South"] - beside["South", 1]]
    )


def test_the_duty_table_adds_up_to_five_days_a_cso(pack) -> None:
    table = hours.duty(pack)
    assert sum(sum(column.values) for column in table.columns[2:]) == 5 * 3


def test_the_page_and_the_workbook_tell_the_hours(pack) -> None:
    page = render(pack, "<!DOCTYPE html><html></html>")
    assert "CSO hours of each base in a week" in page
    assert "CSOs on duty by day and shift" in page
    assert len(sheets(pack)["CSO tours"].columns[0].values) == 3


def test_no_csos_are_said_to_be_none() -> None:
    page = render(replace(sample_pack(), week=None), "<!DOCTYPE html><html></html>")
    assert "There are no CSOs to plan hours for, or no hot spots." in page
