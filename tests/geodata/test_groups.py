"""People of each group by area, from a table."""

import pytest

from geodata.area_figures import read_groups
from geodata.errors import InputError


def written(tmp_path, text):
    path = tmp_path / "people.csv"
    path.write_text(text)
    return path


def test_columns_of_groups_are_read_and_others_passed_over(tmp_path) -> None:
    path = written(tmp_path, 'code,name,age: under 25,age: older,Total:\nW1,West,"1,200",30,x\nW2,East,0,4.5,y\n')
    people = read_groups(path)
    assert people.columns.tolist() == ["age: under 25", "age: older"]
    assert people.loc["W1"].tolist() == [1200.0, 30.0]
    assert people.loc["W2"].tolist() == [0.0, 4.5]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("code,under 25\nW1,3\n", 'columns named "kind: group"'),
        ("code,age: under 25\nW1,\n", "1 rows of `people.csv` lack a count"),
        ("code,age: under 25\nW1,-3\n", "numbers of at least 0"),
        ("LSOA11CD,age: under 25\nW1,3\nW1,4\n", "A code must stand once"),
    ],
)
def test_a_table_that_does_not_count_every_group_everywhere_is_refused(tmp_path, text, sentence) -> None:
    with pytest.raises(InputError, match=sentence):
        read_groups(written(tmp_path, text))
