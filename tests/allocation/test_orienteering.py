import dataclasses
import itertools

import numba
import numpy as np
import pytest

from allocation.orienteering import Outing, Rounds, check_rounds, plan_rounds
from geodata.errors import InputError


def field(seed: int, *, inner: int = 6, rounds: int = 2, windows: bool = False) -> Outing:
    rng = np.random.default_rng(seed)
    xy = rng.integers(0, 40, (inner + 2, 2))
    legs = np.ceil(np.hypot(*(xy[:, None] - xy[None]).transpose(2, 0, 1))).astype(np.int64) + 1
    np.fill_diagonal(legs, 0)
    n, last = inner + 2, int(rng.integers(40, 110))
    opens = rng.integers(0, 60, n) if windows else np.zeros(n, np.int64)
    opens[[0, -1]] = 0
    closes = np.minimum(opens + rng.integers(5, 40, n), last) if windows else np.full(n, last)
    closes[[0, -1]] = last
    prize, service = rng.integers(0, 12, n), rng.integers(0, 6, n) * np.r_[0, np.ones(n - 2), 0].astype(np.int64)
    return Outing(legs, prize, service.astype(np.int64), opens, closes.astype(np.int64), rounds)


def fits(outing: Outing, stops: tuple[int, ...]) -> bool:
    now, here = outing.opens[0], 0
    for place in (*stops, len(outing.prize) - 1):
        now = max(outing.opens[place], now + outing.service[here] + outing.legs[here, place])
        if now > outing.closes[place]:
            return False
        here = place
    return True


def best(outing: Outing) -> int:
    """Every set of places in every order, then every way to give each round a set of its own."""
    inner = range(1, len(outing.prize) - 1)
    sets = [
        frozenset(some)
        for many in range(len(inner) + 1)
        for some in itertools.combinations(inner, many)
        if any(fits(outing, order) for order in itertools.permutations(some))
    ]
    most, made = 0, {frozenset[int]()}
    for _ in range(outing.rounds):
        made = {one | other for one in made for other in sets if not one & other}
    for places in made:
        most = max(most, int(outing.prize[sorted(places)].sum()))
    return most


@pytest.mark.parametrize("windows", [False, True])
@pytest.mark.parametrize("seed", range(20))
def test_rounds_are_as_good_as_any_and_no_bound_is_below_them(seed, windows):
    outing = field(seed, inner=5, rounds=1 + seed % 2, windows=windows)
    found = plan_rounds(outing, turns=200)
    assert check_rounds(outing, found) == []
    assert found.value == best(outing) <= found.bound


def test_the_bound_meets_the_plan_on_most_small_fields():
    gaps = [plan_rounds(field(seed, inner=9, windows=True), turns=200, proof_seconds=None).gap for seed in range(10)]
    assert sum(gap == 0.0 for gap in gaps) >= 7


def test_the_same_seed_gives_the_same_rounds_on_one_thread_and_on_all():
    outing = field(1, inner=30, rounds=3)
    first = plan_rounds(outing, turns=400, proof_seconds=None, seed=7)
    threads = numba.get_num_threads()
    numba.set_num_threads(1)
    assert plan_rounds(outing, turns=400, proof_seconds=None, seed=7) == first
    numba.set_num_threads(threads)


def test_a_checker_that_knows_no_solver_finds_what_is_wrong():
    outing = field(3, inner=6, rounds=1)
    found = plan_rounds(outing, turns=100)
    twice = dataclasses.replace(found, stops=((*found.stops[0], found.stops[0][0]),))
    assert any(fault.startswith("O2 no place") for fault in check_rounds(outing, twice))
    assert check_rounds(outing, dataclasses.replace(found, stops=((0,),)))[-1].startswith("O2 stops are places")
    assert any("O1" in fault for fault in check_rounds(outing, dataclasses.replace(found, stops=((), ()))))
    late = Rounds(((1, 2, 3, 4, 5, 6),), int(outing.prize[1:-1].sum()), 99.0, 0.0)
    assert any(fault.startswith("O3 O4") for fault in check_rounds(outing, late))
    assert any("the value is" in fault for fault in check_rounds(outing, dataclasses.replace(found, value=99)))


def test_no_rounds_no_places_and_places_out_of_reach_give_an_empty_plan():
    assert plan_rounds(dataclasses.replace(field(0), rounds=0)).value == 0
    two = np.zeros(2, np.int64)
    assert plan_rounds(Outing(np.zeros((2, 2), np.int64), two, two, two, two, 3)).stops == ((), (), ())
    outing = field(0)
    far = dataclasses.replace(outing, closes=np.zeros(len(outing.prize), np.int64))
    assert (plan_rounds(far).value, plan_rounds(far).bound) == (0, 0.0)


def test_bad_fields_are_refused_in_a_sentence():
    outing = field(0)
    with pytest.raises(InputError, match="`legs` must be square with a start and an end"):
        dataclasses.replace(outing, legs=outing.legs[:3])
    with pytest.raises(InputError, match="`opens` must hold a number for each place"):
        dataclasses.replace(outing, opens=outing.opens[:3])
    with pytest.raises(InputError, match="must be at least 0, got 1 below"):
        dataclasses.replace(outing, prize=np.r_[outing.prize[:-1], -1])
