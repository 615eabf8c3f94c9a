"""`beatplan scenario` down to patrols: on the hot spots of a finished run, or on ground that is given."""

import json
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from geodata.errors import InputError, NotFoundError
from geodata.tables import HOTSPOTS, PLAN, empty
from service.deployment.scenario_ground import Ground, Times
from service.deployment.scenario_teams import strategy_factors
from service.deployment.scenarios import Compared, ScenarioRequest, compare
from service.manifest import sha256_of
from tests.allocation import small

WEST, SOUTH = 430_000, 560_000
PROFILE = {
    "posts": {"constables": 4, "csos": 6},
    "bases": [
        {"name": "West", "easting": WEST + 500, "northing": SOUTH + 500},
        {"name": "East", "easting": WEST + 3500, "northing": SOUTH + 500},
    ],
    "shifts": [{"name": "day", "start": "10:00", "end": "14:00"}],
    "units": [{"base": "West", "shift": "day"}, {"base": "East", "shift": "day"}],
    "patrol": {"meal_minutes": 0, "driving_kmh": 0, "most_visits": 1},
}


def areas() -> gpd.GeoDataFrame:
    table = small.squares(4)
    return table.set_geometry(table.geometry.translate(WEST, SOUTH))


def hotspots() -> gpd.GeoDataFrame:
    """Three in each of the first and the last ward, the last ones worth less, and one between that nobody walks to."""
    at = [(200, 500), (500, 900), (900, 500), (3200, 500), (3500, 900), (3900, 500), (2000, 2400)]
    worth = [9.0, 8.0, 7.0, 6.0, 5.0, 4.0, 1.0]
    count = len(at)
    table = empty(HOTSPOTS).reindex(range(count))
    ids, wards = [f"H{n:02d}" for n in range(1, count + 1)], [f"W{x // 1000:02d}" for x, _ in at]
    text = dict.fromkeys(("name", "offence_mix", "trend", "history", "reason"), "said")
    figures = {name: worth for name in table if name.startswith("expected")}
    table = table.assign(
        hotspot_id=ids, ward=wards, rank=range(1, count + 1), crimes=1, area_m2=1e4, rank_low=np.nan, rank_high=np.nan,
        stability=np.nan, **text, **figures,
    )  # fmt: skip
    kinds = {name: str(column.dtype) for name, column in HOTSPOTS.columns.items() if column.dtype is not None}
    shapes = [shapely.box(WEST + x - 50, SOUTH + y - 50, WEST + x + 50, SOUTH + y + 50) for x, y in at]
    return gpd.GeoDataFrame(table.drop(columns="geometry").astype(kinds), geometry=shapes, crs="EPSG:27700")


def ground() -> Ground:
    expected = pd.DataFrame({"expected_crimes": [9.0, 1.0, 1.0, 6.0], "expected_harm": [90.0, 5.0, 5.0, 60.0]})
    return Ground(areas(), expected.set_index(areas()["code"]), hotspots())


def beside(*scenarios: dict[str, object], out: Path | None = None, base: object = None, **more: object) -> Compared:
    lines = PROFILE if base is None and "run" not in more else base
    request = ScenarioRequest(lines, scenarios, out=out, **({"ground": ground()} | more))
    return compare(request, stage=lambda _name: nullcontext())


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """The folder of a finished run, as far as scenarios read it."""
    folder = tmp_path / "run"
    folder.mkdir()
    found = ground()
    wards = found.areas.assign(**{name: found.expected[name].to_numpy() for name in found.expected})
    wards.to_file(folder / "hotspots.gpkg", layer="wards")
    found.hotspots.assign(ward_name="said").to_file(folder / "hotspots.gpkg", layer="hot_spots")
    empty(PLAN).to_csv(folder / "plan.csv", index=False)
    products = {name: sha256_of(folder / name) for name in ("hotspots.gpkg", "plan.csv")}
    figures = {"until": "2025-01-01"}
    settings = {"profile": {"force": {"name": "the force"}, "analysis": {"crs": "EPSG:27700"}} | PROFILE}
    manifest = {"run": "a" * 64, "products": products, "figures": figures, "settings": settings}
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    return folder


def test_bases_dwell_speed_shifts_units_and_events_act_on_patrols() -> None:
    found = beside(
        {"scenario": {"name": "East closed", "close_bases": ["East"]}},
        {"scenario": {"name": "long visits"}, "patrol": {"visit_minutes": 60}},
        {"scenario": {"name": "slow"}, "patrol": {"walking_kmh": 0.7}},
        {"scenario": {"name": "event"}, "staff": {"surge": {"W03": 3.0}}},
    )
    rows = found.comparison.summary.set_index("scenario").join(found.exposures.summary.set_index("scenario"))
    assert rows.loc["base", ["visits", "hotspots", "patrols"]].tolist() == [6, 6, 2]
    # a day of four hours is a sixth of the day's harm
    assert rows.loc["base", "exposed"] == pytest.approx(39 / 6)
    assert rows.loc["East closed", "exposed"] == pytest.approx(24 / 6)
    assert rows.loc["East closed", "patrols"] == 1
    assert rows.loc["long visits", "visits"] < 6
    assert rows.loc["slow", "exposed"] < rows.loc["base", "exposed"]
    assert rows.loc["event", "exposed"] == pytest.approx((24 + 3 * 15) / 6)
    assert rows.loc["base", "unmet_visits"] == 1
    changed = {
        row["hotspot_id"]: row["exposed_more"] for row in found.figures["hotspots"] if row["scenario"] == "East closed"
    }
    assert [round(6 * changed[f"H0{n}"]) for n in range(1, 8)] == [0, 0, 0, -6, -5, -4, 0]
    wards = {(row["scenario"], row["ward"]): row for row in found.figures["wards"]}
    assert wards["East closed", "W03"]["exposed_more"] == pytest.approx(-15 / 6)


def test_priorities_move_patrols_and_harm_is_told_without_them() -> None:
    few = PROFILE | {"units": [{"base": "West", "shift": "day"}], "patrol": PROFILE["patrol"] | {"longest_walk": 4000,
                     "share_on_patrol": 0.4}}  # fmt: skip
    found = beside({"community_priorities": {"W00": 0.25, "W03": 4.0}}, {"staff": {"abstraction": 0.5}}, base=few)
    base, other, called_away = found.exposures.summary["exposed"]
    assert 0 < other < base
    assert called_away < base


def test_more_csos_make_more_patrols_and_what_is_the_same_is_not_planned_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    from service.deployment import scenario_patrols

    counted = []
    plan = scenario_patrols.schedule_patrols
    monkeypatch.setattr(scenario_patrols, "schedule_patrols", lambda *a, **k: counted.append(1) or plan(*a, **k))
    free = {key: value for key, value in PROFILE.items() if key != "units"}
    free["patrol"] = PROFILE["patrol"] | {"visit_minutes": 60}
    found = beside({"posts": {"csos": "+12"}}, {"staff": {"costs": {"csos": 30000}}}, base=free)
    before, more, same = found.exposures.summary["patrols"]
    assert more > before
    assert same == before
    assert len(counted) == 2
    counted.clear()
    beside({"posts": {"constables": "+1"}})
    assert len(counted) == 1


def test_nobody_to_patrol_is_an_answer() -> None:
    free = {key: value for key, value in PROFILE.items() if key != "units"}
    found = beside({"posts": {"csos": 0}}, base=free)
    assert found.exposures.summary["exposed"].iloc[1] == 0.0
    assert "0 patrols" in found.summary
    assert "7 windows of a hot spot and a shift: Nobody patrols." in found.summary


def test_a_finished_run_is_ground_enough_and_has_its_own_profile(beatplan, run: Path, tmp_path: Path) -> None:
    (tmp_path / "closed.toml").write_text(
        '[scenario]\nclose_bases = ["East"]\n[harm]\ntable = "x.csv"\n', encoding="utf-8"
    )
    words = ["scenario", "--run", run, "--scenario", tmp_path / "closed.toml", "--out", tmp_path / "out"]
    said = beatplan(*words, "--json", tmp_path / "found.json")
    assert said.code == 0, said.err
    assert "harm exposed 6.5 a week" in said.out
    assert "closed: `harm` changes what is analysed" in said.out
    found = json.loads((tmp_path / "found.json").read_text(encoding="utf-8"))
    assert [row["patrols"] for row in found["summary"]] == [2, 1]
    assert sorted(each.name for each in (tmp_path / "out").iterdir()) == [
        "groups.csv", "hotspots.csv", "scenario.html", "summary.csv", "unmet.csv", "wards.csv",
    ]  # fmt: skip
    page = (tmp_path / "out" / "scenario.html").read_text(encoding="utf-8")
    assert "Patrols in figures" in page
    assert 'data-switch="routes"' in page
    same = beside({"scenario": {"name": "closed", "close_bases": ["East"]}}, base=None, run=run, ground=None)
    assert same.figures["summary"] == found["summary"]


def test_a_base_off_the_map_leaves_its_visits_unmet_and_says_why() -> None:
    away = [base | {"easting": 0, "northing": 0} for base in PROFILE["bases"]]
    found = beside({"scenario": {"name": "away"}, "bases": away})
    assert found.exposures.summary["exposed"].iloc[1] == 0.0
    assert (
        "It is beyond the longest walk from every base with a unit in this shift, and nobody drives." in found.summary
    )
    assert sum(row["scenario"] == "away" for row in found.figures["unmet"]) == 7


def test_ground_that_cannot_be_meant_is_refused(run: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"`--streets` are for patrols: give `--run` or `--crimes`"):
        beside(ground=None, streets=Path("streets.osm"))
    with pytest.raises(InputError, match=r"`--crimes` need `--wards`"):
        beside(ground=None, crimes=("crimes",))
    with pytest.raises(InputError, match="At least one base must stay open"):
        beside({"scenario": {"close_bases": ["West", "East"]}})
    with pytest.raises(InputError, match="stays open, and every one starts from those closed"):
        beside({"scenario": {"close_bases": ["East"]}}, base=PROFILE | {"units": [PROFILE["units"][1]]})
    with pytest.raises(NotFoundError, match=r"manifest\.json"):
        beside(base=None, run=tmp_path / "nothing", ground=None)
    (run / "plan.csv").write_text("changed\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"its plan\.csv is not the one it made"):
        beside(run=run, ground=None)
    with pytest.raises(InputError, match="A base must be given, or a run"):
        compare(ScenarioRequest(None, ()), stage=lambda _name: nullcontext())


def test_another_control_strategy_weighs_teams_and_patrols_anew_where_the_crimes_are_there() -> None:
    """Half of what happens in the first ward is robbery, and nothing elsewhere; a robbery shall count for three."""
    bare = ground()
    spots = bare.hotspots["hotspot_id"].tolist()
    offence = pd.Categorical(["Robbery", "Theft"] + ["Theft"] * len(spots))
    begin = (
        pd.Series(pd.Timestamp("2024-05-01", tz="Europe/London").as_unit("s"))
        .repeat(len(offence))
        .reset_index(drop=True)
    )
    crimes = pd.DataFrame({"offence": offence, "occurred_from": begin, "occurred_to": begin, "precision": "month"})
    label = pd.Series([spots[0], *spots], dtype="string")
    ward = pd.Series(["W00", *bare.hotspots["ward"]], dtype="string")
    held = replace(bare, times=Times(crimes, pd.Series(1.0, index=crimes.index), label, ward))
    changed = {"scenario": {"name": "robbery"}, "control_strategy": {"Robbery": 3.0}}
    found = beside(changed, ground=held)
    assert found.figures["notes"] == []
    assert strategy_factors(found.profiles["robbery"], held, "hotspot")[spots[0]] == pytest.approx(2.0)
    assert strategy_factors(found.profiles["robbery"], held, "ward")["W00"] == pytest.approx(6 / 4)
    value = found.comparison.wards.set_index(["scenario", "ward"])["value"]
    assert value["robbery", "W00"] > value["base", "W00"]
    base, other = found.exposures.summary["exposed"]  # every spot is visited under both, and told in the base's harm
    assert base == other
    assert "`control_strategy` changes what is analysed" in " ".join(beside(changed).figures["notes"])
    with pytest.raises(InputError, match='must be an offence of the crimes; "Arson" is not'):
        beside({"control_strategy": {"Arson": 2.0}}, ground=held)
