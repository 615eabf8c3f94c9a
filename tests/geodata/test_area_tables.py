import gzip

import pandas as pd
import pytest

from geodata.area_tables import read_deprivation, read_lookup, read_population, roll_up
from geodata.errors import InputError


def written(tmp_path, text, name="table.csv"):
    path = tmp_path / name
    data = text.encode()
    path.write_bytes(gzip.compress(data) if name.endswith(".gz") else data)
    return path


def test_the_latest_population_is_taken_unless_a_year_is_named(tmp_path):
    header = "LSOA 2021 Code,LSOA 2021 Name,Area Sq Km,Mid-2021: Population,Mid-2022: Population\n"
    text = header + 'E01000001,A,1.5,1000,"1,200"\nE01000002,B,2,900,\n'
    for name in ("table.csv", "table.csv.gz"):
        path = written(tmp_path, text, name)
        assert read_population(path)["population"].tolist() == pytest.approx([1200, float("nan")], nan_ok=True)
    found = read_population(path, year=2021)
    assert found["population"].to_dict() == {"E01000001": 1000, "E01000002": 900}
    assert found.index.name == "code"


def test_a_workbook_is_read(tmp_path):
    pd.DataFrame({"gss_code": ["E05000001", "E05000002"], "ward": ["A", "B"], "population": [8028, 9970]}).to_excel(
        tmp_path / "book.xlsx", index=False
    )
    assert read_population(tmp_path / "book.xlsx")["population"].to_dict() == {"E05000001": 8028, "E05000002": 9970}
    (tmp_path / "bad.xlsx").write_bytes(b"PK\3\4")
    with pytest.raises(InputError, match=r"workbook must be whole; `bad.xlsx` is not"):
        read_population(tmp_path / "bad.xlsx")


def test_the_decile_of_multiple_deprivation_is_found_among_others(tmp_path):
    for column in ("IMD_decile", "Index of Multiple Deprivation (IMD) Decile (where 1 is most deprived 10% of LSOAs)"):
        path = written(tmp_path, f"lsoa11_code,Income_decile,{column},IMD_rank\nE01000001,9,1,5\nE01000002,3,10,9\n")
        assert read_deprivation(path)["deprivation_decile"].tolist() == [1, 10]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("lsoa11_code,IMD_decile\nE01000001,11\n", "between 1 and 10; 1 of 1 rows"),
        ("lsoa11_code,IMD_decile\nE01000001,x\n", "`IMD_decile` must hold numbers; 1 of 1 rows"),
        ("lsoa11_code,IMD_rank\nE01000001,4\n", "column of deprivation decile must be named where it cannot be told"),
        ("lsoa11_code,A_decile,B_decile\nE01000001,4,5\n", "has `lsoa11_code`, `A_decile`, `B_decile`"),
        ("lsoa11_code,IMD_decile\nE01000001,1\nE01000001,1\n", "A code must stand once; 1 in `table.csv`"),
        ("lsoa11_code,IMD_decile\n", "at least one row; `table.csv` holds none"),
        ("lsoa11_code,IMD_decile\nE01000001\n", r"line 2 of `table.csv` has 1 fields where there must be 2"),
        ("a,IMD_decile,a\nx,1,2\n", "column must stand once"),
        ("colour,IMD_decile\nred,1\nred,2\n", "`code` must be named where it cannot be told"),
    ],
)
def test_what_is_no_table_of_deciles_is_refused(tmp_path, text, words):
    with pytest.raises(InputError, match=words):
        read_deprivation(written(tmp_path, text))


def test_negative_populations_and_missing_columns_are_refused(tmp_path):
    path = written(tmp_path, "code,population\na,-1\nb,4\n")
    with pytest.raises(InputError, match="Population must be at least 0; 1 of 2 rows"):
        read_population(path)
    with pytest.raises(InputError, match=r"has no `people`, it has `code`, `population`"):
        read_population(path, column="people")
    with pytest.raises(InputError, match="column of population must be named"):
        read_population(path, year=2019)
    with pytest.raises(InputError, match=r"must exist and be a file; `none.csv` is not"):
        read_population(tmp_path / "none.csv")


def test_figures_roll_up_by_hand():
    figures = pd.DataFrame(
        {"population": [100.0, 300.0, 50.0, 9.0], "deprivation_decile": [1.0, 5.0, float("nan"), 2.0]},
        index=pd.Index(["a", "b", "c", "z"], name="code"),
    )
    lookup = pd.Series({"a": "W1", "b": "W1", "c": "W2"})
    found = roll_up(figures, lookup)
    assert found["population"].to_dict() == {"W1": 400, "W2": 50}
    assert found["deprivation_decile"].to_dict() == pytest.approx({"W1": 4.0, "W2": float("nan")}, nan_ok=True)
    plain = roll_up(figures[["deprivation_decile"]], lookup)
    assert plain["deprivation_decile"]["W1"] == 3
    with pytest.raises(InputError, match="none of the 4 is in it"):
        roll_up(figures, pd.Series({"q": "W1"}))


def test_a_lookup_puts_each_area_into_one_other(tmp_path):
    path = written(tmp_path, "lsoa,ward\na,W1\nb,W2\na,W1\n")
    assert read_lookup(path, small="lsoa", large="ward").to_dict() == {"a": "W1", "b": "W2"}
    with pytest.raises(InputError, match="puts 1 into several"):
        read_lookup(written(tmp_path, "lsoa,ward\na,W1\na,W2\n"), small="lsoa", large="ward")
    with pytest.raises(InputError, match="has no `parish`"):
        read_lookup(path, small="lsoa", large="parish")


@pytest.mark.shared
def test_the_shared_tables_are_read(shared):
    tables = shared / "data/tables"
    for name in ("imd2015_england_lsoa11.csv.gz", "imd2019_england_lsoa11.csv.gz"):
        deciles = read_deprivation(tables / name)["deprivation_decile"]
        assert len(deciles) == 32_844
        assert deciles.value_counts().between(3284, 3285).all()
    people = read_population(tables / "lsoa21_population_2011_2022.csv.gz")
    assert len(people) == 35_672
    assert people.loc["E01000001", "population"] == 1795
    wards = read_population(tables / "northumbria_ward_population.xlsx")
    assert wards["population"].sum() == 1_470_444


@pytest.mark.shared
def test_nobody_is_lost_on_the_way_from_lsoas_to_wards(shared):
    tables = shared / "data/tables"
    people = read_population(tables / "lsoa21_population_2011_2022.csv.gz")
    lookup = read_lookup(tables / "lookup_lsoa21_ward24_ltla24.csv.gz", small="lsoa21_code", large="ward24_code")
    assert roll_up(people, lookup)["population"].sum() == people["population"].sum()
