"""Uploads: what is sent is laid out plain, whatever it is called and however it is packed, and never too much of it."""

import gzip
import io
import zipfile

import pytest

from geodata.crimes import read_crimes
from geodata.errors import InputError
from service.store.uploads import save, unpack

ROWS = b"a,b\n1,2\n"


@pytest.fixture
def folders(tmp_path):
    sent, plain = tmp_path / "sent", tmp_path / "plain"
    sent.mkdir()
    plain.mkdir()
    return sent, plain


def packed(files):
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files:
            archive.writestr(name, content)
    held.seek(0)
    return held


def damaged(archive):
    held = bytearray(archive.getvalue())
    held[38:46] = b"\xff" * 8
    return io.BytesIO(held)


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/x.csv", "x.csv"),
        ("C:\\data\\June 2024.csv", "June 2024.csv"),
        ("=cmd|' /C calc'!A0.csv", "C calc__A0.csv"),
        ("@sum.csv", "sum.csv"),
        ("<b>.csv", "b_.csv"),
        ("..", "file"),
        ("x\0y.csv", "x_y.csv"),
        ("é" * 300, "file"),
    ],
)
def test_a_file_is_called_nothing_that_could_do_anything(folders, name, kept):
    path = save(folders[0], name, io.BytesIO(ROWS))
    assert (path.parent, path.name) == (folders[0], kept)


def test_plain_and_packed_files_are_laid_out_side_by_side(folders):
    sent, plain = folders
    save(sent, "x.csv", io.BytesIO(ROWS))
    save(sent, "y.csv.gz", io.BytesIO(gzip.compress(ROWS)))
    save(sent, "all.zip", packed([("2024-05/x.csv", ROWS), ("../../z.csv", ROWS), ("empty/", b"")]))
    unpack(sent, plain, most=10_000)
    assert sorted(path.name for path in plain.iterdir()) == ["2 x.csv", "x.csv", "y.csv", "z.csv"]
    assert {path.read_bytes() for path in plain.iterdir()} == {ROWS}
    assert sorted(path.name for path in plain.parent.iterdir()) == ["plain", "sent"]


def test_what_an_archive_really_holds_is_limited(folders):
    sent, plain = folders
    save(sent, "bomb.zip", packed([("a.csv", bytes(3_000_000))]))
    assert (sent / "bomb.zip").stat().st_size < 10_000
    with pytest.raises(InputError, match=r"at most 2,000,000 bytes unpacked, and bomb\.zip holds more"):
        unpack(sent, plain, most=2_000_000)
    assert sum(path.stat().st_size for path in plain.iterdir()) <= 2_000_000


def test_a_packed_file_is_limited_too_and_all_together(folders):
    sent, plain = folders
    for name in ("a.csv.gz", "b.csv.gz"):
        save(sent, name, io.BytesIO(gzip.compress(bytes(700_000))))
    with pytest.raises(InputError, match=r"b\.csv\.gz holds more"):
        unpack(sent, plain, most=1_000_000)


@pytest.mark.parametrize(
    ("archive", "told"),
    [
        (packed([("inner.zip", packed([("a.csv", ROWS)]).getvalue())]), "no other archive"),
        (packed([(f"{number}.csv", b"") for number in range(1_001)]), "at most 1,000 files"),
        (damaged(packed([("a.csv", ROWS * 99)])), "whole"),
    ],
)
def test_an_archive_that_is_none_of_ours_is_refused(folders, archive, told):
    save(folders[0], "x.zip", archive)
    with pytest.raises(InputError, match=told):
        unpack(*folders, most=10_000_000)


def test_a_gzip_file_that_is_cut_short_is_refused(folders):
    save(folders[0], "x.csv.gz", io.BytesIO(gzip.compress(ROWS * 1000)[:-9]))
    with pytest.raises(InputError, match=r"must be whole, and x\.csv\.gz is not"):
        unpack(*folders, most=10_000_000)


def test_a_workbook_is_not_unpacked_so_that_its_reader_can_say_what_to_do(folders):
    given, plain = folders
    with zipfile.ZipFile(given / "june.xlsx", "w") as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
    unpack(given, plain, most=1000)
    with pytest.raises(InputError, match=r"`june\.xlsx` is .*save it as CSV"):
        read_crimes([plain])
