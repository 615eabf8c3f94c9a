import numba
import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

from geodata.areas import read_areas
from geodata.crimes import read_crimes
from geodata.errors import InputError
from geodata.grid import Grid
from geodata.periods import Periods
from hotspots import CoarseGridWarning, kernel_density
from hotspots._kernels.space_time import space_time
from hotspots._kernels.tiles import Sheet
from hotspots.space_time import TIME_KERNELS, _times, space_time_density
from tests.hotspots import naive_time, small
from tests.hotspots.uncompiled import both

SEEDS = range(3)


def edges(days, *, step=1, start="2024-01-01"):
    return pd.date_range(start, periods=days // step + 1, freq=f"{step}D", tz="Europe/London").as_unit("s")


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("kernel", TIME_KERNELS)
def test_every_voxel_equals_the_slow_twin(seed, kernel):
    grid, rng = small.grid(7, 5), np.random.default_rng(seed)
    x, y = small.scattered(25, seed, columns=7, rows=5)
    day, weights = rng.integers(-3, 33, 25), rng.uniform(0, 9, 25)
    uneven = edges(30)[[0, 1, 2, 5, 12, 30]]
    found = space_time_density(
        small.crimes(x, y, day=day), grid, uneven, bandwidth=230.0, days=6.5, time_kernel=kernel, weights=weights
    )
    centres = list(zip(*(axis.tolist() for axis in grid.centres()), strict=True))
    events = list(zip(grid.west + x, grid.south + y, day, weights, strict=True))
    slow = np.array(naive_time.space_time_density(events, centres, [0, 1, 2, 5, 12, 30], 230.0, 6.5, kernel))
    assert_allclose(found, slow, rtol=2e-5, atol=2e-6 * slow.max())  # the twin's steps and the seven digits of float32


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("kernel", TIME_KERNELS)
def test_slices_add_up_to_the_kernel_density(seed, kernel):
    x, y = small.scattered(300, seed)
    crimes = small.crimes(x, y, day=np.random.default_rng(seed).integers(10, 80, 300))
    weights = np.random.default_rng(seed).uniform(0, 3, 300)
    found = space_time_density(
        crimes, small.grid(), edges(91, step=7), bandwidth=300.0, days=9.0, time_kernel=kernel, weights=weights
    )
    whole = kernel_density(crimes, small.grid(), bandwidth=300.0, weights=weights)
    assert_allclose(found.sum(axis=1), whole, rtol=1e-5, atol=1e-5 * whole.max())


def test_mass_is_conserved_away_from_the_border():
    rng = np.random.default_rng(0)
    x, y = rng.uniform(301, 2699, (2, 5000))
    grid = small.grid(30, 30)
    found = space_time_density(
        small.crimes(x, y, day=rng.integers(8, 50, 5000)), grid, edges(60), bandwidth=300.0, days=7.0
    )
    assert found.to_numpy().sum(dtype=float) * grid.cell_area / 1e6 / 7 == pytest.approx(5000, rel=2e-4)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("size", [300, 25_000])
def test_neither_the_order_of_rows_nor_the_threads_change_a_bit(seed, size):
    x, y = small.scattered(size, seed, columns=60, rows=50)
    rng = np.random.default_rng(seed)
    t, weights, order = rng.uniform(0, 30, size), rng.uniform(0, 3, size), rng.permutation(size)
    times = _times(edges(30).tz_localize(None), 5.0, "quartic", 150.0)
    sheet, found = Sheet(0.0, 0.0, 100.0, 60, 50, 150.0), []
    for threads, rows in ((1, slice(None)), (numba.config.NUMBA_NUM_THREADS, order)):
        numba.set_num_threads(threads)
        found.append(space_time(x[rows], y[rows], t[rows], weights[rows], sheet, times).tobytes())
    numba.set_num_threads(numba.config.NUMBA_NUM_THREADS)
    assert found[0] == found[1]


PLAIN = """
import numpy as np
from hotspots._kernels.space_time import space_time
from hotspots._kernels.space_time_events import Times
from hotspots._kernels.tiles import Sheet
rng = np.random.default_rng(3)
x, y, t = rng.uniform(-100, 1100, (3, 30))
x[:9], y[:9], t[:5] = x[0], y[0], t[0]
times = Times(np.arange(0.0, 1000.0, 250.0), np.full(3, 1 / 250.0), 200.0, 0.75, -0.25, 0.0, 2.0)
voxels = space_time(x, y, t, rng.uniform(0, 2, 30), Sheet(0.0, 0.0, 100.0, 10, 9, 250.0), times)
"""


def test_uncompiled_code_gives_the_same_bits():
    compiled, uncompiled = both(PLAIN, "voxels.tobytes().hex()")
    assert compiled == uncompiled


def test_a_crime_between_two_moments_stands_at_the_middle_and_days_follow_the_clock():
    crimes = small.crimes([250.0], [250.0], day=0, start="2024-03-30")
    crimes["occurred_to"] = crimes["occurred_from"] + pd.Timedelta(hours=47)  # 48 by the clock: it goes forward
    found = space_time_density(
        crimes, small.grid(5, 5), edges(4, start="2024-03-29"), bandwidth=150.0, days=1.5, time_kernel="quartic"
    )
    line = found.loc[12]
    assert line.iloc[1] == pytest.approx(line.iloc[2], rel=1e-6)  # the middle is midnight between the two days
    assert line.iloc[0] == pytest.approx(line.iloc[3], rel=1e-6)
    assert found.columns[0] == pd.Timestamp("2024-03-29", tz="Europe/London")


def test_few_and_far_crimes():
    grid = small.grid(5, 5)
    none = space_time_density(small.crimes([], []), grid, edges(3), bandwidth=150.0, days=2.0)
    assert (none == 0).all(axis=None)
    far = small.crimes([-500.0, 250.0, 9e6], [250.0, 250.0, 250.0], day=[1, 400, 1])
    assert (space_time_density(far, grid, edges(3), bandwidth=150.0, days=2.0) == 0).all(axis=None)
    many = small.crimes(np.full(30_000, 250.0), np.full(30_000, 250.0), day=1)
    found = space_time_density(many, grid, edges(3), bandwidth=150.0, days=2.0)
    one = space_time_density(many[:1], grid, edges(3), bandwidth=150.0, days=2.0, weights=[30_000.0])
    assert found.equals(one)


def test_input_that_breaks_a_rule_is_refused():
    crimes, grid = small.crimes([250.0], [250.0]), small.grid(5, 5)
    with pytest.raises(InputError, match="`days` must be above 0 days"):
        space_time_density(crimes, grid, edges(3), bandwidth=150.0, days=0)
    with pytest.raises(InputError, match="`bandwidth` must be"):
        space_time_density(crimes, grid, edges(3), bandwidth=float("nan"), days=2)
    with pytest.raises(InputError, match="`time_kernel` must be one of Epanechnikov, quartic"):
        space_time_density(crimes, grid, edges(3), bandwidth=150.0, days=2, time_kernel="box")
    with pytest.raises(InputError, match="`edges` must ascend"):
        space_time_density(crimes, grid, edges(3)[::-1], bandwidth=150.0, days=2)
    with pytest.raises(InputError, match="at least 2 moments"):
        space_time_density(crimes, grid, edges(3)[:1], bandwidth=150.0, days=2)
    with pytest.raises(InputError, match="at most 500,000,000"):
        space_time_density(crimes, Grid(0.0, 0.0, 1, 10_000, 10_000), edges(30), bandwidth=150.0, days=2)
    by_month = crimes.assign(precision=pd.Categorical(["month"]))
    with pytest.raises(InputError, match="at least 31 where crimes are known by month only"):
        space_time_density(by_month, grid, edges(3), bandwidth=150.0, days=7)
    with pytest.warns(CoarseGridWarning):
        space_time_density(crimes, grid, edges(3), bandwidth=50.0, days=7)


@pytest.mark.shared
def test_published_months_of_a_whole_force(shared):
    wards = read_areas(shared / "data/boundaries/city_of_london_wards_2014.geojson")
    crimes = read_crimes([shared / "data/crime/city-of-london"]).crimes
    grid, periods = Grid.over(wards, 50.0), Periods.of(crimes)
    inside = int((grid.cell_of(crimes.geometry.x, crimes.geometry.y) >= 0).sum())
    found = space_time_density(crimes, grid, periods.edges, bandwidth=150.0, days=45.0)
    assert found.shape == (grid.size, periods.size)
    whole = (found * periods.weeks.to_numpy()).to_numpy().sum(dtype=float) * grid.cell_area / 1e6
    # Months within 45 days of an end lose up to half of what stands there, crimes just outside the grid lend a little.
    assert 0.8 * inside < whole < 1.01 * inside
