import hashlib
import json

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from geodata.crimes import read_crimes
from geodata.errors import InputError
from geodata.tables import CRIMES, REJECTS, SOURCES, check
from tests.geodata import police_files as police

OUTCOMES = police.COLUMNS.replace("Crime type,Last outcome category,Context", "Outcome type")
SEARCHES = "Type,Date,Part of a policing operation,Policing operation,Latitude,Longitude,Object of search,Outcome"


def test_a_folder_is_searched_to_the_bottom_and_other_files_are_named(tmp_path):
    police.write(tmp_path, "2024-01/2024-01-a-street.csv", police.csv(police.row(crime_id="a")))
    police.write(tmp_path, "2024-02/deep/2024-02-a-street.csv.gz", police.csv(police.row(crime_id="b")), packed=True)
    police.write(tmp_path, "2024-01/2024-01-a-outcomes.csv", (OUTCOMES + "\r\n").encode())
    police.write(tmp_path, "2024-01/2024-01-a-stop-and-search.csv.gz", (SEARCHES + "\r\n").encode(), packed=True)
    police.write(tmp_path, "notes.pdf", b"%PDF-1.7 ...")
    police.write(tmp_path, "book.xlsx", b"PK\x03\x04...")
    police.write(tmp_path, "map.geojson", b'{"type": "FeatureCollection", "features": []}')
    police.write(tmp_path, "list.json", b'[{"id": "AA3", "name": "Charlton"}]')
    police.write(tmp_path, "empty.csv", b"")
    police.write(tmp_path, "staff.csv", b"name,rank\na,b\n")
    police.write(tmp_path, ".DS_Store", b"\x00\x00")
    police.write(tmp_path, "sound.wav", b"RIFF\x00\x00\x00\x00")
    found = read_crimes([tmp_path])
    assert found.sources["file"].tolist() == ["2024-01/2024-01-a-street.csv", "2024-02/deep/2024-02-a-street.csv.gz"]
    assert found.crimes["crime_id"].tolist() == ["a", "b"]
    assert found.skipped == (
        ".DS_Store: hidden",
        "2024-01/2024-01-a-outcomes.csv: police.uk outcomes, not crimes",
        "2024-01/2024-01-a-stop-and-search.csv.gz: police.uk stop and search, not crimes",
        "book.xlsx: a zip archive, an Excel workbook or the like: unpack it, or save it as CSV",
        "empty.csv: empty",
        "list.json: JSON that holds no crime records",
        "map.geojson: JSON that holds no crime records",
        "notes.pdf: a PDF document",
        "sound.wav: not text",
        "staff.csv: text without the columns of a street-level file",
    )


def test_a_file_is_known_by_what_it_holds_and_not_by_its_name(tmp_path):
    police.write(tmp_path, "2024-01-a-outcomes.txt", police.csv(police.row()))
    police.write(tmp_path, "2024-02-a-street.csv", (OUTCOMES + "\r\n").encode())
    found = read_crimes([tmp_path])
    assert found.sources["file"].tolist() == ["2024-01-a-outcomes.txt"]
    assert len(found.skipped) == 1


def test_accepted_and_rejected_rows_add_up_in_every_file(tmp_path):
    rng = np.random.default_rng(1)
    for month in range(1, 10):
        broken = [police.row(lon=""), police.row(month="x"), "short", police.row(), police.row(), police.row(lat="x")]
        rows = [broken[pick] for pick in rng.integers(0, 6, rng.integers(0, 40))]
        police.write(tmp_path, f"2024-0{month}.csv", police.csv(*rows, police.row(crime_id=str(month))))
    found = read_crimes([tmp_path])
    sources = found.sources.set_index("file")
    accepted = found.crimes["source_file"].astype("str").value_counts().reindex(sources.index).fillna(0)
    rejected = found.rejects["file"].astype("str").value_counts().reindex(sources.index).fillna(0)
    assert (sources["rows_accepted"] == accepted).all()
    assert (sources["rows_rejected"] == rejected).all()
    assert (sources["rows_read"] == accepted + rejected).all()
    lines = pd.concat([found.crimes[["source_file", "source_row"]].set_axis(["file", "line"], axis=1), found.rejects])
    assert not lines.astype({"file": "str"}).duplicated(["file", "line"]).any()
    assert lines.groupby(lines["file"].astype("str"))["line"].max().sub(1).tolist() == sources["rows_read"].tolist()


def test_the_tables_keep_their_rules(tmp_path):
    found = read_crimes([police.write(tmp_path, "a.csv", police.csv(police.row(), police.row(lon="")))])
    for table, schema in ((found.crimes, CRIMES), (found.rejects, REJECTS), (found.sources, SOURCES)):
        assert check(table, schema) is table


def test_the_fingerprint_is_that_of_the_file_on_the_disk(tmp_path):
    path = police.write(tmp_path, "a.csv.gz", police.csv(police.row()), packed=True)
    assert read_crimes([path]).sources["sha256"].tolist() == [hashlib.sha256(path.read_bytes()).hexdigest()]


def test_the_order_of_paths_is_immaterial(tmp_path):
    paths = [police.write(tmp_path, f"{name}.csv", police.csv(police.row(crime_id=name))) for name in "cab"]
    one, other = read_crimes(paths), read_crimes(paths[::-1])
    pd.testing.assert_frame_equal(one.crimes, other.crimes)
    pd.testing.assert_frame_equal(one.sources, other.sources)
    assert one.crimes["crime_id"].tolist() == ["a", "b", "c"]


def test_a_pattern_is_expanded_and_its_names_begin_where_it_varies(tmp_path):
    police.write(tmp_path, "2024-01/a-street.csv", police.csv(police.row(crime_id="a")))
    police.write(tmp_path, "2024-02/a-street.csv", police.csv(police.row(crime_id="b")))
    police.write(tmp_path, "2024-02/a-outcomes.csv", (OUTCOMES + "\r\n").encode())
    found = read_crimes([str(tmp_path / "2024-*" / "*.csv")])
    assert found.sources["file"].tolist() == ["2024-01/a-street.csv", "2024-02/a-street.csv"]
    assert found.skipped == ("2024-02/a-outcomes.csv: police.uk outcomes, not crimes",)
    folders = read_crimes([str(tmp_path / "2024-*")])
    assert folders.sources["file"].tolist() == found.sources["file"].tolist()


def test_files_of_one_name_are_told_apart_by_their_folders(tmp_path):
    paths = [police.write(tmp_path, f"{name}/x/street.csv", police.csv(police.row(crime_id=name))) for name in "ab"]
    paths.append(police.write(tmp_path, "other.csv", police.csv(police.row(crime_id="c"))))
    found = read_crimes(paths)
    assert found.sources["file"].tolist() == ["a/x/street.csv", "b/x/street.csv", "other.csv"]


def test_no_table_holds_a_path_of_the_machine(tmp_path):
    police.write(tmp_path, "a.csv", police.csv(police.row(), police.row(lon="")))
    police.write(tmp_path, "b.txt", b"nothing")
    found = read_crimes([tmp_path])
    text = found.crimes.to_csv() + found.rejects.to_csv() + found.sources.to_csv() + "".join(found.skipped)
    assert str(tmp_path) not in text


@pytest.mark.parametrize("packed", [False, True])
def test_the_same_rows_twice_are_refused_under_both_names(tmp_path, packed):
    police.write(tmp_path, "a.csv", police.csv(police.row()))
    police.write(tmp_path, "b.csv.gz" if packed else "b.csv", police.csv(police.row()), packed=packed)
    with pytest.raises(InputError, match=r"`a.csv` and `b.csv(.gz)?` hold the same rows"):
        read_crimes([tmp_path])


def test_the_same_file_twice_is_refused(tmp_path):
    path = police.write(tmp_path, "a.csv", police.csv(police.row()))
    with pytest.raises(InputError, match=r"`a.csv` is given 2 times"):
        read_crimes([path, tmp_path])


def test_months_without_a_crime_are_read_beside_others(tmp_path):
    for name in ("a.csv", "b.csv"):
        police.write(tmp_path, name, police.csv())
    police.write(tmp_path, "c.csv", police.csv(police.row()))
    police.write(tmp_path, "d.json", b"[]")
    found = read_crimes([tmp_path])
    assert found.sources["rows_read"].tolist() == [0, 0, 1, 0]


def test_files_without_any_row_are_refused(tmp_path):
    police.write(tmp_path, "a.csv", police.csv())
    with pytest.raises(InputError, match="at least one row; the 1 read hold none"):
        read_crimes([tmp_path])


def test_rows_that_are_all_refused_leave_an_empty_table(tmp_path):
    found = read_crimes([police.write(tmp_path, "a.csv", police.csv(police.row(lon=""), "x"))])
    assert len(found.crimes) == 0
    assert len(found.rejects) == 2
    assert found.crimes.crs.to_epsg() == 27700


def test_one_crime_is_read(tmp_path):
    assert len(read_crimes([police.write(tmp_path, "a.csv", police.csv(police.row()))]).crimes) == 1


def test_a_folder_without_crimes_is_refused_with_what_it_holds(tmp_path):
    with pytest.raises(InputError, match="there is no file in it"):
        read_crimes([tmp_path])
    police.write(tmp_path, "a.csv", (OUTCOMES + "\r\n").encode())
    police.write(tmp_path, "b.csv", (OUTCOMES + "\r\n" + "x\r\n").encode())
    police.write(tmp_path, "c.pdf", b"%PDF-1.7")
    with pytest.raises(
        InputError, match=r"none of its 3 files is one \(1 a PDF document; 2 police.uk outcomes, not crimes\)"
    ):
        read_crimes([tmp_path])


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ((OUTCOMES + "\r\n").encode(), "is police.uk outcomes, not crimes"),
        ((SEARCHES + "\r\n").encode(), "is police.uk stop and search, not crimes"),
        (b"%PDF-1.4", "is a PDF document"),
        (b"", "is empty"),
        (b"\xef\xbb\xbf  \n", "is text without the columns"),
        (json.dumps({"type": "Feature"}).encode(), "is JSON that holds no crime records"),
        (json.dumps([{"latitude": "1", "longitude": "2"}]).encode(), "is JSON that holds no crime records"),
        (b"some prose, and a comma", "is text without the columns"),
    ],
)
def test_a_file_named_itself_must_hold_crimes(tmp_path, data, words):
    path = police.write(tmp_path, "asked.csv", data)
    with pytest.raises(InputError, match=f"`asked.csv` {words}"):
        read_crimes([path])


def test_paths_that_lead_nowhere_are_refused(tmp_path):
    with pytest.raises(InputError, match=r"must exist; `.*nowhere` does not"):
        read_crimes([tmp_path / "nowhere"])
    with pytest.raises(InputError, match="matches none"):
        read_crimes([str(tmp_path / "*.csv")])
    with pytest.raises(InputError, match="At least one path"):
        read_crimes([])
    with pytest.raises(InputError, match="in a list"):
        read_crimes(str(tmp_path))


@pytest.mark.parametrize("crs", ["EPSG:4326", "EPSG:2263", "nonsense"])
def test_the_working_crs_is_projected_in_metres(tmp_path, crs):
    with pytest.raises(InputError, match=r"must be projected, in metres|must be a known coordinate reference system"):
        read_crimes([police.write(tmp_path, "a.csv", police.csv(police.row()))], crs=crs)


def test_a_street_level_file_that_lacks_a_column_stops_a_folder(tmp_path):
    police.write(tmp_path, "a.csv", police.csv(police.row()))
    police.write(tmp_path, "b.csv", police.csv(police.row(), header=police.COLUMNS.replace("Longitude", "East")))
    with pytest.raises(InputError, match=r"`Longitude`; `b.csv` lacks it"):
        read_crimes([tmp_path])


def test_an_error_never_shows_a_row(tmp_path):
    secret = police.row(crime_id="SECRET", location="SECRET")
    for data in (police.csv(secret, header="x"), police.csv(secret) + b"\xff", police.csv(secret + ',"SECRET')):
        with pytest.raises(InputError) as error:
            read_crimes([police.write(tmp_path, "a.csv", data)])
        assert "SECRET" not in str(error.value)


@pytest.mark.shared
def test_the_shared_crime_folder_is_sorted_out_by_content(shared):
    found = read_crimes([shared / "data/crime"])
    kinds = found.sources.groupby("kind")["rows_read"].sum().to_dict()
    assert kinds == {"police.uk street CSV": 162_666 + 18_867, "police.uk API": 83_945 + 469}
    reasons = pd.Series([entry.split(": ")[1] for entry in found.skipped]).value_counts().to_dict()
    assert reasons == {
        "police.uk outcomes, not crimes": 13,
        "police.uk stop and search, not crimes": 9,
        "JSON that holds no crime records": 2,
    }
    assert len(found.crimes) + len(found.rejects) == found.sources["rows_read"].sum()


@pytest.mark.shared
def test_stop_and_search_is_never_read(shared):
    with pytest.raises(InputError, match=r"9 police.uk stop and search, not crimes"):
        read_crimes([shared / "data/crime/stop-and-search"])


@pytest.mark.parametrize("threads", [1, 4])
def test_the_number_of_threads_changes_nothing(tmp_path, threads):
    rng = np.random.default_rng(0)
    picks = rng.integers(0, 4, 40_000)
    rows = [police.row(crime_id=f"{at}", lon=f"-1.6{pick}", location=f"Street {pick}") for at, pick in enumerate(picks)]
    path = police.write(tmp_path, "a.csv", police.csv(*rows, "short", police.row(location='"two\nlines"')))
    usual, before = read_crimes([path]), pa.cpu_count()
    try:
        pa.set_cpu_count(threads)
        again = read_crimes([path])
    finally:
        pa.set_cpu_count(before)
    pd.testing.assert_frame_equal(again.crimes, usual.crimes)
    pd.testing.assert_frame_equal(again.rejects, usual.rejects)
