"""One force's work: neighbours across the border, ownership, and what its data cannot bear."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

from geodata.crimes import read_crimes
from geodata.tables import TIME_ZONE
from service.manifest import sha256_of
from service.national.force_areas import read_forces
from service.national.force_ground import crimes_about, ground_of, own_crimes
from service.national.force_jobs import FINDINGS, find, force_jobs
from service.national.force_task import ForceSettings, ForceTask
from service.national.nation_tasks import Ground, tasks_of
from service.store.catalogue import open_store
from service.store.importing import import_crimes
from service.store.segments import current
from tests.service.national.nation import SIDE, WEST, write_areas, write_crimes

NAMES = ("Ayshire", "Beeshire", "Seashire")
MONTHS = [f"2024-{month:02d}" for month in range(1, 11)]


@pytest.fixture(scope="module")
def nation(tmp_path_factory: pytest.TempPathFactory) -> list[ForceTask]:
    """The tasks of three forces side by side, of which the last has crimes of fewer months."""
    folder = tmp_path_factory.mktemp("nation")
    areas = write_areas(folder / "areas.geojson", NAMES)
    store = open_store(f"sqlite:///{folder}/nation.db", clock=lambda: datetime(2026, 1, 1, tzinfo=UTC))
    kept = []
    for at, name in enumerate(NAMES):
        write_crimes(folder / "crimes", name, at, MONTHS if at < 2 else MONTHS[-4:])
        import_crimes(store, name.lower(), read_crimes([str(folder / "crimes" / "*" / f"*{name.lower()}*")]), actor="t")
        with store.reading() as reading:
            kept += current(reading, name.lower())
    ground = Ground(areas, None, store.segments, folder / "found", ForceSettings(share=0.05))
    tasks, notes = tasks_of(kept, read_forces(areas), ground)
    store.close()
    assert notes == []
    return tasks


def found(task: ForceTask, finding: str) -> dict:
    return dict(find(finding, task))


def table(told: dict) -> pd.DataFrame:
    return pd.read_csv(told["files"][0])


def test_neighbours_count_only_where_their_months_are_the_same(nation):
    assert [(task.force, task.neighbours, len(task.months)) for task in nation] == [
        ("ayshire", ("beeshire",), 10), ("beeshire", ("ayshire",), 10), ("seashire", ("beeshire",), 4),
    ]  # fmt: skip


def test_the_neighbourhood_of_a_border_cell_is_that_of_one_area_without_the_border(nation, tmp_path):
    """The sums about the cells of two forces are those of one force as large as both."""
    both = write_areas(tmp_path / "areas.geojson", NAMES)
    areas = gpd.read_file(both)
    areas.loc[1, "PFA23NM"] = areas.loc[0, "PFA23NM"] = "Ayshire"
    areas.loc[1, "PFA23CD"] = areas.loc[0, "PFA23CD"]
    areas.dissolve("PFA23CD").reset_index().to_file(both, driver="GeoJSON")
    one, other = nation[0], nation[1]
    whole = replace(
        one, areas=(str(both), sha256_of(both)), own=(*one.own, *other.own), neighbours=(), beside=(),
        out=str(tmp_path / "whole"),
    )  # fmt: skip
    told = [found(task, "local") for task in (one, other, whole)]
    assert all(each["cells"] > 0 for each in told)
    mine, theirs, together = (table(each).set_index(["easting", "northing"]) for each in told)
    parts = pd.concat([mine, theirs])
    shared = parts.index.intersection(together.index)
    assert len(shared) >= 9
    assert (parts.loc[shared, "around"] == together.loc[shared, "around"]).all()
    edge = parts[np.abs(parts.index.get_level_values("easting") - (WEST + SIDE)) < 250]
    assert len(edge.index.intersection(shared)) > 3
    alone = replace(one, neighbours=(), beside=(), out=str(tmp_path / "alone"))
    without = table(found(alone, "local")).set_index(["easting", "northing"])["around"]
    assert (without <= mine["around"].reindex(without.index).fillna(np.inf)).all()


def test_what_neighbours_recorded_is_no_crime_of_the_force(nation):
    for task in nation[:2]:
        ground = ground_of(task)
        about, own = crimes_about(task, ground), own_crimes(task, "offence")
        told = found(task, "tally")
        assert told["counts"] == own["offence"].astype(str).value_counts().sort_index().to_dict()
        assert len(own) == 1200
        assert len(about) > (~own["offence"].isin(task.settings.exclude)).sum()
        assert table(told)["crimes"].sum() == 1200
        assert not (ground.own & ground.rim).any()
        assert ground.own.sum() == 400


def test_what_map_points_and_months_cannot_bear_is_said(nation):
    told = found(nation[0], "repeats")
    assert "not at one address" in told["refused"]
    assert set(table(told)["place"]) == {"map point"}
    assert "1,200 of 1,200 crimes are dated by month only" in found(nation[0], "near repeats")["refused"]
    short = nation[2]
    assert found(short, "forecasts")["refused"] == "A back-test needs 8 months, got 4."
    assert found(short, "local")["refused"] == "Classes of emerging hot spots need 10 months, got 4."


def test_premises_and_days_bear_more(nation, monkeypatch):
    own = own_crimes(nation[0], "offence", "occurred_from", "occurred_to", "precision", "place_id", "place_kind")
    days = pd.to_datetime("2024-01-01") + pd.to_timedelta(np.arange(len(own)) % 300, unit="D")
    moment = pd.DatetimeIndex(days).tz_localize(TIME_ZONE).as_unit("s")
    dated = own.assign(occurred_from=moment, occurred_to=moment + pd.Timedelta(days=1), precision="day")
    dated = dated.assign(place_id=(np.arange(len(own)) // 2).astype(str), place_kind="premises")
    monkeypatch.setattr("service.national.force_patterns.own_crimes", lambda _task, *_columns: dated)
    told = found(nation[0], "near repeats")
    assert told["tested"] == 3  # drugs are left out
    assert set(table(told)["offence"]) == {
        "Anti-social behaviour", "Burglary", "Violence and sexual offences",
    }  # fmt: skip
    told = found(nation[0], "repeats")
    assert told["bears"]
    every = table(told).query("offence == 'all'").set_index("times")
    assert every.loc["2", "victims"] == 600


def test_concentration_is_of_cells_with_and_without_crime_and_of_points_in_use(nation):
    told = found(nation[0], "concentration")
    held = table(told).query("offence == 'all'").set_index("place")
    assert held.loc["cell", "densest"] == pytest.approx(told["cell"]["densest"])
    assert told["cell"]["densest"] > told["point"]["densest"] > 0.05
    assert told["outside"] == 0


def test_forecasts_stand_beside_the_raw_count_with_paired_intervals(nation):
    told = found(nation[0], "forecasts")
    assert set(told["methods"]) >= {"raw count", "last period", "density"}
    assert told["methods"]["raw count"]["gain"] == 0
    density = told["methods"]["density"]
    assert density["gain_low"] <= density["gain"] <= density["gain_high"]
    assert told["share"] == pytest.approx(0.05)


def test_teams_add_up_whether_by_ward_or_by_square(nation, tmp_path):
    told = found(nation[0], "staffing")
    squares = table(told)
    assert squares["constables"].sum() == told["constables"] == 2 * told["areas"]
    assert "National Grid" in told["note"]
    wards = write_areas(tmp_path / "wards.geojson", NAMES)
    by_ward = replace(nation[0], wards=(str(wards), sha256_of(wards)), out=str(tmp_path / "found"))
    assert found(by_ward, "staffing")["areas"] == 1
    beyond = write_areas(tmp_path / "beyond.geojson", (*NAMES, "Deeshire"))
    gpd.read_file(beyond).iloc[3:].to_file(beyond, driver="GeoJSON")
    far = replace(by_ward, wards=(str(beyond), sha256_of(beyond)))
    assert found(far, "staffing")["refused"].endswith("none of those given is in ayshire's.")


def test_each_job_says_what_json_can_hold_and_does_the_same_twice(nation):
    jobs = force_jobs(nation)
    assert len({job.name for job in jobs}) == len(jobs) == 3 * len(FINDINGS)
    for job in jobs[: len(FINDINGS)]:
        told = job.function(*job.arguments)
        again = job.function(*job.arguments)
        assert json.dumps(told, allow_nan=False) == json.dumps(again, allow_nan=False)
        assert all(Path(path).is_file() for path in told["files"])


def test_a_handful_of_crimes_makes_no_hot_spot(nation):
    few = replace(nation[0], settings=ForceSettings(exclude=("Burglary", "Drugs", "Violence and sexual offences")))
    few = replace(few, own=few.own[:2], months=few.months[:2], neighbours=(), beside=())
    assert found(few, "local")["refused"].startswith("Hot cells need 100 crimes, got ")


def test_a_cell_larger_than_the_force_is_told_and_stops_nobody(nation):
    wide = replace(nation[0], settings=ForceSettings(cell=20_000.0))
    assert "must lie in ayshire" in found(wide, "local")["refused"]
