"""A made-up force whose hot spots are known: the method must find them."""

from functools import cache

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from geodata.grid import Grid
from geodata.periods import Periods
from hotspots import choose, forecast, kernel_density, patrollable_share
from tests.hotspots import small


def planted(seed, size=20_000, spots=12):
    """Discs of 200 m radius, 8 km by 6 km: each holds 2 % to 4 % of all crime, the rest falls in town or anywhere."""
    rng = np.random.default_rng(seed)
    centres = rng.permutation([(x, y) for x in range(800, 7600, 900) for y in range(800, 5600, 900)])[:spots]
    strengths = rng.uniform(0.02, 0.04, spots)
    origin = rng.choice(spots + 2, size, p=[*strengths, *(1 - strengths.sum()) * np.array([0.6, 0.4])])
    turn, out = rng.uniform(0, 2 * np.pi, size), 200 * np.sqrt(rng.random(size))
    disc = np.vstack([centres, centres[:2]])[origin] + np.column_stack([np.cos(turn), np.sin(turn)]) * out[:, None]
    town = np.clip(rng.normal([4000, 3000], 1200, (size, 2)), 1, [7999, 5999])
    anywhere = rng.uniform(0, [8000, 6000], (size, 2))
    points = np.where((origin < spots)[:, None], disc, np.where((origin == spots)[:, None], town, anywhere))
    truth = gpd.GeoSeries(shapely.points(centres + np.array([small.WEST, small.SOUTH])), crs=small.CRS).buffer(200)
    return small.crimes(points[:, 0], points[:, 1], day=rng.uniform(0, 364, size)), truth


def found_share(spots, truth):
    """The share of planted places whose centre a chosen spot covers, or half of whose area chosen spots cover."""
    chosen = spots.table.union_all()
    hits = truth.centroid.intersects(chosen) | (truth.intersection(chosen).area >= 0.5 * truth.area)
    return hits.mean()


@pytest.mark.parametrize("seed", range(8))
def test_nine_of_ten_planted_hot_spots_are_found_at_their_share_of_the_area(seed):
    crimes, truth = planted(seed)
    grid = Grid(small.WEST, small.SOUTH, 100.0, 80, 60)
    expected = forecast(crimes, grid, small.weeks(52), method="density", bandwidth=200.0)
    share = truth.area.sum() / (8000 * 6000)
    arguments = {"study": np.ones(grid.size, dtype=bool), "share": share, "min_area": 4e4, "max_area": 1.6e5}
    assert found_share(choose(expected, grid, **arguments), truth) >= 0.9


def test_harm_moves_the_hot_spots_to_where_the_harm_is():
    crimes, truth = planted(0)
    grid = Grid(small.WEST, small.SOUTH, 100.0, 80, 60)
    worst = crimes.geometry.within(truth.iloc[3])
    surface = kernel_density(crimes, grid, bandwidth=200.0, weights=pd.Series(np.where(worst, 50.0, 1.0)))
    arguments = {"study": np.ones(grid.size, dtype=bool), "share": 0.003, "min_area": 4e4, "max_area": 1.6e5}
    spots = choose(surface, grid, **arguments)
    assert spots.table.geometry.iloc[0].contains(truth.iloc[3].centroid)


@pytest.mark.parametrize("seed", [0, 2])
def test_nine_of_ten_planted_hot_spots_of_the_made_up_force_are_found_at_the_default_share(seed):
    town = small.force(seed)
    grid, periods = Grid.over(town.areas, 100.0), Periods.of(town.crimes)
    study = grid.mask(town.areas)
    expected = forecast(town.crimes, grid, periods, method="density", bandwidth=200.0, study=study)
    share = patrollable_share(study.sum() * grid.cell_area, max_area=2.5e5)
    spots = choose(expected, grid, study=study, share=share, min_area=2e4, max_area=2.5e5)
    assert found_share(spots, town.truth.hotspots.geometry) >= 0.9


@cache
def heights(seed):
    """The grid of a made-up force, the cells of its study area, and the forecasts by method."""
    town = small.force(seed)
    grid, periods = Grid.over(town.areas, 50.0), Periods.of(town.crimes)
    study = grid.mask(town.areas)
    by_method = {
        name: forecast(town.crimes, grid, periods, method=name, bandwidth=100.0, study=study)
        for name in ("raw count", "density")
    }
    return grid, study, by_method


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("method", ["raw count", "density"])
def test_nine_of_ten_planted_hot_spots_of_the_made_up_force_are_found_at_the_planted_share(seed, method):
    town, (grid, study, height) = small.force(seed), heights(seed)
    spots = choose(
        height[method],
        grid,
        study=study,
        share=town.truth.area_share,
        min_area=2e4,
        max_area=9e4,
        shaped_by=height["density"],
    )
    assert found_share(spots, town.truth.hotspots.geometry) >= 0.9
