"""The kernels beside the quartic, and edge correction: slow twins and laws."""

import platform
import warnings
from math import exp, pi, sqrt

import numba
import numpy as np
import pandas as pd
import pytest
import shapely
from geopandas import GeoDataFrame, GeoSeries
from numba import njit
from numpy.testing import assert_allclose

from geodata.errors import InputError
from geodata.grid import Grid
from hotspots import CoarseGridWarning, kernel_density
from hotspots._kernels import desk, lanes, scatter, settle, shapes, tiles
from hotspots.density import KERNELS, SHAPES, density_at_centres, weekly_density
from hotspots.edge import EDGES, Ground
from tests.hotspots import small

SEEDS = range(3)
SPREADS = {
    "quartic": lambda u: 3 / pi * (1 - u) ** 2 if u < 1 else 0,
    "epanechnikov": lambda u: 2 / pi * (1 - u) if u < 1 else 0,
    "triangular": lambda u: 3 / pi * (1 - sqrt(u)) if u < 1 else 0,
    "uniform": lambda u: 1 / pi if u < 1 else 0,
    "gaussian": lambda u: exp(-u / 2) / (2 * pi),
}
kernels = pytest.mark.parametrize("kernel", KERNELS)


def slow(x, y, weights, grid, bandwidth, kernel):
    """One crime and one centre at a time; per square kilometre."""
    surface = []
    for cx, cy in zip(*(axis.tolist() for axis in grid.centres()), strict=True):
        total = 0.0
        for px, py, weight in zip(x.tolist(), y.tolist(), weights, strict=True):
            total += weight * SPREADS[kernel](((cx - px) ** 2 + (cy - py) ** 2) / bandwidth**2) / bandwidth**2
        surface.append(total * 1e6)
    return np.array(surface)


def slow_share(x, y, polygon, bandwidth, kernel, squares=400):
    """What of a spread falls on a polygon, on a fine sheet of squares centred on the point."""
    reach = 6 * bandwidth if kernel == "gaussian" else bandwidth
    steps = (np.arange(squares) + 0.5) / squares * 2 * reach - reach
    dx, dy = (axis.ravel() for axis in np.meshgrid(steps, steps))
    heights = np.array([SPREADS[kernel](u) for u in (dx**2 + dy**2) / bandwidth**2])
    return heights[shapely.intersects_xy(polygon, x + dx, y + dy)].sum() / heights.sum()


@kernels
@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(("cell", "bandwidth"), [(100.0, 300.0), (100.0, 130.0), (30.0, 37.0)])
def test_every_cell_equals_the_slow_twin(kernel, seed, cell, bandwidth):
    grid = small.grid(17, 13, cell)
    x, y = small.scattered(60, seed, columns=17, rows=13, cell=cell)
    weights = np.random.default_rng(seed).uniform(0, 9, x.size)
    found = kernel_density(small.crimes(x, y), grid, bandwidth=bandwidth, kernel=kernel, weights=weights)
    twin = slow(grid.west + x, grid.south + y, weights, grid, bandwidth, kernel)
    # Sums of up to 60 roundings; the Gaussian leaves out what is beyond 6 bandwidths, 1.5e-8 of a peak for each crime.
    peak = weights.sum() * SPREADS[kernel](0) / bandwidth**2 * 1e6
    assert_allclose(found, twin, rtol=1e-11, atol=(1.6e-8 if kernel == "gaussian" else 1e-14) * peak)


@kernels
def test_one_crime_has_the_published_peak(kernel):
    grid = small.grid(5, 5, 100.0)
    found = kernel_density(small.crimes([250.0], [250.0]), grid, bandwidth=300.0, kernel=kernel)
    # The Gaussian comes by way of a lattice of nodes, which is off by 9e-12 along either axis.
    assert found[12] == pytest.approx(SPREADS[kernel](0) / 0.3**2, rel=2e-11 if kernel == "gaussian" else 1e-14)


# Greatest difference of the mass of one crime from 1 over where in its cell it lies, at cells of a third and of a
# tenth of the bandwidth; docs/method/density.md states them.
ALONE = {
    "quartic": (0.006, 1e-4),
    "epanechnikov": (0.02, 1.5e-3),
    "triangular": (0.01, 1e-3),
    "uniform": (0.14, 0.025),
    "gaussian": (1e-7, 1e-7),
}


@kernels
@pytest.mark.parametrize("finer", [False, True])
def test_the_mass_of_a_single_crime_is_within_the_stated_bound(kernel, finer):
    cell = 30.0 if finer else 100.0
    side = int(4500 / cell)
    grid = Grid(0.0, 0.0, cell, side, side)
    places = np.random.default_rng(0).uniform(0, cell, (60, 2, 1)) + cell * (side // 2)
    masses = [
        density_at_centres(x, y, np.ones(1), grid, 300.0, kernel=kernel).sum() * grid.cell_area / 1e6 for x, y in places
    ]
    assert np.abs(np.array(masses) - 1).max() < ALONE[kernel][finer]


# Crimes and cell at which their differences cancel to 0.01 %.
MANY = {
    "quartic": (20_000, 100.0),
    "epanechnikov": (60_000, 75.0),
    "triangular": (60_000, 75.0),
    "uniform": (300_000, 25.0),
    "gaussian": (200, 100.0),
}


@kernels
@pytest.mark.parametrize("seed", SEEDS)
def test_mass_is_conserved_away_from_the_border(kernel, seed):
    size, cell = MANY[kernel]
    rng = np.random.default_rng(seed)
    x, y = rng.uniform(1801, 4199, (2, size))
    weights = rng.uniform(0, 3, size)
    grid = Grid(0.0, 0.0, cell, int(6000 / cell), int(6000 / cell))
    found = density_at_centres(x, y, weights, grid, 300.0, kernel=kernel)
    assert found.sum() * grid.cell_area / 1e6 == pytest.approx(weights.sum(), rel=1e-4)


@kernels
@pytest.mark.parametrize("seed", SEEDS)
def test_shifting_the_map_shifts_the_surface(kernel, seed):
    x, y = (np.round(axis * 1024) / 1024 for axis in small.scattered(200, seed))
    here = density_at_centres(x, y, np.ones(200), Grid(0.0, 0.0, 128.0, 20, 15), 250.0, kernel=kernel)
    there = density_at_centres(
        x + 1280, y + 2560, np.ones(200), Grid(1280.0, 2560.0, 128.0, 20, 15), 250.0, kernel=kernel
    )
    assert_allclose(here, there, rtol=0, atol=0)


@kernels
@pytest.mark.parametrize("seed", SEEDS)
def test_weights_multiply_and_surfaces_add(kernel, seed):
    x, y = small.scattered(300, seed)
    grid = Grid(0.0, 0.0, 100.0, 20, 15)
    weights = np.random.default_rng(seed).uniform(0, 5, 300)
    one = density_at_centres(x, y, weights, grid, 300.0, kernel=kernel)
    assert_allclose(density_at_centres(x, y, 7 * weights, grid, 300.0, kernel=kernel), 7 * one, rtol=1e-12)
    parts = [
        density_at_centres(x[part], y[part], weights[part], grid, 300.0, kernel=kernel)
        for part in (slice(None, 120), slice(120, None))
    ]
    assert_allclose(parts[0] + parts[1], one, rtol=1e-12, atol=1e-12)


@kernels
def test_order_of_rows_is_immaterial_to_the_last_bit(kernel):
    x, y = small.scattered(500, 0)
    weights = np.random.default_rng(0).uniform(0, 3, 500)
    order = np.random.default_rng(1).permutation(500)
    grid = Grid(0.0, 0.0, 100.0, 20, 15)
    one = density_at_centres(x, y, weights, grid, 300.0, kernel=kernel)
    other = density_at_centres(x[order], y[order], weights[order], grid, 300.0, kernel=kernel)
    assert one.tobytes() == other.tobytes()


@pytest.mark.skipif(numba.config.NUMBA_NUM_THREADS < 2, reason="one thread only")
@kernels
def test_number_of_threads_changes_no_bit(kernel):
    x, y = small.scattered(30_000, 0, columns=300, rows=200, cell=25.0)
    surfaces = []
    for threads in (1, 2):
        numba.set_num_threads(threads)
        grid = Grid(0.0, 0.0, 25.0, 300, 200)
        surfaces.append(density_at_centres(x, y, np.ones(x.size), grid, 80.0, kernel=kernel).tobytes())
    numba.set_num_threads(numba.config.NUMBA_NUM_THREADS)
    assert surfaces[0] == surfaces[1]


@kernels
@pytest.mark.parametrize("bandwidth", [290.0, 5_000.0])
def test_crimes_outside_a_small_grid_reach_in(kernel, bandwidth):
    grid = small.grid(6, 4)
    x, y = np.random.default_rng(0).uniform(-900, 1500, (2, 40))
    found = kernel_density(small.crimes(x, y), grid, bandwidth=bandwidth, kernel=kernel)
    twin = slow(grid.west + x, grid.south + y, np.ones(40), grid, bandwidth, kernel)
    assert_allclose(found, twin, rtol=1e-11, atol=1e-6 * max(twin) if kernel == "gaussian" else 0)


@pytest.mark.skipif(platform.machine() not in ("x86_64", "AMD64"), reason="names the instructions of one processor")
@pytest.mark.parametrize(
    ("loop", "given", "instructions"),
    [
        # The maximum with 0 is taken in the inner loops alone; compiled one number at a time it would be `maxsd` only.
        ("_add_quartic", (), ("maxpd", "mulpd", "addpd", "sqrtpd")),
        ("_add_other", (shapes.EPANECHNIKOV,), ("maxpd", "sqrtpd", "mulpd", "addpd")),
    ],
)
def test_the_inner_loops_run_on_packed_numbers(loop, given, instructions):
    compiled = njit(getattr(scatter, loop).py_func)
    sheet = tiles.Sheet(0.0, 0.0, 100.0, 9, 9, 300.0)
    size = desk.desk_for(sheet, tiles.tiling(sheet, 1))
    tray = settle.tray_for(1)
    tray.y[0], tray.x[0], tray.weight[0] = 450.0, 450.0, 1.0
    compiled(np.zeros(size.rows * size.stride), tray, 1, sheet, size, desk.Corner(0, 0), 1.0, *given)
    assembly = "\n".join(compiled.inspect_asm().values())
    for instruction in instructions:
        assert instruction in assembly


@pytest.mark.parametrize(
    ("vectors", "dtype"), [*((vectors, np.float64) for vectors in range(1, 10)), (1, np.int64), (6, np.int64)]
)
def test_discs_of_any_width_equal_the_plain_sums_to_the_bit(vectors, dtype):
    rng, stride, rows = np.random.default_rng(vectors), 8 * vectors + 5, 11
    discs = lanes.discs_for(rows)
    for part, values in zip(discs[:5], (rng.integers(0, 9, 128), rng.integers(1, rows, 128)), strict=False):
        part[:] = values
    for part in (discs.up, discs.across, discs.root):
        part[:] = rng.uniform(-1, 1, 128)
    discs.step[:] = rng.uniform(0.05, 0.09, 128)
    discs.root[:] *= 2.0**9  # squares to round
    found, plain = np.zeros((2, rows * stride), dtype=dtype)
    njit(lambda *given: lanes.add_discs(*given))(found, stride, vectors, discs, 128)
    lanes.add_discs(plain, stride, vectors, discs, 128)
    assert found.tobytes() == plain.tobytes()


def half(grid, share=0.5):
    west, south, east, north = grid.bounds
    return shapely.box(west, south, west + share * (east - west), north)


def star(grid):
    west, south, east, north = grid.bounds
    angles = np.linspace(0, 2 * np.pi, 14, endpoint=False)
    radii = np.where(np.arange(14) % 2, 0.22, 0.48) * min(east - west, north - south)
    return shapely.Polygon(
        np.column_stack(((west + east) / 2 + radii * np.cos(angles), (south + north) / 2 + radii * np.sin(angles)))
    )


@kernels
def test_shares_equal_the_slow_twin(kernel):
    grid = small.grid(30, 30)
    polygon = star(grid)
    bandwidth = 60.0 if kernel == "gaussian" else 300.0
    reach = 6 * bandwidth if kernel == "gaussian" else bandwidth
    ground = Ground.of(GeoSeries([polygon], crs=small.CRS), grid.cell, reach)
    rng = np.random.default_rng(0)
    x, y = grid.west + rng.uniform(0, 3000, 200), grid.south + rng.uniform(0, 3000, 200)
    held = ground.holds(x, y)
    assert np.array_equal(held, shapely.intersects_xy(polygon, x, y))
    x, y = x[held][:25], y[held][:25]
    found = ground.shares(x, y, reach, SHAPES[kernel])
    twin = [slow_share(px, py, polygon, bandwidth, kernel) for px, py in zip(x, y, strict=True)]
    assert_allclose(found, twin, atol=0.01)
    assert min(found) < 0.8
    assert max(found) > 0.95


@kernels
def test_an_even_density_stays_even_up_to_the_border(kernel):
    grid = small.grid(24, 24, 100.0)
    study = GeoSeries([half(grid)], crs=small.CRS)
    x, y = (axis.ravel() for axis in np.meshgrid(np.arange(5, 1200, 10.0), np.arange(5, 2400, 10.0)))
    bandwidth = 60.0 if kernel == "gaussian" else 250.0
    options = {"bandwidth": bandwidth, "kernel": kernel, "edge": "uniform", "study": study}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", CoarseGridWarning)  # 60 metres, of which the Gaussian reaches six times as far
        found = kernel_density(small.crimes(x, y), grid, **options)
    surface = found.to_numpy().reshape(24, 24)
    assert_allclose(surface[:, :12], 10_000.0, rtol=0.02)  # shares are within 0.01, a quarter at a corner
    assert (surface[:, 12:] == 0).all()


@kernels
@pytest.mark.parametrize("seed", SEEDS)
def test_diggle_keeps_the_sum_of_the_weights_inside_the_border(kernel, seed):
    grid = small.grid(150, 150, 20.0)
    polygon = star(grid)
    rng = np.random.default_rng(seed)
    x, y = rng.uniform(0, 3000, (2, 6_000))
    held = shapely.intersects_xy(polygon, grid.west + x, grid.south + y)
    bandwidth = 60.0 if kernel == "gaussian" else 250.0
    options = {"bandwidth": bandwidth, "kernel": kernel, "study": GeoSeries([polygon], crs=small.CRS)}
    found = kernel_density(small.crimes(x, y), grid, edge="diggle", **options)
    # The cells' centres trace the border of the area in steps of 20 metres.
    assert found.sum() * grid.cell_area / 1e6 == pytest.approx(held.sum(), rel=0.01)
    plain = kernel_density(small.crimes(x[held], y[held]), grid, bandwidth=bandwidth, kernel=kernel)
    assert plain[found > 0].sum() < 0.97 * found.sum()


@pytest.mark.parametrize("edge", EDGES)
def test_far_from_the_border_nothing_changes(edge):
    grid = small.grid()
    x, y = np.random.default_rng(0).uniform(700, 800, (2, 50))
    crimes = small.crimes(x, y)
    study = GeoDataFrame(geometry=[shapely.box(*grid.bounds)], crs=small.CRS)
    plain = kernel_density(crimes, grid, bandwidth=300.0)
    pd.testing.assert_series_equal(kernel_density(crimes, grid, bandwidth=300.0, edge=edge, study=study), plain)


@pytest.mark.parametrize("edge", EDGES)
def test_crimes_outside_the_study_area_do_not_count(edge):
    grid = small.grid()
    study = GeoSeries([half(grid)], crs=small.CRS)
    options = {"bandwidth": 300.0, "edge": edge, "study": study}
    inside = kernel_density(small.crimes([950.0], [500.0]), grid, **options)
    both = kernel_density(small.crimes([950.0, 1050.0], [500.0, 500.0]), grid, **options)
    assert both.equals(inside)
    assert inside.max() > 0


@pytest.mark.parametrize("edge", EDGES)
def test_a_crime_on_a_spit_of_land_counts_at_most_twenty_times(edge):
    grid = small.grid()
    spit = shapely.box(grid.west + 500, grid.south + 720.0, grid.west + 1500, grid.south + 721.0)
    crimes = small.crimes([1000.0], [720.5])
    found = kernel_density(crimes, grid, bandwidth=300.0, edge=edge, study=GeoSeries([spit], crs=small.CRS))
    plain = kernel_density(crimes, grid, bandwidth=300.0)
    assert (found <= 20 * plain * (1 + 1e-12)).all()


def test_no_crimes_in_the_study_area_make_a_flat_surface():
    grid = small.grid()
    study = GeoSeries([half(grid)], crs=small.CRS)
    found = kernel_density(small.crimes([1500.0], [500.0]), grid, bandwidth=300.0, edge="diggle", study=study)
    assert (found == 0).all()


def test_a_rate_per_week_divides_by_all_weeks():
    density = pd.Series([8.0, 0.0], name="density")
    assert weekly_density(density, small.weeks(4)).tolist() == [2.0, 0.0]
    january_and_february = small.months(2)  # of 2024: 60 days, across no change of the clocks
    assert weekly_density(density, january_and_february)[0] == pytest.approx(8 * 7 / 60, rel=1e-14)


def test_other_names_and_areas_are_refused():
    crimes, grid = small.crimes([10.0], [10.0]), small.grid()
    study = GeoSeries([half(grid)], crs=small.CRS)
    with pytest.raises(InputError, match="`kernel` must be one of quartic"):
        kernel_density(crimes, grid, bandwidth=300.0, kernel="cosine")
    with pytest.raises(InputError, match="`edge` must be one of uniform, diggle, got reflect"):
        kernel_density(crimes, grid, bandwidth=300.0, edge="reflect", study=study)
    with pytest.raises(InputError, match="`study` must hold the polygons"):
        kernel_density(crimes, grid, bandwidth=300.0, edge="diggle")
    with pytest.raises(InputError, match="`study` must be in the working CRS EPSG:27700, got EPSG:4326"):
        kernel_density(crimes, grid, bandwidth=300.0, edge="diggle", study=study.to_crs(4326))
    with pytest.raises(InputError, match="`study` must be polygons, got 1 that are not"):
        kernel_density(crimes, grid, bandwidth=300.0, edge="diggle", study=crimes)


@pytest.mark.parametrize("reach", [0.3, 1.0, 7.99, 8.0, 12.0, 300.0])
@pytest.mark.parametrize("cell", [1.0, 24.4140625, 0.1])
def test_bands_two_apart_write_no_row_in_common_and_all_that_they_reach(reach, cell):
    sheet = tiles.Sheet(0.0, 0.0, cell, 40, 700, reach * cell)
    tiled = tiles.tiling(sheet, 100_000)
    side = 1 / tiled.per_metre
    rows = [desk.rows_reached(band, tiled, sheet) for band in range(tiled.up)]
    assert all(before[1] <= after[0] for before, after in zip(rows[:-2], rows[2:], strict=True))
    for band, (first, after) in enumerate(rows):
        south, north = band * side - 2 * sheet.reach, (band + 1) * side  # of all centres nearer than a reach
        assert (first - 0.5) * cell <= south
        assert (after + 0.5) * cell >= north * (1 - 1e-14)
