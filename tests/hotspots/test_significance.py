import numpy as np
import pytest
from numpy.testing import assert_allclose

from geodata.errors import InputError
from hotspots.significance import benjamini_hochberg, pseudo_p, verdict
from tests.hotspots import naive_local

SEEDS = range(6)


def test_the_published_fifteen_tests_give_the_published_findings():
    # Benjamini & Hochberg (1995), section 3.2: at 5 % the first four of the fifteen are found, Bonferroni finds three.
    p = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344]
    p += [0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0000]
    q = benjamini_hochberg(p)
    assert (q <= 0.05).tolist() == [True] * 4 + [False] * 11
    assert q[0] == pytest.approx(0.0015)
    assert q[3] == pytest.approx(0.0095 * 15 / 4)


@pytest.mark.parametrize("seed", SEEDS)
def test_every_q_equals_the_slow_twin(seed):
    p = np.random.default_rng(seed).uniform(0, 1, 40).round(2)  # rounded, so that there are ties
    assert_allclose(benjamini_hochberg(p), naive_local.benjamini_hochberg(p.tolist()), rtol=1e-14)


@pytest.mark.parametrize("seed", SEEDS)
def test_order_of_tests_is_immaterial_and_q_is_never_below_p(seed):
    rng = np.random.default_rng(seed)
    p = rng.uniform(0, 1, 500) ** 3
    order = rng.permutation(500)
    q = benjamini_hochberg(p)
    assert (benjamini_hochberg(p[order]) == q[order]).all()
    assert (q >= p).all()
    assert (np.diff(q[np.argsort(p)]) >= 0).all()


def test_a_single_test_keeps_its_p_and_no_test_gives_no_q():
    assert benjamini_hochberg([0.03]).tolist() == [0.03]
    assert benjamini_hochberg([]).size == 0
    assert benjamini_hochberg(np.full((2, 3), 0.5)).shape == (2, 3)


@pytest.mark.parametrize("bad", [[-0.1, 0.5], [1.1], [float("nan"), 0.2]])
def test_p_that_is_no_probability_is_refused(bad):
    with pytest.raises(InputError, match="from 0 to 1, got 1 that are not"):
        benjamini_hochberg(bad)


def test_a_pseudo_p_is_never_0_and_reaches_1():
    assert pseudo_p([0, 9, 99], 99).tolist() == [0.01, 0.1, 1.0]


def test_impossible_counts_are_refused():
    with pytest.raises(InputError, match="between 0 and 9, got 1"):
        pseudo_p([10], 9)
    with pytest.raises(InputError, match="`permutations` must be a whole number of at least 1"):
        pseudo_p([0], 0)


def test_hot_and_cold_are_judged_apart():
    # 3 of 100 places low enough: with the 2 high ones among one family of 100 tests, neither is helped by the other.
    high = np.full(100, 0.6)
    high[:2], high[2:5] = 0.0009, 0.999
    found = verdict(high, 1 - high)
    assert found.q[:2] == pytest.approx(0.0009 * 100 / 2)
    assert found.q[2:5] == pytest.approx(0.001 * 100 / 3)
    assert list(found.spots()[:6]) == ["hot", "hot", "cold", "cold", "cold", "none"]


def test_nothing_stands_out_where_both_sides_are_likely():
    found = verdict(np.ones(5), np.ones(5), level=1.0)
    assert set(found.spots()) == {"none"}


def test_a_level_that_is_no_rate_is_refused():
    with pytest.raises(InputError, match="`level` must be between 0 and 1"):
        verdict(np.ones(2), np.ones(2), level=2.0)


@pytest.mark.parametrize("seed", range(3))
def test_of_the_places_called_hot_no_more_than_the_level_are_chance(seed):
    # 200 maps of 400 places, 40 of them truly high by 3 standard deviations.
    rng = np.random.default_rng(seed)
    shares = []
    for _ in range(200):
        z = rng.normal(size=400)
        z[:40] += 3
        tails = np.array([naive_local.tail(value) for value in z])
        hot = verdict(tails, 1 - tails).code == 0
        shares.append(hot[40:].sum() / max(1, hot.sum()))
    assert np.mean(shares) < 0.05 + 3 * np.std(shares) / np.sqrt(200)
