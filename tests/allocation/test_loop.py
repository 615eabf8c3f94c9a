"""The stages made consistent: the promise is what can be walked, and CSOs are where they are worth most."""

from dataclasses import replace
from itertools import product

import numpy as np
import pandas as pd
import pytest

from allocation._check_week import check_week
from allocation.loop import best_shares, consistent_week
from allocation.problem import Base, Shift
from allocation.rules import Rules
from allocation.tours import plan_week
from allocation.week import TourBase, TourRules, Week
from geodata.errors import InputError

SHIFTS = (Shift("early", 420, 900), Shift("late", 840, 1320))
BASES = (Base("A", 0.0, 0.0), Base("B", 5000.0, 0.0))
QUIET = TourRules(ward_visits=0, tier_days=0)


def made_up(
    seed: int, *, spread: float, csos: tuple[int, int] = (2, 1), walk: float = 5.0
) -> tuple[Week, pd.DataFrame]:
    """Six hot spots of each base, about so many metres from it."""
    rng = np.random.default_rng(seed)
    spots = [
        (f"{base.name}{n}", base.name, base.x + rng.normal(0, spread), base.y + rng.normal(0, spread))
        for base in BASES
        for n in range(6)
    ]
    rows = [
        (spot, base, f"W{base}", day, shift.name, float(rng.gamma(0.7, 4)), False, 0.0)
        for spot, base, _, _ in spots
        for day, shift in product(range(7), SHIFTS)
    ]
    columns = ["hotspot_id", "base", "ward", "day", "shift", "value", "first_tier", "antisocial"]
    visits = pd.DataFrame(rows, columns=columns).astype(
        dict.fromkeys(("hotspot_id", "base", "ward", "shift"), "string")
    )
    tour_bases = tuple(TourBase(base.name, count, 100, walk) for base, count in zip(BASES, csos, strict=True))
    places = pd.DataFrame(spots, columns=["hotspot_id", "base", "x", "y"])[["hotspot_id", "x", "y"]]
    return Week(tour_bases, SHIFTS, visits, QUIET), places


@pytest.mark.parametrize("seed", range(2))
def test_the_loop_settles_and_the_promise_is_nearly_walked(seed) -> None:
    week, places = made_up(seed, spread=500.0, walk=0.0)
    found = consistent_week(week, BASES, places, rules=Rules(gap=0))
    first, last = found.rounds.iloc[0], found.rounds.iloc[-1]
    assert found.settled
    assert last["change"] < 0.02
    assert first["loss"] > 0.08  # who walks in no time promises too much
    assert 0 <= last["loss"] < 0.06
    assert last["promised"] == found.plan.objective
    assert sum(base.csos for base in found.week.bases) == 3


def test_a_base_that_is_asked_nothing_new_keeps_the_plan_that_it_would_get_again() -> None:
    week, places = made_up(1, spread=500.0)
    found = consistent_week(week, BASES, places, rules=Rules(gap=0))
    assert len(found.rounds) > 1
    again = plan_week(found.week, beside=1)
    for name in ("tours", "visits", "bases", "beside"):
        assert getattr(found.plan, name).equals(getattr(again, name))
    assert (found.plan.objective, found.plan.unmet) == (again.objective, again.unmet)


def test_a_rule_that_the_hours_do_not_know_is_told_as_loss() -> None:
    week, places = made_up(1, spread=500.0)
    apart, close = (consistent_week(week, BASES, places, rules=Rules(gap=gap)).rounds.iloc[-1] for gap in (60, 0))
    assert apart["loss"] > close["loss"] + 0.05


def test_where_everything_is_at_the_base_nothing_is_lost() -> None:
    week, places = made_up(3, spread=0.0, walk=0.0)
    found = consistent_week(week, BASES, places, rules=Rules(gap=0))
    assert found.rounds["loss"].iloc[-1] == pytest.approx(0.0, abs=1e-9)
    assert (found.walks["measured"] == 0).all()
    assert len(found.rounds) == 2


def test_csos_go_where_they_are_worth_most() -> None:
    week, places = made_up(4, spread=300.0, csos=(3, 0))
    week = replace(week, visits=week.visits.assign(value=week.visits["value"].where(week.visits["base"] == "B", 0.01)))
    found = consistent_week(week, BASES, places, reach=3)
    assert {base.name: base.csos for base in found.week.bases}["B"] == 3
    assert check_week(found.week, found.plan) == ()
    assert found.plan.bases["base"].tolist() == ["A", "B"]
    assert set(zip(found.plan.beside["base"], found.plan.beside["csos"], strict=True)) >= {("A", 1), ("B", 2)}
    assert found.further == 0
    one = consistent_week(week, BASES, places, reach=1, most=1)
    assert one.further > 0
    moved = dict(one.plan.beside.query("base == 'B'")[["csos", "value"]].itertuples(index=False))
    assert one.further * one.plan.objective == pytest.approx(
        moved[2] - one.plan.bases.set_index("base")["value"]["B"], rel=0.05
    )


def test_nobody_moves_for_nothing() -> None:
    week, places = made_up(4, spread=300.0, csos=(3, 3))
    week = replace(week, visits=week.visits.assign(value=0.0))
    assert [base.csos for base in consistent_week(week, BASES, places, reach=2).week.bases] == [3, 3]


def test_hours_that_know_the_gap_promise_no_more_than_can_be_walked_than_those_that_do_not() -> None:
    week, places = made_up(1, spread=500.0)
    known = replace(week, rules=replace(week.rules, gap=90))
    blind, aware = (consistent_week(each, BASES, places, rules=Rules(gap=90)).rounds.iloc[-1] for each in (week, known))
    assert aware["loss"] < blind["loss"]
    assert aware["walked"] >= 0.98 * blind["walked"]
    assert check_week(known, plan_week(known)) == ()
    assert "too many" in " ".join(check_week(known, plan_week(week)))


def test_shares_are_those_of_trying_all() -> None:
    rng = np.random.default_rng(0)
    for _ in range(50):
        curves = {name: {k: float(rng.random()) for k in range(int(rng.integers(1, 5)))} for name in "abc"}
        total = int(rng.integers(0, 1 + sum(max(curve) for curve in curves.values())))
        tried = [ks for ks in product(*curves.values()) if sum(ks) == total]
        best = max(sum(curve[k] for curve, k in zip(curves.values(), ks, strict=True)) for ks in tried)
        found = best_shares(curves, total)
        assert sum(found.values()) == total
        assert sum(curves[name][k] for name, k in found.items()) == pytest.approx(best, rel=1e-12)


def test_what_has_no_place_is_refused() -> None:
    week, places = made_up(0, spread=100.0)
    with pytest.raises(InputError, match="must have a place, got 1 without"):
        consistent_week(week, BASES[:1], places)
    with pytest.raises(InputError, match="must have a place, got 14 without"):
        consistent_week(week, BASES, places.iloc[1:])
    with pytest.raises(InputError, match="add up by the curves"):
        best_shares({"a": {1: 1.0}}, 3)
