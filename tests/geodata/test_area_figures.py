"""Figures by area code: from a column of the areas' file, and from several columns of a table."""

import geopandas as gpd
import pytest
import shapely

from geodata.area_figures import read_area_column, read_rates
from geodata.errors import InputError


@pytest.fixture
def areas(tmp_path):
    table = {"WD23CD": ["E05000002", "E05000001", "E05000001"], "WD23NM": ["B", "A", "A"], "homes": [70, 50, 50]}
    boxes = [shapely.box(x, 0, x + 1, 1) for x in range(3)]
    path = tmp_path / "areas.geojson"
    gpd.GeoDataFrame(table, geometry=boxes, crs="EPSG:4326").assign(text="x", less=-1).to_file(path)
    return path


def test_a_column_of_the_areas_is_read_by_code_once_for_the_parts_of_an_area(areas):
    assert read_area_column(areas, "homes").to_dict() == {"E05000002": 70, "E05000001": 50}


@pytest.mark.parametrize(("column", "said"), [("flats", "has no `flats`"), ("text", "3 of 3"), ("less", "at least 0")])
def test_a_column_that_is_none_or_no_number_is_refused(areas, column, said):
    with pytest.raises(InputError, match=said):
        read_area_column(areas, column)


def test_rates_are_those_columns_that_the_table_has(tmp_path):
    path = tmp_path / "rates.csv"
    path.write_text("LSOA11CD,one,other,two\nE01000001,1.5,9,\nE01000002,0,9,3\n", encoding="utf-8")
    found = read_rates(path, ["one", "two", "three"])
    assert list(found.columns) == ["one", "two"]
    assert found.index.tolist() == ["E01000001", "E01000002"]
    assert found["one"].tolist() == [1.5, 0]
    assert found["two"].isna().tolist() == [True, False]


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ("LSOA11CD,a\nE01000001,1\n", "at least one column of one, two"),
        ("LSOA11CD,one\nE01000001,-1\n", "numbers of at least 0; 1 of 1"),
        ("LSOA11CD,one\nE01000001,nan\n", "numbers of at least 0"),
        ("LSOA11CD,one\nE01000001,1\nE01000001,2\n", "stand once"),
    ],
)
def test_rates_that_are_none_are_refused(tmp_path, rows, said):
    path = tmp_path / "rates.csv"
    path.write_text(rows, encoding="utf-8")
    with pytest.raises(InputError, match=said):
        read_rates(path, ["one", "two"])
