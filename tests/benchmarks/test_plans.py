import gzip
import io
import json
import tarfile

import pytest

from benchmarks._plans_files import references, texts
from benchmarks.plans import main

# A path of three streets; the repeated edge counts as its last cost.
STREETS = "4 4 1\n1 2 9\n2 3 1\n3 4 2\n1 2 3\n"


def rows(tmp_path, family, *words):
    main(["--family", family, "--folder", str(tmp_path), "--json", str(tmp_path / "out" / "rows.json"), *words])
    return json.loads((tmp_path / "out" / "rows.json").read_text())


def test_a_median_is_proven_checked_and_held_to_the_folder_s_list(tmp_path, capsys):
    (tmp_path / "streets.txt.gz").write_bytes(gzip.compress(STREETS.encode()))
    (tmp_path / "optimal-values.txt").write_text("Data file  Optimal\nstreets 7\n")
    (row,) = rows(tmp_path, "pmedian")
    assert (row["instance"], row["value"], row["bound"], row["gap"], row["reference"]) == ("streets", 7, 7, 0, 7)
    assert (row["verdict"], row["proven"]) == ("clean", True)
    assert "skipped optimal-values.txt: it is not an instance of the family" in capsys.readouterr().err


def test_files_in_archives_are_found_and_other_files_named(tmp_path, capsys):
    with tarfile.open(tmp_path / "all.tar.gz", "w:gz") as archive:
        for name, text in (("deep/one.txt", STREETS), ("deep/two.txt", STREETS), ("notes.md", "hello")):
            member = tarfile.TarInfo(name)
            member.size = len(text)
            archive.addfile(member, io.BytesIO(text.encode()))
    (tmp_path / "picture.png").write_bytes(b"\0\1\2")
    assert [row["instance"] for row in rows(tmp_path, "pmedian", "--only", "t*")] == ["two"]
    said = capsys.readouterr().err
    assert "skipped notes.md" in said
    assert "skipped picture.png: it is not text" in said


def test_an_empty_folder_has_no_rows_but_a_sentence_and_a_missing_one_is_refused(tmp_path, capsys):
    assert rows(tmp_path, "pmedian") == []
    assert "No instance of the family pmedian was found" in capsys.readouterr().err
    with pytest.raises(SystemExit, match="`--folder` must be a folder"):
        main(["--family", "pmedian", "--folder", str(tmp_path / "none")])


def test_lists_of_values_are_read_with_and_without_paths(tmp_path):
    (tmp_path / "optimal.csv").write_text("instance,m,optimal,source\nc101,1,320,a book\n")
    (tmp_path / "reference-scores.txt").write_text("p4.2.a.txt 206\n")
    assert references(tmp_path) == {("c101", 1): 320.0, ("p4.2.a", None): 206.0}
    assert len(list(texts(tmp_path))) == 2


def test_odd_blanks_are_read_over_and_no_list_of_values_is_needed(tmp_path):
    odd = b"\xef\xbb\xbf\r\n  n\t4 \r\n\r\nm  1\r\ntmax 6.0 \r\n 0 0 0\r\n1\t0 3 \r\n\r\n2 0 4\r\n3 0 0"
    (tmp_path / "line.txt").write_bytes(odd)
    (line,) = rows(tmp_path, "top", "--seconds", "0.05")
    assert (line["value"], line["reference"], line["verdict"]) == (7, None, "clean")


def test_what_cannot_be_read_or_solved_has_a_row_that_says_why(tmp_path):
    (tmp_path / "a.txt").write_text(STREETS)
    (tmp_path / "broken.txt.gz").write_bytes(gzip.compress(STREETS.encode())[:-9])
    (tmp_path / "cut.txt").write_text("4 4 1\n1 2 9\n")
    good, broken = rows(tmp_path, "pmedian")
    assert (good["value"], good["verdict"]) == (7, "clean")
    assert (broken["instance"], broken["value"], broken["gap"]) == ("broken.txt.gz", None, None)
    assert broken["verdict"] == "not solved: it cannot be read (EOFError)"


def test_rounds_that_cannot_be_made_are_none_and_clean(tmp_path):
    (tmp_path / "far.txt").write_text("n 3\nm 2\ntmax 1.0\n0 0 0\n1 0 3\n3 0 0\n")
    (row,) = rows(tmp_path, "top", "--seconds", "0.05")
    assert (row["value"], row["bound"], row["verdict"]) == (0, 0, "clean")


PATROLS = {
    "family": "patrols",
    "shift": {"name": "late", "start": 840, "end": 960},
    "rules": {"drive_kmh": None, "briefing": 0, "debrief": 0},
    "bases": [{"name": "base", "x": 0.0, "y": 0.0}],
    "units": [{"name": "CSO 1", "base": "base", "minutes": 95}],
    "hotspots": [
        {"hotspot_id": "B", "x": 0.0, "y": 80.0, "minutes": 15, "most": 3, "value": 4.0},
        {"hotspot_id": "A", "x": 80.0, "y": 0.0, "minutes": 15, "most": 1, "value": 1.0},
    ],
    "from_base": [[80.0, 80.0]],
    "between": [[0.0, 160.0], [160.0, None]],
}


def test_patrols_visit_a_place_again_after_the_gap(tmp_path):
    (tmp_path / "one.json").write_text(json.dumps(PATROLS))
    (row,) = rows(tmp_path, "patrols")
    assert row["verdict"] == "clean"
    assert row["value"] == pytest.approx(4 + 4 * 0.55 + 1)  # B, A on the way, B an hour after it was left
    assert row["bound"] == pytest.approx(row["value"])


@pytest.mark.shared
def test_known_optima_are_met(shared, tmp_path):
    folder = shared / "allocation"
    folder = folder if folder.is_dir() else shared / "data" / "allocation"
    main(["--family", "pmedian", "--folder", str(folder / "pmedian"), "--json", str(tmp_path / "rows.json")])
    found = json.loads((tmp_path / "rows.json").read_text())
    assert len(found) >= 20
    assert all(row["proven"] and row["value"] == row["reference"] and row["verdict"] == "clean" for row in found)


def test_both_formats_of_capacitated_medians_are_read(tmp_path):
    (tmp_path / "one.txt").write_text(" 1 3\n 3 1 10\n 1 0 0 2\n 2 0 2 2\n 3 1.5 2 2\n")
    (tmp_path / "two.dat").write_text("3 1\n0 0 10 2\n0 2 10 2\n1.5 2 10 2\n")
    one, two = rows(tmp_path, "cpmp")
    assert (one["value"], one["bound"], one["reference"], one["verdict"]) == (3, 3, 3, "clean")
    assert (two["value"], two["proven"], two["verdict"]) == (3.5, True, "clean")


def test_team_orienteering_with_and_without_windows_is_read(tmp_path):
    (tmp_path / "line.txt").write_text("n 4\nm 1\ntmax 6.0\n0 0 0\n1 0 3\n2 0 4\n3 0 0\n")
    (line,) = rows(tmp_path, "top", "--seconds", "0.05")
    assert (line["value"], line["bound"], line["verdict"], line["size"]) == (7, 7, "clean", {"places": 4, "rounds": 1})
    (tmp_path / "line.txt").write_text("1 2 2 1\n0 9\n0 0 0 0 0 0 0 0 9\n1 3 0 1 5 1 1 1 0 4\n2 0 3 1 6 1 1 1 0 4\n")
    one, two = rows(tmp_path, "toptw", "--seconds", "0.05")
    assert (one["instance"], one["value"], two["instance"], two["value"]) == ("line m=1", 6, "line m=2", 11)


def test_orienteering_by_one_path_is_read_in_three_formats(tmp_path):
    (tmp_path / "a.txt").write_text("6 1\n0 0 0\n3 0 0\n1 0 3\n2 0 4\n")
    (tmp_path / "b.txt").write_text("n 4\nm 1\ntmax 6.0\n0 0 0\n1 0 3\n2 0 4\n3 0 0\n")
    (tmp_path / "c.oplib").write_text(
        "NAME : c\nTYPE : OP\nDIMENSION : 3\nCOST_LIMIT : 4\nEDGE_WEIGHT_TYPE : EUC_2D\nNODE_COORD_SECTION\n1 0 0\n"
        "2 2 0\n3 0 9\nNODE_SCORE_SECTION\n1 0\n2 7\n3 50\nDEPOT_SECTION\n1\n-1\nEOF\n"
    )
    assert [row["value"] for row in rows(tmp_path, "op", "--seconds", "0.05")] == [7, 7, 7]
