"""The Knox test by tiles and by blocks of dealings is that of the whole, to the bit."""

import numba
import numpy as np
import pandas as pd
import pytest

from geodata.errors import InputError
from hotspots.bands import Bands
from hotspots.dated import Dated
from hotspots.knox import knox_of
from hotspots.tiles_knox import blocks, knox_by_tiles, numbered, squares_of, tile_pairs
from tests.hotspots import small

INF = float("inf")
WIDE = Bands((0, 50, 200, 500, INF), (0, 1, 8, 30, INF))
NARROW = Bands((50, 200, 500), (1, 8, 30), "right")


def events(size, seed, days=60):
    """Whole tens of metres: some on one point, some on the borders of tiles, and pairs at exactly an edge."""
    x, y = (np.round(axis / 10) * 10 for axis in small.scattered(size, seed))
    return Dated(small.WEST + x, small.SOUTH + y, np.random.default_rng(seed).integers(19_000, 19_000 + days, size))


@pytest.fixture(autouse=True)
def one_thread():
    """Tiles are small: to wake a second thread for each takes longer than its work."""
    numba.set_num_threads(1)
    yield
    numba.set_num_threads(numba.config.NUMBA_NUM_THREADS)


@pytest.mark.parametrize(("metric", "bands"), [("euclidean", NARROW), ("manhattan", WIDE)], ids=["some", "all"])
@pytest.mark.parametrize("seed", range(3))
def test_every_tiling_and_every_number_of_blocks_gives_the_whole(metric, bands, seed):
    given = events(300, seed)
    for permutations in (0, 99):
        whole = knox_of((given,), bands, metric=metric, permutations=permutations, seed=seed)
        for side, size in ((350.0, 32), (900.0, 64), (1e6, 128)):
            found = knox_by_tiles(
                given, bands, metric=metric, side=side, permutations=permutations, seed=seed, size=size
            )
            pd.testing.assert_frame_equal(found.table, whole.table, check_exact=True)
            assert (found.sizes, found.permutations, found.seed) == (whole.sizes, permutations, seed)


@pytest.mark.parametrize("seed", range(2))
def test_each_pair_lies_in_the_list_of_one_tile_that_of_its_lower_number(seed):
    given = numbered(events(250, seed), WIDE)
    apart = np.hypot(given.x[:, None] - given.x, given.y[:, None] - given.y)
    near = {(i, j) for i, j in np.argwhere(apart < 500).tolist() if i < j}
    seen = []
    for tile in squares_of(given, 400.0):
        for one, other in tile_pairs(given, tile, WIDE, listing=True).pairs.tolist():
            low = min(one, other)
            assert (given.y[low] // 400, given.x[low] // 400) == (tile.row, tile.column)
            seen.append((low, max(one, other)))
    assert len(seen) == len(near)
    assert set(seen) == near


def test_few_events_and_one_place_are_the_whole_too():
    for x in ([5.0], [5.0, 5.0], [400.0, 800.0, 799.9999999999999]):
        given = Dated(np.array(x), np.zeros(len(x)), np.arange(len(x)))
        whole = knox_of((given,), WIDE, permutations=40)
        found = knox_by_tiles(given, WIDE, side=400.0, permutations=40)
        pd.testing.assert_frame_equal(found.table, whole.table, check_exact=True)


@pytest.mark.skipif(numba.config.NUMBA_NUM_THREADS < 2, reason="one thread only")
def test_number_of_threads_changes_nothing():
    tables = []
    for threads in (1, numba.config.NUMBA_NUM_THREADS):
        numba.set_num_threads(threads)
        tables.append(knox_by_tiles(events(200, 4), WIDE, side=300.0, permutations=99).table)
    pd.testing.assert_frame_equal(*tables, check_exact=True)


def test_blocks_cover_each_dealing_once_and_are_dealings_side_by_side():
    for permutations in (0, 1, 32, 999):
        for size in (32, 96, 1_024):
            assert [number for block in blocks(permutations, size) for number in block] == list(range(permutations))
    for size in (0, 31, 100):
        with pytest.raises(InputError, match="`size` must be"):
            blocks(99, size)


def test_a_tile_without_a_side_is_refused():
    with pytest.raises(InputError, match="`side` must be above 0"):
        list(squares_of(events(3, 0), 0.0))
