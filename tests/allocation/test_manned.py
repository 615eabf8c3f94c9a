"""Whole tours for the officers asked for: found where every way tried finds some, and none where there are none."""

from itertools import combinations_with_replacement

import numpy as np
import pytest

from allocation._solvers.manned import manned
from allocation._solvers.tours import legal_tours


@pytest.mark.parametrize("seed", range(12))
def test_tours_are_found_just_where_trying_all_finds_some(seed) -> None:
    rng = np.random.default_rng(seed)
    tours = legal_tours([360, 840], [840, 1320], days=5, rest=660)
    tours = tours[np.sort(rng.choice(len(tours), 12, replace=False))]
    on = np.stack([tours == shift for shift in range(2)], axis=2).reshape(len(tours), 14).astype(np.int64)
    free = (tours[:, 5:] == -1).all(axis=1).astype(np.int64)
    duty = np.maximum(on[rng.choice(len(tours), 3)].sum(axis=0) - (rng.random(14) < 0.1), 0)
    duty[rng.integers(14)] += seed % 2
    for off in (0, 1):
        there_is = any(
            (on[list(each)].sum(axis=0) >= duty).all() and free[list(each)].sum() >= off
            for each in combinations_with_replacement(range(len(tours)), 3)
        )
        found = manned(on, free, duty, 3, off=off)
        assert (found is not None) == there_is
        if found is not None:
            assert len(found) == 3
            assert (on[found].sum(axis=0) >= duty).all()
            assert free[found].sum() >= off


def test_nobody_mans_nothing_and_nothing_else() -> None:
    on, free = np.ones((1, 2), dtype=np.int64), np.zeros(1, dtype=np.int64)
    assert manned(on, free, np.zeros(2, dtype=np.int64), 0, off=0) is not None
    assert manned(on, free, np.ones(2, dtype=np.int64), 0, off=0) is None
    assert manned(on, free, np.zeros(2, dtype=np.int64), 2, off=1) is None
