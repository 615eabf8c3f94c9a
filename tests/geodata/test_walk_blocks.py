"""Metres on foot block by block are those of the whole, to the bit."""

import numpy as np
import pytest

from geodata.errors import InputError
from geodata.streets import Streets, travel_metres
from geodata.walk_blocks import block_metres, walk_blocks


def lattice(seed: int, side: int = 12) -> Streets:
    """Crooked streets about a hundred metres apart, so that sums of their lengths are rounded."""
    rng = np.random.default_rng(seed)
    grid = np.indices((side, side)).reshape(2, -1).T
    xy = grid * 100.0 + rng.normal(0, 9, grid.shape)
    number = np.arange(side * side).reshape(side, side)
    ways = [number[i] for i in range(side)] + [number[:, i] for i in range(side)]
    starts = np.concatenate(([0], np.cumsum([len(way) for way in ways])))
    points = np.concatenate(ways)
    given = (xy[points, 0], xy[points, 1])
    return Streets.of_ways(points, given, starts, names=[None] * len(ways), crs="EPSG:27700", sha256="0" * 64)


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize(("origins", "destinations"), [(70, 25), (25, 70), (40, 40)])
@pytest.mark.parametrize("limit", [None, 500.0])
def test_every_number_of_blocks_gives_the_whole_to_the_bit(
    seed: int, origins: int, destinations: int, limit: float | None
) -> None:
    streets = lattice(seed)
    rng = np.random.default_rng(seed)
    here, there = (rng.uniform(-50, 1_150, (places, 2)) for places in (origins, destinations))
    here[:5] = there[:5]
    whole = travel_metres(streets, here, there, limit_m=limit)
    for size in (1, 7, 64):
        found = np.full(whole.shape, np.nan)
        for block in walk_blocks(streets, here, there, size=size):
            found[block.part] = block_metres(streets, here, there, block, limit_m=limit)
        assert found.tobytes() == np.ascontiguousarray(whole).tobytes()


def test_the_side_that_is_searched_tells_in_the_last_digit() -> None:
    streets, rng = lattice(0), np.random.default_rng(0)
    here, there = rng.uniform(0, 1_100, (2, 60, 2))
    forwards, back = (travel_metres(streets, here, there, from_origins=side) for side in (True, False))
    np.testing.assert_allclose(forwards, back, rtol=1e-12)
    assert (forwards != back).any()


def test_straight_lines_and_no_places_come_in_blocks_too() -> None:
    here, there = np.arange(10.0).reshape(5, 2), np.arange(6.0).reshape(3, 2)
    blocks = walk_blocks(None, here, there, size=2)
    assert [(block.start, block.stop, block.from_origins) for block in blocks] == [
        (0, 2, True),
        (2, 4, True),
        (4, 5, True),
    ]
    stacked = np.vstack([block_metres(None, here, there, block) for block in blocks])
    assert np.array_equal(stacked, travel_metres(None, here, there))
    assert walk_blocks(lattice(0), np.empty((0, 2)), there) == []


def test_a_block_of_no_places_is_refused() -> None:
    with pytest.raises(InputError, match="`size` must be a whole number of at least 1"):
        walk_blocks(None, [(0.0, 0.0)], [(1.0, 1.0)], size=0)
