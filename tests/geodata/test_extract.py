import gzip
import hashlib
import hmac

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from geodata import _clock
from geodata.crimes import read_crimes
from geodata.errors import InputError
from geodata.extract import ExtractMapping
from tests.geodata import naive

KEY = b"a key of sixteen"
PLAIN = {"x": "E", "y": "N", "occurred_from": "FROM", "offence": "OFF"}


def mapping(**changes):
    return ExtractMapping(**(PLAIN | changes))


def read(tmp_path, text, name="extract.csv", key=None, **changes):
    path = tmp_path / name
    data = text if isinstance(text, bytes) else text.encode()
    path.write_bytes(gzip.compress(data) if name.endswith(".gz") else data)
    return read_crimes([path], mapping=mapping(**changes), key=key)


def moment(text):
    return pd.Timestamp(text, tz="Europe/London")


def test_a_row_becomes_a_crime_at_a_moment_and_an_address(tmp_path):
    text = (
        "REF,OFF,FROM,TO,E,N,UPRN,WHO,STREET,GRADE,LSOA\n"
        "C1,Burglary,01/02/2024 22:00,02/02/2024 06:30,425000,565000,100,ann,High St,A,E01\n"
    )
    columns = {"occurred_to": "TO", "crime_id": "REF", "place_id": "UPRN", "victim_id": "WHO"}
    more = {"location": "STREET", "grading": "GRADE", "lsoa": "LSOA"}
    found = read(tmp_path, text, key=KEY, **columns, **more)
    crime = found.crimes.iloc[0]
    assert (crime["crime_id"], crime["offence"], crime["place_id"]) == ("C1", "Burglary", "100")
    assert (crime["occurred_from"], crime["occurred_to"]) == (moment("2024-02-01 22:00"), moment("2024-02-02 06:30"))
    assert (crime["precision"], crime["place_kind"]) == ("instant", "premises")
    assert (crime["location"], crime["grading"], crime["lsoa"]) == ("High St", "A", "E01")
    assert (crime.geometry.x, crime.geometry.y) == (425_000, 565_000)
    assert found.sources["kind"].tolist() == ["force extract"]


def test_a_victim_is_known_only_by_a_keyed_hash(tmp_path):
    text = "OFF,FROM,E,N,WHO\n" + "".join(
        f"Theft,2024-01-0{day},4e5,5e5,{who}\n"
        for day, who in zip((1, 2, 3, 4), ("ann", " ann ", "bob", ""), strict=True)
    )
    crimes = read(tmp_path, text, key=KEY, victim_id="WHO").crimes
    expected = hmac.new(KEY, b"ann", hashlib.sha256).hexdigest()[:32]
    assert crimes["victim_id"].tolist()[:2] == [expected, expected]
    assert crimes["victim_id"].nunique() == 2
    assert pd.isna(crimes["victim_id"].iloc[3])
    assert "ann" not in crimes.drop(columns="geometry").to_csv()
    other = read(tmp_path, text, key=KEY[::-1], victim_id="WHO").crimes
    assert not other["victim_id"].isin(crimes["victim_id"].dropna()).any()


@pytest.mark.parametrize("key", [None, b"", b"fifteen bytes.."])
def test_victims_are_not_read_without_a_key(tmp_path, key):
    with pytest.raises(InputError, match="only under a key of at least 16 bytes, got"):
        read(tmp_path, "OFF,FROM,E,N,WHO\nTheft,2024-01-01,4e5,5e5,ann\n", key=key, victim_id="WHO")


def test_a_date_without_a_time_is_a_day(tmp_path):
    crime = read(tmp_path, "OFF,FROM,E,N\nTheft,30/03/2024,400000,500000\n").crimes.iloc[0]
    assert crime["precision"] == "day"
    assert (crime["occurred_from"], crime["occurred_to"]) == (moment("2024-03-30"), moment("2024-03-31"))


def test_the_day_on_which_the_clocks_change_is_one_day(tmp_path):
    crimes = read(tmp_path, "OFF,FROM,E,N\nTheft,31/03/2024,400000,500000\nTheft,27/10/2024,400000,500000\n").crimes
    hours = (crimes["occurred_to"] - crimes["occurred_from"]).dt.total_seconds() / 3600
    assert hours.tolist() == [23, 25]


def test_times_that_are_all_midnight_are_dates(tmp_path):
    crimes = read(tmp_path, "OFF,FROM,E,N\n" + "Theft,2024-01-01 00:00:00,400000,500000\n" * 3).crimes
    assert crimes["precision"].tolist() == ["day"] * 3
    dates = ("2024-01-01 00:00", "2024-01-01 12:00", "2024-01-02")
    mixed = "OFF,FROM,E,N\n" + "".join(f"Theft,{date},400000,500000\n" for date in dates)
    assert read(tmp_path, mixed).crimes["precision"].tolist() == ["instant", "instant", "day"]


def test_a_span_of_days_includes_its_last_day(tmp_path):
    text = "OFF,FROM,TO,E,N\nTheft,01/02/2024,03/02/2024,400000,500000\nTheft,01/02/2024,,400000,500000\n"
    crimes = read(tmp_path, text, occurred_to="TO").crimes
    assert crimes["occurred_to"].tolist() == [moment("2024-02-04"), moment("2024-02-02")]
    assert crimes["precision"].tolist() == ["day", "day"]


def test_a_date_without_a_day_is_a_month(tmp_path):
    rows = "2024-01,425000,565000,A\n2023/12,425000,565000,A\n2024-01-31,425000,565000,A\n"
    found = read(tmp_path, f"FROM,E,N,OFF\n{rows}2024-13,425000,565000,A\n")
    assert found.crimes["precision"].tolist() == ["month", "month", "day"]
    assert found.crimes["occurred_from"].tolist()[:2] == [moment("2024-01-01"), moment("2023-12-01")]
    assert found.crimes["occurred_to"].tolist()[:2] == [moment("2024-02-01"), moment("2024-01-01")]
    assert found.rejects["line"].tolist() == [5]


def test_a_moment_without_an_end_is_an_instant(tmp_path):
    text = "OFF,FROM,TO,E,N\nTheft,01/02/2024 10:15,,400000,500000\n"
    crime = read(tmp_path, text, occurred_to="TO").crimes.iloc[0]
    assert crime["occurred_from"] == crime["occurred_to"] == moment("2024-02-01 10:15")


def test_rows_are_refused_with_their_line_and_reason(tmp_path):
    rows = [
        "Theft,01/02/2024,,425000,565000",
        ",01/02/2024,,425000,565000",
        "Theft,,,425000,565000",
        "Theft,31/02/2024,,425000,565000",
        "Theft,01/02/24,,425000,565000",
        "Theft,last week,,425000,565000",
        "Theft,03/02/2024,01/02/2024,425000,565000",
        "Theft,03/02/2024 10:00,03/02/2024 09:59,425000,565000",
        "Theft,01/02/2024,sometime,425000,565000",
        "Theft,01/02/2024,,,565000",
        "Theft,01/02/2024,,0,0",
        "Theft,01/02/2024,,east,565000",
        "Theft,01/02/2024,,4250000,565000",
        "Theft,01/02/2024,,-5,565000",
        "Theft,01/02/2024,425000,565000",
    ]
    found = read(tmp_path, "OFF,FROM,TO,E,N\n" + "\n".join(rows), occurred_to="TO")
    assert len(found.crimes) == 1
    assert found.rejects[["line", "reason"]].to_numpy().tolist() == [
        [3, "no offence"],
        [4, "no date"],
        [5, "date not understood"],
        [6, "date not understood"],
        [7, "date not understood"],
        [8, "ends before it begins"],
        [9, "ends before it begins"],
        [10, "date not understood"],
        [11, "no coordinates"],
        [12, "no coordinates"],
        [13, "coordinates are not numbers"],
        [14, "coordinates outside Great Britain"],
        [15, "coordinates outside Great Britain"],
        [16, "4 fields where there must be 5"],
    ]


def test_a_date_and_a_time_may_stand_in_two_columns(tmp_path):
    text = "OFF,D,T,E,N\n" + "".join(f"Theft,01/02/2024,{time},400000,500000\n" for time in ("1430", "9:05", ""))
    crimes = read(tmp_path, text, occurred_from=["D", "T"]).crimes
    assert crimes["occurred_from"].tolist() == [
        moment("2024-02-01 14:30"),
        moment("2024-02-01 09:05"),
        moment("2024-02-01"),
    ]
    assert crimes["precision"].tolist() == ["instant", "instant", "day"]


def test_a_moment_may_stand_in_its_parts(tmp_path):
    parts = ("2024,2,29,13,5", "2023,2,29,13,5", "2024,2,1,,", "2024,2,1,24,0")
    text = "OFF,Y,M,D,H,MI,E,N\n" + "".join(f"Theft,{part},4e5,5e5\n" for part in parts)
    found = read(tmp_path, text, occurred_from=("Y", "M", "D", "H", "MI"))
    assert found.crimes["occurred_from"].tolist() == [moment("2024-02-29 13:05"), moment("2024-02-01")]
    assert found.rejects["line"].tolist() == [3, 5]


def test_the_order_of_day_and_month_is_as_the_mapping_says(tmp_path):
    text = "OFF,FROM,E,N\nTheft,02/03/2024,400000,500000\n"
    assert read(tmp_path, text).crimes["occurred_from"].iloc[0] == moment("2024-03-02")
    assert read(tmp_path, text, dayfirst=False).crimes["occurred_from"].iloc[0] == moment("2024-02-03")


def test_an_explicit_format_is_the_only_one_read(tmp_path):
    text = (
        "OFF,FROM,E,N\nTheft,24-FEB-31 07h,400000,500000\nTheft,24-FEB-03 07h,400000,500000\nTheft,2024-02-03,4e5,5e5\n"
    )
    found = read(tmp_path, text, date_format="%y-%b-%d %Hh")
    assert found.crimes["occurred_from"].tolist() == [moment("2024-02-03 07:00")]
    assert found.crimes["precision"].tolist() == ["instant"]
    assert found.rejects["line"].tolist() == [2, 4]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2024-02-03", "2024-02-03"),
        ("2024/2/3 4:05", "2024-02-03 04:05"),
        ("2024-02-03T04:05:06.789", "2024-02-03 04:05:06"),
        ("3/2/2024", "2024-02-03"),
        ("03-02-2024 04:05", "2024-02-03 04:05"),
        ("03.02.2024 04:05:06", "2024-02-03 04:05:06"),
        ("03/02/2024 12:05 AM", "2024-02-03 00:05"),
        ("03/02/2024 12:05pm", "2024-02-03 12:05"),
        ("3 Feb 2024", "2024-02-03"),
        ("03-February-2024 0405", "2024-02-03 04:05"),
        ("2024-07-01T10:00:00Z", "2024-07-01 11:00"),
        ("2024-07-01 10:00+02:00", "2024-07-01 09:00"),
        ("29/02/2024", "2024-02-29"),
    ],
)
def test_common_forms_of_dates_are_understood(text, expected):
    found = _clock.from_texts(pa.array([text]), dayfirst=True, date_format=None)
    assert found.sound.tolist() == [True]
    assert pd.Timestamp(found.seconds[0], unit="s") == pd.Timestamp(expected)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "29/02/2023",
        "00/01/2024",
        "01/00/2024",
        "32/01/2024",
        "01/02/24",
        "2024-13-01",
        "01/02/2024 24:00",
        "01/02/2024 10:60",
        "01/02/2024 13:00 pm",
        "3 Foo 2024",
        "1700-01-01",
        "01022024",
        "44000",
        "0000-00-00",
    ],
)
def test_other_texts_are_not_dates(text):
    found = _clock.from_texts(pa.array([text]), dayfirst=True, date_format=None)
    assert found.sound.tolist() == [False]


@pytest.mark.parametrize("seed", range(5))
def test_wall_clock_times_agree_with_the_time_zone_database(seed):
    rng = np.random.default_rng(seed)
    changes = pd.to_datetime(rng.choice(["2024-03-31", "2024-10-27", "2019-03-31", "1996-10-27"], 200))
    moments = changes + pd.to_timedelta(rng.integers(0, 4 * 60, 200), unit="min")
    texts = moments.strftime("%d/%m/%Y %H:%M").tolist()
    found = _clock.from_texts(pa.array(texts), dayfirst=True, date_format=None)
    assert _clock.to_utc(found.seconds).tolist() == [naive.london(text, "%d/%m/%Y %H:%M") for text in texts]


def test_an_hour_the_clock_skips_is_moved_on_and_one_it_doubles_is_the_first(tmp_path):
    text = "OFF,FROM,E,N\nTheft,31/03/2024 01:30,400000,500000\nTheft,27/10/2024 01:30,400000,500000\n"
    crimes = read(tmp_path, text).crimes
    assert crimes["occurred_from"].dt.strftime("%H:%M %z").tolist() == ["02:00 +0100", "01:30 +0100"]


def test_columns_may_be_numbered_where_there_is_no_header(tmp_path):
    text = "425000;565000;2024-01-05\n425001;565000;2024-01-06"
    found = read(
        tmp_path,
        text,
        x="0",
        y="1",
        occurred_from="2",
        offence=None,
        every_offence="Arson",
        header=False,
        delimiter=";",
    )
    assert found.crimes["source_row"].tolist() == [1, 2]
    assert found.crimes["offence"].tolist() == ["Arson", "Arson"]


def test_text_in_another_encoding_is_read_where_it_is_named(tmp_path):
    text = "OFF,FROM,E,N\nTh\u00e9ft,2024-01-01,400000,500000\n".encode("cp1252")
    with pytest.raises(InputError, match="must be UTF-8 text; line 2"):
        read(tmp_path, text)
    assert read(tmp_path, text, encoding="cp1252").crimes["offence"].tolist() == ["Th\u00e9ft"]


def test_packed_and_plain_extracts_are_the_same(tmp_path):
    text = "OFF,FROM,E,N\nTheft,2024-01-01,400000,500000\n"
    plain, packed = read(tmp_path, text), read(tmp_path, text, "extract.csv.gz")
    pd.testing.assert_frame_equal(plain.crimes.drop(columns="source_file"), packed.crimes.drop(columns="source_file"))


def test_longitude_and_latitude_go_through_ostn15(tmp_path):
    text = "OFF,FROM,E,N\nTheft,2024-01-01,1.716073973,52.658007833\n"
    point = read(tmp_path, text, crs=4326).crimes.geometry[0]
    assert (point.x, point.y) == pytest.approx((651409.804, 313177.450), abs=0.001)


def test_a_place_without_identifier_is_no_premises(tmp_path):
    text = "OFF,FROM,E,N,P\nTheft,2024-01-01,400000,500000,\nTheft,2024-01-01,400000,500000,9\n"
    assert read(tmp_path, text).crimes["place_kind"].tolist() == ["map point"] * 2
    crimes = read(tmp_path, text, place_id="P").crimes
    assert crimes["place_kind"].tolist() == ["premises"] * 2
    assert crimes["place_id"].isna().tolist() == [True, False]
    block = read(tmp_path, text, place_id="P", place_kind="map point").crimes
    assert block["place_kind"].tolist() == ["map point"] * 2


def test_one_column_may_serve_twice(tmp_path):
    text = "OFF,FROM,E,N,REF\nTheft,2024-01-01,400000,500000,a\n"
    crime = read(tmp_path, text, crime_id="REF", place_id="REF", location="REF").crimes.iloc[0]
    assert (crime["crime_id"], crime["place_id"], crime["location"]) == ("a", "a", "a")


def test_missing_and_double_columns_are_named(tmp_path):
    with pytest.raises(InputError, match=r"every column mapped; `extract.csv` lacks N, FROM"):
        read(tmp_path, "OFF,WHEN,E,NORTH\nTheft,2024-01-01,400000,500000\n")
    with pytest.raises(InputError, match=r"`extract.csv` has E more than once"):
        read(tmp_path, "OFF,FROM,E,N,E\nTheft,2024-01-01,1,2,3\n")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"offence": None}, "either `offence` or `every_offence`"),
        ({"every_offence": "Theft"}, "either `offence` or `every_offence`"),
        ({"place_kind": "house"}, 'must be "premises" or "map point", got "house"'),
        ({"delimiter": ";;"}, "one character, got 2"),
        ({"occurred_from": ["a"] * 7}, "one column, a date and a time, or three to six parts"),
        ({"occurred_from": []}, "one column, a date and a time, or three to six parts"),
        ({"header": False}, "numbers from 0 where `header` is false"),
        ({"encoding": "klingon"}, 'got "klingon"'),
        ({"crs": "EPSG:0"}, r"`mapping.crs` must be a known coordinate reference system"),
    ],
)
def test_a_mapping_checks_itself(changes, words):
    with pytest.raises(InputError, match=words):
        mapping(**changes)


def test_files_in_a_folder_without_the_mapped_columns_are_passed_over(tmp_path):
    (tmp_path / "crimes.csv").write_text("OFF,FROM,E,N\nTheft,2024-01-01,400000,500000\n")
    (tmp_path / "staff.csv").write_text("NAME,RANK\na,b\n")
    (tmp_path / "notes.bin").write_bytes(b"\x00\x01\x02")
    found = read_crimes([tmp_path], mapping=mapping())
    assert len(found.crimes) == 1
    assert found.skipped == ("notes.bin: not text", "staff.csv: without any of the columns mapped")
    (tmp_path / "half.csv").write_text("OFF,FROM,EAST,N\nTheft,2024-01-01,400000,500000\n")
    with pytest.raises(InputError, match=r"`half.csv` lacks E"):
        read_crimes([tmp_path], mapping=mapping())


@pytest.mark.shared
def test_chicago_burglary_is_read_by_day(shared):
    chicago = ExtractMapping(x="x", y="y", occurred_from="date_single", every_offence="Burglary", crs=26971)
    found = read_crimes([shared / "data/incidents/chicago_burglary_2016.csv.gz"], mapping=chicago, crs="EPSG:26971")
    assert (len(found.crimes), len(found.rejects)) == (11_701, 0)
    assert set(found.crimes["precision"]) == {"day"}
    assert found.crimes["occurred_from"].min() == moment("2016-01-01")
    assert found.crimes["occurred_from"].max() == moment("2016-12-31")
    assert found.crimes.geometry.iloc[0].x == 350353.3949568907


@pytest.mark.shared
@pytest.mark.parametrize(
    ("name", "rows", "first"),
    [("chicago_burglary_2016-01.csv", 970, "2015-12-31"), ("chicago_arson_2016.csv", 522, "2016-01-01")],
)
def test_files_without_a_header_are_read_by_number(shared, name, rows, first):
    chicago = ExtractMapping(x="0", y="1", occurred_from="2", every_offence="Any", crs=26971, header=False)
    found = read_crimes([shared / "data/incidents" / name], mapping=chicago, crs="EPSG:26971")
    assert (len(found.crimes), len(found.rejects)) == (rows, 0)
    assert found.crimes["occurred_from"].min() == moment(first)
    assert found.crimes["source_row"].tolist() == list(range(1, rows + 1))


@pytest.mark.shared
def test_vancouver_thefts_are_read_to_the_minute(shared):
    vancouver = ExtractMapping(
        x="X",
        y="Y",
        crs=26910,
        occurred_from=["YEAR", "MONTH", "DAY", "HOUR", "MINUTE"],
        offence="TYPE",
        place_id="HUNDRED_BLOCK",
        place_kind="map point",
        location="HUNDRED_BLOCK",
    )
    found = read_crimes([shared / "data/incidents/vancouver_thefts_2020.csv.gz"], mapping=vancouver, crs="EPSG:26910")
    assert (len(found.crimes), len(found.rejects)) == (21_918, 0)
    assert set(found.crimes["precision"]) == {"instant"}
    assert (found.crimes["occurred_from"] == found.crimes["occurred_to"]).all()
    assert found.crimes["place_id"].iloc[0] == "11XX BURNABY ST"
    assert found.crimes["occurred_from"].dt.year.unique().tolist() == [2020]


@pytest.mark.shared
def test_chicago_on_the_british_grid_is_refused_row_by_row(shared):
    chicago = ExtractMapping(x="0", y="1", occurred_from="2", every_offence="Arson", crs=26971, header=False)
    found = read_crimes([shared / "data/incidents/chicago_arson_2016.csv"], mapping=chicago)
    assert len(found.crimes) == 0
    assert found.rejects["reason"].unique().tolist() == ["coordinates outside Great Britain"]


def dated(dates):
    return "OFF,FROM,E,N\n" + "".join(f"Theft,{date},4e5,5e5\n" for date in dates)


@pytest.mark.parametrize(("dayfirst", "order"), [(True, "day"), (False, "month")])
def test_dates_read_the_wrong_way_round_are_refused_with_the_right_one(tmp_path, dayfirst, order):
    dates = [f"03/{day:02}/2024" if dayfirst else f"{day:02}/03/2024" for day in range(1, 29)]
    with pytest.raises(InputError, match=f"with the {order} first 16 of 28 rows have no date, with the .* first 0 "):
        read(tmp_path, dated(dates), dayfirst=dayfirst)
    assert len(read(tmp_path, dated(dates), dayfirst=not dayfirst).crimes) == 28


def test_where_neither_order_reads_every_date_single_rows_are_refused(tmp_path):
    found = read(tmp_path, dated(["31/03/2024", "03/31/2024", "02/03/2024"]))
    assert found.tally["sentence"] == "3 rows read = 2 accepted + 1 rejected (1 date not understood)"
    assert found.tally["accepted"] + found.tally["rejected"] == 3
