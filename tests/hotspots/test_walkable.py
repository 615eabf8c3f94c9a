"""Hot spots that can be walked: by hand on a town of two banks, and by law."""

import numpy as np
import pandas as pd
import pytest

from geodata.errors import InputError
from geodata.grid import Grid
from geodata.streets import Streets
from geodata.tables import WORKING_CRS
from hotspots.choose import choose
from hotspots.spots import spots_of
from hotspots.walkable import AROUND_M, DETOUR, split_by_walking, street_metres

GRID = Grid(400_000.0, 300_000.0, 100.0, 10, 10)
SOUTH = np.arange(30, 36)  # cells of the fourth row
NORTH = SOUTH + 10


def streets_of(*ways):
    """Return streets through points in metres from the corner of the grid; equal points are one place."""
    points = {}
    number = [points.setdefault(point, len(points)) for way in ways for point in way]
    x, y = np.array([point for way in ways for point in way], dtype=float).T
    starts = np.concatenate(([0], np.cumsum([len(way) for way in ways])))
    place = (x + GRID.west, y + GRID.south)
    return Streets.of_ways(np.array(number), place, starts, names=[None] * len(ways), crs=WORKING_CRS, sha256="0" * 64)


def banks(bridge):
    """Two streets, one along each row of cells, joined by a bridge `bridge` metres from the corner."""
    row = {south: [(x, south) for x in (0, 50, 150, 250, 350, 450, 550, bridge)] for south in (350, 450)}
    return streets_of(row[350], row[450], [(bridge, 350), (bridge, 450)])


def one_spot(cells, risk):
    return spots_of([np.sort(cells)], risk, GRID, 1e6)


@pytest.fixture
def risk():
    surface = np.zeros(GRID.size)
    surface[SOUTH], surface[NORTH] = 1.0, 2.0
    return pd.Series(surface, index=GRID.index)


def test_a_river_without_a_bridge_nearby_makes_two_hot_spots(risk):
    spots = one_spot(np.r_[SOUTH, NORTH], risk.to_numpy())
    found = split_by_walking(spots, risk, GRID, banks(950))
    assert found.table["expected"].tolist() == [12, 6]
    assert [sorted(found.cells.index[found.cells == rank]) for rank in (1, 2)] == [list(NORTH), list(SOUTH)]


def test_a_bridge_within_five_minutes_joins_both_banks(risk):
    spots = one_spot(np.r_[SOUTH, NORTH], risk.to_numpy())
    found = split_by_walking(spots, risk, GRID, banks(650))  # 100 + 100 + 100 m from the last cells
    assert len(found.table) == 1
    assert found.cells.equals(spots.cells)


def test_a_cell_without_a_street_goes_with_a_neighbour_and_divides_nothing(risk):
    lonely = np.array([50, 51])  # north of the northern bank: no street
    spots = one_spot(np.r_[SOUTH, NORTH, lonely], risk.to_numpy())
    found = split_by_walking(spots, risk, GRID, banks(950))
    assert sorted(found.cells.index[found.cells == 1]) == sorted([*NORTH, *lonely])


def test_small_parts_are_given_up_but_never_all(risk):
    spots = one_spot(np.r_[SOUTH[:1], NORTH], risk.to_numpy())
    assert len(split_by_walking(spots, risk, GRID, banks(950)).table) == 2
    kept = split_by_walking(spots, risk, GRID, banks(950), least_area=20_000)
    assert kept.table["area_m2"].tolist() == [60_000]
    assert len(split_by_walking(spots, risk, GRID, banks(950), least_area=1e9).table) == 1


def test_the_metres_of_street_are_those_inside(risk):
    spots = one_spot(SOUTH, risk.to_numpy())
    assert street_metres(spots, GRID, banks(950)).tolist() == pytest.approx([600.0])


def test_no_part_holds_more_street_than_asked_for_and_no_cell_is_lost(risk):
    spots = one_spot(NORTH, risk.to_numpy())
    found = split_by_walking(spots, risk, GRID, banks(950), most_street=250.0)
    metres = street_metres(found, GRID, banks(950))
    assert (metres <= 250 + 1e-6).all()
    assert sorted(found.cells.index) == list(NORTH)
    assert len(found.table) == 3


@pytest.mark.parametrize("seed", range(3))
def test_parts_of_random_hot_spots_share_no_cell_and_hang_together(seed):
    rng = np.random.default_rng(seed)
    surface = pd.Series(rng.gamma(0.4, size=GRID.size), index=GRID.index)
    everywhere = np.ones(GRID.size, dtype=bool)
    spots = choose(surface, GRID, study=everywhere, share=0.5, min_area=20_000, max_area=150_000)
    found = split_by_walking(spots, surface, GRID, banks(950))
    assert found.cells.index.is_unique
    assert set(found.cells.index) == set(spots.cells.index)
    assert found.table.geom_type.eq("Polygon").all()
    assert found.table["expected"].is_monotonic_decreasing
    assert (found.expected_total, found.study_area_m2) == (spots.expected_total, spots.study_area_m2)


def test_nothing_chosen_is_nothing_split(risk):
    none = choose(risk * 0, GRID, study=np.ones(GRID.size, dtype=bool), share=0.1, min_area=1e4, max_area=1e5)
    assert len(split_by_walking(none, risk, GRID, banks(950)).table) == 0
    assert len(street_metres(none, GRID, banks(950))) == 0


def test_streets_elsewhere_and_bad_parameters_are_refused(risk):
    spots, far = one_spot(SOUTH, risk.to_numpy()), banks(950)
    with pytest.raises(InputError, match="most_street"):
        split_by_walking(spots, risk, GRID, far, most_street=0)
    with pytest.raises(InputError, match="least_area"):
        split_by_walking(spots, risk, GRID, far, least_area=-1)
    with pytest.raises(InputError, match="working CRS"):
        street_metres(spots, Grid(0.0, 0.0, 100.0, 10, 10, "EPSG:26910"), far)


def test_the_rule_is_the_one_that_is_documented():
    assert (AROUND_M, DETOUR) == (400, 3)
