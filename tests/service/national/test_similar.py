"""Most-similar forces: by hand, by a slow twin, and on the forces of England."""

import math

import numpy as np
import pandas as pd
import pytest

from geodata.errors import InputError
from service.national.force_areas import force_name, read_forces
from service.national.force_figures import read_figures
from service.national.similar import most_similar
from tests.service.national.nation import write_areas


def figures(rows: dict[str, tuple[float, float, float]]) -> pd.DataFrame:
    return pd.DataFrame.from_dict(rows, orient="index", columns=["population", "area_km2", "deprived_share"])


def drawn(seed: int, size: int = 12) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    rows = {f"force-{at:02d}": (rng.lognormal(13, 1), rng.lognormal(8, 1), rng.uniform()) for at in range(size)}
    return figures(rows)


def naive(table: pd.DataFrame, one: str, other: str) -> float:
    values = {
        name: (math.log(row.population), math.log(row.population / row.area_km2), row.deprived_share)
        for name, row in table.iterrows()
    }
    total = 0.0
    for at in range(3):
        column = [each[at] for each in values.values()]
        mean = sum(column) / len(column)
        spread = math.sqrt(sum((each - mean) ** 2 for each in column) / len(column))
        total += ((values[one][at] - values[other][at]) / spread) ** 2
    return math.sqrt(total)


@pytest.mark.parametrize("seed", range(4))
def test_distances_are_those_of_the_slow_twin_and_the_nearest_come_first(seed):
    table = drawn(seed)
    found = most_similar(table, others=4)
    assert len(found) == 12 * 4
    for force, part in found.groupby("force"):
        apart = {other: naive(table, force, other) for other in table.index if other != force}
        nearest = sorted(apart, key=lambda other: (apart[other], other))[:4]
        assert part["other"].tolist() == nearest
        assert part["distance"].tolist() == pytest.approx([apart[other] for other in nearest])


def test_order_of_rows_and_units_of_area_are_immaterial():
    table = drawn(5)
    found = most_similar(table)
    pd.testing.assert_frame_equal(most_similar(table[::-1]), found)
    again = most_similar(table.assign(area_km2=table["area_km2"] * 247.1))
    pd.testing.assert_frame_equal(again, found)


def test_a_force_without_a_figure_is_in_no_group_and_one_alone_has_none():
    table = drawn(1, size=4)
    table.loc["force-02", "deprived_share"] = np.nan
    found = most_similar(table)
    assert set(found["force"]) == set(found["other"]) == {"force-00", "force-01", "force-03"}
    assert most_similar(table[:1]).empty
    assert most_similar(table[:0]).empty


def test_forces_that_sent_nothing_are_in_no_group_but_set_the_scale():
    table = drawn(2)
    some = table.index[:5]
    found = most_similar(table, among=some, others=2)
    assert set(found["other"]) <= set(some)
    first = found.iloc[0]
    assert first["distance"] == pytest.approx(naive(table, first["force"], first["other"]))


def test_a_group_must_have_somebody():
    with pytest.raises(InputError, match="`others` must be a whole number of at least 1"):
        most_similar(drawn(0), others=0)


def test_published_names_become_those_of_the_files():
    for name, said in (
        ("London, City of", "city-of-london"), ("Metropolitan Police", "metropolitan"), ("Dyfed-Powys", "dyfed-powys"),
        ("Devon & Cornwall", "devon-and-cornwall"), ("northumbria", "northumbria"), ("Police", "police"),
    ):  # fmt: skip
        assert force_name(name) == said


def test_a_table_of_forces_is_read_by_name_or_code_and_what_is_lacking_is_said(tmp_path):
    forces = read_forces(write_areas(tmp_path / "areas.geojson", ("Ayshire", "Beeshire", "Seashire")))
    people = tmp_path / "people.csv"
    people.write_text("force,population,deprived_share\nE23000000,1000,0.5\nBeeshire Police,2000,\n")
    found = read_figures(people, forces)
    assert found.table["population"].to_list() == pytest.approx([1000, 2000, float("nan")], nan_ok=True)
    assert found.table["area_km2"].to_list() == pytest.approx([25, 25, 25], rel=1e-3)
    assert found.notes[0].startswith("Residents are not known of seashire:")
    assert found.notes[1].startswith("Deprivation is not known of beeshire:")
    people.write_text("force,deprived_share\nAyshire,40\n")
    with pytest.raises(InputError, match=r"between 0 and 1; 1 in `people\.csv`"):
        read_figures(people, forces)


def test_two_areas_of_one_name_are_refused(tmp_path):
    with pytest.raises(InputError, match=r"one area and a name of its own; 1 in `areas\.geojson`"):
        read_forces(write_areas(tmp_path / "areas.geojson", ("Ayshire", "Ayshire Police")))


@pytest.mark.shared
def test_published_tables_give_the_forces_of_england_and_say_what_lacks_of_wales(shared):
    forces = read_forces(shared / "data" / "boundaries" / "police_force_areas_buc.geojson")
    found = read_figures(shared / "data" / "tables", forces)
    assert len(found.table) == 43
    assert found.table["population"].sum() == 60_245_218  # the whole table of mid-2022: England and Wales
    assert found.table["deprived_share"].isna().sum() == 4
    assert "dyfed-powys, gwent, north-wales and south-wales" in found.notes[0]
    assert found.table.loc["merseyside", "deprived_share"] == found.table["deprived_share"].max()
    groups = most_similar(found.table)
    near = groups[groups["force"] == "greater-manchester"]["other"].tolist()
    assert set(near[:3]) == {"west-midlands", "west-yorkshire", "merseyside"}
