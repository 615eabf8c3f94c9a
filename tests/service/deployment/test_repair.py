"""What was delivered of the last tasking, in the next plan: minutes owed, and the rate to plan with."""

import json
from pathlib import Path
from types import SimpleNamespace

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from allocation.problem import Posts
from allocation.rules import Rules
from allocation.team_problem import TeamProblem
from geodata.errors import InputError
from service.deployment.allocate import AllocateRequest, allocate
from service.deployment.repair import after_delivery, moved_doses, repaired_teams
from service.manifest import sha256_of
from service.profile.force import Profile
from service.profile.patrols import Delivery
from service.reading.last_run import read_last_run
from tests.allocation import small

PLAN = pd.DataFrame(
    {
        "unit": ["U1", "U1"], "role": ["CSO"] * 2, "base": ["Central"] * 2, "shift": ["day"] * 2, "stop": [1, 2],
        "hotspot_id": ["H1", "H2"], "arrive": ["10:00", "11:00"], "leave": ["10:15", "11:15"], "minutes": [15, 15],
        "metres": [1.0, 1.0], "value": [1.0, 1.0],
    }
).astype(dict.fromkeys(("unit", "role", "base", "shift", "hotspot_id", "arrive", "leave"), "string"))  # fmt: skip


def debriefs(*rows: tuple[str, str, str, float]) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=["unit", "shift", "hotspot_id", "minutes"])
    text = dict.fromkeys(("unit", "shift", "hotspot_id"), "string")
    blank = pd.array([pd.NA] * len(rows), dtype="string")
    return table.astype(text | {"minutes": "float64"}).assign(outcome=blank, note=blank)


def spots(*edges: float) -> gpd.GeoDataFrame:
    """H1, H2, ... of 100 metres by 100, each beginning at its edge."""
    ids = pd.Series([f"H{number}" for number in range(1, len(edges) + 1)], dtype="string")
    wards = pd.Series([f"W{number:02d}" for number in range(len(edges))], dtype="string")
    boxes = [shapely.box(edge, 0, edge + 100, 100) for edge in edges]
    return gpd.GeoDataFrame({"hotspot_id": ids, "ward": wards}, geometry=boxes, crs="EPSG:27700")


def last(*rows: tuple[str, str, str, float], debt: dict[str, float] | None = None):
    record = SimpleNamespace(table=debriefs(*rows))
    until = pd.Timestamp("2024-12-01")
    return SimpleNamespace(plan=PLAN, hotspots=spots(0, 1000), until=until, delivered=record, debt=debt or {})


def after(told, new: gpd.GeoDataFrame, **settings: object):
    given = SimpleNamespace(last=told, profile=SimpleNamespace(delivery=Delivery(**settings)))
    scene = SimpleNamespace(periods=SimpleNamespace(end=pd.Timestamp("2024-12-11", tz="Europe/London")))
    wanted = small.visits([(0, 0, 8.0), (1000, 0, 8.0)], shifts=["day"]).replace({"H00": "H1", "H01": "H2"})
    return after_delivery(given, scene, new, wanted, Rules())


def test_minutes_follow_the_ground_to_the_new_hot_spots() -> None:
    doses = pd.DataFrame(
        {"hotspot_id": ["H1", "H2"], "planned_minutes": [100.0, 60.0], "delivered_minutes": [50.0, 0.0]}
    )
    moved = moved_doses(doses, last(), spots(950, 75)).set_index("hotspot_id")
    assert moved["planned_minutes"].tolist() == pytest.approx([30.0, 25.0])
    assert moved["delivered_minutes"].tolist() == pytest.approx([0.0, 12.5])


def test_who_is_owed_counts_more_and_all_at_the_rate_delivered() -> None:
    found = after(last(("U1", "day", "H1", 150.0)), spots(0, 1000))  # 10 days: all of H1's, nothing of H2's
    values = found.visits.set_index("hotspot_id")["value"]
    assert found.delivery.rate == 0.5
    assert values.tolist() == pytest.approx([8 * 0.5, 8 * 1.5 * 0.5])
    assert found.rules.decay == pytest.approx((1.0, 0.775, 0.6))
    assert "Of 300 minutes planned since the last tasking 150 were delivered (50%)" in found.notes[0]


def test_settings_switch_both_off_and_strangers_are_counted_out() -> None:
    found = after(last(("U9", "day", "H1", 9.0)), spots(0, 1000), repair=0.0, at_rate=False)
    assert found.visits["value"].tolist() == [8.0, 8.0]
    assert found.rules == Rules()
    assert "1 debriefs are of units or shifts that the last plan did not send" in " ".join(found.notes)
    nothing = after(None, spots(0, 1000))
    assert (nothing.delivery, nothing.notes) == (None, ())


def test_teams_repair_their_wards_and_count_csos_at_the_rate() -> None:
    problem = TeamProblem.of(small.wards([10.0, 10.0, 10.0]), Posts(3, 3))
    found, notes = repaired_teams(problem, last(("U1", "day", "H1", 150.0)), 10, Delivery())
    assert found.demand["harm"].tolist() == pytest.approx([10.0, 15.0, 10.0])
    assert found.rules.cso_hours == pytest.approx(problem.rules.cso_hours / 2)
    assert "50%" in notes[0]
    assert np.isfinite(found.demand["harm"]).all()


def test_half_of_what_says_the_delivery_is_refused(tmp_path: Path) -> None:
    (tmp_path / "wards.csv").write_text("code\nA1\n", encoding="utf-8")
    (tmp_path / "demand.csv").write_text("code,harm\nA1,3\n", encoding="utf-8")
    request = AllocateRequest(tmp_path / "wards.csv", tmp_path / "demand.csv", tmp_path / "out", days=28)
    with pytest.raises(InputError, match="go together, and some are not given"):
        allocate(request)


def test_debt_of_earlier_plans_is_carried_faded_and_told(tmp_path: Path) -> None:
    full = (("U1", "day", "H1", 150.0), ("U1", "day", "H2", 150.0))
    found = after(last(*full, debt={"H1": 80.0}), spots(0, 1050))  # all delivered; 80 minutes older, half of them count
    assert found.delivery.debt == {"H1": pytest.approx(40.0)}
    assert found.visits["value"].tolist() == pytest.approx([8 * (1 + 0.5 * 40 / 150), 8.0])
    assert "80 minutes were owed before the last tasking; 50% of them count." in found.notes
    forgiven = after(last(*full, debt={"H1": 80.0}), spots(0, 1050), keep=0.0)
    assert forgiven.delivery.debt == {}
    missed = after(last(("U1", "day", "H2", 150.0), debt={"H1": 900.0}), spots(0, 1050), keep=1.0)
    assert missed.delivery.debt == {"H1": pytest.approx(300.0)}  # twice the 150 minutes planned, and no more


def test_teams_carry_older_debt_of_their_wards() -> None:
    problem = TeamProblem.of(small.wards([10.0, 10.0, 10.0]), Posts(3, 3))
    full = (("U1", "day", "H1", 150.0), ("U1", "day", "H2", 150.0))
    found, notes = repaired_teams(problem, last(*full, debt={"H2": 150.0}), 10, Delivery())
    assert found.demand["harm"].tolist() == pytest.approx([10.0, 12.5, 10.0])
    assert "150 minutes were owed before" in " ".join(notes)


@pytest.mark.parametrize(
    ("debt", "read"), [({"H1": 30.0, "H2": 0.0}, {"H1": 30.0}), ({"H9": 1.0}, None), ({"H1": "x"}, None), ([], None)]
)
def test_the_debt_that_a_report_wrote_is_read_by_the_next_or_refused(
    tmp_path: Path, debt: object, read: object
) -> None:
    spots(0, 1000).assign(rank=[1, 2], name=["a", "b"]).to_file(tmp_path / "hotspots.gpkg", layer="hot_spots")
    PLAN.to_csv(tmp_path / "plan.csv", index=False)
    products = {name: sha256_of(tmp_path / name) for name in ("hotspots.gpkg", "plan.csv")}
    profile = Profile()
    told = {"run": "a", "products": products, "figures": {"until": "2025-01-01", "debt": debt}}
    told["settings"] = {"profile": profile.model_dump(mode="json")}
    (tmp_path / "manifest.json").write_text(json.dumps(told), encoding="utf-8")
    if read is None:
        with pytest.raises(InputError, match="The debt of the last tasking must be minutes by hot spot"):
            read_last_run(tmp_path, profile, None, None)
    else:
        assert read_last_run(tmp_path, profile, None, None).debt == read
