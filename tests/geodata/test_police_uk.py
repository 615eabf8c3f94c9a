import gzip
import json

import numpy as np
import pandas as pd
import pytest
from pyproj import Transformer

from geodata import _delimited, police_uk
from geodata._files import content
from geodata.crimes import read_crimes
from geodata.errors import InputError
from tests.geodata import naive
from tests.geodata import police_files as police


def read(tmp_path, data, name="2024-01-a-street.csv", **settings):
    return read_crimes([police.write(tmp_path, name, data, packed=name.endswith(".gz"))], **settings)


def why(found):
    return found.rejects[["line", "reason"]].to_numpy().tolist()


def test_a_row_becomes_a_crime_of_a_month_at_a_map_point(tmp_path):
    found = read(tmp_path, police.csv(police.row(crime_id="ab12")))
    crime = found.crimes.iloc[0]
    assert crime["crime_id"] == "ab12"
    assert crime["offence"] == "Burglary"
    assert crime["occurred_from"] == pd.Timestamp("2024-01-01", tz="Europe/London")
    assert crime["occurred_to"] == pd.Timestamp("2024-02-01", tz="Europe/London")
    assert (crime["precision"], crime["place_kind"]) == ("month", "map point")
    assert crime["place_id"] == "-1.610000,54.970000"
    assert (crime["location"], crime["lsoa"]) == ("On or near High Street", "E01008397")
    assert (crime["source_file"], crime["source_row"]) == ("2024-01-a-street.csv", 2)
    assert pd.isna(crime["victim_id"])
    assert found.crimes.crs.to_epsg() == 27700


def test_a_point_goes_through_ostn15(tmp_path):
    # Caister Water Tower and St Mary's, Ordnance Survey test points for OSTN15 (2016)
    rows = (police.row(lon="1.716073973", lat="52.658007833"), police.row(lon="-6.29977752014", lat="49.92226393730"))
    points = read(tmp_path, police.csv(*rows)).crimes.geometry
    assert points.x.tolist() == pytest.approx([651409.804, 91492.146], abs=0.001)
    assert points.y.tolist() == pytest.approx([313177.450, 11318.804], abs=0.001)


def test_bom_line_ends_packing_and_the_order_of_columns_are_immaterial(tmp_path):
    plain = read(tmp_path / "a", police.csv(police.row(crime_id="x")))
    names = police.COLUMNS.split(",")
    turned = [",".join(reversed(line.split(","))) for line in (police.COLUMNS, police.row(crime_id="x"))]
    for number, data in enumerate(
        (
            police.csv(police.row(crime_id="x"), bom=True),
            police.csv(police.row(crime_id="x"), end="\n"),
            police.csv(police.row(crime_id="x"), end="\r"),
            police.csv(turned[1], header=turned[0]),
            police.csv(police.row(crime_id="x"), header=",".join(f" {name.upper()} " for name in names)),
            police.csv(police.row(crime_id="x")).rstrip(b"\r\n"),
        )
    ):
        for name in ("2024-01-a-street.csv", "2024-01-a-street.csv.gz"):
            other = read(tmp_path / f"{number}", data, name)
            pd.testing.assert_frame_equal(
                other.crimes.drop(columns="source_file"), plain.crimes.drop(columns="source_file"), check_like=True
            )


def test_a_return_alone_ends_a_line_among_others_and_no_row_is_lost(tmp_path):
    head, first, last = (
        line.encode() for line in (police.COLUMNS, police.row(crime_id="x"), police.row(month="2024-13"))
    )
    for text in (head + b"\r" + first + b"\n" + last, head + b"\r\n" + first + b"\r" + last + b"\n"):
        given = read(tmp_path / str(len(text)), text)
        assert (len(given.crimes), given.rejects["line"].tolist()) == (1, [3])


def test_a_quote_within_a_field_opens_nothing_and_the_lines_after_it_stay_true(tmp_path):
    rows = (police.row(location='"On or\nnear, Mill"'), police.row(location='6" Lane') + ',"On or\nnear"x',
            police.row(month="2024-13", location='6" Lane'))  # fmt: skip
    given = read(tmp_path, police.csv(*rows, end="\n"))
    assert (len(given.crimes), given.rejects["line"].tolist()) == (1, [4, 6])


def test_rows_are_refused_with_their_line_and_reason(tmp_path):
    rows = (
        police.row(),
        police.row(lon="", lat="", location="No Location"),
        police.row(lon="west"),
        police.row(lon="54.97", lat="-1.61"),
        police.row(month="2024-13"),
        police.row(month=""),
        police.row(month="01/2024"),
        police.row(offence=""),
        police.row() + ",more",
        "too,few",
        police.row(lon="nan", lat="inf"),
        police.row(lon="0", lat="0"),
    )
    found = read(tmp_path, police.csv(*rows))
    assert len(found.crimes) == 1
    assert why(found) == [
        [3, "no coordinates"],
        [4, "coordinates are not numbers"],
        [5, "coordinates outside Great Britain"],
        [6, "month is missing or not YYYY-MM"],
        [7, "month is missing or not YYYY-MM"],
        [8, "month is missing or not YYYY-MM"],
        [9, "no offence"],
        [10, "13 fields where there must be 12"],
        [11, "2 fields where there must be 12"],
        [12, "coordinates are not numbers"],
        [13, "coordinates outside Great Britain"],
    ]
    assert found.sources[["rows_read", "rows_accepted", "rows_rejected"]].to_numpy().tolist() == [[12, 1, 11]]


def test_identical_rows_and_used_identifiers_are_kept(tmp_path):
    asb = police.row(offence="Anti-social behaviour")
    theft = police.row(crime_id="same", offence="Shoplifting")
    found = read(tmp_path, police.csv(asb, asb, asb, theft, theft))
    assert len(found.crimes) == 5
    assert found.crimes["crime_id"].isna().sum() == 3


def test_a_stray_far_from_the_force_is_accepted(tmp_path):
    found = read(tmp_path, police.csv(police.row(), police.row(lon="-5.54", lat="50.12")))
    assert len(found.crimes) == 2


def test_lines_are_those_of_the_file_though_a_field_holds_a_line_break(tmp_path):
    quoted = police.row(location='"On or near\nHigh, Street"')
    found = read(tmp_path, police.csv(quoted, "", police.row(lon="x"), police.row(), "a,b"))
    assert found.crimes["source_row"].tolist() == [2, 6]
    assert found.crimes["location"].iloc[0] == "On or near\nHigh, Street"
    assert why(found) == [[5, "coordinates are not numbers"], [7, "2 fields where there must be 12"]]


def test_a_stray_quote_inside_a_field_moves_no_line(tmp_path):
    stray = police.row(location='On or near 5" Pipe Lane')
    found = read(tmp_path, police.csv(police.row(), stray, police.row(month="no"), police.row()))
    assert found.crimes["source_row"].tolist() == [2, 3, 5]
    assert why(found) == [[4, "month is missing or not YYYY-MM"]]


def test_a_quote_that_is_never_closed_is_refused_with_its_line(tmp_path):
    for tail in (3, 150):
        rows = [police.row(), police.row(location='"On or near'), *[police.row()] * tail]
        with pytest.raises(InputError, match=r"quote must be closed; the one opened on line 3 of `open.csv`"):
            read(tmp_path, police.csv(*rows), "open.csv")


@pytest.mark.parametrize("seed", range(8))
def test_the_fast_path_agrees_with_reading_row_by_row(seed):
    rng = np.random.default_rng(seed)
    pieces = ["", "a", "b c", '"q"', '"x,y"', '"two\nlines"', '"say ""so"""', 'in"side'][: 6 if seed % 2 else 8]
    rows = [",".join(rng.choice(pieces, rng.choice([3, 3, 3, 3, 2, 4]))) for _ in range(300)]
    text = "h1,h2,h3\r\n" + "\r\n".join(rows) + "\r\n"
    layout = _delimited.Layout({"first": 0, "last": 2}, frozenset({"last"}), 3)
    found = _delimited.read_delimited(text.encode(), "seeded.csv", layout)
    good, ragged = naive.delimited(text, 3)
    assert found.line.tolist() == [line for line, _ in good]
    assert found.table.column("first").to_pylist() == [fields[0] for _, fields in good]
    assert found.table.column("last").to_pylist() == [fields[2] for _, fields in good]
    assert list(found.ragged) == [(line, f"{count} fields where there must be 3") for line, count in ragged]


def test_a_field_without_end_is_refused(tmp_path):
    huge = police.row(location="x" * 3_000_000)
    with pytest.raises(InputError, match=r"shorter than 131,072 characters; one on line 3 of `big.csv`"):
        read(tmp_path, police.csv(police.row(), huge), "big.csv")


def test_missing_columns_are_named(tmp_path):
    header = police.COLUMNS.replace("Longitude", "Easting").replace("Latitude", "Northing")
    with pytest.raises(InputError, match=r"`Longitude`, `Latitude`; `2024-01-a-street.csv` lacks"):
        read(tmp_path, police.csv(police.row(), header=header))


def test_a_column_that_stands_twice_is_refused(tmp_path):
    header = police.COLUMNS.replace("Context", "Month")
    with pytest.raises(InputError, match="has `Month` more than once"):
        read(tmp_path, police.csv(police.row(), header=header))


def test_text_that_is_not_utf_8_is_refused_with_its_line(tmp_path):
    data = police.csv(police.row(), police.row(), police.row(location="On or near Caf\u00e9")).replace(
        "é".encode(), b"\xe9"
    )
    with pytest.raises(InputError, match="must be UTF-8 text; line 4 of"):
        read(tmp_path, data)
    with pytest.raises(InputError, match="zero byte on line 3"):
        read(tmp_path, police.csv(police.row(), "\0", *[police.row()] * 2), "zero.csv")


@pytest.mark.parametrize("cut", [-4, -30])
def test_a_gzip_file_cut_short_is_refused_with_the_line_it_reaches(tmp_path, cut):
    rng = np.random.default_rng(0)
    rows = [police.row(crime_id=rng.bytes(32).hex()) for _ in range(500)]
    path = tmp_path / "cut.csv.gz"
    path.write_bytes(gzip.compress(police.csv(*rows))[:cut])
    with pytest.raises(InputError, match=r"`cut.csv.gz` is cut short or damaged after line (49\d|50\d)"):
        read_crimes([path])


def test_a_damaged_gzip_file_is_refused(tmp_path):
    data = bytearray(gzip.compress(police.csv(*[police.row(crime_id=str(number)) for number in range(5000)])))
    data[len(data) // 2] ^= 0xFF
    path = tmp_path / "bad.csv.gz"
    path.write_bytes(bytes(data))
    with pytest.raises(InputError, match=r"`bad.csv.gz` is cut short or damaged after line"):
        read_crimes([path])


def test_api_answers_speak_the_words_of_the_csv_files(tmp_path):
    slugs = ["violent-crime", "criminal-damage-arson", "anti-social-behaviour", "theft-from-the-person", "new-thing"]
    records = [police.record(number, category=slug) for number, slug in enumerate(slugs)]
    found = read(tmp_path, json.dumps(records).encode(), "answer.json")
    assert found.crimes["offence"].tolist() == [
        "Violence and sexual offences",
        "Criminal damage and arson",
        "Anti-social behaviour",
        "Theft from the person",
        "New thing",
    ]
    assert found.crimes["location"].tolist() == ["A Road"] * 5
    assert found.crimes["crime_id"].isna().all()
    assert found.crimes["lsoa"].isna().all()
    assert found.crimes["source_row"].tolist() == [1, 2, 3, 4, 5]
    assert found.sources["kind"].tolist() == ["police.uk API"]


def test_an_answer_is_read_as_array_or_lines_bare_or_under_a_key(tmp_path):
    records = [police.record(1, persistent="p1"), police.record(2, lon="-0.1", lat="51.5")]
    held = [{"ward": "E05000001", "record": entry} for entry in records]
    answers = {
        "array.json": json.dumps(records, indent=1).encode(),
        "lines.jsonl": police.lines(*records),
        "held.jsonl": police.lines(*held),
        "held.json": json.dumps(held).encode(),
        "bom.json": b"\xef\xbb\xbf" + json.dumps(records).encode(),
        "packed.jsonl.gz": police.lines(*held),
    }
    tables = [read(tmp_path, data, name).crimes.drop(columns="source_file") for name, data in answers.items()]
    tables.append(
        read(tmp_path, answers["held.jsonl"], "named.jsonl", record_key="record").crimes.drop(columns="source_file")
    )
    for table in tables:
        pd.testing.assert_frame_equal(table, tables[0])
    assert tables[0]["crime_id"].tolist() == ["p1", pd.NA]


def test_a_record_seen_before_is_refused_across_files(tmp_path):
    police.write(tmp_path, "ward1.jsonl", police.lines(police.record(1), police.record(2), police.record(1)))
    police.write(tmp_path, "ward2.json", json.dumps([police.record(3), police.record(2)]).encode())
    found = read_crimes([tmp_path])
    assert len(found.crimes) == 3
    assert found.rejects.to_numpy().tolist() == [
        ["ward1.jsonl", 3, "record id seen before"],
        ["ward2.json", 2, "record id seen before"],
    ]


def test_records_without_an_id_or_a_place_are_told_apart(tmp_path):
    bare = police.record(None)
    nowhere = police.record(5) | {"location": None}
    odd = {"category": "burglary"}
    found = read(tmp_path, json.dumps([bare, bare, nowhere, odd, 7]).encode(), "answer.json")
    assert len(found.crimes) == 2
    assert why(found) == [[3, "no coordinates"], [4, "not a crime record"], [5, "not a crime record"]]


@pytest.mark.parametrize("value", [None, "", 0, 1.5, True, [], {}, [1], {"a": 1}, "9" * 400, 1e308, "\ud800", "\u0000"])
@pytest.mark.parametrize("key", ["category", "location", "month", "id", "persistent_id"])
def test_a_record_that_holds_anything_is_accepted_or_refused(tmp_path, key, value):
    records = [police.record(1), police.record(2) | {key: value}, police.record(3)]
    found = read(tmp_path, json.dumps(records).encode(), "answer.json")
    assert len(found.crimes) + len(found.rejects) == 3
    assert {1, 3} <= set(found.crimes["source_row"])


def test_broken_json_is_refused_with_its_line(tmp_path):
    whole = police.lines(*[police.record(number) for number in range(9)])
    with pytest.raises(InputError, match=r"`cut.jsonl` breaks off or goes wrong on line 9"):
        read(tmp_path, whole[:-40], "cut.jsonl")
    array = json.dumps([police.record(number) for number in range(9)], indent=1).encode()
    with pytest.raises(InputError, match=r"`cut.json` breaks off or goes wrong on line \d+"):
        read(tmp_path, array[:-40], "cut.json")
    with pytest.raises(InputError, match=r"`first.json` breaks off or goes wrong on line"):
        read(tmp_path, array[:300], "first.json")


def test_csv_and_api_stand_in_one_table(tmp_path):
    police.write(tmp_path, "a.csv", police.csv(police.row(crime_id="x")))
    police.write(tmp_path, "b.json", json.dumps([police.record(1)]).encode())
    found = read_crimes([tmp_path])
    assert found.crimes["source_file"].tolist() == ["a.csv", "b.json"]
    assert found.sources["rows_accepted"].tolist() == [1, 1]


def test_months_begin_and_end_on_the_clock_of_london(tmp_path):
    months = ["2024-03", "2024-04", "2024-10", "2024-12"]
    crimes = read(tmp_path, police.csv(*[police.row(month=month) for month in months])).crimes
    ends = ["2024-04", "2024-05", "2024-11", "2025-01"]
    assert crimes["occurred_from"].map(pd.Timestamp.timestamp).tolist() == [
        naive.month_start(month) for month in months
    ]
    assert crimes["occurred_to"].map(pd.Timestamp.timestamp).tolist() == [naive.month_start(month) for month in ends]


def test_another_working_crs_is_met_by_pyproj(tmp_path):
    crimes = read(tmp_path, police.csv(police.row()), crs="EPSG:32630").crimes
    assert crimes.crs.to_epsg() == 32630
    there = Transformer.from_crs(4326, 32630, always_xy=True).transform(-1.61, 54.97)
    assert (crimes.geometry.x[0], crimes.geometry.y[0]) == pytest.approx(there, abs=1e-6)


@pytest.mark.shared
def test_northumbria_is_read_whole(shared):
    found = read_crimes([shared / "data/crime/northumbria"])
    assert len(found.crimes) == 162_666
    assert len(found.rejects) == 0
    assert found.sources["rows_read"].between(10_525, 14_292).all()
    assert found.crimes["place_id"].nunique() == 15_244
    assert found.crimes["crime_id"].isna().mean() == pytest.approx(0.532, abs=0.0005)
    assert found.crimes["crime_id"].dropna().is_unique
    assert found.crimes["lsoa"].isna().sum() == 38
    assert (found.crimes["lsoa"].isna() & found.crimes["source_file"].str.startswith("2013-06/")).sum() == 37
    assert found.crimes["offence"].nunique() == 14
    assert len(found.skipped) == 13
    assert all(name.endswith("outcomes.csv.gz: police.uk outcomes, not crimes") for name in found.skipped)
    assert found.crimes["occurred_from"].nunique() == 13


@pytest.mark.shared
def test_the_city_of_london_has_rows_without_coordinates(shared):
    found = read_crimes([shared / "data/crime/city-of-london"])
    assert found.sources["rows_read"].sum() == 18_867
    assert found.rejects["reason"].unique().tolist() == ["no coordinates"]
    assert len(found.rejects) / 18_867 == pytest.approx(0.084, abs=0.0005)
    assert found.crimes["place_id"].nunique() == 535  # of the 536 positions, one is none at all
    assert not found.crimes["location"].eq("No Location").any()


@pytest.mark.shared
def test_the_line_of_a_refused_row_is_the_line_of_the_file(shared):
    path = shared / "data/crime/city-of-london/2024-01/2024-01-city-of-london-street.csv.gz"
    found = read_crimes([path])
    lines = gzip.decompress(path.read_bytes()).split(b"\r\n")
    assert all(b",,,No Location," in lines[line - 1] for line in found.rejects["line"])
    assert all(b"No Location" not in lines[line - 1] for line in found.crimes["source_row"])
    assert len(found.rejects) + len(found.crimes) == len(lines) - 2


@pytest.mark.shared
def test_islington_has_records_that_two_wards_share(shared):
    found = read_crimes([shared / "data/crime/islington-api"], record_key="record")
    assert found.sources["rows_read"].tolist() == [83_945]
    assert found.rejects["reason"].value_counts().to_dict() == {"record id seen before": 5_269}
    assert found.crimes["place_id"].nunique() == 1_284
    assert "Violence and sexual offences" in found.crimes["offence"].cat.categories
    assert found.crimes["occurred_from"].dt.strftime("%Y-%m").nunique() == 26


@pytest.mark.shared
def test_api_and_csv_files_name_offences_alike(shared):
    city = read_crimes([shared / "data/crime/city-of-london"]).crimes["offence"].cat.categories
    islington = read_crimes([shared / "data/crime/islington-api"]).crimes["offence"].cat.categories
    sample = read_crimes([shared / "data/crime/api-sample/crimes-street_all-crime_AA3_2021-05.json"]).crimes
    assert list(islington) == list(city)
    assert set(sample["offence"].cat.categories) <= set(city)
    assert len(sample) == 469


@pytest.mark.shared
def test_the_fast_path_agrees_with_reading_row_by_row_on_a_real_file(shared):
    path = shared / "data/crime/northumbria/2013-06/2013-06-northumbria-street.csv.gz"
    batch = police_uk.read_street(content(path, path.name), path.name)
    good, ragged = naive.delimited(gzip.decompress(path.read_bytes()).decode(), 12)
    assert ragged == []
    assert batch.line.tolist() == [line for line, _ in good]
    for name, position in (("crime_id", 0), ("longitude", 4), ("location", 6), ("offence", 9)):
        assert batch.table.column(name).to_pylist() == [fields[position] for _, fields in good]
