import numpy as np
import pytest
from scipy.optimize import minimize

from geodata.errors import InputError
from hotspots.course import course

MONTHS = np.tile([31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31], 2) / 7


def test_the_trend_is_the_likeliest_one() -> None:
    counts = np.random.default_rng(1).poisson(30 * MONTHS * np.exp(-0.004 * np.cumsum(MONTHS)))
    edges = np.append(0, np.cumsum(MONTHS))
    time = (edges[:-1] + edges[1:]) / 2

    def unlikely(line: np.ndarray) -> float:
        log = line[0] + line[1] * time
        return float((MONTHS * np.exp(log) - counts * log).sum())

    best = minimize(
        unlikely, [3.0, 0.0], method="Nelder-Mead", options={"xatol": 1e-10, "fatol": 1e-10, "maxiter": 4000}
    )
    found = course(counts, MONTHS, ahead=20.0)
    assert found.then == pytest.approx(np.exp(best.x[0] + best.x[1] * (edges[-1] + 20.0)), rel=1e-5)


@pytest.mark.parametrize("spread", [0.0, 0.15])
def test_nine_in_ten_intervals_hold_what_they_say_they_hold(spread: float) -> None:
    rng = np.random.default_rng(2)
    slope, ahead = -0.005, 13.0
    edges = np.append(0, np.cumsum(MONTHS))
    rates = 40 * np.exp(slope * (edges[:-1] + edges[1:]) / 2)
    truth = 40 * np.exp(slope * (edges[-1] + ahead))
    held = 0
    for _ in range(400):
        noise = np.exp(rng.normal(0, spread, len(MONTHS)) - spread**2 / 2)
        found = course(rng.poisson(rates * MONTHS * noise), MONTHS, ahead=ahead)
        held += found.then_low <= truth <= found.then_high
    assert 0.86 < held / 400 < 0.94


def test_now_is_the_rate_of_the_latest_quarter() -> None:
    found = course([10] * 9 + [20, 22, 24], [4.35] * 12, ahead=0)
    assert found.now == pytest.approx(66 / (3 * 4.35))
    assert found.now_low < found.now < found.now_high


def test_the_unit_of_the_amounts_is_immaterial_and_so_is_what_is_beyond_the_data() -> None:
    one = course([5, 9, 7, 12, 8, 10, 14, 9], [4.0] * 8, ahead=10)
    other = course(np.array([5, 9, 7, 12, 8, 10, 14, 9]) * 250.0, [4.0] * 8, ahead=10)
    assert other.then_low == pytest.approx(250 * one.then_low)
    assert other.now_high == pytest.approx(250 * one.now_high)
    assert np.isnan(course([5, 9, 7, 12, 8, 10, 14, 9], [4.0] * 8, ahead=33).then)


def test_little_data_give_a_rate_and_no_trend() -> None:
    for amounts in ([4] * 7, [0] * 12, [0] * 11 + [3]):
        found = course(amounts, [4.0] * len(amounts), ahead=1)
        assert found.now >= 0
        assert np.isnan(found.then)
    steep = course([0] * 10 + [1, 2000], [4.0] * 12, ahead=1)
    assert np.isfinite(steep.then)
    with pytest.raises(InputError, match="at least one period"):
        course([], [], ahead=0)
