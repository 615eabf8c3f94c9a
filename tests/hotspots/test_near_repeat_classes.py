"""Originators, repeats, near repeats and chains: a street by hand, the slow twin, laws."""

import numpy as np
import pandas as pd
import pytest

from geodata.errors import InputError
from hotspots.bands import Bands
from hotspots.near_repeat_classes import CLASSES, near_repeat_classes
from tests.hotspots import naive_near_repeat as naive
from tests.hotspots import small
from tests.hotspots.naive_network import streets_of

BANDS = Bands((0, 0.1, 100, 200), (0, 7, 14))
ALL = np.ones(BANDS.shape, dtype=bool)


def street(*events):
    """Crimes at so many metres along a street, on a day."""
    metres, days = zip(*events, strict=True)
    return small.crimes(np.array(metres, float), np.zeros(len(metres)), day=np.array(days))


def test_a_street_by_hand():
    #                 0        1          2         3          4          5          6
    crimes = street((0, 0), (90, 2), (90, 4), (150, 5), (5000, 5), (0, 13), (150, 5))
    found = near_repeat_classes(crimes, BANDS, ALL)
    table = found.table
    assert table["class"].tolist() == [
        "originator", "near repeat", "repeat", "near repeat", "alone", "repeat", "repeat",
    ]  # fmt: skip
    assert table["number"].tolist() == [1, 2, 3, 4, 5, 7, 6]  # 3 and 4 of one day: by row, and 6 after 4
    # The sixth: 13 days after the first at one place, (0, 1) in the matrix; 9 after the third 90 metres off, (1, 1).
    assert table["linked_to"].fillna(0).tolist() == [0, 1, 2, 3, 0, 1, 4]
    assert table["space"].fillna("").tolist() == [
        "",
        "[0.1, 100)",
        "[0, 0.1)",
        "[0.1, 100)",
        "",
        "[0, 0.1)",
        "[0, 0.1)",
    ]
    assert table["chain"].fillna(0).tolist() == [1, 1, 1, 1, 0, 1, 1]
    assert table["originator"].dropna().unique().tolist() == [1]
    assert table["generation"].fillna(-1).tolist() == [0, 1, 2, 3, -1, 1, 4]
    assert table["chain_size"].dropna().unique().tolist() == [6]


def test_the_matrix_decides_and_not_the_distance_alone():
    crimes = street((0, 0), (80, 9), (150, 10))
    near = near_repeat_classes(crimes, BANDS, ALL).table
    assert near["linked_to"].tolist()[1:] == [1, 2]
    sooner = street((0, 0), (150, 9), (0, 10))  # one place after 10 days (0, 1), or 150 metres after one (2, 0)
    assert near_repeat_classes(sooner, BANDS, ALL).table["linked_to"].tolist()[2] == 1


def test_half_distance_and_half_life_are_of_connection_number_half_n():
    crimes = street((0, 0), (10, 1), (30, 3), (60, 6))
    found = near_repeat_classes(crimes, Bands((0, 100), (0, 7)), np.ones((1, 1), bool))
    assert found.links == 6  # metres 10 20 30 30 50 60, days 1 2 3 3 5 6
    assert (found.half_distance, found.half_life) == (30, 3)


def test_premises_that_are_known_tell_flats_apart():
    crimes = street((0, 0), (0, 1), (3, 2), (0, 3))
    crimes["place_id"] = pd.Categorical(["flat 1", "flat 2", "flat 2", None])
    crimes["place_kind"] = pd.Categorical(["premises"] * 4)
    assert near_repeat_classes(crimes, BANDS, ALL).table["class"].tolist() == [
        "originator", "near repeat", "repeat", "repeat",
    ]  # fmt: skip


def test_links_equal_those_found_one_by_one():
    rng = np.random.default_rng(4)
    x, y = small.scattered(150, 4)
    x, y, day = np.round(x, -1), np.round(y, -1), rng.integers(0, 60, 150)
    linking = np.array([[1, 1], [1, 0], [0, 1]], dtype=bool)
    table = near_repeat_classes(small.crimes(x, y, day=day), BANDS, linking).table
    events = list(zip(x.tolist(), y.tolist(), day.tolist(), strict=True))
    for later, number in enumerate(table["number"]):
        options = []
        for earlier, other in enumerate(table["number"]):
            metres, days = naive.distance(events[earlier], events[later]), abs(day[earlier] - day[later])
            i, j = naive.band_of(metres, BANDS.space, "left"), naive.band_of(days, BANDS.time, "left")
            if other < number and i is not None and j is not None and linking[i, j]:
                options.append((i + j, i, metres, days, -other))
        linked = table["linked_to"][later]
        assert (pd.isna(linked) and not options) or linked == -min(options)[-1]


def test_every_chain_leads_back_to_its_originator():
    x, y = small.scattered(400, 1)
    table = near_repeat_classes(small.crimes(x, y, day=np.arange(400) % 80), BANDS, ALL).table.set_index("number")
    linked = table["linked_to"].dropna().astype(int)
    assert (linked < linked.index).all()
    assert (table["chain"][linked].to_numpy() == table["chain"][linked.index].to_numpy()).all()
    assert (table["generation"][linked.index].to_numpy() == table["generation"][linked].to_numpy() + 1).all()
    firsts = table[table["class"] == "originator"]
    assert firsts.index.tolist() == firsts["originator"].tolist()
    assert firsts["chain"].sort_index().tolist() == list(range(1, len(firsts) + 1))
    assert table.groupby("chain").size().tolist() == firsts["chain_size"].sort_index().tolist()


def test_order_of_rows_is_immaterial_where_no_two_are_of_one_day():
    x, y = small.scattered(80, 2)
    crimes = small.crimes(x, y, day=np.arange(80))
    again = crimes.iloc[np.random.default_rng(0).permutation(80)]
    one, other = (near_repeat_classes(table, BANDS, ALL).table for table in (crimes, again))
    assert other.sort_index().equals(one)


def test_links_may_follow_the_streets():
    spots = [(small.WEST, small.SOUTH), (small.WEST + 900, small.SOUTH)]
    streets = streets_of([(0, 1, 900.0)], spots=spots)
    crimes = street((0, 0), (90, 2), (450, 4))
    along = near_repeat_classes(crimes, BANDS, ALL, metric="network", streets=streets).table
    assert along.equals(near_repeat_classes(crimes, BANDS, ALL).table)


@pytest.mark.parametrize("size", [0, 1, 2])
def test_hardly_any_crimes_and_no_bands_at_all(size):
    crimes = street((0, 0), (0, 0)).iloc[:size]
    none = near_repeat_classes(crimes, BANDS, ~ALL)
    assert none.counts() == {**dict.fromkeys(CLASSES, 0), "alone": size}
    assert np.isnan(none.half_distance)
    if size:
        assert near_repeat_classes(crimes, BANDS, ALL).counts()["repeat"] == size - 1


def test_what_breaks_a_rule_is_refused():
    crimes = street((0, 0), (0, 1))
    with pytest.raises(InputError, match=r"shape of the bands \(3, 2\), got \(1, 2\)"):
        near_repeat_classes(crimes, BANDS, ALL[:1])
    with pytest.raises(InputError, match="bands that end"):
        near_repeat_classes(crimes, Bands((0, float("inf")), (0, 7)), np.ones((1, 1), bool))


def test_the_rules_are_stated():
    text = " ".join(near_repeat_classes(street((0, 0)), BANDS, ALL).rules)
    for word in ("[0.1, 100) m x [7, 14) days", "corner of the matrix", "earlier row", "0.1 metres", ".5 N", "0 days"):
        assert word in text
