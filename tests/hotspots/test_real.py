"""Published street-level crime, whole forces: every step holds and what it finds is plausible."""

import numpy as np
import pandas as pd
import pytest

from geodata.areas import locate, read_areas
from geodata.crimes import read_crimes
from geodata.grid import Grid
from geodata.periods import Periods
from hotspots import METHODS, backtest, choose, describe, forecast, kernel_density, patrollable_share, top_share

FORCES = {
    "northumbria": ("crime/northumbria", "boundaries/northumbria_wards_2022.gpkg", 100.0),
    "city": ("crime/city-of-london", "boundaries/city_of_london_wards_2014.geojson", 50.0),
    "islington": ("crime/islington-api", "boundaries/islington_wards_2014.geojson", 50.0),
}

pytestmark = pytest.mark.shared


@pytest.fixture(scope="module", params=FORCES)
def force(request, shared):
    crimes, areas, cell = FORCES[request.param]
    wards = read_areas(shared / "data" / areas)
    read = read_crimes([shared / "data" / crimes])
    grid = Grid.over(wards, cell)
    return read.crimes, wards, grid, grid.mask(wards), Periods.of(read.crimes)


def test_crime_gathers_as_it_does_everywhere(force):
    crimes, _, grid, study, _ = force
    cells = grid.cell_of(crimes.geometry.x, crimes.geometry.y)
    counts = np.bincount(cells[cells >= 0], minlength=grid.size)[study]
    # Weisburd (2015): half of a city's crime on some 4 to 6 % of its street segments; cells of a hectare or less
    # hold no whole street, and map points draw crime together, so more than half.
    assert top_share(counts, share=0.05) > 0.4


def test_the_density_of_a_whole_force_holds_all_its_crime(force):
    crimes, _, grid, _, _ = force
    inside = grid.cell_of(crimes.geometry.x, crimes.geometry.y) >= 0
    found = kernel_density(crimes, grid, bandwidth=3 * grid.cell)
    # Crimes within a bandwidth of the grid's edge lose a part, those just outside lend one.
    assert found.sum() * grid.cell_area / 1e6 == pytest.approx(inside.sum(), rel=0.02)


def test_last_months_are_caught_far_better_than_by_chance(force):
    crimes, _, grid, study, periods = force
    share = patrollable_share(study.sum() * grid.cell_area, max_area=250_000.0)
    found = backtest(crimes, grid, periods, study=study, share=share, bandwidth=3 * grid.cell)
    assert found.best in METHODS
    assert (found.summary["origins"] == 6).all()
    assert (found.summary["pai"] > 1.5).all()
    assert (found.summary["pei"] <= 1).all()


@pytest.mark.parametrize("method", ["raw count", "last period", "density"])
def test_hot_spots_are_chosen_and_described(force, method):
    crimes, wards, grid, study, periods = force
    expected = forecast(crimes, grid, periods, method=method, bandwidth=3 * grid.cell, study=study)
    share = patrollable_share(study.sum() * grid.cell_area, max_area=250_000.0)
    spots = choose(expected, grid, study=study, share=share, min_area=20_000.0, max_area=250_000.0)
    assert 1 <= len(spots.table) <= 80
    assert spots.area_share <= share
    found = describe(
        spots, crimes, grid, periods, expected_crimes=expected, harm=pd.Series(1.0, index=crimes.index), areas=wards,
        wards=locate(crimes, wards), rank_by="crimes",
    )  # fmt: skip
    assert found["name"].is_unique
    assert found["ward"].isin(wards["code"]).all()
    assert found["crimes"].sum() > 2 * spots.area_share * len(crimes)  # else they are not hot
