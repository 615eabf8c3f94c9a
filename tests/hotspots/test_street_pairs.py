"""Pairs along the streets: every shortest way one by one, and the Knox test that rests on them."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from hotspots.bands import Bands
from hotspots.dated import Dated
from hotspots.knox import knox
from hotspots.lixels import CutStreets
from hotspots.nearness import SNAP_M, street_pairs
from tests.hotspots import small
from tests.hotspots.naive_network import all_distances, streets_of

SIDE, STEP = 5, 80.0


def town(seed):
    """A lattice of streets, some of them missing, one dead end and one way round that is no longer than across."""
    rng = np.random.default_rng(seed)
    across = [(row * SIDE + i, row * SIDE + i + 1, STEP) for row in range(SIDE) for i in range(SIDE - 1)]
    up = [(i * SIDE + row, (i + 1) * SIDE + row, STEP) for row in range(SIDE) for i in range(SIDE - 1)]
    edges = [edge for edge in across + up if rng.random() > 0.2]
    spots = [(small.WEST + i % SIDE * STEP, small.SOUTH + i // SIDE * STEP) for i in range(SIDE * SIDE)]
    used = sorted({end for tail, head, _ in edges for end in (tail, head)})
    edges = [(used.index(tail), used.index(head), length) for tail, head, length in edges]
    return edges, streets_of(edges, spots=[spots[i] for i in used])


def apart_one_by_one(edges, places):
    nodes = all_distances(edges)
    found = np.zeros((len(places), len(places)))
    for a, (edge, at) in enumerate(places):
        for b, (other, there) in enumerate(places):
            ends = [(edges[edge][0], at), (edges[edge][1], edges[edge][2] - at)]
            others = [(edges[other][0], there), (edges[other][1], edges[other][2] - there)]
            ways = [walk + nodes[end][last] + rest for end, walk in ends for last, rest in others]
            found[a, b] = min(ways + ([abs(at - there)] if edge == other else []))
    return found


@pytest.mark.parametrize("seed", range(3))
def test_pairs_along_the_streets_equal_those_found_one_by_one(seed):
    edges, streets = town(seed)
    rng = np.random.default_rng(seed)
    x, y = small.WEST + rng.uniform(0, 320, 60), small.SOUTH + rng.uniform(0, 320, 60)
    x[:5], y[:5] = x[5], y[5]  # some at one place
    cut, events = CutStreets.of(streets, 50.0), Dated(x, y, rng.integers(0, 30, 60))
    exact = apart_one_by_one(edges, list(zip(*cut.nearest(x, y, SNAP_M), strict=True)))
    one, other, apart = street_pairs(events, cut, 200.0)
    assert_allclose(apart, exact[one, other], atol=1e-9)
    wanted = {(a, b) for a, b in zip(*np.nonzero(np.triu(exact <= 200.0, 1)), strict=True)}
    assert {(min(a, b), max(a, b)) for a, b in zip(one.tolist(), other.tolist(), strict=True)} == wanted
    assert len(one) == len(wanted)


def test_the_knox_test_along_one_straight_street_is_that_across_country():
    length = 4000.0
    spots = [(small.WEST, small.SOUTH), (small.WEST + length, small.SOUTH)]
    streets = streets_of([(0, 1, length)], spots=spots)
    rng = np.random.default_rng(0)
    crimes = small.crimes(np.round(rng.uniform(0, length, 200), 1), np.zeros(200), day=rng.integers(0, 60, 200))
    bands = Bands((0, 50.05, 200.05, 900.05), (0, 7, 30))
    for against in (None, crimes.iloc[:70]):
        along = knox(crimes, bands, metric="network", streets=streets, against=against, seed=1)
        across = knox(crimes, bands, against=against, seed=1)
        same = ["observed", "expected", "ratio", "z", "ratio_low", "ratio_high"]
        assert_allclose(along.table[same], across.table[same], rtol=1e-12)
        assert_allclose(along.table["p"], across.table["p"], atol=0.07)  # dealt out in another order


def test_events_far_from_any_street_are_left_out_and_told():
    streets = streets_of([(0, 1, 300.0)], spots=[(small.WEST, small.SOUTH), (small.WEST + 300, small.SOUTH)])
    crimes = small.crimes([0.0, 10.0, 20.0, 150.0], [0.0, 5.0, 101.0, 5000.0], day=np.arange(4))
    found = knox(crimes, Bands((0, 100), (0, 7)), metric="network", streets=streets, permutations=9)
    assert (found.left_out, found.sizes) == (2, (2,))
    assert found.table["observed"].tolist() == [1]
