"""The density by tile is that of the whole, to the bit, in every tiling."""

import numba
import numpy as np
import pytest

from geodata.errors import InputError
from geodata.grid import Grid
from hotspots._kernels.tiles import SMALL
from hotspots.density import KERNELS, density_at_centres
from hotspots.tiles import Tile, Whole, tiles_of
from tests.hotspots import small
from tests.hotspots.uncompiled import both

GRID = Grid(429_700.0, 51_000.0, 100.0, 41, 33)  # not a multiple of any tile
NARROW, WIDE = 300.0, 1_900.0  # a disc of six cells, and one of 38, in more vectors than are summed side by side
SIDES = (700.0, 2_000.0, 9_000.0)


@pytest.fixture(autouse=True)
def one_thread():
    """Tiles are small: to wake a second thread for each takes longer than its work."""
    numba.set_num_threads(1)
    yield
    numba.set_num_threads(numba.config.NUMBA_NUM_THREADS)


def crimes(size, seed):
    """Clusters, some on the corners and borders of tiles, some beyond the grid, and some on one point."""
    x, y = small.scattered(size, seed, columns=44, rows=36)
    some = np.arange(min(size, 40))
    x[some], y[some] = some % 6 * 700.0, some // 6 * 700.0
    return GRID.west + x, GRID.south + y, np.random.default_rng(seed).uniform(0, 5, size)


def part_of(surface, tile):
    """The cells of a tile."""
    rows = surface.reshape(GRID.rows, GRID.columns)[tile.row : tile.row + tile.rows]
    return rows[:, tile.column : tile.column + tile.columns]


@pytest.mark.parametrize("kernel", KERNELS)
@pytest.mark.parametrize("bandwidth", [NARROW, WIDE])
@pytest.mark.parametrize("seed", range(2))
def test_every_tile_of_every_tiling_equals_the_whole_to_the_bit(kernel, bandwidth, seed):
    x, y, weights = crimes(600, seed)
    for given in (weights, np.ones(x.size)):
        surface = density_at_centres(x, y, given, GRID, bandwidth, kernel=kernel)
        whole = Whole.of(GRID, given, bandwidth=bandwidth, kernel=kernel)
        for side in SIDES:
            for tile in tiles_of(GRID, side):
                near = whole.reaches(tile, x, y)
                found = whole.density(tile, x[near], y[near], given[near])
                assert found.tobytes() == part_of(surface, tile).tobytes()


@pytest.mark.parametrize("seed", range(2))
def test_sums_of_whole_numbers_equal_the_whole_too(seed):
    x, y, weights = crimes(SMALL + 2_000, seed)
    weights += 1.0  # beside one that is next to nothing, whole numbers would round too much, and are not taken
    surface = density_at_centres(x, y, weights, GRID, NARROW)
    whole = Whole.of(GRID, weights, bandwidth=NARROW)
    assert whole.unit > 0
    for tile in tiles_of(GRID, 1_300.0):
        near = whole.reaches(tile, x, y)
        found = whole.density(tile, x[near], y[near], weights[near])
        assert found.tobytes() == part_of(surface, tile).tobytes()


@pytest.mark.parametrize("kernel", ["quartic", "triangular", "gaussian"])
def test_layers_in_one_go_are_each_the_whole_of_their_own_crimes(kernel):
    x, y, weights = crimes(900, 5)
    layer = np.random.default_rng(5).integers(0, 3, x.size) * 2  # two of the five have no crimes
    whole = Whole(GRID, NARROW, kernel)
    for tile in tiles_of(GRID, 2_000.0):
        near = whole.reaches(tile, x, y)
        found = whole.layers(tile, x[near], y[near], weights[near], layer=layer[near], count=5)
        for number in range(5):
            held = layer == number
            surface = part_of(density_at_centres(x[held], y[held], weights[held], GRID, NARROW, kernel=kernel), tile)
            cells = slice(found.first[number], found.first[number + 1])
            assert np.array_equal(found.cell[cells], np.flatnonzero(surface))
            assert found.density[cells].tobytes() == surface[surface > 0].tobytes()


def test_tiles_cover_each_cell_once():
    for side in SIDES:
        held = np.zeros((GRID.rows, GRID.columns), dtype=int)
        for tile in tiles_of(GRID, side):
            held[tile.row : tile.row + tile.rows, tile.column : tile.column + tile.columns] += 1
        assert (held == 1).all()


def test_an_empty_tile_is_flat_and_the_halo_is_one_bandwidth():
    whole = Whole.of(GRID, np.ones(0), bandwidth=NARROW)
    tile = Tile(3, 4, 10, 12)
    nothing = np.empty(0)
    assert whole.halo == NARROW
    assert not whole.density(tile, nothing, nothing, nothing).any()
    assert whole.layers(tile, nothing, nothing, nothing, layer=nothing.astype(int), count=2).cell.size == 0


@pytest.mark.skipif(numba.config.NUMBA_NUM_THREADS < 2, reason="one thread only")
def test_number_of_threads_changes_no_bit_of_a_tile():
    x, y, weights = crimes(SMALL + 2_000, 1)
    whole, found = Whole(GRID, WIDE), []
    for threads in (1, numba.config.NUMBA_NUM_THREADS):
        numba.set_num_threads(threads)
        found.append(whole.density(Tile(10, 8, 9, 11), x, y, weights).tobytes())
    assert found[0] == found[1]


LINES = """
import numpy as np
from geodata.grid import Grid
from hotspots.tiles import Tile, Whole
rng = np.random.default_rng(3)
x, y = rng.uniform(-100, 3100, (2, 60))
whole = Whole(Grid(0.0, 0.0, 100.0, 30, 29), 280.0)
found = whole.layers(Tile(9, 8, 10, 12), x, y, np.ones(60), layer=np.arange(60) % 2, count=2)
"""


def test_uncompiled_code_gives_the_same_bits():
    compiled, uncompiled = both(LINES, "(found.first.tolist(), found.cell.tolist(), found.density.tobytes().hex())")
    assert compiled == uncompiled


@pytest.mark.parametrize("side", [0.0, 50.0, 1_050.0, float("nan")])
def test_a_tile_that_is_no_whole_number_of_cells_is_refused(side):
    with pytest.raises(InputError, match="`side` must be"):
        list(tiles_of(GRID, side))


def test_a_bandwidth_or_a_kernel_that_is_none_is_refused():
    with pytest.raises(InputError, match="`bandwidth` must be above 0"):
        Whole.of(GRID, np.ones(1), bandwidth=0.0)
    with pytest.raises(InputError, match="`kernel` must be one of"):
        Whole.of(GRID, np.ones(1), bandwidth=1.0, kernel="round")
