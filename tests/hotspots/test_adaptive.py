import platform

import numba
import numpy as np
import pandas as pd
import pytest
from numba import njit
from numpy.testing import assert_allclose

from geodata.areas import read_areas
from geodata.crimes import read_crimes
from geodata.errors import InputError
from geodata.grid import Grid
from hotspots._kernels import adaptive as adaptive_kernel
from hotspots._kernels import neighbours
from hotspots._kernels.tiles import Sheet
from hotspots.adaptive import adaptive_bandwidths, adaptive_density
from hotspots.density import CoarseGridWarning, kernel_density
from tests.hotspots import naive_density, small
from tests.hotspots.uncompiled import both

SEEDS = range(4)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(("pilot", "trim"), [(None, 5.0), (180.0, 1.5), (900.0, 1.0)])
def test_surface_and_bandwidths_are_those_of_a_slow_twin(seed, pilot, trim):
    x, y = small.scattered(120, seed)
    weights = np.random.default_rng(seed).uniform(0.1, 4, 120)
    grid, crimes = small.grid(), small.crimes(x, y)
    settings = {"bandwidth": 350.0, "pilot": pilot, "weights": weights, "trim": trim}
    radii = naive_density.abramson(x, y, weights, 350.0, pilot or 350.0, trim)
    assert_allclose(adaptive_bandwidths(crimes, **settings), radii, rtol=1e-9)
    centres = [(cx - grid.west, cy - grid.south) for cx, cy in zip(*grid.centres(), strict=True)]
    slow = naive_density.spread_by(x, y, weights, radii, centres)
    # Places are kept as metres from their corner: a difference of coordinates of six digits loses ten of them.
    assert_allclose(adaptive_density(crimes, grid, **settings), slow, rtol=1e-8, atol=1e-7)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_geometric_mean_of_the_bandwidths_is_the_one_given(seed):
    radii = adaptive_bandwidths(small.crimes(*small.scattered(500, seed)), bandwidth=300.0, trim=1e6)
    assert np.exp(np.log(radii).mean()) == pytest.approx(300.0)


@pytest.mark.parametrize("seed", SEEDS)
def test_no_disc_is_wider_than_the_trim(seed):
    x, y = small.scattered(500, seed)
    radii = adaptive_bandwidths(small.crimes(np.r_[x, 9e4], np.r_[y, 9e4]), bandwidth=300.0, trim=2.0)
    assert radii.max() == pytest.approx(600.0)
    assert radii.min() < 300


def test_where_the_pilot_is_uniform_it_is_the_fixed_density():
    x, y = (axis.ravel() for axis in np.meshgrid(np.arange(5) * 400.0 + 100, np.arange(3) * 500.0 + 130))
    crimes, grid = small.crimes(x, y), small.grid()
    found = adaptive_density(crimes, grid, bandwidth=300.0, pilot=200.0)
    assert_allclose(found, kernel_density(crimes, grid, bandwidth=300.0), rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("seed", SEEDS)
def test_density_by_area_gives_back_the_weights(seed):
    grid = Grid(small.WEST, small.SOUTH, 25.0, 400, 400)
    rng = np.random.default_rng(seed)
    x, y = rng.normal(5_000, 700, (2, 3_000))
    weights = rng.uniform(0, 3, 3_000)
    found = adaptive_density(small.crimes(x, y), grid, bandwidth=300.0, weights=weights, trim=3.0)
    assert found.sum() * grid.cell_area / 1e6 == pytest.approx(weights.sum(), rel=1e-4)


def test_a_weight_is_as_many_crimes_on_one_point():
    x, y = small.scattered(80, 0)
    grid = small.grid()
    many = adaptive_density(small.crimes(np.r_[x, x[:5], x[:5]], np.r_[y, y[:5], y[:5]]), grid, bandwidth=300.0)
    heavy = adaptive_density(small.crimes(x, y), grid, bandwidth=300.0, weights=np.r_[[3.0] * 5, [1.0] * 75])
    assert_allclose(many, heavy, rtol=1e-11, atol=1e-12)


def test_doubling_the_weights_doubles_the_surface_and_leaves_the_discs():
    crimes, grid = small.crimes(*small.scattered(200, 1)), small.grid()
    one = adaptive_density(crimes, grid, bandwidth=300.0)
    assert_allclose(adaptive_density(crimes, grid, bandwidth=300.0, weights=np.full(200, 2.0)), 2 * one, rtol=1e-11)


def test_crimes_that_weigh_nothing_change_nothing():
    x, y = small.scattered(60, 2)
    weights = np.r_[np.zeros(10), np.ones(50)]
    crimes, grid = small.crimes(x, y), small.grid()
    found = adaptive_density(crimes, grid, bandwidth=300.0, weights=weights)
    assert found.equals(adaptive_density(crimes.iloc[10:], grid, bandwidth=300.0))
    assert adaptive_bandwidths(crimes, bandwidth=300.0, weights=weights).isna().tolist() == [True] * 10 + [False] * 50


@pytest.mark.skipif(numba.config.NUMBA_NUM_THREADS < 2, reason="one thread only")
@pytest.mark.parametrize("seed", SEEDS)
def test_neither_threads_nor_the_order_of_rows_change_a_bit(seed):
    x, y = small.scattered(8_000, seed, columns=150, rows=200, cell=30.0)
    order = np.random.default_rng(seed).permutation(8_000)
    grid = small.grid(150, 200, 30.0)
    found = []
    for threads, rows in ((1, slice(None)), (2, slice(None)), (2, order)):
        numba.set_num_threads(threads)
        found.append(adaptive_density(small.crimes(x[rows], y[rows]), grid, bandwidth=150.0).to_numpy().tobytes())
    numba.set_num_threads(numba.config.NUMBA_NUM_THREADS)
    assert found[0] == found[1] == found[2]


PLAIN = """
import numpy as np
from hotspots._kernels.adaptive import adaptive_quartic
from hotspots._kernels.neighbours import places_of, quartic_at_places, separations
from hotspots._kernels.tiles import Sheet
rng = np.random.default_rng(3)
x, y = rng.uniform(-100, 1100, (2, 80))
x[:20], y[:20] = x[0], y[0]
places = places_of(x, y, rng.uniform(0, 2, 80), 200.0)
sums, apart = quartic_at_places(places, 200.0), separations(places, 400.0, 30)
radii = np.linspace(60, 300, places.x.size)
surface = adaptive_quartic(places, radii, Sheet(0.0, 0.0, 50.0, 20, 18, 300.0))
found = b"".join(part.tobytes() for part in (sums, *apart, surface)).hex()
"""


def test_uncompiled_code_gives_the_same_bits():
    compiled, uncompiled = both(PLAIN, "found")
    assert compiled == uncompiled


@pytest.mark.skipif(platform.machine() not in ("x86_64", "AMD64"), reason="names the instructions of one processor")
@pytest.mark.parametrize("kernel", ["pairs", "discs"])
def test_the_inner_loops_run_on_packed_numbers(kernel):
    if kernel == "pairs":
        loop = njit(neighbours._add_strip.py_func)
        x, y = np.sort(np.random.default_rng(0).uniform(0, 3, (2, 48)))
        loop(x, y, np.ones(40), np.array([0, 40]), 4.0, 0, np.zeros(40))
    else:
        loop = njit(adaptive_kernel._frame.py_func, error_model="numpy")
        loop(np.arange(9.0), 0.0, np.full(9, 30.0), 10.0, 5, *np.empty((3, 9)))
    assembly = "\n".join(loop.inspect_asm().values())
    for instruction in ("maxpd", "mulpd", "addpd" if kernel == "pairs" else "minpd"):
        assert instruction in assembly


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("extent", [1.0, 40.0, 3_000.0])
def test_strips_of_any_height_meet_every_pair(seed, extent):
    rng = np.random.default_rng(seed)
    x, y = rng.uniform(0, extent, (2, 90)) * (1.0, 0.3)[seed % 2]
    weights = rng.uniform(0.1, 5, 90)
    places = neighbours.places_of(x, y, weights, 20.0)
    assert places.first[-1] == places.x.size
    for begin, end in zip(places.first[:-1], places.first[1:], strict=True):
        assert (np.diff(places.x[begin:end]) >= 0).all()
    apart = np.hypot(places.x[:, None] - places.x, places.y[:, None] - places.y)
    slow = 3 / (np.pi * 400) * np.maximum(0, 1 - (apart / 20) ** 2) ** 2 @ places.weights
    assert_allclose(neighbours.quartic_at_places(places, 20.0), slow, rtol=1e-11)


def test_discs_of_very_unlike_width_equal_the_slow_twin():
    rng = np.random.default_rng(7)
    sheet = Sheet(-50.0, 20.0, 10.0, 61, 43, 700.0)
    places = neighbours.places_of(*rng.uniform(-300, 900, (2, 300)), rng.uniform(0.1, 3, 300), 100.0)
    radii = np.geomspace(1.0, 700.0, places.x.size)[rng.permutation(places.x.size)]
    found = adaptive_kernel.adaptive_quartic(places, radii, sheet)
    east, north = (np.arange(61) + 0.5) * 10 - 50, (np.arange(43) + 0.5) * 10 + 20
    apart = np.hypot(east[None, :, None] - places.x - places.west, north[:, None, None] - places.y - places.south)
    slow = places.weights * 3 / np.pi / radii**2 * np.maximum(0, 1 - (apart / radii) ** 2) ** 2
    assert_allclose(found, slow.sum(axis=2), rtol=1e-9, atol=1e-15)


def test_none_one_and_thousands_on_one_point_all_work():
    grid = small.grid()
    assert (adaptive_density(small.crimes([], []), grid, bandwidth=300.0) == 0).all()
    assert adaptive_bandwidths(small.crimes([], []), bandwidth=300.0).empty
    one = adaptive_density(small.crimes([777.0], [333.0]), grid, bandwidth=300.0)
    assert_allclose(one, kernel_density(small.crimes([777.0], [333.0]), grid, bandwidth=300.0), rtol=1e-9, atol=1e-12)
    many = adaptive_density(small.crimes([777.0] * 3_000, [333.0] * 3_000), grid, bandwidth=300.0)
    assert_allclose(many, 3_000 * one, rtol=1e-9)


def test_strays_neither_blow_up_the_work_nor_reach_in():
    x, y = small.scattered(200, 4)
    grid = small.grid()
    far = adaptive_density(small.crimes(np.r_[x, 5e6], np.r_[y, -4e5]), grid, bandwidth=300.0)
    here = adaptive_density(small.crimes(x, y), grid, bandwidth=300.0)
    assert far.sum() == pytest.approx(here.sum(), rel=0.02)


def test_discs_narrower_than_a_cell_warn_of_the_consequence():
    with pytest.warns(CoarseGridWarning, match="lies on discs narrower than the side of a cell"):
        adaptive_density(small.crimes([10.0] * 9, [10.0] * 9), small.grid(), bandwidth=60.0)


@pytest.mark.parametrize("name", ["bandwidth", "pilot", "trim"])
@pytest.mark.parametrize("value", [0.0, -1.0, float("nan"), "300", True])
def test_parameters_that_are_none_are_refused(name, value):
    with pytest.raises(InputError, match=f"`{name}` must be"):
        adaptive_density(small.crimes([1.0], [1.0]), small.grid(), **{"bandwidth": 300.0, name: value})


def test_other_bad_input_is_refused():
    crimes = small.crimes([1.0, 2.0], [1.0, 2.0])
    with pytest.raises(InputError, match=r"`trim` must be at least 1, got 0\.5"):
        adaptive_density(crimes, small.grid(), bandwidth=300.0, trim=0.5)
    with pytest.raises(InputError, match="`weights` must be finite and at least 0"):
        adaptive_density(crimes, small.grid(), bandwidth=300.0, weights=[-1.0, 1.0])
    with pytest.raises(InputError, match="index of the crimes"):
        adaptive_bandwidths(crimes, bandwidth=300.0, weights=pd.Series([1.0, 1.0], index=[7, 8]))
    with pytest.raises(InputError, match="working CRS"):
        adaptive_density(crimes.to_crs(4326), small.grid(), bandwidth=300.0)


@pytest.mark.shared
def test_a_whole_force_keeps_its_crime_and_sharpens_its_centre(shared):
    wards = read_areas(shared / "data/boundaries/city_of_london_wards_2014.geojson")
    crimes = read_crimes([shared / "data/crime/city-of-london"]).crimes
    grid = Grid.over(wards, 25.0)
    found = adaptive_density(crimes, grid, bandwidth=200.0)
    assert found.max() > kernel_density(crimes, grid, bandwidth=200.0).max()
    inside = grid.cell_of(crimes.geometry.x, crimes.geometry.y) >= 0
    assert found.sum() * grid.cell_area / 1e6 == pytest.approx(inside.sum(), rel=0.05)
