import warnings

import numba
import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

from geodata.errors import InputError
from geodata.grid import Grid
from hotspots import CoarseGridWarning, kernel_density
from hotspots._kernels import tiles
from hotspots.density import density_at_centres
from tests.hotspots import naive, small
from tests.hotspots.uncompiled import both

SEEDS = range(5)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(("cell", "bandwidth"), [(100.0, 300.0), (100.0, 130.0), (50.0, 410.0), (30.0, 37.0)])
def test_every_cell_equals_the_slow_twin(seed, cell, bandwidth):
    grid = small.grid(17, 13, cell)
    x, y = small.scattered(150, seed, columns=17, rows=13, cell=cell)
    weights = np.random.default_rng(seed).uniform(0, 9, x.size)
    found = kernel_density(small.crimes(x, y), grid, bandwidth=bandwidth, weights=weights)
    centres = list(zip(*(axis.tolist() for axis in grid.centres()), strict=True))
    slow = naive.kernel_density(grid.west + x, grid.south + y, weights, centres, bandwidth)
    assert_allclose(found, slow, rtol=1e-11, atol=1e-11 * max(slow))  # a sum of up to 150 roundings


def test_one_crime_has_the_published_peak():
    # Silverman (1986), equation 4.5: 3 / pi at the point itself, in units of the bandwidth.
    grid = small.grid(5, 5, 100.0)
    found = kernel_density(small.crimes([250.0], [250.0]), grid, bandwidth=300.0)
    assert found[12] == pytest.approx(3 / (np.pi * 0.3**2), rel=1e-14)
    assert found.idxmax() == 12
    assert found.name == "density"
    assert found.index.equals(grid.index)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("cell", [100.0, 60.0, 25.0])
def test_mass_is_conserved_away_from_the_border(seed, cell):
    grid = Grid(small.WEST, small.SOUTH, cell, int(6000 / cell), int(6000 / cell))
    rng = np.random.default_rng(seed)
    x, y = rng.uniform(301, 5699, (2, 20_000))
    weights = rng.uniform(0, 3, x.size)
    found = kernel_density(small.crimes(x, y), grid, bandwidth=300.0, weights=weights)
    assert found.sum() * grid.cell_area / 1e6 == pytest.approx(weights.sum(), rel=1e-4)


def test_the_mass_of_a_single_crime_is_within_the_stated_bound():
    grid = small.grid(20, 20)
    places = np.random.default_rng(0).uniform(900, 1000, (40, 2))
    masses = [
        kernel_density(small.crimes([x], [y]), grid, bandwidth=300.0).sum() * grid.cell_area / 1e6 for x, y in places
    ]
    assert np.abs(np.array(masses) - 1).max() < 0.006


@pytest.mark.parametrize("seed", SEEDS)
def test_shifting_the_map_shifts_the_surface(seed):
    x, y = small.scattered(400, seed)
    # Whole multiples of 128 m shift every coordinate of this size without rounding, so the surfaces are equal.
    x, y = np.round(x * 1024) / 1024, np.round(y * 1024) / 1024
    here = density_at_centres(x, y, np.ones(400), Grid(0.0, 0.0, 128.0, 20, 15), 250.0)
    there = density_at_centres(x + 1280, y + 2560, np.ones(400), Grid(1280.0, 2560.0, 128.0, 20, 15), 250.0)
    assert_allclose(here, there, rtol=0, atol=0)


@pytest.mark.parametrize("seed", SEEDS)
def test_weights_multiply_and_surfaces_add(seed):
    x, y = small.scattered(300, seed)
    crimes, grid = small.crimes(x, y), small.grid()
    weights = np.random.default_rng(seed).uniform(0, 5, 300)
    one = kernel_density(crimes, grid, bandwidth=300.0, weights=weights)
    assert_allclose(kernel_density(crimes, grid, bandwidth=300.0, weights=7 * weights), 7 * one, rtol=1e-12)
    first, rest = crimes.iloc[:120], crimes.iloc[120:]
    parts = [
        kernel_density(first, grid, bandwidth=300.0, weights=weights[:120]),
        kernel_density(rest, grid, bandwidth=300.0, weights=weights[120:]),
    ]
    assert_allclose(parts[0] + parts[1], one, rtol=1e-12, atol=1e-12)


def test_a_weight_is_as_many_crimes_on_one_point():
    grid = small.grid()
    three = kernel_density(small.crimes([510.0] * 3, [420.0] * 3), grid, bandwidth=300.0)
    one = kernel_density(small.crimes([510.0], [420.0]), grid, bandwidth=300.0, weights=[3.0])
    assert three.equals(one)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("size", [500, tiles.SMALL + 7_000])
def test_order_of_rows_is_immaterial_to_the_last_bit(seed, size):
    x, y = small.scattered(size, seed)
    weights = np.random.default_rng(seed).uniform(0, 3, size)
    order = np.random.default_rng(seed + 1).permutation(size)
    one = density_at_centres(x, y, weights, Grid(0.0, 0.0, 100.0, 20, 15), 300.0)
    other = density_at_centres(x[order], y[order], weights[order], Grid(0.0, 0.0, 100.0, 20, 15), 300.0)
    assert one.tobytes() == other.tobytes()


@pytest.mark.skipif(numba.config.NUMBA_NUM_THREADS < 2, reason="one thread only")
@pytest.mark.parametrize("seed", SEEDS)
def test_number_of_threads_changes_no_bit(seed):
    size = 60_000
    x, y = small.scattered(size, seed, columns=300, rows=200, cell=25.0)
    weights = np.random.default_rng(seed).uniform(0, 3, size)
    surfaces = []
    for threads in (1, 2):
        numba.set_num_threads(threads)
        surfaces.append(density_at_centres(x, y, weights, Grid(0.0, 0.0, 25.0, 300, 200), 120.0).tobytes())
    numba.set_num_threads(numba.config.NUMBA_NUM_THREADS)
    assert surfaces[0] == surfaces[1]


PLAIN = """
import numpy as np
from geodata.grid import Grid
from hotspots.density import density_at_centres
rng = np.random.default_rng(3)
x, y = rng.uniform(-100, 1100, (2, 80))
x[:20], y[:20] = x[0], y[0]
given = x, y, rng.uniform(0, 2, 80), Grid(0.0, 0.0, 100.0, 10, 9)
surface = np.stack([density_at_centres(*given, 280.0, kernel=kernel) for kernel in ("quartic", "gaussian")])
"""


def test_uncompiled_code_gives_the_same_bits():
    compiled, uncompiled = both(PLAIN, "surface.tobytes().hex()")
    assert compiled == uncompiled


def test_no_crimes_make_a_flat_surface():
    found = kernel_density(small.crimes([], []), small.grid(), bandwidth=300.0)
    assert len(found) == 300
    assert (found == 0).all()


@pytest.mark.parametrize("same_weight", [True, False])
def test_thousands_of_crimes_on_one_point_are_one_heavy_crime(same_weight):
    size = 30_000
    weights = np.ones(size) if same_weight else np.random.default_rng(0).integers(1, 100, size).astype(float)
    x, y = np.full(size, 777.0), np.full(size, 333.0)
    grid = Grid(0.0, 0.0, 100.0, 20, 15)
    for bandwidth in (300.0, 500.0):  # in whole numbers, each rounded to 1e-14 of a crime's peak, and tile by tile
        many = density_at_centres(x, y, weights, grid, bandwidth)
        one = density_at_centres(x[:1], y[:1], np.array([weights.sum()]), grid, bandwidth)
        assert_allclose(many, one, rtol=0, atol=0 if bandwidth == 500 else 1e-14 * max(one))


def test_crimes_outside_the_grid_reach_in_and_strays_do_no_harm():
    grid = small.grid(10, 10)
    beside = kernel_density(small.crimes([-120.0], [450.0]), grid, bandwidth=300.0)
    assert beside[40] > 0
    assert beside[42] == 0
    strays = kernel_density(small.crimes([-120.0, 5e6, -4e5], [450.0, 1e6, 450.0]), grid, bandwidth=300.0)
    assert strays.equals(beside)


@pytest.mark.parametrize("bandwidth", [5_000.0, 1e7])
def test_a_bandwidth_beyond_the_grid_is_exact_too(bandwidth):
    grid = small.grid(6, 4)
    x, y = small.scattered(50, 1, columns=6, rows=4)
    found = kernel_density(small.crimes(x, y), grid, bandwidth=bandwidth)
    centres = list(zip(*(axis.tolist() for axis in grid.centres()), strict=True))
    slow = naive.kernel_density(grid.west + x, grid.south + y, np.ones(50), centres, bandwidth)
    assert_allclose(found, slow, rtol=1e-11)


def test_a_bandwidth_below_the_cell_warns_of_the_consequence():
    with pytest.warns(CoarseGridWarning, match="crimes between the centres of cells add too little"):
        kernel_density(small.crimes([10.0], [10.0]), small.grid(), bandwidth=40.0)


def test_a_bandwidth_of_one_cell_does_not_warn():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        kernel_density(small.crimes([10.0], [10.0]), small.grid(), bandwidth=100.0)


@pytest.mark.parametrize("bandwidth", [0.0, -50.0, float("nan"), float("inf"), "300", True, None])
def test_a_bandwidth_that_is_no_length_is_refused(bandwidth):
    with pytest.raises(InputError, match="`bandwidth` must be"):
        kernel_density(small.crimes([10.0], [10.0]), small.grid(), bandwidth=bandwidth)


@pytest.mark.parametrize("weights", [[-1.0, 1.0], [np.nan, 1.0], [np.inf, 1.0]])
def test_weights_that_weigh_nothing_sensible_are_refused(weights):
    with pytest.raises(InputError, match="`weights` must be finite and at least 0, got 1"):
        kernel_density(small.crimes([10.0, 20.0], [10.0, 20.0]), small.grid(), bandwidth=300.0, weights=weights)


def test_weights_of_another_length_or_index_are_refused():
    crimes = small.crimes([10.0, 20.0], [10.0, 20.0])
    with pytest.raises(InputError, match="one number per event"):
        kernel_density(crimes, small.grid(), bandwidth=300.0, weights=[1.0])
    with pytest.raises(InputError, match="index of the crimes"):
        kernel_density(crimes, small.grid(), bandwidth=300.0, weights=pd.Series([1.0, 2.0], index=[1, 0]))


def test_another_crs_is_refused():
    with pytest.raises(InputError, match="working CRS EPSG:27700, got EPSG:4326"):
        kernel_density(small.crimes([10.0], [10.0]).to_crs(4326), small.grid(), bandwidth=300.0)


def test_the_input_is_not_changed():
    x, y = small.scattered(200, 0)
    weights = np.ones(200)
    before = (x.copy(), y.copy(), weights.copy())
    density_at_centres(x, y, weights, Grid(0.0, 0.0, 100.0, 20, 15), 300.0)
    for array, kept in zip((x, y, weights), before, strict=True):
        assert np.array_equal(array, kept)
