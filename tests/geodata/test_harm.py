import pickle
from collections.abc import Mapping

import pandas as pd
import pytest

from geodata.crimes import read_crimes
from geodata.errors import InputError
from geodata.harm import POLICE_GENERATED, HarmTable, harm_tables, police_generated, read_harm

# Cambridge Crime Harm Index, days of imprisonment at the starting point (shared/reference/hotspots.md, UK facts)
PUBLISHED = {"Robbery": 365, "Shoplifting": 1}
# Every category that data.police.uk has used: those of today, of 2011 to 2013, and of 2010 to 2011
CATEGORIES = (
    "Anti-social behaviour",
    "Bicycle theft",
    "Burglary",
    "Criminal damage and arson",
    "Drugs",
    "Other crime",
    "Other theft",
    "Possession of weapons",
    "Public order",
    "Robbery",
    "Shoplifting",
    "Theft from the person",
    "Vehicle crime",
    "Violence and sexual offences",
    "Violent crime",
    "Public disorder and weapons",
)


def table(**changes):
    given = {
        "name": "t",
        "edition": "1",
        "unit": "days",
        "weights": {"Theft": 2.0},
        "basis": {"Theft": "judged"},
        "unlisted": 1.0,
    }
    return HarmTable(**(given | changes))


def written(tmp_path, text):
    path = tmp_path / "own.csv"
    path.write_bytes(text.encode())
    return path


@pytest.mark.parametrize("name", harm_tables())
def test_every_table_that_comes_with_the_program_is_sound(name):
    found = read_harm(name)
    assert found.unit
    assert found.edition
    assert all(weight > 0 for weight in found.weights.values())
    assert all(basis.startswith(("Published: ", "Judged: ")) for basis in found.basis.values())
    assert isinstance(found.weights, Mapping)
    assert pickle.loads(pickle.dumps(found)) == found  # noqa: S301 - it was pickled a moment ago


def test_the_default_table_lists_every_category_there_has_been():
    found = read_harm()
    assert set(found.weights) == set(CATEGORIES)
    assert "judged" in found.unit


def test_published_values_are_published_and_all_others_judged():
    found = read_harm()
    assert {offence for offence, basis in found.basis.items() if basis.startswith("Published")} == set(PUBLISHED)
    assert {offence: found.weights[offence] for offence in PUBLISHED} == PUBLISHED
    assert (
        found.weights["Burglary"] < 273.5
    )  # residential burglary, the graver part of what the category lumps together
    assert found.weights["Robbery"] < 746  # the other scale is never mixed in


def test_harm_follows_the_offence_whatever_its_capitals_and_spaces():
    offences = pd.Series([" robbery", "SHOPLIFTING ", "Criminal  damage & arson", "Parking"], index=[9, 8, 7, 6])
    harm = read_harm().of(offences)
    assert harm.to_dict() == {9: 365, 8: 1, 7: 5, 6: 1}
    assert harm.name == "harm"
    assert read_harm().of(offences.astype("category")).tolist() == harm.tolist()


def test_offences_not_listed_are_counted():
    offences = pd.Categorical(["Robbery", "B", "A", "B"], categories=["A", "B", "Robbery", "unused"])
    assert table(weights={"Robbery": 1.0}, basis={"Robbery": "x"}).unlisted_among(pd.Series(offences)).to_dict() == {
        "A": 1,
        "B": 2,
    }


def test_no_offence_has_no_harm():
    assert read_harm().of(pd.Series([], dtype="category")).tolist() == []


def test_a_force_brings_its_own_table(tmp_path):
    path = written(
        tmp_path,
        "\ufeff# name: Our severity\n# edition: 2025\n# unit: points\n# unlisted: 0.25\nBasis,Offence,Weight\n"
        'board of 3 May,"Theft, other",2.5\n,Arson,40\n',
    )
    found = read_harm(path)
    assert (found.name, found.edition, found.unit, found.unlisted) == ("Our severity", "2025", "points", 0.25)
    assert dict(found.weights) == {"Theft, other": 2.5, "Arson": 40}
    assert found.basis["Arson"] == "as the force gives it"
    assert found.of(pd.Series(["x"])).tolist() == [0.25]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("offence,weight\nTheft,1\n", "must say its unit"),
        ("# unit: days\noffence,days\nTheft,1\n", "columns offence and weight; `own.csv` lacks weight"),
        ("# unit: days\n", "lacks offence and weight"),
        ("# unit: days\noffence,weight\n", "must list at least one offence"),
        ("# unit: days\noffence,weight\nTheft,0\n", "number above 0; that on line 3 of `own.csv` is not"),
        ("# unit: days\noffence,weight\nTheft,-1\n", "number above 0; that on line 3"),
        ("# unit: days\noffence,weight\nA,1\nTheft,many\n", "number above 0; that on line 4"),
        ("# unit: days\noffence,weight\nTheft,nan\n", "number above 0; that on line 3"),
        ("# unit: days\noffence,weight\nTheft,inf\n", "number above 0; that on line 3"),
        ("# unit: days\noffence,weight\nTheft,1\ntheft ,2\n", "named, and once; line 4"),
        ("# unit: days\noffence,weight\n,2\n", "named, and once; line 3"),
        ("# unit: days\noffence,weight\nTheft\n", "as many fields as there are columns; line 3"),
        ("# unit: days\noffence,weight\nTheft,1,2\n", "as many fields as there are columns; line 3"),
        ("# unit: days\n# unlisted: none\noffence,weight\nTheft,1\n", "that on `unlisted` of `own.csv` is not"),
    ],
)
def test_a_table_that_breaks_a_rule_is_refused_with_the_line(tmp_path, text, words):
    with pytest.raises(InputError, match=words):
        read_harm(written(tmp_path, text))


def test_an_unknown_table_is_refused_with_those_there_are():
    with pytest.raises(InputError, match="must be one of police_uk_judged or a file; `severity` is neither"):
        read_harm("severity")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"weights": {"Theft": 0.0}}, "1 of `t` are not, such as that of Theft"),
        ({"unlisted": 0.0}, "unlisted offences must be above 0"),
        ({"basis": {}}, "must have a weight and a basis"),
        ({"weights": {}, "basis": {}}, "and there must be one"),
    ],
)
def test_a_table_checks_itself(changes, words):
    with pytest.raises(InputError, match=words):
        table(**changes)


def test_police_generated_offences_are_known():
    offences = pd.Series(
        ["Drugs", "possession of weapons", "Public order", "Anti-social behaviour"], index=list("abcd")
    )
    found = police_generated(offences)
    assert found.to_dict() == {"a": True, "b": True, "c": False, "d": False}
    assert found.dtype == bool
    assert police_generated(offences.astype("category")).equals(found)
    assert set(POLICE_GENERATED) <= set(CATEGORIES)


@pytest.mark.shared
@pytest.mark.parametrize("folder", ["northumbria", "city-of-london", "islington-api"])
def test_the_default_table_lists_every_published_offence(shared, folder):
    offences = read_crimes([shared / "data/crime" / folder]).crimes["offence"]
    assert len(read_harm().unlisted_among(offences)) == 0
    assert offences.nunique() == 14
