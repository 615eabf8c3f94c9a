"""The simple rules beside which plans are shown."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from allocation.compare import apportion, apportion_above, compared, split_roles

weights = st.lists(st.floats(0, 1000), min_size=1, max_size=12).map(np.array)


def test_largest_remainder_by_hand() -> None:
    assert apportion(10, np.array([5.0, 3.0, 1.0])).tolist() == [6, 3, 1]
    assert apportion(4, np.array([1.0, 1.0, 1.0])).tolist() == [2, 1, 1]
    assert apportion(3, np.zeros(2)).tolist() == [2, 1]


@settings(max_examples=200, deadline=None, derandomize=True)
@given(st.integers(0, 500), weights)
def test_shares_add_up_and_stay_within_one_of_their_quota(total, weight) -> None:
    shares = apportion(total, weight)
    assert shares.sum() == total
    if weight.sum() > 0:
        assert (np.abs(shares - total * weight / weight.sum()) < 1 + 1e-6).all()


@settings(max_examples=200, deadline=None, derandomize=True)
@given(st.integers(0, 100), weights, st.integers(0, 4))
def test_no_share_is_below_its_floor(extra, weight, least) -> None:
    floor = np.full(len(weight), least)
    shares = apportion_above(int(floor.sum()) + extra, weight, floor=floor)
    assert shares.sum() == floor.sum() + extra
    assert (shares >= floor).all()


@settings(max_examples=200, deadline=None, derandomize=True)
@given(st.lists(st.integers(0, 30), min_size=1, max_size=12), st.floats(0, 1))
def test_splitting_roles_keeps_every_team_whole(officers, share) -> None:
    team = np.array(officers)
    constables, csos = split_roles(team, int(share * team.sum()))
    assert (constables + csos).tolist() == officers
    assert csos.sum() == int(share * team.sum())
    assert (constables >= 0).all()
    assert (csos >= 0).all()


def test_shares_of_best_are_of_the_best() -> None:
    assert compared({"a": 2.0, "b": 4.0})["share_of_best"].tolist() == pytest.approx([0.5, 1.0])
    assert compared({"a": 0.0})["share_of_best"].tolist() == [1.0]
