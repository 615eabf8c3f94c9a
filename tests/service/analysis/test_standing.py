from datetime import date
from types import SimpleNamespace

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from geodata.errors import InputError
from service.analysis.standing import where_it_stands
from service.analysis.targets import progress
from service.profile.force import Profile
from service.profile.public import Target
from service.reading.areas import read_places
from tests.service import small_scene as small

TEAMS = SimpleNamespace(
    demand=pd.DataFrame({"ward": ["W1", "W2"], "harm": [30.0, 10.0]}),
    staffing=SimpleNamespace(
        table=pd.DataFrame({"ward": ["W1", "W2"], "constables": [3, 1], "csos": [1, 3]}),
        funded=pd.DataFrame({"place": ["W1"], "rank": ["csos"], "fund": ["Partner"], "posts": [1]}),
    ),
)


def stands(rates, *, profile: Profile | None = None, localities=None):
    scene = small.scene(small.crimes(rates))
    given = small.given(profile=profile or Profile(), localities=localities)
    return where_it_stands(given, scene, TEAMS), scene


def test_periods_offences_and_wards_add_up_to_what_was_recorded() -> None:
    found, scene = stands(np.random.default_rng(1).poisson(20, (2, 12)))
    size = len(scene.crimes)
    assert found.offences["crimes"].sum() == size
    assert found.offences["harm"].sum() == 10.0 * size
    assert found.wards["crimes"].sum() == size
    every = found.limits["offence"] == "All crime types"
    assert found.limits.loc[every, "crimes"].sum() == found.limits.loc[~every, "crimes"].sum() == size


def test_a_planted_month_stands_out_of_its_limits() -> None:
    rates = np.full((2, 14), 30)
    rates[:, 9] = 90
    limits = stands(rates)[0].limits
    assert limits.loc[limits["outside"] != "", "period"].unique().tolist() == ["2024-10"]
    assert (limits.loc[limits["outside"] != "", "outside"] == "above").all()


def test_wards_stand_beside_people_posts_and_demand() -> None:
    profile = Profile.model_validate({"staff": {"funds": {"Partner": {"csos": 1, "wards": ["W1"]}}}})
    found, scene = stands(np.array([[100] * 12, [60] * 12]), profile=profile)
    years = scene.periods.weeks.sum() * 7 / 365.25
    assert found.wards["rate"].tolist() == pytest.approx([1200 / years, 720 / 3 / years])
    assert found.wards["demand_share"].tolist() == [0.75, 0.25]
    assert found.wards["post_share"].tolist() == [0.5, 0.5]
    assert found.wards["cso_share"].tolist() == [0.25, 0.75]
    assert found.funds[["code", "csos", "share", "demand_share"]].to_numpy().tolist() == [["W1", 1, 1.0, 1.0]]
    assert found.wards["vli"].isna().all()
    assert "none was given" in found.vli_note
    assert any("season" in note for note in found.notes)


def test_the_vulnerable_localities_index_is_there_only_with_all_six_inputs() -> None:
    names = ["dwelling_burglary", "dwelling_damage", "income_deprivation", "employment_deprivation", "aged_15_to_24"]
    five = pd.DataFrame({name: [9.0, 1.0] for name in names}, index=["W1", "W2"])
    found = stands(np.full((2, 3), 5), localities=five)[0]
    assert found.wards["vli"].isna().all()
    assert "attainment" in found.vli_note
    six = five.assign(attainment_shortfall=[9.0, 1.0])
    assert stands(np.full((2, 3), 5), localities=six)[0].wards["vli"].tolist() == [180.0, 20.0]


def target(**more) -> Target:
    return Target(**{"name": "Fewer", "baseline": 100.0, "aim": 50.0, "by": date(2025, 6, 30)} | more)


@pytest.mark.parametrize(
    ("slope", "more", "verdict"),
    [
        (0.0, {"aim": 400.0, "baseline": 300.0}, "not on course"),
        (-0.01, {"baseline": 900.0, "aim": 300.0}, "met"),
        (-0.02, {"baseline": 400.0, "aim": 52.0}, "on course"),
        (0.0, {"baseline": 400.0, "aim": 100.0, "by": date(2024, 6, 30)}, "not met"),
        (0.0, {"baseline": 400.0, "aim": 198.0}, "cannot be told"),
        (0.0, {"baseline": 400.0, "aim": 150.0, "by": date(2030, 1, 1)}, "cannot be told"),
    ],
)
def test_a_target_is_judged_by_the_whole_of_an_interval(slope: float, more, verdict: str) -> None:
    periods = small.scene(small.crimes(np.ones((2, 12), dtype=int))).periods
    weeks = periods.weeks.to_numpy()
    middle = np.cumsum(weeks) - weeks / 2
    wobble = 1 + 0.01 * (-1.0) ** np.arange(12)
    crimes = 200 * np.exp(slope * middle) * weeks * wobble
    offences = pd.DataFrame({"period": periods.labels, "offence": "Burglary", "crimes": crimes, "harm": crimes})
    found = progress([target(**more)], offences, periods).iloc[0]
    assert found["verdict"] == verdict
    assert found["sentence"].endswith(f"{verdict}.")
    assert found["now_low"] < found["now"] < found["now_high"]


def test_targets_of_no_profile_are_an_empty_table_with_its_columns() -> None:
    found = stands(np.full((2, 3), 5))[0]
    assert len(found.targets) == 0
    assert {"name", "verdict", "sentence"} <= set(found.targets)
    assert found.funds.empty


def test_tables_of_lsoas_reach_the_wards_and_their_edition_is_told(tmp_path) -> None:
    small.wards()[["code", "name", "geometry"]].to_file(tmp_path / "wards.gpkg")
    boxes = [
        shapely.box(small.WEST + 500 * i, small.SOUTH, small.WEST + 500 * (i + 1), small.SOUTH + 900) for i in range(4)
    ]
    lsoas = gpd.GeoDataFrame({"LSOA21CD": [f"E0100000{i}" for i in range(4)]}, geometry=boxes, crs="EPSG:27700")
    lsoas.assign(LSOA21NM=lsoas["LSOA21CD"]).to_file(tmp_path / "lsoas.gpkg")
    rates = pd.DataFrame({"lsoa21_code": lsoas["LSOA21CD"], "dwelling_burglary": [1.0, 4.0, 2.0, 6.0]})
    rates.to_csv(tmp_path / "rates.csv", index=False)
    people = pd.DataFrame({"lsoa21_code": lsoas["LSOA21CD"], "population": [100, 200, 50, 150]})
    people.to_csv(tmp_path / "people.csv", index=False)
    files = {"lsoas": tmp_path / "lsoas.gpkg", "population": tmp_path / "people.csv", "deprivation": None}
    found = read_places(tmp_path / "wards.gpkg", Profile(), localities=tmp_path / "rates.csv", **files)
    assert found.wards["population"].tolist() == [300.0, 200.0]
    assert found.localities["dwelling_burglary"].tolist() == [3.0, 5.0]
    assert found.lsoa_editions == {2021: frozenset(lsoas["LSOA21CD"])}
    rates.assign(lsoa21_code="E09999999").head(1).to_csv(tmp_path / "rates.csv", index=False)
    with pytest.raises(InputError, match=r"no code of rates\.csv"):
        read_places(tmp_path / "wards.gpkg", Profile(), localities=tmp_path / "rates.csv", **files)
