"""How near and how soon crime follows crime: what was planted is found, and nothing where nothing was."""

import numba
import numpy as np
import pytest
from scipy import stats

from geodata.errors import InputError
from geodata.town import make_town
from hotspots.bands import Bands
from hotspots.knox import knox
from hotspots.near_repeat import near_repeat_reach
from tests.hotspots import small

BANDS = Bands((0, 100, 200, 300, 400), (0, 7, 14, 21, 28))


def burglaries(seed, wards=15, incidents=20_000, **planted):
    crimes = make_town(seed, wards=wards, incidents=incidents, **planted).crimes
    return crimes[crimes["offence"] == "Burglary"].reset_index(drop=True)


def found(seed, **planted):
    """Whether distance, days and strength lie in their intervals."""
    reach = near_repeat_reach(burglaries(seed, **planted))
    truth = {"metres": 200.0, "days": 14.0, "strength": 0.3}
    truth |= {name.removeprefix("near_repeat_"): float(value) for name, value in planted.items()}
    return [getattr(reach, f"{name}_low") <= value <= getattr(reach, f"{name}_high") for name, value in truth.items()]


def test_a_planted_near_repeat_is_found_within_its_intervals():
    assert found(0) == [True, True, True]
    other = {"near_repeat_metres": 120.0, "near_repeat_days": 10, "near_repeat_strength": 0.5}
    assert found(2, **other) == [True, True, True]


@pytest.mark.long
def test_a_planted_near_repeat_is_found_within_its_intervals_over_twenty_seeds():
    covered = np.array([found(seed) for seed in range(20)]).sum(axis=0)
    print(f"of 20 intervals hold the truth: distance {covered[0]}, days {covered[1]}, strength {covered[2]}")
    assert (covered >= stats.binom.ppf(0.001, 20, 0.95)).all()


def without_near_repeat(seeds, size=300):
    """In how many maps any band has a q, and one band either p, of at most .05: places of a town, dates by chance."""
    places = burglaries(0, wards=12, incidents=15_000, near_repeat_strength=0.0)
    x, y = places.geometry.x.to_numpy() - small.WEST, places.geometry.y.to_numpy() - small.SOUTH
    calls = []
    for seed in seeds:
        rng = np.random.default_rng(seed)
        chosen = rng.integers(0, x.size, size)
        crimes = small.crimes(x[chosen], y[chosen], day=np.round(rng.beta(2, 3, size) * 80))
        exact, dealt = (knox(crimes, BANDS, permutations=number, seed=seed).table for number in (0, 199))
        calls.append([(exact["q"] <= 0.05).any(), exact["p"].iloc[13] <= 0.05, dealt["p"].iloc[13] <= 0.05])
    return np.array(calls).sum(axis=0)


@pytest.fixture
def one_thread():
    """So little work that waiting for a second thread would take longer than doing it."""
    numba.set_num_threads(1)
    yield
    numba.set_num_threads(numba.config.NUMBA_NUM_THREADS)


def test_none_is_found_where_none_was_planted(one_thread):
    """At 5 % of 200 maps; q is held to at most that, p to that: all within what 200 maps may show by chance."""
    bands, *one = without_near_repeat(range(200))
    low, high = stats.binom.ppf([0.0005, 0.9995], 200, 0.05)
    assert 0 < bands <= high
    assert all(low <= calls <= high for calls in one)


@pytest.mark.long
def test_none_is_found_in_two_hundred_made_up_forces_without_it():
    calls = 0
    for seed in range(200):
        crimes = burglaries(seed, wards=6, incidents=6_000, near_repeat_strength=0.0)
        calls += bool((knox(crimes, BANDS, permutations=999, seed=seed).table["q"] <= 0.05).any())
    print(f"called near repeat: {calls} of 200")
    assert calls <= stats.binom.ppf(0.9995, 200, 0.05)


def test_the_strength_of_chance_may_be_nought():
    rng = np.random.default_rng(0)
    x, y = small.scattered(600, 0)
    reach = near_repeat_reach(small.crimes(x, y, day=rng.integers(0, 89, 600)))
    assert reach.strength_low <= 0 <= reach.strength_high


def test_what_is_still_to_come_falls_from_one_to_little():
    reach = near_repeat_reach(burglaries(1))
    assert reach.to_come[0] == 1
    assert len(reach.to_come) == reach.days
    assert (np.diff(reach.to_come) <= 0).all()
    assert 0 <= reach.to_come[-1] < 0.15


def test_order_of_rows_is_immaterial():
    crimes = burglaries(3, wards=8, incidents=8_000)
    again = crimes.iloc[np.random.default_rng(0).permutation(len(crimes))]
    assert near_repeat_reach(crimes) == near_repeat_reach(again)


def test_too_few_crimes_are_refused():
    with pytest.raises(InputError, match="At least 128 crimes must be given to measure near repeat, got 3"):
        near_repeat_reach(small.crimes([0.0] * 3, [0.0] * 3))
