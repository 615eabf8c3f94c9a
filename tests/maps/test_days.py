from dataclasses import replace

import pandas as pd
import pytest

from allocation.delivery import dose_received
from allocation.loop import Loop
from allocation.variants import Variants, visit_entropy
from maps.report import days
from maps.report.page import render
from maps.tables.sheets import sheets
from tests.maps.sample import sample_pack


def delivered(plan: pd.DataFrame, share: float) -> pd.DataFrame:
    done = plan[["unit", "shift", "hotspot_id"]].assign(minutes=plan["minutes"] * share, outcome=pd.NA, note=pd.NA)
    return done.astype({"outcome": "string", "note": "string", "minutes": "float64"})


@pytest.fixture(scope="module")
def pack():
    bare = sample_pack(hostile="<blink>")
    plan, spots = bare.schedule.plan, bare.hotspots["hotspot_id"]
    unit = str(plan["unit"].iloc[0])
    rests = pd.DataFrame(
        {"unit": [unit, unit], "shift": ["late"] * 2, "start": ["17:00"] * 2, "end": ["17:30"] * 2,
         "hotspot_id": [spots.iloc[0], None]}, dtype="string",
    )  # fmt: skip
    rounds = pd.DataFrame(
        [(1, 100.0, 90.0, 0.1, float("nan")), (2, 95.0, 93.1, 0.02, 0.05)],
        columns=["round", "promised", "walked", "loss", "change"],
    )
    return replace(
        bare,
        schedule=replace(bare.schedule, breaks=rests, without_breaks=bare.schedule.objective / 0.95),
        variants=Variants((plan, plan), (9.9, 10.0), 10.0, {"late": 2}, visit_entropy(plan, (plan, plan))),
        delivery=dose_received(plan, delivered(plan, 0.5)),
        loop=Loop(None, None, rounds, pd.DataFrame(), settled=False, further=0.0),
    )


def column(table, heading: str) -> list[object]:
    return next(list(each.values) for each in table.columns if each.heading == heading)


def test_breaks_say_where_and_what_they_cost(pack) -> None:
    table = days.breaks(pack)
    assert column(table, "Where")[1] == "at the base"
    assert column(table, "Break") == ["17:00 to 17:30"] * 2
    assert "cost 5.0\N{NO-BREAK SPACE}%" in table.note


def test_each_day_stands_beside_the_best(pack) -> None:
    table = days.daily(pack)
    assert column(table, "Share of the best plan") == pytest.approx([0.99, 1.0])
    assert "bits, against" in table.note
    assert set(column(days.daily_stops(pack), "Day")) == {1, 2}


def test_delivery_is_a_share_with_its_interval(pack) -> None:
    assert column(days.delivery(pack), "Delivered") == pytest.approx([0.5] * len(days.delivery(pack).rows))


def test_rounds_are_told_until_hours_and_walks_agree(pack) -> None:
    assert column(days.agreement(pack), "Lost from end to end") == [0.1, 0.02]


def test_the_page_and_the_workbook_hold_them_all_and_escape_them(pack) -> None:
    page = render(pack, "<!DOCTYPE html><html></html>")
    for caption in ("Meal breaks", "A plan for each day", "Delivered of what was planned"):
        assert caption in page
    assert "<blink>" not in page
    assert {"Meal breaks", "Days", "Delivery"} <= set(sheets(pack))


def test_what_was_not_asked_for_is_said_to_be_missing() -> None:
    page = render(sample_pack(), "<!DOCTYPE html><html></html>")
    for sentence in ("No meal breaks are planned", "No plans by day were asked for", "No debriefs of a last tasking"):
        assert sentence in page
