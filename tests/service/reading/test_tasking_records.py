import pytest

from geodata.errors import InputError, NotFoundError
from maps.pack import DECISIONS
from service.reading.tasking_records import read_decisions, read_delivered

KNOWN = {"H01", "H02", "H03"}


def file(folder, text: str, name: str = "meeting.csv"):
    path = folder / name
    path.write_bytes(text.encode("utf-8-sig"))
    return path


def test_every_row_is_accepted_or_rejected_with_its_line_and_reason(tmp_path) -> None:
    path = file(
        tmp_path,
        "owner,hotspot_id,decision,reason,review_date\n"
        "Insp A,H01, Accept ,,2025-10-01\n"
        'Sgt B,H02,amend,"later\nshift",\n'
        "\n"
        ",H99,accept,,\n"
        ",H02,decline,,\n"
        ",H03,maybe,,\n"
        ",H03,accept,,1/2/2026\n"
        ",,accept,,\n",
    )
    found = read_decisions(path, KNOWN)
    assert found.table[["hotspot_id", "decision", "owner"]].to_numpy().tolist() == [
        ["H01", "accept", "Insp A"],
        ["H02", "amend", "Sgt B"],
    ]
    assert found.table["reason"].isna().tolist() == [True, False]
    assert found.rejects["line"].tolist() == [6, 7, 8, 9, 10]
    assert found.rejects["reason"].tolist() == [
        "no hot spot of the last tasking",
        "a second decision on one hot spot",
        "the decision is not accept, amend or decline",
        "the review date is not written YYYY-MM-DD",
        "no hot spot",
    ]
    assert found.sentence == "7 rows read = 2 accepted + 5 rejected"
    assert set(found.table["decision"]) <= set(DECISIONS)


def test_delivered_minutes_are_numbers_of_a_day_at_most(tmp_path) -> None:
    rows = "CSO 1,day,H01,30\nCSO 1,day,H01,0.5\nCSO 1,day,H02,nan\nCSO 1,day,H02,-1\nCSO 1,day,H02,1e9\n,day,H02,5\n"
    found = read_delivered(file(tmp_path, "unit,shift,hotspot_id,minutes\n" + rows), KNOWN)
    assert found.table["minutes"].tolist() == [30, 0.5]
    assert found.rejects["line"].tolist() == [4, 5, 6, 7]
    assert found.table["note"].isna().all()


def test_files_that_are_none_are_refused_without_showing_a_row(tmp_path) -> None:
    with pytest.raises(NotFoundError, match="there is none"):
        read_decisions(tmp_path / "no.csv")
    with pytest.raises(InputError, match="decision is not there"):
        read_decisions(file(tmp_path, "hotspot_id,owner\nH01,secret\n"))
    with pytest.raises(InputError, match="unit is not there"):
        read_delivered(file(tmp_path, ""))
    (tmp_path / "bad.csv").write_bytes(b"hotspot_id,decision\nH01,\xff\xfe\n")
    with pytest.raises(InputError, match="UTF-8"):
        read_decisions(tmp_path / "bad.csv")
    with pytest.raises(InputError, match="UTF-8"):
        read_decisions(file(tmp_path, 'hotspot_id,decision\n"H01,accept\n'))


def test_a_header_alone_is_a_meeting_without_decisions(tmp_path) -> None:
    found = read_decisions(file(tmp_path, "hotspot_id,decision\n"))
    assert found.table.empty
    assert found.rejects.empty
