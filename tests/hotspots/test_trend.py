import numpy as np
import pytest
from scipy.stats import kendalltau, norm

from hotspots.trend import mann_kendall, trend
from tests.hotspots import naive


@pytest.mark.parametrize("seed", range(10))
def test_s_equals_the_slow_twin(seed):
    series = np.random.default_rng(seed).poisson(3.0, (6, 13)).astype(float)
    s = mann_kendall(series).s
    assert s.tolist() == [naive.kendall_s(row) for row in series.tolist()]


@pytest.mark.parametrize("seed", range(10))
def test_with_ties_p_is_that_of_scipy_but_for_the_correction_for_continuity(seed):
    series = np.random.default_rng(seed).poisson(2.0, (1, 24)).astype(float)
    s, _, _, p = mann_kendall(series)
    plain = kendalltau(np.arange(24), series[0], method="asymptotic").pvalue
    corrected = 2 * norm.sf(norm.isf(plain / 2) * (abs(s[0]) - 1) / abs(s[0])) if s[0] else 1.0
    assert p[0] == pytest.approx(corrected, rel=1e-9)


@pytest.mark.parametrize("seed", range(10))
def test_without_ties_p_is_close_to_the_exact_one(seed):
    series = np.random.default_rng(seed).normal(size=(1, 12))
    p = mann_kendall(series).p
    assert p[0] == pytest.approx(kendalltau(np.arange(12), series[0], method="exact").pvalue, abs=0.02)


def test_ties_by_hand():
    # Gilbert (1987), equation 16.5: var S = (n (n - 1) (2n + 5) - sum t (t - 1) (2t + 5)) / 18 over groups of t tied.
    # 1 1 1 2 2 3: S = 11, var = (6 x 5 x 17 - 3 x 2 x 11 - 2 x 1 x 9) / 18 = 426 / 18, z = 10 / sqrt(23.667) = 2.0556.
    s, _, _, p = mann_kendall(np.array([[1.0, 1, 1, 2, 2, 3]]))
    assert s[0] == 11
    assert p[0] == pytest.approx(0.03982, abs=1e-5)


def test_reversed_time_reverses_the_trend():
    series = np.random.default_rng(0).normal(size=(5, 20))
    s, _, _, p = mann_kendall(series)
    back, _, _, same = mann_kendall(series[:, ::-1])
    assert (s == -back).all()
    assert np.allclose(p, same)


def test_equal_periods_have_no_trend():
    s, _, _, p = mann_kendall(np.full((1, 12), 3.0))
    assert (s[0], p[0]) == (0, 1)


def test_words_for_rising_falling_steady_and_too_few():
    up = np.arange(12.0) * 3
    counts = np.array([up, up[::-1], [5.0, 6] * 6, [0.0] * 11 + [3]])
    assert trend(counts, np.ones(12)) == ["rising", "falling", "steady", "too few to say"]
    assert trend(counts[:, :7], np.ones(7)) == ["too few to say"] * 4


def test_longer_months_are_no_rise():
    weeks = np.arange(28.0, 40.0) / 7
    assert trend((weeks * 70)[None, :], weeks) == ["steady"]


def test_chance_alone_is_called_a_trend_in_one_place_of_twenty():
    counts = np.random.default_rng(0).poisson(20.0, (4000, 13)).astype(float)
    words = trend(counts, np.ones(13))
    assert 0.03 < 1 - words.count("steady") / 4000 < 0.06
