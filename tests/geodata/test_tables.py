import geopandas as gpd
import pandas as pd
import pandera.pandas as pa
import pytest
from shapely import Point

from geodata import tables
from geodata.errors import InputError
from geodata.tables import AREAS, CRIMES, REJECTS, SOURCES, check, empty

SCHEMAS = [value for value in vars(tables).values() if isinstance(value, pa.DataFrameSchema)]


def rejects(**changes):
    table = pd.DataFrame({"file": ["a.csv", "SECRET"], "line": [2, 3], "reason": ["no coordinates", "no offence"]})
    return table.astype({"file": "string", "reason": "string"}).assign(**changes)


def sentence(table, schema):
    with pytest.raises(InputError) as error:
        check(table, schema)
    return str(error.value)


@pytest.mark.parametrize("schema", SCHEMAS, ids=lambda schema: schema.name)
def test_an_empty_table_keeps_the_rules_of_its_schema(schema):
    table = empty(schema)
    assert len(table) == 0
    assert check(table, schema) is table
    assert list(table.columns) == list(schema.columns)


def test_a_table_that_keeps_its_rules_is_returned_unchanged():
    table = rejects()
    before = table.copy()
    assert check(table, REJECTS) is table
    pd.testing.assert_frame_equal(table, before)


def test_a_broken_rule_is_named_with_its_column_and_rows_and_never_a_value():
    assert sentence(rejects(line=[2, 0]), REJECTS) == (
        "The table of rejects must keep its columns and their rules: "
        "`line` breaks greater_than_or_equal_to(1) (1 found)."
    )
    found = sentence(rejects(file=pd.array(["SECRET", pd.NA], dtype="string"), line=[0, 0]), REJECTS)
    assert "`file` breaks not_nullable (1 found)" in found
    assert "`line` breaks greater_than_or_equal_to(1) (2 found)" in found
    assert "SECRET" not in found


def test_a_missing_a_further_and_a_misplaced_column_are_named():
    assert "`reason` breaks column_in_dataframe" in sentence(rejects().drop(columns="reason"), REJECTS)
    assert "`extra` breaks column_in_schema" in sentence(rejects(extra=1), REJECTS)
    assert "breaks column_ordered" in sentence(rejects()[["line", "file", "reason"]], REJECTS)


def test_a_wrong_type_is_named():
    assert "`line` breaks dtype('int64')" in sentence(rejects(line=["2", "3"]), REJECTS)


def test_a_name_that_must_be_unique_is():
    table = pd.DataFrame(
        {
            "file": pd.array(["a", "a"], dtype="string"),
            "kind": pd.array(["x", "x"], dtype="string"),
            "sha256": pd.array(["0", "0"], dtype="string"),
            "rows_read": [1, 1],
            "rows_accepted": [1, 1],
            "rows_rejected": [0, 0],
        }
    )
    assert "`file` breaks field_uniqueness (2 found)" in sentence(table, SOURCES)


def test_clock_times_are_those_of_london():
    table = empty(CRIMES)
    utc = table["occurred_from"].dt.tz_convert("UTC")
    assert "`occurred_from` breaks dtype" in sentence(table.assign(occurred_from=utc), CRIMES)


def test_a_decile_is_between_one_and_ten():
    columns = {"code": ["W1"], "name": ["One"], "kind": ["ward"]}
    table = gpd.GeoDataFrame(
        {
            **{name: pd.array(values, dtype="string") for name, values in columns.items()},
            "edition": pd.array([2013], dtype="Int64"),
            "population": [float("nan")],
            "deprivation_decile": [11.0],
        },
        geometry=[Point(0, 0).buffer(1)],
        crs="EPSG:27700",
    )
    assert "`deprivation_decile` breaks in_range(1, 10)" in sentence(table, AREAS)
    assert len(check(table.assign(deprivation_decile=[10.0]), AREAS)) == 1


@pytest.mark.parametrize("schema", SCHEMAS, ids=lambda schema: schema.name)
def test_every_table_is_strict_and_named(schema):
    assert schema.strict
    assert schema.ordered
    assert schema.name
