import gzip
import re
from pathlib import Path

import numpy as np
import pytest

from geodata.errors import InputError, NotFoundError
from service.reading.events import Events, read_events
from service.reading.inputs import KEY_VARIABLE
from service.repeats.subjects import subjects


def written(folder: Path, text: str, name: str = "events.csv") -> tuple[str]:
    (folder / name).write_text(text, encoding="utf-8")
    return (str(folder / name),)


def test_a_table_is_read_by_the_names_of_its_columns(tmp_path: Path) -> None:
    paths = written(tmp_path, "east,north,when,what\n500000,200000,03/02/2016,theft\n500100,200000,04/02/2016,arson\n")
    read = read_events(Events(paths=paths, x="east", y="north", date="when", dayfirst=True, offence="what"))
    assert [str(day.date()) for day in read.crimes["occurred_from"]] == ["2016-02-03", "2016-02-04"]
    assert set(read.crimes["precision"]) == {"day"}
    assert list(read.crimes["offence"]) == ["theft", "arson"]


def test_premises_are_told_by_an_address_where_no_reference_is_given(tmp_path: Path) -> None:
    rows = "x,y,d,uprn,typed\n430000,560000,2016-01-01,,12 High Street\n430001,560000,2016-01-02,,12 HIGH ST\n"
    paths = written(tmp_path, f"{rows}430900,560000,2016-01-03,100000000009,\n")
    crimes = read_events(Events(paths=paths, x="x", y="y", date="d", place="uprn", address="typed")).crimes
    found = subjects(crimes, None).place
    assert found.claimed
    assert found.who.nunique() == 2
    assert found.who.iloc[0] == found.who.iloc[1]


def test_victims_are_read_under_a_key_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(KEY_VARIABLE, raising=False)
    paths = written(tmp_path, "x,y,d,who\n430000,560000,2016-01-01,A\n")
    with pytest.raises(InputError, match=KEY_VARIABLE):
        read_events(Events(paths=paths, x="x", y="y", date="d", victim="who"))


def test_numbers_for_columns_mean_that_there_is_no_header(tmp_path: Path) -> None:
    paths = written(tmp_path, "355000,575000,2016-01-01\n355100,575000,2016-01-02\n")
    read = read_events(Events(paths=paths, x="0", y="1", date="2", crs="EPSG:26971"))
    assert len(read.crimes) == 2
    assert read.crimes.crs.to_epsg() == 26971


def test_a_month_comes_first_unless_the_day_is_said_to(tmp_path: Path) -> None:
    paths = written(tmp_path, "x,y,d\n500000,200000,03/02/2016\n")
    for dayfirst, expected in ((False, "2016-03-02"), (True, "2016-02-03")):
        read = read_events(Events(paths=paths, x="x", y="y", date="d", dayfirst=dayfirst))
        assert str(read.crimes["occurred_from"].iloc[0].date()) == expected


@pytest.mark.parametrize(("lon", "lat", "epsg"), [(-0.1, 51.5, 27700), (-123.1, 49.25, 32610), (151.2, -33.9, 32756)])
def test_degrees_become_metres_of_the_place_they_lie_in(tmp_path: Path, lon: float, lat: float, epsg: int) -> None:
    paths = written(tmp_path, f"lon,lat,d\n{lon},{lat},2020-01-01\n{lon + 0.01},{lat},2020-01-02\n")
    crimes = read_events(Events(paths=paths, x="lon", y="lat", date="d", crs="EPSG:4326")).crimes
    assert crimes.crs.to_epsg() == epsg
    apart = crimes.geometry.iloc[0].distance(crimes.geometry.iloc[1])
    assert apart == pytest.approx(1113.2 * np.cos(np.radians(lat)), rel=0.005)


def test_feet_become_metres(tmp_path: Path) -> None:
    paths = written(tmp_path, "x,y,d\n1176000,1900000,2020-01-01\n1179281,1900000,2020-01-02\n")
    crimes = read_events(Events(paths=paths, x="x", y="y", date="d", crs="EPSG:3435")).crimes
    assert crimes.geometry.iloc[0].distance(crimes.geometry.iloc[1]) == pytest.approx(1000, rel=0.001)


def test_a_place_at_nought_is_one_only_among_others_nearby(tmp_path: Path) -> None:
    near = written(tmp_path, "0,0,2019-01-01\n0,100,2019-01-04\n", "near.csv")
    far = written(tmp_path, "0,0,2019-01-01\n500000,200000,2019-01-04\n", "far.csv")
    assert len(read_events(Events(paths=near, x="0", y="1", date="2")).crimes) == 2
    read = read_events(Events(paths=far, x="0", y="1", date="2"))
    assert len(read.crimes) == 1
    assert list(read.rejects["reason"]) == ["no coordinates"]


def test_degrees_given_as_metres_are_refused(tmp_path: Path) -> None:
    paths = written(tmp_path, "x,y,d\n-87.61,41.8,2020-01-01\n-87.62,41.8,2020-01-02\n")
    with pytest.raises(InputError, match=r"look like degrees \(use `--crs EPSG:4326`\)"):
        read_events(Events(paths=paths, x="x", y="y", date="d", crs="EPSG:26971"))


def test_events_of_which_none_can_be_used_are_refused_with_the_reasons(tmp_path: Path) -> None:
    paths = written(tmp_path, "x,y,d\n,,2020-01-01\n500000,200000,soon\n")
    with pytest.raises(InputError, match=r"none of them has \(1 date not understood; 1 no coordinates\)"):
        read_events(Events(paths=paths, x="x", y="y", date="d"))


def test_a_missing_column_and_a_missing_file_are_named(tmp_path: Path) -> None:
    paths = written(tmp_path, "x,y,d\n500000,200000,2020-01-01\n")
    with pytest.raises(InputError, match=r"lack|hold"):
        read_events(Events(paths=paths, x="x", y="y", date="day"))
    with pytest.raises((InputError, NotFoundError), match=re.escape("nowhere.csv")):
        read_events(Events(paths=(str(tmp_path / "nowhere.csv"),), x="x", y="y", date="d"))


@pytest.mark.shared
def test_real_cities_are_read_whole(shared: Path) -> None:
    folder = shared / "data" / "incidents"
    chicago = Events(
        paths=(str(folder / "chicago_burglary_2016.csv.gz"),), x="x", y="y", date="date_single", dayfirst=True,
        crs="EPSG:26971",
    )  # fmt: skip
    january = Events(paths=(str(folder / "chicago_burglary_2016-01.csv"),), x="0", y="1", date="2", crs="EPSG:26971")
    vancouver = Events(
        paths=(str(folder / "vancouver_thefts_2020.csv.gz"),), x="X", y="Y", date="YEAR,MONTH,DAY,HOUR,MINUTE",
        crs="EPSG:26910", offence="TYPE", place="HUNDRED_BLOCK",
    )  # fmt: skip
    assert [len(read_events(events).crimes) for events in (chicago, january)] == [11_701, 970]
    read = read_events(vancouver)
    with gzip.open(folder / "vancouver_thefts_2020.csv.gz") as file:
        rows = sum(1 for _ in file) - 1
    assert len(read.crimes) + len(read.rejects) == rows
    assert len(read.rejects) < 0.01 * rows
