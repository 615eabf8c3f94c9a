"""Lists of premises: known by the names of their columns, positions in metres."""

from pathlib import Path

import pytest

from geodata.errors import InputError
from geodata.premises_list import read_premises


def written(folder: Path, text: str) -> Path:
    path = folder / "premises.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_columns_are_known_by_their_names(tmp_path: Path) -> None:
    found = read_premises(written(tmp_path, "UPRN,X_COORDINATE,Y_COORDINATE\n100012345678,425000,564000\n5,,\n"))
    assert found.to_dict("records") == [{"identifier": "100012345678", "address": "", "x": 425000.0, "y": 564000.0}]


def test_degrees_become_metres(tmp_path: Path) -> None:
    found = read_premises(written(tmp_path, "address,longitude,latitude\n1 High St,-1.6174,54.9783\n"))
    assert found.loc[0, "x"] == pytest.approx(424_600, abs=100)  # the middle of Newcastle upon Tyne
    assert found.loc[0, "y"] == pytest.approx(564_900, abs=100)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("name,x,y\nA,1,2\n", "uprn or address"),
        ("uprn,height\n1,2\n", "such as x and y"),
        ("uprn,x,y\n1,far,2\n", "1 in the column x"),
        ("uprn,x,y\n", "at least one row"),
    ],
)
def test_a_list_without_names_or_positions_is_refused(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        read_premises(written(tmp_path, text))
