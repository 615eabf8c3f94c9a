"""The density summed in whole numbers, beside the one summed tile by tile."""

import numba
import numpy as np
import pytest
from numpy.testing import assert_allclose

from hotspots._kernels import tally
from hotspots._kernels.scatter import scatter
from hotspots._kernels.shapes import QUARTIC, peak
from hotspots._kernels.tiles import SMALL, Sheet
from tests.hotspots.uncompiled import both

SEEDS = range(4)
SHEET = Sheet(431_000.0, 52_000.0, 100.0, 37, 29, 290.0)
MANY = SMALL + 5_000


def points(size, seed):
    """Some beyond the reach of the sheet, some on one place."""
    rng = np.random.default_rng(seed)
    x, y = SHEET.west + rng.uniform(-900, 4500, size), SHEET.south + rng.uniform(-900, 3700, size)
    x[: size // 8], y[: size // 8] = x[0], y[0]
    return x, y, rng.integers(1, 40, size) / 8


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("reach", [60.0, 290.0, 400.0])
def test_it_equals_the_sums_of_doubles(seed, reach):
    x, y, weights = points(MANY, seed)
    sheet = SHEET._replace(reach=reach)
    unit, height = tally.unit_for(weights, sheet), peak(QUARTIC, reach)
    found = tally.tally(x, y, weights, sheet, height=height, unit=unit)
    assert found.tobytes() == scatter(x, y, weights, sheet, shape=QUARTIC).tobytes()
    tiled = sum(
        scatter(x[part], y[part], weights[part], sheet, shape=QUARTIC) for part in np.array_split(np.arange(MANY), 2)
    )
    # Both halves are few enough for tiles. Each share is rounded by half a unit at most.
    assert_allclose(found, tiled, rtol=1e-12, atol=MANY * unit * height / 2)
    assert MANY * unit < 1e-8 * weights.min()


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("same_weight", [True, False])
def test_neither_the_order_of_rows_nor_threads_change_a_bit(seed, same_weight):
    x, y, weights = points(MANY, seed)
    weights = np.full(MANY, 0.3) if same_weight else weights * 0.7
    order = np.random.default_rng(seed).permutation(MANY)
    found = []
    for threads, rows in ((1, slice(None)), (numba.config.NUMBA_NUM_THREADS, order)):
        numba.set_num_threads(threads)
        given = x[rows], y[rows], weights[rows]
        unit = tally.unit_for(given[2], SHEET)
        found.append((unit, tally.tally(*given, SHEET, height=1.0, unit=unit).tobytes()))
    assert found[0] == found[1]
    assert unit > 0


def test_the_fullest_cell_there_can_be_does_not_overflow():
    size = 2**17
    x, y = np.full(size, SHEET.west + 1850.0), np.full(size, SHEET.south + 1450.0)
    for weights in (np.full(size, 2.0 - 2**-52), np.where(np.arange(size), 3e-5, 1.0)):
        unit = tally.unit_for(weights, SHEET)
        found = tally.tally(x, y, weights, SHEET, height=1.0, unit=unit)
        assert found.max() == pytest.approx(weights.sum(), rel=1e-12, abs=size * unit / 2)


@pytest.mark.parametrize(
    ("weights", "sheet"),
    [
        (np.ones(SMALL), SHEET),
        (np.ones(MANY), SHEET._replace(reach=401.0)),
        (np.ones(MANY), SHEET._replace(columns=tally.MOST_CELLS, rows=2)),
        (np.where(np.arange(MANY), 1.0, 1e9), SHEET),
        (np.zeros(MANY), SHEET),
        (np.linspace(1e-310, 1e-305, MANY), SHEET),
    ],
)
def test_few_points_wide_discs_great_grids_and_unlike_weights_are_left_to_the_tiles(weights, sheet):
    assert tally.unit_for(weights, sheet) == 0


def test_points_that_weigh_nothing_add_nothing():
    x, y, weights = points(MANY, 0)
    weights[::3] = 0.0
    unit = tally.unit_for(weights, SHEET)
    held = weights > 0
    found = tally.tally(x, y, weights, SHEET, height=1.0, unit=unit)
    assert found.tobytes() == tally.tally(x[held], y[held], weights[held], SHEET, height=1.0, unit=unit).tobytes()


PLAIN = """
import numpy as np
from hotspots._kernels.tally import tally
from hotspots._kernels.tiles import Sheet
x, y = np.random.default_rng(3).uniform(-100, 1100, (2, 150))
surface = tally(x, y, np.linspace(0, 2, 150), Sheet(0.0, 0.0, 100.0, 10, 9, 280.0), height=1.0, unit=2.0**-48)
"""


def test_uncompiled_code_gives_the_same_bits():
    compiled, uncompiled = both(PLAIN, "surface.tobytes().hex()")
    assert compiled == uncompiled
